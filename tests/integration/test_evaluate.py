"""An invented corpus of 130 services goes through the whole search; its run file and its figures agree."""

import json
import re
import time
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

import pytest

from exchange.content import Kind
from exchange.errors import InputError
from exchange.imports.import_places import MapContext
from exchange.place.places import load_gazetteer
from exchange.taxonomy import Taxonomy
from indexer.embedder import HashEmbedder
from indexer.engine_embedded import EmbeddedEngine
from indexer.evaluate import Evaluation, EvaluationOrder, evaluate
from indexer.judgements import read_judged
from indexer.metrics import mean, measure
from indexer.results import Facet
from indexer.runs import Constraints, Workbench, stated_filters
from indexer.search import Finder, Leg

CONTEXT = MapContext(load_gazetteer())
TRADES = [
    "joinery",
    "weaving",
    "baking",
    "sailing",
    "pottery",
    "gardening",
    "cycling",
    "singing",
    "painting",
    "swimming",
]
REGIONS = "Wales", "East Midlands", "South Central"


class CountingEmbedder(HashEmbedder):
    """Counts the texts that it was asked to embed for indexing."""

    embedded = 0

    def encode(self, texts, progress=None):
        self.embedded += len(texts)
        return super().encode(texts, progress)

    def encode_query(self, texts):
        return super().encode(texts)


def service(number: int):
    trade, region = TRADES[number % 10], REGIONS[number % 3]
    metadata = {"nps_region": region, "sex": ("female", "male")[number % 2], "recipient": f"Guild {number % 7}"}
    text = f"Weekly {trade} for people who want to meet neighbours. Group {number} meets in a hall."
    return {"_id": f"s-{number}", "title": f"{trade.title()} circle {number}", "text": text, "metadata": metadata}


QUERIES = [
    {"_id": "q-bake", "text": "baking", "metadata": {"family": "topic"}},
    {"_id": "q-sail", "text": "sailing in Wales", "metadata": {"family": "place", "filters": {"nps_region": "Wales"}}},
    {"_id": "q-weave", "text": "weaving", "metadata": {"family": "people", "filters": {"sex": "male"}}},
    {"_id": "q-none", "text": "zeppelin maintenance", "metadata": {"family": "topic"}},
    {"_id": "q-bare", "text": "pottery"},
]


def right_answers():
    for number in range(130):
        trade, wales = TRADES[number % 10], REGIONS[number % 3] == "Wales"
        if trade == "baking":
            yield f"q-bake\ts-{number}\t{3 if number < 60 else 2}"
        if trade == "sailing":
            yield f"q-sail\ts-{number}\t{3 if wales else 1}"
        if trade == "weaving":
            yield f"q-weave\ts-{number}\t{2 if number % 2 else 0}"
    yield "q-none\ts-1\t3"


def put(folder: Path, name: str, lines: Iterable[str]):
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def order(folder: Path, **changes: object):
    fields = {
        "corpus": put(folder, "corpus.jsonl", [json.dumps(service(n)) for n in range(130)]),
        "queries": put(folder, "queries.jsonl", map(json.dumps, QUERIES)),
        "qrels": put(folder, "qrels.tsv", ["query-id\tcorpus-id\tscore", *right_answers()]),
    }
    return EvaluationOrder(**(fields | changes))


@pytest.fixture
def workbench(engine, tmp_path):
    embedder = CountingEmbedder(256)

    @contextmanager
    def throwaway():
        yield EmbeddedEngine(tmp_path / f"index-{time.monotonic_ns()}", embedder.name, embedder.dimension)

    def finder(index):
        return Finder(engine=index, embedder=embedder, gazetteer=CONTEXT.gazetteer, postcodes=None)

    return Workbench(
        database=engine, embedder=embedder, context=CONTEXT, taxonomy=Taxonomy(), finder=finder, engine=throwaway
    )


def rows_of(evaluation: Evaluation):
    return {row.family: row for row in evaluation.rows}


