"""Introductions: what the two sides do once one is open, until it ends; knows no page and no search.

How one is opened stands in `introduction_opening`, what a side sees of it in `introduction_reading`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.errors import StateError
from exchange.introducing.introduction_changes import Move, add_message, locked, move, short_enough, words
from exchange.introducing.introduction_due import after_answer, promise_of, spoken
from exchange.introducing.introduction_letters import Telling
from exchange.introducing.introduction_states import (
    OPEN,
    OPENINGS,
    IntroductionState,
    IntroductionStep,
    Side,
    Way,
    next_state,
)
from exchange.listing.changes import Act
from exchange.models import Account, Listing, State
from exchange.models_introductions import Introduction, Message
from exchange.people import limits
from exchange.working_days import london_date

MOST_A_DAY = 200
"""Messages by one person: more than anybody writes, and too few to pester anybody by mail."""
LONGEST_LINE = 1_000
"""Characters of the line that a respondent is told at the end."""
SPAM = "spam"
"""The outcome of an answer that was none; it does not count against the reply rate."""


class Ending(StrEnum):
    """What came of an introduction after contact details were shared."""

    TOGETHER = "together"
    APART = "apart"


ENDINGS = {Ending.TOGETHER: "we are going ahead together", Ending.APART: "we are not going ahead"}


def open_for_need(session: Session, need_id: int) -> list[Introduction]:
    """Give the introductions of a need that have not ended, the oldest first.

    Those in state "asked" were invited and have not answered: they are told of the end too, but are no respondents.
    A caller that has locked the need sees no new one come.
    """
    those = select(Introduction).where(Introduction.need_id == need_id, Introduction.state.in_(OPEN))
    return list(session.scalars(those.order_by(Introduction.id).execution_options(populate_existing=True)))


def accept(session: Session, introduction_id: int, text: str, by: Account, now: datetime) -> Introduction:
    """Answer what a commissioner asked; from now on the commissioner is to write back.

    Raises:
        NotFoundError, StateError (also where the need takes no answers any more), InputError.
    """
    introduction, side = locked(session, introduction_id, by)
    next_state(IntroductionState(introduction.state), IntroductionStep.ACCEPT, side)
    need = session.get(Listing, introduction.need_id) if introduction.need_id else None
    if introduction.way == Way.INVITED and need is not None:
        check_takes_answers(need, now)
    said = words(text, "Write your answer: what you could do for them.")
    act = Act(by, now)
    introduction.answered_at, introduction.innovator_id = now, by.id
    add_message(session, introduction, side, said, act)
    telling = Telling("{who} has answered: {what}", "{who} has answered you about {what}:", said)
    move(session, introduction, Move(IntroductionStep.ACCEPT, side, telling), act)
    introduction.due_on = after_answer(need, now)
    return introduction


def say(session: Session, introduction_id: int, text: str, by: Account, now: datetime) -> Introduction:
    """Write to the other side; a message that repeats the last one was sent by a second click, and is not kept twice.

    Raises:
        NotFoundError, StateError, InputError.
    """
    introduction, side = locked(session, introduction_id, by)
    next_state(IntroductionState(introduction.state), IntroductionStep.SAY, side)
    said = words(text, "Write your message.")
    if _just_said(session, introduction, side, said):
        return introduction
    limits.count(session, f"messages by {by.id}", MOST_A_DAY, timedelta(days=1), now)
    act = Act(by, now)
    add_message(session, introduction, side, said, act)
    telling = Telling("{who} has written: {what}", "{who} has written to you about {what}:", said)
    move(session, introduction, Move(IntroductionStep.SAY, side, telling), act)
    _look_ahead(session, introduction)
    return introduction


def agree(session: Session, introduction_id: int, by: Account, now: datetime) -> Introduction:
    """Agree that the other side sees one's name, email address and telephone number as soon as they agree too.

    Raises:
        NotFoundError, StateError (also where this side has agreed already).
    """
    introduction, side = locked(session, introduction_id, by)
    mine, theirs = agreed_at(introduction, side), agreed_at(introduction, side.other)
    step = IntroductionStep.SEAL if theirs else IntroductionStep.AGREE
    next_state(IntroductionState(introduction.state), step, side)
    if mine is not None:
        raise StateError("Your side has agreed already; the contact details are shown as soon as the other side has.")
    if side is Side.COMMISSIONER:
        introduction.commissioner_agreed_at, introduction.commissioner_id = now, by.id
    else:
        introduction.innovator_agreed_at, introduction.innovator_id = now, by.id
    move(session, introduction, Move(step, side, _AGREED if theirs else _WOULD_AGREE), Act(by, now))
    _look_ahead(session, introduction)
    return introduction


def decline(session: Session, introduction_id: int, reason: str | None, by: Account, now: datetime) -> Introduction:
    """Say no, or take back what one's own side began; a reason helps, and may be left out.

    Raises:
        NotFoundError, StateError, InputError.
    """
    introduction, side = locked(session, introduction_id, by)
    next_state(IntroductionState(introduction.state), IntroductionStep.DECLINE, side)
    why = short_enough(reason, 5_000, "reason")
    first = introduction.state == OPENINGS[Way(introduction.way)][0] and introduction.opened_by == side
    telling = _TAKEN_BACK if first else _DECLINED
    told = replace(telling, quote=why)
    move(session, introduction, Move(IntroductionStep.DECLINE, side, told, why), Act(by, now))
    return introduction


def mark_spam(session: Session, introduction_id: int, by: Account, now: datetime) -> Introduction:
    """End an answer that nobody asked for and that answers nothing; it counts against nobody's reply rate.

    Raises:
        NotFoundError; StateError: the other side did not begin, or the state does not allow it.
    """
    introduction, side = locked(session, introduction_id, by)
    next_state(IntroductionState(introduction.state), IntroductionStep.SPAM, side)
    if introduction.way != Way.ANSWERED:
        raise StateError("You wrote to them first, so their answer cannot be marked as spam. You can decline instead.")
    introduction.outcome = SPAM
    move(session, introduction, Move(IntroductionStep.SPAM, side, _MARKED), Act(by, now))
    return introduction


def close(session: Session, introduction_id: int, ended: Ending, by: Account, now: datetime) -> Introduction:
    """End an introduction after contact details were shared, and say what came of it.

    Raises:
        NotFoundError, StateError.
    """
    introduction, side = locked(session, introduction_id, by)
    next_state(IntroductionState(introduction.state), IntroductionStep.CLOSE, side)
    introduction.outcome = ended
    telling = Telling(
        "{who} has closed the introduction: {what}",
        f"{{who}} has closed the introduction about {{what}}: {ENDINGS[ended]}.",
        then="The contact details and everything that was written can still be read on the exchange.",
    )
    move(session, introduction, Move(IntroductionStep.CLOSE, side, telling), Act(by, now))
    return introduction


def agreed_at(introduction: Introduction, side: Side) -> datetime | None:
    """Say when a side agreed to share contact details; None: not yet."""
    return introduction.commissioner_agreed_at if side is Side.COMMISSIONER else introduction.innovator_agreed_at


def check_takes_answers(need: Listing, now: datetime) -> None:
    """Refuse an answer to a need that is not open for answers.

    Raises:
        StateError: it is not published, or its closing date has passed.
    """
    closes = need.closes_on
    if closes is not None and closes < london_date(now):
        raise StateError(f"This need took answers until {spoken(closes)}, so it takes no more.")
    if need.state != State.PUBLISHED:
        raise StateError("This need is closed, so it takes no more answers.")


def _just_said(session: Session, introduction: Introduction, side: Side, text: str) -> bool:
    thread = select(Message).where(Message.introduction_id == introduction.id).order_by(Message.id.desc()).limit(1)
    last = session.scalar(thread)
    return last is not None and (last.side, last.text) == (side, text)


def _look_ahead(session: Session, introduction: Introduction) -> None:
    """Once both have written, only the final answer that a need promises is due."""
    if introduction.state in {IntroductionState.TALKING, IntroductionState.AGREED}:
        need = session.get(Listing, introduction.need_id) if introduction.need_id else None
        introduction.due_on = promise_of(need)


_WOULD_AGREE = Telling(
    "{who} would share contact details: {what}",
    "{who} agrees to share contact details about {what}. They are shown to both as soon as you agree too.",
)
_AGREED = Telling(
    "Contact details are shared: {what}",
    "{who} has agreed too, so both of you now see each other's name, email address and telephone number.",
    then="Open the introduction on the exchange to see them.",
)
_DECLINED = Telling(
    "{who} has declined: {what}",
    "{who} declines to go further with {what}.",
    then="The introduction has ended. What was written can still be read on the exchange.",
)
_TAKEN_BACK = Telling(
    "{who} has taken it back: {what}",
    "{who} has taken back what it wrote to you about {what}. Nothing is asked of you any more.",
    then="The introduction has ended. What was written can still be read on the exchange.",
)
_MARKED = Telling(
    "{who} has ended your answer: {what}",
    "{who} does not take what you wrote as an answer to {what}, and has ended it.",
    then="If this is a mistake, write to them at their public contact, which their page names.",
)
