"""Own the gazetteer of UK places by ONS code; know nothing of listings, of free text or of postcodes."""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypedDict

Kind = Literal["country", "region", "upper_tier", "district", "set"]

DATA = Path(__file__).parents[1] / "data" / "places"
PREFERENCE: tuple[Kind, ...] = ("country", "region", "district", "upper_tier", "set")

_APOSTROPHE = re.compile(r"['\u2018\u2019]")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A place and the districts that it is made of; a unitary authority is one place of kind district."""

    code: str
    name: str
    kind: Kind
    districts: frozenset[str]


class _SetRow(TypedDict):
    code: str
    name: str
    kind: Literal["probation", "area"]
    synonyms: list[str]
    members: list[str]


@dataclass(frozen=True, slots=True)
class _Tables:
    """The rows of the data files, as they stand on disk."""

    countries: list[dict[str, str]]
    regions: list[dict[str, str]]
    upper_tiers: list[dict[str, str]]
    districts: list[dict[str, str]]
    neighbours: list[dict[str, str]]
    former: list[dict[str, str]]
    sets: list[_SetRow]


class Gazetteer:
    """Every place of the United Kingdom, by code and by name; it never changes once built."""

    __slots__ = (
        "_children",
        "_former",
        "_names",
        "_neighbours",
        "_places",
        "_probation",
        "_region",
        "_regions",
        "district_codes",
    )

    def __init__(self, tables: _Tables) -> None:
        self.district_codes: tuple[str, ...] = tuple(sorted(row["code"] for row in tables.districts))
        self._former = {row["former_code"]: row["code"] for row in tables.former}
        self._region = {row["code"]: row["region_code"] or row["country_code"] for row in tables.districts}
        self._places = {place.code: place for place in _places(tables)}
        self._children = _children(tables, self._places)
        self._neighbours = _neighbours(tables, self.district_codes)
        regions = [self._places[row["code"]] for row in tables.regions]
        others = [self._places[row["code"]] for row in tables.countries if row["code"] in self._region.values()]
        self._regions = (*regions, *sorted(others, key=lambda place: place.name))
        self._names = _name_index(tables, self._places)
        self._probation = _set_names(row for row in tables.sets if row["kind"] == "probation")

    def get(self, code: str) -> Place | None:
        """Return the place of a code, or None; a former district code gives the district that replaced it."""
        return self._places.get(self._former.get(code, code))

    def find(self, name: str, *, probation: bool = False) -> Place | None:
        """Return the place that bears exactly this name, official or common, whatever its case and punctuation.

        A name that several places share means, in order: the probation region where `probation` is true, the
        country, the region, the district, the upper tier, the set (issue 3, "Places").
        """
        key = normalise(name)
        code = (self._probation.get(key) if probation else None) or self._names.get(key)
        return self._places[code] if code else None

    def covers(self, outer_code: str, inner_code: str) -> bool:
        """Say whether every district of the inner place lies in the outer one; an unknown code covers nothing."""
        outer, inner = self.get(outer_code), self.get(inner_code)
        return outer is not None and inner is not None and inner.districts <= outer.districts

    def overlaps(self, code_a: str, code_b: str) -> bool:
        """Say whether two places share a district; an unknown code overlaps nothing."""
        a, b = self.get(code_a), self.get(code_b)
        return a is not None and b is not None and not a.districts.isdisjoint(b.districts)

    def overlapping(self, districts: frozenset[str]) -> frozenset[str]:
        """Return the codes of all places that share a district with these, and the former codes of such districts."""
        found = {place.code for place in self._places.values() if not place.districts.isdisjoint(districts)}
        return frozenset(found | {former for former, code in self._former.items() if code in found})

    def neighbours(self, districts: frozenset[str]) -> frozenset[str]:
        """Return the districts that touch one of these on land and are not among them."""
        touching = (self._neighbours.get(code, frozenset()) for code in districts)
        return frozenset[str]().union(*touching) - districts

    def regions(self) -> tuple[Place, ...]:
        """Return the nine regions of England in the order of their codes, then the three other countries."""
        return self._regions

    def label(self, code: str) -> str:
        """Return the name that people read for a code, or the code itself when it is unknown."""
        place = self.get(code)
        return place.name if place else code

    def region_of(self, district: str) -> str:
        """Return the code of a district's region (outside England, of its country); raise KeyError if unknown."""
        return self._region[self._former.get(district, district)]

    def children(self, code: str) -> tuple[Place, ...]:
        """Return the places one level below, by name: what a person browses next; a district has none."""
        return self._children.get(self._former.get(code, code), ())


