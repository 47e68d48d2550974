"""What a side sees of its introductions: the list, the thread, and contact details once both agreed; knows no page."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY
from exchange.errors import NotFoundError
from exchange.introducing.introduction_changes import NOT_THERE, side_of
from exchange.introducing.introduction_letters import organisation_of
from exchange.introducing.introduction_states import OPEN, IntroductionState, IntroductionStep, Side, Way, allowed
from exchange.introducing.introductions import agreed_at
from exchange.listing.states import FOUND
from exchange.models import Account, Listing, Organisation
from exchange.models_introductions import Introduction, IntroductionEvent, Message
from exchange.organisation.organisations import is_public
from exchange.people.sign_ins import Person

MOST_LISTED = 500
"""Open introductions of one organisation on one page, and as many that have ended."""


@dataclass(frozen=True, slots=True)
class About:
    """A listing that an introduction is about; `public` is False where it can no longer be opened by everybody."""

    id: int
    title: str
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One introduction in a list: with whom, about what, where it stands, and whose turn it is."""

    id: int
    way: Way
    side: Side
    other: str
    need: About | None
    innovation: About | None
    state: IntroductionState
    turn: Side | None
    due_on: date | None
    changed_at: datetime
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Mine:
    """A side's introductions by whose turn it is, what is due first; the latest agreed and the latest ended first.

    `cut` is True where there are more than a page takes.
    """

    for_me: tuple[Line, ...] = ()
    for_them: tuple[Line, ...] = ()
    agreed: tuple[Line, ...] = ()
    ended: tuple[Line, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, the oldest first: something written, or a step (then `step` names the new state)."""

    at: datetime
    side: Side
    name: str | None
    """Who it was, where the reader may know: of one's own side always, of the other once both agreed."""
    text: str | None
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """How to reach a side: the person who agreed, while they are with their organisation, else the organisation."""

    side: Side
    organisation_id: int
    organisation: str
    name: str | None
    email: str | None
    telephone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Everything that a side may see of one introduction."""

    line: Line
    mine: Organisation
    theirs: Organisation
    theirs_public: bool
    """Whether the other side has a public page: else no moderator has seen its profile."""
    entries: tuple[Entry, ...]
    steps: frozenset[IntroductionStep]
    agreed: dict[Side, datetime | None]
    contacts: tuple[ContactDetails, ContactDetails] | None
    told: str | None
    """What the respondent was told at the end."""


def mine(session: Session, person: Person) -> Mine:
    """Give the introductions of the person's organisation; none where they have none."""
    own = person.organisation_id
    if own is None:
        return Mine()
    either = or_(Introduction.commissioner_organisation_id == own, Introduction.innovator_organisation_id == own)
    latest = select(Introduction).where(either).order_by(Introduction.changed_at.desc(), Introduction.id.desc())
    going = session.scalars(latest.where(Introduction.state.in_(OPEN)).limit(MOST_LISTED + 1)).all()
    over = session.scalars(latest.where(Introduction.state.not_in(OPEN)).limit(MOST_LISTED + 1)).all()
    lines = _lines(session, [*going[:MOST_LISTED], *over[:MOST_LISTED]], own)
    talks = [line for line in lines if line.turn is not None]
    return Mine(
        for_me=tuple(sorted((line for line in talks if line.turn is line.side), key=_soonest)),
        for_them=tuple(sorted((line for line in talks if line.turn is not line.side), key=_soonest)),
        agreed=tuple(line for line in lines if line.state is IntroductionState.AGREED),
        ended=tuple(line for line in lines if line.state not in OPEN),
        cut=max(len(going), len(over)) > MOST_LISTED,
    )


def thread(session: Session, introduction_id: int, person: Person) -> Thread:
    """Give one introduction to a member of one of its sides.

    Raises:
        NotFoundError: there is none, or it is between others; the sentence is the same for both.
    """
    known = 0 < introduction_id <= LARGEST_KEY
    introduction = session.get(Introduction, introduction_id) if known else None
    side = side_of(introduction, person.organisation_id) if introduction else None
    if introduction is None or side is None:
        raise NotFoundError(NOT_THERE.format(introduction_id))
    agreed = {one: agreed_at(introduction, one) for one in Side}
    organisations = {one: session.get_one(Organisation, organisation_of(introduction, one)) for one in Side}
    return Thread(
        line=_lines(session, [introduction], organisation_of(introduction, side))[0],
        mine=organisations[side],
        theirs=organisations[side.other],
        theirs_public=is_public(session, organisations[side.other].id),
        entries=_entries(session, introduction, side),
        steps=_steps(introduction, side),
        agreed=agreed,
        contacts=contacts(session, introduction),
        told=introduction.line,
    )


def contacts(session: Session, introduction: Introduction) -> tuple[ContactDetails, ContactDetails] | None:
    """Give the contact details of both sides, the commissioner's first; None until both have agreed."""
    if not all(agreed_at(introduction, side) for side in Side):
        return None
    return _contact(session, introduction, Side.COMMISSIONER), _contact(session, introduction, Side.INNOVATOR)


def _contact(session: Session, introduction: Introduction, side: Side) -> ContactDetails:
    organisation = session.get_one(Organisation, organisation_of(introduction, side))
    number = introduction.commissioner_id if side is Side.COMMISSIONER else introduction.innovator_id
    account = session.get(Account, number) if number else None
    there = account is not None and account.closed_at is None and account.organisation_id == organisation.id
    person = account if there else None
    return ContactDetails(
        side=side,
        organisation_id=organisation.id,
        organisation=organisation.name,
        name=person.name if person else None,
        email=person.email if person else organisation.email,
        telephone=person.telephone if person else organisation.telephone,
    )


def _lines(session: Session, rows: list[Introduction], own: int) -> list[Line]:
    turns = _turns(session, [row.id for row in rows if row.state in OPEN])
    about = _about(session, rows)
    others = {organisation_of(row, _side(row, own).other) for row in rows}
    names = {
        row.id: row.name
        for part in _parts(others)
        for row in session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(part)))
    }
    return [
        Line(
            id=row.id,
            way=Way(row.way),
            side=(side := _side(row, own)),
            other=names[organisation_of(row, side.other)],
            need=about.get(row.need_id or 0),
            innovation=about.get(row.innovation_id or 0),
            state=IntroductionState(row.state),
            turn=turns.get(row.id) if row.state != IntroductionState.AGREED else None,
            due_on=row.due_on,
            changed_at=row.changed_at,
            outcome=row.outcome,
        )
        for row in rows
    ]


