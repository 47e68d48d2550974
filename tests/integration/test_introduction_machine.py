"""Whatever order two sides act in: contacts wait for both, everything is recorded and told, and no third one reads."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from introduced import NOW, Market, market
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from test_listing_states import fresh_sqlite

from exchange.database import reading, writing
from exchange.errors import InputError, NotFoundError
from exchange.introducing import needs
from exchange.introducing.introduction_letters import organisation_of
from exchange.introducing.introduction_reading import mine, thread
from exchange.introducing.introduction_states import OPEN, OPENINGS, STEPS, IntroductionState, Side, Way
from exchange.introducing.introductions import Ending
from exchange.introducing.needs import CameOfIt, FinalWord
from exchange.models import Account
from exchange.models_introductions import Introduction, IntroductionEvent, Message
from exchange.models_people import Letter

picks = st.integers(0, 9)
STRAY = 9
texts = st.sampled_from(["Hello.", "May we meet?", "Yes, gladly.", " \n", "x" * 5_001])
LEADS = {(state, new, side) for (state, _, side), new in STEPS.items()}


@dataclass(frozen=True)
class Seen:
    """All that the database says of one introduction, and how many letters everybody has had."""

    row: dict
    events: tuple[tuple[str, str | None, str, str | None], ...]
    messages: tuple[tuple[str, str], ...]
    letters: dict[int, int]


def look(session: Session, number: int) -> Seen:
    row = session.get_one(Introduction, number)
    events = session.scalars(select(IntroductionEvent).where(IntroductionEvent.introduction_id == number))
    messages = session.scalars(select(Message).where(Message.introduction_id == number).order_by(Message.id))
    counted = select(Letter.account_id, func.count()).group_by(Letter.account_id)
    return Seen(
        row={column.key: getattr(row, column.key) for column in Introduction.__table__.columns},
        events=tuple((e.side, e.old_state, e.new_state, e.note) for e in sorted(events, key=lambda e: e.id)),
        messages=tuple((message.side, message.text) for message in messages),
        letters=dict(session.execute(counted).all()),
    )


class Introductions(RuleBasedStateMachine):
    """A council, a charity that it may find, and another body that is a side of some and a stranger to others."""

    def __init__(self) -> None:
        super().__init__()
        self.database = self.fresh()
        self.town = market(self.database.__enter__())
        self.now = NOW
        self.numbers: list[int] = []

    def fresh(self) -> AbstractContextManager[Engine]:
        return fresh_sqlite()

    def teardown(self) -> None:
        self.database.__exit__(None, None, None)

    @initialize()
    def some_begin(self) -> None:
        town: Market = self.town
        self.numbers = [town.ask(), town.invite(), town.answer(by=town.olga, need=town.second_need)]

    @rule(way=st.sampled_from(Way), text=texts, by=st.sampled_from(["ida", "olga"]), second=st.booleans())
    def somebody_opens_one(self, way: Way, text: str, by: str, second: bool) -> None:
        town = self.town
        need = town.second_need if second else town.need
        before = self._everything()
        try:
            if way is Way.ANSWERED:
                number = town.answer(text, by=getattr(town, by), need=need, now=self.now)
            else:
                idea = town.idea if by == "ida" else town.others_idea
                begin = town.ask if way is Way.ASKED else town.invite
                number = begin(text, need=need, idea=idea, now=self.now)
        except InputError:
            assert self._everything() == before, "what is refused changes nothing"
            return
        if number not in self.numbers:
            assert self._everything()[number].events == ((OPENINGS[way][1], None, OPENINGS[way][0], None),)
            self.numbers.append(number)
            self._compare_letters(before, number, OPENINGS[way][1])

    @precondition(lambda self: self.numbers)
    @rule(pick=picks, side=st.sampled_from(Side), text=texts, step=st.sampled_from(["accept", "say", "decline"]))
    def a_side_writes(self, pick: int, side: Side, text: str, step: str) -> None:
        self._do(pick, side, step, text)

    @precondition(lambda self: self.numbers)
    @rule(pick=picks, side=st.sampled_from(Side))
    def a_side_agrees(self, pick: int, side: Side) -> None:
        self._do(pick, side, "agree")

    @precondition(lambda self: self.numbers)
    @rule(pick=picks, side=st.sampled_from(Side), spam=st.booleans(), ended=st.sampled_from(Ending))
    def a_side_ends_it(self, pick: int, side: Side, spam: bool, ended: Ending) -> None:
        self._do(pick, side, *(["mark_spam"] if spam else ["close", ended]))

    @rule(second=st.booleans(), line=st.sampled_from(["Thank you.", ""]), seldom=picks)
    def the_need_is_answered_for_good(self, second: bool, line: str, seldom: int) -> None:
        if seldom != STRAY:  # it ends much at once, and runs should go deep
            return
        before = self._everything()
        need = self.town.second_need if second else self.town.need
        try:
            with writing(self.town.database) as session:
                by = session.get_one(Account, self.town.carla)
                word = FinalWord(came_of_it=CameOfIt.OURSELVES, reason="We can.", lines=dict.fromkeys(before, line))
                needs.conclude(session, need, word, by, self.now)
        except InputError:
            assert self._everything() == before
            return
        for number, seen in self._everything().items():
            was = before[number]
            if was.row["need_id"] == need and was.row["state"] in OPEN:
                assert seen.row["state"] == "closed"
                assert seen.row["line"] == line or was.row["state"] == "asked", "no respondent is left silent"
            else:
                assert (seen.row, seen.events) == (was.row, was.events)

    @precondition(lambda self: self.numbers)
    @rule(pick=picks, step=st.sampled_from(["accept", "say", "decline", "agree", "close", "mark_spam"]))
    def a_third_one_tries(self, pick: int, step: str) -> None:
        number = self.numbers[pick % len(self.numbers)]
        before = self._everything()
        row = before[number].row
        sides = {row["commissioner_organisation_id"], row["innovator_organisation_id"]}
        stranger = self.town.olga if self.town.others not in sides else self.town.ida
        more = {"accept": ["Yes"], "say": ["Hello"], "decline": [None], "close": [Ending.APART]}.get(step, [])
        try:
            self.town.do(step, number, stranger, *more, now=self.now)
        except NotFoundError:
            assert self._everything() == before
        else:
            raise AssertionError("it is none of theirs")

    @invariant()
    def contacts_are_seen_by_the_sides_only_and_after_both_agreed(self) -> None:
        for number, seen in self._everything().items():
            both = bool(seen.row["commissioner_agreed_at"] and seen.row["innovator_agreed_at"])
            for name in ("carla", "ida", "olga"):
                self._reads(number, seen, getattr(self.town, name), both)

    @invariant()
    def there_is_one_open_introduction_of_each_pair(self) -> None:
        pairs = []
        for seen in self._everything().values():
            row = seen.row
            if row["state"] in OPEN and row["need_id"] is not None:
                pairs.append((row["need_id"], row["innovator_organisation_id"]))
            elif row["state"] in OPEN:
                pairs.append((row["innovation_id"], row["commissioner_organisation_id"], None))
        assert len(set(pairs)) == len(pairs)

    @invariant()
    def the_record_tells_the_state_and_its_dates(self) -> None:
        for seen in self._everything().values():
            row, events = seen.row, seen.events
            assert events[-1][2] == row["state"]
            assert all(one[2] == other[1] for one, other in pairwise(events))
            assert all((old, new, side) in LEADS for side, old, new, _ in events[1:])
            assert (row["ended_at"] is None) == (row["state"] in OPEN)
            assert row["state"] not in {"answered", "talking"} or row["answered_at"]
            both = bool(row["commissioner_agreed_at"] and row["innovator_agreed_at"])
            assert both == ("agreed" in [new for _, _, new, _ in events])

    def _reads(self, number: int, seen: Seen, account: int, both: bool) -> None:
        with reading(self.town.database) as session:
            person = self.town.person(session, account)
            listed = mine(session, person)
            groups = (listed.for_me, listed.for_them, listed.agreed, listed.ended)
            places = [at for at, group in enumerate(groups) for line in group if line.id == number]
            try:
                read = thread(session, number, person)
            except NotFoundError:
                row = session.get_one(Introduction, number)
                assert person.organisation_id not in {organisation_of(row, side) for side in Side}
                assert places == [], "what cannot be opened is not listed"
                return
        assert len(places) == 1, "it stands in one group"
        assert (read.contacts is not None) == both
        other = {entry.name for entry in read.entries if entry.side is not read.line.side}
        assert both or other <= {None}, "nobody's name is shown before both agreed"
        assert [entry.text for entry in read.entries if entry.step is None] == [
            seen.row["text"],
            *(text for _, text in seen.messages),
        ]

    def _do(self, pick: int, side: Side, step: str, *more: object) -> None:
        """Let a side do a step; a refused one changes nothing, any other is recorded and told to the other side."""
        self.now += timedelta(minutes=7)
        number = self.numbers[pick % len(self.numbers)]
        before = self._everything()
        row = before[number].row
        people = self._members(row[f"{side}_organisation_id"])
        by = people[pick % len(people)]
        try:
            self.town.do(step, number, by, *more, now=self.now)
        except InputError:
            assert self._everything() == before, "what is refused changes nothing"
            return
        after = self._everything()
        for other in before:
            assert other == number or self._apart(before[other]) == self._apart(after[other])
        if after[number] == before[number]:
            assert step == "say", "only a message that repeats the last one passes without a trace"
            return
        made = after[number].events[len(before[number].events) :]
        assert [(one[0], one[1], one[2]) for one in made] == [(side, row["state"], after[number].row["state"])]
        assert IntroductionState(row["state"]) in OPEN
        self._compare_letters(before, number, side)

    def _compare_letters(self, before: dict[int, Seen], number: int, side: Side) -> None:
        """Everybody of the other side has one letter more, and nobody else has."""
        after = self._everything()[number]
        had = next(iter(before.values())).letters if before else {}
        more = {account for account, count in after.letters.items() if count == had.get(account, 0) + 1}
        assert {a: n for a, n in after.letters.items() if a not in more} == {
            a: n for a, n in had.items() if a not in more
        }
        theirs = after.row[f"{side.other}_organisation_id"]
        assert more == set(self._members(theirs))

    def _apart(self, seen: Seen) -> tuple[object, ...]:
        return seen.row, seen.events, seen.messages

    def _members(self, organisation: int) -> tuple[int, ...]:
        town = self.town
        return {town.council: (town.carla, town.colin), town.sitters: (town.ida, town.ivan)}.get(
            organisation, (town.olga,)
        )

    def _everything(self) -> dict[int, Seen]:
        with reading(self.town.database) as session:
            return {number: look(session, number) for number in session.scalars(select(Introduction.id))}


DEEP = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TestIntroductions = Introductions.TestCase
TestIntroductions.settings = DEEP
