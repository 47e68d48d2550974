"""Everything that is kept of a person, as JSON for them alone; of what others wrote, only what was mailed to them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from exchange.alerting.alerts import AND_OTHERS, unpacked
from exchange.models import Account, Decision, Listing, Organisation, Revision, TaxonomyVersion
from exchange.models_alerts import Alert, AlertMute, SavedSearch
from exchange.models_discussion import Comment
from exchange.models_introductions import (
    Conclusion,
    Introduction,
    IntroductionEvent,
    Message,
    Report,
    ShortlistItem,
)
from exchange.models_people import (
    AccountEvent,
    JoinRequest,
    Letter,
    OneTimeLink,
    ProfileChange,
    RoleGrant,
    SignIn,
)
from exchange.models_running import ApiKey, AuditEntry, TaxonomyProposal
from exchange.running.audit_trail import about_account

Row = dict[str, Any]
Parts = dict[str, list[Row]]


def export(session: Session, account_id: int) -> dict[str, Any]:
    """Give everything that is kept of a person, in plain JSON values.

    No digest of a sign-in or link, no password, no moderator: a decision says who made it only where they did. What
    belongs to an organisation that they have left is no longer theirs to read, but for what they wrote themselves.
    """
    account = session.get_one(Account, account_id)
    return {
        "account": _account(session, account),
        **_around(session, account_id),
        **_saved(session, account_id),
        **_posted(session, account),
        **_introduced(session, account),
    }


def _account(session: Session, account: Account) -> Row:
    own = session.get(Organisation, account.organisation_id) if account.organisation_id else None
    named = _columns(account, "name", "email", "telephone", "created_at", "confirmed_at")
    return named | {"organisation": own.name if own else None, "password": "kept as a hash, which cannot be read back"}


def _around(session: Session, mine: int) -> Parts:
    """Give what stands around the account itself."""
    events = _rows(session, AccountEvent, or_(AccountEvent.account_id == mine, AccountEvent.by_id == mine))
    return {
        "roles": [_columns(row, "role", "at") for row in _rows(session, RoleGrant, RoleGrant.account_id == mine)],
        "events": [
            _columns(row, "at", "what", *(["detail"] if row.account_id == mine else []))
            | {"about_you": row.account_id == mine, "by_you": row.by_id == mine}
            for row in events
        ],
        "audit": [
            _columns(row, "id", "at", "subject", "subject_id", "what", "old", "new", "listing_id")
            | {"by_you": row.by_id == mine}
            for row in _rows(session, AuditEntry, or_(AuditEntry.by_id == mine, about_account(mine)))
        ],
        "sign_ins": [
            _columns(row, "created_at", "seen_at", "expires_at")
            for row in _rows(session, SignIn, SignIn.account_id == mine)
        ],
        "api_keys": [
            _columns(row, "name", "hint", "created_at", "used_at", "ended_at")
            for row in _rows(session, ApiKey, ApiKey.account_id == mine)
        ],
        "links": [
            _columns(row, "purpose", "created_at", "expires_at", "used_at")
            for row in _rows(session, OneTimeLink, or_(OneTimeLink.account_id == mine, OneTimeLink.by_id == mine))
        ],
        "letters": [
            _columns(row, "address", "subject", "body", "created_at", "sent_at")
            for row in _rows(session, Letter, Letter.account_id == mine)
        ],
        "join_requests": [
            _columns(row, "state", "asked_at", "decided_at")
            | {"organisation": session.get_one(Organisation, row.organisation_id).name}
            for row in _rows(session, JoinRequest, JoinRequest.account_id == mine)
        ],
        "profile_changes": [
            _columns(row, "organisation_id", "state", "data", "asked_at", "decided_at")
            for row in _rows(session, ProfileChange, ProfileChange.by_id == mine)
        ],
        **_areas(session, mine),
    }


def _areas(session: Session, mine: int) -> Parts:
    """Give the changes of the areas that the person prepared or decided on."""
    own = or_(TaxonomyProposal.by_id == mine, TaxonomyProposal.decided_by_id == mine)
    return {
        "area_changes": [
            _columns(row, "id", "state", "created_at", "changed_at", "decided_at", "number")
            | {"by_you": row.by_id == mine, "decided_by_you": row.decided_by_id == mine}
            for row in _rows(session, TaxonomyProposal, own)
        ],
        "area_versions": [
            _columns(row, "number", "published_at", "reason")
            for row in _rows(session, TaxonomyVersion, TaxonomyVersion.by_id == mine)
        ],
    }


def _saved(session: Session, mine: int) -> Parts:
    """Give what the person saved to be told of, what was found for them, and what they want to hear no more of."""
    searches = list(_rows(session, SavedSearch, SavedSearch.account_id == mine))
    found = Alert.search_id.in_(select(SavedSearch.id).where(SavedSearch.account_id == mine))
    return {
        "saved_searches": [
            _columns(row, "id", "name", "question", "listing_id", "cadence", "created_at", "changed_at", "stopped_at")
            | {"known_listings": sorted(unpacked(row.known) - {AND_OTHERS})}
            for row in searches
        ],
        "alerts": [
            _columns(row, "search_id", "listing_id", "state", "why", "found_at", "sent_at")
            for row in _rows(session, Alert, found)
        ],
        "muted_listings": [
            _columns(row, "listing_id", "at") for row in _rows(session, AlertMute, AlertMute.account_id == mine)
        ],
    }


def _posted(session: Session, account: Account) -> Parts:
    """Give what the person posted and reported, and what was decided of it."""
    mine = account.id
    own = Listing.by_id == mine, or_(Listing.organisation_id.is_(None), _still_in(account, Listing.organisation_id))
    listings = select(Listing.id).where(*own)
    said = select(Comment.id).where(Comment.by_id == mine)
    of_listings = and_(Decision.listing_id.in_(listings), Decision.comment_id.is_(None))
    decided = or_(Decision.by_id == mine, of_listings, Decision.comment_id.in_(said))
    written = and_(Revision.by_id == mine, Revision.listing_id.in_(listings))
    return {
        "listings": [
            _columns(row, "id", "kind", "state", "created_at", "published_at", "data")
            for row in _rows(session, Listing, and_(*own))
        ],
        "revisions": [
            _columns(row, "listing_id", "state", "created_at", "data") for row in _rows(session, Revision, written)
        ],
        "decisions": [
            _columns(row, "listing_id", "comment_id", "at", "old_state", "new_state", "reason", "reason_code", "due_on")
            | {"by_you": row.by_id == mine}
            for row in _rows(session, Decision, decided)
        ],
        "conclusions": [
            _columns(row, "listing_id", "outcome", "reason", "at")
            for row in _rows(session, Conclusion, Conclusion.by_id == mine)
        ],
        "reports": [
            _columns(row, "listing_id", "comment_id", "text", "at", "state", "decided_at", "note")
            for row in _rows(session, Report, Report.by_id == mine)
        ],
        "comments": [
            _columns(
                row, "id", "listing_id", "parent_id", "kind", "about", "text", "at", "state", "closed_at", "reason"
            )
            for row in _rows(session, Comment, Comment.by_id == mine)
        ],
        "shortlist": [
            _columns(row, "listing_id", "note", "created_at", "changed_at")
            for row in _rows(session, ShortlistItem, ShortlistItem.account_id == mine)
        ],
    }


def _introduced(session: Session, account: Account) -> Parts:
    """Give the introductions that the person takes part in, and what they wrote in any."""
    mine = account.id
    innovator = and_(Introduction.innovator_id == mine, _still_in(account, Introduction.innovator_organisation_id))
    commissioner = and_(
        Introduction.commissioner_id == mine, _still_in(account, Introduction.commissioner_organisation_id)
    )
    own = list(_rows(session, IntroductionEvent, IntroductionEvent.by_id == mine))
    opened = {event.introduction_id for event in own if event.old_state is None}
    return {
        "introductions": [
            _columns(row, "id", "way", "state", "need_id", "innovation_id", "created_at", "ended_at", "outcome")
            | {"text": row.text if row.id in opened else None}
            for row in _rows(session, Introduction, or_(innovator, commissioner))
        ],
        "introduction_events": [
            _columns(row, "introduction_id", "at", "old_state", "new_state", "note") for row in own
        ],
        "messages": [
            _columns(row, "introduction_id", "at", "text") for row in _rows(session, Message, Message.by_id == mine)
        ],
    }


def _still_in(account: Account, organisation: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return organisation == account.organisation_id if account.organisation_id is not None else false()


def _rows(session: Session, table: Any, whose: ColumnElement[bool]) -> Iterable[Any]:
    return session.scalars(select(table).where(whose).order_by(*table.__table__.primary_key.columns))


def _columns(row: DeclarativeBase, *names: str) -> Row:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
