"""Who may decide on what, what they must have read, and what the record keeps of why."""

from datetime import date, timedelta

import pytest
from moderating import NOW, Scene, scene
from people import enrol
from sqlalchemy import func, select

from exchange.content import Content, edition
from exchange.database import writing
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError
from exchange.listing import listings
from exchange.listing.states import Step
from exchange.models import Decision, OutboxRow, State
from exchange.models_people import RoleGrant
from exchange.moderating import moderation
from exchange.moderating.moderation import Ruling, Verdict, ask_live_changes, decide, decide_appeal, decide_revision
from exchange.moderating.reason_codes import DEFAULT_TEXTS, LABELS, ReasonCode, Refusal, label_of
from exchange.people.accounts import operator
from exchange.people.permissions import Role

LATER = NOW + timedelta(hours=1)
YES = Verdict(step=Step.APPROVE)
CHANGE = Verdict(step=Step.ASK_CHANGES, text="Name the people.")
STEPS = [
    YES,
    CHANGE,
    Verdict(step=Step.REFUSE, code=ReasonCode.OUT_OF_SCOPE),
]


@pytest.fixture
def at(engine):
    with writing(engine) as session:
        yield scene(session)


def waiting(at: Scene) -> int:
    return at.session.scalar(select(func.count()).select_from(OutboxRow))


@pytest.mark.parametrize("verdict", STEPS)
@pytest.mark.parametrize("who", ["nobody special", "commissioner", "administrator", "was a moderator"])
def test_only_a_moderator_decides(at, verdict, who):
    roles = {"commissioner": [Role.COMMISSIONER], "administrator": [Role.ADMINISTRATOR]}.get(who, [])
    by = enrol(at.session, "Wrong role", *roles) if who != "was a moderator" else at.mo
    for held in at.session.scalars(select(RoleGrant).where(RoleGrant.role == Role.MODERATOR)):
        at.session.delete(held)
    at.session.flush()
    listing, live = at.post(), at.post()
    decide(at.session, live.id, YES, operator(at.session, "Operator"), NOW)
    revision = at.revise(live)
    with pytest.raises(ForbiddenError, match="Only a moderator"):
        decide(at.session, listing.id, verdict, by, NOW)
    with pytest.raises(ForbiddenError, match="Only a moderator"):
        decide_revision(at.session, revision.id, verdict, by, NOW)
    with pytest.raises(ForbiddenError, match="Only a moderator"):
        moderation.withdraw(at.session, live.id, by, Refusal(ReasonCode.UNLAWFUL), NOW)
    with pytest.raises(ForbiddenError, match="Only a moderator"):
        ask_live_changes(at.session, live.id, CHANGE, by, NOW)
    assert (listing.state, live.state, revision.state) == (State.SUBMITTED, State.PUBLISHED, State.SUBMITTED)


def test_a_moderators_role_counts_only_for_a_confirmed_address(at):
    at.mo.confirmed_at = None
    with pytest.raises(ForbiddenError, match="Only a moderator"):
        decide(at.session, at.post().id, YES, at.mo, NOW)


def test_a_closed_account_that_cannot_sign_in_is_no_operator(at):
    listing = at.post()
    at.noah.can_sign_in, at.noah.closed_at = False, NOW
    with pytest.raises(ForbiddenError, match="Only a moderator"):
        decide(at.session, listing.id, YES, at.noah, NOW)


@pytest.mark.parametrize("verdict", STEPS)
def test_nobody_decides_on_a_listing_of_their_own_organisation(at, verdict):
    listing = at.post()
    at.mo.organisation_id = at.circle
    with pytest.raises(ForbiddenError, match=r"your organisation's\. Another moderator"):
        decide(at.session, listing.id, verdict, at.mo, NOW)
    live = at.post()
    decide(at.session, live.id, YES, at.max, NOW)
    with pytest.raises(ForbiddenError, match="Another moderator"):
        decide_revision(at.session, at.revise(live).id, verdict, at.mo, NOW)
    with pytest.raises(ForbiddenError, match="Another moderator"):
        moderation.withdraw(at.session, live.id, at.mo, Refusal(ReasonCode.UNLAWFUL), NOW)
    with pytest.raises(ForbiddenError, match="Another moderator"):
        ask_live_changes(at.session, live.id, CHANGE, at.mo, NOW)


def test_nobody_decides_on_what_they_wrote_even_after_they_left_the_organisation(at):
    listing = at.post(at.mo)
    with pytest.raises(ForbiddenError, match="Another moderator"):
        decide(at.session, listing.id, YES, at.mo, NOW)
    live = at.publish()
    revision = at.revise(live)
    revision.by_id = at.mo.id
    with pytest.raises(ForbiddenError, match="Another moderator"):
        decide_revision(at.session, revision.id, YES, at.mo, NOW)
    decide_revision(at.session, revision.id, YES, at.max, NOW)


