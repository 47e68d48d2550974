"""`exchange evaluate` from files to a table, to JSON and to warnings."""

import json
from pathlib import Path

import pytest

import fixtures

FIXTURES = Path(fixtures.__file__).parent
PAIRS, PASSAGES = FIXTURES / "match_pairs.tsv", FIXTURES / "outcome_passages.tsv"
TRADES = "joinery", "weaving", "baking", "sailing"


@pytest.fixture
def files(tmp_path):
    """Give the options that name a small judged collection."""
    rows = [{"_id": f"d{n}", "title": f"{TRADES[n % 4]} circle {n}", "text": "Weekly in a hall."} for n in range(40)]
    queries = [{"_id": trade, "text": trade, "metadata": {"family": trade[0]}} for trade in TRADES]
    grades = [f"{TRADES[n % 4]}\td{n}\t{1 + (n < 20)}" for n in range(40)]
    contents = {
        "corpus": "\n".join(map(json.dumps, rows)) + "\n{broken\n",
        "queries": "\n".join(map(json.dumps, queries)) + "\n",
        "qrels": "\n".join(["query-id\tcorpus-id\tscore", *grades, "baking\tnowhere\t2"]) + "\n",
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [part for name in contents for part in (f"--{name}", str(tmp_path / name))]


def test_the_table_has_a_line_a_family_and_one_for_all(cli, files):
    result = cli("evaluate", *files)
    assert result.exit_code == 0
    lines = [line for line in result.stdout.splitlines() if "│" in line]
    assert [line.split()[1] for line in lines] == ["b", "j", "s", "w", "all"]
    assert all(name in result.stdout for name in ("results seen", "nDCG@10", "condensed", "recall@100", "MRR@10"))


def test_json_holds_every_figure_and_nothing_else_is_on_standard_output(cli, files):
    answer = json.loads(cli("evaluate", *files, "--json").stdout)
    families = {row["family"]: row for row in answer["families"]}
    assert families["all"]["queries"] == 4
    assert families["j"]["recall"] == 1.0
    assert 0 < families["all"]["ndcg"] <= 1


def test_what_could_not_be_used_is_said_beside_the_figures(cli, files):
    told = cli("evaluate", *files).stderr
    assert "line 41 is left out: The line is not JSON" in told
    assert "1 grades are for documents that the corpus does not hold, such as 'nowhere'" in told


def test_the_run_is_written_for_other_tools(cli, files, tmp_path):
    run = tmp_path / "run.txt"
    assert cli("evaluate", *files, "--leg", "lexical", "--constraints", "none", "--run-out", run).exit_code == 0
    assert run.read_text().splitlines()[0].split()[5] == "exchange-lexical-none"


def test_another_configurations_run_stands_beside_with_what_chance_would_do(cli, files, tmp_path):
    run = tmp_path / "lexical.txt"
    cli("evaluate", *files, "--leg", "lexical", "--run-out", run)
    same = cli("evaluate", *files, "--leg", "lexical", "--compare", run)
    assert same.exit_code == 0
    all_row = [line for line in same.stdout.splitlines() if "│ all " in line][-1]
    assert all_row.replace("│", " ").split()[4:] == ["+.000", "+.000", "to", "+.000", "1.000"]
    answer = json.loads(cli("evaluate", *files, "--leg", "dense", "--compare", run, "--json").stdout)
    row = answer["comparison"][-1]
    assert row["difference"] == pytest.approx(row["here"] - row["there"])
    assert 0 < row["p"] <= 1


def test_exposure_by_size_and_the_spread_over_days_are_told_where_incomes_are_stated(cli, files, tmp_path):
    assert "Who is seen" not in cli("evaluate", *files).stdout
    incomes = {"joinery": 5_000, "baking": 2_000_000}
    rows = (tmp_path / "corpus").read_text().splitlines()[:-1]
    stated = [
        json.dumps(row | {"metadata": {"recipient": f"Guild {n}", "income": incomes.get(TRADES[n % 4])}})
        for n, row in enumerate(map(json.loads, rows))
    ]
    (tmp_path / "corpus").write_text("\n".join(stated) + "\n")
    told = cli("evaluate", *files, "--days", "3")
    assert told.exit_code == 0, told.stderr
    assert "Who is seen among the first ten" in told.stdout
    assert "On 3 days: nDCG@10" in told.stdout
    answer = json.loads(cli("evaluate", *files, "--days", "2", "--json").stdout)
    assert {row["band"] for row in answer["exposure"]} == {"micro", "large", "not stated"}
    assert sum(row["seen"] for row in answer["exposure"]) == pytest.approx(1)
    assert answer["spread"]["least"] <= answer["spread"]["mean"] <= answer["spread"]["most"]


def test_a_run_that_is_none_is_one_sentence(cli, files, tmp_path):
    for content, sentence in (("a b\n", "line 1: give query, Q0, document"), ("x Q0 d1 1 1 t\n", "none of the judged")):
        (tmp_path / "run").write_text(content)
        result = cli("evaluate", *files, "--compare", tmp_path / "run")
        assert (result.exit_code, result.stdout) == (1, "")
        assert sentence in result.stderr


def test_a_broken_judgement_is_one_sentence(cli, files, tmp_path):
    (tmp_path / "qrels").write_text("query-id\tcorpus-id\tscore\nbaking\td2\tgood\n")
    result = cli("evaluate", *files)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "exchange: qrels, line 2: the grade is 'good'; write a whole number such as 0 or 3." in result.stderr


def test_an_evaluation_leaves_the_listings_and_the_index_as_they_are(cli, files, data):
    cli("evaluate", *files)
    assert not (data / "index").exists()
    assert json.loads(cli("index", "status", "--json").stdout)["visible"] == 0


@pytest.mark.usefixtures("demonstration")
def test_the_match_is_measured_beside_plain_search_on_the_pairs_of_the_demonstration(cli):
    answer = json.loads(cli("evaluate", "--match", PAIRS, "--passages", PASSAGES, "--json").stdout)
    splits = {row["split"]: row for row in answer["match"]}
    assert splits["all"]["needs"] == 15
    assert 0 < splits["all"]["ndcg@10"] <= 1
    assert {row["split"] for row in answer["met"]} == set(splits)
    told = cli("evaluate", "--match", PAIRS).stdout
    assert "plain search nDCG@10" in told
    assert "recall of met" not in told


def test_pairs_of_listings_that_are_not_there_are_named(cli):
    result = cli("evaluate", "--match", PAIRS)
    assert result.exit_code == 1
    assert "names listings that are not public here" in result.stderr
