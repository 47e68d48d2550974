"""Audit trail, missed searches, keys of the interface, proposals for the areas, counts of matches."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REFUSAL = "the audit trail is only ever added to"

WHAT_IS_KNOWN = """
    INSERT INTO audit_entry (at, by_id, subject, subject_id, what, old, new, listing_id)
    SELECT at, by_id, subject, subject_id, what, old, new, listing_id FROM (
        SELECT at, by_id, CASE WHEN revision_id IS NULL THEN 'listing' ELSE 'revision' END AS subject,
            coalesce(revision_id, listing_id) AS subject_id, 'state' AS what, old_state AS old, new_state AS new,
            listing_id, id AS place
        FROM decision WHERE old_state <> new_state
        UNION ALL
        SELECT event.at, event.by_id, 'introduction', event.introduction_id, 'state', event.old_state, event.new_state,
            coalesce(introduction.need_id, introduction.innovation_id), event.id
        FROM introduction_event AS event JOIN introduction ON introduction.id = event.introduction_id
        WHERE event.old_state IS NULL OR event.old_state <> event.new_state
        UNION ALL
        SELECT at, by_id, 'account', account_id, 'state',
            CASE what WHEN 'address confirmed' THEN 'unconfirmed' WHEN 'account closed' THEN 'confirmed' END,
            CASE what WHEN 'registered' THEN 'unconfirmed' WHEN 'account closed' THEN 'closed' ELSE 'confirmed' END,
            NULL, id
        FROM account_event
        WHERE what IN ('registered', 'made on the command line', 'address confirmed', 'account closed')
        UNION ALL
        SELECT at, by_id, 'account', account_id, 'organisation',
            CASE what WHEN 'left' THEN substr(detail, 14) END, CASE what WHEN 'joined' THEN substr(detail, 14) END,
            NULL, id
        FROM account_event WHERE what IN ('joined', 'left') AND detail LIKE 'organisation %'
        UNION ALL
        SELECT at, by_id, 'role', account_id, 'state', CASE what WHEN 'role revoked' THEN detail END,
            CASE what WHEN 'role granted' THEN detail END, NULL, id
        FROM account_event WHERE what IN ('role granted', 'role revoked') AND detail IS NOT NULL
    ) AS known ORDER BY at, subject, place
"""
"""The trail begins with what decisions and the events of accounts and introductions tell, oldest first.

An event's detail is gone where its account was closed: nobody knows any more which role or organisation it was.
"""


def upgrade() -> None:
    _audit_entry()
    _missed_search()
    _api_key()
    _taxonomy_proposal()
    _taxonomy_version()
    _match_count()
    op.execute("UPDATE taxonomy_version SET packaged = number")
    op.execute(WHAT_IS_KNOWN)
    _append_only()


def downgrade() -> None:
    with op.batch_alter_table("taxonomy_version") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_taxonomy_version_by_id_account"), type_="foreignkey")
        batch_op.drop_column("packaged")
        batch_op.drop_column("by_id")
        batch_op.drop_column("reason")
    op.drop_table("match_count")
    op.drop_table("taxonomy_proposal")
    op.drop_table("api_key")
    op.drop_table("missed_search")
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_entry_refuse()")


def _audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=True),
        sa.Column("new", sa.String(), nullable=True),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_audit_entry_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject", "subject_id"], unique=False)


def _missed_search() -> None:
    op.create_table(
        "missed_search",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "key", name=op.f("pk_missed_search")),
    )


def _api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_key_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_key_digest")),
    )
    with op.batch_alter_table("api_key") as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_account_id"), ["account_id"], unique=False)


def _taxonomy_proposal() -> None:
    op.create_table(
        "taxonomy_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("preview", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_taxonomy_proposal_by_id_account")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_taxonomy_proposal_decided_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_proposal")),
    )
    with op.batch_alter_table("taxonomy_proposal") as batch_op:
        batch_op.create_index(batch_op.f("ix_taxonomy_proposal_state"), ["state"], unique=False)


def _taxonomy_version() -> None:
    with op.batch_alter_table("taxonomy_version") as batch_op:
        batch_op.add_column(sa.Column("packaged", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_taxonomy_version_by_id_account"), "account", ["by_id"], ["id"])


def _match_count() -> None:
    op.create_table(
        "match_count",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("matches", sa.Integer(), nullable=False),
        sa.Column("strong", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_match_count_listing_id_listing"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_match_count")),
    )


def _append_only() -> None:
    """Let the database itself refuse a change of the trail, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
    )
