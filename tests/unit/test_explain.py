"""Reasons and gaps of a match: plain words, each with its field, its sentences and its share of the score."""

from typing import Any

import pytest
from match_sides import BRADFORD, CAMDEN, ENGLAND, GAZETTEER, LEEDS, YORK, changed, innovation, near, need

from exchange.content import Basis, Evidence, EvidenceKind, Tier
from indexer.explain import (
    HELPS,
    MET,
    MOST_GAPS_TOLD,
    MOST_OUTCOMES_TOLD,
    SMALLEST_SHARE,
    Explained,
    explain_match,
    met,
    place_words,
)
from indexer.scoring import PARTS, Citation, Score, score_pair
from indexer.scoring import Evidence as Cited
from indexer.sides import Side, pair_of
from indexer.texts import Sentence, Source

RESULT = Sentence("12 of 15 carers slept through the night.", Source.EVIDENCE)
CLAIM = Sentence("Carers sleep at last.", Source.DESCRIPTION)
BETWEEN = (MET + HELPS) / 2


def cited(*cosines: float, sentence: Sentence = RESULT) -> tuple[Citation, ...]:
    return tuple(Citation(f"Outcome {at}", sentence, cosine) for at, cosine in enumerate(cosines))


def scored(asker: Side, other: Side, outcomes: tuple[Citation, ...] = (), texts: tuple[Citation, ...] = ()) -> Score:
    evidence = Cited(outcomes=outcomes, texts=texts or cited(BETWEEN))
    return score_pair(asker, other, evidence, near(pair_of(asker, other)))


def told(asker: Side, other: Side, outcomes: tuple[Citation, ...] = (), texts: tuple[Citation, ...] = ()) -> Explained:
    return explain_match(asker, other, scored(asker, other, outcomes, texts), GAZETTEER)


def reasons(explained: Explained, field: str) -> list[str]:
    return [reason.text for reason in explained.reasons if reason.field == field]


def gaps(explained: Explained, field: str) -> list[str]:
    return [gap.text for gap in explained.gaps if gap.field == field]


def test_an_outcome_is_met_by_a_near_sentence_that_reports_a_figure():
    assert met(Citation("Carers rest", RESULT, MET))
    assert not met(Citation("Carers rest", RESULT, MET - 0.01))


@pytest.mark.parametrize("text", ["Three in four carers slept.", "Strain was halved.", "In 2019 carers slept."])
def test_a_figure_may_be_in_words(text):
    assert met(Citation("Carers rest", Sentence(text, Source.SUMMARY), 1.0))


def test_a_near_claim_without_a_figure_only_may_help():
    assert not met(Citation("Carers rest", CLAIM, MET))
    assert reasons(told(need(), innovation(), cited(MET, sentence=CLAIM)), "outcomes") == [
        "May help with a required outcome"
    ]


@pytest.mark.parametrize(
    ("asker", "other", "cosine", "text"),
    [
        (need(), innovation(), 1.0, "Meets a required outcome"),
        (need(), innovation(), BETWEEN, "May help with a required outcome"),
        (innovation(), need(), 1.0, "Asks for what it achieves"),
        (innovation(), need(), BETWEEN, "May ask for what it achieves"),
    ],
)
def test_a_reason_says_how_an_outcome_is_served_from_the_side_that_asks(asker, other, cosine, text):
    assert reasons(told(asker, other, cited(cosine)), "outcomes") == [text]


def test_an_outcome_reason_carries_both_sentences():
    reason = next(r for r in told(need(), innovation(), cited(1.0)).reasons if r.field == "outcomes")
    assert (reason.against, reason.quote) == ("Outcome 0", RESULT.text)


def test_an_outcome_of_which_nothing_is_near_is_a_gap_and_no_reason():
    asker = need(outcomes=("Outcome 0",))
    explained = told(asker, innovation(), cited(HELPS - 0.01))
    assert reasons(explained, "outcomes") == []
    assert len(gaps(explained, "outcomes")) == 1
    assert "Outcome 0" in gaps(explained, "outcomes")[0]
    assert gaps(told(asker, innovation(), cited(HELPS)), "outcomes") == []


def test_many_outcomes_of_which_nothing_is_near_are_counted():
    asker = need(outcomes=tuple(f"Outcome {at}" for at in range(6)))
    missed = gaps(told(asker, innovation(), cited(*[HELPS - 0.01] * 6)), "outcomes")
    assert len(missed) == MOST_GAPS_TOLD + 1
    assert str(6 - MOST_GAPS_TOLD) in missed[-1]


