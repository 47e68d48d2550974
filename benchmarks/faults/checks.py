"""Looking for what must not be found, and for what must: by the site's service and by the engine; makes no fault."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from benchmarks.faults.ledger import Item, Ledger
from benchmarks.faults.verdict import Verdict
from exchange.database import reading
from exchange.errors import NotFoundError, UnavailableError
from exchange.models import OutboxRow, State
from indexer.results import Query
from indexer.search import Finder
from indexer.service import SearchService

PAUSE = 0.05
LATEST = 20
"""Half of the checks look for one of so many listings that were withdrawn last."""
FORGOTTEN = 60.0
"""Seconds after which Elasticsearch forgets a deletion (index.gc_deletes): a withdrawn listing must stay hidden."""


@dataclass(slots=True)
class Checker:
    """Somebody who knows every listing's own word and searches for it all the time."""

    database: Database
    service: SearchService
    finder: Finder
    ledger: Ledger
    verdict: Verdict
    random: Random

    def work(self, stop: threading.Event) -> None:
        """Check until told to stop."""
        while not stop.wait(PAUSE):
            withdrawn, published = self.ledger.of(State.WITHDRAWN), self.ledger.of(State.PUBLISHED)
            if withdrawn and self.random.random() < 0.6:
                latest = sorted(withdrawn, key=lambda item: item.withdrawn)[-LATEST:]
                self.withdrawn(self.random.choice(latest if self.random.random() < 0.5 else withdrawn))
            elif published:
                self.published(self.random.choice(published))
            if published and withdrawn and self.random.random() < 0.03:
                self.matched(self.random.choice(published), {item.number for item in withdrawn})

    def withdrawn(self, item: Item) -> None:
        """See that a withdrawn listing is on no page, and not in the engine once its outbox row is done."""
        results = self.service.search(Query(text=item.word, include_closed=True))
        self.verdict.count("searches on the site for a withdrawn listing")
        if results.degraded:
            self.verdict.count("of them answered without the engine")
        if item.number in [hit.id for hit in results.hits]:
            self.verdict.fail(f"Listing {item.number} was on a page {item.age:.1f} s after its withdrawal.")
        if not self.waits(item):
            self._not_in_engine(item)

    def _not_in_engine(self, item: Item) -> None:
        asks: dict[str, Callable[[], list[int]]] = {
            "by its word": lambda: self._ids(Query(text=item.word, include_closed=True)),
            "by its number": lambda: self._ids(Query(include_closed=True), only=item.number),
        }
        for how, ask in asks.items():
            try:
                found = ask()
            except UnavailableError:
                self.verdict.count("searches of the engine that it did not answer")
                return
            self.verdict.count("searches of the engine for a withdrawn listing")
            if item.age > FORGOTTEN:
                self.verdict.count("of them more than 60 s after its withdrawal")
            if item.number in found:
                self.verdict.fail(f"The engine gave listing {item.number} {how} {item.age:.1f} s after its withdrawal.")

    def published(self, item: Item, *, must_answer: bool = False) -> bool:
        """See that a published listing whose outbox rows are done is found by its word; say whether it was looked for.

        What somebody changes meanwhile says nothing.
        """
        turn, word = item.turn, item.word
        if turn % 2 or item.state is not State.PUBLISHED or self.waits(item):
            return False
        query = Query(text=word)
        results = self.service.search(query)
        try:
            found = self._ids(query)
        except UnavailableError:
            found = None
        if item.turn != turn:
            return False
        self.verdict.count("searches for a published listing")
        if item.number not in [hit.id for hit in results.hits]:
            self.verdict.fail(f"Listing {item.number} is published and was on no page (degraded: {results.degraded}).")
        if found is not None and item.number not in found:
            self.verdict.fail(f"Listing {item.number} is published and the engine did not give it.")
        if must_answer and (found is None or results.degraded):
            self.verdict.fail(f"The engine did not answer a search for listing {item.number}.")
        return True

    def matched(self, item: Item, withdrawn: set[int]) -> None:
        """See that no withdrawn listing is among the matches of a published one."""
        try:
            matches = self.service.match(item.number, 20)
        except NotFoundError:
            return  # withdrawn meanwhile
        self.verdict.count("matches looked through for withdrawn listings")
        for match in matches.matches:
            if match.id in withdrawn:
                self.verdict.fail(f"Listing {match.id} was matched though it was withdrawn.")

    def waits(self, item: Item) -> bool:
        """Say whether an outbox row of the listing is not done."""
        with reading(self.database) as session:
            return bool(session.scalar(select(func.count()).where(OutboxRow.listing_id == item.number)))

    def _ids(self, query: Query, only: int | None = None) -> list[int]:
        found: list[int] = self.finder.ranked(query, lambda plan: replace(plan, only=only)).found.ids.tolist()
        return found
