"""The moderators' queue: its order, why each thing stands where it does, and who may open it."""

from datetime import date, timedelta
from typing import Any

import pytest
from moderating import NOW, Scene, scene
from people import found
from sqlalchemy import event

from exchange.content import Content, Evidence, EvidenceKind, Kind, Outcome
from exchange.database import writing
from exchange.listing import listings
from exchange.moderating import moderation, reports
from exchange.moderating.moderation_queue import PAGE, Asked, Entry, Queue, next_entry, queue
from exchange.moderating.moderation_waiting import Waits
from exchange.moderating.reason_codes import ReasonCode, Refusal
from exchange.people.permissions import Role
from exchange.people.sign_ins import person

CLAIM = {
    "title": "Night sitters for children",
    "summary": "Children slept better.",
    "outcomes": (Outcome(statement="Children sleep through the night"),),
}
DAY = timedelta(days=1)


@pytest.fixture
def at(engine):
    with writing(engine) as session:
        yield scene(session)


def look(at: Scene, now=NOW, *, promise: int = 5, only: Waits | None = None, number: int = 1) -> Queue:
    asked = Asked(person=person(at.session, at.max), promise_days=promise, only=only, number=number)
    return queue(at.session, asked, now)


def order(at: Scene, now=NOW) -> list[str]:
    return [entry.title for entry in look(at, now).entries]


def only(at: Scene, now=NOW, **how: Any) -> Entry:
    (entry,) = look(at, now, **how).entries
    return entry


def known(at: Scene) -> None:
    """Publish something of the charity, so that nothing of it is a first listing."""
    at.publish(title="Known", at=NOW - 300 * DAY)


def test_nothing_waits_in_an_empty_exchange(at):
    seen = look(at)
    assert (seen.entries, seen.total, seen.last) == ((), 0, 1)
    assert set(seen.counts.values()) == {0}


def test_what_has_used_more_working_days_of_the_promise_comes_first(at):
    known(at)
    for days in (0, 7, 1, 3):
        at.post(title=f"{days} days", at=NOW - days * DAY)
    assert order(at) == ["7 days", "3 days", "1 days", "0 days"]
    assert [entry.used for entry in look(at).entries] == [5, 1, 1, 0]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "0 of 5 working days of the promise used"),
        (1, "1 of 5 working days of the promise used"),
        (6, "4 of 5 working days of the promise used"),
        (7, "Promise ends today"),
        (8, "Promise passed 1 working day ago"),
        (9, "Promise passed 2 working days ago"),
    ],
)
def test_the_promise_is_said_in_working_days(at, days, said):
    known(at)
    at.post()
    entry = only(at, NOW + days * DAY)
    assert (entry.due, entry.reasons) == (date(2027, 3, 8), (said,))


def test_a_promise_that_ended_before_a_weekend_has_passed_on_it(at):
    known(at)
    at.post(at=NOW - 3 * DAY)  # a Friday
    assert only(at, NOW + 5 * DAY).reasons == ("Promise passed less than 1 working day ago",)


def test_the_promise_is_a_setting(at):
    known(at)
    at.post()
    entry = only(at, NOW + DAY, promise=1)
    assert (entry.due, entry.reasons) == (date(2027, 3, 2), ("Promise ends today",))
    assert only(at, NOW, promise=1).reasons == ("0 of 1 working day of the promise used",)


def test_among_equals_reports_then_risky_claims_then_first_listings_then_the_oldest_come_first(at):
    known(at)
    live = at.publish(title="Reported")
    newcomer = found(at.session, "Newcomers")
    at.post(title="Younger", at=NOW + timedelta(minutes=2))
    at.post(title="Older", at=NOW + timedelta(minutes=1))
    at.noah.organisation_id = newcomer
    at.post(at.noah, title="First", at=NOW + timedelta(minutes=3))
    at.post(**CLAIM, at=NOW + timedelta(minutes=4))
    reports.report(at.session, live.id, "It is an advertisement.", at.noah, NOW + timedelta(minutes=5))
    now = NOW + timedelta(hours=1)
    assert order(at, now) == ["Reported", CLAIM["title"], "First", "Older", "Younger"]
    assert [entry.reasons[1:] for entry in look(at, now).entries] == [
        ("Somebody reported it",),
        ("Claims about children without evidence",),
        ("First listing of this organisation",),
        (),
        (),
    ]


def test_one_working_day_more_comes_before_any_other_reason(at):
    known(at)
    live = at.publish(title="Reported")
    at.post(title="Plain", at=NOW - DAY * 3)
    reports.report(at.session, live.id, "Wrong.", at.noah, NOW)
    assert order(at) == ["Plain", "Reported"]


def test_evidence_takes_the_risk_out_of_a_claim(at):
    known(at)
    at.post(**CLAIM, evidence=(Evidence(text="A trial.", kind=EvidenceKind.COMPARISON),))
    at.post(**CLAIM, kind=Kind.NEED)
    assert {reason for entry in look(at).entries for reason in entry.reasons[1:]} == set()


def test_a_first_listing_is_one_before_anything_of_the_organisation_was_published(at):
    at.post(title="First")
    at.post(at.noah, title="Of nobody")
    reasons = {entry.title: entry.reasons[1:] for entry in look(at).entries}
    assert reasons == {"First": ("First listing of this organisation",), "Of nobody": ()}
    gone = at.publish(title="Published once")
    listings.withdraw(at.session, gone.id, at.ida, "We have stopped.", NOW)
    assert {entry.reasons[1:] for entry in look(at).entries} == {()}


