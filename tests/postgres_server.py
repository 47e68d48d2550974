"""A PostgreSQL for tests: the server that the environment names, with a migrated database to copy for each test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import URL, Engine, NullPool, create_engine, make_url, text

from exchange.database import open_database
from exchange.schema import migrate

VARIABLE = "EXCHANGE_TEST_POSTGRES"
ADDRESS = os.environ.get(VARIABLE, "")
"""Read before any test changes the environment; empty: the tests run on SQLite only."""


_NAMES = (f"exchange_test_{os.getpid()}_{number}" for number in count())
"""They bear this process's number, so that two runs may share a server."""


class PostgresServer:
    """Makes databases and drops them."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address).update_query_dict({"connect_timeout": "60"})  # however busy the machine is
        self._admin = create_engine(self._address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._template = ""

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[URL]:
        """Give the address of a fresh database, migrated unless `empty`; it is dropped at the end."""
        name = next(_NAMES)
        self._run(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {self._migrated()}"))
        yield self._address.set(database=name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Give a fresh, migrated database, opened."""
        with self.database() as address:
            engine = open_at(address)
            yield engine
            engine.dispose()

    def close(self) -> None:
        """Drop the database that the others were copied from."""
        if self._template:
            self._run(f"DROP DATABASE {self._template} WITH (FORCE)")

    def _migrated(self) -> str:
        if not self._template:
            self._template = next(_NAMES)
            self._run(f"CREATE DATABASE {self._template}")
            engine = open_at(self._address.set(database=self._template))
            migrate(engine)
            engine.dispose()  # a database to which anybody is connected cannot be copied
        return self._template

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


def open_at(address: URL) -> Engine:
    """Open a database as the site does, which takes the address as text."""
    return open_database(address.render_as_string(hide_password=False))
