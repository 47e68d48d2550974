"""Whatever order people act in: nothing is public without a decision, and nothing is lost."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from exchange import listings, moderation
from exchange.accounts import operator
from exchange.content import Content, Kind, to_json
from exchange.database import open_database, reading, writing
from exchange.errors import InputError, NotFoundError, StateError
from exchange.models import Account, Decision, Listing, OutboxRow, Revision, State
from exchange.schema import migrate
from exchange.states import FOUND, STEPS, Step

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
picks = st.integers(0, 9)
STRAY = 8
"""From here on a pick takes any listing; below it, one whose state allows the step, so that runs go deep."""
reasons = st.sampled_from(["because it is so", "they asked", "as agreed", " \n"])
titles = st.sampled_from(["Lunch club", "Night sitters", "Bail support", "Link worker", ""])
moderators = st.sampled_from(["moderator", "second moderator"])


@cache
def empty_database() -> bytes:
    """Migrate once and keep the file's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        engine = open_database(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()


@contextmanager
def fresh_sqlite() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exchange.db"
        path.write_bytes(empty_database())
        engine = open_database(f"sqlite:///{path}")
        yield engine
        engine.dispose()


@dataclass(frozen=True)
class Seen:
    """All that the database says of one listing at one moment."""

    state: State
    data: dict
    index_revision: int
    published_at: datetime | None
    revisions: dict[int, tuple[State, dict]]
    decisions: tuple[tuple[int | None, str, str, str | None], ...]
    outbox: int


def look(session: Session, listing_id: int) -> Seen:
    row = session.get_one(Listing, listing_id)
    revisions = session.scalars(select(Revision).where(Revision.listing_id == listing_id))
    made = session.scalars(select(Decision).where(Decision.listing_id == listing_id).order_by(Decision.id))
    waiting = select(func.count()).select_from(OutboxRow).where(OutboxRow.listing_id == listing_id)
    return Seen(
        state=State(row.state),
        data=row.data,
        index_revision=row.index_revision,
        published_at=row.published_at,
        revisions={revision.id: (State(revision.state), revision.data) for revision in revisions},
        decisions=tuple((d.revision_id, d.old_state, d.new_state, d.reason) for d in made),
        outbox=session.scalar(waiting) or 0,
    )


