"""The audit trail's page and file: what happened in words, found by its filters, safe in any spreadsheet."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from filling import send
from people import enrol, enter, found
from seen import text_of, title_of
from sqlalchemy import insert, select

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.listing import listings
from exchange.listing.listings import NewListing
from exchange.models import Account, Listing
from exchange.models_running import AuditEntry
from exchange.moderating import moderation
from exchange.people import roles
from exchange.people.permissions import Role
from exchange.running.audit_subjects import Subject
from exchange.running.audit_trail import PAGE
from web.running.audit_words import SUBJECTS
from web.running.csv_files import safe
from web.views import administration_audit

AUDIT, FILE = "/administration/audit", "/administration/audit.csv"
SCRIPT = "<script>alert('x')</script>"
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


class People:
    def __init__(self, site) -> None:
        self.site = site
        with writing(site.database) as session:
            circle = found(session, "Carers' Circle")
            self.ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR).id
            self.mo = enrol(session, "Mo Moderator", Role.MODERATOR).id
            self.ida = enrol(session, f"Ida {SCRIPT}", organisation_id=circle).id
        with writing(site.database) as session:
            new = NewListing(kind=Kind.INNOVATION, content=Content(title=f"Lunch {SCRIPT}", summary="Meals."))
            self.listing = listings.post(session, new, session.get_one(Account, self.ida), NOW).id
            moderation.approve(session, self.listing, session.get_one(Account, self.mo), None, NOW + timedelta(days=1))

    def grant(self, number, role, now=NOW):
        with writing(self.site.database) as session:
            roles.grant(session, number, role, session.get_one(Account, self.ada), now)

    def add(self, number):
        """Put so many lines onto the trail at once, as an import leaves them."""
        row = {"at": NOW, "subject": "listing", "subject_id": self.listing, "listing_id": self.listing}
        row |= {"what": "state", "old": "submitted", "new": "published"}
        with self.site.database.execution_options(writes=True).begin() as connection:
            connection.execute(insert(AuditEntry), [row] * number)


@pytest.fixture
def people(own):
    people = People(own)
    enter(own.client, own.database, people.ada)
    return people


@pytest.fixture
def client(own):
    return own.client


def rows(page):
    return re.findall(r"<strong>([^<]+)</strong>", page)


def told(client, query):
    answer = client.get(f"{AUDIT}?{query}")
    assert answer.status_code == 200, text_of(answer.text)
    return rows(answer.text)


def test_the_newest_comes_first_in_plain_words_with_links(people, client):
    page = client.get(AUDIT).text
    assert rows(page)[:2] == [
        f"Listing {people.listing} went from submitted to published.",
        f"Listing {people.listing} was made: submitted.",
    ]
    seen = text_of(page)
    assert "2 March 2027, 09:00, by Mo Moderator" in seen
    assert f'href="/administration/accounts/{people.mo}"' in page
    assert f'href="/listings/{people.listing}"' in page
    assert f'href="{AUDIT}?listing={people.listing}"' in page
    assert SCRIPT not in page
    assert title_of(page) == "Audit trail - Innovation Exchange"


def test_what_nobody_did_says_so_and_a_listing_that_is_not_public_has_no_link(people, client):
    with writing(people.site.database) as session:
        session.add(Account(name="Loader"))
        listing = session.get_one(Listing, people.listing)
        listings.withdraw(session, listing.id, session.get_one(Account, people.ida), "moved", NOW)
    page = client.get(AUDIT).text
    assert "by the exchange itself" in text_of(page)
    assert f'href="/listings/{people.listing}"' not in page


DAYS = "from-day={0}&from-month=3&from-year=2027&to-day={0}&to-month=3&to-year=2027"
MADE, PUBLISHED = "Listing {n} was made: submitted.", "Listing {n} went from submitted to published."
GIVEN, ENROLLED = "Role moderator given.", "Account {noah} was made: confirmed."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("listing={n}", [PUBLISHED, MADE]),
        ("listing=%23{n}&state=submitted", [MADE]),
        ("listing={n}&subject=revision", []),
        ("listing=99999999999999999999", []),
        ("account=mo.moderator@PEOPLE.example&state=published", [PUBLISHED]),
        ("account=MODERATOR&subject=listing", [PUBLISHED]),
        ("account={noah}", [GIVEN, ENROLLED]),
        ("account={noah}&subject=role", [GIVEN]),
        (f"listing={{n}}&{DAYS.format(1)}", [MADE]),
        (f"listing={{n}}&{DAYS.format(2)}", [PUBLISHED]),
        (f"account={{noah}}&{DAYS.format(3)}", [GIVEN]),
    ],
)
def test_each_filter_finds_what_it_names(people, client, query, expected):
    with writing(people.site.database) as session:
        noah = enrol(session, "Noah").id
    people.grant(noah, Role.MODERATOR, NOW + timedelta(days=2))
    names = {"n": people.listing, "noah": noah}
    assert told(client, query.format(**names)) == [line.format(**names) for line in expected]


def test_what_was_typed_stands_in_the_form_and_nothing_found_is_said(people, client):
    page = client.get(f"{AUDIT}?state=refused&listing={people.listing}").text
    assert "There is no such entry." in text_of(page)
    assert '<option value="refused" selected>' in page
    assert f'value="{people.listing}"' in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("subject=god", "What is it about: choose one of the list."),
        ("state=<b>", "Nothing here is ever “<b>”: choose one of the list."),
        ("listing=twelve", "Enter the listing's number"),
        ("listing=-1", "Enter the listing's number"),
        ("account=Nobody+Known", "There is no account “Nobody Known”."),
        ("account=nobody@people.example", "There is no account “nobody@people.example”."),
        ("account=999999999", "There is no account “999999999”."),
        ("from-day=31&from-month=2&from-year=2027", "The first day must be a real date"),
        ("to-day=x", "The last day must be a real date"),
        (
            "from-day=2&from-month=3&from-year=2027&to-day=1&to-month=3&to-year=2027",
            "The last day must not be before the first.",
        ),
        ("before=x", "This page goes on from no entry of the trail"),
        ("after=%00'", "This page goes on from no entry of the trail"),
    ],
)
def test_what_cannot_be_used_is_said_and_kept_on_page_and_file(people, client, query, sentence):
    for path in (AUDIT, FILE):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert sentence in text_of(answer.text)
        assert "<b>”" not in answer.text


def test_a_name_of_too_many_people_is_refused(people, client):
    with writing(people.site.database) as session:
        session.add_all(Account(name=f"Sam {number}") for number in range(51))
    answer = client.get(f"{AUDIT}?account=sam")
    assert answer.status_code == 400
    assert "More than 50 accounts have “sam” in their name." in text_of(answer.text)


def test_pages_go_on_by_number_and_back_and_skip_nothing_while_lines_are_added(people, client):
    people.add(2 * PAGE)
    first = client.get(f"{AUDIT}?state=published").text
    people.add(3)
    older = re.search(r'href="([^"]+before=[0-9]+)"', first)[1].replace("&amp;", "&")
    second = client.get(older).text
    assert "state=published" in older
    assert len(rows(first)) == len(rows(second)) == PAGE
    newer = re.search(r'href="([^"]+after=[0-9]+)"', second)[1].replace("&amp;", "&")
    back = client.get(newer).text
    assert 'rel="next"' in back
    assert 'rel="prev"' in back, "three newer ones have come"
    assert 'rel="prev"' not in first


def test_the_file_holds_every_line_of_the_filter_in_parts(people, client, monkeypatch):
    monkeypatch.setattr(administration_audit, "AT_ONCE", 7)
    people.add(30)
    answer = client.get(f"{FILE}?listing={people.listing}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="audit-trail-[0-9-]+\.csv"', answer.headers["content-disposition"])
    assert answer.headers["cache-control"] == "private, no-store"
    lines = list(csv.DictReader(StringIO(answer.text)))
    with reading(people.site.database) as session:
        mine = select(AuditEntry.id).where(AuditEntry.listing_id == people.listing).order_by(AuditEntry.id.desc())
        numbers = session.scalars(mine).all()
    assert [int(line["number"]) for line in lines] == list(numbers)
    assert len(numbers) == 32
    line = lines[-2]
    assert (line["at"], line["by"], line["by name"]) == ("2027-03-02T09:00:00Z", str(people.mo), "Mo Moderator")
    assert (line["subject"], line["what"], line["old"], line["new"]) == ("listing", "state", "submitted", "published")
    assert line["listing title"] == f"Lunch {SCRIPT}"
    assert line["sentence"] == f"Listing {people.listing} went from submitted to published."
    assert lines[0]["by"] == lines[0]["by name"] == ""


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])  # noqa: RUF001
def test_no_cell_is_taken_for_a_formula(people, client, sign):
    evil = f'{sign}HYPERLINK("http://evil.example")'
    with writing(people.site.database) as session:
        session.get_one(Account, people.mo).name = evil
        session.get_one(Listing, people.listing).title = evil
    line = next(csv.DictReader(StringIO(client.get(f"{FILE}?listing={people.listing}").text, newline="")))
    assert line["by name"] == line["listing title"] == f"'{evil}"
    assert safe(None) == ""
    assert safe(12) == "12"


@pytest.mark.parametrize("path", [AUDIT, FILE, f"{AUDIT}?listing=1"])
def test_only_administrators_get_in(people, client, path):
    enter(client, people.site.database, people.mo)
    assert client.get(path).status_code == 403
    client.cookies.clear()
    assert client.get(path).headers["location"].startswith("/sign-in")


def test_nobody_can_send_anything_here(people, client):
    assert client.post(AUDIT).status_code == 405


def test_giving_a_role_on_its_page_is_on_the_trail_at_once(people, client):
    path = f"/administration/accounts/{people.ida}"
    send(client, path, {"role": ["moderator"]}, action=path)
    page = client.get(f"{AUDIT}?subject=role&state=moderator&account={people.ida}").text
    assert "Role moderator given." in page
    assert "by Ada Admin" in text_of(page)


def test_every_subject_has_its_words():
    assert set(SUBJECTS) == set(Subject)
