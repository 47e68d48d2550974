"""Whatever order people act in: nothing is public without a decision, and nothing is lost."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from exchange.content import Content, Kind, Outcome, edition, from_json
from exchange.database import open_database, reading, writing
from exchange.errors import ConflictError, InputError, NotFoundError, StateError
from exchange.listing import drafts, listings, submitting
from exchange.listing.states import FOUND, STEPS, Step
from exchange.models import Account, Decision, Listing, OrgKind, OutboxRow, Revision, State
from exchange.moderating import moderation
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people.accounts import operator
from exchange.people.permissions import Role, roles_with
from exchange.people.sign_ins import Person
from exchange.schema import migrate

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
picks = st.integers(0, 9)
STRAY = 8
"""From here on a pick takes any listing; below it, one whose state allows the step, so that runs go deep."""
WAITING = frozenset({State.SUBMITTED, State.CHANGES_ASKED})
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
            circle = OrganisationDetails(name="Carers' Circle", kind=OrgKind.THIRD_SECTOR)
            self.people["owner"].organisation_id = add_organisation(session, circle).id
        self.owner = Person(
            id=self.people["owner"].id,
            name="owner",
            email="",
            organisation_id=self.people["owner"].organisation_id,
            roles=roles_with(frozenset({Role.COMMISSIONER}), signed_in=True, confirmed=True),
        )
        for kind in (Kind.NEED, Kind.INNOVATION, Kind.NEED):
            self.a_listing_is_written(kind, straight=True)
        self.a_moderator_decides_or_an_owner_appeals(0, "approve", "fine")
        self.a_moderator_decides_or_an_owner_appeals(0, "refuse", "out of scope")
        self.a_moderator_decides_or_an_owner_appeals(0, "appeal", "it is in scope")
        self.the_owner_revises_it(0, "Waiting title")
        self.the_owner_saves_a_step_of_it(0, "Written title", stale=False)

    @precondition(lambda self: len(self.ids) < 7)
    @rule(kind=st.sampled_from(list(Kind)), straight=st.booleans())
    def a_listing_is_written(self, kind: Kind, straight: bool) -> None:
        content = self._complete(kind, "First title")
        new = listings.NewListing(kind=kind, content=content, organisation_id=self.owner.organisation_id)
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
        number = self._choose(pick, Step.REVISE)
        with reading(self.engine) as session:
            content = self._complete(session.get_one(Listing, number).side, title)
        before, after = self._act(
            number, lambda session, number, by: listings.revise(session, number, content, by, self.now)
        )
        if before != after and before.state is State.PUBLISHED:
            newest = max(after.revisions)
            assert newest not in before.revisions
            state, data = after.revisions[newest]
            assert (state, from_json(data)) == (State.SUBMITTED, content)

    @precondition(lambda self: self.ids)
    @rule(pick=picks, title=titles, stale=st.booleans())
    def the_owner_saves_a_step_of_it(self, pick: int, title: str, stale: bool) -> None:
        number = self._choose(pick, Step.REVISE)
        values = {"title": title, "summary": f"as of {self.now:%d %B %H:%M}"}
        with reading(self.engine) as session:
            content = drafts.working_content(session, listings.get_listing(session, number))
        seen = edition(Content(title="What stood here long ago") if stale else content, *values)
        step = drafts.StepText(values=values, seen=seen)
        before, after = self._act(
            number, lambda session, number, _: drafts.save_step(session, number, self.owner, step, self.now)
        )
        assert before == after or not stale, "the later save is told of the earlier one"
        if before != after and before.state is State.PUBLISHED:
            written = [data for state, data in after.revisions.values() if state is State.DRAFT]
            assert [(data["summary"], data.get("title")) for data in written] == [(values["summary"], title)]
            others = {state for state, _ in before.revisions.values() if state is not State.DRAFT}
            assert {state for state, _ in after.revisions.values() if state is not State.DRAFT} == others

    @precondition(lambda self: self.ids)
    @rule(pick=picks)
    def the_owner_submits_what_they_wrote(self, pick: int) -> None:
        before, after = self._act(
            self._choose(pick, Step.REVISE, Revision.state == State.DRAFT),
            lambda session, number, _: submitting.submit(session, number, self.owner, self.now),
        )
        if before != after and before.state is State.PUBLISHED:
            written = {number for number, (state, _) in before.revisions.items() if state is State.DRAFT}
            assert written == {number for number, (state, _) in after.revisions.items() if state in WAITING}

    @precondition(lambda self: self.ids)
    @rule(pick=picks)
    def the_owner_discards_what_they_wrote(self, pick: int) -> None:
        number = self._choose(pick, Step.REVISE, Revision.state == State.DRAFT)
        with reading(self.engine) as session:
            before = look(session, number)
        if before.state is not State.DRAFT:
            self._act(number, lambda session, number, _: submitting.discard(session, number, self.owner, self.now))
            return
        with writing(self.engine) as session:
            assert submitting.discard(session, number, self.owner, self.now)
        assert before.decisions == (), "what a moderator has seen is never thrown away"
        self.ids.remove(number)

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
        which=picks,
        name=st.sampled_from(["approve_revision", "ask_revision_changes", "refuse_revision"]),
        reason=reasons,
    )
    def a_moderator_decides_on_a_revision_of_it(self, pick: int, which: int, name: str, reason: str) -> None:
        decide = getattr(moderation, name)
        number = self._choose(pick, Step.REVISE, Revision.state == State.SUBMITTED)
        with reading(self.engine) as session:
            made = sorted(look(session, number).revisions.items(), key=lambda row: row[1][0] is not State.SUBMITTED)
        chosen = made[0 if which < STRAY else -1][0] if made else 0
        before, after = self._act(
            number,
            lambda session, _, by: decide(session, chosen, by, reason, self.now),
            "moderator",
            text_may_change=name == "approve_revision",
        )
        assert before == after or before.revisions[chosen][0] is State.SUBMITTED, "a draft was decided on"
        if before.data != after.data:
            assert after.data == after.revisions[chosen][1]

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
    def at_most_one_revision_waits_and_one_is_written_and_only_while_published(self) -> None:
        for states in (WAITING, {State.DRAFT}):
            asked = select(Listing.id, Listing.state).join(Revision).where(Revision.state.in_(states))
            with reading(self.engine) as session:
                found = session.execute(asked).all()
            assert len({number for number, _ in found}) == len(found)
            assert {state for _, state in found} <= {State.PUBLISHED}

    def _complete(self, kind: Kind, title: str) -> Content:
        """Give a text that can be submitted, but for its title; of a need, the closing date comes soon."""
        content = Content(title=title, summary="Sitters.", outcomes=(Outcome(statement="Carers rest"),))
        if kind is Kind.INNOVATION:
            return replace(content, delivers_in=("E08000035",))
        closes = self.now.date() + timedelta(days=2)
        return replace(
            content, required_in=("E08000035",), closes_on=closes, reply_by=closes, price_weight=30, quality_weight=70
        )

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
        except (StateError, NotFoundError, InputError, ConflictError):
            refused = True
        with reading(self.engine) as session:
            after = look(session, number)
        assert not refused or before == after, "a refused step changes nothing"
        self._compare(before, after, text_may_change=text_may_change)
        return before, after

    def _compare(self, before: Seen, after: Seen, *, text_may_change: bool = False) -> None:
        """Check the rules that hold for every step."""
        changed = (before.state, before.data) != (after.state, after.data)
        if changed:
            assert after.index_revision > before.index_revision
        elif not text_may_change:  # a revision that says the same may be indexed once more
            assert after.outbox == before.outbox
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
            kept = after.revisions[number][1] == data
            assert kept or state is State.DRAFT, "no revision is lost, and none but a draft rewritten"
            if after.revisions[number][0] != state:
                assert kept
                assert (number, state, after.revisions[number][0]) in {(r, old, new) for r, old, new, _ in made}
        must_say = {State.CHANGES_ASKED, State.REFUSED, State.APPEALED, State.CLOSED, State.CONCLUDED, State.WITHDRAWN}
        assert all(why and why.strip() for _, _, new, why in made if new in must_say)


DEEP = settings(max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TestListingStates = ListingStates.TestCase
TestListingStates.settings = DEEP
