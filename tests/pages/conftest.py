"""Fixtures for page tests: the packaged fixtures on the real search, and a small exchange of known words on a stage."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from caller import Caller, staged
from real_site import BASE_URL, RealSite, copy_with_fixtures, open_site, real_service, site_over
from small_exchange import Exchange, fill
from sqlalchemy import Engine
from stage import Stage
from starlette.testclient import TestClient

from exchange.database import open_database


@pytest.fixture(scope="session")
def town(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    """Give the real site with the packaged fixtures, for reading only."""
    with open_site(copy_with_fixtures(template_database, tmp_path_factory.mktemp("town"))) as site:
        yield site


@pytest.fixture(scope="session")
def filled(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Exchange]:
    """Give a database file with the small exchange, to read or to copy, and the numbers of its listings."""
    file = tmp_path_factory.mktemp("small") / "exchange.db"
    shutil.copyfile(template_database, file)
    database = open_database(f"sqlite:///{file}")
    numbers = fill(database)
    database.dispose()
    return file, numbers


@pytest.fixture(scope="session")
def exchange(filled: tuple[Path, Exchange]) -> Exchange:
    """Give the numbers of the small exchange."""
    return filled[1]


@pytest.fixture(scope="session")
def small_site(filled: tuple[Path, Exchange]) -> Iterator[tuple[TestClient, Stage]]:
    """Open the site over the small exchange once a run, with a stage before its search."""
    file, _ = filled
    database = open_database(f"sqlite:///{file}")
    stage = Stage(real_service(database, file.parent / "index"))
    with TestClient(site_over(database, stage, file.parent), BASE_URL, follow_redirects=False) as client:
        yield client, stage
    database.dispose()


@pytest.fixture
def stage(small_site: tuple[TestClient, Stage]) -> Iterator[Stage]:
    """Give the stage with nothing said."""
    stage = small_site[1]
    stage.reset()
    yield stage
    stage.reset()


@pytest.fixture
def client(small_site: tuple[TestClient, Stage], stage: Stage) -> TestClient:
    """Give a client of the site over the small exchange; what a test writes belongs into `own`."""
    return small_site[0]


@pytest.fixture
def own(filled: tuple[Path, Exchange], tmp_path: Path) -> Iterator[RealSite]:
    """Give the real site over a copy of the small exchange, for tests that write."""
    file = tmp_path / "exchange.db"
    shutil.copyfile(filled[0], file)
    with open_site(file) as site:
        yield site


@pytest.fixture(scope="module")
def opened(
    filled: tuple[Path, Exchange], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Caller, Stage, Engine]]:
    """Give a program with a key at a site of the module's own, the stage before its search, and its database."""
    with staged(filled[0], tmp_path_factory.mktemp("opened")) as opened:
        yield opened


@pytest.fixture
def program(opened: tuple[Caller, Stage, Engine]) -> Caller:
    """Give a program with a key; the search behind it does nothing out of the ordinary."""
    caller, stage, _ = opened
    stage.reset()
    return caller
