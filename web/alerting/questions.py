"""What a saved search asks, turned into the parameters of its address, into a query and back; knows no page."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from exchange.alerting.saved_searches import NAMES, UNSTATED, Question
from exchange.errors import NotFoundError
from indexer.results import Query, Sort
from web import links
from web.params import Asked, Known, read_search

LISTING = "listing"
"""The parameter of the address where a search is saved that names a listing whose matches are asked for."""


def question_of(query: Query) -> dict[str, list[str]]:
    """Give a query as a saved search keeps it: without page, order and seed."""
    question: dict[str, list[str]] = {}
    for name, value in _pairs(query):
        question.setdefault(name, []).append(value)
    return question


def pairs_of(question: Question) -> list[tuple[str, str]]:
    """Give the parameters of the address of a saved search."""
    return [(name, value) for name, values in question.items() for value in values]


def read_question(question: Question, known: Known) -> Asked:
    """Read a saved search; `problems` says what of it is there no more, such as an area that was taken out."""
    return read_search(pairs_of(question), known)


def query_of(question: Question, known: Known) -> Query | None:
    """Give the query of a saved search; None where it can no longer be asked as it was saved."""
    asked = read_question(question, known)
    return None if asked.problems else asked.query


def read_asked(pairs: Iterable[tuple[str, str]], known: Known) -> Asked:
    """Read what is to be saved from an address or a form, in which other names stand too."""
    return read_search([(name, value) for name, value in pairs if _is_asked(name)], known)


def listing_in(values: Mapping[str, str]) -> int | None:
    """Give the number of the listing whose matches are asked for; None where a search is.

    Raises:
        NotFoundError: what is named is no number.
    """
    value = values.get(LISTING, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise NotFoundError("There is no such listing; check the number.")
    return int(value)


def _pairs(query: Query) -> list[tuple[str, str]]:
    return links.pairs_of(replace(query, page=1, sort=Sort.RELEVANCE))


def _is_asked(name: str) -> bool:
    return name in NAMES or name.startswith(UNSTATED)
