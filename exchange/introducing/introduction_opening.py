"""How an introduction is opened, from either side, once for a pair; knows no page and no search."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import Kind, clean
from exchange.introducing.introduction_changes import Move, record, words
from exchange.introducing.introduction_due import after_answer, for_answer, promise_of, spoken
from exchange.introducing.introduction_letters import Telling, tell
from exchange.introducing.introduction_pairs import Approach, Pair, check_may_begin, open_one, pair_of
from exchange.introducing.introduction_states import OPENINGS, IntroductionState, IntroductionStep, Side, Way
from exchange.introducing.introductions import accept
from exchange.listing.changes import Act
from exchange.models import Account, Listing, Organisation, State
from exchange.models_introductions import Introduction, Message
from exchange.people import limits

MOST_OFFERED = 200
"""More listings than one organisation chooses from."""
MOST_A_DAY = 50
"""By one person: enough to answer every need of a large exchange, too few to pester it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The introduction of a pair; `heard` is False where one was open before and the text was not sent."""

    introduction: Introduction
    heard: bool


@dataclass(frozen=True, slots=True)
class Prospect:
    """What stands between two organisations before one writes; `due` is when an answer would be owed.

    `waiting` is an open introduction that the approach would lead to; an answer to an invitation is sent all the same.
    """

    theirs: Organisation
    need: Listing | None
    innovation: Listing | None
    due: date
    waiting: Introduction | None


def look(session: Session, approach: Approach, by: Account, now: datetime) -> Prospect:
    """Say whom an approach would reach and by when, without writing anything; the text is not looked at.

    Raises:
        ForbiddenError, NotFoundError, StateError, InputError: as `start` would.
    """
    pair = pair_of(session, approach, by, now)
    waiting = open_one(session, pair)
    theirs = session.get_one(Organisation, pair.theirs)
    if waiting is None:
        check_may_begin(session, pair, now)
    return Prospect(theirs, pair.need, pair.innovation, _due(pair, now), waiting)


def start(session: Session, approach: Approach, by: Account, now: datetime) -> Opened:
    """Ask for an introduction, invite somebody to answer a need, or answer one.

    Of a pair one introduction is open at a time: a second attempt leads to the first, and an answer where one was
    invited is the answer to the invitation.

    Raises:
        ForbiddenError: only commissioners ask and invite, and only a confirmed address answers.
        NotFoundError, StateError, TooManyError, InputError: what cannot be, in a sentence that says why.
    """
    pair = pair_of(session, approach, by, now, lock=True)
    waiting = open_one(session, pair)
    if waiting is None:
        return Opened(_open(session, pair, approach.text, by, now), heard=True)
    if approach.way is Way.ANSWERED and waiting.state == IntroductionState.ASKED:
        accepted = accept(session, waiting.id, approach.text, by, now)
        accepted.innovation_id = approach.innovation_id or accepted.innovation_id
        return Opened(accepted, heard=True)
    return Opened(waiting, heard=_was_said(session, waiting, approach.text))


def offered(session: Session, organisation_id: int, kind: Kind) -> list[Listing]:
    """Give the published listings of an organisation that an introduction may be about, by title."""
    theirs = Listing.organisation_id == organisation_id, Listing.kind == kind, Listing.state == State.PUBLISHED
    return list(session.scalars(select(Listing).where(*theirs).order_by(Listing.title, Listing.id).limit(MOST_OFFERED)))


def _open(session: Session, pair: Pair, text: str, by: Account, now: datetime) -> Introduction:
    check_may_begin(session, pair, now)
    said = words(text, "Write what you would like to say to them.")
    limits.count(session, f"introductions by {by.id}", MOST_A_DAY, timedelta(days=1), now)
    introduction = _new(pair, said, by, now)
    session.add(introduction)
    session.flush()
    made = Move(IntroductionStep.SAY, pair.side, _telling(pair, said, _due(pair, now)))
    record(session, introduction, None, made, Act(by, now))
    tell(session, introduction, pair.side, made.telling, Act(by, now))
    return introduction


def _due(pair: Pair, now: datetime) -> date:
    return for_answer(pair.need, now) if pair.side is Side.COMMISSIONER else after_answer(pair.need, now)


def _was_said(session: Session, introduction: Introduction, text: str) -> bool:
    """Say whether a text is in the introduction already, as after a second click."""
    said = clean(text).replace("\r\n", "\n")
    same = select(Message.id).where(Message.introduction_id == introduction.id, Message.text == said).limit(1)
    return introduction.text == said or session.scalar(same) is not None


def _new(pair: Pair, text: str, by: Account, now: datetime) -> Introduction:
    state, side = OPENINGS[pair.way]
    asked = side is Side.COMMISSIONER
    return Introduction(
        way=pair.way,
        opened_by=side,
        state=state,
        need_id=pair.need.id if pair.need else None,
        innovation_id=pair.innovation.id if pair.innovation else None,
        commissioner_organisation_id=pair.commissioner,
        commissioner_id=by.id if asked else None,
        innovator_organisation_id=pair.innovator,
        innovator_id=None if asked else by.id,
        text=text,
        due_on=_due(pair, now),
        created_at=now,
        changed_at=now,
        answered_at=None if asked else now,
    )


def _telling(pair: Pair, text: str, due: date) -> Telling:
    if pair.way is Way.ANSWERED:
        asked = "You promised an answer by" if promise_of(pair.need) == due else "Please write back by"
        then = f"{asked} {spoken(due)}. To answer, open the introduction on the exchange."
        return Telling("{who} answers your need: {what}", "{who} answers your need {what}:", text, then)
    then = f"Please answer or decline by {spoken(due)}: a short no helps too. Open the introduction on the exchange."
    if pair.way is Way.INVITED:
        sentence = "{who} has found {idea} on the exchange and invites you to answer its need {what}:"
        return Telling("{who} invites you to answer: {what}", sentence, text, then)
    of_need = " for its need {what}" if pair.need else ""
    sentence = f"{{who}} asks for an introduction to {{idea}}{of_need}:"
    return Telling("{who} asks for an introduction: {idea}", sentence, text, then)
