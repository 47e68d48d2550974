"""The trail of an exchange that was there before it: what decisions and events tell is on it from the first day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, select

import exchange.schema
from exchange.database import reading
from exchange.models import Account, Decision, Listing, Organisation, Revision
from exchange.models_introductions import Introduction, IntroductionEvent
from exchange.models_people import AccountEvent
from exchange.models_running import AuditEntry
from exchange.schema import migrate

START = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
BEFORE = "0007"


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def take_back_to(engine, version):
    config = Config()
    config.set_main_option("script_location", str(Path(exchange.schema.__file__).parent / "migrations"))
    with engine.execution_options(writes=True).connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            config.attributes["connection"] = connection
            command.downgrade(config, version)


def put(engine, table, *rows: dict[str, Any]):
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(table.__table__), list(rows))


@pytest.fixture
def trail(engine):
    """Give what an exchange of the version before has on its trail after the migration."""
    take_back_to(engine, BEFORE)
    put(
        engine,
        Account,
        {"id": 1, "name": "Ida", "can_sign_in": True, "demo": False},
        {"id": 2, "name": "Mo", "can_sign_in": True, "demo": False},
        {"id": 3, "name": "Closed account", "can_sign_in": False, "demo": False},
    )
    put(engine, Organisation, *({"id": n, "name": f"O{n}", "name_key": f"o{n}", "kind": "public-body"} for n in (7, 8)))
    listing = {"kind": "need", "index_revision": 1, "by_id": 1, "title": "T", "data": {}, "created_at": START}
    put(engine, Listing, listing | {"id": 5, "state": "published"})
    revision = {"listing_id": 5, "data": {}, "created_at": START, "by_id": 1}
    put(engine, Revision, revision | {"id": 4, "state": "published"})
    decided = {"listing_id": 5, "revision_id": None, "by_id": 2, "reason": "Because Ida said so"}
    put(
        engine,
        Decision,
        decided | {"at": day(2), "old_state": "submitted", "new_state": "published"},
        decided | {"at": day(3), "old_state": "published", "new_state": "published"},
        decided | {"at": day(4), "old_state": "submitted", "new_state": "published", "revision_id": 4},
        decided | {"at": day(1), "old_state": "draft", "new_state": "submitted", "by_id": 1},
    )
    event = {"account_id": 1, "by_id": 1, "detail": None}
    put(
        engine,
        AccountEvent,
        event | {"at": day(-9), "what": "registered"},
        event | {"at": day(-8), "what": "address confirmed"},
        event | {"at": day(-7), "what": "joined", "by_id": 2, "detail": "organisation 8"},
        event | {"at": day(-6), "what": "password changed"},
        event | {"at": day(-5), "what": "role granted", "by_id": 2, "detail": "commissioner"},
        event | {"at": day(-4), "what": "role revoked", "by_id": 2, "detail": "commissioner"},
        event | {"at": day(-3), "what": "left", "detail": "organisation 8"},
        event | {"at": day(-2), "what": "role granted", "by_id": 2, "account_id": 3},
        event | {"at": day(-1), "what": "account closed", "by_id": 3, "account_id": 3},
    )
    introduction = {"way": "asked", "opened_by": "commissioner", "state": "answered", "need_id": 5, "text": "Hello"}
    sides = {"commissioner_organisation_id": 7, "innovator_organisation_id": 8}
    put(engine, Introduction, introduction | sides | {"id": 6, "created_at": START, "changed_at": START})
    step = {"introduction_id": 6, "by_id": 1, "side": "commissioner", "note": "Private"}
    put(
        engine,
        IntroductionEvent,
        step | {"at": day(5), "old_state": None, "new_state": "asked"},
        step | {"at": day(6), "old_state": "asked", "new_state": "asked"},
        step | {"at": day(7), "old_state": "asked", "new_state": "answered", "by_id": 2},
    )
    migrate(engine)
    with reading(engine) as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


def test_it_begins_with_all_that_is_known_the_oldest_first(trail):
    told = [(row.subject, row.subject_id, row.what, row.old, row.new, row.by_id) for row in trail]
    assert told == [
        ("account", 1, "state", None, "unconfirmed", 1),
        ("account", 1, "state", "unconfirmed", "confirmed", 1),
        ("account", 1, "organisation", None, "8", 2),
        ("role", 1, "state", None, "commissioner", 2),
        ("role", 1, "state", "commissioner", None, 2),
        ("account", 1, "organisation", "8", None, 1),
        ("account", 3, "state", "confirmed", "closed", 3),
        ("listing", 5, "state", "draft", "submitted", 1),
        ("listing", 5, "state", "submitted", "published", 2),
        ("revision", 4, "state", "submitted", "published", 2),
        ("introduction", 6, "state", None, "asked", 1),
        ("introduction", 6, "state", "asked", "answered", 2),
    ]
    assert [row.at for row in trail] == sorted(row.at for row in trail)
    assert trail[8].at == day(2)
    assert [row.listing_id for row in trail] == [*[None] * 7, *[5] * 5]


def test_it_goes_on_from_there_and_no_word_of_a_person_is_in_it(trail, engine):
    assert not any(word in str(vars(row)) for row in trail for word in ("Ida", "Private", "Hello"))
    put(engine, AuditEntry, {"at": START, "subject": "listing", "subject_id": 5, "what": "state", "new": "closed"})
    with reading(engine) as session:
        assert session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)).one() > trail[-1].id
