"""Lines of an import file become rows, or bad rows with a number and a reason; nothing raises."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.imports.import_lines import BadRow, Row, is_placeholder, parse_lines, read_lines


def row(**fields: object):
    return json.dumps({"_id": "a-1", "title": "Tea for two", "text": "A pot on the table."} | fields)


def reason_of(line):
    (only,) = parse_lines([line])
    assert isinstance(only, BadRow)
    assert only.line == 1
    return only.reason


def test_a_good_row_keeps_its_line_number_texts_and_metadata():
    (only,) = parse_lines([row(metadata={"region": "Wales"})])
    assert only == Row(1, "a-1", "Tea for two", "A pot on the table.", {"region": "Wales"})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"_id": "a", ', "is not JSON"),
        ("[" * 20_000, "is not JSON"),
        ("1" * 20_000, "is not JSON"),
        ('["a"]', "not an object"),
        ("null", "not an object"),
        (row(_id=None), "no _id"),
        (row(_id=" "), "no _id"),
        (row(_id=7), "The _id is not text"),
        (row(_id="x" * 501), "501 characters"),
        (row(title=["Tea"]), "The title is not text"),
        (row(text={"a": 1}), "The text is not text"),
        (row(metadata=["a"]), "metadata is not an object"),
        (row(title="", text=" \n "), "no title and no text"),
        (row(title="n/a", text=None), "no title and no text"),
        ('{"_id": "a", "title": "caf\udce9"}', "not UTF-8"),
        ('{"_id": "a", "title": "\\ud800"}', "is not JSON"),
    ],
)
def test_a_bad_line_is_set_aside_with_a_sentence_that_says_why(line, says):
    reason = reason_of(line)
    assert says in reason
    assert reason.endswith(".")


def test_of_two_rows_with_one_id_the_first_is_kept_and_the_second_names_its_line():
    first, second, third = parse_lines([row(), row(text="Another pot."), row(_id="a-2")])
    assert isinstance(first, Row)
    assert second == BadRow(2, "The _id a-1 was already on line 1; give each row its own.")
    assert isinstance(third, Row)


def test_a_bad_row_does_not_use_up_its_id():
    bad, good = parse_lines([row(title=1), row()])
    assert isinstance(bad, BadRow)
    assert isinstance(good, Row)


def test_blank_lines_are_passed_over_but_counted():
    (only,) = parse_lines(["\n", "  ", row()])
    assert only.line == 3


def test_nul_is_taken_out_of_every_text():
    (only,) = parse_lines([row(_id="a\x00b", title="Tea\x00", text="\x00A pot")])
    assert (only.id, only.title, only.text) == ("ab", "Tea", "A pot")


def test_a_file_with_one_broken_byte_loses_only_that_line(tmp_path):
    file = tmp_path / "corpus.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + row().encode() + b'\n{"_id": "b", "title": "caf\xe9"}\n' + row(_id="c").encode())
    kinds = [type(entry) for entry in parse_lines(read_lines(file))]
    assert kinds == [Row, BadRow, Row]


@pytest.mark.parametrize(
    "title",
    ["", " ", "-", "...", "n/a", "N/A.", "Untitled", "TEST", "(unknown)", "Not specified", "No title given", "2011"],
)
def test_a_title_that_says_nothing_is_a_placeholder(title):
    assert is_placeholder(title)


@pytest.mark.parametrize(
    "title", ["Tea", "Grant to Tea Rooms", "Testing for sight loss", "No Fear", "4 Walls", "Notes"]
)
def test_a_short_or_odd_title_that_says_something_stays(title):
    assert not is_placeholder(title)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
near_rows = st.fixed_dictionaries(
    {}, optional={"_id": json_values, "title": json_values, "text": json_values, "metadata": json_values}
)


@given(st.lists(near_rows.map(json.dumps) | json_values.map(json.dumps) | st.text(), max_size=5))
def test_no_line_whatever_it_says_raises(lines):
    entries = list(parse_lines(lines))
    assert len(entries) == sum(1 for line in lines if line.strip())
    assert all(isinstance(entry, (Row, BadRow)) for entry in entries)
    assert all(entry.reason for entry in entries if isinstance(entry, BadRow))
