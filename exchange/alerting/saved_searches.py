"""Saved searches: what people want to be told of, and how often; knows no page, no engine and no mail."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session, defer

from exchange.alerting.alerts import AND_OTHERS, AlertState, packed
from exchange.content import clean
from exchange.database import LARGEST_KEY
from exchange.errors import InputError, NotFoundError, StateError
from exchange.letters import one_line
from exchange.models import Account, Listing, State
from exchange.models_alerts import Alert, SavedSearch

MOST = 50
"""Saved searches of one person, the stopped ones too."""
LONGEST_NAME = 100
LONGEST_QUESTION = 20_000
"""Characters of all names and values of a question: more than a search reads of a text."""
NAMES = frozenset(
    "q kind area group place tier money stage size evidence partners closed remove".split()  # noqa: SIM905  one line
)
UNSTATED = "unstated."
"""Names of what is left out where it is not stated begin so: a question's names are those of a search's address."""

Question = Mapping[str, list[str]]

NO_NAME = "Give the search a name, so that you know it again in a letter."
NOT_THERE = "There is no saved search {} of yours; look at the list of your saved searches."
NO_LISTING = "There is no listing {}; check the number."
NOT_MATCHED = "Only a published listing is matched. You can save its matches as soon as it is published."
FULL = f"You have {MOST} saved searches, which is the most. Delete one before you save another."
SAME = "You have saved this already, as “{}”. Change it there instead of saving it twice."
UNUSABLE = "This search cannot be saved as it stands. Run it again and save it from its page."
TOO_LONG = f"The search has too much text to be saved; shorten it to {LONGEST_QUESTION:,} characters or fewer."


class Cadence(StrEnum):
    """How often a person is told."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """What is to be saved: a search, as its address has it, or the matches of a listing; then the question is empty."""

    name: str
    question: Question
    listing_id: int | None
    cadence: Cadence


@dataclass(frozen=True, slots=True)
class Change:
    """What a person may change of a saved search."""

    name: str
    cadence: Cadence


def save(session: Session, by: Account, asked: SavedQuestion, known: Collection[int], now: datetime) -> SavedSearch:
    """Save a search, or the matches of a listing of theirs; `known` are the listings that it finds already.

    Raises:
        InputError: the name is blank or longer than 100 characters, the question cannot be used, or there are 50.
        StateError: they have saved the same already, or the listing is not published.
        NotFoundError: the listing is not theirs, or the account is closed.
    """
    name, question = check_name(asked.name), _checked(asked.question)
    # Two at once make one search; who refers to the account's key does not wait for this.
    account = session.get_one(Account, by.id, with_for_update={"key_share": True})
    if account.closed_at is not None:
        raise NotFoundError("This account is closed.")
    if asked.listing_id is not None:
        check_matched(session, asked.listing_id, account)
    if (other := same(session, by.id, question, asked.listing_id)) is not None:
        raise StateError(SAME.format(other.name))
    if len(of_account(session, by.id)) >= MOST:
        raise InputError(FULL)
    search = SavedSearch(
        account_id=by.id,
        name=name,
        question=dict(question),
        listing_id=asked.listing_id,
        cadence=asked.cadence,
        known=packed(known),
        created_at=now,
        changed_at=now,
    )
    session.add(search)
    session.flush()
    return search


def change(session: Session, search_id: int, change: Change, by: Account, now: datetime) -> None:
    """Rename a saved search and say how often its letters come; what waits comes with the next letter of that kind.

    Raises:
        NotFoundError: it is not theirs.
        InputError: the name is blank or longer than 100 characters.
    """
    name, search = check_name(change.name), owned(session, search_id, by.id, lock=True)
    search.name = name
    if search.cadence != change.cadence:
        search.cadence, search.changed_at = change.cadence, now


def stop(session: Session, search_id: int, by: Account, now: datetime) -> None:
    """Stop a search: no letter comes of it, of what waits for one either. A stopped one is left as it is.

    Raises:
        NotFoundError: it is not theirs.
    """
    halt(session, owned(session, search_id, by.id, lock=True), now)


def halt(session: Session, search: SavedSearch, now: datetime) -> None:
    """Stop a search whose row is locked, whoever asked for it."""
    if search.stopped_at is None:
        search.stopped_at = search.changed_at = now
        _drop_waiting(session, search.id)


def begin_again(session: Session, search_id: int, known: Collection[int], by: Account, now: datetime) -> None:
    """Begin a stopped search again; what it finds now is `known`, so what came while it was stopped is no news.

    One that was not stopped is left as it is.

    Raises:
        NotFoundError: it is not theirs.
        StateError: it is for a listing that is not published any more.
    """
    search = owned(session, search_id, by.id, lock=True)
    if search.stopped_at is None:
        return
    if search.listing_id is not None:
        check_matched(session, search.listing_id, by)
    _drop_waiting(session, search_id)
    if AND_OTHERS in known:  # it names not all, and stands for those alone that were published before it was saved
        since = select(Listing.id).where(Listing.state == State.PUBLISHED, Listing.published_at > search.created_at)
        known = {*known, *session.scalars(since)}
    search.known, search.stopped_at, search.changed_at = packed(known), None, now


def remove(session: Session, search_id: int, by: Account) -> None:
    """Delete a saved search with everything that it found.

    Raises:
        NotFoundError: it is not theirs.
    """
    search = owned(session, search_id, by.id, lock=True, to_go=True)
    session.execute(delete(Alert).where(Alert.search_id == search_id))
    session.delete(search)
    session.flush()


def owned(session: Session, search_id: int, account_id: int, *, lock: bool = False, to_go: bool = False) -> SavedSearch:
    """Give a person's own saved search, its row locked for a change where `lock`; for its deletion where `to_go`.

    Raises:
        NotFoundError: there is none of that number, or it is somebody else's.
    """
    query = select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.account_id == account_id)
    if lock:
        # An alert that refers to the row is written meanwhile: it only needs that the row stays. Who deletes the row
        # must wait for that before touching the alerts, or both wait for each other at the same alert.
        query = query.with_for_update(key_share=not to_go).execution_options(populate_existing=True)
    search = session.scalar(query.options(defer(SavedSearch.known))) if 0 < search_id <= LARGEST_KEY else None
    if search is None:
        raise NotFoundError(NOT_THERE.format(search_id))
    return search


def of_account(session: Session, account_id: int) -> list[SavedSearch]:
    """Give a person's saved searches, the latest first."""
    query = select(SavedSearch).where(SavedSearch.account_id == account_id).order_by(SavedSearch.id.desc())
    return list(session.scalars(query.options(defer(SavedSearch.known))))


