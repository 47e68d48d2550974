"""A small market for tests of introductions: a council with a need, two charities, a third body, and their people."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from people import enrol
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.introducing import introductions
from exchange.introducing.introduction_opening import start
from exchange.introducing.introduction_pairs import Approach
from exchange.introducing.introduction_states import Way
from exchange.listing.listings import NewListing, post
from exchange.models import Account, OrgKind
from exchange.models_introductions import Introduction, IntroductionEvent, Message
from exchange.models_people import Letter
from exchange.moderating.moderation import approve
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people import sign_ins
from exchange.people.accounts import operator
from exchange.people.permissions import Role
from exchange.people.sign_ins import Person

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
CLOSES, REPLY_BY = date(2027, 4, 9), date(2027, 4, 30)
TEN_WORKING_DAYS_ON = date(2027, 3, 15)
ARRANGED = Content(title="Respite for carers", closes_on=CLOSES, reply_by=REPLY_BY)


@dataclass(frozen=True)
class Market:
    """The numbers of everything, and short ways to act; each act is one transaction."""

    database: Engine
    council: int
    sitters: int
    others: int
    need: int
    second_need: int
    idea: int
    second_idea: int
    others_idea: int
    carla: int
    """Commissioner of the council; `colin` is her colleague without the role."""
    colin: int
    ida: int
    """Member of the sitters, as is `ivan`."""
    ivan: int
    olga: int
    """Commissioner and member of the other body."""

    def ask(self, text="May we meet?", *, by=None, need=None, idea=None, now=NOW):
        return self._open(Way.ASKED, text, by or self.carla, (need, idea or self.idea), now)

    def invite(self, text="Would you answer?", *, by=None, need=None, idea=None, now=NOW):
        return self._open(Way.INVITED, text, by or self.carla, (need or self.need, idea or self.idea), now)

    def answer(self, text="We could do this.", *, by=None, need=None, idea=None, now=NOW):
        return self._open(Way.ANSWERED, text, by or self.ida, (need or self.need, idea), now)

    def _open(self, way, text, by, about, now):
        with writing(self.database) as session:
            approach = Approach(way=way, text=text, need_id=about[0], innovation_id=about[1])
            return start(session, approach, session.get_one(Account, by), now).introduction.id

    def do(self, name, number, by, *more: object, now=NOW):
        """Let somebody do a step: `do("say", 1, market.ida, "Hello")`."""
        with writing(self.database) as session:
            getattr(introductions, name)(session, number, *more, session.get_one(Account, by), now)

    def row(self, number) -> Introduction:
        with writing(self.database) as session:
            return session.get_one(Introduction, number)

    def state(self, number) -> str:
        return self.row(number).state

    def person(self, session: Session, number: int) -> Person:
        return sign_ins.person(session, session.get_one(Account, number))

    def letters(self) -> list[Letter]:
        return self.all(Letter)

    def events(self) -> list[IntroductionEvent]:
        return self.all(IntroductionEvent)

    def messages(self) -> list[Message]:
        return self.all(Message)

    def all(self, table):
        with writing(self.database) as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def change(self, table, number, **values: object) -> None:
        """Change a row by hand, as another part of the exchange would."""
        with writing(self.database) as session:
            row = session.get_one(table, number)
            for name, value in values.items():
                setattr(row, name, value)


def publish(session: Session, kind: Kind, content: Content, organisation_id: int | None) -> int:
    by = operator(session, "Test")
    new = NewListing(kind=kind, content=content, organisation_id=organisation_id)
    return approve(session, post(session, new, by, NOW).id, by, "checked", NOW).id


def body(session: Session, name: str, **details: object) -> int:
    details = {"kind": OrgKind.THIRD_SECTOR} | details
    return add_organisation(session, OrganisationDetails(name=name, **details)).id


def market(database: Engine) -> Market:
    """Fill a database."""
    with writing(database) as session:
        council = body(session, "Aire Council", kind=OrgKind.PUBLIC_BODY)
        sitters, others = body(session, "Carers' Circle"), body(session, "Other Body")
        return Market(
            database=database,
            council=council,
            sitters=sitters,
            others=others,
            need=publish(session, Kind.NEED, ARRANGED, council),
            second_need=publish(session, Kind.NEED, Content(title="Night sitting"), council),
            idea=publish(session, Kind.INNOVATION, Content(title="Thursday Sitters"), sitters),
            second_idea=publish(session, Kind.INNOVATION, Content(title="Sunday Lunch"), sitters),
            others_idea=publish(session, Kind.INNOVATION, Content(title="Other idea"), others),
            carla=enrol(session, "Carla", Role.COMMISSIONER, organisation_id=council).id,
            colin=enrol(session, "Colin", organisation_id=council).id,
            ida=enrol(session, "Ida", organisation_id=sitters).id,
            ivan=enrol(session, "Ivan", organisation_id=sitters).id,
            olga=enrol(session, "Olga", Role.COMMISSIONER, organisation_id=others).id,
        )


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)
