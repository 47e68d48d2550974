"""Reports of listings: who may make one, what becomes of it, and what the reporter hears."""

from datetime import timedelta

import pytest
from moderating import NOW, Scene, scene
from sqlalchemy import func, select

from exchange.database import LARGEST_KEY, writing
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.listing import listings
from exchange.models import State
from exchange.models_introductions import Report
from exchange.moderating import moderation, reports
from exchange.moderating.reason_codes import ReasonCode, Refusal
from exchange.moderating.reports import Finding, ReportState
from exchange.people.accounts import operator

LATER = NOW + timedelta(hours=1)
YES, NO = Finding(upheld=True), Finding(upheld=False, note="It says what it does.")


@pytest.fixture
def at(engine):
    with writing(engine) as session:
        yield scene(session)


def made(at: Scene, by=None) -> Report:
    return reports.report(at.session, at.publish().id, "It is an advertisement.", by or at.noah, NOW)


def test_a_report_is_kept_for_the_moderators(at):
    listing = at.publish()
    report = reports.report(at.session, listing.id, " It is\r\nan advertisement.\x00 ", at.noah, NOW)
    assert (report.listing_id, report.by_id, report.at) == (listing.id, at.noah.id, NOW)
    assert (report.text, report.state) == ("It is\nan advertisement.", ReportState.OPEN)
    assert (listing.state, at.letters()) == (State.PUBLISHED, {})
    assert reports.reports_of(at.session, listing.id) == [report]


@pytest.mark.parametrize(("text", "sentence"), [(" ", "Say what is wrong"), ("x" * 5_001, "has 5,001 characters")])
def test_a_report_says_something_and_not_too_much(at, text, sentence):
    with pytest.raises(InputError, match=sentence) as refused:
        reports.report(at.session, at.publish().id, text, at.noah, NOW)
    assert refused.value.field == "text"


def test_a_person_reports_a_listing_once_until_it_is_decided(at):
    report = made(at)
    assert reports.reported(at.session, report.listing_id, at.noah.id)
    with pytest.raises(StateError, match="reported this listing already"):
        reports.report(at.session, report.listing_id, "Again.", at.noah, LATER)
    assert at.session.scalar(select(func.count()).select_from(Report)) == 1
    reports.report(at.session, report.listing_id, "I think so too.", at.max, LATER)
    reports.decide_report(at.session, report.id, NO, at.mo, LATER)
    reports.report(at.session, report.listing_id, "It changed, and is wrong again.", at.noah, LATER)


@pytest.mark.parametrize("state", ["submitted", "withdrawn"])
def test_what_is_not_public_cannot_be_reported_and_looks_as_if_it_were_not_there(at, state):
    listing = at.post()
    if state == "withdrawn":
        moderation.approve(at.session, listing.id, at.mo, None, NOW)
        listings.withdraw(at.session, listing.id, at.ida, "We have stopped.", NOW)
    with pytest.raises(NotFoundError, match=f"There is no listing {listing.id}; check the number"):
        reports.report(at.session, listing.id, "Wrong.", at.noah, NOW)


@pytest.mark.parametrize("number", [0, -1, 7, LARGEST_KEY + 1, 10**30])
def test_a_number_that_names_nothing_is_not_found(at, number):
    with pytest.raises(NotFoundError, match="There is no listing"):
        reports.report(at.session, number, "Wrong.", at.noah, NOW)
    with pytest.raises(NotFoundError, match="There is no report"):
        reports.decide_report(at.session, number, YES, at.mo, NOW)


def test_a_closed_listing_can_be_reported_since_it_is_still_found(at):
    listing = at.publish()
    listings.close(at.session, listing.id, at.ida, "Full.", NOW)
    assert reports.report(at.session, listing.id, "It names a person.", at.noah, NOW).state == ReportState.OPEN


def test_nobody_reports_their_own_listing(at):
    listing = at.publish()
    for by in (at.ida, at.ivo):
        with pytest.raises(StateError, match="your own listing, or your organisation's"):
            reports.report(at.session, listing.id, "Wrong.", by, NOW)


def test_an_upheld_report_is_recorded_and_the_listing_decided_on_by_itself(at):
    report = made(at)
    reports.decide_report(at.session, report.id, Finding(upheld=True, note=" It will go. "), at.mo, LATER)
    assert (report.state, report.decided_at, report.decided_by_id) == (ReportState.UPHELD, LATER, at.mo.id)
    assert report.note == "It will go."
    listing = listings.get_listing(at.session, report.listing_id)
    assert listing.state == State.PUBLISHED
    moderation.withdraw(at.session, listing.id, at.mo, Refusal(ReasonCode.ADVERTISING), LATER)
    assert listing.state == State.WITHDRAWN


def test_a_dismissal_needs_words(at):
    report = made(at)
    with pytest.raises(InputError, match="Tell the reporter why") as refused:
        reports.decide_report(at.session, report.id, Finding(upheld=False, note=" "), at.mo, LATER)
    assert (refused.value.field, report.state) == ("note", ReportState.OPEN)
    with pytest.raises(InputError, match="has 2,001 characters"):
        reports.decide_report(at.session, report.id, Finding(upheld=False, note="x" * 2_001), at.mo, LATER)
    reports.decide_report(at.session, report.id, NO, at.mo, LATER)
    assert report.state == ReportState.DISMISSED


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [(YES, "agrees with it. The listing will be dealt with."), (NO, "stays as it is")],
)
def test_the_reporter_hears_what_was_decided_and_not_by_whom(at, finding, sentence):
    reports.decide_report(at.session, made(at).id, finding, at.mo, LATER)
    letters = at.letters()
    assert set(letters) == {"Noah"}
    letter = letters["Noah"]
    assert (letter.subject, letter.path) == ("Your report was decided", None)
    assert sentence in letter.body
    assert ("\n\n  It says what it does." in letter.body) is (finding is NO)
    assert "Mo" not in letter.body.split()


def test_the_owners_do_not_learn_that_somebody_reported_their_listing(at):
    reports.decide_report(at.session, made(at).id, YES, at.mo, LATER)
    assert not {"Ida", "Ivo"} & set(at.letters())


def test_a_report_is_decided_once(at):
    report = made(at)
    reports.decide_report(at.session, report.id, YES, at.mo, LATER)
    with pytest.raises(StateError, match="has been decided: it was upheld"):
        reports.decide_report(at.session, report.id, NO, at.max, LATER)
    assert len(at.letters()) == 1


def test_only_a_moderator_of_another_organisation_who_did_not_report_it_decides(at):
    report = made(at, at.max)
    with pytest.raises(ForbiddenError, match="Only a moderator"):
        reports.decide_report(at.session, report.id, YES, at.noah, LATER)
    with pytest.raises(ForbiddenError, match="You reported this listing yourself"):
        reports.decide_report(at.session, report.id, YES, at.max, LATER)
    at.mo.organisation_id = at.circle
    with pytest.raises(ForbiddenError, match="your organisation's"):
        reports.decide_report(at.session, report.id, YES, at.mo, LATER)
    reports.decide_report(at.session, report.id, YES, operator(at.session, "Operator"), LATER)


def test_a_report_of_a_listing_that_has_gone_can_still_be_decided(at):
    report = made(at)
    listings.withdraw(at.session, report.listing_id, at.ida, "We have stopped.", NOW)
    assert reports.decide_report(at.session, report.id, YES, at.mo, LATER).state == ReportState.UPHELD
