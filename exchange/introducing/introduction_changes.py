"""How an introduction changes: state, event and letters to the other side together; knows no page."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import LARGEST_KEY
from exchange.errors import InputError, NotFoundError
from exchange.introducing.introduction_letters import Telling, tell
from exchange.introducing.introduction_states import OPEN, IntroductionState, IntroductionStep, Side, next_state
from exchange.listing.changes import Act
from exchange.models import Account
from exchange.models_introductions import Introduction, IntroductionEvent, Message

LONGEST_TEXT = 5_000
"""Characters of a pitch, a message or a reason."""

NOT_THERE = "There is no introduction {}; check the number."


@dataclass(frozen=True, slots=True)
class Move:
    """A step that a side takes, and what the other side is told of it; `note` is what the record keeps of why."""

    step: IntroductionStep
    side: Side
    telling: Telling
    note: str | None = None


def side_of(introduction: Introduction, organisation_id: int | None) -> Side | None:
    """Say which side an organisation is; None where it is neither."""
    if organisation_id is None:
        return None
    if organisation_id == introduction.commissioner_organisation_id:
        return Side.COMMISSIONER
    return Side.INNOVATOR if organisation_id == introduction.innovator_organisation_id else None


def locked(session: Session, introduction_id: int, by: Account) -> tuple[Introduction, Side]:
    """Read an introduction as it is now, with the side that the person is, and keep other writers off it.

    Raises:
        NotFoundError: there is none, or it is between others; the sentence is the same for both.
    """
    query = select(Introduction).where(Introduction.id == introduction_id).with_for_update(of=Introduction)
    known = 0 < introduction_id <= LARGEST_KEY
    introduction = session.scalar(query.execution_options(populate_existing=True)) if known else None
    side = side_of(introduction, by.organisation_id) if introduction else None
    if introduction is None or side is None:
        raise NotFoundError(NOT_THERE.format(introduction_id))
    return introduction, side


def move(session: Session, introduction: Introduction, made: Move, act: Act) -> None:
    """Take an introduction one step: new state and dates, one event, and a letter to everybody of the other side.

    Raises:
        StateError: the state does not allow this side this step.
    """
    old = IntroductionState(introduction.state)
    new = next_state(old, made.step, made.side)
    introduction.state = new
    introduction.changed_at = act.at
    if new not in OPEN:
        introduction.ended_at, introduction.due_on = act.at, None
    record(session, introduction, old, made, act)
    tell(session, introduction, made.side, made.telling, act)


def record(session: Session, introduction: Introduction, old: IntroductionState | None, made: Move, act: Act) -> None:
    """Keep what was done; there is an event for every step, so that the last one says whose turn it is."""
    session.add(
        IntroductionEvent(
            introduction_id=introduction.id,
            by_id=act.by.id,
            side=made.side,
            at=act.at,
            old_state=old,
            new_state=introduction.state,
            note=made.note,
        )
    )
    session.flush()


def add_message(session: Session, introduction: Introduction, side: Side, text: str, act: Act) -> None:
    """Put a message onto the thread."""
    session.add(Message(introduction_id=introduction.id, by_id=act.by.id, side=side, at=act.at, text=text))
    session.flush()


def words(text: str | None, missing: str, field: str = "text") -> str:
    """Give a text that may be sent to the other side.

    Raises:
        InputError: there is none, or it has more than 5,000 characters.
    """
    given = short_enough(text, LONGEST_TEXT, field)
    if given is None:
        raise InputError(missing, field=field)
    return given


def short_enough(text: str | None, longest: int, field: str) -> str | None:
    """Give a text without NUL and without blanks around it; None where nothing is left.

    Raises:
        InputError: it is longer than allowed.
    """
    given = clean(text or "").replace("\r\n", "\n")
    if len(given) > longest:
        raise InputError(f"This text has {len(given):,} characters; cut it to {longest:,} or fewer.", field=field)
    return given or None
