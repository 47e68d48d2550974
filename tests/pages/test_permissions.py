"""The table of actions and roles holds at every address: each is walked as every role and as nobody."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filling import forms_in
from people import enrol, enter
from real_site import RealSite, open_site
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from exchange.database import writing
from exchange.people.permissions import GRANTED, TABLE, Action, Role, roles_with
from exchange.running import api_keys
from web.guard import FOREIGN, door_of
from web.routes import routes

NOBODY, UNCONFIRMED, NOBODY_SPECIAL = "nobody", "unconfirmed", "confirmed"
PEOPLE = [NOBODY, UNCONFIRMED, NOBODY_SPECIAL, *sorted(GRANTED)]
NO_SUCH = "999999"
WALKED = [route for route in routes() if isinstance(route, Route)]
ADDRESSES = [(route, method) for route in WALKED for method in sorted((route.methods or set()) & {"GET", "POST"})]
NAMES = [f"{method} {route.path}" for route, method in ADDRESSES]


def roles_of(who: str) -> frozenset[Role]:
    """Give the roles of each kind of person, as the table means them."""
    granted = frozenset({Role(who)}) if who in GRANTED else frozenset()
    return roles_with(granted, signed_in=who != NOBODY, confirmed=who not in {NOBODY, UNCONFIRMED})


@pytest.fixture(scope="module")
def walked(filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealSite, dict[str, int]]]:
    """Give a site of its own and a person of every role, nobody of whom belongs to an organisation."""
    folder = tmp_path_factory.mktemp("walked")
    file = folder / "exchange.db"
    file.write_bytes(Path(filled[0]).read_bytes())
    with open_site(file) as site:
        with writing(site.database) as session:
            numbers = {
                who: enrol(
                    session, f"Walker {who}", *([Role(who)] if who in GRANTED else []), confirmed=who != UNCONFIRMED
                ).id
                for who in PEOPLE
                if who != NOBODY
            }
        yield site, numbers


def become(site: RealSite, numbers: dict[str, int], who: str) -> TestClient:
    if who == NOBODY:
        site.client.cookies.clear()
    else:
        enter(site.client, site.database, numbers[who])
    return site.client


def test_every_address_stands_behind_a_door_with_an_action_of_the_table():
    without = [route.path for route in WALKED if door_of(route) is None]
    assert without == []
    assert [route.path for route in routes() if isinstance(route, Mount)] == ["/static"], "files of the site's own"
    assert set(TABLE) == set(Action)
    assert all(TABLE[action] for action in Action)


def test_every_action_has_an_address():
    used = {door.action for route in WALKED if (door := door_of(route))}
    assert used == set(Action)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(("route", "method"), ADDRESSES, ids=NAMES)
def test_an_address_opens_to_exactly_the_roles_of_the_table(walked, route: Route, method: str, who: str):
    site, numbers = walked
    client = become(site, numbers, who)
    door = door_of(route)
    assert door is not None
    path = re.sub(r"\{\w+(:\w+)?\}", NO_SUCH, route.path)
    answer = client.get(path) if method == "GET" else client.post(path, data={"csrf": token_of(client)})
    allowed = bool(TABLE[door.action] & roles_of(who)) and door.action is not Action.CALL
    assert passed(answer) is allowed, (answer.status_code, answer.headers.get("location"), answer.text[:200])


@pytest.mark.parametrize("path", [route.path for route in WALKED if door_of(route).action is Action.CALL])
def test_the_interface_opens_to_a_key_and_to_nothing_else(walked, path: str):
    """Whoever is signed in: the walk above has shown that a cookie does not open it."""
    site, numbers = walked
    become(site, numbers, NOBODY)
    address = re.sub(r"\{\w+(:\w+)?\}", NO_SUCH, path)
    assert site.client.get(address).status_code == 401
    with writing(site.database) as session:
        key = api_keys.make(session, numbers[NOBODY_SPECIAL], path, datetime.now(UTC)).secret
    assert site.client.get(address, headers={"Authorization": f"Bearer {key}"}).status_code in {200, 404}


def token_of(client: TestClient) -> str:
    """Give the token of the forms that this browser is shown."""
    for path in ("/sign-out", "/sign-in"):
        for form in forms_in(client.get(path).text):
            return form.values["csrf"][0]
    raise AssertionError("no page shows a form")


def passed(answer) -> bool:
    """Say whether a view was reached: whatever it then said, it was no redirect to the sign-in and no refusal."""
    if answer.status_code in {301, 302, 303} and answer.headers["location"].startswith("/sign-in?next="):
        return False
    assert answer.status_code < 500, answer.text[:500]
    assert FOREIGN not in answer.text
    return answer.status_code not in {401, 403}
