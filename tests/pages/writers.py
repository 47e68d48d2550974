"""People who write listings in a browser of their own, on the day of the small exchange."""

from collections.abc import Mapping

from filling import Value, send
from people import enrol, enter
from real_site import BASE_URL, RealSite
from seen import NOW, text_of
from small_exchange import Exchange
from starlette.responses import Response
from starlette.testclient import TestClient

from exchange.content import Content
from exchange.database import reading, writing
from exchange.listing.listings import get_listing
from exchange.models import Listing
from exchange.people.permissions import Role

QUICK = {
    "title": "Night sitters",
    "summary": "A trained sitter, four nights a week.",
    "outcome": "Carers sleep through the night.",
    "delivers_in": "Leeds",
}
"""The first page of an innovation that lacks nothing."""
QUICK_NEED = {
    "title": "Respite at night",
    "summary": "Carers cannot sleep.",
    "outcome": "Carers sleep through the night.",
    "required_in": "Leeds",
}


class Writer:
    """Somebody who has signed in, with what they can do in a browser without JavaScript."""

    def __init__(
        self, site: RealSite, name: str, *roles: Role, organisation_id: int | None = None, confirmed: bool = True
    ) -> None:
        self.site = site
        site.client.app.state.site.clock = lambda: NOW
        with writing(site.database) as session:
            account = enrol(session, name, *roles, organisation_id=organisation_id, confirmed=confirmed)
        self.id = account.id
        self.client = TestClient(site.client.app, BASE_URL, follow_redirects=False)
        self.enter()

    def enter(self) -> None:
        """Sign in (again)."""
        enter(self.client, self.site.database, self.id, NOW)

    def page(self, path: str) -> str:
        """Give what the person reads at a path that must answer 200."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, text_of(answer.text)[:300])
        return text_of(answer.text)

    def send(self, path: str, changes: Mapping[str, Value] | None = None, go: str | None = None) -> Response:
        """Fill in the form at a path and send it; `go` names the button of a step."""
        action = path.partition("?")[0]
        return send(self.client, path, changes, action=action, press=("go", go) if go else None)

    def saved(self, path: str, changes: Mapping[str, Value], go: str | None = None) -> str:
        """Send a form that must be taken; give the address that follows."""
        answer = self.send(path, changes, go)
        assert answer.status_code == 303, (path, answer.status_code, text_of(answer.text)[:500])
        return answer.headers["location"]

    def begin(self, kind: str = "innovation", **changes: Value) -> str:
        """Write the first page; give the address of the draft."""
        values = QUICK if kind == "innovation" else QUICK_NEED
        return self.saved(f"/post/{kind}", {**values, **changes}).partition("?")[0].removesuffix("/describe")

    def press(self, base: str, name: str = "submit") -> Response:
        """Press the button on the overview."""
        return send(self.client, base, action=f"{base}/{name}")

    def listing(self, base: str) -> Listing:
        """Read the row of a listing."""
        with reading(self.site.database) as session:
            return get_listing(session, int(base.rsplit("/", 1)[-1]))

    def content(self, base: str) -> Content:
        """Read what a listing's row says."""
        return self.listing(base).content


def innovator(site: RealSite, exchange: Exchange, name: str = "Ida Innovator") -> Writer:
    """Give a member of the small exchange's charity."""
    return Writer(site, name, organisation_id=exchange.circle)


def commissioner(site: RealSite, exchange: Exchange) -> Writer:
    """Give a member of its council who may post needs."""
    return Writer(site, "Carla Commissioner", Role.COMMISSIONER, organisation_id=exchange.council)
