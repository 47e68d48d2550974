"""Fixtures for journeys: a site of each journey's own, and people with browsers, with JavaScript and without."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from living import Living, open_living, prepare
from playwright.sync_api import Browser
from walking import HEIGHT, WIDE, Care, Walker, walker_of


@pytest.fixture(scope="session")
def prepared(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the fixtures, people and their index, to copy."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(template_database, folder)
    return folder


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Iterator[Living]:
    """Give a site of this journey's own."""
    folder = tmp_path / "site"
    shutil.copytree(prepared, folder)
    with open_living(folder) as living:
        yield living


@pytest.fixture(scope="session")
def care(axe: str) -> Iterator[Care]:
    """Give what looks at every kind of page once a run."""
    return Care(axe)


@pytest.fixture(params=[False, True], ids=["without-script", "with-script"])
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
