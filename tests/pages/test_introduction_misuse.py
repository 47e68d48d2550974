"""What people should not do with introductions is refused, and what they typed is kept."""

import html

import pytest
from meeting import meeting
from people import enrol
from seen import text_of

from exchange.database import writing
from exchange.models import Organisation
from exchange.models_introductions import Message
from exchange.people.permissions import Role

EVIL = '<script>alert("x")</script>'
STEPS = ("accept", "message", "decline", "agree", "close", "spam")
IN_TOUCH = "You are in touch with Aire Council over this already, so this was not sent."


@pytest.fixture
def town(own, exchange):
    return meeting(own, exchange)


@pytest.mark.parametrize("who", ["olga", "noah", "lone"])
def test_the_thread_of_others_is_not_there_to_read_or_to_act_on(town, who):
    number = town.ask()
    missing = number + 1
    assert town.status(f"/my/introductions/{number}", who) == 404
    for step in STEPS:
        answer = town.post(f"/my/introductions/{number}/{step}", who, text="Hello", ended="apart")
        other = town.post(f"/my/introductions/{missing}/{step}", who, text="Hello", ended="apart")
        assert answer.status_code == other.status_code == 404, step
        told = [text_of(one.text).replace(str(n), "N") for one, n in ((answer, number), (other, missing))]
        assert told[0] == told[1]
    assert town.introductions()[0].state == "asked"


def test_nobody_reads_without_signing_in_and_nobody_posts_without_a_token(town):
    number = town.ask()
    town.be(None)
    for path in (f"/my/introductions/{number}", "/my/introductions", "/my/shortlist"):
        assert town.site.client.get(path).headers["location"].startswith("/sign-in?next=")
    town.be("ida")
    for step in STEPS:
        answer = town.site.client.post(f"/my/introductions/{number}/{step}", data={"text": "Yes", "csrf": "no"})
        assert answer.status_code in {403, 409}
    answer = town.site.client.post(f"/listings/{town.numbers.need}/answer", data={"text": "Yes"})
    assert answer.status_code in {403, 409}
    assert [one.state for one in town.introductions()] == ["asked"]


def test_ones_own_need_cannot_be_answered(town):
    path = f"/listings/{town.numbers.need}/answer"
    assert "is your own organisation&#39;s" in town.page(path, "carla")
    answer = town.post(path, "carla", text="We answer ourselves")
    assert answer.status_code == 400
    assert "We answer ourselves" in answer.text
    assert town.introductions() == []


def test_somebody_elses_need_is_not_there_to_invite_for(town):
    path = f"/listings/{town.numbers.need}/invite?innovation={town.numbers.sitters}"
    assert town.status(path, "olga") == 404
    number = str(town.third)
    assert town.post(f"/listings/{town.numbers.need}/invite", "olga", listing=number, text="Come").status_code == 404
    asked = town.post(f"/listings/{town.numbers.sitters}/introduce", "olga", listing=str(town.numbers.need), text="Hi")
    assert asked.status_code == 404
    assert town.introductions() == []


@pytest.mark.parametrize("path", ["/listings/{need}/invite?innovation={sitters}", "/listings/{sitters}/introduce"])
def test_who_is_no_commissioner_neither_asks_nor_invites(town, path):
    address = path.format(need=town.numbers.need, sitters=town.numbers.sitters)
    for who in ("colin", "ida", "noah"):
        assert town.status(address, who) == 403
        assert town.post(address.split("?")[0], who, text="Come", listing=str(town.numbers.need)).status_code == 403


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "x", "-1", "²"])
def test_a_number_that_nobody_has_is_not_there(town, number):
    need, sitters = town.numbers.need, town.numbers.sitters
    for path in (
        f"/listings/{number}/answer",
        f"/listings/{number}/introduce",
        f"/my/introductions/{number}",
        f"/listings/{number}/shortlist",
        f"/listings/{need}/invite?innovation={number}",
        f"/listings/{need}/answer?innovation={number}",
        f"/listings/{sitters}/introduce?need={number}",
    ):
        assert town.status(path, "olga" if "answer?" in path else "carla") == 404, path
    assert town.status(f"/listings/{need}/invite", "carla") == 404
    for path in ("/listings/{}/answer", "/listings/{}/introduce", "/my/introductions/{}/message"):
        assert town.post(path.format(number), "carla", text="Hello").status_code == 404


def test_a_second_click_leads_to_what_the_first_began(town):
    path = f"/listings/{town.numbers.need}/answer"
    town.be("ida")
    first, second = (town.post(path, "ida", text="We could\r\ndo this.") for _ in range(2))
    assert town.opened(first) == town.opened(second)
    assert len(town.introductions()) == 1
    number = town.opened(first)
    for _ in range(2):
        assert town.post(f"/my/introductions/{number}/message", "carla", text="When?").status_code == 303
    assert len(town.all(Message)) == 1
    for status in (303, 400):
        assert town.post(f"/my/introductions/{number}/agree", "carla").status_code == status