def _turns(session: Session, numbers: list[int]) -> dict[int, Side]:
    """Say whose turn it is in each: the side's across from the one that acted last."""
    found: dict[int, Side] = {}
    for part in _parts(numbers):
        newest = select(func.max(IntroductionEvent.id)).where(IntroductionEvent.introduction_id.in_(part))
        last = IntroductionEvent.id.in_(newest.group_by(IntroductionEvent.introduction_id))
        for row in session.execute(select(IntroductionEvent.introduction_id, IntroductionEvent.side).where(last)):
            found[row.introduction_id] = Side(row.side).other
    return found


def _about(session: Session, rows: list[Introduction]) -> dict[int, About]:
    numbers = {number for row in rows for number in (row.need_id, row.innovation_id) if number is not None}
    return {
        row.id: About(row.id, row.title, row.state in FOUND)
        for part in _parts(numbers)
        for row in session.execute(select(Listing.id, Listing.title, Listing.state).where(Listing.id.in_(part)))
    }


def _parts(numbers: Iterable[int]) -> list[list[int]]:
    """Cut numbers into parts that fit into one statement."""
    every = sorted(numbers)
    return [every[start : start + MOST_LISTED] for start in range(0, len(every), MOST_LISTED)]


def _side(introduction: Introduction, own: int) -> Side:
    return Side.COMMISSIONER if introduction.commissioner_organisation_id == own else Side.INNOVATOR


def _soonest(line: Line) -> tuple[date, float]:
    return line.due_on or date.max, -line.changed_at.timestamp()


def _steps(introduction: Introduction, side: Side) -> frozenset[IntroductionStep]:
    """Give what a side can do on its page: of agreeing there is one button, and only an answer can be spam."""
    steps = set(allowed(IntroductionState(introduction.state), side)) - {IntroductionStep.FINISH}
    mine_at, theirs_at = agreed_at(introduction, side), agreed_at(introduction, side.other)
    steps -= {IntroductionStep.AGREE, IntroductionStep.SEAL} if mine_at else set()
    steps -= {IntroductionStep.AGREE} if theirs_at else {IntroductionStep.SEAL}
    return frozenset(steps if introduction.way == Way.ANSWERED else steps - {IntroductionStep.SPAM})


def _entries(session: Session, introduction: Introduction, side: Side) -> tuple[Entry, ...]:
    number = introduction.id
    messages = session.scalars(select(Message).where(Message.introduction_id == number).order_by(Message.id)).all()
    events = select(IntroductionEvent).where(IntroductionEvent.introduction_id == number)
    happened = session.scalars(events.order_by(IntroductionEvent.id)).all()
    open_to = {side, side.other} if contacts(session, introduction) else {side}
    ids = {event.by_id for event in happened}
    people = Account.id.in_(ids), Account.closed_at.is_(None), Account.can_sign_in.is_(True)
    names = {account.id: account.name for account in session.scalars(select(Account).where(*people))}

    def entry(event: IntroductionEvent) -> Entry:
        text, step = event.note, _step_of(event)
        if event.old_state is None:
            text = introduction.text
        elif step is None and waiting and _wrote(waiting[0], event):
            text = waiting.popleft().text
        elif step is None:
            step = "would agree"
        name = names.get(event.by_id) if Side(event.side) in open_to else None
        return Entry(event.at, Side(event.side), name, text, step)

    waiting = deque(messages)
    return tuple(entry(event) for event in happened)


def _step_of(event: IntroductionEvent) -> str | None:
    """Name a step that is more than a message: a new state other than answered or talking."""
    told = {IntroductionState.AGREED, IntroductionState.DECLINED, IntroductionState.CLOSED}
    return event.new_state if event.new_state != event.old_state and event.new_state in told else None


def _wrote(message: Message, event: IntroductionEvent) -> bool:
    """Say whether a step was to write a message; every message has its event."""
    return (message.at, message.by_id) == (event.at, event.by_id)
