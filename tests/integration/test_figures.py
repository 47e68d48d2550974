"""The figures of the whole exchange are what a count by hand gives, on either database."""

from datetime import UTC, datetime, timedelta

import pytest
from moderating import NOW, scene
from people import enrol, found
from promised import DAY, REPLY_BY, Council, a_council, word

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.introducing.reply_rate import Figures, figures_from, replies_of_all
from exchange.introducing.reply_rate import figures as of_one
from exchange.listing import listings
from exchange.models import OrgKind, State
from exchange.models_alerts import Alert, SavedSearch
from exchange.moderating import moderation, reports
from exchange.moderating.moderation import Ruling
from exchange.moderating.moderation_waiting import Waits
from exchange.moderating.reports import Finding
from exchange.people.accounts import operator
from exchange.people.permissions import Role
from exchange.people.personal_data import close_account
from exchange.running.figures import Pace, Queued, figures, listings_by_area, listings_by_state, pace, waiting

HOUR = timedelta(hours=1)
PROMISE = 5


@pytest.fixture
def at(engine):
    with writing(engine) as session:
        yield scene(session)


def monday(weeks: int) -> datetime:
    """Give a Monday after `NOW`, which is one; before Easter no bank holiday lies between."""
    return NOW + timedelta(weeks=weeks)


def test_listings_are_counted_by_kind_and_state(at):
    at.post()
    at.publish()
    at.publish(kind=Kind.NEED)
    listings.withdraw(at.session, at.publish().id, at.ida, "moved", NOW)
    assert listings_by_state(at.session) == {
        (Kind.INNOVATION, State.SUBMITTED): 1,
        (Kind.INNOVATION, State.PUBLISHED): 1,
        (Kind.NEED, State.PUBLISHED): 1,
        (Kind.INNOVATION, State.WITHDRAWN): 1,
    }


def test_published_listings_are_counted_in_each_area_that_they_name(at):
    at.publish(areas=("home-care", "carers"))
    at.publish(areas=("carers",))
    at.publish(kind=Kind.NEED, areas=("carers",))
    at.publish()
    at.post(areas=("carers",))
    assert listings_by_area(at.session) == {
        (Kind.INNOVATION, "home-care"): 1,
        (Kind.INNOVATION, "carers"): 2,
        (Kind.NEED, "carers"): 1,
    }


def test_what_waits_is_counted_with_how_long_and_how_much_is_late(at):
    live = at.publish()
    at.post(at=monday(1))
    at.post(at=NOW)
    at.revise(live, at=NOW + HOUR)
    reports.report(at.session, live.id, "It is wrong.", at.noah, monday(1))
    found = waiting(at.session, PROMISE, monday(1) + timedelta(days=1))
    assert found == {
        Waits.LISTING: Queued(2, 6, 1),
        Waits.REVISION: Queued(1, 6, 1),
        Waits.APPEAL: Queued(0, None, 0),
        Waits.REPORT: Queued(1, 1, 0),
    }


def test_the_pace_is_the_median_of_working_days_and_the_share_within_the_promise(at):
    session = at.session
    for weeks in (0, 0, 1, 2):
        moderation.approve(session, at.post().id, at.mo, None, monday(weeks))
    assert pace(session, PROMISE, monday(2)) == Pace(4, 2.5, 0.75)


def test_each_decision_counts_from_when_its_own_wait_began(at):
    session = at.session
    listing = at.post()
    moderation.ask_changes(session, listing.id, at.mo, "Name the people.", monday(1))
    listings.submit(session, listing.id, at.ida, monday(2))
    moderation.refuse(session, listing.id, at.mo, "Out of scope.", monday(2) + timedelta(days=1))
    moderation.appeal(session, listing.id, at.ida, "It is in scope.", monday(3))
    moderation.decide_appeal(session, listing.id, at.max, Ruling(True), monday(3) + timedelta(days=3))
    assert pace(session, PROMISE, monday(4)) == Pace(3, 3, 1.0)


