"""Alerts by membership: which saved searches one listing passes, and which listings pass one search; knows no page.

The rule: the same search restricted to that listing finds it at the strong mark, open, within the filters, and it does
not state only other places or people than those read in the text. For the matches of a listing: any of the searches
that find its candidates, and nothing that makes the match impossible. Rank never decides, for it depends on others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from exchange.alerting.alerts import AND_OTHERS, MOST_KNOWN
from exchange.database import reading
from exchange.errors import UnavailableError
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.models import State
from exchange.taxonomy import Taxonomy, load_taxonomy
from indexer.alert_plans import NO_MODEL, Ask, Wanted, alert_query
from indexer.alert_reasons import why_found, why_matched
from indexer.alert_sieve import ELSEWHERE
from indexer.document import DocumentBuilder
from indexer.embedder import Embedder, Vectors
from indexer.engine import Entry, Found, Plan
from indexer.explain import explain_match
from indexer.matching import Matcher, queries_of
from indexer.patience import patient_for
from indexer.results import Query
from indexer.scoring import Citation, cite
from indexer.search import Finder, embedded
from indexer.service import SearchService
from indexer.sides import Side, cannot, pair_of, side_of
from indexer.sync import subject_of
from indexer.texts import Sentence, citable
from indexer.vectors import Awaited, KeptVectors, embed_texts

PATIENCE = 5.0
"""Seconds for which saving a search asks the engine in all."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A saved search that a listing passes, and why in one to three sentences."""

    search_id: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """A published listing as the rule sees it, and the sentences that may be cited of it with their vectors."""

    side: Side
    entry: Entry
    sentences: tuple[Sentence, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What the rule of alerts needs: those parts of a `SearchService`."""

    database: Database
    embedder: Embedder
    finder: Finder

    # --- a listing against the saved searches -------------------------------------------------------------------------

    def tested(self, session: Session, taxonomy: Taxonomy, listing_id: int) -> Tested | None:
        """Read a listing with the vectors of its texts; None where it is not published any more.

        Raises:
            UnavailableError: the model does not answer, and the texts are new to it.
        """
        row = listings_by_ids(session, [listing_id]).get(listing_id)
        if row is None or row.state != State.PUBLISHED:
            return None
        builder, subject = DocumentBuilder(taxonomy, self.finder.gazetteer), subject_of(row)
        document, sentences = builder.build(subject), citable(subject.content)
        texts = [*document.passages, *(sentence.text for sentence in sentences)]
        vectors = embed_texts(self.database, self.embedder, texts)
        passages = len(document.passages)
        entry = Entry(document=document, vectors=vectors[:passages])
        return Tested(side_of(subject, builder), entry, sentences, vectors[passages:])

    def passed(self, tested: Tested, asked: Iterable[tuple[Wanted, Sequence[int]]]) -> Iterator[Passed]:
        """Ask the engine which of some saved searches a listing passes; each comes with the numbers of its asks.

        Raises:
            UnavailableError: the engine does not answer.
        """
        for wanted, numbers in asked:
            if wanted.asker is None or not cannot(pair_of(wanted.asker, tested.side)):
                for ask in (wanted.asks[number] for number in numbers):
                    found = self._alone(ask.plan, tested.side.subject.id)
                    if _passes(found).any():
                        yield Passed(wanted.search_id, self._why(tested, wanted, ask, found))
                        break

    def _alone(self, plan: Plan, listing_id: int) -> Found:
        plan = replace(plan, only=listing_id, today=self.finder.today(), depth=1, count_facets=False)
        return self.finder.engine.search(plan)

    def _why(self, tested: Tested, wanted: Wanted, ask: Ask, found: Found) -> tuple[str, ...]:
        if wanted.asker is None:
            return why_found(tested.side, ask.reading, _closest(tested, ask), exact=bool(found.exact.any()))
        matcher = Matcher(database=self.database, embedder=self.embedder, finder=self.finder)
        (scored,), _ = matcher.score(wanted.asker, [tested.side])
        return why_matched(explain_match(wanted.asker, tested.side, scored.score, self.finder.gazetteer).reasons)

    # --- a search against the listings --------------------------------------------------------------------------------

    def passing(self, query: Query) -> list[int]:
        """Give the listings that pass a search now, by number, for it to know them when it is saved.

        At most 2,000; where that is not all, or the engine cannot name all, `AND_OTHERS` is among them. Do not call it
        within a transaction that writes: the text is embedded and kept.

        Raises:
            UnavailableError: the engine or the model does not answer.
        """
        with patient_for(PATIENCE):
            return _cut(self._ids([alert_query(query)]))

    def matching(self, listing_id: int) -> list[int]:
        """Give the listings that match a published listing now, as `passing` does for a search.

        Raises:
            NotFoundError: there is no such listing, or it may not be seen.
            UnavailableError: the engine or the model does not answer.
        """
        with reading(self.database) as session:
            builder = DocumentBuilder(load_taxonomy(session), self.finder.gazetteer)
            asker = side_of(subject_of(visible_listing(session, listing_id)), builder)
        with patient_for(PATIENCE):
            ids = self._ids(queries_of(asker))
        with reading(self.database) as session:
            others = [side_of(subject_of(row), builder) for row in listings_by_ids(session, ids).values()]
        return _cut({o.subject.id for o in others if not cannot(pair_of(asker, o))} | (ids & {AND_OTHERS}))

    def _ids(self, queries: Iterable[Query]) -> set[int]:
        kept = KeptVectors(self.database, Awaited(self.embedder))
        finder = replace(self.finder, embedder=kept, second=None)
        found: set[int] = set()
        for query in queries:
            ranked = finder.ranked(query, lambda plan: replace(plan, count_facets=False, depth=MOST_KNOWN))
            if ranked.lexical_only:
                raise UnavailableError(NO_MODEL)
            found |= set(ranked.found.ids[_passes(ranked.found)].tolist())
            if ranked.found.about or ranked.found.total > len(ranked.found.ids):
                found.add(AND_OTHERS)
        return found


def membership_of(service: SearchService) -> Membership:
    """Give the rule of alerts over the parts of a search."""
    return Membership(database=service.database, embedder=service.embedder, finder=service.finder)


def _closest(tested: Tested, ask: Ask) -> Citation | None:
    """Find the sentence of a listing that is closest to any part of a search."""
    if ask.plan.vectors is None or not tested.sentences:
        return None
    cited = cite(embedded(ask.reading.text), ask.plan.vectors, tested.sentences, tested.vectors)
    return max(cited, key=lambda one: one.cosine)


def _passes(found: Found) -> NDArray[np.bool_]:
    return np.asarray(found.strong & found.qualifies & (found.tier != ELSEWHERE))


def _cut(ids: set[int]) -> list[int]:
    return sorted(ids if len(ids) <= MOST_KNOWN else [AND_OTHERS, *sorted(ids - {AND_OTHERS})[: MOST_KNOWN - 1]])
