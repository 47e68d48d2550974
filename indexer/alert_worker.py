"""The worker of alerts: takes listings that were indexed, tests them and notes what they pass; knows no mail."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from exchange.alerting import alerts, checks
from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.taxonomy import Taxonomy, load_taxonomy
from indexer.alert_plans import AlertPlans, Reader, Wanted
from indexer.alert_sieve import Sieve
from indexer.alerts import Membership, Passed

log = logging.getLogger(__name__)

BATCH = 64
LEASE = timedelta(minutes=5)
"""Longer than a batch takes, even where thousands of texts are new; a worker that dies gives its rows back after it."""

REPLACED = "The index was replaced meanwhile; its listings are tested again in a moment."


@dataclass(slots=True, kw_only=True)
class AlertWorker:
    """Test what was indexed against the saved searches; one thread a process, any number of processes.

    A listing's check is ticked off in the transaction that notes its alerts, and an alert is noted once for ever: a
    worker that dies loses none, and two that test the same listing double none.
    """

    membership: Membership
    reader: Reader
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    lease: timedelta = LEASE
    plans: AlertPlans = field(init=False)
    _taxonomy: Taxonomy = field(default_factory=Taxonomy, init=False)
    _sieve: Sieve | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        parts = self.membership
        self.plans = AlertPlans(
            database=parts.database, embedder=parts.embedder, finder=parts.finder, reader=self.reader
        )

    def work(self) -> int:
        """Test one batch of listings; give the number of checks done.

        Raises:
            UnavailableError: the engine or the model does not answer; the checks are put back, none is at fault.
        """
        with writing(self.membership.database) as session:
            rows = [(row.id, row.listing_id) for row in checks.claim(session, BATCH, self.now(), self.lease)]
        if not rows:
            return 0
        by_listing: dict[int, list[int]] = {}
        for row_id, listing_id in rows:
            by_listing.setdefault(listing_id, []).append(row_id)
        done = 0
        try:
            sieve = self.sieve()
            while by_listing:
                listing_id = next(iter(by_listing))
                done += self._settled(listing_id, by_listing[listing_id], sieve)
                del by_listing[listing_id]
        except UnavailableError as error:
            left = [row_id for row_ids in by_listing.values() for row_id in row_ids]
            with writing(self.membership.database) as session:
                checks.put_back(session, left, str(error), self.now())
            raise
        return done

    def sieve(self) -> Sieve:
        """Give the saved searches as they are now, the same value while nothing has changed.

        Raises:
            UnavailableError: the engine or the model does not answer.
        """
        with reading(self.membership.database) as session:
            self._taxonomy = load_taxonomy(session, self._taxonomy)
            wanted: tuple[Wanted, ...] = self.plans.wanted(session, self._taxonomy)
        if self._sieve is None or self._sieve.wanted is not wanted:
            self._sieve = Sieve(wanted, self.plans.statistics)
        return self._sieve

    def _settled(self, listing_id: int, row_ids: list[int], sieve: Sieve) -> int:
        """Test one listing and tick off its checks; one that cannot be tested is put off and does not stop the rest."""
        try:
            passed = self.tested(listing_id, sieve)
        except UnavailableError:
            raise
        except Exception as error:
            log.exception("listing %d could not be tested against the saved searches", listing_id)
            with writing(self.membership.database) as session:
                checks.failed(session, row_ids, f"{type(error).__name__}: {error}", self.now())
            return 0
        with writing(self.membership.database) as session:
            for one in passed:
                alerts.fire(session, one.search_id, listing_id, one.why, self.now())
            checks.done(session, row_ids)
        return len(row_ids)

    def tested(self, listing_id: int, sieve: Sieve) -> list[Passed]:
        """Give the saved searches that a listing passes now and has not met before.

        Raises:
            UnavailableError: the engine or the model does not answer, or the index was replaced meanwhile.
        """
        if not sieve.wanted:
            return []
        with reading(self.membership.database) as session:
            tested = self.membership.tested(session, self._taxonomy, listing_id)
            if tested is None:
                return []
            may = {
                sieve.wanted[at].search_id: (sieve.wanted[at], asks) for at, asks in sieve.through(tested.entry).items()
            }
            news = alerts.news(session, may, listing_id)
        passed = list(self.membership.passed(tested, [may[search_id] for search_id in news]))
        if self.membership.finder.engine.statistics() is not self.plans.statistics:
            raise UnavailableError(REPLACED)  # the plans were made with the words of the old one
        return passed
