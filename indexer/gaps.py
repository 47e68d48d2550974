"""Count the matches of open listings, a few at a time, for the gap map; knows no page."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from exchange.database import reading, writing
from exchange.errors import NotFoundError, UnavailableError
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.models import State
from exchange.running.match_counts import Counted, Due, any_hidden, due, forget_hidden, keep
from indexer.matching import Matcher
from indexer.service import SearchService
from indexer.sides import cannot, pair_of, side_of
from indexer.sync import subject_of

A_TURN = 50
"""Listings that one turn counts, with the lease held."""
PAUSE = 0.1
"""Seconds between two listings: whoever searches meanwhile is served first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCounter:
    """What counts matches: the parts of a match, the time of day, and how to wait."""

    matcher: Matcher
    clock: Callable[[], datetime]
    wait: Callable[[float], object] = time.sleep

    def waits(self) -> bool:
        """Say whether there is anything to do, so that nobody takes a lease for nothing."""
        with reading(self.matcher.database) as session:
            return bool(due(session, 1, self.clock())) or any_hidden(session)

    def turn(self) -> int:
        """Count the listings that are most due, and drop the counts of those that closed; give how many were counted.

        Raises:
            UnavailableError: the engine does not answer; what was counted before stays.
        """
        with writing(self.matcher.database) as session:
            forget_hidden(session)
            waiting = due(session, A_TURN, self.clock())
        for one in waiting:
            counted = self.count(one)
            if counted is not None:
                with writing(self.matcher.database) as session:
                    keep(session, one, counted, self.clock())
            self.wait(PAUSE)
        return len(waiting)

    def count(self, one: Due) -> Counted | None:
        """Count the matches of a listing that its page would show, and the strong among them; None where it is gone.

        A match is strong where one of the searches for it finds it at the candidate rule's mark `strong`, as an alert
        would, and nothing that both state excludes it. No sentence is compared: how good a match is decides its place
        on the page, and not whether it is one. The page shows the hundred closest at most; of the strong, two hundred
        are looked at, so there may be more of these.

        Raises:
            UnavailableError: the engine or the model does not answer.
        """
        with reading(self.matcher.database) as session:
            try:
                listing = visible_listing(session, one.listing_id)
            except NotFoundError:
                return None
            builder = self.matcher.builder(session)
            asker = side_of(subject_of(listing), builder)
        found = self.matcher.nearest(asker)
        if found.by_words:
            raise UnavailableError("Matches are not counted while the language model does not work.")
        with reading(self.matcher.database) as session:
            rows = listings_by_ids(session, [*found.first, *found.strong]).values()
            others = [side_of(subject_of(row), builder) for row in rows if row.state == State.PUBLISHED]
        possible = {other.subject.id for other in others if not cannot(pair_of(asker, other))}
        return Counted(matches=len(possible & set(found.first)), strong=len(possible & set(found.strong)))


def counter_over(service: SearchService, clock: Callable[[], datetime]) -> MatchCounter:
    """Give what counts matches with the parts of the site's own search."""
    matcher = Matcher(database=service.database, embedder=service.embedder, finder=service.finder)
    return MatchCounter(matcher=matcher, clock=clock)
