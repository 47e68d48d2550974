"""Needs and respondents in any order, on PostgreSQL too; collected only where the environment names a server."""

from contextlib import AbstractContextManager

import pytest
from hypothesis import settings
from postgres_server import ADDRESS, PostgresServer
from sqlalchemy import Engine
from test_need_states import DEEP, NeedStates

SERVER = PostgresServer(ADDRESS)


@pytest.fixture(scope="module", autouse=True)
def _tidy():
    yield
    SERVER.close()


class NeedStatesOnPostgres(NeedStates):
    """The same people on the other database."""

    def fresh(self) -> AbstractContextManager[Engine]:
        return SERVER.engine()


TestNeedStatesOnPostgres = NeedStatesOnPostgres.TestCase
TestNeedStatesOnPostgres.settings = settings(DEEP, max_examples=6, stateful_step_count=25)
