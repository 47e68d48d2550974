"""The record of decisions: complete, newest first, found by listing."""

from datetime import timedelta

import pytest
from moderating import NOW, Scene, scene

from exchange.database import LARGEST_KEY, writing
from exchange.listing import listings
from exchange.models import State
from exchange.moderating import moderation
from exchange.moderating.moderation_record import PAGE, of_listing, record
from exchange.moderating.reason_codes import ReasonCode, Refusal
from exchange.people.sign_ins import person


@pytest.fixture
def at(engine):
    with writing(engine) as session:
        yield scene(session)


def look(at: Scene, words: str = "", number: int = 1, who=None):
    return record(at.session, words, person(at.session, who or at.max), number)


def test_an_empty_record_has_one_page_with_nothing(at):
    seen = look(at)
    assert (seen.made, seen.total, seen.last) == ((), 0, 1)


def test_a_decision_is_recorded_with_who_when_both_states_reason_and_day(at):
    first, second = at.post(), at.post(at.noah, title="Night sitters")
    moderation.refuse(at.session, first.id, at.mo, Refusal(ReasonCode.DUPLICATE, "A copy."), NOW)
    moderation.ask_changes(at.session, second.id, at.max, "Name the people.", NOW + timedelta(hours=1))
    newest, oldest = look(at).made
    assert (newest.title, newest.who, newest.new_state) == ("Night sitters", "Max", State.CHANGES_ASKED)
    assert (newest.code, str(newest.due_on)) == (None, "2027-03-31")
    assert (oldest.listing_id, oldest.who, oldest.at) == (first.id, "Mo", NOW)
    assert (oldest.old_state, oldest.new_state) == (State.SUBMITTED, State.REFUSED)
    assert (oldest.reason, oldest.code, oldest.revision_id) == ("A copy.", "Duplicate", None)


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("night", ["Night sitters"]),
        ("NIGHT sit", ["Night sitters"]),
        ("100%", ["100% bail"]),
        ("_", []),
        ("no such words", []),
        (str(LARGEST_KEY + 1), []),
        ("0", ["100% bail"]),
        ("²", []),
    ],
)
def test_the_record_is_searched_by_words_of_the_title(at, words, titles):
    at.publish(title="Night sitters")
    at.publish(title="100% bail")
    assert [one.title for one in look(at, words).made] == titles


def test_the_record_is_searched_by_the_number_of_a_listing(at):
    at.publish(title="Other")
    listing = at.publish()
    revision = at.revise(listing)
    moderation.approve_revision(at.session, revision.id, at.mo, None, NOW)
    seen = look(at, str(listing.id))
    assert [(one.listing_id, one.revision_id) for one in seen.made] == [(listing.id, revision.id), (listing.id, None)]
    assert seen.made == of_listing(at.session, listing.id, person(at.session, at.max))


def test_pages_hold_every_decision_once(at):
    for number in range(PAGE + 2):
        at.publish(title=f"Listing {number}")
    pages = [look(at, number=number) for number in (1, 2, 3)]
    assert [len(page.made) for page in pages] == [PAGE, 2, 0]
    assert {(page.total, page.last) for page in pages} == {(PAGE + 2, 2)}
    assert len({one.listing_id for page in pages for one in page.made}) == PAGE + 2


def test_who_decided_on_ones_own_listing_is_not_named(at):
    listing = at.publish()
    listings.close(at.session, listing.id, at.ida, "Full.", NOW)
    at.max.organisation_id = at.circle
    assert [one.who for one in look(at).made] == ["Somebody else", "Somebody else"]
    at.max.organisation_id = None
    assert [one.who for one in look(at).made] == ["Ida", "Mo"]