def test_where_no_outcome_stands_out_the_nearest_text_is_cited():
    explained = told(need(outcomes=("Outcome 0",)), innovation(), cited(HELPS - 0.01), cited(0.5, 0.7, 0.6))
    nearest = next(reason for reason in explained.reasons if reason.field == "summary")
    assert (nearest.against, nearest.quote) == ("Outcome 1", RESULT.text)


def test_only_the_nearest_few_outcomes_are_told():
    cosines = [HELPS + 0.02 * at for at in range(MOST_OUTCOMES_TOLD + 2)]
    shown = [r for r in told(need(), innovation(), cited(*cosines)).reasons if r.field == "outcomes"]
    assert len(shown) <= MOST_OUTCOMES_TOLD
    assert {reason.against for reason in shown} <= {f"Outcome {at}" for at in range(2, MOST_OUTCOMES_TOLD + 2)}


def test_without_outcomes_the_text_gives_the_reasons_and_that_is_a_gap():
    explained = told(need(), innovation(), texts=cited(1.0))
    assert len(reasons(explained, "summary")) == 1
    assert len(gaps(explained, "outcomes")) == 1


FULL_NEED = need(
    areas=("dementia",),
    groups=("carers",),
    required_in=(LEEDS,),
    tiers=(Tier.GRANT, Tier.CONTRACT),
    money_max=100,
    money_basis=Basis.YEAR,
    outcomes=("Carers rest",),
)
FULL_IDEA = innovation(
    areas=("dementia", "justice"),
    groups=("carers",),
    delivers_in=(LEEDS,),
    tiers=(Tier.GRANT, Tier.CONTRACT),
    money_max=90,
    money_basis=Basis.YEAR,
    evidence=(Evidence(text=RESULT.text, kind=EvidenceKind.DESCRIBES),),
)


def test_every_part_that_fits_is_a_reason_with_its_field():
    explained = told(FULL_NEED, FULL_IDEA, cited(1.0))
    assert {reason.field for reason in explained.reasons} == {"outcomes", "areas", "who", "place", "tier", "money"}
    assert all(word in reasons(explained, "tier")[0] for word in ("contract", "grant"))
    assert explained.gaps == ()


def test_the_shares_are_those_of_the_score_and_outcomes_come_first():
    score = scored(FULL_NEED, FULL_IDEA, cited(1.0, BETWEEN))
    explained = explain_match(FULL_NEED, FULL_IDEA, score, GAZETTEER)
    shares = {reason.field: reason.share for reason in explained.reasons if reason.field != "outcomes"}
    assert shares == pytest.approx({name: score.share(name) for name in PARTS if name != "what"})
    assert [reason.field for reason in explained.reasons][:2] == ["outcomes", "outcomes"]
    stated = [reason.share for reason in explained.reasons][2:]
    assert stated == sorted(stated, reverse=True)
    what = sum(reason.share for reason in explained.reasons if reason.field == "outcomes")
    assert 0 < what < score.share("what")
    assert what + sum(stated) <= 1.0 + 1e-9


def test_what_adds_too_little_is_not_shown():
    many = cited(*[1.0] * 5, HELPS)
    for reason in told(FULL_NEED, FULL_IDEA, many).reasons:
        assert reason.share >= SMALLEST_SHARE


CLEARED: dict[str, dict[str, Any]] = {
    "areas": {"areas": None},
    "who": {"groups": None},
    "place": {"delivers_in": None},
    "tier": {"tiers": None},
    "money": {"money_max": None},
}


@pytest.mark.parametrize("field", sorted(CLEARED))
def test_a_reason_vanishes_with_its_field_and_a_gap_takes_its_place(field):
    poorer = changed(FULL_IDEA, **CLEARED[field])
    explained = told(FULL_NEED, poorer, cited(1.0))
    assert reasons(explained, field) == []
    assert len(gaps(explained, field)) == 1


@pytest.mark.parametrize(
    ("required", "now", "would", "words"),
    [
        ([LEEDS], [ENGLAND], [], {"now"}),
        ([LEEDS, YORK], [LEEDS], [], {"now", "part"}),
        ([LEEDS], [CAMDEN], [LEEDS], {"Would"}),
        ([LEEDS, YORK, BRADFORD], [], [LEEDS, YORK], {"Would", "part"}),
    ],
)
def test_a_place_reason_says_whether_it_is_there_or_would_come(required, now, would, words):
    other = innovation(delivers_in=tuple(now), would_deliver_in=tuple(would))
    (text,) = reasons(told(need(required_in=tuple(required)), other), "place")
    assert {"now", "part", "Would"} & set(text.split()) == words
    assert "Leeds" in text


