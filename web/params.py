"""The search page's parameters read into a query, each mistake as a sentence; knows no engine and no template."""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from exchange.content import Kind
from exchange.errors import InputError
from indexer.results import Facet, Query, Sort
from web.links import FILTERABLE, UNSTATED
from web.wording import FACETS

FURTHEST_PAGE = 1_000_000
"""A page number beyond it is read as it: no list is that long, and no engine is asked for more."""

LONGEST_KEY = 200
MOST_VALUES = 100

_DAY = re.compile(r"2[0-9]{3}-[01][0-9]-[0-3][0-9]")

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Problem:
    """One parameter that cannot be used: its name, what was given, and a sentence."""

    name: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The values that a filter may have; `place` turns a code or a name into a code, or gives None."""

    values: Mapping[Facet, Container[str]]
    place: Callable[[str], str | None]


@dataclass(slots=True)
class Asked:
    """A query as far as it could be read, the problems beside it, and every pair as it was typed."""

    query: Query = field(default_factory=Query)
    typed: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    shortened: bool = False

    def refuse(self, name: str, value: str, sentence: str) -> None:
        """Note a problem with one parameter."""
        self.problems.append(Problem(name, value, sentence))

    def usable(self) -> Query:
        """Give the query.

        Raises:
            InputError: something typed cannot be used; the sentence is the first problem's.
        """
        if self.problems:
            raise InputError(self.problems[0].sentence, field=self.problems[0].name)
        return self.query


def read_search(pairs: list[tuple[str, str]], known: Known) -> Asked:
    """Read parameters, in any order and repeated, into a query; empty ones count as not given.

    NUL is taken out. The filter form sends `unstated.X=hide` always and `unstated.X=show` with a ticked box:
    the last one counts, and `shortened` says that a shorter address says the same.
    """
    typed = [(name, value.replace("\x00", "").strip()) for name, value in pairs]
    asked = Asked(typed=[pair for pair in typed if pair[1]])
    given: dict[str, list[str]] = {}
    for name, value in asked.typed:
        if value not in given.setdefault(name, []):
            given[name].append(value)
    asked.query = Query(
        text=given.get("q", [""])[0],
        kind=_kind(given.get("kind", []), asked),
        filters=_filters(given, known, asked),
        exclude_not_stated=_hidden(asked),
        include_closed=_closed(given.get("closed", []), asked),
        removed=frozenset(key[:LONGEST_KEY] for key in given.get("remove", [])[:MOST_VALUES]),
        sort=_sort(given.get("sort", []), asked),
        page=read_page(given.get("page", []), asked),
        seed=_seed(given.get("seed", []), asked),
    )
    asked.shortened = any(name.startswith(UNSTATED) and value == "show" for name, value in typed)
    return asked


def _kind(values: list[str], asked: Asked) -> Kind | None:
    kinds = [kind for value in values if (kind := _word(Kind, "kind", value, asked))]
    return kinds[0] if len(kinds) == 1 else None


def _sort(values: list[str], asked: Asked) -> Sort:
    sorts = [sort for value in values[:1] if (sort := _word(Sort, "sort", value, asked))]
    return sorts[0] if sorts else Sort.RELEVANCE


def _word(words: type[Word], name: str, value: str, asked: Asked) -> Word | None:
    try:
        return words(value)
    except ValueError:
        choices = " or ".join(words)
        asked.refuse(name, value, f"There is no {name} called “{_short(value)}”: choose {choices}.")
        return None


def _filters(given: Mapping[str, list[str]], known: Known, asked: Asked) -> dict[Facet, tuple[str, ...]]:
    filters: dict[Facet, tuple[str, ...]] = {}
    for facet in FILTERABLE:
        chosen = [code for value in given.get(facet, [])[:MOST_VALUES] if (code := _value(facet, value, known, asked))]
        if chosen:
            filters[facet] = tuple(dict.fromkeys(chosen))
    return filters


def _value(facet: Facet, value: str, known: Known, asked: Asked) -> str | None:
    if facet is Facet.PLACE:
        code = known.place(value)
        if code is None:
            asked.refuse(facet, value, f"There is no place called “{_short(value)}”: type a council, county or region.")
        return code
    if value in known.values.get(facet, ()):
        return value
    asked.refuse(facet, value, f"“{_short(value)}” is not a choice under “{FACETS[facet]}”: choose from the list.")
    return None


def _hidden(asked: Asked) -> frozenset[Facet]:
    last = {name.removeprefix(UNSTATED): value for name, value in asked.typed if name.startswith(UNSTATED)}
    for name, value in last.items():
        if name not in FILTERABLE or value not in {"hide", "show"}:
            asked.refuse(UNSTATED + name, value, f"“{_short(UNSTATED + name)}={_short(value)}” is not a filter here.")
    return frozenset(facet for facet in FILTERABLE if last.get(facet) == "hide")


def _closed(values: list[str], asked: Asked) -> bool:
    for value in values:
        if value not in {"0", "1"}:
            asked.refuse("closed", value, f"“closed” is “{_short(value)}”: use 1 to include closed listings.")
    return values[-1:] == ["1"]


def _seed(values: list[str], asked: Asked) -> str | None:
    value = values[0] if values else None
    if value is not None and not _DAY.fullmatch(value):
        asked.refuse("seed", value, f"“{_short(value)}” is not a day: leave “seed” out of the address.")
        return None
    return value


def read_page(values: list[str], asked: Asked) -> int:
    """Read a page number, at most `FURTHEST_PAGE`; note a problem when it is no whole number from 1."""
    value = values[0] if values else "1"
    if not (value.isascii() and value.isdecimal()) or int(value[:20]) < 1:
        asked.refuse("page", value, f"“{_short(value)}” is not a page number: use a whole number from 1.")
        return 1
    return FURTHEST_PAGE if len(value.lstrip("0")) > 6 else int(value)


def _short(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:59]}…"
