"""Ages that words imply, and how far a listing's ages answer those that are asked for."""

import numpy as np
import pytest

from indexer.ages import NEAR, Ages, age_tiers, implied_ages, shared


def spans(text: str) -> list[tuple[int, int]]:
    return [(found.low, found.high) for found in implied_ages(text)]


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("social club for autistic teenagers", [(13, 19)]),
        ("balance classes for pensioners", [(60, 100)]),
        ("cutting loneliness in old age", [(60, 100)]),
        ("mentoring for girls", [(0, 18)]),
        ("keeping kids in school", [(0, 17)]),
        ("young people leaving care", [(10, 25)]),
        ("support for women on probation", [(18, 100)]),
        ("older women at home", [(60, 100)]),
        ("young women in custody", [(10, 25)]),
        ("speech therapy for toddlers", [(0, 5)]),
        ("help for schoolgirl mothers", [(5, 18)]),
        ("housing for teenage parents", [(13, 19)]),
        ("respite for young carers", [(10, 25)]),
    ],
)
def test_words_for_people_imply_their_ages(text, ages):
    assert spans(text) == ages


@pytest.mark.parametrize(
    "text",
    [
        "debt advice",
        "respite for carers of people with dementia",
        "parents whose children are in care",
        "families with teenagers",
        "a men's shed in Hull",
        "boys' clubs",
        "debt advice on the Isle of Man",
        "training for youth workers",
        "",
    ],
)
def test_nothing_is_implied_where_the_words_may_be_about_somebody_else(text):
    assert spans(text) == []


def test_several_kinds_of_people_are_all_meant():
    assert sorted(spans("older people and teenagers gardening together")) == [(13, 19), (60, 100)]


def test_the_words_that_said_it_are_given_as_typed():
    assert implied_ages("Clubs for TEENAGERS") == (Ages(13, 19, "TEENAGERS"),)


def test_the_words_of_a_parent_who_is_young_are_given_as_typed():
    assert implied_ages("flats for teenage mothers")[0].words == "teenage"


def test_a_longer_phrase_is_not_read_twice():
    assert spans("young adults") == [(10, 25)]


def part(asked: tuple[int, int], low: int, high: int) -> float:
    return float(shared(asked, np.array([low], np.int16), np.array([high], np.int16))[0])


@pytest.mark.parametrize(
    ("asked", "low", "high", "share"),
    [
        ((16, 24), 16, 24, 1.0),
        ((16, 24), 11, 25, 1.0),
        ((16, 24), 16, 19, 1.0),
        ((16, 24), 8, 16, 1 / 9),
        ((16, 24), 55, 100, 0.0),
        ((18, 100), 11, 18, 1 / 8),
        ((13, 19), 18, 100, 2 / 7),
        ((60, 100), 50, 200, 1.0),
    ],
)
def test_the_part_of_the_shorter_range_that_both_share(asked, low, high, share):
    assert part(asked, low, high) == pytest.approx(share)


def test_a_column_is_compared_at_once():
    found = shared((16, 24), np.array([16, 30], np.int16), np.array([24, 40], np.int16))
    assert found.tolist() == [1.0, 0.0]


def test_a_small_overlap_is_for_others():
    assert age_tiers(np.array([1.0, NEAR, 0.1, 0.0], np.float32)).tolist() == [1, 1, 4, 4]
