"""Introductions with their threads, shortlists, conclusions, reports and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _conclusion()
    _introduction()
    _reminder()
    _report()
    _shortlist_item()
    _introduction_event()
    _message()
    _decision()
    _listing()


def downgrade() -> None:
    with op.batch_alter_table("listing") as batch_op:
        batch_op.drop_column("confirmed_at")
    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_column("due_on")
        batch_op.drop_column("reason_code")
    for table in (
        "message",
        "introduction_event",
        "shortlist_item",
        "report",
        "reminder",
        "introduction",
        "conclusion",
    ):
        op.drop_table(table)


def _conclusion() -> None:
    op.create_table(
        "conclusion",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_conclusion_by_id_account")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_conclusion_listing_id_listing")),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_conclusion")),
    )


def _introduction() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("innovation_id", sa.Integer(), nullable=True),
        sa.Column("commissioner_organisation_id", sa.Integer(), nullable=False),
        sa.Column("commissioner_id", sa.Integer(), nullable=True),
        sa.Column("innovator_organisation_id", sa.Integer(), nullable=False),
        sa.Column("innovator_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commissioner_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("innovator_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("line", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["account.id"], name=op.f("fk_introduction_commissioner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["commissioner_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_introduction_commissioner_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["innovation_id"], ["listing.id"], name=op.f("fk_introduction_innovation_id_listing")),
        sa.ForeignKeyConstraint(["innovator_id"], ["account.id"], name=op.f("fk_introduction_innovator_id_account")),
        sa.ForeignKeyConstraint(
            ["innovator_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_introduction_innovator_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["need_id"], ["listing.id"], name=op.f("fk_introduction_need_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
    )
    op.create_index("ix_introduction_commissioner", "introduction", ["commissioner_organisation_id", "state"])
    op.create_index(op.f("ix_introduction_commissioner_id"), "introduction", ["commissioner_id"])
    op.create_index(op.f("ix_introduction_due_on"), "introduction", ["due_on"])
    op.create_index(op.f("ix_introduction_innovation_id"), "introduction", ["innovation_id"])
    op.create_index("ix_introduction_innovator", "introduction", ["innovator_organisation_id", "state"])
    op.create_index(op.f("ix_introduction_innovator_id"), "introduction", ["innovator_id"])
    op.create_index("ix_introduction_need_state", "introduction", ["need_id", "state"])


def _reminder() -> None:
    op.create_table(
        "reminder",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_reminder_listing_id_listing")),
        sa.PrimaryKeyConstraint("listing_id", "what", "day", name=op.f("pk_reminder")),
    )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_report_by_id_account")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_report_decided_by_id_account")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_report_listing_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index(op.f("ix_report_listing_id"), "report", ["listing_id"])
    op.create_index("ix_report_state", "report", ["state"])


def _shortlist_item() -> None:
    op.create_table(
        "shortlist_item",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_shortlist_item_account_id_account")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_shortlist_item_listing_id_listing")),
        sa.PrimaryKeyConstraint("account_id", "listing_id", name=op.f("pk_shortlist_item")),
    )
    op.create_index(op.f("ix_shortlist_item_listing_id"), "shortlist_item", ["listing_id"])


def _introduction_event() -> None:
    op.create_table(
        "introduction_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("introduction_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_state", sa.String(), nullable=True),
        sa.Column("new_state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_introduction_event_by_id_account")),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name=op.f("fk_introduction_event_introduction_id_introduction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction_event")),
    )
    op.create_index(op.f("ix_introduction_event_introduction_id"), "introduction_event", ["introduction_id"])


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("introduction_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_message_by_id_account")),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name=op.f("fk_message_introduction_id_introduction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_introduction_id"), "message", ["introduction_id"])


def _decision() -> None:
    with op.batch_alter_table("decision") as batch_op:
        batch_op.add_column(sa.Column("reason_code", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))


def _listing() -> None:
    with op.batch_alter_table("listing") as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
