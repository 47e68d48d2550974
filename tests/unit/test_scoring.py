"""The score of a pair: parts with priors, two directions, their harmonic mean, and the sentences it cites."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_sides import LEEDS, YORK, evidence, innovation, need, scored, vectors

from indexer.scoring import (
    HIGHEST,
    LOWEST,
    OUTCOMES,
    PARTS,
    PRIORS,
    TEXTS,
    Citation,
    Evidence,
    Score,
    Units,
    cite,
    entering,
    read_evidence,
    weighed,
)
from indexer.texts import Sentence, Source

SENTENCES = tuple(Sentence(text, Source.DESCRIPTION) for text in ("carers rest", "boats sail", "homes are warm"))
HALFWAY = (LOWEST + HIGHEST) / 2


def citation(cosine: float) -> Citation:
    return Citation("unit", SENTENCES[0], cosine)


def parts(**values: float | None) -> dict[str, float | None]:
    return dict.fromkeys(PARTS, None) | {"what": 0.5} | values


def score(there: dict[str, float | None], back: dict[str, float | None] | None = None) -> Score:
    return Score(evidence=Evidence(outcomes=(), texts=(citation(0.5),)), there=there, back=back or there)


def test_the_weights_make_a_mean_and_what_it_is_about_is_more_than_half_of_it():
    assert sum(PARTS.values()) == pytest.approx(1.0)
    assert PARTS["what"] + PARTS["areas"] > 0.5
    assert PARTS["what"] == max(PARTS.values())
    assert pytest.approx(1.0) == OUTCOMES + TEXTS


def test_every_part_but_what_has_a_prior_and_none_is_above_a_half():
    assert set(PRIORS) == set(PARTS) - {"what"} | {"outcomes"}
    assert all(0.0 <= prior <= 0.5 for prior in PRIORS.values())


@pytest.mark.parametrize(("cosine", "value"), [(-1.0, 0.0), (LOWEST, 0.0), (HALFWAY, 0.5), (HIGHEST, 1.0), (1.0, 1.0)])
def test_a_cosine_counts_between_its_two_bounds(cosine, value):
    assert citation(cosine).value == pytest.approx(value)


def test_each_unit_takes_the_closest_sentence():
    units = ("carers rest well", "a warm home", "boats")
    found = cite(units, vectors(units), SENTENCES, vectors(tuple(s.text for s in SENTENCES)))
    assert [one.sentence.text for one in found] == ["carers rest", "homes are warm", "boats sail"]
    assert [one.unit for one in found] == list(units)
    assert all(one.cosine > HALFWAY for one in found)


def test_nothing_asked_cites_nothing():
    assert cite((), vectors(()), SENTENCES, vectors(tuple(s.text for s in SENTENCES))) == ()


def test_what_is_made_of_outcomes_and_of_text():
    both = Evidence(outcomes=(citation(HIGHEST), citation(LOWEST)), texts=(citation(HIGHEST),))
    assert both.what == pytest.approx(OUTCOMES * 0.5 + TEXTS)


def test_outcomes_that_are_not_stated_enter_with_their_prior():
    silent = Evidence(outcomes=(), texts=(citation(LOWEST),))
    assert silent.what == pytest.approx(OUTCOMES * PRIORS["outcomes"])


def test_a_part_that_is_not_stated_enters_with_its_prior():
    assert entering("money", parts()) == PRIORS["money"]
    assert entering("money", parts(money=0.0)) == 0.0
    silent = PARTS["what"] * 0.5 + sum(PARTS[name] * PRIORS[name] for name in PARTS if name != "what")
    assert weighed(parts()) == pytest.approx(silent)


def test_all_parts_full_is_one_and_all_empty_is_nought():
    assert score(dict.fromkeys(PARTS, 1.0)).total == pytest.approx(1.0)
    assert score(dict.fromkeys(PARTS, 0.0)).total == 0.0
    assert score(dict.fromkeys(PARTS, 0.0)).share("what") == 0.0


def test_a_match_that_is_good_for_one_side_only_is_worth_less_than_the_mean():
    lopsided = score(dict.fromkeys(PARTS, 1.0), dict.fromkeys(PARTS, 0.25))
    assert lopsided.total == pytest.approx(0.4)
    assert set(lopsided.parts.values()) == {0.625}


def test_the_shares_of_the_parts_make_the_whole():
    pair = score(parts(who=0.3, money=1.0), parts(who=0.9))
    assert sum(pair.share(name) for name in PARTS) == pytest.approx(1.0)
    assert pair.share("what", 0.25) == pytest.approx(pair.share("what") / 4)


def test_people_and_tiers_are_read_in_both_directions():
    pair = scored(need(groups=("carers",)), innovation(groups=("carers", "children")))
    assert pair.there["who"] is not None
    assert pair.back["who"] == pytest.approx(pair.there["who"] / 2)


def test_place_and_money_are_one_number_for_both():
    pair = scored(need(required_in=(LEEDS, YORK)), innovation(delivers_in=(LEEDS,)))
    assert pair.there["place"] == pair.back["place"] == 0.5


def test_two_silent_listings_are_scored_by_their_text_alone():
    near, far = scored(need("carers rest"), innovation("carers rest")), scored(need("carers rest"), innovation("boats"))
    assert near.total > far.total
    assert {name for name, value in near.there.items() if value is None} == set(PARTS) - {"what"}


def test_the_evidence_names_the_field_of_the_sentence():
    found = evidence(need(outcomes=("carers rest",)), innovation(outcomes=("carers rest",), summary="boats"))
    assert found.outcomes[0].sentence == Sentence("carers rest", Source.OUTCOMES)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(2, 9), st.data())
def test_taking_a_sentence_away_never_raises_what(seed, asked, told, data):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((asked + told, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    names = tuple(f"unit {at}" for at in range(asked))
    units = Units(outcomes=names, outcome_vectors=rows[:asked], texts=names, text_vectors=rows[:asked])
    sentences = tuple(Sentence(f"sentence {at}", Source.DESCRIPTION) for at in range(told))
    gone = data.draw(st.integers(0, told - 1))
    kept = [at for at in range(told) if at != gone]
    whole = read_evidence(units, sentences, rows[asked:])
    less = read_evidence(units, tuple(sentences[at] for at in kept), rows[asked:][kept])
    assert less.what <= whole.what + 1e-6
