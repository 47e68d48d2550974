"""The sieve before an engine loses no search that the engine would find a listing for, and lets few others through."""

from dataclasses import replace

import numpy as np
from entries import CAMDEN, TODAY, YORK, entry, near, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_engine_reference import corpora, plans

from indexer.alert_plans import Ask, Wanted
from indexer.alert_sieve import ELSEWHERE, LONG, Sieve
from indexer.constraints import Reading
from indexer.engine import Engine, Entry, Plan, Rule, TermGroup
from indexer.engine_embedded import EmbeddedEngine

RULE = Rule(share=0.5, cosine=0.5, strong_share=0.5, strong_cosine=0.5)
ELSEWHERE_ONLY = places(now=[CAMDEN])


def of_alerts(plan: Plan) -> Plan:
    return replace(plan, include_closed=False, everything=False, only=None, count_facets=False)


def sieve_of(searches: list[list[Plan]], index: Engine) -> Sieve:
    wanted = [
        Wanted(search_id=n, asks=tuple(Ask(p, Reading(text="")) for p in asks)) for n, asks in enumerate(searches)
    ]
    return Sieve(wanted, index.statistics())


def passes(index: Engine, plan: Plan, number: int) -> bool:
    found = index.search(replace(plan, only=number, depth=1))
    return bool((found.strong & (found.tier != ELSEWHERE)).any())


def test_the_sieve_loses_none(index):
    examples = 200 if isinstance(index, EmbeddedEngine) else 25
    through, right = [], []

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(corpus=corpora(), asked=st.lists(st.lists(plans.map(of_alerts), min_size=1, max_size=2), max_size=4))
    def check(corpus, asked):
        index.rebuild(corpus[0])
        held: dict[int, Entry] = {one.document.id: one for one in corpus[0]}
        for batch in corpus[1]:
            index.write(batch)
            for one in batch:
                known = held.get(one.document.id)
                if known is None or known.document.revision <= one.document.revision:
                    held[one.document.id] = one
        sieve = sieve_of(asked, index)
        for number, one in held.items():
            if one.document.visible:
                let = {(at, ask) for at, asks in sieve.through(one).items() for ask in asks}
                found = {
                    (at, ask)
                    for at, asks in enumerate(asked)
                    for ask, plan in enumerate(asks)
                    if passes(index, plan, number)
                }
                assert found <= let
                through.append(len(let))
                right.append(len(found))

    check()
    assert sum(right) <= sum(through) <= 1.25 * sum(right) + 10


def test_an_engine_gives_the_same_statistics_until_they_are_frozen_anew(index):
    index.rebuild([entry(1, "alpha")])
    first = index.statistics()
    index.write([entry(2, "bravo")])
    assert index.statistics() is first
    assert (first.documents, dict(first.frequencies)) == (1, {"alpha": 1})
    index.rebuild([entry(1, "alpha"), entry(2, "bravo")])
    assert index.statistics() is not first
    assert index.statistics().documents == 2


def plan_of(*terms: str, **changes: object) -> Plan:
    return Plan(rule=RULE, terms=tuple(TermGroup(alternatives=((t, 1.0),)) for t in terms), today=TODAY, **changes)


def test_a_title_lets_through_what_no_word_and_no_meaning_would(index):
    index.rebuild([entry(1, "delta", title="Alpha Bravo")])
    sieve = sieve_of([[plan_of("zulu", phrase=" alpha,  bravo ")], [plan_of("zulu", phrase="alpha")]], index)
    assert list(sieve.through(entry(1, "delta", title="Alpha Bravo"))) == [0]


def test_a_text_of_very_many_words_is_let_through_whatever_it_says(index):
    index.rebuild([entry(1, "delta")])
    long = plan_of(*(f"word{n}" for n in range(LONG + 1)))
    assert list(sieve_of([[long], [plan_of("word1")]], index).through(entry(1, "delta"))) == [0]


def test_a_listing_that_states_only_other_places_is_let_through_for_none(index):
    index.rebuild([entry(1, "delta", places=ELSEWHERE_ONLY)])
    sieve = sieve_of([[plan_of("delta", places=(near(YORK),))], [plan_of("delta")]], index)
    assert list(sieve.through(entry(1, "delta", places=ELSEWHERE_ONLY))) == [1]


def test_a_listing_without_passages_goes_by_its_words(index):
    bare = Entry(document=entry(1, "delta").document, vectors=np.empty((0, 4), np.float32))
    index.rebuild([bare])
    query = np.array([[1, 0, 0, 0]], np.float32)
    sieve = sieve_of([[plan_of("delta", vectors=query)], [plan_of("zulu", vectors=query)], []], index)
    assert list(sieve.through(bare)) == [0]


def test_no_searches_let_nothing_through(index):
    assert Sieve([], index.statistics()).through(entry(1, "delta")) == {}
