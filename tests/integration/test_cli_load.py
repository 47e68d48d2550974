"""`exchange import` and `exchange load-fixtures` from file to search result."""

import json

import pytest


def row(number, **fields: object):
    return json.dumps({"_id": f"tea-{number}", "title": f"Tea room {number}", "text": "Company for an hour."} | fields)


@pytest.fixture
def file(tmp_path):
    """Give a file of three good rows and four bad ones, in a folder called teas."""
    folder = tmp_path / "teas"
    folder.mkdir()
    path = folder / "corpus.jsonl"
    lines = [row(1), "{broken", row(2), row(2), '["a list"]', row(3), '{"_id": "empty"}']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def titles(cli, text):
    answer = json.loads(cli("search", text, "--limit", 50, "--json").stdout)
    return sorted(result["title"] for result in answer["results"])


PUBLISHED = "--publish-as", "Importer", "--reason", "open data"


def test_without_a_name_to_publish_in_nothing_is_public_and_the_last_sentence_says_how(cli, file):
    result = cli("import", "--kind", "innovation", file)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == [
        "3 added, 0 changed, 0 unchanged, 4 quarantined.",
        '3 submitted, 0 public: publish with --publish-as NAME --reason "WHY".',
    ]
    assert titles(cli, "tea room") == []


def test_bad_rows_are_named_by_line_and_reason_and_the_good_ones_are_kept(cli, file):
    told = cli("import", "--kind", "innovation", file).stderr
    assert "corpus.jsonl, line 2: The line is not JSON" in told
    assert "corpus.jsonl, line 4: The _id tea-2 was already on line 3" in told
    assert "corpus.jsonl, line 5: The line is JSON but not an object" in told
    assert "corpus.jsonl, line 7: The row has no title and no text" in told


def test_published_rows_are_indexed_when_the_command_ends(cli, file):
    result = cli("import", "--kind", "innovation", file, *PUBLISHED)
    assert result.stdout.splitlines()[1:] == ["3 published.", "3 listings indexed."]
    assert titles(cli, "tea room") == ["Tea room 1", "Tea room 2", "Tea room 3"]


def test_a_second_import_changes_nothing_and_says_so(cli, file):
    cli("import", "--kind", "innovation", file, *PUBLISHED)
    again = cli("import", "--kind", "innovation", file, *PUBLISHED).stdout
    assert again.splitlines() == [
        "0 added, 0 changed, 3 unchanged, 4 quarantined.",
        "0 published.",
        "The index is up to date.",
    ]


def test_what_waits_is_published_by_the_same_command_with_a_name_and_a_reason(cli, file):
    cli("import", "--kind", "innovation", file)
    assert "3 published." in cli("import", "--kind", "innovation", file, *PUBLISHED).stdout
    assert len(titles(cli, "tea room")) == 3


def test_a_changed_row_is_found_by_its_new_words(cli, file):
    cli("import", "--kind", "innovation", file, *PUBLISHED)
    file.write_text(row(1, title="Lighthouse choir"), encoding="utf-8")
    assert "1 changed" in cli("import", "--kind", "innovation", file, *PUBLISHED).stdout
    assert titles(cli, "lighthouse choir") == ["Lighthouse choir"]


def test_with_no_wait_the_rows_are_public_and_somebody_else_indexes_them(cli, file):
    result = cli("import", "--kind", "innovation", file, *PUBLISHED, "--no-wait")
    assert "exchange index work" in result.stdout
    assert json.loads(cli("index", "status", "--json").stdout)["waiting"] == 3
    assert "3 listings indexed." in cli("index", "work").stdout
    assert json.loads(cli("index", "status", "--json").stdout)["waiting"] == 0


def test_the_folder_is_the_source_unless_another_is_named(cli, file):
    cli("import", "--kind", "innovation", file)
    other = cli("import", "--kind", "innovation", file, "--source", "other teas")
    assert other.stdout.startswith("3 added")


def test_awarded_notices_are_closed_and_said_to_be_unless_they_are_to_stay_open(cli, tmp_path):
    file = tmp_path / "notices.jsonl"
    file.write_text(row(1, metadata={"tag": ["award"]}), encoding="utf-8")
    told = cli("import", "--kind", "need", file, *PUBLISHED).stdout
    assert "1 published, 1 of them closed as awarded (--as-open leaves them open)." in told
    assert titles(cli, "tea room") == []
    cli("import", "--kind", "need", file, *PUBLISHED, "--as-open", "--source", "open")
    assert titles(cli, "tea room") == ["Tea room 1"]


def test_at_most_twenty_bad_rows_are_named_and_json_names_them_all(cli, tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_text(row(1) + "\n" + "{\n" * 25, encoding="utf-8")
    result = cli("import", "--kind", "innovation", file)
    assert result.stderr.count("bad.jsonl, line") == 20
    assert "5 more rows are quarantined: --json names them all." in result.stderr
    answer = json.loads(cli("import", "--kind", "innovation", file, "--json").stdout)
    assert (answer["unchanged"], len(answer["quarantined"])) == (1, 25)
    assert answer["quarantined"][0] | {"reason": ""} == {"file": str(file), "line": 2, "reason": ""}


def test_a_file_without_a_single_good_row_fails(cli, tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_bytes(b"\xff\xfe{\x00\n")
    result = cli("import", "--kind", "innovation", file)
    assert result.exit_code == 1
    assert "0 added" in result.stdout


def test_several_files_are_counted_together(cli, tmp_path):
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for number, path in enumerate(files):
        path.write_text(row(number), encoding="utf-8")
    assert cli("import", "--kind", "innovation", *files).stdout.startswith("2 added")


def test_the_demonstration_listings_are_loaded_once_and_found(cli):
    first = cli("load-fixtures")
    assert first.exit_code == 0
    added = int(first.stdout.split(" added")[0])
    assert added >= 180
    assert f"{added:,} listings indexed." in first.stdout
    assert f"0 added, 0 changed, {added} unchanged." in cli("load-fixtures").stdout
    assert titles(cli, "respite for carers")


def test_with_if_empty_a_database_in_use_is_left_alone(cli, file):
    cli("import", "--kind", "innovation", file, *PUBLISHED)
    assert "There are listings already" in cli("load-fixtures", "--if-empty").stdout
    assert titles(cli, "") == ["Tea room 1", "Tea room 2", "Tea room 3"]
