"""What a listing lacks before moderators see it."""

from dataclasses import replace
from datetime import date

import pytest

from exchange.content import Content, Kind, Outcome, Stage, faults
from exchange.errors import InputError
from exchange.listing.completeness import check_complete, lacks

TODAY = date(2027, 3, 1)
IDEA = Content(
    title="Sitters", summary="Four nights a week.", outcomes=(Outcome(statement="Rest"),), delivers_in=("E08000035",)
)
NEED = Content(
    title="Rest",
    summary="No sleep.",
    outcomes=(Outcome(statement="Rest"),),
    required_in=("E08000035",),
    closes_on=date(2027, 3, 2),
    reply_by=date(2027, 3, 2),
    price_weight=0,
    quality_weight=100,
)


def fields(content: Content, kind: Kind) -> list[str | None]:
    return [lack.field for lack in lacks(content, kind, TODAY)]


def test_a_whole_listing_lacks_nothing():
    check_complete(IDEA, Kind.INNOVATION, TODAY)
    check_complete(NEED, Kind.NEED, TODAY)
    check_complete(replace(IDEA, delivers_in=None, would_deliver_in=("E08000035",)), Kind.INNOVATION, TODAY)


def test_everything_that_is_missing_is_named_at_once():
    assert fields(Content(title=""), Kind.INNOVATION) == ["title", "summary", "outcomes", "delivers_in"]
    missing = ["summary", "outcomes", "required_in", "closes_on", "reply_by", "price_weight"]
    assert fields(Content(title="Rest"), Kind.NEED) == missing


@pytest.mark.parametrize("day", [date(2027, 2, 28), TODAY])
def test_a_need_closes_after_today(day):
    content = replace(NEED, closes_on=day)
    assert fields(content, Kind.NEED) == ["closes_on"]
    with pytest.raises(InputError, match="not in the future"):
        check_complete(content, Kind.NEED, TODAY)


def test_broken_rules_come_first_and_all_of_them():
    broken = replace(
        NEED,
        summary="so " * 61,
        age_min=20,
        age_max=10,
        money_max=5,
        reply_by=date(2027, 3, 1),
        price_weight=20,
        quality_weight=90,
        stage=Stage.IDEA,
    )
    found = ["summary", "age_max", "reply_by", "money_basis", "quality_weight", "required_in"]
    assert [fault.field for fault in faults(broken, Kind.NEED)] == found
    assert fields(broken, Kind.NEED) == found


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("age_min", 131, "The youngest age is 131; give a whole number from 0 to 130."),
        ("term_months", 1_200, "The term in months is 1,200; give a whole number from 0 to 600."),
        ("quality_weight", 101, "The weight of quality is 101; give a whole number from 0 to 100."),
    ],
)
def test_a_number_out_of_range_is_named_in_words(field, value, sentence):
    said = [str(fault) for fault in faults(replace(IDEA, **{field: value}), Kind.INNOVATION)]
    assert sentence in said
