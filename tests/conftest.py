"""Fixtures for every test: a migrated database of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from exchange.database import open_database
from exchange.schema import migrate


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated, empty SQLite file to copy: migrating once a run is enough."""
    path = tmp_path_factory.mktemp("template") / "exchange.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()  # the last connection's end folds the write-ahead log into the file
    return path


@pytest.fixture
def engine(template_database: Path, tmp_path: Path) -> Iterator[Engine]:
    """Give a fresh, migrated SQLite database in the test's own folder."""
    path = tmp_path / "exchange.db"
    shutil.copyfile(template_database, path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()
