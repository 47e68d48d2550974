"""A preview shows what the evaluation would print: before a change is published, and after it was."""

import json
from datetime import UTC, datetime

import pytest
from people import enrol
from proposing import Desk
from test_accounts_and_taxonomy import seed

from exchange.database import reading, writing
from exchange.errors import ForbiddenError, UnavailableError
from exchange.people.permissions import Role
from exchange.running import taxonomy_previews as previews
from exchange.running import taxonomy_proposals as proposals
from exchange.running.proposal_list import proposal_for
from exchange.settings import load_settings
from exchange.taxonomy import seed_taxonomy
from web.housekeeping import PREVIEWS, searching
from web.running.areas_building import figure, measure_of, moved_queries
from web.running.previews import FAILED, preview_of, work_out
from web.runtime import open_runtime

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
STRONG = ("lonely", "older", "young", "jobs", "leaving prison", "night", "befriend", "school leavers")
"""Words of many judged queries, so that giving them to one area moves results."""


def clock():
    return NOW


@pytest.fixture
def desk(engine):
    with writing(engine) as session:
        seed_taxonomy(session, NOW, seed(1, "care", "youth"))
    return Desk(engine)


def ask(desk, number):
    with writing(desk.database) as session:
        previews.ask(session, number, desk.id, desk.later())


def kept(desk, number):
    with reading(desk.database) as session:
        row = proposal_for(session, number)
        return row.preview, row.failure, row.asked_at, previews.is_old(session, row)


def evaluated(cli):
    """Give nDCG@10 over all queries as the command tells it, in full and as its table prints it."""
    told = json.loads(cli("evaluate", "--packaged", "--json").stdout)["families"][-1]["ndcg"]
    row = next(line for line in cli("evaluate", "--packaged").stdout.splitlines() if "│ all " in line)
    return told, row.split("│")[4].strip()


def test_what_is_shown_is_what_the_evaluation_prints_before_and_after(cli, demonstration):
    with open_runtime(load_settings()) as runtime:
        desk = Desk(runtime.database)
        number = desk.begin()
        desk.change(number, "technology-at-home", synonyms=STRONG)
        ask(desk, number)
        index = sorted((path, path.stat().st_mtime_ns) for path in (demonstration / "index").rglob("*"))
        assert work_out(runtime.database, runtime.workbench, clock) is True
        assert work_out(runtime.database, runtime.workbench, clock) is False, "it is there"
        assert index == sorted((path, path.stat().st_mtime_ns) for path in (demonstration / "index").rglob("*"))
    preview, failure, asked, old = kept(desk, number)
    assert (failure, asked, old) == (None, None, False)
    found = preview_of(preview)
    assert (found.documents, found.queries) == (297, 40)
    before, printed = evaluated(cli)
    assert (found.before, figure(found.before).removeprefix("0")) == (before, printed)
    assert found.before != found.after
    desk.publish(number)
    after, printed = evaluated(cli)
    assert (found.after, figure(found.after).removeprefix("0")) == (after, printed)
    desk.go_back(1)
    assert evaluated(cli)[0] == before


def test_the_first_ten_before_and_after_stand_beside_each_other(cli, demonstration, tmp_path):
    with open_runtime(load_settings()) as runtime:
        desk = Desk(runtime.database)
        number = desk.begin()
        desk.change(number, "technology-at-home", synonyms=STRONG)
        ask(desk, number)
        work_out(runtime.database, runtime.workbench, clock)
    found = preview_of(kept(desk, number)[0])
    runs = []
    for name in ("before", "after"):
        cli("evaluate", "--packaged", "--run-out", str(tmp_path / name))
        lines = [line.split() for line in (tmp_path / name).read_text().splitlines()]
        runs.append({query: [one[2] for one in lines if one[0] == query][:10] for query in {one[0] for one in lines}})
        if name == "before":
            desk.publish(number)
    changed = {one.id for one in found.changed}
    assert {query for query in runs[0] if runs[0][query] != runs[1][query]} <= changed
    for one in found.changed:
        assert [row.after for row in one.rows][:10] == list(range(1, 11))
        assert sorted(row.before for row in one.rows if row.before and row.before <= 10) == list(range(1, 11))
        assert all(row.title for row in one.rows)
    told = measure_of(found, old=False).told
    assert told.startswith(f"{len(changed)} of the 40 judged queries change")
    shown = moved_queries(found)
    assert {row.place for row in shown[0].rows} >= {str(place) for place in range(1, 11)}


def test_a_preview_is_asked_for_once_and_only_by_administrators(desk):
    number = desk.begin()
    with writing(desk.database) as session:
        assert previews.is_asked(session) is False
        mo = enrol(session, "Mo Moderator", Role.MODERATOR).id
    with pytest.raises(ForbiddenError), writing(desk.database) as session:
        previews.ask(session, number, mo, NOW)
    ask(desk, number)
    first = kept(desk, number)[2]
    ask(desk, number)
    assert kept(desk, number)[2] == first


def test_what_was_asked_first_is_worked_out_first(desk):
    numbers = []
    for code in ("one", "two"):
        number = desk.begin()
        desk.add(number, code)
        numbers.append(number)
    for number in reversed(numbers):
        ask(desk, number)
    with reading(desk.database) as session:
        order = previews.next_order(session)
    assert order.proposal_id == numbers[1]
    assert order.proposed.version == order.published.version + 1


def test_a_later_change_or_version_makes_a_preview_an_old_one(desk):
    number = desk.begin()
    ask(desk, number)
    with writing(desk.database) as session:
        order = previews.next_order(session)
        previews.keep(session, order, {"made": "up"})
    assert kept(desk, number)[3] is False
    desk.change(number, "care", synonyms=("zorbelling",))
    assert kept(desk, number)[3] is True
    desk.change(number, "care", synonyms=("s",))
    assert kept(desk, number)[3] is False, "it says again what it said"
    Desk(desk.database, "Bob Admin").published_with("youth", label="Young people")
    assert kept(desk, number)[3] is True


def test_what_is_discarded_meanwhile_keeps_no_preview(desk):
    number = desk.begin()
    ask(desk, number)
    with writing(desk.database) as session:
        order = previews.next_order(session)
        proposals.discard(session, number, desk.id, NOW)
        previews.keep(session, order, {"made": "up"})
        assert previews.is_asked(session) is False
    assert kept(desk, number)[:3] == (None, None, None)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(UnavailableError("The model cannot be loaded."), "The model cannot be loaded."), (RuntimeError("x"), FAILED)],
)
def test_a_preview_that_fails_leaves_a_sentence_and_can_be_asked_for_again(desk, error, sentence):
    number = desk.begin()
    ask(desk, number)

    def broken():
        raise error

    assert work_out(desk.database, broken, clock) is True
    assert kept(desk, number)[:3] == (None, sentence, None)
    ask(desk, number)
    assert kept(desk, number)[1] is None


def test_the_site_works_out_by_itself_what_is_asked_for(demonstration):
    with open_runtime(load_settings()) as runtime:
        (periodic,) = [one for one in searching(runtime) if one.name == PREVIEWS]
        desk = Desk(runtime.database)
        number = desk.begin()
        assert periodic._turn() is False
        assert kept(desk, number)[0] is None
        ask(desk, number)
        periodic._turn()
        assert periodic.error is None
        found = preview_of(kept(desk, number)[0])
    assert (found.before, found.changed) == (found.after, ())
    assert measure_of(found, old=False).told == "None of the 40 judged queries changes in its first 10 results."