def test_the_time_of_a_listing_begins_when_it_was_submitted_last(at):
    known(at)
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Drafted"), organisation_id=at.circle)
    listing = listings.draft(at.session, new, at.ida, NOW - 90 * DAY)
    listings.submit(at.session, listing.id, at.ida, NOW - DAY * 4)
    assert only(at).since == NOW - DAY * 4
    moderation.ask_changes(at.session, listing.id, at.mo, "Who is it for?", NOW - DAY * 3)
    assert look(at).entries == ()
    listings.submit(at.session, listing.id, at.ida, NOW - DAY)
    assert (only(at).since, only(at).used) == (NOW - DAY, 1)
    assert only(at).since.tzinfo is not None


def test_the_time_of_an_appeal_begins_with_it_and_the_one_who_refused_does_not_decide(at):
    known(at)
    mine, other = at.post(title="Mine", at=NOW - 30 * DAY), at.post(title="Other", at=NOW - 30 * DAY)
    moderation.refuse(at.session, mine.id, at.max, Refusal(ReasonCode.DUPLICATE), NOW - 20 * DAY)
    moderation.refuse(at.session, other.id, at.mo, Refusal(ReasonCode.DUPLICATE), NOW - 20 * DAY)
    for listing in (mine, other):
        moderation.appeal(at.session, listing.id, at.ida, "No.", NOW)
    entries = {entry.title: entry for entry in look(at).entries}
    assert {(entry.kind, entry.since) for entry in entries.values()} == {(Waits.APPEAL, NOW)}
    assert (entries["Mine"].not_for_you, entries["Other"].not_for_you) == ("you refused it", None)


def test_a_revision_stands_with_its_new_title_and_its_own_time(at):
    listing = at.publish(title="Old title", at=NOW - 30 * DAY)
    revision = at.revise(listing, "New title", NOW)
    entry = only(at)
    assert (entry.kind, entry.id, entry.listing_id) == (Waits.REVISION, revision.id, listing.id)
    assert (entry.title, entry.since, entry.organisation) == ("New title", NOW, "Carers' Circle")


def test_what_is_ones_own_is_for_another_moderator(at):
    known(at)
    listing = at.publish(title="Live")
    at.post(title="Of the organisation")
    at.post(at.max, title="Written by oneself")
    at.revise(listing)
    at.post(at.noah, title="Not mine")
    other = at.publish(at.noah, title="Somebody else's")
    reports.report(at.session, other.id, "Wrong.", at.max, NOW)
    reports.report(at.session, listing.id, "Wrong.", at.noah, NOW)
    at.max.organisation_id = at.circle
    said = {(entry.kind, entry.title): entry.not_for_you for entry in look(at).entries}
    yours = "it is yours or your organisation's"
    assert said == {
        (Waits.LISTING, "Of the organisation"): yours,
        (Waits.LISTING, "Written by oneself"): yours,
        (Waits.REVISION, "Breakfast club"): yours,
        (Waits.REPORT, "Live"): yours,
        (Waits.REPORT, "Somebody else's"): "you reported it",
        (Waits.LISTING, "Not mine"): None,
    }
    following = next_entry(at.session, person(at.session, at.max), 5, NOW)
    assert following is not None
    assert following.title == "Not mine"


def test_where_nothing_is_for_this_moderator_there_is_no_next_one(at):
    at.post(at.max)
    assert next_entry(at.session, person(at.session, at.max), 5, NOW) is None


def test_one_kind_can_be_looked_at_alone_and_all_are_counted(at):
    live = at.publish()
    at.revise(live)
    at.post(at.noah)
    reports.report(at.session, live.id, "Wrong.", at.noah, NOW)
    for kind in (Waits.LISTING, Waits.REVISION, Waits.REPORT):
        seen = look(at, only=kind)
        assert [entry.kind for entry in seen.entries] == [kind]
        assert (seen.total, seen.counts) == (1, {**dict.fromkeys(Waits, 1), Waits.APPEAL: 0})
    assert look(at, only=Waits.APPEAL).entries == ()


def test_pages_hold_all_in_one_order(at):
    known(at)
    for number in range(PAGE + 9):
        at.post(title=f"Listing {number:02}", at=NOW - DAY * (number // 7) - timedelta(minutes=number % 5))
    at.post(**CLAIM, at=NOW)
    pages = [look(at, number=number) for number in (1, 2, 3)]
    assert [len(page.entries) for page in pages] == [PAGE, 10, 0]
    assert {(page.total, page.last) for page in pages} == {(PAGE + 10, 2)}
    every = [entry for page in pages for entry in page.entries]
    assert len({entry.id for entry in every}) == PAGE + 10
    keys = [(-entry.used, len(entry.reasons) == 1, entry.since) for entry in every]
    assert keys == sorted(keys)


def test_a_long_queue_is_read_with_a_few_queries(at):
    def asked() -> int:
        number = 0

        def count(*_given: object) -> None:
            nonlocal number
            number += 1

        event.listen(at.session.get_bind(), "before_cursor_execute", count)
        at.session.expire_all()
        viewer = person(at.session, at.max)
        queue(at.session, Asked(person=viewer, promise_days=5), NOW)
        event.remove(at.session.get_bind(), "before_cursor_execute", count)
        return number

    at.revise(at.publish())
    at.post(at.noah)
    few = asked()
    for number in range(20):
        organisation = found(at.session, f"Organisation {number}")
        at.noah.organisation_id = organisation
        at.revise(at.publish(at.noah))
        at.post(at.noah)
    at.session.flush()
    assert asked() <= few + 2


def test_who_is_no_member_any_more_has_no_more_rights_to_it_than_others(at):
    at.max.organisation_id = at.circle
    listing = at.post()
    at.max.organisation_id = None
    assert only(at).not_for_you is None
    assert moderation.approve(at.session, listing.id, at.max, None, NOW).published_at == NOW
    assert Role.MODERATOR in person(at.session, at.max).roles
