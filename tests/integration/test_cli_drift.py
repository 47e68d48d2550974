"""`exchange index drift`: what it tells, its exit code, and repairing with and without a site that runs."""

import json
from dataclasses import replace

import pytest

from exchange.settings import load_settings
from web.lock import Role, WriterLock
from web.runtime import open_runtime

RUN = "index", "drift"


@pytest.fixture
def damage(demonstration):
    """Give a function that gives listings another content in the index, as nobody may, and hides others."""

    def act(stale=(), missing=(), unknown=()):
        with open_runtime(load_settings()) as runtime:
            assert runtime.lock.take(Role.COMMAND)
            indexer = runtime.indexer
            changes = [(number, {"content_hash": bytes(16)}) for number in stale]
            changes += [(number, {"visible": False}) for number in missing]
            for number, change in changes:
                (entry,) = indexer.entries([number])
                indexer.engine.write([replace(entry, document=replace(entry.document, **change))])
            for number in unknown:
                (entry,) = indexer.entries([1])
                indexer.engine.write([replace(entry, document=replace(entry.document, id=number))])
            runtime.flush()

    return act


def facts(result):
    return json.loads(result.stdout)


@pytest.mark.usefixtures("demonstration")
def test_without_drift_it_says_so_and_exits_with_0(cli):
    result = cli(*RUN)
    assert result.exit_code == 0
    assert result.stdout.endswith("The index holds what the database says.\n")
    told = facts(cli(*RUN, "--json"))
    assert told["compared"] > 100
    assert (told["drift"], told["waiting"], told["missing"], told["rebuild"]) == (0, 0, [], None)


def test_with_drift_it_names_the_listings_and_exits_with_1(cli, damage):
    damage(stale=[2, 1], missing=[3], unknown=[90_001])
    result = cli(*RUN)
    assert result.exit_code == 1
    assert "missing         1 (listings 3)\n" in result.stdout
    assert "stale           2 (listings 1, 2)\n" in result.stdout
    assert "extra           1 (listings 90001)\n" in result.stdout
    assert result.stdout.endswith("4 listings differ; `exchange index drift --repair` has them written anew.\n")
    told = cli(*RUN, "--json")
    assert told.exit_code == 1
    assert (facts(told)["missing"], facts(told)["stale"], facts(told)["extra"]) == ([3], [1, 2], [90_001])


def test_many_listings_are_counted_and_only_the_first_named(cli, damage):
    damage(stale=range(1, 31))
    assert (
        "stale           30 (listings 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, ...)\n"
        in (cli(*RUN).stdout)
    )


def test_repairing_puts_right_what_differs_and_exits_with_0(cli, damage):
    damage(stale=[1, 2], missing=[3], unknown=[90_001])
    result = cli(*RUN, "--repair")
    assert result.exit_code == 0
    assert result.stdout.endswith("4 listings are written anew; the index holds what the database says.\n")
    assert cli(*RUN).exit_code == 0
    assert facts(cli(*RUN, "--repair", "--json")) | {"compared": 0} == {
        "drift": 0,
        "compared": 0,
        "waiting": 0,
        "missing": [],
        "stale": [],
        "extra": [],
        "rebuild": None,
        "left": 0,
    }


def test_repairing_without_waiting_leaves_it_to_the_next_who_indexes(cli, damage):
    damage(stale=[1])
    result = cli(*RUN, "--repair", "--no-wait")
    assert result.exit_code == 0
    assert result.stdout.endswith("1 listings will be written anew.\n")
    assert facts(cli(*RUN, "--json"))["waiting"] == 1
    assert cli("index", "work").exit_code == 0
    assert facts(cli(*RUN, "--json"))["waiting"] == 0


def test_beside_a_site_that_runs_the_repair_is_left_to_it_and_what_it_has_in_memory_is_no_drift(cli, damage, data):
    damage(stale=[1], unknown=[90_001])
    lock = WriterLock(data / "index")
    assert lock.take(Role.SITE)
    assert cli(*RUN, "--repair", "--no-wait").exit_code == 0
    told = cli(*RUN, "--json")
    assert (told.exit_code, facts(told)["extra"], facts(told)["waiting"]) == (1, [90_001], 1)
    lock.release()
    assert cli(*RUN, "--repair").exit_code == 0


@pytest.mark.usefixtures("demonstration")
def test_of_an_index_of_another_model_it_says_that_a_rebuild_is_needed(cli, monkeypatch):
    monkeypatch.setenv("EXCHANGE_MODEL", "hash-32")
    result = cli(*RUN)
    assert result.exit_code == 1
    assert "It was made with model hash-256, mapping" in result.stdout
    refused = cli(*RUN, "--repair")
    assert refused.exit_code == 1
    assert "run `exchange index rebuild`" in refused.stderr
    assert cli("index", "rebuild").exit_code == 0
    assert cli(*RUN).exit_code == 0
