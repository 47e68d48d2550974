"""Fixtures of the engine contract: every test runs once for each engine."""

import pytest
from engine_factories import FACTORIES, Opener

from indexer.engine import Engine


@pytest.fixture(params=sorted(FACTORIES))
def open_index(request, tmp_path) -> Opener:
    """Give what opens the index, for tests that restart."""
    return FACTORIES[request.param](tmp_path)


@pytest.fixture
def index(open_index) -> Engine:
    """Give an empty index."""
    return open_index()
