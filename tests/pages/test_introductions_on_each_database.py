"""An introduction through the pages, from the need to the contact details, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from meeting import Meeting, meeting
from real_site import BASE_URL, RealSite, real_service, site_over
from small_exchange import fill
from sqlalchemy import Engine
from starlette.testclient import TestClient


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Meeting]:
    exchange = fill(engine)
    service = real_service(engine, tmp_path / "index")
    with TestClient(site_over(engine, service, tmp_path), BASE_URL, follow_redirects=False) as client:
        yield meeting(RealSite(engine, service, client), exchange)


def test_a_need_is_answered_talked_about_and_the_details_are_shared(town):
    n = town.numbers
    number = town.opened(town.send(f"/listings/{n.need}/answer?innovation={n.sitters}", "ida"))
    assert town.step(number, "message", "carla", {"text": "When?\x00"}).status_code == 303
    assert town.step(number, "agree", "ida").status_code == 303
    assert "carla.cole" not in town.page(f"/my/introductions/{number}", "ida")
    assert town.step(number, "agree", "carla").status_code == 303
    assert "mailto:carla.cole@people.example" in town.page(f"/my/introductions/{number}", "ida")
    assert town.status(f"/my/introductions/{number}", "olga") == 404
    assert town.step(number, "close", "ida", {"ended": "apart"}).status_code == 303
    assert "Closed: not going ahead" in town.page("/my/introductions", "carla")


def test_a_match_is_invited_and_declines(town):
    n = town.numbers
    number = town.opened(town.send(f"/listings/{n.need}/invite?innovation={n.sitters}", "carla"))
    assert town.step(number, "decline", "ida", {"reason": "Too far."}).status_code == 303
    assert "Too far." in town.page(f"/my/introductions/{number}", "carla")


def test_a_shortlist_is_kept(town):
    n = town.numbers.sitters
    action = f"/listings/{n}/shortlist"
    assert town.send(f"/listings/{n}", "carla", {f"note-{n}": "Near\x00 us"}, action=action).status_code == 303
    assert "Near us</textarea>" in town.page("/my/shortlist", "carla")
