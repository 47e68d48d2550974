"""The parts of a match: who, place, tier and term, money; what makes it impossible; and silence is no advantage."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_sides import (
    AREAS,
    BRADFORD,
    CAMDEN,
    ENGLAND,
    GROUPS,
    LEEDS,
    YORK,
    YORKSHIRE,
    changed,
    innovation,
    near,
    need,
    scored,
    side,
)

from exchange.content import Basis, Content, Gender, Kind, Outcome, Tier
from indexer.scoring import PRIORS, Score
from indexer.sides import (
    ELSEWHERE,
    KIN,
    NEXT_DOOR,
    REFINED,
    UNKNOWN_TOP,
    WOULD,
    Pair,
    age_overlap,
    areas,
    cannot,
    money,
    pair_of,
    place,
    tier_and_term,
    who,
)

ROUNDING = 1e-6
"""The last digits of a float32 cosine depend on how many rows are multiplied at once."""
GRANT, CONTRACT, PARTNERSHIP = Tier.GRANT, Tier.CONTRACT, Tier.PARTNERSHIP
YEAR, TOTAL = Basis.YEAR, Basis.TOTAL


def groups(*codes: str, **ages: int):
    return innovation(groups=codes, **ages)


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        (["dementia"], ["dementia", "justice"], 1.0),
        (["dementia"], ["social-care"], 0.5),
        (["social-care"], ["dementia"], 1.0),
        (["dementia"], ["justice"], 0.0),
        (["dementia", "justice"], ["justice"], 1 / 3),
        ([], ["dementia"], None),
        (["dementia"], [], None),
    ],
)
def test_areas_count_by_the_part_of_the_needs_with_those_above_them(wanted, offered, expected):
    pair = pair_of(innovation(areas=tuple(offered)), need(areas=tuple(wanted)))
    assert areas(pair) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("asker", "other", "expected"),
    [
        (["carers"], ["carers"], 1.0),
        (["carers"], ["children"], 0.0),
        (["care-leavers"], ["young-people"], KIN),
        (["young-people"], ["care-leavers"], KIN),
        (["care-leavers"], ["excluded-pupils"], 0.0),
        (["carers", "children"], ["carers"], 0.5),
        (["carers"], ["carers", "children", "young-people"], 1.0),
        (["carers", "care-leavers"], ["young-people"], KIN / 2),
    ],
)
def test_who_is_the_mean_over_the_askers_groups_and_kin_counts_in_part(asker, other, expected):
    assert who(groups(*asker), groups(*other)) == pytest.approx(expected * REFINED)


@pytest.mark.parametrize(("asker", "other"), [([], ["carers"]), (["carers"], []), ([], [])])
def test_who_is_not_known_where_either_side_states_nobody(asker, other):
    assert who(groups(*asker, age_min=18), groups(*other, age_min=18)) is None


def test_ages_refine_who_and_full_agreement_gives_all_of_it():
    stated = groups("carers", age_min=20, age_max=39)
    assert who(stated, groups("carers", age_min=18)) == pytest.approx(1.0)
    assert who(stated, groups("carers", age_min=30, age_max=39)) == pytest.approx(REFINED + (1 - REFINED) / 2)
    assert who(stated, groups("carers")) == pytest.approx(REFINED)


@pytest.mark.parametrize(
    ("asker", "other", "expected"),
    [
        ((16, 25), (16, 25), 1.0),
        ((16, 25), (11, None), 1.0),
        ((16, 25), (21, 60), 0.5),
        ((16, 25), (None, 15), 0.0),
        ((18, None), (65, None), 36 / 83),
        ((101, None), (101, None), 1.0),
        ((None, None), (16, 25), None),
        ((16, 25), (None, None), None),
    ],
)
def test_ages_agree_by_the_part_of_the_askers_years(asker, other, expected):
    stated = [Content(title="t", age_min=low, age_max=high) for low, high in (asker, other)]
    assert age_overlap(*stated) == (expected if expected is None else pytest.approx(expected))


def places(required: tuple[str, ...], now: tuple[str, ...], would: tuple[str, ...] = ()) -> Pair:
    return Pair(need(required_in=required), innovation(delivers_in=now, would_deliver_in=would))


@pytest.mark.parametrize(
    ("required", "now", "would", "expected"),
    [
        ([LEEDS], [LEEDS], [], 1.0),
        ([LEEDS], [YORKSHIRE], [], 1.0),
        ([LEEDS], [ENGLAND], [], 1.0),
        ([LEEDS], [CAMDEN], [ENGLAND], WOULD),
        ([LEEDS], [], [LEEDS], WOULD),
        ([LEEDS], [LEEDS], [LEEDS], 1.0),
        ([LEEDS, YORK], [LEEDS], [], 0.5),
        ([LEEDS, YORK], [LEEDS], [YORK], (1 + WOULD) / 2),
        ([LEEDS], [BRADFORD], [], NEXT_DOOR),
        ([LEEDS], [CAMDEN], [], ELSEWHERE),
        ([LEEDS], [CAMDEN], [CAMDEN], ELSEWHERE),
        ([], [LEEDS], [], None),
        ([LEEDS], [], [], None),
    ],
)
def test_place_is_there_now_or_would_come_or_near_or_elsewhere(required, now, would, expected):
    pair = places(tuple(required), tuple(now), tuple(would))
    assert place(pair, near(pair)) == (expected if expected is None else pytest.approx(expected))


def test_reaching_a_small_part_is_not_less_than_being_elsewhere():
    small, elsewhere = places((ENGLAND,), (LEEDS,)), places((ENGLAND,), ("S12000049",))
    assert place(small, near(small)) >= place(elsewhere, near(elsewhere))


def test_an_office_says_nothing_of_where_it_delivers():
    pair = Pair(need(required_in=(LEEDS,)), innovation(office_in=(LEEDS,)))
    assert place(pair, near(pair)) is None


@pytest.mark.parametrize(
    ("asker", "other", "expected"),
    [
        ([GRANT], [GRANT], 1.0),
        ([GRANT, CONTRACT], [GRANT], 0.5),
        ([GRANT], [GRANT, CONTRACT], 1.0),
        ([GRANT], [PARTNERSHIP], 0.0),
        ([], [GRANT], None),
        ([GRANT], [], None),
    ],
)
def test_tiers_agree_by_the_part_of_the_askers(asker, other, expected):
    sides = [Content(title="t", tiers=tuple(tiers)) for tiers in (asker, other)]
    found = tier_and_term(*sides)
    assert found == (expected if expected is None else pytest.approx(expected * REFINED))


@pytest.mark.parametrize(("terms", "agreement"), [((24, 24), 1.0), ((12, 36), 1 / 3), ((36, 12), 1 / 3)])
def test_the_term_refines_the_tiers(terms, agreement):
    sides = [Content(title="t", tiers=(GRANT,), term_months=months) for months in terms]
    assert tier_and_term(*sides) == pytest.approx(REFINED + (1 - REFINED) * agreement)


def sums(budget: dict[str, Any], cost: dict[str, Any]) -> Pair:
    return Pair(need(**budget), innovation(**cost))


def budget(most: int | None, basis: Basis | None = YEAR, months: int | None = None) -> dict[str, Any]:
    return {"money_max": most, "money_basis": basis, "term_months": months}


def cost(low: int | None, high: int | None, basis: Basis | None = YEAR, months: int | None = None) -> dict[str, Any]:
    return {"money_min": low, "money_max": high, "money_basis": basis, "term_months": months}


@pytest.mark.parametrize(
    ("budget", "cost", "expected"),
    [
        (budget(100), cost(50, 100), 1.0),
        (budget(100), cost(None, 100), 1.0),
        (budget(100), cost(50, 150), UNKNOWN_TOP + (1 - UNKNOWN_TOP) * 0.5),
        (budget(100), cost(100, 300), UNKNOWN_TOP),
        (budget(100), cost(50, None), UNKNOWN_TOP),
        (budget(100), cost(None, 150), UNKNOWN_TOP),
        (budget(100), cost(101, 150), 0.0),
        (budget(None), cost(50, 100), None),
        (budget(100), cost(None, None), None),
        (budget(300, TOTAL, 36), cost(50, 100, YEAR), 1.0),
        (budget(300, TOTAL, 36), cost(150, 200, YEAR), 0.0),
        (budget(100, YEAR), cost(None, 300, TOTAL, 36), 1.0),
        (budget(300, TOTAL, 36), cost(None, 300, TOTAL, 12), 1.0),
        (budget(300, TOTAL), cost(50, 100, YEAR), None),
        (budget(100, YEAR), cost(50, 100, TOTAL), None),
        (budget(100, None), cost(50, 100, YEAR), None),
        (budget(100, YEAR), cost(50, 100, None), None),
        (budget(100, None), cost(50, 100, None), None),
    ],
)
def test_money_is_compared_only_where_both_sums_are_known_of_one_span(budget, cost, expected):
    assert money(sums(budget, cost)) == (expected if expected is None else pytest.approx(expected))


EXCLUDES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("posted by the same organisation", {"organisation": 7}, {"organisation": 7}),
    ("no way of funding in common", {"tiers": (GRANT,)}, {"tiers": (CONTRACT, PARTNERSHIP)}),
    ("cost more than the budget", budget(100), cost(101, 200)),
    ("cost more than the budget", budget(100, TOTAL), cost(101, None, TOTAL)),
    ("for other ages", {"age_max": 17}, {"age_min": 18}),
    ("for other ages", {"age_min": 65}, {"age_min": 11, "age_max": 25}),
    ("for the other sex", {"gender": Gender.WOMEN}, {"gender": Gender.MEN}),
    ("for the other sex", {"gender": Gender.MEN}, {"gender": Gender.WOMEN}),
    ("would not deliver there", {"required_in": (LEEDS,)}, {"would_deliver_in": (BRADFORD,)}),
    (
        "would not deliver there",
        {"required_in": (LEEDS,)},
        {"delivers_in": (CAMDEN,), "would_deliver_in": (BRADFORD,)},
    ),
]


@pytest.mark.parametrize(("reason", "of_need", "of_innovation"), EXCLUDES)
def test_each_rule_excludes_only_where_both_sides_state_it(reason, of_need, of_innovation):
    assert cannot(Pair(need(**of_need), innovation(**of_innovation))) == (reason,)
    assert not cannot(Pair(need(), innovation(**of_innovation)))
    assert not cannot(Pair(need(**of_need), innovation()))


def test_every_reason_that_excludes_is_given():
    of_need = {"tiers": (GRANT,), "age_max": 17, "required_in": (LEEDS,)}
    of_innovation = {"tiers": (CONTRACT,), "age_min": 18, "would_deliver_in": (BRADFORD,)}
    told = cannot(Pair(need(**of_need), innovation(**of_innovation)))
    assert told == ("no way of funding in common", "for other ages", "would not deliver there")


@pytest.mark.parametrize(
    ("of_need", "of_innovation"),
    [
        ({"organisation": 7}, {"organisation": 8}),
        ({"tiers": (GRANT, CONTRACT)}, {"tiers": (CONTRACT,)}),
        (budget(100), cost(100, 900)),
        (budget(100), cost(None, 900)),
        (budget(100, TOTAL, 12), cost(5_000, 9_000, YEAR)),
        (budget(100, YEAR), cost(5_000, None, TOTAL, 12)),
        (budget(100, None), cost(101, None, None)),
        ({"age_max": 18}, {"age_min": 18}),
        ({"gender": Gender.ANY}, {"gender": Gender.MEN}),
        ({"gender": Gender.WOMEN}, {"gender": Gender.ANY}),
        ({"gender": Gender.WOMEN}, {"gender": Gender.WOMEN}),
        ({"required_in": (LEEDS,)}, {"delivers_in": (CAMDEN,)}),
        ({"required_in": (LEEDS, YORK)}, {"would_deliver_in": (YORK,)}),
        ({"required_in": (LEEDS,)}, {"delivers_in": (LEEDS,), "would_deliver_in": (CAMDEN,)}),
        ({"required_in": (LEEDS,)}, {"would_deliver_in": (YORKSHIRE,)}),
        (budget(5_000_000), {"size": "micro"}),
        ({"groups": ("carers",)}, {"groups": ("children",)}),
    ],
)
def test_all_else_is_score_or_gap_and_never_excludes(of_need, of_innovation):
    assert not cannot(Pair(need(**of_need), innovation(**of_innovation)))


def test_the_order_of_the_two_sides_does_not_matter():
    one, other = need(), innovation()
    assert pair_of(one, other) == pair_of(other, one) == Pair(one, other)


WORDS = ("carers rest", "young people learn", "homes are warm", "carers learn", "nobody waits")
YEARS = st.none() | st.integers(0, 100)
CODES = st.none() | st.lists(st.sampled_from([LEEDS, BRADFORD, YORK, CAMDEN, YORKSHIRE]), min_size=1, max_size=3).map(
    tuple
)
POUNDS = st.none() | st.integers(0, 40)


def some(values: list[Any]) -> st.SearchStrategy[tuple[Any, ...] | None]:
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def contents(draw: st.DrawFn, kind: Kind) -> Content:
    ages = sorted(age for age in (draw(YEARS), draw(YEARS)) if age is not None)
    low, high = draw(POUNDS), draw(POUNDS)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    statements = draw(some(list(WORDS)))
    asks = kind is Kind.NEED
    return Content(
        title=draw(st.sampled_from(WORDS)),
        areas=draw(some(list(AREAS))),
        groups=draw(some(list(GROUPS))),
        age_min=ages[0] if ages else None,
        age_max=ages[1] if len(ages) == 2 else None,
        gender=draw(st.sampled_from([None, *Gender])),
        outcomes=tuple(Outcome(statement=text) for text in statements) if statements else None,
        tiers=draw(some(list(Tier))),
        term_months=draw(st.none() | st.integers(1, 60)),
        money_min=low,
        money_max=high,
        money_basis=draw(st.sampled_from([None, *Basis])),
        required_in=draw(CODES) if asks else None,
        delivers_in=None if asks else draw(CODES),
        would_deliver_in=None if asks else draw(CODES),
    )


FIELDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("areas",): ("areas",),
    ("groups",): ("who",),
    ("age_min", "age_max"): ("who",),
    ("gender",): (),
    ("delivers_in",): ("place",),
    ("would_deliver_in",): ("place",),
    ("required_in",): ("place",),
    ("tiers",): ("tier",),
    ("term_months",): ("tier", "money"),
    ("money_min",): ("money",),
    ("money_max",): ("money",),
    ("money_basis",): ("money",),
    ("outcomes",): ("outcomes",),
}
"""Each field with the parts that it feeds; an age range is one field, with one or two ends."""


def at_or_above(score: Score, part: str) -> bool:
    """Say whether a part is at or above its prior, or not stated, in both directions."""
    if part == "outcomes":
        cited = [citation.value for citation in score.evidence.outcomes]
        return not cited or sum(cited) / len(cited) >= PRIORS[part]
    values = score.there[part], score.back[part]
    return all(value is None or value >= PRIORS[part] for value in values)


@settings(max_examples=300, deadline=None)
@given(contents(Kind.NEED), contents(Kind.INNOVATION), st.booleans())
def test_clearing_a_field_at_or_above_its_prior_never_raises_the_score(wanted, offered, need_asks):
    pair = Pair(side(Kind.NEED, wanted, 1), side(Kind.INNOVATION, offered, 2))
    if cannot(pair):
        return
    before = total(pair, need_asks=need_asks)
    for fields, parts in FIELDS.items():
        if not all(at_or_above(before, part) for part in parts):
            continue
        for poorer in cleared(pair, dict.fromkeys(fields)):
            after = total(poorer, need_asks=need_asks)
            assert after.total <= before.total + ROUNDING, (fields, before.there, after.there)


def cleared(pair: Pair, nothing: dict[str, None]) -> tuple[Pair, Pair]:
    return replace(pair, need=changed(pair.need, **nothing)), replace(
        pair, innovation=changed(pair.innovation, **nothing)
    )


def total(pair: Pair, *, need_asks: bool) -> Score:
    return scored(pair.need, pair.innovation) if need_asks else scored(pair.innovation, pair.need)


@settings(max_examples=100, deadline=None)
@given(contents(Kind.NEED), contents(Kind.INNOVATION))
def test_every_part_and_every_score_lies_between_nought_and_one(wanted, offered):
    pair = Pair(side(Kind.NEED, wanted, 1), side(Kind.INNOVATION, offered, 2))
    for score in (total(pair, need_asks=True), total(pair, need_asks=False)):
        assert 0.0 <= score.total <= 1.0
        assert all(value is None or 0.0 <= value <= 1.0 for value in (*score.there.values(), *score.back.values()))
