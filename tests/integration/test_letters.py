"""Letters: written with their cause, claimed by one sender at a time, put off, parked, and their secrets forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from people import enrol

from exchange import letters
from exchange.database import writing
from exchange.errors import InputError, NotFoundError, StateError
from exchange.letters import Box, Note
from exchange.models_people import Letter

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
SECRET = Note(subject="Confirm", body="Open the link.", path="/confirm?code=abc", secret=True)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


def write(session, number=1, note=SECRET, at=NOW):
    return [letters.write(session, f"p{n}@people.example", note, at) for n in range(number)]


def ids(found):
    return [letter.id for letter in found]


# --- claiming ---------------------------------------------------------------------------------------------------------


def test_a_new_letter_is_due_at_once_and_a_later_one_is_not(session):
    assert letters.due(session, NOW) is False
    write(session, at=NOW + MINUTE)
    assert letters.due(session, NOW) is False
    assert letters.due(session, NOW + MINUTE) is True


def test_claimed_letters_come_oldest_first_and_return_when_the_lease_ends(session):
    write(session, 3)
    first = letters.claim(session, 2, NOW, LEASE)
    assert ids(first) == [1, 2]
    assert [(letter.attempts, letter.due_at) for letter in first] == [(1, NOW + LEASE)] * 2
    assert ids(letters.claim(session, 2, NOW, LEASE)) == [3]
    assert letters.claim(session, 9, NOW + LEASE - timedelta(seconds=1), LEASE) == []
    assert letters.due(session, NOW + LEASE - timedelta(seconds=1)) is False
    again = letters.claim(session, 9, NOW + LEASE, LEASE)
    assert [(letter.id, letter.attempts) for letter in again] == [(1, 2), (2, 2), (3, 2)]


def test_what_is_claimed_can_be_read_after_the_transaction(engine):
    with writing(engine) as session:
        write(session)
    with writing(engine) as session:
        claimed = letters.claim(session, 5, NOW, LEASE)
    assert [(letter.address, letter.path) for letter in claimed] == [("p0@people.example", "/confirm?code=abc")]


def test_sent_and_parked_letters_are_not_claimed(session):
    write(session, 2)
    letters.claim(session, 2, NOW, LEASE)
    letters.sent(session, 1, NOW)
    letters.failed(session, 2, "refused", NOW, final=True)
    later = NOW + timedelta(days=9)
    assert letters.due(session, later) is False
    assert letters.claim(session, 9, later, LEASE) == []


def test_a_letter_that_is_begun_again_and_again_is_parked_in_the_end(session):
    write(session)
    now = NOW
    for _ in range(letters.MOST_ATTEMPTS):
        assert ids(letters.claim(session, 1, now, LEASE)) == [1]
        now += LEASE
    assert letters.claim(session, 1, now, LEASE) == []
    parked = letters.letter(session, 1)
    assert (letters.box_of(parked), parked.last_error) == (Box.PARKED, letters.NEVER_FINISHED)


def test_a_letter_to_an_account_that_was_closed_meanwhile_is_thrown_away_and_others_are_not(session):
    gone, here = enrol(session, "Gone Away"), enrol(session, "Still Here")
    for account in (gone, here):
        letters.write_to(session, account, SECRET, NOW)
    write(session)
    gone.closed_at = NOW
    session.flush()
    assert letters.write_to(session, gone, SECRET, NOW) is None
    assert ids(letters.claim(session, 9, NOW, LEASE)) == [2, 3]
    with pytest.raises(NotFoundError):
        letters.letter(session, 1)


# --- what became of it ------------------------------------------------------------------------------------------------


def test_a_secret_link_is_forgotten_once_it_is_sent_and_another_link_stays(session):
    write(session)
    write(session, note=Note(subject="Published", body="It is.", path="/listings/1"))
    letters.claim(session, 2, NOW, LEASE)
    for number in (1, 2):
        letters.sent(session, number, NOW + MINUTE)
    secret, plain = (letters.letter(session, number) for number in (1, 2))
    assert (secret.path, secret.sent_at, plain.path) == (None, NOW + MINUTE, "/listings/1")
    assert letters.box_of(secret) is Box.SENT


def test_a_failure_puts_a_letter_off_twice_as_long_each_time_and_then_parks_it(session):
    write(session)
    now, waits = NOW, []
    for _ in range(letters.MOST_ATTEMPTS):
        (claimed,) = letters.claim(session, 1, now, LEASE)
        letters.failed(session, 1, "450 try later", now)
        waits.append((claimed.due_at - now) // MINUTE)
        now = claimed.due_at
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256]
    assert (letters.box_of(claimed), claimed.last_error) == (Box.PARKED, "450 try later")


def test_a_final_refusal_parks_a_letter_at_once_and_its_reason_is_one_short_line(session):
    write(session)
    (claimed,) = letters.claim(session, 1, NOW, LEASE)
    letters.failed(session, 1, "550 no\r\nsuch\x00 user \x1b[31m" + "x" * 900, NOW, final=True)
    assert letters.box_of(claimed) is Box.PARKED
    assert claimed.last_error.startswith("550 no such user [31mxxx")
    assert len(claimed.last_error) == letters.LONGEST_ERROR


def test_what_is_put_back_comes_again_soon_and_the_attempt_is_not_counted(session):
    write(session, 2)
    claimed = letters.claim(session, 2, NOW, LEASE)
    letters.put_back(session, ids(claimed), "no answer", NOW)
    told = [(letter.attempts, letter.due_at - NOW, letter.last_error) for letter in claimed]
    assert told == [(0, letters.SERVER_DELAY, "no answer")] * 2
    assert ids(letters.claim(session, 9, NOW + letters.SERVER_DELAY, LEASE)) == [1, 2]


def test_a_late_sender_does_not_take_back_what_another_one_sent(session):
    (late,) = write(session)
    letters.claim(session, 1, NOW, LEASE)
    letters.claim(session, 1, NOW + LEASE, LEASE)
    letters.sent(session, 1, NOW + LEASE)
    letters.failed(session, 1, "too slow", NOW + LEASE, final=True)
    letters.put_back(session, [1], "too slow", NOW + LEASE)
    assert (letters.box_of(late), late.last_error, late.attempts) == (Box.SENT, None, 2)


def test_of_a_letter_that_is_gone_nothing_is_noted(session):
    letters.sent(session, 7, NOW)
    letters.failed(session, 7, "x", NOW)
    letters.put_back(session, [7], "x", NOW)
    assert letters.pending(session) == (0, 0)


# --- for administrators -----------------------------------------------------------------------------------------------


@pytest.fixture
def three(session) -> None:
    """Write one letter of each state: 1 waits, 2 is parked, 3 is sent."""
    write(session, 3)
    letters.failed(session, 2, "550", NOW, final=True)
    letters.sent(session, 3, NOW)


@pytest.mark.usefixtures("three")
def test_letters_are_counted_and_listed_by_where_they_lie(session):
    assert letters.pending(session) == (1, 1)
    found = {box: ids(letters.letter_page(session, box, 1).letters) for box in (None, *Box)}
    assert found == {None: [3, 2, 1], Box.WAITING: [1], Box.PARKED: [2], Box.SENT: [3]}


def test_a_long_list_comes_page_by_page_newest_first(session, monkeypatch):
    monkeypatch.setattr(letters, "PER_PAGE", 2)
    assert letters.letter_page(session, None, 3) == letters.LetterPage((), 0, 1)
    write(session, 5)
    pages = [letters.letter_page(session, None, number) for number in (1, 2, 3, 4, 10**9)]
    assert [ids(page.letters) for page in pages] == [[5, 4], [3, 2], [1], [1], [1]]
    assert {(page.total, page.last) for page in pages} == {(5, 3)}
    assert pages[-1].number == 3


@pytest.mark.usefixtures("three")
def test_a_parked_letter_is_tried_again_with_its_attempts_forgotten(session):
    letters.retry(session, 2, NOW + MINUTE)
    assert 2 in ids(letters.claim(session, 9, NOW + MINUTE, LEASE))
    again = session.get(Letter, 2, populate_existing=True)
    assert (again.attempts, again.path) == (1, "/confirm?code=abc")


@pytest.mark.usefixtures("three")
def test_only_a_parked_letter_can_be_tried_again(session):
    for number in (1, 3):
        with pytest.raises(StateError, match="not parked"):
            letters.retry(session, number, NOW)
    for number in (4, 2**40):
        with pytest.raises(NotFoundError, match="no mail of this number"):
            letters.retry(session, number, NOW)


@pytest.mark.usefixtures("three")
def test_all_parked_letters_are_tried_again_at_once(session):
    assert letters.retry_parked(session, NOW) == 1
    assert letters.retry_parked(session, NOW) == 0
    assert letters.pending(session) == (2, 0)


# --- addresses and subjects -------------------------------------------------------------------------------------------


def test_a_subject_and_an_address_are_one_line_whatever_was_typed(session):
    note = Note(subject="A\r\nBcc: x@y.example\x00\u2028\x85\u202eB" + "x" * 900, body="a\x00b\r\nc")
    letter = letters.write(session, "a@b.example\r\nBcc: x@y.example", note, NOW)
    assert letter.subject.startswith("A Bcc: x@y.example Bxxx")
    assert len(letter.subject) == letters.LONGEST_SUBJECT
    assert (letter.address, letter.body) == ("a@b.example Bcc: x@y.example", "ab\r\nc")


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ann@site.example", "ann@site.example"),
        ("o'brien+x@münchen.example", "o'brien+x@xn--mnchen-3ya.example"),
    ],
)
def test_an_address_is_written_as_mail_servers_take_it(address, written):
    assert letters.wire_address(address) == written


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "@b",
        "zoë@site.example",
        "a b@c",
        "a@b c",
        "a@b\r\nX: y",
        "<a@b>",
        '"a b"@c',
        "a,b@c",
        "a@.b",
        "a@b..c",
    ],
)
def test_an_address_that_no_mail_server_takes_is_refused(address):
    with pytest.raises(InputError, match="cannot be sent to this address") as raised:
        letters.wire_address(address)
    assert raised.value.field == "email"
