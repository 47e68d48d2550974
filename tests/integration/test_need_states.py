"""Whatever order people act in and days pass: no need ends with a respondent who was told nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from promised import NOW, Council, a_council, word
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from test_listing_states import DEEP, fresh_sqlite

from exchange import chores
from exchange.database import reading, writing
from exchange.errors import ConflictError, ForbiddenError, InputError, TooManyError
from exchange.introducing import introductions
from exchange.introducing.introduction_states import OPEN, Side
from exchange.introducing.needs import CameOfIt
from exchange.introducing.reply_rate import Figures, figures
from exchange.listing.years import years_later
from exchange.models import Account, Listing, State
from exchange.models_introductions import Conclusion, Introduction, IntroductionEvent, Reminder
from exchange.models_people import Letter
from exchange.moderating import moderation
from exchange.moderating.reason_codes import Refusal
from exchange.people import personal_data
from exchange.people.accounts import operator
from exchange.working_days import add_working_days, london_date

picks = st.integers(0, 5)
REFUSED = (InputError, ForbiddenError, ConflictError, TooManyError)
ENDED = State.CONCLUDED, State.WITHDRAWN


@dataclass
class Answer:
    """What the test itself keeps of one respondent."""

    need: int
    answered: date
    replied: date | None = None
    ended: date | None = None
    how: str = ""


class NeedStates(RuleBasedStateMachine):
    """A council and three charities act on a few needs in any order, and days pass."""

    def __init__(self) -> None:
        super().__init__()
        self.database = self.fresh()
        self.engine = self.database.__enter__()
        self.now = NOW
        self.needs: list[int] = []
        self.answers: dict[int, Answer] = {}
        self.left: dict[int, date] = {}
        self.gone: set[int] = set()

    def fresh(self) -> AbstractContextManager[Engine]:
        return fresh_sqlite()

    def teardown(self) -> None:
        """Let every promise fall due before the last look."""
        try:
            if self.needs:
                self.days_pass(90)
                self.nobody_waits_over_a_need_that_ended()
                self.the_reply_rate_is_what_one_counts_by_hand()
        finally:
            self.database.__exit__(None, None, None)

    @initialize()
    def people_arrive(self) -> None:
        self.council: Council = a_council(self.engine)
        self.charities = [self.council.charity(name) for name in ("One", "Two", "Three")]
        self.ideas = [self.council.idea(charity, f"Idea of {charity}") for charity in self.charities]
        self.a_need_is_published(closes=10, replies=25)
        self.a_need_is_published(closes=3, replies=None)
        self.a_charity_answers(0, 0)
        self.the_commissioner_invites(0, 1)
        self.the_commissioner_invites(1, 2)

    @rule(closes=st.sampled_from([None, 3, 10]), replies=st.sampled_from([None, 12, 25]))
    def a_need_is_published(self, closes: int | None, replies: int | None) -> None:
        if len(self.needs) == 4 or self.council.carla in self.gone:
            return
        days = {"closes_on": closes, "reply_by": replies}
        stated = {
            name: None if gap is None else london_date(self.now) + timedelta(days=gap) for name, gap in days.items()
        }
        number = self.council.need(f"Need {len(self.needs)}", **stated)
        self.needs.append(number)

    @rule(need=picks, charity=picks)
    def a_charity_answers(self, need: int, charity: int) -> None:
        number, by = self._need(need), self.charities[charity % 3]
        before = set(self.answers)
        made = self._try(
            lambda: self.council.answer(number, by, f"As of {self.now}", self.now, innovation=self.ideas[charity % 3])
        )
        if made and made not in before:
            self.answers[made] = Answer(number, self._today())

    @rule(need=picks, charity=picks)
    def the_commissioner_invites(self, need: int, charity: int) -> None:
        if self.council.carla not in self.gone:
            self._try(lambda: self.council.invite(self._need(need), self.ideas[charity % 3], self.now))

    @rule(pick=picks, name=st.sampled_from(["say", "agree", "decline", "mark_spam"]))
    def the_commissioner_replies(self, pick: int, name: str) -> None:
        number = self._answer(pick)
        if number and self._on(number, name, self.council.carla):
            answer = self.answers[number]
            answer.replied = answer.replied or self._today()
            self._end(number, {"decline": "no", "mark_spam": "spam"}.get(name))

    @rule(pick=picks, name=st.sampled_from(["say", "agree", "decline"]))
    def an_innovator_goes_on(self, pick: int, name: str) -> None:
        number = self._answer(pick)
        if number:
            by = self.council.introduction(number).innovator_id
            if by and self._on(number, name, by):
                self._end(number, {"decline": "back"}.get(name))

    @rule(pick=picks, together=st.booleans())
    def both_agreed_and_it_is_closed(self, pick: int, together: bool) -> None:
        number, how = self._answer(pick), introductions.Ending.TOGETHER if together else introductions.Ending.APART
        if number and self._on(number, "close", self.council.carla, how):
            self._end(number, "final")

    @rule(need=picks)
    def the_owner_closes(self, need: int) -> None:
        number = self._need(need)
        if self._try(lambda: self.council.end("close", number, now=self.now) or number):
            self.left[number] = self._today()

    @rule(need=picks, missing=st.booleans(), chosen=st.booleans())
    def the_owner_concludes(self, need: int, missing: bool, chosen: bool) -> None:
        number = self._need(need)
        with reading(self.engine) as session:
            rows = [row.id for row in introductions.open_for_need(session, number) if row.state != "asked"]
        lines = {row: f"A line to {row}." for row in rows[missing:]}
        picked = rows[:1] if chosen else []
        said = word(CameOfIt.RESPONDENT if picked else CameOfIt.OURSELVES, *picked, lines=lines)
        if self._try(lambda: self.council.conclude(number, said, self.now) or number):
            assert not (missing and rows), "somebody got no line"
            self.left.setdefault(number, self._today())
            for row in rows:
                self.answers[row].replied = self.answers[row].replied or self._today()
                self._end(row, "final")

    @rule(need=picks, by_moderator=st.booleans())
    def a_need_is_withdrawn(self, need: int, by_moderator: bool) -> None:
        number = self._need(need)

        def withdraw() -> int:
            if not by_moderator:
                self.council.end("withdraw", number, now=self.now)
                return number
            with writing(self.engine) as session:
                moderation.withdraw(session, number, operator(session, "Mo"), Refusal(None, "No."), self.now)
            return number

        if self._try(withdraw):
            self._break(number)

    @rule(charity=picks)
    def an_innovation_is_withdrawn(self, charity: int) -> None:
        idea, by = self.ideas[charity % 3], self.charities[charity % 3]
        if by not in self.gone and self._try(lambda: self.council.end("withdraw", idea, by=by, now=self.now) or idea):
            self._take_back(Introduction.innovation_id == idea)

    @rule(pick=st.integers(0, 9))
    def an_account_is_closed(self, pick: int) -> None:
        """Close a charity's now and then, the council's two more seldom."""
        everybody = [*self.charities, self.council.colin, self.council.carla]
        if pick >= len(everybody) or everybody[pick] in self.gone:
            return
        number = everybody[pick]
        self.gone.add(number)
        with writing(self.engine) as session:
            organisation = session.get_one(Account, number).organisation_id
            personal_data.close_account(session, number, self.now)
        if number in self.charities:
            self._take_back(Introduction.innovator_organisation_id == organisation)
        elif {self.council.colin, self.council.carla} <= self.gone:
            for need in self.needs:
                self._break(need)

    @rule(days=st.sampled_from([0, 1, 5, 14, 40]))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        with reading(self.engine) as session:
            over = select(Listing.id).where(Listing.state == State.PUBLISHED, Listing.closes_on < self._today())
            for number in session.scalars(over):
                self.left[number] = self._today()
        chores.tend(self.engine, self.now)
        written = self._count(Letter), self._count(Reminder)
        chores.tend(self.engine, self.now)
        assert (self._count(Letter), self._count(Reminder)) == written, "a second time sends nothing"

    @invariant()
    def nobody_waits_over_a_need_that_ended(self) -> None:
        with reading(self.engine) as session:
            ended = (
                select(Introduction).join(Listing, Listing.id == Introduction.need_id).where(Listing.state.in_(ENDED))
            )
            for row in session.scalars(ended):
                assert row.state not in OPEN
                self._was_told(session, row)
            concluded = set(session.scalars(select(Listing.id).where(Listing.state == State.CONCLUDED)))
            told = set(session.scalars(select(Conclusion.listing_id)))
            gone = set(session.scalars(select(Listing.id).where(Listing.state == State.WITHDRAWN)))
            assert concluded <= told <= concluded | gone, "a moderator may take a concluded one away"

    @invariant()
    def every_final_answer_has_its_line(self) -> None:
        with reading(self.engine) as session:
            final = select(Introduction).where(Introduction.outcome.in_(("chosen", "not chosen")))
            assert all(row.line == f"A line to {row.id}." for row in session.scalars(final))

    @invariant()
    def the_reply_rate_is_what_one_counts_by_hand(self) -> None:
        today = self._today()
        with reading(self.engine) as session:
            given = figures(session, self.council.council, today)
            needs = {row.id: row for row in session.scalars(select(Listing).where(Listing.id.in_(self.needs)))}
            days = {number: (row.content.reply_by, row.closes_on) for number, row in needs.items()}
        assert given == self._by_hand(days, today)

    def _by_hand(self, days: dict[int, tuple[date | None, date | None]], today: date) -> Figures:
        kept, waited, due = 0, [], 0
        for answer in self.answers.values():
            last = self._last_day(answer, *days[answer.need])
            if last is None or not years_later(today, -2) <= last < today or answer.how == "spam":
                continue
            if answer.how == "back" and answer.replied is None and answer.ended <= last:
                continue
            due += 1
            kept += answer.how != "broken" and answer.replied is not None and answer.replied <= last
            waited += [(answer.replied - answer.answered).days] if answer.replied else []
        return Figures(kept / due if due else None, median(waited) if waited else None, due)

    def _last_day(self, answer: Answer, reply_by: date | None, closes_on: date | None) -> date | None:
        if reply_by is not None:
            return reply_by if reply_by >= answer.answered else add_working_days(answer.answered, 10)
        left = self.left.get(answer.need)
        return None if left is None else add_working_days(min(left, closes_on or left), 20)

    def _was_told(self, session: Session, row: Introduction) -> None:
        """Check that who did not end it themselves has a letter of that moment, unless their account is closed."""
        made = select(IntroductionEvent.side).where(IntroductionEvent.introduction_id == row.id)
        if session.scalar(made.order_by(IntroductionEvent.id.desc()).limit(1)) == Side.INNOVATOR:
            return
        theirs = select(Account.id).where(Account.organisation_id == row.innovator_organisation_id)
        about = select(Letter).where(Letter.path == f"/my/introductions/{row.id}", Letter.created_at == row.ended_at)
        told = {letter.account_id for letter in session.scalars(about)}
        assert set(session.scalars(theirs)) <= told, f"a respondent was not told of the end of {row.id}"

    def _break(self, need: int) -> None:
        if self.council.listing(need).state == State.WITHDRAWN:
            self.left.setdefault(need, self._today())
        for number, answer in self.answers.items():
            if answer.need == need and not answer.how and self._ended_now(number):
                self._end(number, "broken")

    def _take_back(self, condition: object) -> None:
        with reading(self.engine) as session:
            numbers = session.scalars(select(Introduction.id).where(condition)).all()
        for number in numbers:
            if number in self.answers and not self.answers[number].how and self._ended_now(number):
                self._end(number, "back")

    def _ended_now(self, number: int) -> bool:
        return self.council.introduction(number).ended_at == self.now

    def _end(self, number: int, how: str | None) -> None:
        if how is not None:
            self.answers[number].ended, self.answers[number].how = self._today(), how

    def _on(self, number: int, name: str, by: int, *given: object) -> bool:
        """Take a step of an introduction; False where it was refused."""
        given = given or {"say": (f"As of {self.now}",), "decline": (None,)}.get(name, ())

        def act() -> int:
            with writing(self.engine) as session:
                getattr(introductions, name)(session, number, *given, session.get_one(Account, by), self.now)
            return number

        return by not in self.gone and bool(self._try(act))

    def _try(self, act: Callable[[], int]) -> int | None:
        self.now += timedelta(minutes=7)
        written = self._count(Letter)
        try:
            return act()
        except REFUSED:
            assert self._count(Letter) == written, "a refused step writes to nobody"
            return None

    def _need(self, pick: int) -> int:
        return self.needs[pick % len(self.needs)]

    def _answer(self, pick: int) -> int | None:
        numbers = sorted(self.answers)
        return numbers[pick % len(numbers)] if numbers else None

    def _today(self) -> date:
        return london_date(self.now)

    def _count(self, table: type) -> int:
        with reading(self.engine) as session:
            return len(session.scalars(select(table)).all())


TestNeedStates = NeedStates.TestCase
TestNeedStates.settings = settings(DEEP, max_examples=40, stateful_step_count=30)
