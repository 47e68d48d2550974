"""Misuse of a discussion: scripts, forged and foreign forms, people without the right, numbers that name nothing."""

import pytest
from meeting import Meeting, meeting
from people import enrol
from seen import text_of

from exchange.database import writing
from exchange.discussing import speaking
from exchange.discussing.hiding import Measure, Ruling, rule
from exchange.discussing.speaking import Words
from exchange.models import Account
from exchange.models_discussion import Comment
from exchange.models_introductions import Report
from exchange.people.permissions import Role
from web.guard import FOREIGN

EVIL = '<script>alert("x")</script>"><img src=x onerror=alert(1)>'
LINKS = (
    'javascript:alert(1) https://a.example/"onmouseover=alert(1) <a href="//x">x</a> https://good.example/a?b=1&c=2 '
    "https://bank.example@evil.example/ https://a.example/\u202egpj.exe http://b.example/<script>alert(1)</script>"
)


@pytest.fixture
def town(own, exchange) -> Meeting:
    town = meeting(own, exchange)
    with writing(own.database) as session:
        town.people["mo"] = enrol(session, "Mo", Role.MODERATOR).id
        town.people["evil"] = enrol(session, EVIL, organisation_id=None).id
    return town


def said(town: Meeting, text: str = "How many?", by: str = "noah", kind: str = "question") -> int:
    with writing(town.site.database) as session:
        account, clock = session.get_one(Account, town.people[by]), town.site.client.app.state.site.clock
        return speaking.speak(session, town.numbers.sitters, Words(kind, text), account, clock()).id


def paths(town: Meeting, number: int) -> dict[str, str]:
    base = f"/listings/{town.numbers.sitters}/discussion"
    return {
        "speak": base,
        "reply": f"{base}/{number}/reply",
        "report": f"{base}/{number}/report",
        "take-back": f"{base}/{number}/take-back",
        "moderate": f"/moderation/comments/{number}",
    }


def check(page: str) -> None:
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "onmouseover" not in page.replace("&#34;onmouseover", "")


def test_a_script_in_every_field_and_in_the_authors_name_stays_text(town):
    number = said(town, EVIL, by="evil")
    where = paths(town, number)
    with writing(town.site.database) as session:
        clock = town.site.client.app.state.site.clock
        speaking.reply(session, number, EVIL, session.get_one(Account, town.people["ida"]), clock())
    town.send(where["report"], "carla", {"text": EVIL}, action=where["report"])
    pages = [town.page(f"/listings/{town.numbers.sitters}"), town.page(where["speak"], "noah")]
    pages += [town.page(where[name], "noah") for name in ("reply", "report")]
    pages += [town.page(where["take-back"], "evil"), town.page(where["moderate"], "mo"), town.page("/moderation", "mo")]
    pages.append(town.page("/moderation/reports/1", "mo"))
    for page in pages:
        check(page)
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize("field", ["kind", "about", "text"])
def test_a_script_posted_into_any_field_comes_back_as_text(town, field):
    typed = {"kind": "question", "about": "", "text": "How many?"} | {field: EVIL}
    answer = town.post(paths(town, 0)["speak"], "noah", **typed)
    if field == "text":
        answer = town.site.client.get(answer.headers["location"])
    assert answer.status_code == (200 if field == "text" else 400)
    check(answer.text)


def test_only_plain_addresses_of_the_web_become_links(town):
    said(town, LINKS)
    page = town.page(paths(town, 0)["speak"])
    check(page)
    assert (
        '<a class="govuk-link" href="https://good.example/a?b=1&amp;c=2" rel="nofollow ugc noopener">'
        "https://good.example/a?b=1&amp;c=2</a>" in page
    )
    for part in ("evil.example", "gpj.exe", "//x"):
        assert not any(part in tag for tag in page.split("<a ")[1:] if "ugc" in tag.split(">")[0] and part in tag[:80])


@pytest.mark.parametrize("name", ["speak", "reply", "report", "take-back", "moderate"])
def test_a_form_without_the_sites_token_does_nothing(town, name):
    where = paths(town, said(town))[name]
    town.be("mo" if name == "moderate" else "noah")
    answer = town.site.client.post(where, data={"text": "x", "kind": "question", "measure": "hide", "reason": "x"})
    assert answer.status_code == 403
    assert FOREIGN in text_of(answer.text)
    assert [one.state for one in town.all(Comment)] == ["shown"]


