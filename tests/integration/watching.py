"""Short ways to save searches in a town, to index, test and see what was fired, with the product's own parts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from people import enrol
from published import NOW, Town
from sqlalchemy import select

from exchange.alerting import checks
from exchange.alerting.saved_searches import Cadence, SavedQuestion, save
from exchange.database import reading, writing
from exchange.models import Account
from exchange.models_alerts import Alert, AlertCheck
from exchange.queues import Pending
from exchange.taxonomy import load_taxonomy
from indexer.alert_worker import AlertWorker
from indexer.alerts import Membership, membership_of
from indexer.service import SearchService
from indexer.sync import Indexer
from web.alerting.questions import query_of
from web.alerting.watching import alert_worker
from web.site import known_values

LATER = datetime(2100, 1, 1, tzinfo=UTC)
"""A moment at which whatever waits is due."""


@dataclass
class Watch:
    """A town with its search, the worker of its outbox and that of its alerts, and a person who saves searches."""

    town: Town
    service: SearchService = field(init=False)
    indexer: Indexer = field(init=False)
    worker: AlertWorker = field(init=False)
    at: datetime = LATER

    def __post_init__(self) -> None:
        self.service = self.town.open()
        self.indexer = self.town.indexer(self.service.engine)
        self.worker = self.start()
        self.test()  # what opening ticked off

    def start(self) -> AlertWorker:
        """Give a worker of alerts as after a start of the process."""
        worker = alert_worker(self.service)
        worker.now = lambda: self.at
        return worker

    def skip(self, time: timedelta) -> None:
        self.at += time

    @property
    def rule(self) -> Membership:
        return membership_of(self.service)

    def person(self, name: str) -> Account:
        with writing(self.town.database) as session:
            return enrol(session, name)

    def save(self, by: Account, listing_id: int | None = None, **question: str | list[str]) -> int:
        """Save a search, or the matches of a listing; what it finds already is known to it."""
        asked = {name: [value] if isinstance(value, str) else value for name, value in question.items()}
        known = self.rule.passing(self._query(asked)) if listing_id is None else self.rule.matching(listing_id)
        return self.save_as(by, asked, known, listing_id)

    def save_as(self, by: Account, asked: Mapping[str, list[str]], known: list[int], listing_id: int | None) -> int:
        with writing(self.town.database) as session:
            saved = SavedQuestion(f"{asked}{listing_id}"[:100], asked, listing_id, Cadence.DAILY)
            return save(session, by, saved, known, NOW).id

    def _query(self, asked):
        with reading(self.town.database) as session:
            known = known_values(load_taxonomy(session), self.service.finder.gazetteer)
        return query_of(asked, known)

    def index(self) -> None:
        """Take to the index whatever waits."""
        while self.indexer.work(lambda: LATER):
            pass

    def test(self) -> int:
        """Test whatever waits; give the number of checks done."""
        done = 0
        while worked := self.worker.work():
            done += worked
        return done

    def look(self) -> None:
        self.index()
        self.test()

    def fired(self) -> Counter[tuple[int, int]]:
        """Count the alerts of each search and listing."""
        with reading(self.town.database) as session:
            return Counter(map(tuple, session.execute(select(Alert.search_id, Alert.listing_id))))

    def why(self, search_id: int, listing_id: int) -> list[str]:
        with reading(self.town.database) as session:
            return session.scalars(
                select(Alert.why).where(Alert.search_id == search_id, Alert.listing_id == listing_id)
            ).one()

    def waiting(self) -> Pending:
        with reading(self.town.database) as session:
            return checks.pending(session)

    def checks(self) -> list[AlertCheck]:
        with reading(self.town.database) as session:
            return list(session.scalars(select(AlertCheck).order_by(AlertCheck.id)))
