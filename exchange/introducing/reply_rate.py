"""How a public body keeps its reply promise, in two figures; knows no page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from exchange.introducing.introduction_due import after_answer
from exchange.introducing.introduction_states import IntroductionState, Side, Way
from exchange.introducing.introductions import SPAM
from exchange.introducing.reply_promise import closing_days, promised_on
from exchange.introducing.respondents import BROKEN
from exchange.listing.years import years_later
from exchange.models import Listing
from exchange.models_introductions import Introduction, IntroductionEvent
from exchange.working_days import LONDON, london_date

YEARS = 2
CHUNK = 500
"""Introductions read at once: both databases limit a statement's parameters."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The share of respondents answered in time, median days to the reply, and how many replies were due.

    `rate` is from 0 to 1 and None where no reply was due yet; `median_days` None where nobody was replied to.
    """

    rate: float | None
    median_days: float | None
    counted: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What one respondent was promised and got: the day of their answer, of the reply, and the last day for it."""

    answered_on: date
    due_on: date
    replied_on: date | None
    broken: bool
    """Whether the need was withdrawn, or its last account closed, with this one still open."""

    @property
    def in_time(self) -> bool:
        """Say whether it counts as answered."""
        return not self.broken and self.replied_on is not None and self.replied_on <= self.due_on


def figures(session: Session, organisation_id: int, today: date) -> Figures:
    """Compute an organisation's reply rate and median days to reply, as of a day in London.

    Source: issue "post, moderate, introduce", Reply promise: respondents answered by the reply date / all whose reply
    date has passed, last 24 months. Respondents are those who answered a need of the organisation, invited or not. A
    reply is the first thing that the commissioner's side writes or decides after the answer: a message, an agreement,
    a no, or the final line. The reply date is the need's (of one who answered after it, 10 working days on); of a need
    that states none, 20 working days after answers closed. A need withdrawn, or left by its last account, with a
    respondent still open counts as not answered whatever was written before. Left out are spam, and respondents who
    took their answer back before they were replied to and before the reply was due: nothing was owed to them.
    """
    theirs = Introduction.commissioner_organisation_id == organisation_id
    return figures_from(_replies(session, theirs), years_later(today, -YEARS), today)


def replies_of_all(session: Session, first: date) -> list[Reply]:
    """Give what respondents of every public body were promised and got, of replies due from `first` on.

    Introductions are read that began in the two years before `first` or since.
    """
    begun = datetime.combine(years_later(first, -YEARS), time.min, LONDON)
    recent = select(Introduction.id).where(Introduction.created_at >= begun, Introduction.answered_at.is_not(None))
    numbers = session.scalars(recent.order_by(Introduction.id)).all()
    parts = (numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK))
    return [reply for part in parts for reply in _replies(session, Introduction.id.in_(part)) if reply.due_on >= first]


def figures_from(replies: Iterable[Reply], first: date, today: date) -> Figures:
    """Sum up the replies that were due from `first` until the day before `today`."""
    due = [reply for reply in replies if first <= reply.due_on < today]
    if not due:
        return Figures(None, None, 0)
    days = [(reply.replied_on - reply.answered_on).days for reply in due if reply.replied_on is not None]
    return Figures(sum(reply.in_time for reply in due) / len(due), median(days) if days else None, len(due))


def _replies(session: Session, whose: ColumnElement[bool]) -> Iterable[Reply]:
    answers = (
        select(Introduction, Listing)
        .join(Listing, Listing.id == Introduction.need_id)
        .where(
            whose,
            Introduction.way.in_((Way.ANSWERED, Way.INVITED)),
            Introduction.answered_at.is_not(None),
            or_(Introduction.outcome.is_(None), Introduction.outcome != SPAM),
        )
    )
    rows = session.execute(answers).all()
    needs = {need.id: need for _, need in rows}
    closed = closing_days(session, needs.values())
    events = _events(session, whose)
    for introduction, need in rows:
        if (reply := _reply(introduction, need, closed, events[introduction.id])) is not None:
            yield reply


def _events(session: Session, whose: ColumnElement[bool]) -> Mapping[int, list[IntroductionEvent]]:
    made = (
        select(IntroductionEvent)
        .join(Introduction, Introduction.id == IntroductionEvent.introduction_id)
        .where(whose)
        .order_by(IntroductionEvent.id)
    )
    events = defaultdict(list)
    for event in session.scalars(made):
        events[event.introduction_id].append(event)
    return events


def _reply(
    introduction: Introduction, need: Listing, closed: Mapping[int, date], events: list[IntroductionEvent]
) -> Reply | None:
    """Give what one respondent was promised and got; None while nothing is promised, or where nothing is owed."""
    promised = promised_on(need, closed.get(need.id))
    if promised is None or introduction.answered_at is None:
        return None
    answered_on = london_date(introduction.answered_at)
    due_on = promised if promised >= answered_on else after_answer(need, introduction.answered_at)
    theirs = [event for event in _after_answer(events) if event.side == Side.COMMISSIONER]
    broken = bool(theirs) and introduction.outcome in BROKEN and events[-1].side == Side.COMMISSIONER
    if broken:
        theirs.pop()  # the end itself is no reply
    if theirs or broken:
        return Reply(answered_on, due_on, london_date(theirs[0].at) if theirs else None, broken)
    taken_back = introduction.ended_at is not None and london_date(introduction.ended_at) <= due_on
    return None if taken_back else Reply(answered_on, due_on, None, broken=False)


def _after_answer(events: list[IntroductionEvent]) -> list[IntroductionEvent]:
    """Give what happened after the innovator's answer: the first step by which an introduction stood answered."""
    first = next(at for at, event in enumerate(events) if event.new_state == IntroductionState.ANSWERED)
    return events[first + 1 :]