def normalise(name: str) -> str:
    """Return a name as plain lower-case words: no accents, no punctuation, "&" as "and", no leading "the"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = _WORD.findall(_APOSTROPHE.sub("", plain.casefold().replace("&", " and ")))
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


@cache
def load_gazetteer() -> Gazetteer:
    """Return the gazetteer of the package's own tables, built once a process."""
    return Gazetteer(
        _Tables(
            countries=_rows("countries.csv"),
            regions=_rows("regions.csv"),
            upper_tiers=_rows("upper_tiers.csv"),
            districts=_rows("districts.csv"),
            neighbours=_rows("neighbours.csv"),
            former=_rows("former_codes.csv"),
            sets=json.loads((DATA / "sets.json").read_text(encoding="utf-8")),
        ),
    )


def _rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _places(tables: _Tables) -> Iterator[Place]:
    levels: tuple[tuple[Kind, str, list[dict[str, str]]], ...] = (
        ("country", "country_code", tables.countries),
        ("region", "region_code", tables.regions),
        ("upper_tier", "upper_tier_code", tables.upper_tiers),
        ("district", "code", tables.districts),
    )
    for kind, column, rows in levels:
        groups = _grouped(tables.districts, column)
        for row in rows:
            yield Place(row["code"], row["name"], kind, groups[row["code"]])
    yield from _sets(tables)


def _sets(tables: _Tables) -> Iterator[Place]:
    members: dict[str, frozenset[str]] = {}
    for column in ("combined_authority_code", "country_code", "region_code", "upper_tier_code", "code"):
        members |= _grouped(tables.districts, column)
    for row in tables.sets:
        districts = frozenset[str]().union(*(members[code] for code in row["members"]))
        yield Place(row["code"], row["name"], "set", districts)


def _grouped(rows: Iterable[dict[str, str]], column: str) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for row in rows:
        groups.setdefault(row[column], set()).add(row["code"])
    return {code: frozenset(districts) for code, districts in groups.items() if code}


def _children(tables: _Tables, places: dict[str, Place]) -> dict[str, tuple[Place, ...]]:
    below: dict[str, set[str]] = {}
    for row in tables.districts:
        chain = [row["country_code"], row["region_code"], row["upper_tier_code"], row["code"]]
        levels = list(dict.fromkeys(code for code in chain if code))
        for outer, inner in pairwise(levels):
            below.setdefault(outer, set()).add(inner)
    for entry in tables.sets:
        below[entry["code"]] = _set_children(entry["members"], places, tables.districts)
    return {code: tuple(sorted((places[c] for c in codes), key=_by_name)) for code, codes in below.items()}


def _set_children(members: list[str], places: dict[str, Place], districts: list[dict[str, str]]) -> set[str]:
    """Return a set's members; a combined authority is no place of its own, so its districts stand for it."""
    known = {code for code in members if code in places}
    return known | {row["code"] for row in districts if row["combined_authority_code"] in members}


def _by_name(place: Place) -> tuple[str, str]:
    return normalise(place.name), place.code


def _neighbours(tables: _Tables, codes: Iterable[str]) -> dict[str, frozenset[str]]:
    touching: dict[str, set[str]] = {code: set() for code in codes}
    for row in tables.neighbours:
        touching[row["code"]].add(row["neighbour_code"])
        touching[row["neighbour_code"]].add(row["code"])
    return {code: frozenset(others) for code, others in touching.items()}


def _name_index(tables: _Tables, places: dict[str, Place]) -> dict[str, str]:
    """Return normalised name -> code: first the names themselves, then official and other names, then former ones."""
    probation = [row for row in tables.sets if row["kind"] == "probation"]
    areas = [row for row in tables.sets if row["kind"] == "area"]
    apart = {row["code"] for row in probation}
    ranked = sorted(places.values(), key=lambda place: PREFERENCE.index(place.kind))
    index: dict[str, str] = {}
    for place in ranked:
        if place.code not in apart:
            index.setdefault(normalise(place.name), place.code)
    for row in (*tables.countries, *tables.regions, *tables.districts, *tables.upper_tiers):
        for name in (row.get("official_name", ""), *row.get("alt_names", "").split(";")):
            index.setdefault(normalise(name), row["code"])
    former = {normalise(row["former_name"]): row["code"] for row in tables.former}
    index = {**former, **_set_names(probation), **_set_names(areas), **index}
    index.pop("", None)
    return index


def _set_names(rows: Iterable[_SetRow]) -> dict[str, str]:
    index: dict[str, str] = {}
    for row in rows:
        for name in (row["name"], *row["synonyms"]):
            index.setdefault(normalise(name), row["code"])
    return index