def same(session: Session, account_id: int, question: Question, listing_id: int | None) -> SavedSearch | None:
    """Give a person's saved search of the same question, or of the matches of the same listing."""
    asked = (listing_id, _compared(question))
    every = of_account(session, account_id)
    return next((one for one in every if (one.listing_id, _compared(one.question)) == asked), None)


def active(session: Session) -> Iterator[SavedSearch]:
    """Give every saved search that somebody wants to be told of, by its number.

    It is not stopped, its person's account is open and confirmed, and a listing whose matches it asks for is published
    and still theirs.
    """
    query = select(SavedSearch).join(Account, Account.id == SavedSearch.account_id)
    query = query.outerjoin(Listing, Listing.id == SavedSearch.listing_id).where(told())
    yield from session.scalars(query.order_by(SavedSearch.id).execution_options(yield_per=500))


def check_theirs(session: Session, listing_id: int, by: Account) -> Listing:
    """Give a listing that a person looks after: it is their organisation's, or theirs while it has none.

    Raises:
        NotFoundError: there is none of that number, or it is somebody else's.
    """
    listing = session.get(Listing, listing_id) if 0 < listing_id <= LARGEST_KEY else None
    if listing is None:
        raise NotFoundError(NO_LISTING.format(listing_id))
    alone = listing.organisation_id is None
    if (listing.by_id != by.id) if alone else (listing.organisation_id != by.organisation_id):
        raise NotFoundError(NO_LISTING.format(listing_id))
    return listing


def check_matched(session: Session, listing_id: int, by: Account) -> None:
    """Refuse the matches of a listing that is not a person's own, or that is not matched.

    Raises:
        NotFoundError: as `check_theirs`.
        StateError: it is not published.
    """
    if check_theirs(session, listing_id, by).state != State.PUBLISHED:
        raise StateError(NOT_MATCHED)


def check_name(name: str) -> str:
    """Give a name as it is kept, on one line.

    Raises:
        InputError: it is blank or longer than 100 characters.
    """
    text = one_line(name)
    if not text:
        raise InputError(NO_NAME, field="name")
    if len(text) > LONGEST_NAME:
        message = f"The name has {len(text):,} characters; cut it to {LONGEST_NAME} or fewer."
        raise InputError(message, field="name")
    return text


def told() -> ColumnElement[bool]:
    """Say when a saved search's person is to be told, in a query of it with its account and, if any, its listing."""
    theirs = or_(
        and_(Listing.organisation_id.is_(None), Listing.by_id == Account.id),
        Listing.organisation_id == Account.organisation_id,
    )
    return and_(
        SavedSearch.stopped_at.is_(None),
        Account.closed_at.is_(None),
        Account.confirmed_at.is_not(None),
        or_(SavedSearch.listing_id.is_(None), and_(Listing.state == State.PUBLISHED, theirs)),
    )


def _drop_waiting(session: Session, search_id: int) -> None:
    waiting = Alert.search_id == search_id, Alert.state == AlertState.WAITING
    session.execute(update(Alert).where(*waiting).values(state=AlertState.DROPPED))


def _checked(question: Question) -> Question:
    """Give a question without what is empty or said twice; refuse what no search has."""
    known = all(name in NAMES or name.removeprefix(UNSTATED) in NAMES for name in question)
    if not known:
        raise InputError(UNUSABLE)
    kept = {
        name: values
        for name, given in question.items()
        if (values := [text for value in dict.fromkeys(given) if (text := clean(value).strip())])
    }
    if sum(len(name) + sum(map(len, values)) for name, values in kept.items()) > LONGEST_QUESTION:
        raise InputError(TOO_LONG)
    return kept


def _compared(question: Question) -> dict[str, list[str]]:
    """Give what makes two questions the same: the order of the choices under a filter does not matter."""
    return {name: sorted(" ".join(value.split()) for value in values) for name, values in question.items()}
