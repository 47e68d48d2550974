"""What differs between two texts of a listing: field by field, and word by word within a field."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import (
    Basis,
    Content,
    Evidence,
    EvidenceKind,
    FullValue,
    Gender,
    Outcome,
    Stage,
    Tier,
    ValueCell,
)
from exchange.listing.differences import LABELS, MOST_PAIRS, Change, Mark, differences, word_marks

FULL = Content(
    title="Thursday Sitters",
    summary="The same sitter every week.",
    description="Four hours off.\n\nEvery week.",
    method="At home.",
    areas=("short-breaks",),
    groups=("carers",),
    age_min=50,
    age_max=90,
    gender=Gender.WOMEN,
    outcomes=(Outcome(statement="Carers rest", measure="strain score", for_whom="carers"),),
    stage=Stage.RUNNING,
    tiers=(Tier.GRANT, Tier.CONTRACT),
    money_min=78_000,
    money_max=130_000,
    money_basis=Basis.YEAR,
    term_months=36,
    start_on=date(2027, 4, 1),
    closes_on=date(2027, 5, 1),
    reply_by=date(2027, 6, 1),
    price_weight=30,
    quality_weight=70,
    full_value={ValueCell.USERS_OUTCOMES: FullValue(statement="Less strain", beneficiary="carers", evidence=0)},
    open_to_partners=True,
    evidence=(Evidence(text="Strain fell.", kind=EvidenceKind.BEFORE_AFTER, link="https://sitters.example"),),
    delivers_in=("E08000035",),
    would_deliver_in=("E08000032",),
    required_in=("E06000014",),
    office_in=("E08000035",),
    grant_received=9_500,
)
OTHER = Content(
    title="Friday Sitters",
    summary="Another sitter every week.",
    description="Five hours off.\n\nEvery week.",
    method="Anywhere.",
    areas=("dementia",),
    groups=("people-with-dementia",),
    age_min=51,
    age_max=91,
    gender=Gender.MEN,
    outcomes=(Outcome(statement="Carers rest", measure="hours of sleep", for_whom="carers"),),
    stage=Stage.SCALED,
    tiers=(Tier.GRANT,),
    money_min=79_000,
    money_max=140_000,
    money_basis=Basis.TOTAL,
    term_months=24,
    start_on=date(2027, 4, 2),
    closes_on=date(2027, 5, 2),
    reply_by=date(2027, 6, 2),
    price_weight=40,
    quality_weight=60,
    full_value={ValueCell.USERS_OUTCOMES: FullValue(statement="Less strain", beneficiary="families")},
    open_to_partners=False,
    evidence=(Evidence(text="Strain fell.", kind=EvidenceKind.COMPARISON),),
    delivers_in=("E08000036",),
    would_deliver_in=("E08000033",),
    required_in=("E06000015",),
    office_in=("E08000036",),
    grant_received=9_600,
)
NAMES = {f.name for f in fields(Content)}


def by_field(old: Content, new: Content) -> dict:
    return {row.field: row for row in differences(old, new)}


def test_every_field_of_a_listing_has_a_label():
    assert set(LABELS) == NAMES


def test_the_same_text_has_no_difference_and_every_field_that_is_stated():
    rows = differences(FULL, FULL)
    assert [row.label for row in rows if row.changed] == []
    assert {row.field for row in rows} == (NAMES - {"full_value"}) | {ValueCell.USERS_OUTCOMES}
    assert {mark.change for row in rows for mark in row.marks} == {Change.SAME}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_change_of_any_field_is_one_row_with_its_old_and_new_text(name):
    changed = replace(FULL, **{name: getattr(OTHER, name)})
    (row,) = [row for row in differences(FULL, changed) if row.changed]
    assert row.field == (ValueCell.USERS_OUTCOMES if name == "full_value" else name)
    assert row.old
    assert row.new
    assert {Change.REMOVED, Change.ADDED} & {mark.change for mark in row.marks}


@pytest.mark.parametrize("name", sorted(NAMES - {"title"}))
def test_a_field_that_was_not_stated_and_one_that_is_not_any_more_are_told_apart(name):
    bare = replace(FULL, **{name: None})
    (added,) = [row for row in differences(bare, FULL) if row.changed]
    (removed,) = [row for row in differences(FULL, bare) if row.changed]
    assert added.old is None
    assert [mark.change for mark in added.marks] == [Change.ADDED]
    assert removed.new is None
    assert [mark.change for mark in removed.marks] == [Change.REMOVED]


def test_a_field_that_neither_states_is_left_out():
    assert [row.field for row in differences(Content(title="One"), Content(title="One"))] == ["title"]


def test_values_are_written_as_people_write_them():
    rows = by_field(FULL, FULL)
    assert rows["money_min"].new == "78,000"
    assert rows["start_on"].new == "1 April 2027"
    assert rows["open_to_partners"].new == "Yes"
    assert rows["tiers"].new == "grant; contract"
    assert rows["outcomes"].new == "Carers rest\nFor: carers\nMeasured by: strain score"
    assert rows["evidence"].new == "before-after: Strain fell.\nSource: https://sitters.example"
    assert rows[ValueCell.USERS_OUTCOMES].new == "Less strain\nWho gains: carers\nEvidence: 1"


def test_codes_are_named_by_whoever_knows_the_names():
    def name(field: str, code: str) -> str:
        return f"{field}={code}"

    rows = {row.field: row.new for row in differences(FULL, FULL, name)}
    assert rows["delivers_in"] == "delivers_in=E08000035"
    assert rows["areas"] == "areas=short-breaks"
    assert rows["stage"] == "stage=running"
    assert rows["evidence"].startswith("evidence=before-after: ")
    assert rows["title"] == "Thursday Sitters"


def test_only_the_words_that_changed_are_marked():
    assert word_marks("Four hours off every week", "Five hours off every week") == (
        Mark(Change.REMOVED, "Four"),
        Mark(Change.ADDED, "Five"),
        Mark(Change.SAME, " hours off every week"),
    )


def test_an_item_that_is_taken_out_is_marked_whole_and_the_others_are_not():
    old = "People feel less low\nMeasured by: a score\n\nPeople have company"
    new = "People have company\n\nSomething new"
    assert word_marks(old, new) == (
        Mark(Change.REMOVED, "People feel less low\nMeasured by: a score\n\n"),
        Mark(Change.SAME, "People have company"),
        Mark(Change.ADDED, "\n\nSomething new"),
    )


def test_passages_that_share_little_are_shown_one_after_the_other():
    marks = word_marks("The club meets on Mondays at noon", "A sitter comes on every other night")
    assert [mark.change for mark in marks] == [Change.REMOVED, Change.ADDED]


def test_a_change_of_lines_alone_is_marked_too():
    changes = [mark.change for mark in word_marks("One. Two.", "One.\n\nTwo.")]
    assert changes == [Change.SAME, Change.REMOVED, Change.ADDED, Change.SAME]


def test_long_texts_that_differ_everywhere_are_shown_whole():
    size = int(MOST_PAIRS**0.5)
    old = " ".join(f"old{n % 90}" for n in range(size))
    new = " ".join(f"new{n % 90}" for n in range(size))
    marks = word_marks(f"Same start {old} same end", f"Same start {new} same end")
    assert [mark.change for mark in marks] == [Change.REMOVED, Change.ADDED]


def test_a_word_in_a_very_long_text_is_still_found():
    text = "word " * 50_000
    marks = word_marks(text + "old" + text, text + "new" + text)
    assert [(mark.change, mark.text) for mark in marks[1:3]] == [
        (Change.REMOVED, "oldword"),
        (Change.ADDED, "newword"),
    ]


@given(old=st.text("ab \n<", max_size=40) | st.none(), new=st.text("ab \n<", max_size=40) | st.none())
def test_the_marks_hold_both_texts_whole(old, new):
    marks = word_marks(old, new)
    assert "".join(mark.text for mark in marks if mark.change is not Change.ADDED) == (old or "")
    assert "".join(mark.text for mark in marks if mark.change is not Change.REMOVED) == (new or "")
