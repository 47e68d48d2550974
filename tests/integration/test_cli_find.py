"""`exchange search` and `exchange match` on the demonstration listings: text, JSON and what is said of mistakes."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from exchange.content import Content, Kind
from exchange.database import open_database, reading, writing
from exchange.listing.listings import NewListing, newest, post, withdraw
from exchange.moderating.moderation import approve
from exchange.people.accounts import operator
from web.commands.output import plain


@pytest.fixture(autouse=True)
def _demonstration(demonstration):
    """Give every test here the demonstration listings."""


def found(cli, *arguments: object):
    result = cli(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def database(folder):
    return open_database(f"sqlite:///{folder / 'exchange.db'}")


def newest_of(data, kind, count):
    engine = database(data)
    with reading(engine) as session:
        listings = newest(session, kind, count)
    engine.dispose()
    return listings


def first_of(data, kind):
    return newest_of(data, kind, 1)[0]


def publish(data, title):
    now = datetime.now(UTC)
    engine = database(data)
    with writing(engine) as session:
        by = operator(session, "Test")
        new = NewListing(kind=Kind.INNOVATION, content=Content(title=title))
        number = approve(session, post(session, new, by, now).id, by, "checked", now).id
    engine.dispose()
    return number


def test_search_gives_a_total_and_results_with_reasons_and_gaps_as_sentences(cli):
    answer = found(cli, "search", "respite for carers in Leeds", "--limit", 3)
    assert answer["total"] >= len(answer["results"]) == 3
    for result in answer["results"]:
        assert {"id", "title", "score", "reasons", "gaps"} <= set(result)
        assert all(isinstance(text, str) and text for text in result["reasons"] + result["gaps"])
    assert answer["details"]["read_in_text"] == ["Leeds"]


def test_a_person_reads_the_same_results_as_text(cli):
    answer = found(cli, "search", "respite for carers", "--limit", 2)
    text = cli("search", "respite for carers", "--limit", 2).stdout
    assert text.startswith(f"{answer['total']} results, page 1 of")
    for result in answer["results"]:
        assert result["title"] in text
        assert all(f"+ {reason}" in text for reason in result["reasons"])


def test_pages_follow_each_other_without_a_listing_twice(cli):
    pages = [found(cli, "search", "carers", "--limit", 2, "--page", page)["results"] for page in (1, 2, 3)]
    numbers = [result["id"] for page in pages for result in page]
    assert len(numbers) == len(set(numbers)) == 6


def test_a_kind_is_kept_to_and_no_text_browses_all_that_is_open(cli):
    needs, everything = found(cli, "search", "--kind", "need", "--limit", 500), found(cli, "search", "--limit", 1)
    assert {result["details"]["kind"] for result in needs["results"]} == {"need"}
    assert len(needs["results"]) == needs["total"] < everything["total"]


def test_closed_listings_are_found_only_when_asked_for_and_say_so(cli):
    without, included = found(cli, "search"), found(cli, "search", "--closed", "--limit", 2000)
    assert included["total"] > without["total"]
    closed = [result for result in included["results"] if result["details"]["closed"]]
    assert len(closed) == included["total"] - without["total"]


@pytest.mark.parametrize(
    ("by_name", "by_code"),
    [
        (("--place", "leeds"), ("--place", "E08000035")),
        (("--area", "DEMENTIA"), ("--area", "dementia")),
        (("--group", "People with dementia"), ("--group", "people-with-dementia")),
    ],
)
def test_places_areas_and_groups_are_taken_by_name_or_by_code(cli, by_name, by_code):
    named = found(cli, "search", "help at home", *by_name)
    assert named == found(cli, "search", "help at home", *by_code)
    assert named["total"] < found(cli, "search", "help at home")["total"]


def test_two_values_of_one_filter_let_either_in(cli):
    one = found(cli, "search", "--stage", "idea")["total"]
    two = found(cli, "search", "--stage", "pilot")["total"]
    both = found(cli, "search", "--stage", "idea", "--stage", "pilot")["total"]
    assert max(one, two) < both <= one + two


def test_a_word_spelt_wrongly_is_answered_with_another_spelling_and_what_it_gives(cli):
    answer = found(cli, "search", "demenntia")
    assert answer["details"]["did_you_mean"]["text"] == "dementia"
    total = answer["details"]["did_you_mean"]["total"]
    assert f"Did you mean “dementia”? It gives {total} results." in cli("search", "demenntia").stdout


def test_nonsense_gives_an_empty_answer_that_says_what_to_try(cli):
    assert found(cli, "search", "zxqv wpfk")["total"] == 0
    result = cli("search", "zxqv wpfk")
    assert result.exit_code == 0
    assert "Try fewer or other words" in result.stdout


def test_a_very_long_text_is_answered_and_what_was_not_read_is_said(cli):
    result = cli("search", "respite for carers " * 600, "--json")
    assert json.loads(result.stdout)["total"] > 0
    (notice,) = json.loads(result.stdout)["details"]["notices"]
    assert "11,399 characters" in notice


def test_match_gives_the_other_side_with_reasons_and_what_cannot_match(cli, data):
    need = first_of(data, Kind.NEED)
    answer = found(cli, "match", need.id, "--limit", 5)
    assert set(answer) == {"total", "results", "details"}
    assert {result["details"]["kind"] for result in answer["results"]} <= {"innovation"}
    assert all(isinstance(count, int) for count in answer["details"]["cannot"].values())
    text = cli("match", need.id, "--limit", 5).stdout
    assert need.title in text
    assert all(reason in text for reason in answer["details"]["cannot"])


@pytest.mark.parametrize("number", [999_999, 10**18])
def test_a_listing_that_is_not_there_is_said_in_a_sentence(cli, number):
    result = cli("match", number)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"exchange: There is no listing {number}; check the number.\n"


def test_what_was_published_since_is_found_though_nobody_wrote_the_index(cli, data):
    before = sorted(path.name for path in (data / "index").iterdir())
    number = publish(data, "Lighthouse keepers' choir")
    answer = found(cli, "search", "lighthouse keepers' choir")
    assert answer["results"][0]["id"] == number
    assert sorted(path.name for path in (data / "index").iterdir()) == before


def test_a_listing_withdrawn_since_is_not_found_though_the_index_still_holds_it(cli, data):
    listing = first_of(data, Kind.INNOVATION)
    engine = database(data)
    with writing(engine) as session:
        withdraw(session, listing.id, operator(session, "Test"), "asked to", datetime.now(UTC))
    engine.dispose()
    answer = found(cli, "search", listing.title, "--limit", 100)
    assert listing.id not in {result["id"] for result in answer["results"]}


def test_without_any_index_a_search_still_answers_from_the_database(cli, data):
    whole = found(cli, "search", "dementia")
    shutil.rmtree(data / "index")
    again = found(cli, "search", "dementia")
    assert [result["id"] for result in again["results"]] == [result["id"] for result in whole["results"]]


def test_the_closest_that_one_reason_keeps_apart_are_named(cli, data):
    answers = ((need, found(cli, "match", need.id, "--limit", 1)) for need in newest_of(data, Kind.NEED, 20))
    need, near = next((need, said) for need, answer in answers if (said := answer["details"]["near_misses"]))
    text = " ".join(cli("match", need.id, "--limit", 1).stdout.split())
    assert all(f"{one['title']} ({one['id']}): {one['reason']}" in text for one in near)


def test_a_title_cannot_move_the_cursor_of_a_terminal(cli, data):
    publish(data, "Evil \x1b[2J\x9b1A[red]zebra[/red] choir")
    text = cli("search", "evil zebra choir", "--limit", 1).stdout
    assert "Evil [2J1A[red]zebra[/red] choir" in text
    assert plain(text) == text