@pytest.mark.parametrize(
    ("required", "now", "partly"), [([LEEDS], [CAMDEN], False), ([LEEDS, YORK, BRADFORD], [YORK], True)]
)
def test_a_place_that_is_hardly_reached_is_a_gap(required, now, partly):
    explained = told(need(required_in=tuple(required)), innovation(delivers_in=tuple(now)))
    assert reasons(explained, "place") == []
    (gap,) = gaps(explained, "place")
    assert ("part" in gap) is partly


def test_a_listing_for_quite_other_people_has_a_gap():
    explained = told(need(groups=("carers",)), innovation(groups=("children",)))
    assert (reasons(explained, "who"), len(gaps(explained, "who"))) == ([], 1)


@pytest.mark.parametrize(
    ("wanted", "offered", "text"),
    [
        (["dementia"], ["justice", "dementia"], "Both are about dementia"),
        (["dementia"], ["social-care"], "Near in area: social-care"),
        (["social-care"], ["dementia"], "Near in area: dementia"),
    ],
)
def test_the_areas_that_both_state_are_named(wanted, offered, text):
    explained = told(need(areas=tuple(wanted)), innovation(areas=tuple(offered)))
    assert (reasons(explained, "areas"), gaps(explained, "areas")) == ([text], [])


def test_a_listing_about_quite_other_areas_has_a_gap():
    explained = told(need(areas=("dementia",)), innovation(areas=("justice",)))
    assert (reasons(explained, "areas"), len(gaps(explained, "areas"))) == ([], 1)


def test_many_places_are_counted_and_not_all_named():
    assert place_words((LEEDS, YORK, BRADFORD, CAMDEN), GAZETTEER) == "Leeds, York, Bradford and 1 more"
    assert place_words((LEEDS, YORK), GAZETTEER) == "Leeds and York"
    assert place_words((LEEDS,), GAZETTEER) == "Leeds"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(None, 100, 0), (50, 150, 1), (50, None, 1)],
)
def test_a_cost_above_the_budget_is_a_gap(low, high, expected):
    idea = innovation(money_min=low, money_max=high, money_basis=Basis.YEAR)
    explained = told(need(money_max=100, money_basis=Basis.YEAR), idea)
    assert len(gaps(explained, "money")) == expected
    assert bool(reasons(explained, "money")) is not bool(expected)


def test_a_cost_that_is_far_above_on_another_basis_is_a_gap_too():
    idea = innovation(money_min=500, money_max=900, money_basis=Basis.YEAR)
    asked = need(money_max=300, money_basis=Basis.TOTAL, term_months=36)
    assert len(gaps(told(asked, idea), "money")) == 1


@pytest.mark.parametrize(
    ("size", "most", "basis", "months", "too_large"),
    [
        ("micro", 10_001, Basis.YEAR, None, True),
        ("micro", 10_000, Basis.YEAR, None, False),
        ("micro", 30_000, Basis.TOTAL, 36, False),
        ("small", 360_000, Basis.TOTAL, 36, True),
        ("major", 10**9, Basis.YEAR, None, False),
        (None, 10**9, Basis.YEAR, None, False),
        ("micro", None, None, None, False),
    ],
)
def test_a_need_larger_than_the_yearly_income_is_a_gap(size, most, basis, months, too_large):
    asked = need(money_max=most, money_basis=basis, term_months=months)
    assert len(gaps(told(asked, innovation(size=size)), "size")) == too_large


def test_no_evidence_is_a_gap_of_an_innovation_only():
    assert len(gaps(told(need(), innovation()), "evidence")) == 1
    assert gaps(told(innovation(), need()), "evidence") == []


def test_a_silent_listing_has_a_gap_for_every_part():
    fields = {gap.field for gap in told(FULL_NEED, innovation(), cited(1.0)).gaps}
    assert fields == {"areas", "who", "place", "tier", "money", "evidence"}


def test_a_sum_that_cannot_be_compared_is_a_gap():
    idea = innovation(money_max=90, money_basis=Basis.TOTAL)
    explained = told(need(money_max=100, money_basis=Basis.YEAR), idea)
    assert reasons(explained, "money") == []
    assert len(gaps(explained, "money")) == 1


def test_an_innovation_without_a_cost_is_told_so_and_not_that_the_spans_differ():
    budget = need(money_max=100, money_basis=Basis.YEAR)
    (gap,) = gaps(told(innovation(), budget), "money")
    assert gap == "No cost is stated to hold against its budget"
    (gap,) = gaps(told(innovation(money_max=90, money_basis=Basis.TOTAL), budget), "money")
    assert gap == "Its sum and the budget cover unlike spans of time"
