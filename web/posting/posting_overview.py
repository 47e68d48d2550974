"""The overview of a listing for its owners: steps, state, decisions, checks and what can be done; knows no request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exchange.content import Kind, faults
from exchange.errors import InputError
from exchange.listing.completeness import lacks
from exchange.listing.drafts import NEEDS_ARE_COMMISSIONED, Draft
from exchange.listing.states import STEPS, Step
from exchange.listing.submitting import CONFIRM_FIRST, NO_ORGANISATION
from exchange.models import Decision, State
from exchange.people.permissions import Action
from exchange.people.sign_ins import Person
from exchange.working_days import london_date
from web import links, wording
from web.pages import Entry
from web.posting.posting_beside import Beside
from web.posting.posting_pages import Event, Link, Mine, OverviewPage, Task
from web.posting.posting_standing import standing_of, title_of
from web.posting.posting_tables import CHAPTERS, step_with

ASKED_OF_LIVE = "changes asked, and it stays public meanwhile"
HAPPENED = {
    State.SUBMITTED: "submitted",
    State.CHANGES_ASKED: "changes asked",
    State.PUBLISHED: "published",
    State.REFUSED: "refused",
    State.APPEALED: "appealed",
    State.CLOSED: "closed",
    State.CONCLUDED: "concluded",
    State.WITHDRAWN: "withdrawn",
    State.DRAFT: "draft",
}
ANSWERED = frozenset({State.SUBMITTED, State.APPEALED, State.PUBLISHED})
"""What follows a verdict and makes it history."""
ORGANISATION, ACCOUNT = "/my/organisation", "/my/account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that an overview is made of, read at one moment."""

    draft: Draft
    person: Person
    history: Sequence[Decision]
    today: date
    promise_days: int

    @property
    def state(self) -> State:
        """Give the listing's own state."""
        return State(self.draft.listing.state)

    @property
    def writes(self) -> bool:
        """Say whether the text can be changed at all."""
        return (self.state, Step.REVISE) in STEPS

    @property
    def submits(self) -> str | None:
        """Name what would be submitted; None where there is nothing to submit."""
        if self.draft.change is not None:
            return "Submit the change" if self.draft.state is State.DRAFT else None
        again = {State.DRAFT: "Submit", State.CHANGES_ASKED: "Submit again"}
        return again.get(self.state)


def overview_page(seen: Seen, beside: Beside | None, problems: Sequence[InputError] = ()) -> OverviewPage:
    """Build the page."""
    draft, path = seen.draft, links.my_listing(seen.draft.listing.id)
    standing = standing_of(draft, seen.today, seen.promise_days)
    missing = list(lacks(draft.content, draft.side, seen.today)) if seen.submits else []
    return OverviewPage(
        title=title_of(draft),
        caption=wording.KINDS[draft.side],
        tag=standing.tag,
        sentence=standing.sentence,
        verdict=_verdict(seen),
        problems=tuple(_link(draft, problem) for problem in problems),
        chapters=_chapters(seen) if seen.writes else (),
        missing=tuple(_link(draft, lack) for lack in missing),
        stop=_stop(seen) if seen.submits else None,
        submits=seen.submits,
        submit=f"{path}/submit",
        live=links.listing(draft.listing.id)
        if seen.state in {State.PUBLISHED, State.CLOSED, State.CONCLUDED}
        else None,
        preview=f"{path}/preview",
        actions=_actions(seen),
        events=tuple(_event(decision) for decision in seen.history),
        advice=tuple(_advice(draft, beside)) if beside else (),
        beside=beside,
    )


def mine(draft: Draft, today: date, promise_days: int) -> Mine:
    """Say in a line what one of their listings is and where it stands."""
    standing = standing_of(draft, today, promise_days)
    return Mine(
        href=links.my_listing(draft.listing.id),
        title=title_of(draft),
        kind=wording.KINDS[draft.side],
        tag=standing.tag,
        sentence=standing.sentence,
    )


