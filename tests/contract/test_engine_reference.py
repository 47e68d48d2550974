"""Every engine agrees with the plain reference on any small corpus, any writes and any plan."""

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from entries import BRADFORD, CAMDEN, LEEDS, TODAY, YORK, entry, hide, ids, near, places
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from reference import Reference, Row

from exchange.content import Gender, Kind
from indexer.analysis import terms
from indexer.document import Field
from indexer.engine import Entry, Found, PeopleAsk, Plan, Rule, TermGroup
from indexer.engine_embedded import EmbeddedEngine
from indexer.results import Facet

WORDS = ["alpha", "bravo", "delta", "echo", "golf", "hotel"]
DISTRICTS = [LEEDS, BRADFORD, YORK, CAMDEN]
VALUES = {
    Facet.AREA: ["care", "home", "youth"],
    Facet.STAGE: ["idea", "pilot"],
    Facet.PLACE: ["north", "south"],
    Facet.GROUP: ["care"],
}
TITLES = ["alpha bravo", "golf", "hotel hotel"]
ORG_IDS = ["gb-chc-1", "gb-chc-2"]
CLOSE = 1e-4
"""Nearer to a threshold than this, rounding decides: such cases are not judged."""


def subsets(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


def unit_rows(low: int, high: int) -> st.SearchStrategy[np.ndarray]:
    numbers = st.lists(st.integers(-3, 3), min_size=4, max_size=4).filter(any)
    rows = st.lists(numbers, min_size=low, max_size=high)
    return rows.map(lambda r: (np.array(r) / np.linalg.norm(r, axis=1, keepdims=True)).astype(np.float32))


maybe_age = st.none() | st.integers(0, 30)
days = st.none() | st.integers(-1, 1).map(lambda n: TODAY + timedelta(days=n))
words = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
genders = st.none() | st.sampled_from(Gender)


@st.composite
def listings(draw, number: int, revision: int) -> Entry:
    """Draw any listing, now and then one that hides it."""
    if draw(st.integers(0, 7)) == 0:
        return hide(number, revision)
    texts = {field.value: draw(words) for field in Field if field is not Field.TITLE}
    facets = {facet: draw(subsets(values)) for facet, values in VALUES.items()}
    stated = places(draw(subsets(DISTRICTS)), draw(subsets(DISTRICTS)), draw(subsets(DISTRICTS)))
    ages = {"age_min": draw(maybe_age), "age_max": draw(maybe_age)}
    made = entry(
        number,
        title=draw(st.sampled_from(["", *TITLES])),
        revision=revision,
        kind=draw(st.sampled_from(Kind)),
        open=draw(st.integers(0, 4)) > 0,
        closes=draw(days),
        gender=draw(genders),
        org_id=draw(st.sampled_from([None, *ORG_IDS])),
        places=stated,
        facets=facets,
        **ages,
        **texts,
    )
    return Entry(document=made.document, vectors=draw(unit_rows(1, 3)))


@st.composite
def corpora(draw) -> tuple[list[Entry], list[list[Entry]]]:
    """Draw what a rebuild reads and the writes that follow it, some of them late."""
    base = [draw(listings(number, draw(st.integers(1, 3)))) for number in range(draw(st.integers(0, 6)))]
    one = st.tuples(st.integers(0, 9), st.integers(1, 4)).flatmap(lambda pair: listings(*pair))
    return base, draw(st.lists(st.lists(one, max_size=4), max_size=3))


factors = st.sampled_from([1.0, 0.8, 0.5])
others = st.lists(st.tuples(st.sampled_from(WORDS), factors), max_size=2)
groups = st.builds(
    lambda first, rest, factor: TermGroup(alternatives=((first, 1.0), *rest), factor=factor),
    st.sampled_from([*WORDS, "zulu"]),
    others,
    st.sampled_from([1.0, 2.0, 0.5]),
)
asked_places = subsets(DISTRICTS).map(lambda codes: near(*codes))
implied = st.lists(st.tuples(st.integers(0, 15), st.integers(15, 30)), max_size=2).map(tuple)
asked_people = st.builds(PeopleAsk, gender=genders, age_min=maybe_age, age_max=maybe_age, implied=implied)
thresholds = st.sampled_from([0.12, 0.37, 0.52, 0.71])
plans = st.builds(
    Plan,
    rule=st.builds(Rule, share=thresholds, cosine=thresholds, strong_share=thresholds, strong_cosine=thresholds),
    terms=st.lists(groups, max_size=3).map(tuple),
    vectors=st.none() | unit_rows(1, 2),
    phrase=st.sampled_from(["", "nothing like it", *TITLES, *ORG_IDS]),
    kind=st.none() | st.sampled_from(Kind),
    include_closed=st.booleans(),
    today=st.just(TODAY),
    facets=st.dictionaries(st.sampled_from([Facet.AREA, Facet.STAGE, Facet.GROUP]), subsets(["care", "home", "idea"])),
    exclude_not_stated=st.frozensets(st.sampled_from([*VALUES, Facet.SIZE]), max_size=2),
    place_filter=st.none() | asked_places,
    places=st.lists(asked_places, max_size=2).map(tuple),
    people=st.lists(asked_people, max_size=2).map(tuple),
    only=st.none() | st.none() | st.integers(0, 9),
    everything=st.booleans(),
)


def evidence(found: Found) -> dict[int, Row]:
    """Give what an engine found in the reference's shape."""
    names = ("share", "lexical", "cosine", "tier", "exact", "qualifies", "strong")
    columns = [getattr(found, name).tolist() for name in names]
    rows = {}
    for number, *values in zip(found.ids.tolist(), *columns, strict=True):
        row: dict[str, Any] = dict(zip(names, values, strict=True))
        row["cosine"] = None if math.isnan(row["cosine"]) else row["cosine"]
        rows[number] = Row(**row)
    return rows


def undecided(row: Row, rule: Rule) -> bool:
    """Say whether rounding decides a membership."""
    limits = (row.share, rule.share), (row.share, rule.strong_share)
    if row.cosine is not None:
        limits += (row.cosine, rule.cosine), (row.cosine, rule.strong_cosine)
    return any(abs(value - limit) < CLOSE for value, limit in limits)


def test_the_words_of_this_test_are_their_own_stems():
    assert terms(" ".join([*WORDS, "zulu"])) == [*WORDS, "zulu"]


def test_an_engine_agrees_with_the_reference(index):
    examples = 200 if isinstance(index, EmbeddedEngine) else 40  # where a rebuild takes a second

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(corpus=corpora(), asked=st.lists(plans, min_size=1, max_size=3))
    def check(corpus, asked):
        agree_on(index, corpus, asked)

    check()


def agree_on(index, corpus, asked):
    reference = Reference()
    base, writes = corpus
    for engine in (reference, index):
        engine.rebuild(base)
        for batch in writes:
            engine.write(batch)
    assert index.revisions() == reference.revisions()
    assert [index.frequency(word) for word in WORDS] == [reference.frequencies.get(word, 0) for word in WORDS]
    for plan in asked:
        agree(index.search(plan), reference, plan)


def agree(found: Found, reference: Reference, plan: Plan) -> None:
    """Compare one answer with the reference's, column by column."""
    everyone = [reference.row(entry, plan) for entry in reference.held.values() if entry.document.visible]
    assume(not any(undecided(row, plan.rule) for row in everyone))
    expected, facets, hidden = reference.search(plan)
    assert ids(found) == set(expected)
    for number, row in evidence(found).items():
        wanted = expected[number]
        assert (row.tier, row.exact, row.qualifies, row.strong) == (
            wanted.tier,
            wanted.exact,
            wanted.qualifies,
            wanted.strong,
        )
        assert (row.share, row.lexical) == pytest.approx((wanted.share, wanted.lexical), abs=1e-4, rel=1e-4)
        assert row.cosine == pytest.approx(wanted.cosine, abs=1e-5)
        assert row.lexical <= found.lexical_top + 1e-4
    assert found.facets == facets
    assert found.hidden == hidden