def test_an_operator_of_the_command_line_decides_on_what_they_brought_in(at):
    by = operator(at.session, "Importer")
    assert moderation.approve(at.session, at.post(by).id, by, "open data", NOW).state == State.PUBLISHED


@pytest.mark.parametrize("verdict", STEPS)
def test_a_listing_that_changed_while_it_was_read_is_not_decided_on(at, verdict):
    listing = at.post()
    seen = edition(listing.content)
    listings.revise(at.session, listing.id, Content(title="Dinner club"), at.ida, NOW)
    stale = Verdict(step=verdict.step, text=verdict.text, code=verdict.code, seen=seen)
    with pytest.raises(ConflictError, match="The text changed while you read it"):
        decide(at.session, listing.id, stale, at.mo, NOW)
    assert listing.state == State.SUBMITTED
    fresh = Verdict(step=verdict.step, text=verdict.text, code=verdict.code, seen=edition(listing.content))
    assert decide(at.session, listing.id, fresh, at.mo, NOW).state != State.SUBMITTED


def test_a_revision_is_decided_on_as_it_was_read(at):
    revision = at.revise(at.publish())
    with pytest.raises(ConflictError, match="changed while you read it"):
        decide_revision(at.session, revision.id, Verdict(step=Step.APPROVE, seen="0" * 16), at.mo, LATER)
    seen = Verdict(step=Step.APPROVE, seen=edition(revision.content))
    assert decide_revision(at.session, revision.id, seen, at.mo, LATER).title == "Breakfast club"


def test_an_appeal_is_decided_on_as_it_was_read(at):
    listing = at.post()
    moderation.refuse(at.session, listing.id, at.mo, Refusal(ReasonCode.DUPLICATE), NOW)
    moderation.appeal(at.session, listing.id, at.ida, "It is not.", NOW)
    with pytest.raises(ConflictError, match="changed while you read it"):
        decide_appeal(at.session, listing.id, at.max, Ruling(upheld=True, seen="0" * 16), LATER)
    decide_appeal(at.session, listing.id, at.max, Ruling(upheld=True, seen=edition(listing.content)), LATER)
    assert listing.state == State.PUBLISHED


def test_the_second_of_two_moderators_is_told_that_it_is_decided(at):
    listing = at.post()
    seen = edition(listing.content)
    decide(at.session, listing.id, Verdict(step=Step.APPROVE, seen=seen), at.mo, NOW)
    with pytest.raises(StateError, match=r"is .published."):
        decide(
            at.session, listing.id, Verdict(step=Step.REFUSE, code=ReasonCode.OTHER, text="No.", seen=seen), at.max, NOW
        )
    assert at.last().new_state == State.PUBLISHED


def test_changes_have_a_day_by_which_they_are_hoped_for(at):
    listing, other = at.post(), at.post()
    moderation.ask_changes(at.session, listing.id, at.mo, "Name the people.", NOW)
    assert at.last().due_on == date(2027, 3, 31)  # 20 working days, Good Friday and Easter Monday not counted
    decide(at.session, other.id, Verdict(step=Step.ASK_CHANGES, text="Why?", due_on=date(2027, 3, 2)), at.mo, NOW)
    assert at.last().due_on == date(2027, 3, 2)


@pytest.mark.parametrize("day", [date(2027, 3, 1), date(2026, 3, 2)])
def test_a_day_for_changes_is_in_the_future(at, day):
    with pytest.raises(InputError, match="must be in the future") as refused:
        decide(at.session, at.post().id, Verdict(step=Step.ASK_CHANGES, text="Why?", due_on=day), at.mo, NOW)
    assert refused.value.field == "due_on"


def test_every_reason_has_a_label_and_a_text_but_for_another_reason():
    assert set(LABELS) == set(DEFAULT_TEXTS) == set(ReasonCode)
    assert [code for code in ReasonCode if not DEFAULT_TEXTS[code]] == [ReasonCode.OTHER]
    assert [label_of(code) for code in ("duplicate", "of an older list", None)] == ["Duplicate", None, None]


@pytest.mark.parametrize("code", [code for code in ReasonCode if code is not ReasonCode.OTHER])
def test_a_reason_of_the_list_brings_its_own_text_which_can_be_changed(at, code):
    for text, kept in ((" ", DEFAULT_TEXTS[code]), ("In your words.", "In your words.")):
        moderation.refuse(at.session, at.post().id, at.mo, Refusal(code, text), NOW)
        made = at.last()
        assert (made.reason_code, made.reason) == (code, kept)


