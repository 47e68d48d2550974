"""Moderators and authors on the small exchange, and short ways to put something before the one and as the other."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from people import enrol, enter
from real_site import RealSite
from small_exchange import Exchange
from sqlalchemy import select
from starlette.responses import Response

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.listing import listings
from exchange.models import Account, Decision, Listing, Revision
from exchange.models_people import Letter
from exchange.moderating import moderation, reports
from exchange.moderating.reason_codes import ReasonCode, Refusal
from exchange.people.permissions import Role

AGO = timedelta(days=1)


@dataclass
class Desk:
    """The site with Mo and Max who moderate, Ida of Carers' Circle who posts, and Noah who reports."""

    site: RealSite
    numbers: Exchange
    people: dict[str, int]

    def enter(self, name: str) -> None:
        enter(self.site.client, self.site.database, self.people[name])

    def get(self, path: str) -> Response:
        return self.site.client.get(path)

    def post(self, by: str = "ida", **stated: Any) -> int:
        kind, ago = stated.pop("kind", Kind.INNOVATION), stated.pop("ago", AGO)
        with writing(self.site.database) as session:
            author = session.get_one(Account, self.people[by])
            content = Content(**({"title": "Lunch club"} | stated))
            new = listings.NewListing(kind=kind, content=content, organisation_id=author.organisation_id)
            return listings.post(session, new, author, datetime.now(UTC) - ago).id

    def publish(self, by: str = "ida", **stated: Any) -> int:
        number = self.post(by, **stated)
        with writing(self.site.database) as session:
            moderation.approve(session, number, session.get_one(Account, self.people["max"]), None, datetime.now(UTC))
        return number

    def draft(self, title: str = "Still being written") -> int:
        with writing(self.site.database) as session:
            ida = session.get_one(Account, self.people["ida"])
            new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title=title))
            return listings.draft(session, new, ida, datetime.now(UTC)).id

    def revise(self, number: int, content: Content, by: str = "ida") -> int:
        with writing(self.site.database) as session:
            made = listings.revise(
                session, number, content, session.get_one(Account, self.people[by]), datetime.now(UTC)
            )
            assert made is not None
            return made.id

    def report(self, number: int, text: str = "It is an advertisement.", by: str = "noah") -> int:
        with writing(self.site.database) as session:
            author = session.get_one(Account, self.people[by])
            return reports.report(session, number, text, author, datetime.now(UTC)).id

    def appeal(self, number: int, refused_by: str = "max") -> None:
        with writing(self.site.database) as session:
            by = session.get_one(Account, self.people[refused_by])
            moderation.refuse(session, number, by, Refusal(ReasonCode.DUPLICATE), datetime.now(UTC) - AGO)
            author = session.get_one(Account, session.get_one(Listing, number).by_id)
            moderation.appeal(session, number, author, "It is the first of its kind.", datetime.now(UTC))

    def state(self, number: int) -> str:
        with reading(self.site.database) as session:
            return session.get_one(Listing, number).state

    def revision_state(self, number: int) -> str:
        with reading(self.site.database) as session:
            return session.get_one(Revision, number).state

    def last(self) -> Decision:
        with reading(self.site.database) as session:
            return session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()

    def letters(self, name: str) -> list[Letter]:
        with reading(self.site.database) as session:
            mine = select(Letter).where(Letter.account_id == self.people[name]).order_by(Letter.id.desc())
            return list(session.scalars(mine))


def desk_over(site: RealSite, numbers: Exchange) -> Desk:
    with writing(site.database) as session:
        people = {
            "ida": enrol(session, "Ida", organisation_id=numbers.circle).id,
            "noah": enrol(session, "Noah").id,
            "mo": enrol(session, "Mo", Role.MODERATOR).id,
            "max": enrol(session, "Max", Role.MODERATOR).id,
            "carla": enrol(session, "Carla", Role.COMMISSIONER).id,
            "ada": enrol(session, "Ada", Role.ADMINISTRATOR).id,
            "una": enrol(session, "Una", Role.MODERATOR, confirmed=False).id,
            "colleague": enrol(session, "Colleague", Role.MODERATOR, organisation_id=numbers.circle).id,
        }
    return Desk(site, numbers, people)
