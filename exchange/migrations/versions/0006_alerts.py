"""Saved searches with their alerts, mutes and checks, the site's secrets; letters that can be unsubscribed from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _saved_search()
    _alert()
    _alert_mute()
    _alert_check()
    _site_secret()
    with op.batch_alter_table("letter") as batch_op:
        batch_op.add_column(sa.Column("unsubscribe", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("letter") as batch_op:
        batch_op.drop_column("unsubscribe")
    op.drop_table("site_secret")
    op.drop_table("alert_check")
    op.drop_table("alert_mute")
    op.drop_table("alert")
    op.drop_table("saved_search")


def _saved_search() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_search_account_id_account")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_saved_search_listing_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    with op.batch_alter_table("saved_search") as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_search_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_search_cadence"), ["cadence"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_search_listing_id"), ["listing_id"], unique=False)


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_alert_listing_id_listing")),
        sa.ForeignKeyConstraint(
            ["search_id"], ["saved_search.id"], name=op.f("fk_alert_search_id_saved_search"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("search_id", "listing_id", name=op.f("uq_alert_search_id_listing_id")),
    )
    with op.batch_alter_table("alert") as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index("ix_alert_state_found", ["state", "found_at"], unique=False)


def _alert_mute() -> None:
    op.create_table(
        "alert_mute",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_alert_mute_account_id_account")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_alert_mute_listing_id_listing")),
        sa.PrimaryKeyConstraint("account_id", "listing_id", name=op.f("pk_alert_mute")),
    )
    with op.batch_alter_table("alert_mute") as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_mute_listing_id"), ["listing_id"], unique=False)


def _alert_check() -> None:
    op.create_table(
        "alert_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_alert_check_listing_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_check")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("alert_check") as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_check_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_check_listing_id"), ["listing_id"], unique=False)


def _site_secret() -> None:
    op.create_table(
        "site_secret",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_secret")),
    )
