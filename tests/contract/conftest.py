"""Fixtures of the engine contract: every test runs once for each engine."""

from collections.abc import Iterator

import pytest
from engine_factories import FACTORIES, Opener

from indexer.engine import Engine


@pytest.fixture(params=sorted(FACTORIES))
def open_index(request, tmp_path) -> Iterator[Opener]:
    """Give what opens the index, for tests that restart."""
    with FACTORIES[request.param](tmp_path) as opener:
        yield opener


@pytest.fixture
def index(open_index) -> Engine:
    """Give an empty index."""
    return open_index()
