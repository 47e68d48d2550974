"""Fixtures of the relevance tests: the packaged fixtures indexed by the real model, once a run."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_exchange import RealExchange, fill, open_exchange


@pytest.fixture(scope="session")
def packaged(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealExchange]:
    """Give the packaged fixtures with the real model's vectors, for reading only."""
    file = tmp_path_factory.mktemp("relevance") / "exchange.db"
    shutil.copyfile(template_database, file)
    fill(file)
    exchange = open_exchange(file)
    yield exchange
    exchange.database.dispose()
