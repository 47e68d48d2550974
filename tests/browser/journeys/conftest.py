"""Fixtures for journeys: a site of each journey's own, and people with browsers, with JavaScript and without."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from engine_factories import GIVEN, PLAIN
from living import Living, open_embedded, open_servers, prepare
from playwright.sync_api import Browser
from postgres_server import ADDRESS
from walking import HEIGHT, WIDE, Care, Walker, walker_of


@pytest.fixture(scope="session")
def prepared(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the fixtures, people and their index, to copy."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(template_database, folder)
    return folder


EMBEDDED, SERVERS = "embedded", "servers"
WAYS = [(EMBEDDED, False), (EMBEDDED, True)] + ([(SERVERS, False)] if ADDRESS and PLAIN in GIVEN else [])
"""Every journey without JavaScript and with it, and, where PostgreSQL and Elasticsearch are named, once on those."""
NAMES = {False: "without-script", True: "with-script"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each journey in every way."""
    if {"site", "arrive"} <= set(metafunc.fixturenames):
        ids = [f"{stack}-{NAMES[script]}" for stack, script in WAYS]
        metafunc.parametrize(("site", "arrive"), WAYS, ids=ids, indirect=True)


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Living]:
    """Give a site of this journey's own."""
    folder = tmp_path / "site"
    if request.param == EMBEDDED:
        shutil.copytree(request.getfixturevalue("prepared"), folder)
        with open_embedded(folder) as living:
            yield living
        return
    folder.mkdir()
    with request.getfixturevalue("postgres").engine() as database, open_servers(database, folder) as living:
        yield living


@pytest.fixture(scope="session")
def care(axe: str) -> Iterator[Care]:
    """Give what looks at every kind of page once a run."""
    return Care(axe)


@pytest.fixture
def arrive(
    request: pytest.FixtureRequest, browser: Browser, site: Living, care: Care
) -> Iterator[Callable[[], Walker]]:
    """Give a function that opens another person's browser; with JavaScript, every page is looked at."""
    with ExitStack() as stack:

        def opened() -> Walker:
            context = browser.new_context(
                base_url=site.base,
                viewport={"width": WIDE, "height": HEIGHT},
                java_script_enabled=request.param,
            )
            stack.enter_context(context)
            return walker_of(context, care if request.param else None)

        care.wrong.clear()
        yield opened
    assert care.wrong == []
