"""Fixtures for every test: a migrated database of its own, on SQLite and, where a server is named, on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import ADDRESS, PostgresServer
from sqlalchemy import Engine

from exchange.database import open_database
from exchange.schema import migrate

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated, empty SQLite file to copy: migrating once a run is enough."""
    path = tmp_path_factory.mktemp("template") / "exchange.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()  # the last connection's end folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Give the server that the environment names; only tests that run on PostgreSQL ask for it."""
    server = PostgresServer(ADDRESS)
    yield server
    server.close()


@pytest.fixture(params=[SQLITE, POSTGRESQL] if ADDRESS else [SQLITE])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Give a fresh, migrated database; a test that asks for it runs on each kind."""
    if request.param == POSTGRESQL:
        with request.getfixturevalue("postgres").engine() as engine:
            yield engine
        return
    path = tmp_path / "exchange.db"
    shutil.copyfile(request.getfixturevalue("template_database"), path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()
