"""People who save searches, and short ways to find things for them, to write their letters and to read them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from people import enrol
from published import NOW, Town
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange.alerting import alerts, digests, saved_searches
from exchange.alerting.saved_searches import Cadence, SavedQuestion
from exchange.database import reading, writing
from exchange.models import Account
from exchange.models_alerts import Alert, SavedSearch
from exchange.models_people import Letter

BASE = "https://exchange.example"


@dataclass(frozen=True)
class Desk:
    """The numbers of everything; each act is one transaction."""

    engine: Engine
    town: Town
    circle: int
    ida: int
    """Member of the circle; `olga` is of no organisation."""
    olga: int

    def save(
        self,
        text: str = "sitters",
        cadence: Cadence = Cadence.DAILY,
        *,
        by: int | None = None,
        name: str | None = None,
        listing: int | None = None,
        known: tuple[int, ...] = (),
        now: datetime = NOW,
    ) -> int:
        question = {} if listing else {"q": [text]}
        asked = SavedQuestion(name or f"About {text}", question, listing, cadence)
        with writing(self.engine) as session:
            return saved_searches.save(session, session.get_one(Account, by or self.ida), asked, known, now).id

    def do(self, name: str, number: int, *given: object, by: int | None = None) -> None:
        """Let a person do something with a saved search: `do("stop", 1, NOW)`."""
        with writing(self.engine) as session:
            account = session.get_one(Account, by or self.ida)
            last = given[-1:] if given and isinstance(given[-1], datetime) else ()
            getattr(saved_searches, name)(session, number, *given[: len(given) - len(last)], account, *last)

    def find(self, search: int, listing: int, now: datetime = NOW, why: tuple[str, ...] = ("Says “sitters”.",)) -> bool:
        with writing(self.engine) as session:
            return alerts.fire(session, search, listing, why, now)

    def send(self, now: datetime) -> int:
        """Write what is due; a second look at the same moment writes nothing."""
        written = digests.tend(self.engine, BASE, now)
        assert digests.tend(self.engine, BASE, now) == 0
        return written

    def letters(self, to: int | None = None) -> list[Letter]:
        with reading(self.engine) as session:
            whose = Letter.account_id == (to or self.ida)
            return list(session.scalars(select(Letter).where(whose).order_by(Letter.id)))

    def states(self, search: int) -> list[str]:
        """Give what became of each alert, in the order in which they came."""
        with reading(self.engine) as session:
            return list(session.scalars(select(Alert.state).where(Alert.search_id == search).order_by(Alert.id)))

    def row(self, search: int) -> SavedSearch:
        with reading(self.engine) as session:
            return session.get_one(SavedSearch, search)

    def change(self, number: int, **values: object) -> None:
        """Change an account behind every use-case's back."""
        with writing(self.engine) as session:
            account = session.get_one(Account, number)
            for name, value in values.items():
                setattr(account, name, value)


def desk(engine: Engine, folder: Path) -> Desk:
    town = Town(engine, folder)
    circle = town.organisation("Carers' Circle")

    def person(session: Session, name: str, organisation: int | None = None) -> int:
        return enrol(session, name, organisation_id=organisation).id

    with writing(engine) as session:
        return Desk(engine, town, circle, person(session, "Ida Innovator", circle), person(session, "Olga Other"))