class ListingStates(RuleBasedStateMachine):
    """People act on a handful of listings in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.database = self.fresh()
        self.engine = self.database.__enter__()
        self.now = START
        self.ids: list[int] = []

    def fresh(self) -> AbstractContextManager[Engine]:
        return fresh_sqlite()

    def teardown(self) -> None:
        self.database.__exit__(None, None, None)

    @initialize()
    def people_arrive(self) -> None:
        with writing(self.engine) as session:
            names = ("owner", "moderator", "second moderator")
            self.people = {name: operator(session, name) for name in names}
        for kind in (Kind.NEED, Kind.INNOVATION, Kind.NEED):
            self.a_listing_is_written(kind, straight=True)
        self.a_moderator_decides_or_an_owner_appeals(0, "approve", "fine")
        self.a_moderator_decides_or_an_owner_appeals(0, "refuse", "out of scope")
        self.a_moderator_decides_or_an_owner_appeals(0, "appeal", "it is in scope")
        self.the_owner_revises_it(0, "Waiting title")

    @precondition(lambda self: len(self.ids) < 7)
    @rule(kind=st.sampled_from(list(Kind)), straight=st.booleans())
    def a_listing_is_written(self, kind: Kind, straight: bool) -> None:
        closes_on = date(2026, 3, 3) if kind is Kind.NEED else None
        new = listings.NewListing(kind=kind, content=Content(title="First title", closes_on=closes_on))
        with writing(self.engine) as session:
            make = listings.post if straight else listings.draft
            self.ids.append(make(session, new, self.people["owner"], self.now).id)
            assert look(session, self.ids[-1]).outbox == 0

    @precondition(lambda self: self.ids)
    @rule(pick=picks, name=st.sampled_from(["close", "conclude", "withdraw"]), reason=reasons)
    def the_owner_ends_it(self, pick: int, name: str, reason: str) -> None:
        end = getattr(listings, name)
        number = self._choose(pick, Step(name))
        self._act(number, lambda session, number, by: end(session, number, by, reason, self.now))

    @precondition(lambda self: self.ids)
    @rule(pick=picks)
    def the_owner_submits_it(self, pick: int) -> None:
        number = self._choose(pick, Step.SUBMIT)
        self._act(number, lambda session, number, by: listings.submit(session, number, by, self.now))

    @precondition(lambda self: self.ids)
    @rule(pick=picks, title=titles)
    def the_owner_revises_it(self, pick: int, title: str) -> None:
        content = Content(title=title, summary=f"as of {self.now:%d %B %H:%M}")
        before, after = self._act(
            self._choose(pick, Step.REVISE),
            lambda session, number, by: listings.revise(session, number, content, by, self.now),
        )
        if before != after and before.state is State.PUBLISHED:
            newest = max(after.revisions)
            assert newest not in before.revisions
            assert after.revisions[newest] == (State.SUBMITTED, to_json(content))

    @precondition(lambda self: self.ids)
    @rule(pick=picks, name=st.sampled_from(["approve", "ask_changes", "refuse", "appeal"]), reason=reasons)
    def a_moderator_decides_or_an_owner_appeals(self, pick: int, name: str, reason: str) -> None:
        decide = getattr(moderation, name)
        who = "owner" if name == "appeal" else "moderator"
        step = Step.ASK_CHANGES if name == "ask_changes" else Step(name)
        self._act(
            self._choose(pick, step), lambda session, number, by: decide(session, number, by, reason, self.now), who
        )

    @precondition(lambda self: self.ids)
    @rule(pick=picks, upheld=st.booleans(), reason=reasons, who=moderators)
    def an_appeal_is_decided(self, pick: int, upheld: bool, reason: str, who: str) -> None:
        ruling = moderation.Ruling(upheld, reason)
        before, after = self._act(
            self._choose(pick, Step.UPHOLD_APPEAL),
            lambda session, number, by: moderation.decide_appeal(session, number, by, ruling, self.now),
            who,
        )
        assert before == after or who != "moderator", "the one who refused it decides no appeal"

    @precondition(lambda self: self.ids)
    @rule(
        pick=picks,
        name=st.sampled_from(["approve_revision", "ask_revision_changes", "refuse_revision"]),
        reason=reasons,
    )
    def a_moderator_decides_on_its_newest_revision(self, pick: int, name: str, reason: str) -> None:
        decide = getattr(moderation, name)

        def act(session: Session, number: int, by: Account) -> None:
            newest = session.scalar(select(func.max(Revision.id)).where(Revision.listing_id == number))
            decide(session, newest or 0, by, reason, self.now)

        number = self._choose(pick, Step.REVISE, Revision.state == State.SUBMITTED)
        before, after = self._act(number, act, "moderator", text_may_change=name == "approve_revision")
        if before.data != after.data:
            assert after.data == after.revisions[max(after.revisions)][1]

    @rule(days=st.integers(0, 3))
    def days_pass_and_closing_dates_with_them(self, days: int) -> None:
        self.now += timedelta(days=days)
        with writing(self.engine) as session:
            before = {number: look(session, number) for number in self.ids}
            closed = listings.close_due(session, self.people["moderator"], self.now.date(), self.now)
            after = {number: look(session, number) for number in self.ids}
        assert closed == sum(before[number] != after[number] for number in self.ids)
        for number in self.ids:
            self._compare(before[number], after[number])

    @invariant()
    def what_is_found_was_approved_by_a_moderator(self) -> None:
        approved = select(Decision.listing_id).where(
            Decision.new_state == State.PUBLISHED,
            Decision.old_state.in_([State.SUBMITTED, State.APPEALED]),
            Decision.revision_id.is_(None),
            Decision.by_id.in_([person.id for name, person in self.people.items() if name != "owner"]),
        )
        with reading(self.engine) as session:
            states = dict(session.execute(select(Listing.id, Listing.state)).all())
            published = set(session.scalars(select(Listing.id).where(Listing.published_at.is_not(None))))
            by_decision = set(session.scalars(approved))
            found = {number for number, _ in listings.visible_ids(session)}
        assert found == {number for number, state in states.items() if state in FOUND}
        assert found <= by_decision, "it is found and nobody approved it"
        assert published == by_decision

    @invariant()
    def at_most_one_revision_waits_and_only_while_published(self) -> None:
        waits = Revision.state.in_([State.SUBMITTED, State.CHANGES_ASKED])
        with reading(self.engine) as session:
            waiting = session.execute(select(Listing.id, Listing.state).join(Revision).where(waits)).all()
        assert len({number for number, _ in waiting}) == len(waiting)
        assert {state for _, state in waiting} <= {State.PUBLISHED}

    def _choose(self, pick: int, step: Step, *conditions: ColumnElement[bool]) -> int:
        """Pick a listing that the step suits, or any where none does or the pick goes astray."""
        suited = (
            select(Listing.id).distinct().outerjoin(Revision, Revision.listing_id == Listing.id).order_by(Listing.id)
        )
        states = [state for state, allowed in STEPS if allowed is step]
        with reading(self.engine) as session:
            numbers = session.scalars(suited.where(Listing.state.in_(states), *conditions)).all()
        numbers = numbers if numbers and pick < STRAY else self.ids
        return numbers[pick % len(numbers)]

    def _act(
        self,
        number: int,
        act: Callable[[Session, int, Account], object],
        who: str = "owner",
        *,
        text_may_change: bool = False,
    ) -> tuple[Seen, Seen]:
        """Do one step in one transaction; a refused one must leave everything as it was."""
        self.now += timedelta(hours=1)
        with reading(self.engine) as session:
            before = look(session, number)
        try:
            with writing(self.engine) as session:
                act(session, number, self.people[who])
            refused = False
        except (StateError, NotFoundError, InputError):
            refused = True
        with reading(self.engine) as session:
            after = look(session, number)
        assert not refused or before == after, "a refused step changes nothing"
        self._compare(before, after, text_may_change=text_may_change)
        return before, after

    def _compare(self, before: Seen, after: Seen, *, text_may_change: bool = False) -> None:
        """Check the rules that hold for every step."""
        changed = (before.state, before.data) != (after.state, after.data)
        assert after.index_revision > before.index_revision if changed else after.outbox == before.outbox
        if changed and {before.state, after.state} & FOUND:
            assert after.outbox > before.outbox
        if before.state in FOUND and not text_may_change:
            assert after.data == before.data, "the live text stands"
        self._compare_records(before, after)

    def _compare_records(self, before: Seen, after: Seen) -> None:
        assert after.decisions[: len(before.decisions)] == before.decisions
        made = after.decisions[len(before.decisions) :]
        of_listing = [(old, new) for revision, old, new, _ in made if revision is None]
        assert of_listing == ([(before.state, after.state)] if before.state != after.state else [])
        for number, (state, data) in before.revisions.items():
            assert after.revisions[number][1] == data, "no revision is lost or rewritten"
            if after.revisions[number][0] != state:
                assert (number, state, after.revisions[number][0]) in {(r, old, new) for r, old, new, _ in made}
        must_say = {State.CHANGES_ASKED, State.REFUSED, State.APPEALED, State.CLOSED, State.CONCLUDED, State.WITHDRAWN}
        assert all(why and why.strip() for _, _, new, why in made if new in must_say)


DEEP = settings(max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TestListingStates = ListingStates.TestCase
TestListingStates.settings = DEEP
