"""Reporting a listing in a browser, and what a moderator makes of the report."""

from datetime import UTC, datetime

import pytest
from filling import send, send_from
from moderators_desk import Desk, desk_over
from seen import text_of, title_of

from exchange.database import reading, writing
from exchange.listing import listings
from exchange.models import Account
from exchange.models_introductions import Report
from exchange.moderating import reports
from exchange.moderating.reports import Finding

EVIL = '<script>alert("x")</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
def desk(own, exchange) -> Desk:
    made = desk_over(own, exchange)
    made.enter("noah")
    return made


def tell(desk: Desk, number: int, text: str):
    return send(desk.site.client, f"/listings/{number}/report", {"text": text}, action=f"/listings/{number}/report")


def decide(desk: Desk, number: int, typed: dict):
    return send(desk.site.client, f"/moderation/reports/{number}", typed, action=f"/moderation/reports/{number}")


def state(desk: Desk, number: int) -> str:
    with reading(desk.site.database) as session:
        return session.get_one(Report, number).state


def test_a_report_is_sent_and_thanked_for(desk):
    number = desk.publish()
    answer = tell(desk, number, "It names a person.")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/listings/{number}?done=reported"
    assert "Thank you. A moderator reads your report" in text_of(desk.site.get(answer.headers["location"]))
    with reading(desk.site.database) as session:
        (report,) = reports.reports_of(session, number)
    assert (report.by_id, report.text) == (desk.people["noah"], "It names a person.")


@pytest.mark.parametrize(("text", "sentence"), [("  ", "Say what is wrong"), ("x" * 5_001, "has 5,001 characters")])
def test_a_report_that_says_nothing_or_too_much_is_refused_with_what_was_typed(desk, text, sentence):
    answer = tell(desk, desk.publish(), text)
    assert answer.status_code == 400
    assert title_of(answer.text).startswith("Error: What is wrong")
    assert sentence in text_of(answer.text)
    assert '<a href="#text">' in answer.text
    assert text.strip() in answer.text


def test_a_report_that_is_sent_twice_is_kept_once(desk):
    number = desk.publish()
    page = desk.site.get(f"/listings/{number}/report")
    for status in (303, 409):
        answer = send_from(desk.site.client, page, {"text": "It names a person."}, action=f"/listings/{number}/report")
        assert answer.status_code == status
    assert "You have reported this listing already" in text_of(answer.text)
    assert "What you typed It names a person." in text_of(answer.text)
    assert "You have reported this listing already" in text_of(desk.site.get(f"/listings/{number}/report"))


def test_who_may_not_report_is_told_why(desk):
    number = desk.publish()
    address = f"/listings/{number}/report"
    desk.enter("una")
    answer = desk.get(address)
    assert (answer.status_code, "Confirm your email address first" in text_of(answer.text)) == (403, True)
    desk.enter("ida")
    assert "This is your own listing" in text_of(desk.site.get(address))
    assert 'name="text"' not in desk.site.get(address)
    desk.site.client.cookies.clear()
    assert desk.get(address).headers["location"] == f"/sign-in?next=%2Flistings%2F{number}%2Freport"


@pytest.mark.parametrize("number", ["0", "99999", "x", "2147483648"])
def test_what_is_not_there_cannot_be_reported(desk, number):
    assert desk.get(f"/listings/{number}/report").status_code == 404


def test_what_is_not_public_looks_as_if_it_were_not_there(desk):
    for number in (desk.post(), desk.numbers.withdrawn):
        assert desk.get(f"/listings/{number}/report").status_code == 404


def test_a_listing_that_went_while_the_report_was_written_is_a_404(desk):
    number = desk.publish()
    page = desk.site.get(f"/listings/{number}/report")
    with writing(desk.site.database) as session:
        by = session.get_one(Account, desk.people["ida"])
        listings.withdraw(session, number, by, "We have stopped.", datetime.now(UTC))
    answer = send_from(desk.site.client, page, {"text": "Wrong."}, action=f"/listings/{number}/report")
    assert answer.status_code == 404


