"""A council with needs and charities that answer them, by the use-cases that people take, for tests of the promise."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from people import enrol, found
from sqlalchemy import Engine, select

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.introducing import needs
from exchange.introducing.introduction_opening import start
from exchange.introducing.introduction_pairs import Approach
from exchange.introducing.introduction_states import Way
from exchange.introducing.needs import CameOfIt, FinalWord
from exchange.listing import listings
from exchange.models import Account, Listing, OrgKind
from exchange.models_introductions import Introduction
from exchange.models_people import Letter
from exchange.moderating import moderation
from exchange.people.accounts import operator
from exchange.people.permissions import Role

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
"""A Monday."""
CLOSES, REPLY_BY = date(2027, 3, 19), date(2027, 4, 16)
DAY = timedelta(days=1)


@dataclass
class Council:
    """A council with a commissioner, Carla, and a colleague without the role; charities are found by name."""

    engine: Engine
    carla: int
    colin: int
    council: int

    def need(self, title: str = "Breaks for carers", **stated: Any) -> int:
        """Publish a need of the council; it closes and is answered on the usual days unless others are stated."""
        given = {"closes_on": CLOSES, "reply_by": REPLY_BY} | stated
        return self.publish(Kind.NEED, self.council, self.carla, Content(title=title, **given))

    def publish(
        self, kind: Kind, organisation: int | None, by: int, content: Content, now: datetime = NOW, **source: str
    ) -> int:
        with writing(self.engine) as session:
            new = listings.NewListing(kind=kind, content=content, organisation_id=organisation, **source)
            listing = listings.post(session, new, session.get_one(Account, by), now)
            return moderation.approve(session, listing.id, operator(session, "Test"), None, now).id

    def charity(self, name: str, *more: str) -> int:
        """Make a charity with one member of its name (and more); give the account of the first."""
        with writing(self.engine) as session:
            organisation = found(session, name)
            people = [enrol(session, one, organisation_id=organisation) for one in (name, *more)]
            return people[0].id

    def answer(self, need: int, by: int, text: str = "We could do that.", now: datetime = NOW, **of: int) -> int:
        """Answer a need in the name of a charity; give the number of the introduction."""
        with writing(self.engine) as session:
            approach = Approach(way=Way.ANSWERED, text=text, need_id=need, innovation_id=of.get("innovation"))
            return start(session, approach, session.get_one(Account, by), now).introduction.id

    def invite(self, need: int, innovation: int, now: datetime = NOW) -> int:
        """Invite the people of an innovation to answer; give the number of the introduction."""
        with writing(self.engine) as session:
            approach = Approach(way=Way.INVITED, text="Would you?", need_id=need, innovation_id=innovation)
            return start(session, approach, session.get_one(Account, self.carla), now).introduction.id

    def ask(self, innovation: int, now: datetime = NOW) -> int:
        """Ask for an introduction to an innovation, for no need; give its number."""
        with writing(self.engine) as session:
            approach = Approach(way=Way.ASKED, text="Could we talk?", innovation_id=innovation)
            return start(session, approach, session.get_one(Account, self.carla), now).introduction.id

    def idea(self, by: int, title: str = "Sitting service") -> int:
        """Publish an innovation of a charity."""
        with reading(self.engine) as session:
            organisation = session.get_one(Account, by).organisation_id
        return self.publish(Kind.INNOVATION, organisation, by, Content(title=title))

    def conclude(self, need: int, word: FinalWord, now: datetime = NOW, by: int | None = None) -> None:
        with writing(self.engine) as session:
            needs.conclude(session, need, word, session.get_one(Account, by or self.carla), now)

    def end(
        self, name: str, listing: int, by: int | None = None, now: datetime = NOW, reason: str = "As agreed."
    ) -> None:
        """Close or withdraw a listing."""
        with writing(self.engine) as session:
            getattr(listings, name)(session, listing, session.get_one(Account, by or self.carla), reason, now)

    def listing(self, number: int) -> Listing:
        with reading(self.engine) as session:
            return session.get_one(Listing, number)

    def introduction(self, number: int) -> Introduction:
        with reading(self.engine) as session:
            return session.get_one(Introduction, number)

    def letters(self, account: int | None = None) -> list[Letter]:
        """Give the letters to an account, or all, in the order in which they were written."""
        asked = select(Letter).order_by(Letter.id)
        with reading(self.engine) as session:
            return list(session.scalars(asked if account is None else asked.where(Letter.account_id == account)))


def a_council(engine: Engine) -> Council:
    with writing(engine) as session:
        number = found(session, "Aire Council", OrgKind.PUBLIC_BODY)
        carla = enrol(session, "Carla", Role.COMMISSIONER, organisation_id=number)
        colin = enrol(session, "Colin", organisation_id=number)
        return Council(engine, carla.id, colin.id, number)


def word(came_of_it: CameOfIt = CameOfIt.NOT_GOING_AHEAD, *chosen: int, **stated: Any) -> FinalWord:
    """Say how a need ends; `lines` by number of introduction."""
    given = {"reason": "The budget was cut.", "lines": {}} | stated
    return FinalWord(came_of_it=came_of_it, chosen=frozenset(chosen), **given)