def test_another_reason_must_be_written(at):
    with pytest.raises(InputError, match="Give a reason to refuse") as refused:
        moderation.refuse(at.session, at.post().id, at.mo, Refusal(ReasonCode.OTHER, " "), NOW)
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("verdict", "most", "field"),
    [
        (Verdict(step=Step.APPROVE, text="x" * 2_001), "2,000", "note"),
        (Verdict(step=Step.ASK_CHANGES, text="x" * 5_001), "5,000", "reason"),
        (Verdict(step=Step.REFUSE, code=ReasonCode.OTHER, text="x" * 5_001), "5,000", "reason"),
    ],
)
def test_a_text_that_is_too_long_is_refused_with_its_length(at, verdict, most, field):
    with pytest.raises(InputError, match=rf"has .,001 characters; cut it to {most}") as refused:
        decide(at.session, at.post().id, verdict, at.mo, NOW)
    assert refused.value.field == field


def test_a_moderator_withdraws_a_live_listing_with_its_waiting_revision(at):
    listing = at.publish()
    revision = at.revise(listing)
    before = waiting(at)
    moderation.withdraw(at.session, listing.id, at.mo, Refusal(ReasonCode.PERSONAL_DATA), LATER)
    made = at.last()
    assert (listing.state, revision.state, waiting(at)) == (State.WITHDRAWN, State.WITHDRAWN, before + 1)
    assert (made.by_id, made.reason_code, made.reason) == (
        at.mo.id,
        "personal_data",
        DEFAULT_TEXTS[ReasonCode.PERSONAL_DATA],
    )
    with pytest.raises(StateError, match="nothing more can be done"):
        moderation.withdraw(at.session, listing.id, at.mo, Refusal(ReasonCode.PERSONAL_DATA), LATER)


def test_a_listing_that_nobody_published_is_not_withdrawn_by_a_moderator(at):
    with pytest.raises(StateError, match=r"is .submitted., so withdraw is not possible"):
        moderation.withdraw(at.session, at.post().id, at.mo, Refusal(ReasonCode.UNLAWFUL), NOW)


def test_changes_of_a_live_listing_are_asked_for_while_it_stays(at):
    listing = at.publish()
    before = listing.index_revision, waiting(at)
    ask_live_changes(at.session, listing.id, CHANGE, at.mo, LATER)
    made = at.last()
    assert (made.old_state, made.new_state, made.reason) == (State.PUBLISHED, State.PUBLISHED, "Name the people.")
    assert made.due_on == date(2027, 3, 31)
    assert (listing.state, listing.index_revision, waiting(at)) == (State.PUBLISHED, *before)
    with pytest.raises(InputError, match="exactly this already"):
        ask_live_changes(at.session, listing.id, CHANGE, at.max, LATER)
    with pytest.raises(InputError, match="Give a reason"):
        ask_live_changes(at.session, listing.id, Verdict(step=Step.ASK_CHANGES), at.mo, LATER)
    with pytest.raises(StateError, match=r"is .submitted. now"):
        ask_live_changes(at.session, at.post().id, CHANGE, at.mo, LATER)


def test_a_revision_keeps_its_reason_code_and_its_day(at):
    listing = at.publish()
    refused = at.revise(listing)
    moderation.refuse_revision(at.session, refused.id, at.mo, Refusal(ReasonCode.MISLEADING), LATER)
    assert (at.last().revision_id, at.last().reason_code) == (refused.id, "misleading")
    sent_back = at.revise(listing)
    moderation.ask_revision_changes(at.session, sent_back.id, at.mo, "Which study?", LATER)
    assert (at.last().revision_id, at.last().due_on) == (sent_back.id, date(2027, 3, 31))


@pytest.mark.parametrize("who", ["noah", "mo", "gone"])
def test_only_those_whose_listing_it_is_appeal(at, who):
    listing = at.post()
    moderation.refuse(at.session, listing.id, at.mo, Refusal(ReasonCode.DUPLICATE), NOW)
    if who == "gone":
        at.ida.organisation_id = None
    by = {"noah": at.noah, "mo": at.mo, "gone": at.ida}[who]
    with pytest.raises(NotFoundError, match=f"There is no listing {listing.id}; check the number"):
        moderation.appeal(at.session, listing.id, by, "It is not.", NOW)
    moderation.appeal(at.session, listing.id, at.ivo, "It is not.", NOW)
    assert listing.state == State.APPEALED


def test_an_appeal_that_is_too_long_is_refused(at):
    listing = at.post()
    moderation.refuse(at.session, listing.id, at.mo, "No.", NOW)
    with pytest.raises(InputError, match="has 5,001 characters"):
        moderation.appeal(at.session, listing.id, at.ida, "x" * 5_001, NOW)


def test_a_refused_step_leaves_no_decision(at):
    listing = at.post()
    for verdict in (Verdict(step=Step.REFUSE), Verdict(step=Step.APPROVE, seen="other")):
        with pytest.raises((InputError, ConflictError)):
            decide(at.session, listing.id, verdict, at.mo, NOW)
    assert at.session.scalar(select(func.count()).select_from(Decision)) == 0
    assert at.letters() == {}
