"""The administrators' pages of mail: all of it can be read but one-time links, and what was parked is tried again."""

from datetime import UTC, datetime

import pytest
from filling import send, send_from
from people import enrol, enter
from seen import text_of
from sqlalchemy import select

from exchange import letters
from exchange.database import reading, writing
from exchange.letters import Box, Note
from exchange.models_people import Letter
from exchange.people.permissions import Role
from web.views.administration_mail import REDACTED

SCRIPT = "<script>alert('x')</script>"
MAIL = "/administration/mail"
SECRET = Note(subject="Confirm your address", body="Open the link.", path="/confirm?code=s3cr3t", secret=True)
PLAIN = Note(subject="Your listing is published", body="Good news.\n\n  quoted", path="/listings/1")


@pytest.fixture
def client(own):
    """Give a client that an administrator has signed in with."""
    with writing(own.database) as session:
        ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR).id
    enter(own.client, own.database, ada)
    return own.client


@pytest.fixture
def write(own):
    """Give what writes a letter that waits, is parked or is sent, and gives its number."""

    def one(note=PLAIN, box=Box.WAITING) -> int:
        now = datetime.now(UTC)
        with writing(own.database) as session:
            number = letters.write(session, "ann@people.example", note, now).id
            if box is Box.SENT:
                letters.sent(session, number, now)
            if box is Box.PARKED:
                letters.failed(session, number, "The mail server refused it: 550 no such user", now, final=True)
        return number

    return one


def boxes(own):
    with reading(own.database) as session:
        return [letters.box_of(letter) for letter in session.scalars(select(Letter).order_by(Letter.id))]


def test_mail_is_listed_newest_first_with_what_became_of_it(client, write):
    for box in Box:
        write(Note(subject=f"About {box}", body="x"), box)
    told = text_of(client.get(MAIL).text)
    assert "3 mails" in told
    assert told.index("About sent") < told.index("About parked") < told.index("About waiting")
    assert "To ann@people.example, written " in told
    assert "Parked after 0 tries. The mail server refused it: 550 no such user" in told


@pytest.mark.parametrize("box", Box)
def test_it_can_be_narrowed_to_one_state(client, write, box):
    for one in Box:
        write(Note(subject=f"About {one}", body="x"), one)
    page = client.get(f"{MAIL}?state={box}").text
    assert [f"About {one}" in page for one in Box] == [one is box for one in Box]
    assert f'<a class="govuk-link" href="{MAIL}?state={box}" aria-current="page">' in page


def test_where_there_is_none_that_is_said_and_a_state_that_is_none_is_refused(client):
    assert "There is no such mail." in text_of(client.get(f"{MAIL}?state=sent").text)
    answer = client.get(f"{MAIL}?state=lost")
    assert answer.status_code == 400
    assert "choose waiting, parked or sent." in text_of(answer.text)


def test_a_long_list_has_pages_that_keep_the_state(client, write, monkeypatch):
    monkeypatch.setattr("exchange.letters.PER_PAGE", 2)
    for _ in range(3):
        write()
    assert f'href="{MAIL}?state=waiting&amp;page=2"' in client.get(f"{MAIL}?state=waiting").text
    assert f'href="{MAIL}?state=waiting"' in client.get(f"{MAIL}?state=waiting&page=2").text


def test_without_a_mail_server_the_list_says_where_mail_is_shown(client):
    assert "No mail server is set, so mail is shown on the console" in text_of(client.get(MAIL).text)


def test_a_whole_mail_can_be_read_with_the_link_in_it(client, write):
    page = client.get(f"{MAIL}/{write(PLAIN, Box.SENT)}").text
    told = text_of(page)
    assert "Your listing is published" in told
    assert "Good news.\n\n  quoted" in page
    assert "https://exchange.example/listings/1" in told
    assert "Try this mail again" not in told


@pytest.mark.parametrize("box", Box)
def test_a_one_time_link_is_never_shown_sent_or_not(client, write, own, box):
    number = write(SECRET, box)
    with reading(own.database) as session:
        assert (session.get_one(Letter, number).path is None) == (box is Box.SENT)
    detail = client.get(f"{MAIL}/{number}").text
    assert REDACTED in text_of(detail)
    for page in (detail, client.get(MAIL).text, client.get(f"{MAIL}?state={box}").text):
        assert "s3cr3t" not in page
        assert "/confirm" not in page


def test_what_people_typed_is_shown_as_text(client, write, own):
    number = write(Note(subject=SCRIPT, body=SCRIPT))
    with writing(own.database) as session:
        letters.failed(session, number, SCRIPT, datetime.now(UTC), final=True)
        session.get_one(Letter, number).address = f"{SCRIPT}@people.example"
    for path in (MAIL, f"{MAIL}/{number}"):
        page = client.get(path).text
        assert SCRIPT not in page
        assert page.count("&lt;script&gt;alert(") >= 3


def test_a_parked_mail_is_tried_again_at_a_button(client, write, own):
    path = f"{MAIL}/{write(PLAIN, Box.PARKED)}"
    answer = send(client, path, action=path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=mail_again")
    assert boxes(own) == [Box.WAITING]
    assert "The mail is tried again within a few seconds." in text_of(client.get(answer.headers["location"]).text)


def test_a_second_time_it_is_said_that_it_is_not_parked(client, write, own):
    path = f"{MAIL}/{write(PLAIN, Box.PARKED)}"
    opened = client.get(path).text
    send_from(client, opened, path=path, action=path)
    answer = send_from(client, opened, path=path, action=path)
    assert answer.status_code == 400
    assert "This mail is not parked" in text_of(answer.text)
    assert boxes(own) == [Box.WAITING]


def test_all_parked_mail_is_tried_again_at_once(client, write, own):
    for box in (Box.PARKED, Box.SENT, Box.PARKED):
        write(PLAIN, box)
    opened = client.get(f"{MAIL}?state=parked").text
    for done in ("mail_again", "mail_none_parked"):
        answer = send_from(client, opened, path=MAIL, action=MAIL)
        assert answer.headers["location"] == f"{MAIL}?state=waiting&done={done}"
    assert boxes(own) == [Box.WAITING, Box.SENT, Box.WAITING]
    assert "Try all of them again" not in client.get(f"{MAIL}?state=parked").text


def test_nothing_is_tried_again_without_the_token_or_by_looking(client, write, own):
    number = write(PLAIN, Box.PARKED)
    for path in (MAIL, f"{MAIL}/{number}"):
        assert client.post(path, data={}).status_code == 403
        client.get(path)
    assert boxes(own) == [Box.PARKED]