@pytest.mark.parametrize("name", ["speak", "reply", "report", "take-back"])
def test_nobody_writes_who_is_not_signed_in_or_not_confirmed(town, name):
    where = paths(town, said(town))[name]
    town.be(None)
    if name != "speak":
        assert town.site.client.get(where).headers["location"].startswith("/sign-in?next=")
    assert town.site.client.post(where, data={"text": "x"}).status_code == 403
    answer = town.post(where, "una", text="x", kind="question")
    assert (answer.status_code, "Confirm your email address first" in text_of(answer.text)) == (403, True)
    assert len(town.all(Comment)) == 1


def test_a_form_that_was_sent_after_signing_out_comes_back_with_what_was_typed(town):
    where = paths(town, 0)["speak"]
    page = town.page(where, "noah")
    town.be(None)
    headers = {"sec-fetch-site": "same-origin"}
    answer = town.site.client.post(where, data={"text": "My question", "kind": "question"}, headers=headers)
    assert "My question" in answer.text
    assert "Sign in" in text_of(answer.text)
    assert page


@pytest.mark.parametrize("kind", ["answer", "reply", "comments", ""])
def test_a_made_up_kind_is_refused_or_a_comment(town, kind):
    answer = town.post(paths(town, 0)["speak"], "noah", text="I answer for them.", kind=kind)
    assert answer.status_code == (303 if kind == "" else 400)
    assert [one.kind for one in town.all(Comment)] == (["comment"] if kind == "" else [])


@pytest.mark.parametrize("number", ["0", "99999", "x", "2147483648", "9" * 30, "-1", "%00"])
def test_numbers_that_name_nothing_are_404(town, number):
    base = f"/listings/{town.numbers.sitters}/discussion/{number}"
    for path in (base, f"{base}/reply", f"{base}/report", f"{base}/take-back", f"/listings/{number}/discussion"):
        assert town.status(path, "noah") == 404
    assert town.status(f"/moderation/comments/{number}", "mo") == 404
    for step in ("reply", "report", "take-back"):
        assert town.post(f"{base}/{step}", "noah", text="x").status_code == 404
    assert town.post(f"/listings/{number}/discussion", "noah", text="x", kind="comment").status_code == 404


@pytest.mark.parametrize("state", ["withdrawn", "waiting"])
def test_below_what_is_not_public_nothing_is_read_or_written(town, state):
    number = getattr(town.numbers, state)
    path = f"/listings/{number}/discussion"
    assert town.status(path) == 404
    assert town.post(path, "noah", text="x", kind="comment").status_code == 404


def test_a_reply_to_a_reply_is_refused(town):
    number = said(town)
    with writing(town.site.database) as session:
        by, clock = session.get_one(Account, town.people["ida"]), town.site.client.app.state.site.clock
        answer = speaking.reply(session, number, "Forty.", by, clock()).id
    where = paths(town, answer)["reply"]
    assert where not in town.page(f"/listings/{town.numbers.sitters}", "noah")
    refused = town.post(where, "noah", text="And?")
    assert (refused.status_code, "A reply has no replies" in text_of(refused.text)) == (409, True)
    assert "And?" in refused.text
    assert town.status(where, "noah") == 400


def test_what_is_anothers_cannot_be_taken_back(town):
    number = said(town)
    assert town.post(paths(town, number)["take-back"], "ida").status_code == 404
    assert town.all(Comment)[0].text == "How many?"


def test_a_report_is_kept_once_and_never_of_ones_own(town):
    number = said(town)
    where = paths(town, number)["report"]
    assert "take it back instead" in text_of(town.page(where, "noah"))
    assert town.send(where, "carla", {"text": " "}, action=where).status_code == 400
    sent = town.send(where, "carla", {"text": "Rude."}, action=where)
    assert sent.headers["location"] == f"/listings/{town.numbers.sitters}/discussion?done=reported"
    assert "reported this comment already" in text_of(town.page(where, "carla"))
    assert town.post(where, "carla", text="Again.").status_code == 409
    assert [(one.comment_id, one.text) for one in town.all(Report)] == [(number, "Rude.")]


def test_what_a_moderator_hid_can_be_reported_replied_to_and_taken_back_by_nobody(town):
    number = said(town)
    with writing(town.site.database) as session:
        mo, clock = session.get_one(Account, town.people["mo"]), town.site.client.app.state.site.clock
        rule(session, number, Ruling(Measure.HIDE, "Rude."), mo, clock())
    for name in ("reply", "report", "take-back"):
        where = paths(town, number)[name]
        assert town.status(where, "noah") == 404
        assert town.post(where, "noah", text="x").status_code == 404
