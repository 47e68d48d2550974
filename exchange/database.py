"""The database: engine, sessions that begin as readers or writers, turns, and UTC on every time; knows no table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, DateTime, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

POOL_SIZE = 40
"""anyio's thread limit."""

SESSIONS_A_PAGE = 3
"""The view's own, one of the search inside it, one of the vectors inside that: with fewer connections in the pool,
threads that hold two would wait for ever for one another's third."""

PATIENCE_MS = 30_000
"""How long a writer waits for another one, on both databases."""

POSTGRES: dict[str, str | int] = {
    "connect_timeout": 5,  # seconds an address; a busy machine takes up to 3
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # ms until a server that has fallen off the network is given up
    "options": f"-c lock_timeout={PATIENCE_MS}",
}
"""libpq's parameters: a dead server is noticed in seconds; what the database's address says of one goes first."""

LARGEST_KEY = 2**31 - 1
"""PostgreSQL's integer: a larger number in an address is no row's key, and asking for it would raise."""

_TURN = 20070902
"""An arbitrary number for PostgreSQL's advisory lock; the migrations have another."""


class UtcDateTime(TypeDecorator[datetime]):
    """Store an aware time as UTC and give it back aware, on databases that drop the zone too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the value to UTC; refuse a time without a zone."""
        del dialect  # the same for both databases
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored value back with its zone."""
        del dialect  # PostgreSQL keeps the zone, SQLite drops it: the value itself tells
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_database(url: str) -> Engine:
    """Open the database at `url`; SQLite gets WAL, foreign keys and no implicit transactions."""
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")  # the only driver that is installed
    if sqlite and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        pool_size=POOL_SIZE,
        max_overflow=(SESSIONS_A_PAGE - 1) * POOL_SIZE,
        hide_parameters=True,  # an error's text goes into the log: addresses, hashes and mailed links must not
        pool_pre_ping=not sqlite,  # the server may have been started anew since
        connect_args={"timeout": PATIENCE_MS / 1000} if sqlite else _postgres_arguments(parsed),
    )
    if sqlite:
        _prepare_sqlite(engine)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session for reading that sees one moment from its first query on; what it changed is rolled back.

    SQLite's transactions do so by themselves. PostgreSQL is told to: a document built from a listing of after a
    change and areas of before it would bear the newest revision and never be written again.
    """
    isolated = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with Session(engine.execution_options(**isolated)) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Give a session for one use-case that writes; commit at the end, roll back when an error leaves it.

    SQLite takes its write lock at the start (`BEGIN IMMEDIATE`): a transaction that reads first and writes
    later would fail at once when another writer came between. On PostgreSQL writers run side by side: each locks
    the rows that it changes before it reads them, and those that `take_turn` names wait for one another.
    """
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session, session.begin():
        yield session


def take_turn(session: Session, *, shared: bool = False) -> None:
    """Wait until no other transaction is in its turn, and hold the turn to the end of this one.

    A turn is for what changes many listings, or what documents hold beside their listing (organisations, areas).
    It is shared by those who make one listing public: a turn that began before would not see it, and they not the
    change. Take it before any row's lock, else two may wait for each other. SQLite's one writer needs no turns.
    """
    if session.get_bind().dialect.name != "sqlite":
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        session.execute(text(f"SELECT {lock}(:number)"), {"number": _TURN})


def _postgres_arguments(url: URL) -> dict[str, str | int]:
    return {name: value for name, value in POSTGRES.items() if name not in url.query}


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", f"busy_timeout={PATIENCE_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
