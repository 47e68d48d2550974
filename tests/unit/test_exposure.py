"""Exposure: what each size of organisation has of the first page, beside its share of what is relevant."""

import math

import pytest

from indexer.exposure import Exposure, exposure, spread, table
from indexer.judgements import JudgedQuery

BAND = {"a": "micro", "b": "micro", "c": "major", "d": None}


def rows(run: dict[str, list[str]]) -> dict[str, Exposure]:
    queries = [
        JudgedQuery(id="q1", text="", grades={"a": 3, "c": 2, "b": 1}),
        JudgedQuery(id="q2", text="", grades={"d": 3, "a": 2}),
    ]
    return {row.band: row for row in exposure(queries, run, BAND.get, 2)}


def test_relevant_documents_are_counted_by_size_and_places_by_their_discount():
    found = rows({"q1": ["c", "a"], "q2": ["d"]})
    assert list(found) == ["micro", "major", "not stated"], "in the order of size; bands without anything go"
    assert [row.relevant for row in found.values()] == [0.5, 0.25, 0.25]
    second = 1 / math.log2(3)
    whole = 2 + second
    assert [row.seen for row in found.values()] == pytest.approx([second / whole, 1 / whole, 1 / whole])


def test_only_the_first_ten_are_seen_and_no_run_shows_nobody():
    found = rows({"q1": ["c"] * 10 + ["a"]})
    assert (found["major"].seen, found["micro"].seen) == (1.0, 0.0)
    assert all(row.seen == 0 for row in rows({}).values())


def test_the_table_speaks_in_hundredths():
    assert table([Exposure("micro", 0.5, 0.125)])[1] == ("micro", "50.0%", "12.5%")


def test_the_spread_over_days_has_its_ends():
    found = spread([0.4, 0.5, 0.45])
    assert (found.days, found.mean, found.least, found.most) == (3, pytest.approx(0.45), 0.4, 0.5)
