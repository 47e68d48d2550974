"""The page of what was given up on its way into the index or to the alerts, and its buttons."""

from datetime import UTC, datetime, timedelta

import pytest
from filling import send_from
from people import enrol, enter
from seen import text_of, title_of
from sqlalchemy import select

from exchange.database import reading, writing
from exchange.models import Listing, OutboxRow
from exchange.models_alerts import AlertCheck
from exchange.people.permissions import Role

INDEXING = "/administration/indexing"
SCRIPT = "<script>alert('x')</script>"


class Desk:
    def __init__(self, site) -> None:
        self.site = site
        with writing(site.database) as session:
            self.ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR).id
            for row in session.scalars(select(OutboxRow)):
                session.delete(row)

    def park(self, table=OutboxRow, listing=1, error="The model cannot read this text."):
        at = datetime.now(UTC) - timedelta(hours=3)
        with writing(self.site.database) as session:
            row = table(listing_id=listing, created_at=at, due_at=at, attempts=8, parked=True, last_error=error)
            session.add(row)
            session.flush()
            return row.id

    def parked(self, table=OutboxRow):
        with reading(self.site.database) as session:
            return session.scalars(select(table.id).where(table.parked.is_(True)).order_by(table.id)).all()


@pytest.fixture
def desk(own):
    desk = Desk(own)
    enter(own.client, own.database, desk.ada)
    return desk


@pytest.fixture
def client(own):
    return own.client


def press(client, line, row, opened=None):
    page = opened or client.get(INDEXING).text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    return client.post(INDEXING, data={"csrf": token, "line": line, "row": row})


def test_with_nothing_given_up_it_says_that_all_is_well(desk, client):
    page = client.get(INDEXING).text
    assert title_of(page) == "Indexing - Innovation Exchange"
    told = text_of(page)
    assert "Search engine Works Language model hash-" in told
    assert told.count("Waiting 0 The oldest waits Nothing waits Given up 0") == 2
    assert "<button" not in page.split("<main")[1].split("</main>")[0]


def test_a_row_is_shown_with_its_listing_its_error_and_since_when(desk, client, exchange):
    desk.park(listing=exchange.sitters, error=f"ValueError: {SCRIPT}")
    desk.park(AlertCheck, listing=exchange.withdrawn)
    page = client.get(INDEXING).text
    told = text_of(page)
    assert SCRIPT not in page
    assert f"(listing {exchange.sitters})" in told
    assert f'href="/listings/{exchange.sitters}"' in page
    assert f'href="/listings/{exchange.withdrawn}"' not in page
    assert "Tried 8 times since" in told
    assert "Given up 1" in told
    assert 'href="/administration/mail?state=parked"' in page


def test_one_is_tried_again_and_a_second_press_says_that_it_is_not_parked(desk, client):
    first, second = desk.park(), desk.park(listing=2)
    opened = client.get(INDEXING).text
    answer = press(client, "index", first, opened)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{INDEXING}?done=indexing_again#index")
    assert "It is tried again within a few seconds." in text_of(client.get(answer.headers["location"]).text)
    assert desk.parked() == [second]
    again = press(client, "index", first, opened)
    assert again.status_code == 400
    assert "This is not parked any more: it is being tried again, or it is done." in text_of(again.text)
    assert 'href="#index"' in again.text
    assert title_of(again.text).startswith("Error: ")


def test_all_of_one_queue_are_tried_again_and_the_other_waits(desk, client):
    desk.park()
    check = desk.park(AlertCheck)
    answer = press(client, "index", "all")
    assert answer.headers["location"] == f"{INDEXING}?done=indexing_again#index"
    assert (desk.parked(), desk.parked(AlertCheck)) == ([], [check])
    opened = client.get(INDEXING).text
    assert press(client, "alerts", "all", opened).headers["location"] == f"{INDEXING}?done=indexing_again#alerts"
    done = press(client, "alerts", "all", opened)
    assert done.headers["location"] == f"{INDEXING}?done=indexing_none_parked#alerts"
    assert desk.parked(AlertCheck) == []


@pytest.mark.parametrize(
    ("line", "row"), [("", "all"), ("god", "all"), ("index", ""), ("index", "x"), ("index", "-1"), ("index", "9" * 30)]
)
def test_what_the_page_does_not_offer_is_refused(desk, client, line, row):
    number = desk.park()
    answer = press(client, line, row)
    assert answer.status_code == 400
    assert "Choose what is to be tried again on this page." in text_of(answer.text)
    assert desk.parked() == [number]


def test_a_number_that_no_row_has_is_said(desk, client):
    desk.park()
    answer = press(client, "index", "9" * 18)
    assert answer.status_code == 400
    assert "This is not parked any more" in text_of(answer.text)


def test_each_queue_has_pages_of_its_own(desk, client, monkeypatch):
    monkeypatch.setattr("exchange.running.indexing.PAGE", 2)
    for number in (1, 2, 3):
        desk.park(listing=number)
    assert f'href="{INDEXING}?index=2#index"' in client.get(INDEXING).text
    assert f'href="{INDEXING}?index=1#index"' in client.get(f"{INDEXING}?index=2").text
    assert client.get(f"{INDEXING}?alerts=x").status_code == 400


def test_the_first_page_of_administration_counts_what_was_given_up(desk, client):
    desk.park()
    desk.park(AlertCheck)
    page = client.get("/administration").text
    assert "2 listings given up." in text_of(page)
    for path in ("audit", "figures", "indexing"):
        assert page.count(f'href="/administration/{path}"') == 2


def test_a_form_without_the_token_and_others_than_administrators_change_nothing(desk, client):
    number = desk.park()
    opened = client.get(INDEXING).text
    assert client.post(INDEXING, data={"line": "index", "row": number}).status_code == 403
    with writing(desk.site.database) as session:
        mo = enrol(session, "Mo", Role.MODERATOR).id
    enter(client, desk.site.database, mo)
    assert client.get(INDEXING).status_code == 403
    answer = send_from(client, opened, {}, path=INDEXING, action=INDEXING)
    assert answer.status_code in {401, 403, 409}
    assert desk.parked() == [number]


def test_a_listing_without_a_title_still_has_a_name(desk, client):
    desk.park()
    with writing(desk.site.database) as session:
        session.get_one(Listing, 1).title = ""
    assert "(no title) (listing 1)" in text_of(client.get(INDEXING).text)
