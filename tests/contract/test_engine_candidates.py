"""Which listings are candidates, and with which evidence: the one rule of ruling 5."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from entries import QUERY, RULE, TODAY, by_id, entry, group, hide, ids, plan, towards

from exchange.content import Kind
from indexer.document import Field

LEXICAL = replace(RULE, cosine=2.0, strong_cosine=2.0)


@pytest.fixture
def weighed(index):
    """Freeze statistics in which alpha, bravo, delta and echo weigh the same and "common" weighs little."""
    words = ["alpha", "bravo", "delta", "echo"]
    index.rebuild([entry(100 + n, f"common {word}") for n, word in enumerate(words)])
    index.write([hide(100 + n, 2) for n in range(len(words))])
    return index


def test_a_share_at_the_rule_qualifies_and_one_below_does_not(weighed):
    weighed.write([entry(1, "alpha"), entry(2, "alpha bravo"), entry(3, "alpha bravo delta"), entry(4, "common")])
    found = weighed.search(plan("alpha bravo delta echo"))
    assert by_id(found, "share") == pytest.approx({2: 0.5, 3: 0.75})
    assert by_id(found, "strong") == {2: False, 3: True}


def test_every_word_of_a_long_query_is_a_share_of_exactly_one(weighed):
    query = "alpha bravo delta echo common never seen before by anyone"
    weighed.write([entry(1, query)])
    found = weighed.search(plan(query, rule=replace(RULE, share=1.0, strong_share=1.0)))
    assert by_id(found, "share") == {1: 1.0}
    assert by_id(found, "strong") == {1: True}


def test_one_common_word_of_two_does_not_qualify_a_listing_and_the_rare_one_does(weighed):
    weighed.write([entry(1, "common"), entry(2, "alpha")])
    assert ids(weighed.search(plan("common alpha"))) == {2}


def test_a_word_that_no_listing_holds_weighs_most(weighed):
    weighed.write([entry(1, "alpha")])
    assert ids(weighed.search(plan("alpha zebra"))) == set()
    assert ids(weighed.search(plan("alpha zebra", rule=replace(RULE, share=0.2)))) == {1}


def test_the_factor_of_a_group_weighs_it(weighed):
    weighed.write([entry(1, "alpha"), entry(2, "bravo")])
    heavy = plan(terms=(group("alpha", factor=3.0), group("bravo")), rule=replace(RULE, share=0.1))
    assert by_id(weighed.search(heavy), "share") == pytest.approx({1: 0.75, 2: 0.25})


def test_a_cosine_at_the_floor_qualifies_and_one_below_does_not(index):
    index.write([entry(1, cosine=0.4999), entry(2, cosine=0.5), entry(3, cosine=0.7499), entry(4, cosine=0.75)])
    found = index.search(plan(vectors=QUERY))
    assert by_id(found, "cosine") == pytest.approx({2: 0.5, 3: 0.7499, 4: 0.75}, abs=1e-6)
    assert by_id(found, "strong") == {2: False, 3: False, 4: True}


def test_either_leg_is_enough(weighed):
    weighed.write([entry(1, "alpha"), entry(2, cosine=0.9), entry(3), entry(4, "alpha", cosine=0.9)])
    assert ids(weighed.search(plan("alpha", QUERY))) == {1, 2, 4}


def test_without_vectors_no_cosine_is_told(weighed):
    weighed.write([entry(1, "alpha", cosine=0.9)])
    assert np.isnan(weighed.search(plan("alpha")).cosine).all()


def test_without_terms_nothing_lexical_counts(weighed):
    weighed.write([entry(1, "alpha", cosine=0.9)])
    found = weighed.search(plan(vectors=QUERY))
    assert (by_id(found, "share"), by_id(found, "lexical"), found.lexical_top) == ({1: 0.0}, {1: 0.0}, 0.0)


def test_the_alternatives_of_a_word_count_once_and_the_best_counts(weighed):
    weighed.write([entry(1, "alpha"), entry(2, "bravo"), entry(3, "alpha bravo"), entry(4, "bravo delta")])
    asked = plan(terms=(group("alpha", ("bravo", 0.5), ("delta", 0.25)),), rule=replace(RULE, share=0.1))
    found = weighed.search(asked)
    assert by_id(found, "share") == pytest.approx({1: 1.0, 2: 0.5, 3: 1.0, 4: 0.5})
    scores = by_id(found, "lexical")
    assert scores[1] > scores[2]
    assert max(scores.values()) <= found.lexical_top


def test_a_word_in_the_title_scores_more_than_in_the_body_and_least_in_the_name_of_the_organisation(weighed):
    filler = "one two three four five six seven"
    weighed.write(
        [
            entry(1, filler, title="alpha"),
            entry(2, f"{filler} alpha"),
            entry(3, filler, organisation="alpha"),
        ]
    )
    scores = by_id(weighed.search(plan("alpha")), "lexical")
    assert scores[1] > scores[2] > scores[3] > 0


def test_the_best_passage_decides_the_cosine(index):
    index.write([entry(1, cosine=(0.1, 0.8, 0.2)), entry(2, cosine=(0.3, 0.2)), entry(3, cosine=-0.5)])
    found = index.search(plan(vectors=QUERY, everything=True))
    assert by_id(found, "cosine") == pytest.approx({1: 0.8, 2: 0.3, 3: -0.5}, abs=1e-6)
    assert by_id(found, "qualifies") == {1: True, 2: False, 3: False}


def test_the_nearest_part_of_a_query_decides_the_cosine(index):
    index.write([entry(1, cosine=1.0), entry(2, cosine=0.0)])
    found = index.search(plan(vectors=towards(1.0, 0.0)))
    assert by_id(found, "cosine") == pytest.approx({1: 1.0, 2: 1.0}, abs=1e-6)


def test_a_listing_without_passages_is_found_by_its_words_and_lends_no_cosine_from_its_neighbours(index):
    index.write([entry(1, "alpha", cosine=()), entry(2, cosine=(0.9, 0.1)), entry(3, "alpha", cosine=())])
    index.write([entry(4, "alpha", cosine=())])
    found = index.search(plan("alpha", QUERY))
    assert ids(found) == {1, 2, 3, 4}
    assert {number for number, cosine in by_id(found, "cosine").items() if cosine >= RULE.cosine} == {2}


def test_term_statistics_are_frozen_until_a_rebuild(index):
    index.rebuild([entry(n, "alpha" if n < 3 else "bravo") for n in range(9)])
    before = (index.frequency("alpha"), index.frequency("bravo"), index.frequency("delta"))
    index.write([entry(n, "alpha delta") for n in range(10, 14)])
    assert (index.frequency("alpha"), index.frequency("bravo"), index.frequency("delta")) == before == (3, 6, 0)
    index.rebuild([entry(1, "alpha delta")])
    assert (index.frequency("alpha"), index.frequency("bravo"), index.frequency("delta")) == (1, 0, 1)


def test_term_statistics_stay_frozen_where_much_is_written_and_hidden(index):
    index.rebuild([entry(n, "alpha", cosine=()) for n in range(300)])
    index.write([hide(n, 2) for n in range(150)])
    index.write([entry(n, "bravo", cosine=()) for n in range(1_000, 1_320)])
    assert (index.frequency("alpha"), index.frequency("bravo")) == (300, 0)
    assert len(ids(index.search(plan("bravo")))) == 320


def test_a_listings_coming_or_going_changes_no_membership_and_no_score_of_another(index):
    listings = [entry(n, f"common{' alpha' * (n % 3)}{' bravo' * (n % 2)}", cosine=n / 20) for n in range(20)]
    index.rebuild(listings)
    asked = plan("alpha bravo common", QUERY)
    before = index.search(asked)
    index.write([entry(n, "alpha " * (n - 19), title="bravo common", cosine=0.9) for n in range(20, 30)])
    index.write([hide(n, 2) for n in range(0, 20, 4)])
    after = index.search(asked)
    stayed = {n for n in ids(before) if n % 4}
    assert {n for n in ids(after) if n < 20} == stayed
    for column in ("share", "lexical", "cosine", "strong"):
        old, new = by_id(before, column), by_id(after, column)
        assert {n: new[n] for n in stayed} == pytest.approx({n: old[n] for n in stayed}, abs=1e-6)
    assert after.lexical_top == pytest.approx(before.lexical_top)


def test_everything_lets_those_below_the_rule_follow_and_still_tells_them_apart(weighed):
    weighed.write([entry(1, "alpha"), entry(2, "bravo"), entry(3, "bravo", kind=Kind.NEED)])
    found = weighed.search(plan("alpha", everything=True, kind=Kind.INNOVATION))
    assert by_id(found, "qualifies") == {1: True, 2: False}
    assert sum(found.facets[next(iter(found.facets))].values()) == 1, "counts are of candidates only"


def test_browsing_finds_every_listing_that_passes_and_calls_all_of_them_strong(index):
    index.write([entry(1, "alpha"), entry(2), entry(3, kind=Kind.NEED)])
    found = index.search(plan())
    assert by_id(found, "strong") == by_id(found, "qualifies") == {1: True, 2: True, 3: True}
    assert ids(index.search(plan(kind=Kind.NEED))) == {3}


def test_an_exact_title_qualifies_whatever_its_case_and_punctuation(index):
    index.write([entry(1, title="The Bridge: a Project!"), entry(2, title="The Bridge"), entry(3, "the bridge")])
    found = index.search(plan("zebra", phrase="  the BRIDGE - a project "))
    assert by_id(found, "exact") == {1: True}
    assert by_id(found, "strong") == by_id(found, "qualifies") == {1: True}


def test_an_exact_org_id_qualifies(index):
    index.write([entry(1, org_id="GB-CHC-1136419"), entry(2, org_id="GB-CHC-1136410"), entry(3)])
    assert ids(index.search(plan("zebra", phrase=" gb-chc-1136419"))) == {1}


def test_an_empty_phrase_makes_nothing_exact(index):
    index.write([entry(1), entry(2, title="...")])
    assert not index.search(plan(phrase=" . ", everything=True)).exact.any()


def test_an_exact_title_is_held_back_by_a_filter_like_any_other(index):
    index.write([entry(1, title="Bridge", kind=Kind.NEED), entry(2, title="Bridge")])
    assert ids(index.search(plan("bridge", phrase="Bridge", kind=Kind.INNOVATION))) == {2}


def test_only_narrows_to_one_listing_with_the_same_evidence(weighed):
    weighed.write([entry(n, "alpha bravo", cosine=n / 10) for n in range(1, 6)])
    whole = weighed.search(plan("alpha echo", QUERY))
    one = weighed.search(plan("alpha echo", QUERY, only=3))
    assert ids(one) == {3}
    for column in ("share", "lexical", "cosine"):
        assert by_id(one, column)[3] == pytest.approx(by_id(whole, column)[3])
    assert ids(weighed.search(plan("alpha", only=77))) == set()


def test_closed_listings_are_found_only_where_they_are_asked_for(index):
    index.write([entry(1, open=True), entry(2, open=False)])
    assert ids(index.search(plan())) == {1}
    assert ids(index.search(plan(include_closed=True))) == {1, 2}


def test_a_listing_is_open_to_the_end_of_its_closing_date(index):
    days = {1: TODAY - timedelta(days=1), 2: TODAY, 3: TODAY + timedelta(days=1), 4: None}
    index.write([entry(number, closes=day, kind=Kind.NEED) for number, day in days.items()])
    assert ids(index.search(plan())) == {2, 3, 4}
    assert ids(index.search(plan(today=TODAY + timedelta(days=2)))) == {4}
    assert ids(index.search(plan(include_closed=True))) == {1, 2, 3, 4}


def test_dates_come_back_as_days_and_as_nought_where_there_is_none(index):
    index.write([entry(1, posted=TODAY, closes=TODAY), entry(2)])
    found = index.search(plan())
    assert by_id(found, "posted") == by_id(found, "closes") == {1: TODAY.toordinal(), 2: 0}


def test_all_fields_of_text_are_searched(weighed):
    weighed.write([entry(n, **{field.value: "alpha"}) for n, field in enumerate(Field)])
    assert ids(weighed.search(plan("alpha"))) == set(range(len(Field)))


def test_words_are_matched_by_their_stem(index):
    index.write([entry(1, "Carers caring"), entry(2, "careless")])
    assert ids(index.search(plan("carer"))) == {1}
    assert ids(index.search(plan("care", rule=LEXICAL))) == {1}
