"""Whatever order two sides act in, on PostgreSQL too; collected only where the environment names a server."""

from contextlib import AbstractContextManager

import pytest
from hypothesis import settings
from postgres_server import ADDRESS, PostgresServer
from sqlalchemy import Engine
from test_introduction_machine import DEEP, Introductions

SERVER = PostgresServer(ADDRESS)


@pytest.fixture(scope="module", autouse=True)
def _tidy():
    yield
    SERVER.close()


class IntroductionsOnPostgres(Introductions):
    """The same people on the other database."""

    def fresh(self) -> AbstractContextManager[Engine]:
        return SERVER.engine()


TestIntroductionsOnPostgres = IntroductionsOnPostgres.TestCase
TestIntroductionsOnPostgres.settings = settings(DEEP, max_examples=6)
