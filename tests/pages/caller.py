"""A program with a key, for tests of the interface: what it asks and what it is told."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from people import enrol
from real_site import BASE_URL, real_service, site_over
from sqlalchemy import Engine
from stage import Stage
from starlette.testclient import TestClient

from exchange.database import open_database, writing
from exchange.running import api_keys

PROBLEM = "application/problem+json"


def key_for(database: Engine, name: str = "Petra Programmer") -> str:
    """Make a person with a key; give the key."""
    with writing(database) as session:
        return api_keys.make(session, enrol(session, name).id, "Test", datetime.now(UTC)).secret


@dataclass
class Caller:
    """A program that brings a key with each request."""

    client: TestClient
    key: str
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.key}"}

    def ask(self, path: str, **given: Any):
        """Ask below /api/v1; give the whole answer."""
        return self.client.get(f"/api/v1{path}", headers=self.headers | given.pop("headers", {}), **given)

    def get(self, path: str, **given: Any) -> dict[str, Any]:
        """Ask below /api/v1; give the JSON of an answer that must be a 200."""
        answer = self.ask(path, **given)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        assert answer.headers["content-type"] == "application/json"
        return answer.json()

    def refused(self, path: str, status: int, **given: Any) -> dict[str, Any]:
        """Ask below /api/v1; give the problem that must come with this status."""
        return problem_of(self.ask(path, **given), status)


def problem_of(answer, status: int) -> dict[str, Any]:
    """Give an answer's problem, which must be one of RFC 9457 with this status."""
    assert answer.status_code == status, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == PROBLEM
    assert "set-cookie" not in answer.headers
    body = answer.json()
    assert body["status"] == status
    assert set(body) <= {"type", "title", "status", "detail", "errors", "reference"}
    return body


@contextmanager
def staged(template: Path, folder: Path) -> Iterator[tuple[Caller, Stage, Engine]]:
    """Open the site over a copy of a database with a stage before its search; give a program with a key."""
    file = folder / "exchange.db"
    shutil.copyfile(template, file)
    database = open_database(f"sqlite:///{file}")
    stage = Stage(real_service(database, folder / "index"))
    with TestClient(site_over(database, stage, folder), BASE_URL, follow_redirects=False) as client:
        yield Caller(client, key_for(database)), stage, database
    database.dispose()
