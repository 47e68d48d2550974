"""A moderator and comments, in a browser: from a report or from the discussion itself to what everybody then sees."""

import pytest
from filling import send_from
from meeting import Meeting, meeting
from people import enrol
from seen import text_of

from exchange.database import writing
from exchange.discussing import speaking
from exchange.discussing.hiding import Measure, Ruling, rule
from exchange.discussing.speaking import Words
from exchange.models import Account
from exchange.models_discussion import Comment
from exchange.models_people import AccountEvent
from exchange.moderating import reports
from exchange.people.permissions import Role


@pytest.fixture
def town(own, exchange) -> Meeting:
    town = meeting(own, exchange)
    with writing(own.database) as session:
        town.people["mo"] = enrol(session, "Mo", Role.MODERATOR).id
        town.people["max"] = enrol(session, "Max", Role.MODERATOR).id
        town.people["colleague"] = enrol(session, "Colleague", Role.MODERATOR, organisation_id=exchange.circle).id
    return town


def do(town: Meeting, use_case, *arguments: object, by: str):
    with writing(town.site.database) as session:
        account = session.get_one(Account, town.people[by])
        return use_case(session, *arguments, account, town.site.client.app.state.site.clock()).id


def said(town: Meeting, text: str = "A rude question?", by: str = "noah") -> int:
    return do(town, speaking.speak, town.numbers.sitters, Words("question", text), by=by)


def decide(town: Meeting, number: int, by: str = "mo", **typed: str):
    path = f"/moderation/comments/{number}"
    return town.send(path, by, typed, action=path)


def state(town: Meeting, number: int) -> str:
    return next(one.state for one in town.all(Comment) if one.id == number)


def test_from_a_report_to_a_hidden_comment(town):
    number = said(town)
    do(town, speaking.reply, number, "We are not.", by="ida")
    report = do(town, reports.report_comment, number, "It insults us.", by="ida")
    queue = text_of(town.page("/moderation", "mo"))
    assert "A rude question?" in queue
    assert "Somebody reported a comment on it" in queue
    path = f"/moderation/reports/{report}"
    page = text_of(town.page(path, "mo"))
    assert "Report on a comment on Thursday Sitters" in page
    assert "A rude question?" in page
    assert "It insults us." in page
    sent = town.send(path, "mo", {"finding": "upheld"}, action=path)
    assert sent.headers["location"] == f"/moderation/comments/{number}?done=comment_report_upheld"
    page = text_of(town.page(sent.headers["location"], "mo"))
    assert "Now decide what becomes of the comment." in page
    assert "Its thread Answer Ida Irwin" in page
    sent = decide(town, number, measure="hide", reason="It insults people.")
    assert sent.headers["location"] == f"/moderation/comments/{number}?done=comment_hidden"
    assert state(town, number) == "hidden"
    page = text_of(town.page(f"/listings/{town.numbers.sitters}"))
    assert ("A rude question?" in page, "Hidden by a moderator." in page, "We are not." in page) == (False, True, True)
    assert "asked" not in page.split("What to do next")[0]


def test_a_moderator_hides_from_the_discussion_itself_and_restores(town):
    number = said(town)
    assert f'href="/moderation/comments/{number}"' in town.page(f"/listings/{town.numbers.sitters}/discussion", "mo")
    assert "/moderation/comments" not in town.page(f"/listings/{town.numbers.sitters}/discussion", "carla")
    decide(town, number, measure="hide", reason="It insults people.")
    page = town.page(f"/moderation/comments/{number}", "mo")
    assert "Its author was told: It insults people." in text_of(page)
    assert 'value="hide"' not in page
    assert decide(town, number, "max", measure="restore").status_code == 303
    assert "A rude question?" in text_of(town.page(f"/listings/{town.numbers.sitters}"))
    record = text_of(town.page("/moderation/decisions", "mo"))
    assert "Comment: hidden to shown, by Max" in record
    assert "Comment: shown to hidden, by Mo" in record
    assert f'href="/moderation/comments/{number}"' in town.page("/moderation/decisions", "mo")


