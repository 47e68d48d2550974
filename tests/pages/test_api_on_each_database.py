"""The interface on each kind of database: keys, rates, cursors and times mean the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from caller import Caller, key_for
from people import enrol, enter
from real_site import BASE_URL, real_service, site_over
from small_exchange import Exchange, fill
from sqlalchemy import Engine
from starlette.testclient import TestClient

from exchange.database import writing


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Iterator[tuple[Caller, Exchange, Engine]]:
    exchange = fill(engine)
    service = real_service(engine, tmp_path / "index")
    with TestClient(site_over(engine, service, tmp_path), BASE_URL, follow_redirects=False) as client:
        yield Caller(client, key_for(engine)), exchange, engine


def test_a_program_reads_everything_page_by_page(opened):
    program, exchange, _ = opened
    listings, path = [], "/listings?limit=1&closed=1"
    while path:
        body = program.get(path)
        listings += body["listings"]
        path = body["next"] and body["next"].removeprefix(f"{BASE_URL}/api/v1")
    assert [one["id"] for one in listings] == [
        *(exchange.sitters, exchange.need, exchange.office, exchange.bare, exchange.closed)
    ]
    assert listings[0]["published_at"] == "2027-03-01T09:05:00Z"
    for one in listings:
        assert program.get(f"/listings/{one['id']}") == one
        program.get(f"/listings/{one['id']}/matches")
    assert program.get("/search?q=sitters")["results"][0]["listing"] == listings[0]
    assert program.get(f"/organisations/{exchange.circle}")["places"][0]["name"] == "Leeds"


@pytest.mark.parametrize("path", ["/listings/{}", "/organisations/{}", "/listings/{}/matches"])
@pytest.mark.parametrize("number", [2**31 - 1, 2**31, 2**63, 10**17])
def test_a_number_larger_than_any_key_is_not_there(opened, path, number):
    opened[0].refused(path.format(number), 404)


def test_its_owner_ends_a_key_between_two_requests(opened):
    program, _, database = opened
    site = program.client.app.state.site
    site.settings = replace(site.settings, api_rate=2)
    program.get("/listings")
    program.get("/listings")
    program.refused("/listings", 429)
    with writing(database) as session:
        number = enrol(session, "Olive Other").id
    enter(program.client, database, number)
    assert program.client.get("/my/account/keys").status_code == 200
    assert program.client.get(f"/my/account/keys/{10**12}/end").status_code == 404