def test_a_moderator_reads_a_report_beside_others_and_the_decisions(desk):
    number = desk.publish()
    first, second = desk.report(number), desk.report(number, "I think so too.", "carla")
    desk.enter("mo")
    page = text_of(desk.site.get(f"/moderation/reports/{second}"))
    assert "What Carla wrote on" in page
    assert "I think so too." in page
    assert f"Report {first} by Noah" in page
    assert "Listing: submitted to published , by Max" in page
    assert "Reports (2)" in text_of(desk.site.get(f"/moderation/listings/{number}"))


def test_an_upheld_report_leads_to_the_listing_to_be_decided_on(desk):
    number = desk.publish()
    report = desk.report(number)
    desk.enter("mo")
    answer = decide(desk, report, {"finding": "upheld"})
    assert answer.headers["location"] == f"/moderation/listings/{number}?done=report_upheld"
    page = text_of(desk.site.get(answer.headers["location"]))
    assert "Now decide what becomes of the listing." in page
    assert "Withdraw it" in page
    assert state(desk, report) == "upheld"
    assert desk.letters("noah")[0].subject == "Your report was decided"


def test_an_upheld_report_of_a_listing_that_has_gone_leads_on(desk):
    number = desk.publish()
    report = desk.report(number)
    with writing(desk.site.database) as session:
        by = session.get_one(Account, desk.people["ida"])
        listings.withdraw(session, number, by, "We have stopped.", datetime.now(UTC))
    desk.enter("mo")
    answer = decide(desk, report, {"finding": "upheld"})
    assert answer.headers["location"].endswith("?done=report_upheld_gone")


def test_a_dismissal_tells_the_reporter_why_and_leads_on(desk):
    report = desk.report(desk.publish())
    desk.enter("mo")
    refused = decide(desk, report, {"finding": "dismissed"})
    assert (refused.status_code, '<a href="#note">' in refused.text) == (400, True)
    answer = decide(desk, report, {"finding": "dismissed", "note": "It says what it does."})
    assert answer.headers["location"].endswith("?done=report_dismissed")
    assert state(desk, report) == "dismissed"
    assert "It says what it does." in desk.letters("noah")[0].body
    page = desk.site.get(f"/moderation/reports/{report}")
    assert "This report is decided: it was dismissed." in text_of(page)
    assert 'name="finding"' not in page


def test_a_finding_must_be_chosen(desk):
    report = desk.report(desk.publish())
    desk.enter("mo")
    answer = decide(desk, report, {"note": "Hm."})
    assert (answer.status_code, "Choose what you found." in text_of(answer.text)) == (400, True)
    assert "Hm." in answer.text
    assert state(desk, report) == "open"


def test_the_second_moderator_is_told_and_keeps_what_they_typed(desk):
    report = desk.report(desk.publish())
    desk.enter("mo")
    page = desk.site.get(f"/moderation/reports/{report}")
    with writing(desk.site.database) as session:
        by = session.get_one(Account, desk.people["max"])
        reports.decide_report(session, report, Finding(upheld=True), by, datetime.now(UTC))
    typed = {"finding": "dismissed", "note": "My words."}
    answer = send_from(desk.site.client, page, typed, action=f"/moderation/reports/{report}")
    assert answer.status_code == 409
    assert "This report has been decided: it was upheld." in text_of(answer.text)
    assert "What you typed My words." in text_of(answer.text)
    assert len(desk.letters("noah")) == 1


def test_nobody_decides_on_their_own_report(desk):
    report = desk.report(desk.publish(), by="mo")
    desk.enter("mo")
    answer = desk.get(f"/moderation/reports/{report}")
    assert (answer.status_code, "You reported this listing yourself" in text_of(answer.text)) == (403, True)
    assert "For another moderator: you reported it." in text_of(desk.site.get("/moderation"))


def test_a_script_in_a_report_stays_text(desk):
    report = desk.report(desk.publish(title=EVIL), EVIL)
    desk.enter("mo")
    assert decide(desk, report, {"finding": "dismissed", "note": EVIL}).status_code == 303
    for path in (f"/moderation/reports/{report}", "/moderation"):
        page = desk.site.get(path)
        assert "<script>alert" not in page
        assert "<img" not in page
    assert EVIL in desk.letters("noah")[0].body
    assert desk.letters("noah")[0].subject == "Your report was decided"
