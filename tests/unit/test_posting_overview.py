"""What an owner is told of a listing, in whatever state it and its change are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange.content import Content, Kind, Outcome, to_json
from exchange.errors import InputError
from exchange.listing.drafts import Draft
from exchange.listing.states import STEPS, Step
from exchange.models import Decision, Listing, Revision, State
from exchange.people.permissions import Role, roles_with
from exchange.people.sign_ins import Person
from web.posting.posting_overview import Seen, mine, overview_page
from web.posting.posting_standing import standing_of

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TODAY = date(2027, 3, 1)
WHOLE = Content(title="Sitters", summary="By night.", outcomes=(Outcome(statement="Rest"),), delivers_in=("E08000035",))
UNFINISHED = (State.DRAFT, State.SUBMITTED, State.CHANGES_ASKED)


def draft(state: State, change: State | None = None, kind: Kind = Kind.INNOVATION, content: Content = WHOLE) -> Draft:
    row = Listing(id=7, kind=kind, state=state, data=to_json(content), title=content.title, by_id=1, organisation_id=1)
    made = Revision(id=3, listing_id=7, state=change, data=to_json(content), created_at=NOW, by_id=1)
    return Draft(row, made if change else None)


def person(*roles: Role, confirmed: bool = True, organisation_id: int | None = 1) -> Person:
    return Person(
        id=1,
        name="Ida",
        email="",
        organisation_id=organisation_id,
        roles=roles_with(frozenset(roles), signed_in=True, confirmed=confirmed),
    )


def seen(what: Draft, who: Person | None = None, history: tuple[Decision, ...] = ()) -> Seen:
    return Seen(draft=what, person=who or person(Role.COMMISSIONER), history=history, today=TODAY, promise_days=5)


def decided(new: State, reason: str | None = None, revision: int | None = None, **more: object) -> Decision:
    return Decision(
        listing_id=7, revision_id=revision, by_id=9, at=NOW, old_state="x", new_state=new, reason=reason, **more
    )


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", State)
def test_every_state_has_a_tag_a_sentence_and_only_steps_that_it_allows(state, kind):
    page = overview_page(seen(draft(state, kind=kind)), None)
    assert page.tag.text
    assert page.sentence.endswith(".")
    offered = {action.href.rsplit("/", 1)[-1] for action in page.actions}
    for name in ("close", "withdraw", "appeal"):
        theirs = state is not State.CONCLUDED  # what came of a need stays, but for a moderator
        assert (name in offered) is (theirs and (state, Step(name)) in STEPS)
    assert ("conclude" in offered) is (state is State.CLOSED and kind is Kind.NEED)
    assert ("discard" in offered) is (state is State.DRAFT)
    assert bool(page.chapters) is ((state, Step.REVISE) in STEPS)
    assert (page.submits is not None) is ((state, Step.SUBMIT) in STEPS)
    assert (page.live is not None) is (state in {State.PUBLISHED, State.CLOSED, State.CONCLUDED})
    assert mine(draft(state, kind=kind), TODAY, 5).sentence == page.sentence


@pytest.mark.parametrize("change", UNFINISHED)
def test_a_change_of_a_published_listing_is_said_and_can_be_discarded(change):
    page = overview_page(seen(draft(State.PUBLISHED, change)), None)
    assert page.tag.text.startswith("Published, ")
    assert page.live == "/listings/7"
    assert "Discard the change" in [action.label for action in page.actions]
    assert (page.submits == "Submit the change") is (change is State.DRAFT)


def test_a_draft_is_counted_down_to_its_submission():
    lacking = draft(State.DRAFT, content=Content(title="Sitters"))
    assert standing_of(lacking, TODAY, 5).sentence == "3 things to mend or add before you can submit it."
    assert standing_of(draft(State.DRAFT), TODAY, 5).sentence.startswith("Nothing that is needed is missing")
    waiting = standing_of(draft(State.SUBMITTED), TODAY, 1).sentence
    assert "who decides within 1 working day." in waiting


def test_a_listing_without_a_title_can_be_told_from_others():
    untitled = draft(State.DRAFT, content=Content(title=""))
    assert overview_page(seen(untitled), None).title == "Innovation without a title"
    assert mine(draft(State.DRAFT, kind=Kind.NEED, content=Content(title="")), TODAY, 5).title == "Need without a title"


@pytest.mark.parametrize(
    ("who", "kind", "href", "begins"),
    [
        (person(confirmed=False), Kind.INNOVATION, "/my/account", "Confirm your email address"),
        (person(), Kind.NEED, None, "Needs are written by commissioners"),
        (person(organisation_id=None), Kind.INNOVATION, "/my/organisation", "Find or make your organisation"),
    ],
)
def test_what_stops_a_person_whatever_the_text_says_is_said_instead_of_a_button(who, kind, href, begins):
    what = draft(State.DRAFT, kind=kind)
    what.listing.organisation_id = None
    stop = overview_page(seen(what, who), None).stop
    assert stop is not None
    assert stop.href == href
    assert stop.sentence.startswith(begins)


def test_who_may_not_write_a_need_is_offered_nothing_to_do_with_it():
    assert overview_page(seen(draft(State.PUBLISHED, kind=Kind.NEED), person()), None).actions == ()


def test_the_last_word_of_a_moderator_stands_above_until_it_is_answered():
    asked = decided(State.CHANGES_ASKED, "Say who pays.", due_on=TODAY + timedelta(days=14))
    page = overview_page(seen(draft(State.CHANGES_ASKED), history=(asked, decided(State.SUBMITTED))), None)
    assert (page.verdict.what, page.verdict.reason, page.verdict.due) == (
        "Changes asked",
        "Say who pays.",
        "15 March 2027",
    )
    answered = (decided(State.SUBMITTED), asked)
    assert overview_page(seen(draft(State.SUBMITTED), history=answered), None).verdict is None


def test_what_was_said_of_a_discarded_change_is_history_and_of_one_that_waits_is_not():
    asked = decided(State.CHANGES_ASKED, "Say who pays.", revision=3)
    own_draft_gone = decided(State.WITHDRAWN, "Discarded.", revision=4)
    waits = draft(State.PUBLISHED, State.CHANGES_ASKED)
    assert overview_page(seen(waits, history=(own_draft_gone, asked)), None).verdict.what == "Change changes asked"
    gone = decided(State.WITHDRAWN, "Discarded.", revision=3)
    assert overview_page(seen(draft(State.PUBLISHED), history=(gone, asked)), None).verdict is None


def test_a_listing_that_a_moderator_withdrew_says_why():
    ended = (decided(State.WITHDRAWN, "It is a copy."), decided(State.PUBLISHED))
    assert overview_page(seen(draft(State.WITHDRAWN), history=ended), None).verdict.reason == "It is a copy."


def test_an_appeal_is_offered_once():
    refused = (decided(State.REFUSED, "Still."), decided(State.APPEALED, "No."), decided(State.REFUSED, "An advert."))
    assert overview_page(seen(draft(State.REFUSED), history=refused), None).actions == ()


def test_what_stopped_a_submission_is_linked_to_where_it_is_mended():
    problems = [
        InputError("Of the text.", field="outcomes"),
        InputError("Of the writer.", field="organisation"),
        InputError("Of nothing in particular."),
    ]
    page = overview_page(seen(draft(State.DRAFT)), None, problems)
    hrefs = ["/my/listings/7/outcomes#outcomes-1-statement", "/my/organisation", None]
    assert [problem.href for problem in page.problems] == hrefs


def test_tasks_are_completed_incomplete_or_not_started():
    content = replace(WHOLE, summary=None, age_min=9, age_max=1)
    tasks = {
        task.name: task
        for _, chapter in overview_page(seen(draft(State.DRAFT, content=content)), None).chapters
        for task in chapter
    }
    described = tasks["Title, summary and who it is for"]
    assert (described.status, described.hint) == ("Incomplete", "Something in it must be mended")
    assert tasks["Outcomes"].status == "Completed"
    assert (tasks["Evidence"].status, tasks["Evidence"].hint) == ("Not started", None)


def test_a_live_listing_of_which_changes_are_asked_says_so_first():
    asked = Decision(
        listing_id=7,
        revision_id=None,
        by_id=9,
        at=NOW,
        old_state=State.PUBLISHED,
        new_state=State.PUBLISHED,
        reason="Take the name out.",
        due_on=date(2027, 3, 29),
    )
    page = overview_page(seen(draft(State.PUBLISHED), history=(asked, decided(State.PUBLISHED))), None)
    assert page.verdict is not None
    assert page.verdict.what == "Changes asked, and it stays public meanwhile"
    assert (page.verdict.reason, page.verdict.due) == ("Take the name out.", "29 March 2027")
    assert [event.what for event in page.events][1] == "Published"
    after = (decided(State.PUBLISHED, revision=3), asked)
    assert overview_page(seen(draft(State.PUBLISHED), history=after), None).verdict is None, "it was answered"
