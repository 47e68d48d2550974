"""Writing, submitting and changing a listing through the pages, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from filling import send_from
from real_site import BASE_URL, RealSite, real_service, site_over
from seen import NOW, text_of
from small_exchange import Exchange, fill
from sqlalchemy import Engine, select
from starlette.testclient import TestClient
from writers import commissioner, innovator

from exchange.database import reading, writing
from exchange.models import Revision
from exchange.moderating import moderation
from exchange.people.accounts import operator


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Iterator[tuple[RealSite, Exchange]]:
    exchange = fill(engine)
    service = real_service(engine, tmp_path / "index")
    with TestClient(site_over(engine, service, tmp_path), BASE_URL, follow_redirects=False) as client:
        yield RealSite(engine, service, client), exchange


def decide(site, base, decision):
    with writing(site.database) as session:
        number = int(base.rsplit("/", 1)[-1])
        if decision is moderation.approve_revision:
            number = session.scalars(select(Revision.id).where(Revision.state == "submitted")).one()
        decision(session, number, operator(session, "Moderator"), None, NOW)


def test_an_innovation_is_written_published_changed_and_published_again(site):
    ida = innovator(*site)
    base = ida.begin(groups="carers")
    ida.saved(f"{base}/evidence", {"evidence-1-text": "Data.", "evidence-1-kind": "comparison"})
    assert ida.press(base).status_code == 303
    decide(site[0], base, moderation.approve)
    ida.saved(f"{base}/describe", {"title": "Sitters by night"})
    ida.saved(f"{base}/money", {"money_max": "£90,000", "money_basis": "total"})
    assert ida.press(base).status_code == 303
    decide(site[0], base, moderation.approve_revision)
    page = ida.page(base.replace("/my", ""))
    assert "Sitters by night" in page
    assert "Up to £90,000 in all" in page
    assert "Change published" in ida.page(base)


def test_the_later_save_is_told_of_the_earlier_and_different_steps_merge(site):
    ida, colleague = innovator(*site), innovator(*site, "Cy Colleague")
    base = ida.begin()
    open_describe, open_stage = (ida.client.get(f"{base}/{name}").text for name in ("describe", "stage"))
    colleague.saved(f"{base}/describe", {"title": "Theirs"})
    answer = send_from(ida.client, open_describe, {"title": "Mine"}, action=f"{base}/describe")
    assert answer.status_code == 409
    assert "What is it called? Theirs" in text_of(answer.text)
    assert send_from(ida.client, open_stage, {"stage": "idea"}, action=f"{base}/stage").status_code == 303
    assert send_from(ida.client, answer.text, action=f"{base}/describe").status_code == 303
    assert (ida.content(base).title, ida.content(base).stage) == ("Mine", "idea")


def test_a_need_is_written_and_thrown_away(site):
    carla = commissioner(*site)
    base = carla.begin("need")
    assert carla.begin("need") == base
    assert carla.press(base).status_code == 400
    carla.saved(f"{base}/discard", {})
    assert carla.client.get(base).status_code == 404
    with reading(site[0].database) as session:
        assert session.scalars(select(Revision.id)).all() == []