def test_a_warning_reaches_the_author_and_the_account(town):
    number = said(town)
    assert (
        decide(town, number, measure="warn", reason="Mind your words.").headers["location"].endswith("=comment_warned")
    )
    assert [(one.account_id, one.what) for one in town.all(AccountEvent)] == [
        (town.people["noah"], "warned about a comment")
    ]
    assert "Mind your words." in town.letters()[-1].body
    assert "Comment: its author was warned, by Mo" in text_of(town.page("/moderation/decisions", "mo"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": "Rude."}, "measure"),
        ({"measure": "hide"}, "reason"),
        ({"measure": "warn", "reason": "x" * 2_001}, "reason"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_kept(town, typed, field):
    number = said(town)
    page = decide(town, number, **typed)
    assert (page.status_code, f'<a href="#{field}">' in page.text) == (400, True)
    assert typed.get("reason", "") in page.text
    assert state(town, number) == "shown"


def test_a_measure_that_is_not_offered_is_refused(town):
    number = said(town)
    page = town.post(f"/moderation/comments/{number}", "mo", measure="delete", reason="Rude.")
    assert (page.status_code, "choose one of the list" in text_of(page.text)) == (400, True)
    page = town.post(f"/moderation/comments/{number}", "mo", measure="restore")
    assert (page.status_code, "shown already" in text_of(page.text)) == (409, True)


def test_the_second_moderator_is_told_and_keeps_what_they_typed(town):
    number = said(town)
    page = town.page(f"/moderation/comments/{number}", "mo")
    do(town, rule, number, Ruling(Measure.HIDE, "Rude."), by="max")
    typed = {"measure": "hide", "reason": "My own words."}
    late = send_from(town.site.client, page, typed, action=f"/moderation/comments/{number}")
    assert (late.status_code, "hidden already" in text_of(late.text), "My own words." in late.text) == (409, True, True)


def test_what_was_taken_back_leaves_nothing_to_decide(town):
    number = said(town)
    report = do(town, reports.report_comment, number, "It insults us.", by="ida")
    do(town, speaking.take_back, number, by="noah")
    page = town.page(f"/moderation/comments/{number}", "mo")
    assert "Taken back by its author." in text_of(page)
    assert 'name="measure"' not in page
    assert "The comment was taken back." in text_of(town.page("/moderation", "mo"))
    path = f"/moderation/reports/{report}"
    sent = town.send(path, "mo", {"finding": "upheld"}, action=path)
    assert sent.headers["location"].endswith("?done=report_upheld_gone")


def test_nobody_decides_on_their_own(town):
    mine, theirs = said(town, by="mo"), said(town, "Another?")
    assert town.status(f"/moderation/comments/{mine}", "mo") == 403
    assert town.status(f"/moderation/comments/{theirs}", "colleague") == 403
    assert town.post(f"/moderation/comments/{mine}", "mo", measure="hide", reason="x").status_code == 403
    page = town.page(f"/listings/{town.numbers.sitters}/discussion", "mo")
    assert f"/moderation/comments/{mine}" not in page
    assert "/moderation/comments/" not in town.page(f"/listings/{town.numbers.sitters}/discussion", "colleague")
    report = do(town, reports.report_comment, theirs, "Rude.", by="mo")
    assert town.status(f"/moderation/reports/{report}", "mo") == 403
    assert "For another moderator: you reported it." in text_of(town.page("/moderation", "mo"))


def test_only_moderators_come_in(town):
    number = said(town)
    for who in ("noah", "ida", "carla"):
        assert town.status(f"/moderation/comments/{number}", who) == 403
    town.be(None)
    assert town.site.client.get(f"/moderation/comments/{number}").headers["location"].startswith("/sign-in")
