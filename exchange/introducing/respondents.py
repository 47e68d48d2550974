"""The introductions about a listing that ends: who still waits, and how each of them is told; knows no use-case."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exchange.introducing.introduction_changes import Move, move
from exchange.introducing.introduction_letters import Telling
from exchange.introducing.introduction_states import OPEN, IntroductionState, IntroductionStep, Side
from exchange.listing.changes import Act
from exchange.models import Listing
from exchange.models_introductions import Introduction, Message

ANSWERING = OPEN - {IntroductionState.ASKED}
"""The open states in which the innovator has said something, so that a final answer is owed."""


class Outcome(StrEnum):
    """How an introduction ended when its listing did, or when nobody was left on one side."""

    CHOSEN = "chosen"
    NOT_CHOSEN = "not chosen"
    UNANSWERED = "not answered in time"
    WITHDRAWN = "withdrawn"
    ACCOUNT_CLOSED = "account closed"


BROKEN = frozenset({Outcome.WITHDRAWN, Outcome.ACCOUNT_CLOSED})
"""Ends without a final answer: on the commissioner's side they count against the reply rate."""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """How one introduction ends: by which side, what the other is told by mail, and the line that its page keeps.

    Of the commissioner's side the line is the final answer, of the innovator's a note beside the step.
    """

    side: Side
    outcome: Outcome
    telling: Telling
    line: str


def open_about(session: Session, listing: Listing) -> list[Introduction]:
    """Give the open introductions over a need or an innovation, oldest first, and keep other writers off them.

    Lock the listing first: then no new one comes.
    """
    about = Introduction.need_id == listing.id, Introduction.innovation_id == listing.id
    return _locked(session, about[0] | about[1])


def open_of_side(session: Session, side: Side, organisation_id: int) -> list[Introduction]:
    """Give the open introductions in which an organisation is that side, and keep other writers off them."""
    columns = {
        Side.COMMISSIONER: Introduction.commissioner_organisation_id,
        Side.INNOVATOR: Introduction.innovator_organisation_id,
    }
    return _locked(session, columns[side] == organisation_id)


def count_answering(session: Session, need_id: int) -> int:
    """Count those who answered a need and have no final answer."""
    waiting = select(Introduction.id).where(Introduction.need_id == need_id, Introduction.state.in_(ANSWERING))
    return len(session.scalars(waiting).all())


def first_words(session: Session, introductions: Iterable[Introduction]) -> dict[int, str]:
    """Give what each innovator said first, by the introduction: their answer, to the need or to an invitation."""
    rows = {row.id: row for row in introductions}
    theirs = select(Message).where(Message.introduction_id.in_(rows), Message.side == Side.INNOVATOR)
    said: dict[int, str] = {}
    for message in session.scalars(theirs.order_by(Message.id)):
        said.setdefault(message.introduction_id, message.text)
    return said | {row.id: row.text for row in rows.values() if row.opened_by == Side.INNOVATOR}


def end(session: Session, introduction: Introduction, goodbye: Goodbye, act: Act) -> None:
    """End an open introduction: state, event, the line that is kept, and a letter to everybody of the other side."""
    introduction.outcome = goodbye.outcome
    note = None
    if goodbye.side is Side.COMMISSIONER:
        introduction.line = goodbye.line
    else:
        note = goodbye.line
    step = _last_step(goodbye.side, IntroductionState(introduction.state))
    move(session, introduction, Move(step, goodbye.side, goodbye.telling, note), act)


def _last_step(side: Side, state: IntroductionState) -> IntroductionStep:
    if side is Side.COMMISSIONER:
        return IntroductionStep.FINISH
    return IntroductionStep.CLOSE if state is IntroductionState.AGREED else IntroductionStep.DECLINE


def _locked(session: Session, condition: ColumnElement[bool]) -> list[Introduction]:
    those = select(Introduction).where(condition, Introduction.state.in_(OPEN)).order_by(Introduction.id)
    return list(session.scalars(those.with_for_update(of=Introduction).execution_options(populate_existing=True)))
