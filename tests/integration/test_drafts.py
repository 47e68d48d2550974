"""Writing a listing step by step: nothing is lost, nobody else sees it, and the live text stands."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from people import enrol, found
from sqlalchemy import func, select
from together import at_once

from exchange.content import Content, Evidence, EvidenceKind, FullValue, Kind, Outcome, ValueCell, edition
from exchange.database import reading, writing
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError
from exchange.listing import drafts, listings, submitting
from exchange.listing.drafts import StepText
from exchange.listing.evidence_marks import mark_of
from exchange.models import Decision, Listing, OutboxRow, Revision, State
from exchange.moderating import moderation
from exchange.people import sign_ins
from exchange.people.accounts import operator
from exchange.people.permissions import Role

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LEEDS = "E08000035"
WHOLE = Content(
    title="Night sitters",
    summary="A trained sitter, four nights a week.",
    outcomes=(Outcome(statement="Carers sleep."),),
    delivers_in=(LEEDS,),
)
NEED = Content(
    title="Respite for carers",
    summary="Carers cannot sleep.",
    outcomes=(Outcome(statement="Carers sleep."),),
    required_in=(LEEDS,),
    closes_on=date(2027, 5, 1),
    reply_by=date(2027, 6, 1),
    price_weight=30,
    quality_weight=70,
)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


def person(session, name, *roles: Role, **about: object):
    return sign_ins.person(session, enrol(session, name, *roles, **about))


@pytest.fixture
def ida(session):
    return person(session, "Ida", organisation_id=found(session, "Carers' Circle"))


@pytest.fixture
def carla(session):
    return person(session, "Carla", Role.COMMISSIONER, organisation_id=found(session, "Aire Council"))


def begun(session, who, content=WHOLE, kind=Kind.INNOVATION) -> Listing:
    return drafts.begin(session, who, kind, content, NOW)


def step(content: Content, **values: object) -> StepText:
    return StepText(values=values, seen=edition(content, *values))


def save(session, listing, who, **values: object) -> Content:
    """Save a step as somebody who sees the text as it is now."""
    seen = drafts.working_content(session, listing)
    return drafts.save_step(session, listing.id, who, step(seen, **values), LATER)


def published(session, who, content=WHOLE, kind=Kind.INNOVATION) -> Listing:
    listing = begun(session, who, content, kind)
    submitting.submit(session, listing.id, who, NOW)
    moderation.approve(session, listing.id, operator(session, "Moderator"), None, NOW)
    return listing


def revisions(session, listing) -> list[tuple[State, str]]:
    rows = session.scalars(select(Revision).where(Revision.listing_id == listing.id).order_by(Revision.id))
    return [(State(row.state), row.content.title) for row in rows]


def test_a_draft_is_kept_with_whatever_it_lacks_and_belongs_to_the_writers_organisation(session, ida):
    listing = begun(session, ida, Content(title=" Night sitters\x00", summary="so " * 61))
    assert (listing.state, listing.title, listing.organisation_id) == ("draft", "Night sitters", ida.organisation_id)


def test_a_form_sent_twice_makes_one_draft(session, ida):
    first = begun(session, ida)
    assert begun(session, ida).id == first.id
    assert begun(session, ida, replace(WHOLE, summary="Another.")).id != first.id


def test_only_commissioners_write_needs(session, ida, carla):
    need = begun(session, carla, NEED, Kind.NEED)
    with pytest.raises(ForbiddenError, match="Needs are written by commissioners"):
        begun(session, ida, NEED, Kind.NEED)
    colleague = person(session, "Cy", organisation_id=carla.organisation_id)
    for refused in (
        lambda: save(session, need, colleague, title="Mine"),
        lambda: submitting.submit(session, need.id, colleague, NOW),
    ):
        with pytest.raises(ForbiddenError, match="Ask an administrator"):
            refused()


def test_what_is_somebody_elses_is_not_there(session, ida, carla):
    listing = begun(session, ida)
    with pytest.raises(NotFoundError) as missing:
        drafts.owned(session, listing.id + 1, carla)
    for act in (
        lambda: drafts.owned(session, listing.id, carla),
        lambda: drafts.read(session, listing.id, carla),
        lambda: drafts.save_step(session, listing.id, carla, step(WHOLE, title="Mine"), NOW),
        lambda: submitting.submit(session, listing.id, carla, NOW),
        lambda: submitting.discard(session, listing.id, carla, NOW),
    ):
        with pytest.raises(NotFoundError) as refused:
            act()
        assert str(refused.value).replace(str(listing.id), str(listing.id + 1)) == str(missing.value)
    assert drafts.mine(session, carla, 10) == []


def test_colleagues_share_what_their_organisation_has_and_nothing_that_has_none(session, ida):
    colleague = person(session, "Cy", organisation_id=ida.organisation_id)
    alone = person(session, "Noah")
    shared, own = begun(session, ida), begun(session, alone, replace(WHOLE, title="On my own"))
    assert [draft.listing.id for draft in drafts.mine(session, colleague, 10)] == [shared.id]
    assert [draft.listing.id for draft in drafts.mine(session, alone, 10)] == [own.id]
    with pytest.raises(NotFoundError):
        drafts.owned(session, own.id, colleague)


def test_the_list_is_cut_into_pages_newest_first(session, ida):
    made = [begun(session, ida, replace(WHOLE, title=f"Idea {at}")).id for at in range(3)]
    pages = [[draft.listing.id for draft in drafts.mine(session, ida, 2, start)] for start in (0, 2)]
    assert pages == [[made[2], made[1]], [made[0]]]


def test_saves_of_different_steps_merge_though_both_were_open_at_once(session, ida):
    listing = begun(session, ida)
    seen = listing.content
    drafts.save_step(session, listing.id, ida, step(seen, title="Sitters by night"), NOW)
    after = drafts.save_step(session, listing.id, ida, step(seen, term_months=36), LATER)
    assert (after.title, after.term_months) == ("Sitters by night", 36)


def test_the_later_save_of_the_same_step_is_told_of_the_earlier_and_goes_through_once_it_was_seen(session, ida):
    listing = begun(session, ida)
    seen = listing.content
    drafts.save_step(session, listing.id, ida, step(seen, title="Theirs", summary="Theirs."), NOW)
    mine = {"title": "Mine", "summary": "Mine."}
    with pytest.raises(ConflictError, match="Somebody saved this step after you opened it"):
        drafts.save_step(session, listing.id, ida, step(seen, **mine), LATER)
    assert listing.content.title == "Theirs"
    assert save(session, listing, ida, **mine).title == "Mine"


def test_a_step_sent_twice_is_saved_once_and_is_no_conflict(session, ida):
    listing = published(session, ida)
    mine = step(listing.content, title="Mine")
    for _ in range(2):
        drafts.save_step(session, listing.id, ida, mine, LATER)
    assert revisions(session, listing) == [(State.DRAFT, "Mine")]


def test_a_listing_that_says_nothing_new_gets_no_revision(session, ida):
    listing = published(session, ida)
    save(session, listing, ida, title=listing.title)
    assert revisions(session, listing) == []


def test_the_first_step_of_a_published_listing_makes_one_draft_and_later_steps_change_it(session, ida):
    listing = published(session, ida)
    before = listing.index_revision, session.scalar(select(func.count()).select_from(OutboxRow))
    save(session, listing, ida, title="First")
    save(session, listing, ida, term_months=12)
    after = save(session, listing, ida, title="Second")
    assert revisions(session, listing) == [(State.DRAFT, "Second")]
    assert after.term_months == 12
    assert (listing.content.title, listing.content.term_months) == ("Night sitters", None)
    assert (listing.index_revision, session.scalar(select(func.count()).select_from(OutboxRow))) == before


def test_a_submitted_change_stays_in_the_queue_until_a_newer_one_is_submitted(session, ida):
    listing = published(session, ida)
    save(session, listing, ida, title="First")
    submitting.submit(session, listing.id, ida, LATER)
    assert drafts.read(session, listing.id, ida).state is State.SUBMITTED
    save(session, listing, ida, summary="More.")
    assert revisions(session, listing) == [(State.SUBMITTED, "First"), (State.DRAFT, "First")]
    assert drafts.read(session, listing.id, ida).state is State.DRAFT
    submitting.submit(session, listing.id, ida, LATER)
    assert revisions(session, listing) == [(State.WITHDRAWN, "First"), (State.SUBMITTED, "First")]
    reasons = [decision.reason for decision in drafts.history(session, listing.id)]
    assert reasons[:2] == [None, listings.REPLACED]


def test_the_answer_to_changes_asked_starts_from_what_the_moderator_saw(session, ida):
    listing = published(session, ida)
    save(session, listing, ida, title="First", term_months=6)
    submitting.submit(session, listing.id, ida, LATER)
    asked = session.scalars(select(Revision.id).where(Revision.listing_id == listing.id)).one()
    moderation.ask_revision_changes(session, asked, operator(session, "Moderator"), "Say when.", LATER)
    assert save(session, listing, ida, summary="On Thursdays.").title == "First"
    submitting.submit(session, listing.id, ida, LATER)
    assert [state for state, _ in revisions(session, listing)] == [State.WITHDRAWN, State.SUBMITTED]


def test_an_import_that_revises_a_listing_leaves_the_change_that_its_owner_writes(session, ida):
    listing = published(session, ida)
    save(session, listing, ida, title="Mine")
    listings.revise(session, listing.id, replace(WHOLE, title="Imported"), operator(session, "Import"), LATER)
    assert revisions(session, listing) == [(State.DRAFT, "Mine"), (State.SUBMITTED, "Imported")]
    assert drafts.working_content(session, listing).title == "Mine"


def test_a_change_that_is_written_goes_when_its_listing_leaves_the_public(session, ida):
    listing = published(session, ida)
    save(session, listing, ida, title="Mine")
    listings.close(session, listing.id, operator(session, "Moderator"), "Asked to.", LATER)
    assert revisions(session, listing) == [(State.WITHDRAWN, "Mine")]
    with pytest.raises(StateError, match="revise is not possible"):
        save(session, listing, ida, title="Too late")


def test_no_moderator_can_decide_on_a_change_that_is_still_written(session, ida):
    listing = published(session, ida)
    save(session, listing, ida, title="Mine")
    written = session.scalars(select(Revision.id).where(Revision.listing_id == listing.id)).one()
    by = operator(session, "Moderator")
    with pytest.raises(StateError, match="what can be done now: revise, submit, withdraw"):
        moderation.approve_revision(session, written, by, None, LATER)


def test_what_is_before_the_moderators_may_change_but_not_lack_anything(session, ida):
    listing = begun(session, ida)
    submitting.submit(session, listing.id, ida, NOW)
    assert save(session, listing, ida, title="Sitters by night").title == "Sitters by night"
    with pytest.raises(InputError, match="Name at least one outcome") as refused:
        save(session, listing, ida, outcomes=None)
    assert refused.value.field == "outcomes"
    assert (listing.state, listing.content.outcomes) == (State.SUBMITTED, WHOLE.outcomes)


def test_a_draft_that_lacks_something_or_breaks_a_rule_is_not_submitted(session, carla):
    need = begun(session, carla, replace(NEED, price_weight=40), Kind.NEED)
    with pytest.raises(InputError, match="add up to 100"):
        submitting.submit(session, need.id, carla, NOW)
    save(session, need, carla, price_weight=30, quality_weight=70)
    save(session, need, carla, reply_by=None)
    with pytest.raises(InputError, match="Give the reply date"):
        submitting.submit(session, need.id, carla, NOW)
    save(session, need, carla, reply_by=NEED.reply_by)
    assert submitting.submit(session, need.id, carla, NOW).state == State.SUBMITTED


def test_a_change_is_submitted_only_where_it_lacks_nothing_and_says_something_new(session, ida):
    listing = published(session, ida)
    with pytest.raises(StateError, match="There is no change to submit"):
        submitting.submit(session, listing.id, ida, LATER)
    save(session, listing, ida, summary=None)
    with pytest.raises(InputError, match="Say in up to 60 words"):
        submitting.submit(session, listing.id, ida, LATER)
    save(session, listing, ida, summary=WHOLE.summary)
    with pytest.raises(InputError, match="says the same as the published text"):
        submitting.submit(session, listing.id, ida, LATER)
    assert revisions(session, listing) == [(State.DRAFT, "Night sitters")]


def test_submitting_needs_a_confirmed_address(session, ida):
    una = person(session, "Una", organisation_id=ida.organisation_id, confirmed=False)
    listing = begun(session, una)
    with pytest.raises(ForbiddenError, match="Confirm your email address before you submit"):
        submitting.submit(session, listing.id, una, NOW)


def test_submitting_puts_the_writers_drafts_under_their_organisation_and_needs_one(session, ida):
    noah = person(session, "Noah")
    listing, other = begun(session, noah), begun(session, noah, replace(WHOLE, title="Another"))
    with pytest.raises(InputError, match="Find or make your organisation") as refused:
        submitting.submit(session, listing.id, noah, NOW)
    assert refused.value.field == "organisation"
    session.get_one(type(operator(session, "Test")), noah.id).organisation_id = ida.organisation_id
    session.flush()
    submitting.submit(session, listing.id, replace(noah, organisation_id=ida.organisation_id), NOW)
    session.refresh(other)
    assert listing.organisation_id == other.organisation_id == ida.organisation_id
    assert (listing.state, other.state) == (State.SUBMITTED, State.DRAFT)


def test_submitting_twice_gives_a_clear_sentence_and_one_decision(session, ida):
    listing = begun(session, ida)
    submitting.submit(session, listing.id, ida, NOW)
    with pytest.raises(StateError, match="submit is not possible"):
        submitting.submit(session, listing.id, ida, LATER)
    assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_a_draft_that_nobody_saw_is_thrown_away_and_a_change_leaves_its_row(session, ida):
    listing, other = begun(session, ida), published(session, ida, replace(WHOLE, title="Another"))
    assert submitting.discard(session, listing.id, ida, LATER)
    with pytest.raises(NotFoundError):
        drafts.owned(session, listing.id, ida)
    save(session, other, ida, title="A change")
    assert not submitting.discard(session, other.id, ida, LATER)
    assert revisions(session, other) == [(State.WITHDRAWN, "A change")]
    with pytest.raises(StateError, match="There is no draft to discard"):
        submitting.discard(session, other.id, ida, LATER)


def test_a_listing_that_waits_for_a_moderator_is_not_thrown_away(session, ida):
    listing = begun(session, ida)
    submitting.submit(session, listing.id, ida, NOW)
    with pytest.raises(StateError):
        submitting.discard(session, listing.id, ida, LATER)


ITEMS = tuple(Evidence(text=text, kind=EvidenceKind.DESCRIBES) for text in ("First", "Second", "Third"))
CELL = ValueCell.USERS_OUTCOMES


def valued(session, who) -> Listing:
    cells = {CELL: FullValue(statement="Rest", evidence=1)}
    return begun(session, who, replace(WHOLE, evidence=ITEMS, full_value=cells))


def test_a_cell_goes_on_naming_its_evidence_when_items_before_it_go_or_it_is_reworded(session, ida):
    listing = valued(session, ida)
    reworded = replace(ITEMS[1], text="Second, in better words")
    text = StepText(
        values={"evidence": (reworded, ITEMS[2])},
        seen=edition(listing.content, "evidence"),
        was=(mark_of(ITEMS[1]), mark_of(ITEMS[2])),
    )
    after = drafts.save_step(session, listing.id, ida, text, LATER)
    assert after.full_value[CELL].evidence == 0
    assert after.evidence[0].text == "Second, in better words"


def test_a_cell_whose_evidence_is_taken_away_is_not_evidenced_any_more(session, ida):
    listing = valued(session, ida)
    assert save(session, listing, ida, evidence=(ITEMS[0], ITEMS[2])).full_value[CELL].evidence is None


def test_a_cell_names_evidence_by_its_mark_and_not_what_is_gone(session, ida):
    listing = valued(session, ida)
    cells = {CELL: FullValue(statement="Rest")}
    text = replace(step(listing.content, full_value=cells), named={CELL: mark_of(ITEMS[2])})
    assert drafts.save_step(session, listing.id, ida, text, LATER).full_value[CELL].evidence == 2
    gone = replace(step(listing.content, full_value=cells), named={CELL: "of another item"})
    with pytest.raises(InputError, match="was changed or taken away since") as refused:
        drafts.save_step(session, listing.id, ida, gone, LATER)
    assert refused.value.field == "full_value"


def test_two_that_save_the_first_step_of_a_change_at_once_make_one_revision(engine):
    with writing(engine) as session:
        ida = person(session, "Ida", organisation_id=found(session, "Carers' Circle"))
        listing = published(session, ida)

    def save_one(**values: object):
        with writing(engine) as session:
            return drafts.save_step(session, listing.id, ida, step(listing.content, **values), LATER)

    at_once(lambda: save_one(title="By me"), lambda: save_one(term_months=12))
    with reading(engine) as session:
        content = drafts.working_content(session, listings.get_listing(session, listing.id))
        assert len(session.scalars(select(Revision.id)).all()) == 1
    assert (content.title, content.term_months) == ("By me", 12)
