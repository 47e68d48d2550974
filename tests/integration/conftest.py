"""Fixtures of the engines, and for the command line a data folder, empty or with the demonstration listings."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine_factories import FACTORIES, Opener
from typer.testing import CliRunner, Result

from web.cli import app

Run = Callable[..., Result]

OF_A_SERVER = {"test_elastic_*.py": "EXCHANGE_TEST_ELASTICSEARCH", "test_postgres_*.py": "EXCHANGE_TEST_POSTGRES"}
collect_ignore_glob = [modules for modules, variable in OF_A_SERVER.items() if not os.environ.get(variable)]


@pytest.fixture(params=sorted(FACTORIES))
def open_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Give what opens one index again and again; a test that asks for it runs on each engine."""
    with FACTORIES[request.param](tmp_path) as opener:
        yield opener


def _environment(data: Path) -> dict[str, str]:
    """Give settings for tests of plumbing: the deterministic double stands in the place of the model."""
    return {"EXCHANGE_DATA_DIR": str(data), "EXCHANGE_MODEL": "hash-256"}


@pytest.fixture
def data(tmp_path: Path, template_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty data folder, named by the settings of this test."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(template_database, folder / "exchange.db")
    for name in [name for name in os.environ if name.startswith("EXCHANGE_")]:
        monkeypatch.delenv(name)
    for name, value in _environment(folder).items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture(scope="session")
def loaded(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder to copy, with the demonstration listings loaded and indexed."""
    folder = tmp_path_factory.mktemp("loaded") / "data"
    folder.mkdir()
    shutil.copyfile(template_database, folder / "exchange.db")
    result = CliRunner().invoke(app, ["load-fixtures"], env=_environment(folder))
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def demonstration(data: Path, loaded: Path) -> Path:
    """Give a data folder of this test's own with the demonstration listings."""
    shutil.copytree(loaded, data, dirs_exist_ok=True)
    return data


@pytest.fixture
def cli(data: Path) -> Run:
    """Give a function that runs a command as a person does; `data` is its folder."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run
