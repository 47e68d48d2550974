"""A cell of full value goes on naming its item of evidence, whatever happens to the list."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Content, Evidence, EvidenceKind, FullValue, ValueCell
from exchange.listing.evidence_marks import mark_of, named_by, naming, reworded

TEXTS = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True)


def item(text: str) -> Evidence:
    return Evidence(text=text, kind=EvidenceKind.DESCRIBES)


def content(texts: list[str], **cells: int | None) -> Content:
    values = {ValueCell(name): FullValue(statement=name, evidence=at) for name, at in cells.items()}
    return Content(title="Sitters", evidence=tuple(map(item, texts)), full_value=values or None)


@given(TEXTS, st.data())
def test_naming_what_is_named_changes_nothing(texts, data):
    at = data.draw(st.none() | st.integers(0, len(texts) - 1))
    made = content(texts, users_outcomes=at, others_outcomes=None)
    assert naming(made, named_by(made)) == made


@given(TEXTS, TEXTS, st.data())
def test_a_cell_follows_its_item_to_wherever_it_stands_and_names_nothing_when_it_is_gone(texts, after, data):
    at = data.draw(st.integers(0, len(texts) - 1))
    before = content(texts, users_outcomes=at)
    now = naming(replace(before, evidence=tuple(map(item, after))), named_by(before))
    found = now.full_value[ValueCell.USERS_OUTCOMES].evidence
    assert found == (after.index(texts[at]) if texts[at] in after else None)


def test_equal_items_have_equal_marks_and_any_difference_makes_another():
    one = item("Data.")
    assert mark_of(one) == mark_of(replace(one))
    others = [replace(one, text="Data"), replace(one, kind=EvidenceKind.MANUAL), replace(one, link="https://x.example")]
    assert len({mark_of(each) for each in [one, *others]}) == 4


def test_of_two_equal_items_the_first_is_named():
    made = content(["a", "a"], users_outcomes=1)
    assert naming(made, named_by(made)).full_value[ValueCell.USERS_OUTCOMES].evidence == 0


def test_a_reworded_item_is_found_by_the_mark_that_it_had():
    assert reworded([item("new"), item("added")], [mark_of(item("old")), ""]) == {
        mark_of(item("old")): mark_of(item("new"))
    }


def test_a_cell_that_points_past_the_list_names_nothing():
    assert named_by(content(["a"], users_outcomes=3)) == {}
    assert naming(content(["a"]), {}).full_value is None