def _chapters(seen: Seen) -> tuple[tuple[str, tuple[Task, ...]], ...]:
    draft = seen.draft
    lacking = {lack.field for lack in lacks(draft.content, draft.side, seen.today)}
    wrong = {fault.field for fault in faults(draft.content, draft.side)}
    chapters = []
    for chapter in CHAPTERS[draft.side]:
        tasks = []
        for step in chapter.steps:
            needed, begun = bool(lacking.intersection(step.parts)), step.begun(draft.content)
            status = ("Incomplete" if needed else "Completed") if begun else "Not started"
            hint = "Something in it must be mended" if wrong.intersection(step.parts) else None
            hint = hint or ("Needed before you submit" if needed else None)
            tasks.append(Task(name=step.task, href=_step(draft, step.name), status=status, hint=hint))
        chapters.append((chapter.heading, tuple(tasks)))
    return tuple(chapters)


def _step(draft: Draft, name: str) -> str:
    return f"{links.my_listing(draft.listing.id)}/{name}"


def _link(draft: Draft, problem: InputError) -> Link:
    """Give a problem with the page on which it can be mended."""
    if problem.field == "organisation":
        return Link(str(problem), ORGANISATION)
    if problem.field is None:
        return Link(str(problem), None)
    step = step_with(draft.side, problem.field)
    return Link(str(problem), f"{_step(draft, step.name)}#{step.control(problem.field)}")


def _advice(draft: Draft, beside: Beside) -> list[Link]:
    """Give each piece of advice with the step that it is about."""
    steps = [(one, step_with(draft.side, one.field)) for one in beside.advice]
    return [Link(one.sentence, _step(draft, step.name), step.task, one.quote) for one, step in steps]


def _stop(seen: Seen) -> Link | None:
    """Say what stops this person, whatever the text says."""
    if not seen.person.may(Action.SUBMIT):
        return Link(CONFIRM_FIRST, ACCOUNT)
    if not _may_write(seen):
        return Link(NEEDS_ARE_COMMISSIONED, None)
    if seen.draft.listing.organisation_id is None and seen.person.organisation_id is None:
        return Link(NO_ORGANISATION, ORGANISATION)
    return None


def _may_write(seen: Seen) -> bool:
    return seen.draft.side is not Kind.NEED or seen.person.may(Action.DRAFT_NEED)


def _actions(seen: Seen) -> tuple[Entry, ...]:
    """Give the links to what else can be done now, by this person."""
    if not _may_write(seen):
        return ()
    path, state = links.my_listing(seen.draft.listing.id), seen.state
    appealed = any(decision.new_state == State.APPEALED for decision in seen.history)
    offered = (
        ("Appeal against the refusal", "appeal", (state, Step.APPEAL) in STEPS and not appealed),
        ("Say whether it is still true", "still-true", state is State.PUBLISHED),
        ("Conclude it: answer everybody", "conclude", state is State.CLOSED and seen.draft.side is Kind.NEED),
        ("Discard the change", "discard", seen.draft.change is not None),
        ("Discard this draft", "discard", state is State.DRAFT),
        ("Close it", "close", (state, Step.CLOSE) in STEPS),
        ("Withdraw it", "withdraw", state is not State.CONCLUDED and (state, Step.WITHDRAW) in STEPS),
    )
    alerts = [Entry("Tell me of new matches", links.save_matches(seen.draft.listing.id))] * (state is State.PUBLISHED)
    return (*alerts, *(Entry(label, f"{path}/{name}") for label, name, holds in offered if holds))


def _verdict(seen: Seen) -> Event | None:
    """Give the last decision that its owners have to answer or to read."""
    gone = {d.revision_id for d in seen.history if d.new_state == State.WITHDRAWN and d.revision_id is not None}
    for decision in seen.history:
        if decision.revision_id in gone:
            continue
        if _asks_of_a_live_one(decision) or decision.new_state in {
            State.CHANGES_ASKED,
            State.REFUSED,
            State.WITHDRAWN,
        }:
            return _event(decision)
        if decision.new_state in ANSWERED:
            break
    return None


def _asks_of_a_live_one(decision: Decision) -> bool:
    """Say whether a moderator asked for changes of what stays public meanwhile."""
    return decision.revision_id is None and decision.old_state == decision.new_state == State.PUBLISHED


def _event(decision: Decision) -> Event:
    what = ASKED_OF_LIVE if _asks_of_a_live_one(decision) else HAPPENED[State(decision.new_state)]
    return Event(
        day=wording.day(london_date(decision.at)),
        what=f"Change {what}" if decision.revision_id is not None else what.capitalize(),
        reason=decision.reason,
        due=wording.day(decision.due_on) if decision.due_on else None,
    )
