"""A moderator's way through the pages, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from filling import send
from moderators_desk import Desk, desk_over
from real_site import BASE_URL, RealSite, real_service, site_over
from seen import text_of
from small_exchange import fill
from sqlalchemy import Engine
from starlette.testclient import TestClient

from exchange.content import Content


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    numbers = fill(engine)
    service = real_service(engine, tmp_path / "index")
    with TestClient(site_over(engine, service, tmp_path), BASE_URL, follow_redirects=False) as client:
        yield desk_over(RealSite(engine, service, client), numbers)


def press(desk: Desk, path: str, **typed: str) -> str:
    """Fill in the form of a page; give where it leads."""
    answer = send(desk.site.client, path, typed, action=path)
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"]


def test_everything_that_waits_is_decided_and_the_queue_is_empty(desk):
    listing, live, appealed = desk.post(), desk.publish(title="Live"), desk.post(title="Refused")
    desk.appeal(appealed)
    revision = desk.revise(live, Content(title="Live and well"))
    report = desk.report(live)
    desk.enter("mo")
    assert "All (5)" in text_of(desk.site.get("/moderation"))
    press(desk, f"/moderation/listings/{desk.numbers.waiting}", decision="refuse", code="incomplete")
    press(desk, f"/moderation/listings/{listing}", decision="ask for changes", changes="Name the people.")
    press(desk, f"/moderation/revisions/{revision}", decision="approve")
    press(desk, f"/moderation/listings/{appealed}", decision="uphold the appeal")
    after = press(desk, f"/moderation/reports/{report}", finding="upheld")
    assert after.startswith(f"/moderation/listings/{live}")
    assert press(desk, f"/moderation/listings/{live}", decision="withdraw", code="advertising").startswith(
        "/moderation?"
    )
    assert "Nothing waits for a decision" in text_of(desk.site.get("/moderation"))
    assert [desk.state(number) for number in (listing, live, appealed)] == ["changes_asked", "withdrawn", "published"]
    record = text_of(desk.site.get("/moderation/decisions"))
    assert "Listing: published to withdrawn, by Mo" in record
    assert "Revision: submitted to published, by Mo" in record
