"""What a process of the site does by itself: mail to the console or the server, chores in one process at a time."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from people import enrol
from smtp_server import mail_server
from sqlalchemy import select
from together import at_once

from exchange import letters
from exchange.database import reading, writing
from exchange.errors import ConflictError
from exchange.letters import Note
from exchange.models_people import Letter, SignIn
from exchange.people import sign_ins
from exchange.settings import load_settings
from indexer.lease import holding
from web import housekeeping as module
from web.housekeeping import CHORES, MAIL, alone, housekeeping

LEASE = timedelta(minutes=1)
NOTE = Note(subject="Confirm your address", body="Open the link.", path="/confirm?code=abc", secret=True)


@pytest.fixture
def started(engine):
    """Give what starts the housekeeping of a process with some settings, and stop it at the end."""
    running = []

    def start(write=print, **environ: str):
        found = housekeeping(
            engine, load_settings({f"EXCHANGE_{name}": value for name, value in environ.items()}), write
        )
        for periodic in found:
            periodic.start()
            running.append(periodic)
        return {periodic.name: periodic for periodic in found}

    yield start
    for periodic in running:
        periodic.stop()


def test_mail_is_shown_with_its_link_where_no_server_is_set(engine, started):
    with writing(engine) as session:
        letters.write(session, "ann@people.example", NOTE, datetime.now(UTC))
    shown, came = [], threading.Event()
    started(lambda text: (shown.append(text), came.set()), BASE_URL="https://exchange.example")
    assert came.wait(30)
    assert "| https://exchange.example/confirm?code=abc\n" in shown[0]


def test_mail_goes_to_the_server_where_one_is_set(engine, started):
    with writing(engine) as session:
        letters.write(session, "ann@people.example", NOTE, datetime.now(UTC))
    with mail_server() as server:
        parts = started(SMTP_URL=f"smtp://127.0.0.1:{server.port}")
        until(lambda: _sent(engine))
        parts[MAIL].stop()
    assert [got.to for got in server.mails] == [["ann@people.example"]]


def until(seen) -> None:
    """Look until something is seen, but not for ever."""
    assert any(seen() or time.sleep(0.01) for _ in range(3_000))


def _sent(engine) -> bool:
    with reading(engine) as session:
        return session.scalar(select(Letter.sent_at)) is not None


def test_a_server_that_is_away_is_a_failure_of_the_mail_alone(engine, started):
    with writing(engine) as session:
        letters.write(session, "ann@people.example", NOTE, datetime.now(UTC))
    with mail_server(answers={"hello": "554 no"}) as server:
        parts = started(SMTP_URL=f"smtp://127.0.0.1:{server.port}")
        until(lambda: parts[MAIL].error)
        assert "does not take mail now" in parts[MAIL].error
    assert parts[CHORES].error is None


def test_chores_are_done_soon_after_the_start(engine, started):
    with writing(engine) as session:
        sign_ins.start(session, enrol(session, "Ann").id, datetime.now(UTC) - timedelta(days=30))
    started()

    def none_left() -> bool:
        with reading(engine) as session:
            return not session.scalars(select(SignIn)).all()

    until(none_left)


def test_chores_are_left_to_the_process_that_is_at_them(engine):
    did = []
    with holding(engine, CHORES, LEASE):
        alone(engine, CHORES, LEASE, did.append)
    assert did == []
    alone(engine, CHORES, LEASE, did.append)
    alone(engine, CHORES, LEASE, did.append)
    assert did == [engine, engine]


def test_of_several_processes_at_once_one_does_them(engine):
    inside, most = [], []
    barrier = threading.Event()

    def work(_database):
        inside.append(None)
        most.append(len(inside))
        barrier.wait(0.2)
        inside.pop()

    assert at_once(*[lambda: alone(engine, CHORES, LEASE, work)] * 4) == [None] * 4
    assert set(most) == {1}


def test_a_conflict_within_the_work_is_not_taken_for_another_process(engine):
    def work(_database):
        raise ConflictError("Somebody was first.")

    with pytest.raises(ConflictError):
        alone(engine, CHORES, LEASE, work)
    alone(engine, CHORES, LEASE, lambda _database: None)


def test_a_chore_that_fails_is_remembered(started, monkeypatch):
    def broken(_database, _now):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(module, "tend", broken)
    parts = started()
    until(lambda: parts[CHORES].error)
    assert parts[CHORES].error == "RuntimeError: a fault of ours"