def run_of(path: Path):
    found: dict[str, list[tuple[str, int, float]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        query, nought, document, rank, score, tag = line.split(" ")
        assert (nought, tag) == ("Q0", "exchange-both-text")
        found.setdefault(query, []).append((document, int(rank), float(score)))
    return found


def test_each_query_has_a_hundred_lines_whose_scores_sort_as_their_ranks(tmp_path, workbench):
    evaluate(order(tmp_path, run_out=tmp_path / "run.txt"), workbench)
    run = run_of(tmp_path / "run.txt")
    assert list(run) == [query["_id"] for query in QUERIES]
    for lines in run.values():
        assert [rank for _, rank, _ in lines] == list(range(1, 101))
        assert len({document for document, _, _ in lines}) == 100
        scores = [score for _, _, score in lines]
        assert scores == sorted(set(scores), reverse=True)


def test_every_figure_can_be_computed_anew_from_the_run_file(tmp_path, workbench):
    given = order(tmp_path, run_out=tmp_path / "run.txt")
    evaluation = evaluate(given, workbench)
    run = {query: [document for document, _, _ in lines] for query, lines in run_of(tmp_path / "run.txt").items()}
    judged = {query.id: query.grades for query in read_judged(given.queries, given.qrels).queries if query.grades}
    measured = [measure(run[query], grades, evaluation.relevant_from) for query, grades in judged.items()]
    overall = rows_of(evaluation)["all"]
    assert evaluation.relevant_from == 2
    for name in ("ndcg", "condensed", "unjudged", "recall", "mrr"):
        assert getattr(overall, name) == mean(getattr(one, name) for one in measured)


def test_families_come_in_order_with_all_at_the_end_and_a_query_without_a_grade_is_in_none(tmp_path, workbench):
    evaluation = evaluate(order(tmp_path), workbench)
    assert [(row.family, row.queries) for row in evaluation.rows] == [
        ("people", 1),
        ("place", 1),
        ("topic", 2),
        ("all", 4),
    ]
    assert any("1 queries have no grade, such as 'q-bare'" in warning for warning in evaluation.warnings)


def test_results_seen_are_those_that_qualify_not_those_that_fill_the_run(tmp_path, workbench):
    figures = {one.query: one.seen for one in evaluate(order(tmp_path), workbench).queries}
    assert figures["q-bake"] == 13
    assert figures["q-none"] == 0
    topic = rows_of(evaluate(order(tmp_path), workbench))["topic"]
    assert (topic.seen, topic.nothing) == (6.5, 1)


def test_a_place_in_the_text_orders_only_while_constraints_are_read(tmp_path, workbench):
    read, unread = (rows_of(evaluate(order(tmp_path, constraints=c), workbench)) for c in ("text", "none"))
    assert read["place"].ndcg == pytest.approx(1)
    assert unread["place"].ndcg < 1
    assert read["topic"].ndcg == unread["topic"].ndcg


def test_given_filters_hide_what_cannot_satisfy_them_in_the_run_too(tmp_path, workbench):
    given = order(tmp_path, constraints=Constraints.GIVEN, run_out=tmp_path / "run.txt")
    seen = {one.query: one.seen for one in evaluate(given, workbench).queries}
    lines = [line.split(" ") for line in (tmp_path / "run.txt").read_text(encoding="utf-8").splitlines()]
    assert {int(line[2][2:]) % 3 for line in lines if line[0] == "q-sail"} == {0}
    assert {int(line[2][2:]) % 2 for line in lines if line[0] == "q-weave"} == {1}
    assert (seen["q-sail"], seen["q-weave"], seen["q-bake"]) == (5, 13, 13)


def test_filters_become_facets_and_what_search_cannot_set_is_named():
    filters = {"region": "Wales", "sex": "Female", "colour": "blue"}
    assert stated_filters(filters, CONTEXT) == (
        {Facet.PLACE: ("W92000004",), Facet.GROUP: ("women",)},
        ("colour 'blue'",),
    )
    assert stated_filters({"sex": "any"}, CONTEXT) == ({}, ())
    assert stated_filters({"region": "Atlantis", "sex": 3}, CONTEXT) == ({}, ("region 'Atlantis'", "sex 3"))


def test_a_filter_that_cannot_be_set_is_warned_of_only_where_filters_are_used(tmp_path, workbench):
    queries = put(tmp_path, "asked.jsonl", [json.dumps(QUERIES[0] | {"metadata": {"filters": {"region": "Atlantis"}}})])
    given = evaluate(order(tmp_path, queries=queries, constraints=Constraints.GIVEN), workbench)
    assert "Search cannot set the filter region 'Atlantis' of 1 queries; it is left out." in given.warnings
    text = evaluate(order(tmp_path, queries=queries), workbench)
    assert not any("Atlantis" in warning for warning in text.warnings)


@pytest.mark.parametrize("leg", [Leg.LEXICAL, Leg.DENSE])
def test_each_leg_stands_alone(tmp_path, workbench, leg):
    assert rows_of(evaluate(order(tmp_path, leg=leg), workbench))["people"].recall == 1


def test_a_second_evaluation_embeds_no_document(tmp_path, workbench):
    evaluate(order(tmp_path), workbench)
    embedded = workbench.embedder.embedded
    evaluate(order(tmp_path, leg=Leg.LEXICAL), workbench)
    assert embedded == workbench.embedder.embedded == 130


def test_the_other_kind_goes_the_same_way(tmp_path, workbench):
    assert rows_of(evaluate(order(tmp_path, kind=Kind.NEED), workbench))["people"].recall == 1


def test_progress_tells_of_each_stage_to_its_end(tmp_path, workbench):
    told = []
    evaluate(order(tmp_path), workbench, lambda *said: told.append(said))
    ends = {stage: (done, total) for stage, done, total in told}
    assert ends == {"Embedding passages": (130, 130), "Asking queries": (5, 5)}


def test_the_answer_is_plain_json_and_a_table_of_text(tmp_path, workbench):
    evaluation = evaluate(order(tmp_path), workbench)
    plain = json.loads(json.dumps(evaluation.as_json()))
    assert (plain["documents"], plain["order"]["constraints"]) == (130, "text")
    assert [row["family"] for row in plain["families"]] == ["people", "place", "topic", "all"]
    assert {row["query"] for row in plain["queries"]} == {"q-bake", "q-sail", "q-weave", "q-none"}
    header, *lines = evaluation.table()
    assert header[:2] == ("family", "results seen")
    assert all(len(line) == len(header) for line in lines)
    assert lines[2][:3] == ("topic", "6.5 (1 with none)", "2")
    assert all(re.fullmatch(r"1?\.\d{3}|-", cell) for line in lines for cell in (line[3], *line[5:]))
    assert re.fullmatch(r"\.000 to \.\d{3}", lines[2][4]), "one of its two queries finds nothing"
    assert evaluation.comparison_table() == []


def test_bad_rows_of_the_corpus_are_named_left_out_and_the_rest_goes_on(tmp_path, workbench):
    rows = [json.dumps(service(n)) for n in range(130)]
    rows[3], rows[5] = '{"_id": "s-3", ', rows[4]
    evaluation = evaluate(order(tmp_path, corpus=put(tmp_path, "torn.jsonl", rows)), workbench)
    assert evaluation.documents == 128
    assert [row.line for row in evaluation.bad_rows] == [4, 6]
    assert any(w.startswith("torn.jsonl, line 4 is left out: The line is not JSON") for w in evaluation.warnings)
    assert any("line 6 is left out: The _id s-4 was already on line 5" in w for w in evaluation.warnings)


def test_of_many_bad_rows_ten_are_said_and_all_are_kept(tmp_path, workbench):
    rows = [*["{"] * 15, json.dumps(service(1))]
    evaluation = evaluate(order(tmp_path, corpus=put(tmp_path, "torn.jsonl", rows)), workbench)
    assert "5 more rows are left out." in evaluation.warnings
    assert len(evaluation.bad_rows) == 15


def test_grades_of_unknown_documents_are_counted_said_and_not_found(tmp_path, workbench):
    lines = ["query-id\tcorpus-id\tscore", "q-bake\ts-2\t1", "q-bake\tlost-1\t1", "q-sail\tlost-2\t0"]
    evaluation = evaluate(order(tmp_path, qrels=put(tmp_path, "few.tsv", lines)), workbench)
    unknown, empty = evaluation.warnings[-2:]
    assert "2 grades are for documents that the corpus does not hold, such as 'lost-1'" in unknown
    assert "1 judged queries have no document of grade 1 or more, such as 'q-sail'" in empty
    assert rows_of(evaluation)["all"].recall == 1 / 2
    assert rows_of(evaluation)["place"].ndcg is None


@pytest.mark.parametrize("part", ["corpus", "queries", "qrels"])
def test_a_missing_file_is_refused_with_its_path(tmp_path, workbench, part):
    with pytest.raises(InputError, match=r"nowhere cannot be read \(No such file or directory\)"):
        evaluate(order(tmp_path, **{part: tmp_path / "nowhere"}), workbench)


@pytest.mark.parametrize(
    ("part", "lines", "says"),
    [
        ("corpus", [], "holds no row that can be used"),
        ("corpus", ["{", "["], "no row that can be used. Line 1: The line is not JSON"),
        ("queries", ['{"_id": "q-bake"'], "bad.txt, line 1: The line is not JSON"),
        ("queries", [], "None of the queries of bad.txt has a grade"),
        ("qrels", ["q-bake\ts-1\t3"], "put the header query-id, corpus-id, score first"),
        ("qrels", ["query-id\tcorpus-id\tscore", "q-bake\ts-1\thigh"], "line 2: the grade is 'high'"),
        ("qrels", ["query-id\tcorpus-id\tscore", "q-other\ts-1\t1"], "None of the queries"),
    ],
)
def test_files_that_cannot_be_used_are_refused_with_a_sentence(tmp_path, workbench, part, lines, says):
    with pytest.raises(InputError, match=re.escape(says)):
        evaluate(order(tmp_path, **{part: put(tmp_path, "bad.txt", lines)}), workbench)


def test_a_run_file_that_cannot_be_is_refused_before_anything_is_embedded(tmp_path, workbench):
    for path in (tmp_path, tmp_path / "no" / "run.txt"):
        with pytest.raises(InputError, match="cannot be written; name a file"):
            evaluate(order(tmp_path, run_out=path), workbench)
    spaced = put(tmp_path, "spaced.jsonl", [json.dumps(service(1) | {"_id": "s 1"})])
    with pytest.raises(InputError, match="'s 1' has a space"):
        evaluate(order(tmp_path, corpus=spaced, run_out=tmp_path / "run.txt"), workbench)
    assert workbench.embedder.embedded == 0
    assert evaluate(order(tmp_path, corpus=spaced), workbench).documents == 1
