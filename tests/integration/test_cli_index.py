"""`exchange index`, and what commands do while another process holds the index."""

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from exchange.database import open_database, writing
from exchange.errors import UnavailableError
from exchange.outbox import enqueue
from exchange.settings import load_settings
from web.commands.indexing import after_writing, rebuild_by_site
from web.lock import Role, WriterLock
from web.runtime import open_runtime

HOLD = """
import sys
from pathlib import Path
from web.lock import Role, WriterLock
lock = WriterLock(Path(sys.argv[1]))
print(lock.take(Role(sys.argv[2])), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def hold(data):
    """Give a function that starts another process which holds the index until it is told to go."""
    started: list[subprocess.Popen] = []

    def start(role):
        command = [sys.executable, "-c", HOLD, str(data / "index"), role]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "True\n"

        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def let_go(holder):
    holder.stdin.write("\n")
    holder.stdin.flush()


def status(cli):
    return json.loads(cli("index", "status", "--json").stdout)


def touch(data, *numbers: int):
    """Put listings into the outbox, as a use-case of another process does."""
    engine = open_database(f"sqlite:///{data / 'exchange.db'}")
    with writing(engine) as session:
        for number in numbers:
            enqueue(session, number, datetime.now(UTC))
    engine.dispose()


def test_status_says_what_is_visible_indexed_and_waiting(cli, demonstration):
    touch(demonstration, 1, 2)
    told = status(cli)
    assert told["visible"] == told["indexed"] > 100
    assert (told["late"], told["waiting"], told["given_up"], told["written_by"]) == (0, 2, 0, "nobody")
    assert told["bytes"] > 10_000
    assert "written by      nobody" in cli("index", "status").stdout


def test_status_says_who_writes_the_index(cli, hold):
    hold("command")
    assert status(cli)["written_by"] == "another command"


def test_an_index_that_was_lost_is_made_anew(cli, demonstration):
    (demonstration / "index" / "current.json").unlink()
    told = status(cli)
    assert (told["indexed"], told["late"]) == (0, told["visible"])
    assert f"{told['visible']} listings indexed." in cli("index", "work").stdout
    assert status(cli)["late"] == 0


def test_a_rebuild_takes_all_listings_and_the_outbox(cli, demonstration):
    touch(demonstration, 1)
    assert cli("index", "rebuild").stdout == "The index is rebuilt.\n"
    told = status(cli)
    assert (told["late"], told["waiting"]) == (0, 0)


def test_what_was_given_up_is_tried_again_when_asked(cli, demonstration):
    touch(demonstration, 1)
    engine = open_database(f"sqlite:///{demonstration / 'exchange.db'}")
    with engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET parked = 1, attempts = 8")
    engine.dispose()
    assert status(cli)["given_up"] == 1
    assert "1 changes will be tried again." in cli("index", "work", "--retry").stdout
    assert status(cli)["given_up"] == 0


@pytest.mark.usefixtures("demonstration")
def test_reading_commands_do_not_wait_for_who_holds_the_index(cli, hold):
    hold("site")
    assert json.loads(cli("search", "respite for carers", "--json").stdout)["total"] > 0
    assert cli("match", "1").exit_code == 0
    assert status(cli)["written_by"] == "the site"


def test_without_waiting_a_command_says_that_the_site_will_index(cli, hold, tmp_path):
    hold("site")
    file = tmp_path / "teas.jsonl"
    file.write_text(json.dumps({"_id": "1", "title": "Tea room"}))
    told = cli("import", "--kind", "need", file, "--publish-as", "Me", "--reason", "open", "--no-wait").stdout
    assert told.endswith("1 published.\nThe site is running and will index this.\n")


def test_a_command_indexes_itself_when_the_other_process_lets_the_index_go(cli, hold, demonstration):
    holder = hold("site")
    touch(demonstration, 1)
    let_go(holder)
    result = cli("index", "work")
    assert result.exit_code == 0
    assert status(cli)["waiting"] == 0


def test_a_command_that_waits_ends_when_the_outbox_is_empty(demonstration, hold, capsys):
    hold("site")
    touch(demonstration, 1)
    with open_runtime(load_settings()) as site, open_runtime(load_settings()) as runtime:
        timer = threading.Timer(0.2, site.indexer.work)
        timer.start()
        after_writing(runtime, wait=True)
        timer.join()
        assert not runtime.lock.held
    captured = capsys.readouterr()
    assert captured.out == "Indexed.\n"
    assert "The site is running and will index this." in captured.err


def test_a_command_stops_waiting_for_an_index_that_does_not_move(demonstration, hold):
    hold("command")
    touch(demonstration, 1, 2, 3)
    with open_runtime(load_settings()) as runtime, pytest.raises(UnavailableError, match="3 changes wait; nothing is"):
        after_writing(runtime, wait=True, patience=0.1)


def test_a_rebuild_is_left_to_the_site_and_taken_over_when_it_stops(cli, demonstration, hold):
    holder = hold("site")
    told = cli("index", "rebuild", "--no-wait").stdout
    assert told.startswith("The site is running: it will rebuild its index now")
    assert (demonstration / "index" / "rebuild.request").exists()
    with open_runtime(load_settings()) as runtime, pytest.raises(UnavailableError, match="has not rebuilt its index"):
        rebuild_by_site(runtime, wait=True, patience=0.01)
    let_go(holder)
    assert cli("index", "rebuild").stdout.endswith("The index is rebuilt.\n")
    assert not (demonstration / "index" / "rebuild.request").exists()


def test_the_lock_ends_with_its_process_however_that_ends(data, hold):
    holder, lock = hold("site"), WriterLock(data / "index")
    assert not lock.take(Role.COMMAND)
    holder.kill()
    holder.wait()
    assert lock.holder() is None
    assert lock.take(Role.COMMAND)
    lock.release()
