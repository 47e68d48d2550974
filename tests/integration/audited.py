"""The audit trail checked against the tables themselves: read by plain SQL before and after, as somebody else would."""

from dataclasses import dataclass, field

from sqlalchemy import Engine, select, text

from exchange.models_running import AuditEntry

STATES = """
    SELECT 'listing' AS subject, id AS number, 'state' AS what, '' AS which, state FROM listing
    UNION ALL SELECT 'revision', id, 'state', '', state FROM revision
    UNION ALL SELECT 'report', id, 'state', '', state FROM report
    UNION ALL SELECT 'comment', id, 'state', '', state FROM comment
    UNION ALL SELECT 'conclusion', listing_id, 'state', '', outcome FROM conclusion
    UNION ALL SELECT 'introduction', id, 'state', '', state FROM introduction
    UNION ALL SELECT 'role', account_id, 'state', role, role FROM role_grant
    UNION ALL SELECT 'join_request', id, 'state', '', state FROM join_request
    UNION ALL SELECT 'profile_change', id, 'state', '', state FROM profile_change
    UNION ALL SELECT 'api_key', id, 'state', '', CASE WHEN ended_at IS NULL THEN 'live' ELSE 'ended' END FROM api_key
    UNION ALL SELECT 'taxonomy_version', number, 'state', '', 'published' FROM taxonomy_version
    UNION ALL SELECT 'taxonomy_proposal', id, 'state', '', state FROM taxonomy_proposal
    UNION ALL SELECT 'account', id, 'organisation', '', CAST(organisation_id AS VARCHAR)
        FROM account WHERE organisation_id IS NOT NULL
    UNION ALL SELECT 'account', id, 'state', '', CASE
        WHEN closed_at IS NOT NULL THEN 'closed' WHEN NOT can_sign_in THEN 'operator'
        WHEN confirmed_at IS NULL THEN 'unconfirmed' ELSE 'confirmed' END FROM account
"""
Key = tuple[str, int, str, str]


def states(engine: Engine) -> dict[Key, str]:
    """Read every state that is followed."""
    with engine.connect() as connection:
        return {tuple(row[:4]): row[4] for row in connection.execute(text(STATES))}


@dataclass
class Checked:
    """What was seen last, and up to which entry."""

    engine: Engine
    seen: dict[Key, str] = field(default_factory=dict)
    last: int = 0

    def step(self) -> int:
        """Check that the new entries lead, one by one and no other, from what was seen to what is there; count them."""
        found, told = states(self.engine), dict(self.seen)
        with self.engine.connect() as connection:
            query = select(*AuditEntry.__table__.columns).where(AuditEntry.id > self.last).order_by(AuditEntry.id)
            entries = connection.execute(query).all()
        for entry in entries:
            which = (entry.new or entry.old) if entry.subject == "role" else ""
            key = (entry.subject, entry.subject_id, entry.what, which)
            assert told.get(key) == entry.old, (key, entry)
            assert entry.old != entry.new
            if entry.new is None:
                del told[key]
            else:
                told[key] = entry.new
        ended_keys = {key for key in told.keys() - found.keys() if told[key] == "ended"}  # the row goes later, or never
        assert {key: state for key, state in told.items() if key not in ended_keys} == found
        self.seen, self.last = told, max([self.last, *(entry.id for entry in entries)])
        return len(entries)
