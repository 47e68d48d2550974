"""The words for values."""

from datetime import date

import pytest

from exchange.content import Basis, Content, EvidenceKind, Gender, Stage, Tier, ValueCell
from exchange.models import SizeBand
from indexer.document import LARGEST_BAND, MONEY_BANDS
from indexer.results import Facet, Sort
from web import wording


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (wording.STAGES, Stage),
        (wording.TIERS, Tier),
        (wording.SIZES, SizeBand),
        (wording.EVIDENCE_KINDS, EvidenceKind),
        (wording.GENDERS, Gender),
        (wording.VALUE_CELLS, ValueCell),
        (wording.SORTS, Sort),
        (wording.FACETS, Facet),
        (wording.EVIDENCE_LEVELS, range(1, 6)),
        (wording.RAISED_BY, [None, *range(1, 6)]),
        (wording.MONEY_BANDS, [*(name for name, _ in MONEY_BANDS), LARGEST_BAND]),
    ],
)
def test_every_value_has_its_words(table, values):
    assert set(table) == set(values)
    assert all(table.values())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, None),
        ({"money_min": 5, "money_max": 10, "money_basis": Basis.YEAR}, "£5 to £10 a year"),
        ({"money_min": 1_000, "money_max": 1_000, "money_basis": Basis.TOTAL}, "£1,000 in all"),
        ({"money_min": 0, "money_basis": Basis.YEAR}, "From £0 a year"),
        ({"money_max": 2_500_000, "money_basis": Basis.TOTAL}, "Up to £2,500,000 in all"),
        ({"money_max": 7}, "Up to £7"),
    ],
)
def test_money_is_said_with_its_basis(content, words):
    assert wording.money(Content(title="x", **content)) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, None, None),
        (16, 24, "aged 16 to 24"),
        (50, None, "aged 50 and over"),
        (None, 11, "aged up to 11"),
        (0, 4, "aged 0 to 4"),
    ],
)
def test_ages_are_said_as_a_range(low, high, words):
    assert wording.ages(Content(title="x", age_min=low, age_max=high)) == words


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (None, None),
        (1, "1 month"),
        (6, "6 months"),
        (12, "1 year"),
        (36, "3 years"),
        (18, "18 months"),
        (0, "0 months"),
    ],
)
def test_terms_are_years_where_they_are_whole(months, words):
    assert wording.term(months) == words


@pytest.mark.parametrize(
    ("items", "most", "words"),
    [
        ([], None, ""),
        (["a"], None, "a"),
        (["a", "b"], None, "a and b"),
        (["a", "b", "c"], None, "a, b and c"),
        (["a", "b", "c"], 2, "a, b and c"),
        (["a", "b", "c", "d"], 2, "a, b and 2 more"),
        (["Yorkshire and The Humber"], None, "Yorkshire and The Humber"),
        (["Leeds", "Yorkshire and The Humber"], None, "Leeds; Yorkshire and The Humber"),
    ],
)
def test_lists_read_as_people_say_them(items, most, words):
    assert wording.listed(items, most) == words


def test_dates_counts_and_levels_are_in_plain_words():
    assert wording.day(date(2027, 3, 9)) == "9 March 2027"
    assert wording.plural(1, "match", "matches") == "1 match"
    assert wording.plural(1_204, "result") == "1,204 results"
    assert wording.evidence_badge(3) == "Evidence level 3: comparison group"
    assert wording.evidence_badge(None) == "Evidence: not stated"
