"""The real site for tests of pages: SQL, embedded engine and search as in production, with the double for the model."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine as Database
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from exchange.content import Kind
from exchange.database import open_database, reading, writing
from exchange.models import Listing, State
from exchange.place.places import load_gazetteer
from exchange.settings import load_settings
from exchange.taxonomy import seed_taxonomy
from fixtures.loader import load_fixtures
from indexer.embedder import HashEmbedder
from indexer.engine import Engine
from indexer.engine_embedded import EmbeddedEngine
from indexer.passages import PassageStore
from indexer.search import Finder
from indexer.second_look import SecondLook
from indexer.service import SearchService
from indexer.shelf import SqlShelf
from indexer.sync import Indexer
from web.app import create_app

BASE_URL = "https://exchange.example"
EMBEDDER = HashEmbedder()
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
"""The moment at which the packaged fixtures are loaded for tests; the search's today is its day."""


def real_service(database: Database, folder: Path) -> SearchService:
    """Index what the database holds into `folder` and give search and match over it."""
    service = service_over(database, EmbeddedEngine(folder, EMBEDDER.name, EMBEDDER.dimension))
    indexer_of(service).catch_up()
    return service


def indexer_of(service: SearchService) -> Indexer:
    """Give what takes changes to a service's index, as the site's worker does."""
    store = PassageStore(service.database)
    return Indexer(database=service.database, engine=service.engine, embedder=service.embedder, passages=store)


def service_over(database: Database, engine: Engine) -> SearchService:
    """Give search and match over a database and an index, whatever it holds."""
    store = PassageStore(database)
    finder = Finder(
        engine=engine,
        embedder=EMBEDDER,
        gazetteer=load_gazetteer(),
        postcodes=None,
        today=NOON.date,
        second=SecondLook(store, SqlShelf(database)),
    )
    return SearchService(database=database, engine=engine, embedder=EMBEDDER, finder=finder)


def site_over(database: Database, service: SearchService, folder: Path) -> Starlette:
    """Give the whole site over a database and a search."""
    settings = load_settings({"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_BASE_URL": BASE_URL})
    return create_app(settings, database, service)


@dataclass(frozen=True)
class RealSite:
    """A site with all its parts, and a client that follows no redirect."""

    database: Database
    service: SearchService
    client: TestClient

    def get(self, path: str) -> str:
        """Give the page at a path that must answer 200."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def numbers(self, kind: Kind, state: State = State.PUBLISHED) -> list[int]:
        """Give the numbers of the listings of one kind in one state."""
        asked = select(Listing.id).where(Listing.kind == kind, Listing.state == state).order_by(Listing.id)
        with reading(self.database) as session:
            return list(session.scalars(asked))


def copy_with_fixtures(template: Path, folder: Path) -> Path:
    """Copy an empty migrated database into a folder and load the packaged fixtures into it; give the file."""
    file = folder / "exchange.db"
    shutil.copyfile(template, file)
    database = open_database(f"sqlite:///{file}")
    fill_with_fixtures(database)
    database.dispose()
    return file


def fill_with_fixtures(database: Database) -> None:
    """Load areas and the packaged fixtures into an empty migrated database."""
    with writing(database) as session:
        seed_taxonomy(session, NOON)
    load_fixtures(database, NOON)


@contextmanager
def open_site(file: Path) -> Iterator[RealSite]:
    """Index a database file beside it and open the site over it; close both at the end."""
    database = open_database(f"sqlite:///{file}")
    service = real_service(database, file.parent / "index")
    with TestClient(site_over(database, service, file.parent), BASE_URL, follow_redirects=False) as client:
        yield RealSite(database, service, client)
    database.dispose()
