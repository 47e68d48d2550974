"""Pages over PostgreSQL: words looked for by SQL, a server that ends every connection, and a database that is gone."""

from dataclasses import replace

import pytest
from postgres_server import open_at
from published import LEEDS, NOW, Town
from real_site import RealSite, site_over
from sqlalchemy import text
from starlette.testclient import TestClient

from exchange.content import Kind
from exchange.database import writing
from exchange.taxonomy import seed_taxonomy
from indexer.breaker import Breaker

END_ALL = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")


@pytest.fixture
def site(postgres, tmp_path):
    """Give a site over a database of its own, with two listings that match."""
    with postgres.database() as address:
        engine = open_at(address)
        with writing(engine) as session:
            seed_taxonomy(session, NOW)
        town = Town(engine, tmp_path / "index")
        town.publish("Short breaks for carers", summary="Respite in the week", delivers_in=(LEEDS,))
        town.need("Respite for carers", summary="Short breaks", required_in=(LEEDS,))
        service = town.open()
        with TestClient(site_over(engine, service, tmp_path), follow_redirects=False) as client:
            yield RealSite(engine, service, client)
        engine.dispose()


def addresses(site: RealSite) -> list[str]:
    number = site.numbers(Kind.NEED)[0]
    return ["/", "/search?q=respite", "/newest", f"/browse/places/{LEEDS}", f"/listings/{number}", "/ready"]


def end_connections(postgres, site: RealSite) -> None:
    with postgres._admin.connect() as connection:
        connection.execute(END_ALL, {"name": site.database.url.database})


def test_pages_answer_with_the_engine_and_without(site):
    for path in addresses(site):
        assert site.client.get(path).status_code == 200
    fallen = Breaker("search engine", seconds=3_600)
    fallen.failed("taken down for a test")
    site.client.app.state.site.service = replace(site.service, breaker=fallen)
    for path in addresses(site):
        assert site.client.get(path).status_code == 200
    page = site.get("/search?q=respite+carers")
    assert "Search is running without its ranking engine" in page
    assert "2 results" in page
    assert "1 match" in site.get(f"/listings/{site.numbers(Kind.NEED)[0]}")


def test_a_server_that_ended_every_connection_and_is_back_is_not_noticed(site, postgres):
    for path in addresses(site):
        end_connections(postgres, site)
        assert site.client.get(path).status_code == 200, path


def test_a_database_that_is_gone_gives_pages_that_say_so(site, postgres):
    paths = addresses(site)
    name = site.database.url.database
    postgres._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    end_connections(postgres, site)
    for path in paths:
        assert site.client.get(path).status_code == 503, path
    assert "The database does not answer" in site.client.get("/newest").text
    assert site.client.get("/health").json()["parts"]["database"] == "down"
    assert site.client.get("/privacy").status_code == 200
    postgres._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    for path in paths:
        assert site.client.get(path).status_code == 200, path
