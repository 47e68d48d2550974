"""A site of accounts alone, with the clock in the test's hand, and a person's browser in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filling import Value, send
from letterbox import code_for, letters_to, subjects
from real_site import BASE_URL, real_service, site_over
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.testclient import TestClient

from exchange.models_people import Letter

PASSWORD = "gravel lantern teapot"
START = datetime(2027, 3, 1, 12, tzinfo=UTC)


@dataclass
class AccountSite:
    """The site, its database, and its clock; `browser` gives another person's browser."""

    app: Starlette
    database: Engine
    now: datetime = START
    browsers: list[TestClient] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let the site's clock be the test's."""
        self.app.state.site.clock = lambda: self.now

    def browser(self, base_url: str = BASE_URL, client: str = "203.0.113.9") -> TestClient:
        """Open a browser without cookies."""
        opened = TestClient(self.app, base_url, follow_redirects=False, client=(client, 50_000))
        self.browsers.append(opened)
        return opened

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def code(self, email: str) -> str:
        """Give the secret of the last link that was mailed to an address."""
        return code_for(self.database, email)

    def letters(self, email: str) -> list[Letter]:
        """Give the letters to an address."""
        return letters_to(self.database, email)

    def subjects(self, email: str) -> list[str]:
        """Give what the letters to an address are about."""
        return subjects(self.database, email)

    def register(self, client: TestClient, email: str, /, **changes: Value) -> Response:
        """Fill in the form of a new account."""
        given: dict[str, Value] = {"name": "Ann Example", "email": email, "password": PASSWORD}
        return send(client, "/register", given | changes)

    def sign_in(self, client: TestClient, email: str, password: str = PASSWORD, path: str = "/sign-in") -> Response:
        """Fill in the form to sign in."""
        return send(client, path, {"email": email, "password": password}, action="/sign-in")

    def member(self, email: str) -> TestClient:
        """Register, confirm and sign in; give the browser."""
        client = self.browser()
        self.register(client, email)
        send(client, f"/confirm?code={self.code(email)}")
        self.sign_in(client, email)
        return client


@contextmanager
def account_site(database: Engine, folder: Path) -> Iterator[AccountSite]:
    """Open the site over a database without listings."""
    site = AccountSite(site_over(database, real_service(database, folder / "index"), folder), database)
    yield site
    for client in site.browsers:
        client.close()
