"""What is stated is clean: no NUL, no half character, no blank text, at whatever depth."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import (
    Content,
    Evidence,
    EvidenceKind,
    FullValue,
    Gender,
    Outcome,
    ValueCell,
    clean,
    from_json,
    stated,
    to_json,
)

DIRTY = Content(
    title=" Lunch\x00 club ",
    summary=" \x00 ",
    description="Soup\ud800",
    areas=("\x00care", " \x00"),
    groups=("\x00",),
    gender=Gender.ANY,
    outcomes=(Outcome(statement="Less\x00 lonely ", measure="\x00", for_whom=" widowers"), Outcome(statement="\x00")),
    evidence=(Evidence(text="\x00A count.", kind=EvidenceKind.DESCRIBES, link=" https://club.example\x00"),),
    full_value={ValueCell.USERS_OUTCOMES: FullValue(statement=" Company\x00", beneficiary="", evidence=0)},
    delivers_in=(),
)
CLEAN = Content(
    title="Lunch club",
    description="Soup?",
    areas=("care",),
    gender=Gender.ANY,
    outcomes=(Outcome(statement="Less lonely", for_whom="widowers"), Outcome(statement="")),
    evidence=(Evidence(text="A count.", kind=EvidenceKind.DESCRIBES, link="https://club.example"),),
    full_value={ValueCell.USERS_OUTCOMES: FullValue(statement="Company", evidence=0)},
)


def test_every_text_of_a_listing_is_cleaned_and_what_is_left_blank_is_not_stated():
    assert stated(DIRTY) == CLEAN


def test_what_is_clean_is_given_back_as_it_is():
    assert stated(CLEAN) is CLEAN


def test_what_is_read_from_the_database_is_clean_too():
    assert from_json(to_json(DIRTY)) == CLEAN


def test_a_members_value_stays_a_member():
    assert isinstance(stated(DIRTY).gender, Gender)
    assert isinstance(stated(DIRTY).evidence[0].kind, EvidenceKind)
    assert list(stated(DIRTY).full_value) == [ValueCell.USERS_OUTCOMES]


@pytest.mark.parametrize(("text", "left"), [("", ""), (" a\x00b\n", "ab"), ("\udfff", "?"), ("café 🫖", "café 🫖")])
def test_a_text_loses_only_what_no_database_keeps(text, left):
    assert clean(text) == left


anything = st.text(st.characters() | st.sampled_from("\x00\ud800 "), max_size=8)


@given(title=anything, outcome=anything, measure=anything | st.none(), areas=st.lists(anything, max_size=3))
def test_whatever_is_typed_can_be_kept_and_cleaning_twice_changes_nothing(title, outcome, measure, areas):
    outcomes = (Outcome(statement=outcome, measure=measure),)
    once = stated(Content(title=title, outcomes=outcomes, areas=tuple(areas)))
    assert stated(once) is once
    assert "\x00" not in str(asdict(once).values()).replace("\\x00", "\x00")
    str(asdict(once)).encode()
