"""Which two organisations an approach brings together, over what, and whether it may; knows no text and no page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.introducing.introduction_due import spoken
from exchange.introducing.introduction_letters import check_reachable
from exchange.introducing.introduction_states import OPEN, OPENINGS, Side, Way
from exchange.introducing.introductions import check_takes_answers
from exchange.listing.changes import locked_listing
from exchange.listing.listings import visible_listing
from exchange.listing.states import FOUND
from exchange.models import Account, Listing, Organisation, State
from exchange.models_introductions import Introduction, IntroductionEvent
from exchange.people import sign_ins
from exchange.people.permissions import Action
from exchange.working_days import london_date

QUIET = timedelta(days=90)
"""After the other side has said no, the same is not asked again for so long."""

NO_ORGANISATION = (
    "An introduction is between two organisations, and you belong to none here yet. Find or add yours on the page "
    "“Organisation” first."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """What one side writes first, in which way, and about which listings."""

    way: Way
    text: str = ""
    need_id: int | None = None
    innovation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides and what brings them together."""

    way: Way
    commissioner: int
    innovator: int
    need: Listing | None
    innovation: Listing | None

    @property
    def side(self) -> Side:
        """Give the side that writes first."""
        return OPENINGS[self.way][1]

    @property
    def theirs(self) -> int:
        """Give the organisation that is written to."""
        return self.innovator if self.side is Side.COMMISSIONER else self.commissioner

    @property
    def same(self) -> tuple[ColumnElement[bool], ...]:
        """Say which introductions are of this pair: one of a need with an organisation, else one of an innovation."""
        if self.need is not None:
            return Introduction.need_id == self.need.id, Introduction.innovator_organisation_id == self.innovator
        return (
            Introduction.need_id.is_(None),
            Introduction.innovation_id == (self.innovation.id if self.innovation else None),
            Introduction.commissioner_organisation_id == self.commissioner,
        )


def _may_open(session: Session, by: Account, action: Action) -> int:
    person = sign_ins.person(session, by)
    if not person.may(action):
        raise ForbiddenError(f"You cannot {action} with the role that you have. Ask an administrator for it.")
    if person.organisation_id is None:
        raise InputError(NO_ORGANISATION)
    return person.organisation_id


def pair_of(session: Session, approach: Approach, by: Account, now: datetime, *, lock: bool = False) -> Pair:
    """Say whom an approach brings together; with `lock`, its listings stay as they are until the transaction ends.

    Raises:
        ForbiddenError, NotFoundError, StateError, InputError: what cannot be, in a sentence that says why.
    """
    answers = approach.way is Way.ANSWERED
    mine = _may_open(session, by, Action.ANSWER if answers else Action.INTRODUCE)
    need, innovation = _rows(session, approach, lock=lock)
    other = need if answers else innovation
    if other is None or (need is None and approach.way is Way.INVITED):
        raise NotFoundError("Choose a listing that somebody can be introduced over.")
    if need is not None and not answers and need.organisation_id != mine:
        raise NotFoundError(f"There is no listing {need.id}; check the number.")
    if need is not None and approach.way is not Way.ASKED:
        check_takes_answers(need, now)
    if innovation is not None and answers and innovation.organisation_id != mine:
        raise InputError("Choose one of your own published innovations, or none.", field="listing")
    theirs = _theirs(other, mine)
    return Pair(approach.way, theirs if answers else mine, mine if answers else theirs, need, innovation)


def _rows(session: Session, approach: Approach, *, lock: bool) -> tuple[Listing | None, Listing | None]:
    """Read the listings named, locked in the order of their numbers, so that two people never wait for each other."""
    numbers = {number for number in (approach.need_id, approach.innovation_id) if number is not None}
    read = locked_listing if lock else visible_listing
    rows = {number: read(session, number) for number in sorted(numbers)}
    for row in rows.values():
        if row.state not in FOUND:
            raise NotFoundError(f"There is no listing {row.id}; check the number.")
        if row.state != State.PUBLISHED:
            raise StateError(f"“{row.title}” is closed, so nobody can be introduced over it.")
    need = rows.get(approach.need_id or 0)
    innovation = rows.get(approach.innovation_id or 0)
    for named, kind in ((need, Kind.NEED), (innovation, Kind.INNOVATION)):
        if named is not None and named.side is not kind:
            raise NotFoundError(f"Listing {named.id} is no {kind}; check the number.")
    return need, innovation


def _theirs(listing: Listing, mine: int) -> int:
    """Give the organisation on the other side."""
    if listing.organisation_id is None:
        raise InputError(f"“{listing.title}” names no organisation, so nobody can be introduced.")
    if listing.organisation_id == mine:
        raise InputError(f"“{listing.title}” is your own organisation's, so there is nobody to be introduced to.")
    return listing.organisation_id


def open_one(session: Session, pair: Pair) -> Introduction | None:
    """Give the introduction of the pair that has not ended; None where there is none."""
    open_ones = select(Introduction).where(*pair.same, Introduction.state.in_(OPEN)).order_by(Introduction.id)
    return session.scalar(open_ones.limit(1).execution_options(populate_existing=True))


def open_between(session: Session, listing: Listing, organisation_id: int) -> Introduction | None:
    """Give the open introduction of an organisation over somebody else's listing: for the links of a page."""
    of_need = listing.side is Kind.NEED
    mine = Introduction.innovator_organisation_id if of_need else Introduction.commissioner_organisation_id
    about = Introduction.need_id if of_need else Introduction.innovation_id
    found = select(Introduction).where(about == listing.id, mine == organisation_id, Introduction.state.in_(OPEN))
    return session.scalar(found.order_by(Introduction.id.desc()).limit(1))


def open_over(session: Session, need_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """Give the number of every open introduction over some needs, by need and innovator's organisation."""
    asked = select(Introduction.need_id, Introduction.innovator_organisation_id, Introduction.id)
    rows = session.execute(asked.where(Introduction.need_id.in_(need_ids), Introduction.state.in_(OPEN)))
    return {(need, innovator): number for need, innovator, number in rows if need is not None}


def check_may_begin(session: Session, pair: Pair, now: datetime) -> None:
    """Refuse what the other side has said no to of late, and what nobody there would read.

    Raises:
        StateError, InputError.
    """
    _check_quiet(session, pair, now)
    check_reachable(session, session.get_one(Organisation, pair.theirs))


def _check_quiet(session: Session, pair: Pair, now: datetime) -> None:
    ended = select(Introduction).where(*pair.same, Introduction.ended_at > now - QUIET)
    last = session.scalar(ended.order_by(Introduction.id.desc()).limit(1))
    if last is None or last.ended_at is None:
        return
    by = select(IntroductionEvent.side).where(IntroductionEvent.introduction_id == last.id)
    if session.scalar(by.order_by(IntroductionEvent.id.desc()).limit(1)) == pair.side:
        return
    said, again = london_date(last.ended_at), london_date(last.ended_at + QUIET)
    raise StateError(
        f"They ended an introduction over the same on {spoken(said)}. You can try again from {spoken(again)}; what was "
        "written is among your introductions."
    )