def test_another_text_for_a_pair_that_is_in_touch_is_kept_and_the_way_is_shown(town):
    number = town.answer()
    answer = town.post(f"/listings/{town.numbers.need}/answer", "ida", text="Something else")
    assert answer.status_code == 409
    assert IN_TOUCH in text_of(answer.text)
    assert "Something else</textarea>" in answer.text
    assert f'href="/my/introductions/{number}">Open the introduction' in answer.text
    asked = town.post(f"/listings/{town.numbers.sitters}/introduce", "carla", text="Hi", listing=str(town.numbers.need))
    assert asked.status_code == 409


def test_what_was_typed_while_the_other_side_ended_it_is_shown_to_copy(town):
    number = town.ask()
    town.step(number, "decline", "carla")
    answer = town.post(f"/my/introductions/{number}/accept", "ida", text="Gladly, and at length.")
    assert answer.status_code == 400
    assert "This introduction has ended (declined)" in answer.text
    assert "Gladly, and at length.</textarea>" in answer.text
    assert "This was not sent. Copy it if you need it." in answer.text
    agreed = town.post(f"/my/introductions/{number}/agree", "ida")
    assert agreed.status_code == 400
    assert "This introduction has ended (declined)" in agreed.text


@pytest.mark.parametrize(("step", "field"), [("accept", "text"), ("decline", "reason")])
def test_a_text_that_is_too_long_is_kept_and_said_to_be(town, step, field):
    number = town.ask()
    answer = town.step(number, step, "ida", {field: "x" * 5_001})
    assert answer.status_code == 400
    assert "This text has 5,001 characters; cut it to 5,000 or fewer." in answer.text
    assert f'href="#{field}"' in answer.text
    assert "x" * 5_001 in answer.text
    assert town.introductions()[0].state == "asked"


def test_an_empty_form_says_what_is_missing(town):
    number = town.ask()
    assert "Write your answer" in town.step(number, "accept", "ida").text
    answer = town.send(f"/listings/{town.numbers.need}/answer", "ida")
    assert answer.status_code == 400
    assert "Write what you would like to say to them." in answer.text
    town.step(number, "accept", "ida", {"text": "Yes"})
    assert "Write your message." in town.step(number, "message", "carla", {"text": " "}).text
    town.step(number, "agree", "ida")
    town.step(number, "agree", "carla")
    assert "Choose what came of it." in town.step(number, "close", "ida").text
    answer = town.post(f"/my/introductions/{number}/close", "ida", ended="rich")
    assert answer.status_code == 400
    assert town.introductions()[0].state == "agreed"


def test_a_script_in_any_text_is_shown_as_text_and_mailed_as_it_is(town):
    text = f"{EVIL}\x00\nA second line"
    with writing(town.site.database) as session:
        session.get_one(Organisation, town.numbers.council).name = EVIL
    number = town.ask(text)
    town.step(number, "accept", "ida", {"text": text})
    town.step(number, "message", "carla", {"text": text})
    town.step(number, "decline", "carla", {"reason": text})
    for who in ("ida", "carla"):
        assert EVIL not in town.page("/my/introductions", who)
        page = town.page(f"/my/introductions/{number}", who)
        assert EVIL not in page
        assert page.count(html.escape(EVIL).replace("&quot;", "&#34;")) > 4
    letters = town.letters()
    assert len(letters) == 5
    assert all(f"  {EVIL}\n  A second line" in letter.body for letter in letters)
    assert all("\n" not in letter.subject and "\x00" not in letter.body for letter in letters)


def test_a_script_that_was_typed_into_a_form_that_is_refused_is_shown_as_text(town):
    for path in (f"/listings/{town.numbers.sitters}/introduce", f"/listings/{town.numbers.sitters}/shortlist"):
        field = "text" if path.endswith("introduce") else f"note-{town.numbers.sitters}"
        answer = town.post(path, "carla", **{field: f"</textarea>{EVIL}" + "x" * 5_001})
        assert answer.status_code == 400
        assert EVIL not in answer.text
        assert "&lt;/textarea&gt;" in answer.text


def test_moderators_and_administrators_read_no_introduction(town):
    number = town.answer()
    with writing(town.site.database) as session:
        people = {role: enrol(session, role, role).id for role in (Role.MODERATOR, Role.ADMINISTRATOR)}
    town.people |= people
    for role in people:
        assert town.status(f"/my/introductions/{number}", role) == 404
