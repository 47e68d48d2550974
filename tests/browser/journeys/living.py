"""A site that journeys may write to: the packaged fixtures, people in every role, mail that is read, days that pass."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from engine_factories import elasticsearch
from people import enrol
from real_site import EMBEDDER, NOON, fill_with_fixtures, indexer_of, real_service, service_over
from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import chores
from exchange.alerting import digests
from exchange.content import Content, Kind, Outcome
from exchange.database import open_database, reading, writing
from exchange.listing.listings import NewListing, post
from exchange.models import Account, Listing, Organisation
from exchange.models_people import Letter
from exchange.moderating.moderation import approve
from exchange.people.accounts import operator
from exchange.people.passwords import hash_password
from exchange.people.permissions import Role
from exchange.settings import load_settings
from indexer.service import SearchService
from web.alerting.watching import alert_worker
from web.app import create_app

PASSWORD = "willow kettle harbour"
NEED = "Nights off for carers in Leeds"
COUNCIL = "Isle and Downs County Council"
CHARITY = "Wyke Beck Carers' Circle"


@dataclass
class Clock:
    """The site's clock: it starts at the noon of the fixtures, runs as all clocks do, and can be put forward."""

    ahead: timedelta = timedelta()
    began: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return NOON + self.ahead + timedelta(seconds=time.monotonic() - self.began)


@dataclass(frozen=True)
class Living:
    """One site on a port, with what a test does in place of the world: mail, the index, time."""

    base: str
    database: Database
    service: SearchService
    clock: Clock

    def index(self) -> None:
        """Take what was decided to the index, as the site's worker does within a second."""
        indexer = indexer_of(self.service)
        while indexer.work(self.clock):
            pass

    def publish(self, title: str, summary: str, *, kind: Kind = Kind.INNOVATION, **stated: Any) -> int:
        """Publish an innovation of the charity or a need of the council, as their people and a moderator would."""
        name = CHARITY if kind is Kind.INNOVATION else COUNCIL
        with writing(self.database) as session:
            by_id = session.scalars(select(Organisation.id).where(Organisation.name == name)).one()
            content = Content(title=title, summary=summary, **stated)
            new = NewListing(kind=kind, content=content, organisation_id=by_id)
            by = operator(session, "Fixtures")
            number = approve(session, post(session, new, by, self.clock()).id, by, "for journeys", self.clock()).id
        self.index()
        return number

    def tell(self) -> None:
        """Test what was indexed against saved searches and write the letters that are due, as the site does."""
        worker = alert_worker(self.service)
        worker.now = self.clock
        while worker.work():
            pass
        digests.tend(self.database, self.base, self.clock())

    def pass_days(self, days: int) -> None:
        """Let days go by, and let the site do what it does by itself every few minutes."""
        self.clock.ahead += timedelta(days=days)
        chores.tend(self.database, self.clock())
        self.index()

    def letters(self, address: str) -> list[Letter]:
        """Give what was mailed to an address, the newest first."""
        with reading(self.database) as session:
            return list(session.scalars(select(Letter).where(Letter.address == address).order_by(Letter.id.desc())))

    def last_link(self, address: str) -> str:
        """Give the path of the link in the newest letter that has one."""
        return next(letter.path for letter in self.letters(address) if letter.path)

    def listing(self, title: str) -> Listing:
        """Give the listing of that title."""
        with reading(self.database) as session:
            return session.scalars(select(Listing).where(Listing.title == title)).one()


@contextmanager
def open_embedded(folder: Path) -> Iterator[Living]:
    """Serve the database file and the index of a folder."""
    database = open_database(f"sqlite:///{folder / 'exchange.db'}")
    with open_living(real_service(database, folder / "index"), folder) as living:
        yield living
    database.dispose()


@contextmanager
def open_servers(database: Database, folder: Path) -> Iterator[Living]:
    """Fill an empty migrated database on a server, index it on Elasticsearch, and serve both."""
    fill(database)
    with elasticsearch(folder) as opened:
        service = service_over(database, opened(EMBEDDER.name, EMBEDDER.dimension))
        indexer_of(service).rebuild()
        with open_living(service, folder) as living:
            yield living


@contextmanager
def open_living(service: SearchService, folder: Path) -> Iterator[Living]:
    """Serve a database and its search on a free port, with a clock of its own."""
    database, clock = service.database, Clock()
    service = replace(service, finder=replace(service.finder, today=lambda: clock().date()))
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    app = create_app(load_settings({"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_PORT": str(port)}), database, service)
    app.state.site.clock = clock
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, args=([door],), name="living")
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    yield Living(f"http://127.0.0.1:{port}", database, service, clock)
    server.should_exit = True
    thread.join(timeout=30)
    door.close()


def prepare(template: Path, folder: Path) -> None:
    """Fill a folder with the fixtures, people and their index, to be copied for each journey."""
    file = folder / "exchange.db"
    shutil.copyfile(template, file)
    database = open_database(f"sqlite:///{file}")
    fill(database)
    real_service(database, folder / "index")
    database.dispose()


def fill(database: Database) -> None:
    """Load the fixtures, people and a need."""
    fill_with_fixtures(database)
    with writing(database) as session:
        numbers = {row.name: row.id for row in session.scalars(select(Organisation))}
        people = [
            enrol(session, "Carla Commissioner", Role.COMMISSIONER, organisation_id=numbers[COUNCIL]),
            enrol(session, "Ida Innovator", organisation_id=numbers[CHARITY]),
            enrol(session, "Mo Moderator", Role.MODERATOR),
            enrol(session, "Mia Moderator", Role.MODERATOR),
        ]
        hashed = hash_password(PASSWORD)
        for account in people:
            session.get_one(Account, account.id).password_hash = hashed
        _publish_need(session, people[0])


def _publish_need(session: Session, by: Account) -> None:
    """Publish a need of the council, open for sixty days, that nobody has answered."""
    content = Content(
        title=NEED,
        summary="Carers of people with dementia cannot sleep: the sitters that we pay for go home at ten.",
        groups=("carers",),
        required_in=("E08000035",),
        outcomes=(Outcome(statement="Carers sleep through", measure="Nights a month", for_whom="Carers"),),
        closes_on=NOON.date() + timedelta(days=60),
        reply_by=NOON.date() + timedelta(days=90),
        price_weight=30,
        quality_weight=70,
    )
    new = NewListing(kind=Kind.NEED, content=content, organisation_id=by.organisation_id)
    approve(session, post(session, new, by, NOON).id, operator(session, "Fixtures"), "for journeys", NOON)


def address_of(name: str) -> str:
    """Give the address of one of the people."""
    return f"{name.lower().replace(' ', '.')}@people.example"
