"""Fixtures of the engine contract: every test runs once for each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_factories import FACTORIES, GIVEN, PLAIN, SECURE, SECURED_FACTORIES, Opener

from indexer.engine import Engine

OF_A_SERVER = {"test_elastic_server.py": PLAIN, "test_elastic_faults.py": PLAIN, "test_elastic_secure.py": SECURE}
collect_ignore = [module for module, variable in OF_A_SERVER.items() if variable not in GIVEN]

LONG = {"test_engine_reference", "test_engine_sieve", "test_engine_threads"}
"""What these compare does not depend on how the server is reached: they are not repeated through TLS."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what opens an index on every engine, and all but the longest on a secured server too."""
    module = Path(metafunc.module.__file__).stem
    if "open_index" in metafunc.fixturenames and module.startswith("test_engine_"):
        engines = [*FACTORIES, *([] if module in LONG else SECURED_FACTORIES)]
        metafunc.parametrize("open_index", sorted(engines), indirect=True)


@pytest.fixture
def open_index(request, tmp_path) -> Iterator[Opener]:
    """Give what opens the index, for tests that restart."""
    with (FACTORIES | SECURED_FACTORIES)[request.param](tmp_path) as opener:
        yield opener


@pytest.fixture
def index(open_index) -> Engine:
    """Give an empty index."""
    return open_index()
