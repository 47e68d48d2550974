"""The fixtures' judged queries, exact names and nonsense on the real model: what a person would see."""

import json
from dataclasses import replace

import pytest
from baseline import ALLOWED_LOSS, committed
from real_exchange import FILES, RealExchange, first_page, judged_queries, kinds, mean_ndcg, nonsense

from exchange.content import Kind
from exchange.place.places import load_gazetteer
from exchange.place.postcodes import Postcodes, compile_table
from indexer.results import Query

pytestmark = pytest.mark.model

QUERIES = {query.id: query for query in judged_queries()}


@pytest.mark.parametrize("text", nonsense())
def test_nonsense_finds_nothing(packaged, text):
    results = packaged.service.search(Query(text=text))
    assert (results.total, results.hits) == (0, ())


@pytest.mark.parametrize("query", sorted(QUERIES))
def test_every_judged_query_finds_something(packaged, query):
    results = packaged.service.search(Query(text=QUERIES[query].text, kind=kinds()[query]))
    assert results.total >= 1
    assert results.hits


@pytest.mark.parametrize("kind", list(Kind))
def test_the_exact_title_comes_first(packaged, kind):
    for listing in packaged.open_listings(kind)[::7]:
        hits = packaged.service.search(Query(text=listing.title)).hits
        same = {row.id for row in packaged.open_listings(kind) if row.title == listing.title}
        assert hits[0].id in same, listing.title


@pytest.mark.parametrize("change", [str.lower, str.upper, lambda title: f"  {title}  "])
def test_the_title_may_be_typed_in_any_case(packaged, change):
    for listing in packaged.open_listings(Kind.INNOVATION)[::40]:
        assert packaged.service.search(Query(text=change(listing.title))).hits[0].id == listing.id


def org_ids(packaged: RealExchange) -> dict[str, set[int]]:
    """Give the open listings of each org-id of the fixtures."""
    found: dict[str, set[int]] = {}
    for listing in (*packaged.open_listings(Kind.INNOVATION), *packaged.open_listings(Kind.NEED)):
        if listing.organisation is not None and listing.organisation.org_id:
            found.setdefault(listing.organisation.org_id, set()).add(listing.id)
    return found


def test_an_org_id_finds_its_organisations_listings_first(packaged):
    owners = org_ids(packaged)
    assert owners
    for org_id, listings in sorted(owners.items())[::10]:
        hits = packaged.service.search(Query(text=org_id)).hits
        assert {hit.id for hit in hits[: len(listings)]} == listings


def test_the_judged_queries_are_answered_no_worse_than_the_committed_baseline(packaged):
    assert len(QUERIES) == 40
    assert mean_ndcg(packaged) >= committed() - ALLOWED_LOSS


OUTWARD = {"LS1 4AP": "E08000035", "BS1 5TR": "E06000023", "BS5 6QN": "E06000023"}
"""A postcode and its district for each outward code that the judged queries name."""
FAMILIES = {"place", "people"}


def constrained() -> list[str]:
    """Give the ids of the judged queries that name a place or people."""
    rows = map(json.loads, (FILES / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    return sorted(row["_id"] for row in rows if row["metadata"]["family"] in FAMILIES)


@pytest.fixture(scope="module")
def with_postcodes(packaged, tmp_path_factory) -> RealExchange:
    folder, service = tmp_path_factory.mktemp("postcodes"), packaged.service
    compile_table(OUTWARD.items(), folder, load_gazetteer())
    finder = replace(service.finder, postcodes=Postcodes.open(folder))
    return replace(packaged, service=replace(service, finder=finder))


def test_twenty_judged_queries_name_a_place_or_people():
    assert len(constrained()) == 20


@pytest.mark.parametrize("query", constrained())
def test_nothing_off_topic_stands_above_what_is_right_because_of_a_place_or_people(with_postcodes, query):
    judged = QUERIES[query]
    grades = [judged.grades.get(key) for key in first_page(with_postcodes, judged)]
    last = max((at for at, grade in enumerate(grades) if grade == 3), default=0)
    assert 0 not in grades[:last], grades


def test_one_page_follows_the_other_and_is_the_same_when_asked_again(packaged):
    text = QUERIES["q01"].text
    first = packaged.service.search(Query(text=text, page=1, page_size=10))
    assert packaged.service.search(Query(text=text, page=1, page_size=10)) == first
    second = packaged.service.search(Query(text=text, page=2, page_size=10))
    assert not {hit.id for hit in first.hits} & {hit.id for hit in second.hits}
