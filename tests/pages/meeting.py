"""People of two sides and of a third on the small exchange, each in a browser of their own, on one fixed day."""

from dataclasses import dataclass
from datetime import timedelta

import filling
from people import enrol, enter, found
from real_site import NOON, RealSite
from small_exchange import Exchange, publish
from sqlalchemy import select
from starlette.responses import Response

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.models_introductions import Introduction
from exchange.models_people import Letter
from exchange.people.permissions import Role


@dataclass
class Meeting:
    """A site with people: carla commissions for the council, ida is of the circle, olga commissions for a third body.

    `colin` is of the council without the role, `noah` of no organisation, `una` has not confirmed her address.
    """

    site: RealSite
    numbers: Exchange
    people: dict[str, int]
    third: int
    """The third body's innovation."""

    def be(self, name: str | None) -> None:
        """Sit down at the browser of somebody, or of nobody."""
        if name is None:
            self.site.client.cookies.clear()
        else:
            enter(self.site.client, self.site.database, self.people[name], self.site.client.app.state.site.clock())

    def wait(self, days: int) -> None:
        """Let days go by."""
        later = self.site.client.app.state.site.clock() + timedelta(days=days)
        self.site.client.app.state.site.clock = lambda: later

    def page(self, path: str, by: str | None = None) -> str:
        self.be(by)
        return self.site.get(path)

    def status(self, path: str, by: str | None = None) -> int:
        self.be(by)
        return self.site.client.get(path).status_code

    def send(self, path: str, by: str, fields: dict | None = None, **how: object) -> Response:
        """Fill in the form of a page as a person does."""
        self.be(by)
        return filling.send(self.site.client, path, fields, **how)

    def step(self, number: int, name: str, by: str, fields: dict | None = None) -> Response:
        """Send one of the forms on the page of an introduction."""
        path = f"/my/introductions/{number}"
        return self.send(path, by, fields, action=f"{path}/{name}")

    def post(self, path: str, by: str, **fields: str) -> Response:
        """Post what no form of a page would send, with the browser's own token."""
        self.be(by)
        form = filling.forms_in(self.site.get("/sign-out"))[0]
        return self.site.client.post(path, data=fields | {"csrf": form.values["csrf"][0]})

    def opened(self, answer: Response) -> int:
        """Give the number of the introduction that an answer leads to."""
        assert answer.status_code == 303, answer.text
        return int(answer.headers["location"].split("?")[0].rsplit("/", 1)[-1])

    def ask(self, text: str = "May we meet?") -> int:
        return self.opened(self.send(f"/listings/{self.numbers.sitters}/introduce", "carla", {"text": text}))

    def answer(self, text: str = "We could do this.") -> int:
        return self.opened(self.send(f"/listings/{self.numbers.need}/answer", "ida", {"text": text}))

    def introductions(self) -> list[Introduction]:
        return self.all(Introduction)

    def letters(self) -> list[Letter]:
        return self.all(Letter)

    def all(self, table):
        with reading(self.site.database) as session:
            return list(session.scalars(select(table).order_by(table.id)))


def meeting(site: RealSite, numbers: Exchange) -> Meeting:
    """Put people onto a site and set its clock."""
    site.client.app.state.site.clock = lambda: NOON
    with writing(site.database) as session:
        other = found(session, "Other Body")
        third = publish(session, Kind.INNOVATION, Content(title="Other idea", summary="Something else."), other)
        people = {
            "carla": enrol(session, "Carla Cole", Role.COMMISSIONER, organisation_id=numbers.council),
            "colin": enrol(session, "Colin", organisation_id=numbers.council),
            "ida": enrol(session, "Ida Irwin", organisation_id=numbers.circle),
            "olga": enrol(session, "Olga", Role.COMMISSIONER, organisation_id=other),
            "noah": enrol(session, "Noah"),
            "lone": enrol(session, "Lone", Role.COMMISSIONER),
            "una": enrol(session, "Una", confirmed=False),
        }
        return Meeting(site, numbers, {name: account.id for name, account in people.items()}, third)