def test_revisions_and_reports_count_and_what_their_authors_or_imports_do_does_not(at):
    session, by = at.session, operator(at.session, "Importer")
    live = listings.post(session, _new(), by, NOW)
    moderation.approve(session, live.id, by, "imported", NOW)
    listings.revise(session, live.id, _new("Tea").content, by, NOW)
    listings.revise(session, live.id, _new("More tea").content, by, NOW)
    assert pace(session, PROMISE, monday(1)) == Pace(0, None, None)
    moderation.approve_revision(session, 2, at.mo, None, monday(1))
    assert pace(session, PROMISE, monday(1)) == Pace(1, 5, 1.0)
    made = reports.report(session, live.id, "It is wrong.", at.noah, NOW)
    reports.decide_report(session, made.id, Finding(True), at.mo, monday(2))
    assert pace(session, PROMISE, monday(2)) == Pace(2, 7.5, 0.5)


def test_what_was_decided_more_than_ninety_days_ago_no_longer_counts(at):
    moderation.approve(at.session, at.post().id, at.mo, None, NOW)
    assert pace(at.session, PROMISE, NOW + timedelta(days=90)).decided == 1
    assert pace(at.session, PROMISE, NOW + timedelta(days=90) + HOUR).decided == 0


def test_a_moderator_who_has_closed_their_account_still_counts_as_a_person(at):
    moderation.approve(at.session, at.post().id, at.mo, None, monday(1))
    close_account(at.session, at.mo.id, monday(1))
    assert pace(at.session, PROMISE, monday(1)).decided == 1


def _new(title="Lunch club"):
    return listings.NewListing(kind=Kind.INNOVATION, content=Content(title=title, summary="Meals."))


# --- replies ----------------------------------------------------------------------------------------------------------


def test_the_reply_rate_of_all_is_that_of_every_public_body_together(engine):
    first = a_council(engine)
    with writing(engine) as session:
        body = found(session, "Another council", OrgKind.PUBLIC_BODY)
        cora = enrol(session, "Cora", Role.COMMISSIONER, organisation_id=body).id
    second = Council(engine, cora, cora, body)
    for council, days in ((first, 2), (second, 12)):
        number = council.need()
        row = council.answer(number, council.charity(f"Sitters {days}"))
        council.answer(number, council.charity(f"Others {days}"))
        council.conclude(number, word(lines={row: "No.", row + 1: "No."}), datetime(2027, 3, 1 + days, 9, tzinfo=UTC))
    due = REPLY_BY + DAY
    with reading(engine) as session:
        replies = replies_of_all(session, due - 365 * DAY)
        whole = figures_from(replies, due - 365 * DAY, due)
        ones = [of_one(session, council.council, due) for council in (first, second)]
    assert [one.counted for one in ones] == [2, 2]
    assert whole == Figures(1.0, 7.0, 4)
    assert figures_from(replies, due, due + DAY) == Figures(None, None, 0)


def test_all_figures_come_together(at):
    session = at.session
    at.publish()
    search = SavedSearch(
        account_id=at.ida.id, name="A", question={}, cadence="daily", known=b"", created_at=NOW, changed_at=NOW
    )
    session.add(search)
    session.flush()
    for number, found_at in ((at.publish().id, NOW), (at.publish().id, NOW - timedelta(days=31))):
        session.add(Alert(search_id=search.id, listing_id=number, state="sent", why=[], found_at=found_at))
    session.flush()
    found = figures(session, PROMISE, NOW)
    assert found.by_state == {(Kind.INNOVATION, State.PUBLISHED): 3}
    assert found.by_area == {}
    assert found.alerts == {"sent": 1}
    assert found.introductions == {}
    assert found.replies_recent == found.replies_year == Figures(None, None, 0)
    assert found.pace == Pace(3, 0, 1.0)
