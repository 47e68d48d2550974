"""Files of judgements are read strictly: each thing that is wrong gets a sentence with its line."""

import json
from pathlib import Path

import pytest

from exchange.errors import InputError
from fixtures.files import FOLDER
from indexer.judgements import (
    Pair,
    Passage,
    grades_by_need,
    read_judged,
    read_pairs,
    read_passages,
    read_qrels,
    read_queries,
)

QRELS = "query-id\tcorpus-id\tscore\n"
PAIRS = "split\tneed\tinnovation\tgrade\twhy\n"
PASSAGES = "id\tsplit\toutcome\tpassage\tlabel\twhy\n"


def written(folder: Path, text: str, name="file.tsv"):
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def judged(folder: Path, queries: list[str], qrels: str):
    rows = "\n".join(json.dumps({"_id": key, "text": f"tea for {key}"}) for key in queries)
    return read_judged(written(folder, rows, "queries.jsonl"), written(folder, QRELS + qrels, "qrels.tsv"))


def test_a_query_keeps_its_text_family_and_filters(tmp_path):
    metadata = {"family": "tag", "filters": {"region": "Wales"}, "notes": "left alone"}
    path = written(tmp_path, json.dumps({"_id": "q1", "text": "tea", "metadata": metadata}))
    (query,) = read_queries(path)
    assert (query.id, query.text, query.family, query.filters) == ("q1", "tea", "tag", {"region": "Wales"})


def test_a_family_or_filters_of_another_shape_are_not_stated(tmp_path):
    path = written(tmp_path, json.dumps({"_id": "q1", "text": "tea", "metadata": {"family": 3, "filters": ["Wales"]}}))
    (query,) = read_queries(path)
    assert (query.family, query.filters) == (None, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"_id": "q1", "text": "tea"}\n{"_id": "q2"', r"line 2: The line is not JSON"),
        ('{"_id": "q1", "text": "tea"}\n{"_id": "q1", "text": "jam"}', r"line 2: The _id q1 was already on line 1"),
        ('{"_id": "q1"}', r"line 1: The row has no title and no text"),
        ('["q1"]', r"line 1: .* not an object"),
    ],
)
def test_a_broken_queries_file_is_refused_with_the_line(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        list(read_queries(written(tmp_path, text)))


def test_grades_are_read_by_query_with_windows_line_ends_blank_lines_and_quotation_marks(tmp_path):
    text = QRELS.replace("\n", "\r\n") + 'q1\t"d1"\t3\r\n\r\nq1\td2\t0\r\nq2\td1\t-1\r\n'
    grades, warnings = read_qrels(written(tmp_path, text))
    assert grades == {"q1": {'"d1"': 3, "d2": 0}, "q2": {"d1": -1}}
    assert warnings == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty; begin it with the header query-id, corpus-id, score"),
        ("q1\td1\t3\n", "begins with 'q1.*put the header query-id, corpus-id, score first"),
        ("q1 0 d1 3\n", "put the header"),
        (QRELS, "hold no grade"),
        (QRELS + "q1\td1\tgood\n", "line 2: the grade is 'good'; write a whole number"),
        (QRELS + "q1\td1\t2.5\n", "line 2: the grade is '2.5'"),
        (QRELS + "q1\td1\t1000000000\n", "line 2: the grade is '1000000000'"),
        (QRELS + "q1\td1\t1\nq1\td2\n", "line 3: 2 columns, not query-id, corpus-id, score"),
        (QRELS + "q1\td\udce9\t1\n", "line 2: the line is not UTF-8"),
    ],
)
def test_qrels_that_cannot_be_used_are_refused_with_the_line(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        read_qrels(written(tmp_path, text))


def test_a_pair_graded_twice_otherwise_keeps_its_first_grade_and_is_said(tmp_path):
    grades, warnings = read_qrels(written(tmp_path, QRELS + "q1\td1\t3\nq1\td1\t1\nq1\td1\t3\n"))
    assert grades == {"q1": {"d1": 3}}
    assert warnings == ["1 lines of file.tsv grade a pair a second time otherwise; the first counts."]


def test_grades_of_unknown_queries_and_queries_without_a_grade_are_counted_and_said(tmp_path):
    found = judged(tmp_path, ["q1", "q2"], "q1\td1\t3\nq8\td1\t1\nq9\td1\t1\n")
    assert [dict(query.grades) for query in found.queries] == [{"d1": 3}, {}]
    unknown, bare = found.warnings
    assert "2 queries that queries.jsonl does not hold, such as 'q8'" in unknown
    assert "1 queries have no grade, such as 'q2'" in bare


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    with pytest.raises(InputError, match="None of the queries"):
        judged(tmp_path, ["q1"], "other\td1\t3\n")


@pytest.mark.parametrize("read", [read_qrels, read_pairs, read_passages, lambda path: list(read_queries(path))])
def test_a_missing_file_or_a_folder_is_said_with_its_path(tmp_path, read):
    with pytest.raises(InputError, match=r"absent\.tsv cannot be read \(No such file or directory\); check its path"):
        read(tmp_path / "absent.tsv")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path)


def test_pairs_are_read_and_grouped_by_need(tmp_path):
    text = PAIRS + "tune\trespite\tsitters\t3\tfits\nheld\thousing\tloft\t0\twrong place\ntune\trespite\tbus\t1\t\n"
    pairs = read_pairs(written(tmp_path, text))
    assert pairs[0] == Pair(split="tune", need="respite", innovation="sitters", grade=3, why="fits")
    assert grades_by_need(pairs) == {"respite": {"sitters": 3, "bus": 1}, "housing": {"loft": 0}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("need\tinnovation\tgrade\n", "put the header split, need, innovation, grade, why first"),
        (PAIRS + "tune\ta\tb\tx\t\n", "line 2: the grade is 'x'"),
        (PAIRS + "tune\ta\tb\t1\t\nheld\ta\tb\t1\t\n", "line 3: a and b are judged twice"),
    ],
)
def test_pairs_that_cannot_be_used_are_refused_with_the_line(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        read_pairs(written(tmp_path, text))


def test_passages_are_read_with_their_label(tmp_path):
    path = written(tmp_path, PASSAGES + "p1\ttune\tless waiting\twaits fell\t1\tplain\np2\theld\tx\ty\t0\t\n")
    first, second = read_passages(path)
    assert first == Passage(
        id="p1", split="tune", outcome="less waiting", passage="waits fell", label=True, why="plain"
    )
    assert second.label is False


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id\toutcome\n", "put the header id, split, outcome, passage, label, why first"),
        (PASSAGES + "p1\ttune\ta\tb\tyes\t\n", "line 2: the label is 'yes'; write 0 or 1"),
        (PASSAGES + "p1\ttune\ta\tb\t1\t\np1\ttune\ta\tb\t1\t\n", "line 3: the id 'p1' was there before"),
    ],
)
def test_passages_that_cannot_be_used_are_refused_with_the_line(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        read_passages(written(tmp_path, text))


def test_the_fixtures_own_judgements_can_be_read():
    assert {pair.split for pair in read_pairs(FOLDER / "match_pairs.tsv")} == {"tune", "held"}
    assert {pair.split for pair in read_pairs(FOLDER / "match_pairs_later.tsv")} == {"second", "third"}
    assert {passage.label for passage in read_passages(FOLDER / "outcome_passages.tsv")} == {True, False}
    assert any(query.grades for query in read_judged(FOLDER / "queries.jsonl", FOLDER / "qrels.tsv").queries)
