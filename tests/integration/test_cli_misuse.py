"""What the command line says of mistakes: a sentence on standard error, the right exit code, never a stack trace."""

import os
import sqlite3
import subprocess
import sys

import pytest

MISUSE = {
    "no such command": (["dance"], "No such command"),
    "no such option": (["search", "--colour", "red"], "--colour"),
    "an unknown kind": (["search", "--kind", "idea"], "'idea' is not one of 'innovation', 'need'"),
    "an unknown stage": (["search", "--stage", "done"], "give idea or pilot or running or scaled."),
    "an unknown level": (["search", "--evidence", "9"], "give 1 or 2 or 3 or 4 or 5."),
    "an unknown area": (["search", "--area", "dementai"], "there are Dementia"),
    "an unknown place": (["search", "--place", "Atlantis"], "There is no place called “Atlantis”"),
    "page nought": (["search", "--page", "0"], "--page"),
    "a limit that is no number": (["search", "--limit", "many"], "--limit"),
    "a limit beyond the deepest": (["search", "--limit", "2001"], "--limit"),
    "a match of no number": (["match", "first"], "LISTING_ID"),
    "a match of nothing": (["match"], "LISTING_ID"),
    "a missing file": (["import", "--kind", "need", "nowhere.jsonl"], "nowhere.jsonl"),
    "a folder for a file": (["import", "--kind", "need", "."], "directory"),
    "an import without a kind": (["import", __file__], "--kind"),
    "a name without a reason": (["import", "--kind", "need", __file__, "--publish-as", "Me"], "give both, or neither."),
    "a reason without a name": (["import", "--kind", "need", __file__, "--reason", "So"], "give both, or neither."),
    "a port out of range": (["serve", "--port", "70000"], "--port"),
    "an evaluation of nothing": (["evaluate"], "--corpus"),
    "pairs and a corpus": (["evaluate", "--match", __file__, "--corpus", __file__], "stands alone"),
    "passages without pairs": (["evaluate", "--passages", __file__], "--match"),
    "an unknown engine": (
        ["evaluate", "--corpus", __file__, "--queries", __file__, "--qrels", __file__, "--engine", "x"],
        "'embedded', 'elasticsearch'",
    ),
}


@pytest.mark.parametrize("case", MISUSE)
def test_a_command_that_is_not_understood_ends_with_two_and_says_what_is_wrong(cli, case):
    arguments, said = MISUSE[case]
    result = cli(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


SETTINGS = {
    "EXCHANGE_PORT": ("none", "EXCHANGE_PORT is 'none'; set it to a whole number from 1 to 65535."),
    "EXCHANGE_ENGINE": ("other", "EXCHANGE_ENGINE is 'other'; set it to embedded or elasticsearch."),
    "EXCHANGE_DATABASE_URL": ("mysql://x", "EXCHANGE_DATABASE_URL is 'mysql://x'"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_cannot_be_used_is_named(cli, monkeypatch, name):
    value, said = SETTINGS[name]
    monkeypatch.setenv(name, value)
    result = cli("search", "carers")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"exchange: {said}")


def test_elasticsearch_that_is_not_the_engine_of_the_settings_is_refused_with_both_settings(cli, monkeypatch, tmp_path):
    files = {name: tmp_path / name for name in ("corpus", "queries", "qrels")}
    files["corpus"].write_text('{"_id": "d1", "title": "Breaks", "text": "Short breaks for carers.", "metadata": {}}\n')
    files["queries"].write_text('{"_id": "q1", "text": "breaks for carers", "metadata": {}}\n')
    files["qrels"].write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    monkeypatch.setenv("EXCHANGE_ELASTICSEARCH_URL", "http://127.0.0.1:1")
    asked = [part for name, file in files.items() for part in (f"--{name}", file)]
    refused = cli("evaluate", *asked, "--engine", "elasticsearch")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "set EXCHANGE_ENGINE=elasticsearch and EXCHANGE_ELASTICSEARCH_URL." in refused.stderr


def test_a_model_that_cannot_be_loaded_is_named_and_words_are_searched_without_it(cli, monkeypatch):
    monkeypatch.setenv("EXCHANGE_MODEL", "/nowhere/model")
    found = cli("search", "carers")
    assert found.exit_code == 0
    assert found.stderr.startswith("Results match words only.")
    refused = cli("index", "rebuild")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "The model '/nowhere/model' cannot be loaded" in refused.stderr


def test_a_file_that_is_no_database_is_said_to_be_none(cli, data):
    (data / "exchange.db").write_text("This is a letter to the editor, not a database. " * 40)
    result = cli("search", "carers")
    assert result.exit_code == 1
    assert result.stderr == "exchange: The database cannot be opened: file is not a database\n"


def test_a_database_of_a_newer_version_is_left_alone(cli, data):
    with sqlite3.connect(data / "exchange.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    result = cli("index", "status")
    assert result.exit_code == 1
    assert "The database is of another version" in result.stderr


def test_a_data_folder_that_cannot_be_made_is_said(cli, data, monkeypatch):
    (data / "file").write_text("in the way")
    monkeypatch.setenv("EXCHANGE_DATA_DIR", str(data / "file"))
    result = cli("index", "status")
    assert result.exit_code == 1
    assert result.stderr.startswith("exchange: EXCHANGE_DATABASE_URL cannot be used:")


def test_help_names_every_command_and_costs_no_database(cli, data):
    (data / "exchange.db").unlink()
    told = cli("--help").stdout
    for command in ("serve", "load-fixtures", "import", "search", "match", "index", "evaluate"):
        assert f"  {command} " in told
        assert cli(command, "--help").exit_code == 0
    assert not (data / "exchange.db").exists()


def test_the_version_is_told(cli):
    assert cli("--version").stdout.startswith("exchange 0.")


def test_an_error_that_nobody_foresaw_is_a_sentence_and_its_details_are_kept(data):
    broken = "import web.commands.find as f; f.reader = None; import sys; sys.argv = ['exchange', 'search', 'x']; "
    done = subprocess.run(
        [sys.executable, "-c", broken + "from web.cli import main; main()"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("exchange: Something unexpected went wrong (TypeError: 'NoneType' object")
    assert "Traceback" not in done.stderr
    assert "Traceback" in (data / "errors.log").read_text()
