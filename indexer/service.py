"""Search and match as the site and the command line call them: explained results; knows no page and no HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from exchange.content import Content, Kind
from exchange.database import reading
from exchange.errors import UnavailableError
from exchange.listing.listings import listings_by_ids
from exchange.taxonomy import Taxonomy, load_taxonomy
from indexer.analysis import tokens
from indexer.breaker import Answer, Breaker
from indexer.constraints import Reading
from indexer.document import DocumentBuilder
from indexer.embedder import MODEL_FAILURES, Embedder
from indexer.engine import Engine
from indexer.explain_hit import explain_hit
from indexer.facets import buckets
from indexer.fallback import MATCHES, Fallback
from indexer.matching import DEEPEST_PAIRS, Matcher, Nearest
from indexer.nearby import Near, Neighbours, subject_of_draft
from indexer.patience import patient_for
from indexer.results import DEEPEST, Facet, Hit, Matches, Query, Results, Sort, Suggestion
from indexer.scoring import Citation, cite
from indexer.search import LONGEST_TEXT, Finder, Ranked
from indexer.sides import Side, side_of
from indexer.similar import demoted
from indexer.suggest import respelt
from indexer.sync import subject_of
from indexer.texts import citable
from indexer.timing import Step, searched, step
from indexer.vectors import Awaited, embed_texts

ENGINE, MODEL, UP, DOWN = "engine", "model", "up", "down"

PATIENCE = 2.5
"""Seconds for which one page asks the engine in all: with what SQL does in its place it stays within five."""

NOTHING = 0.0
"""What takes the engine's place does not wait for it again, not even to learn which model the index was made with."""

WORDS_ONLY = (
    "Results match words only. The language model does not work just now, so listings that say the same in other words "
    "may be missing. Nothing is lost: try again in a few minutes."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchService:
    """The parts of search and match, built once a process.

    Where the engine does not answer, SQL stands in and the answer says so; for a few seconds the engine is then left
    alone, so that not every page waits for it.
    """

    database: Database
    engine: Engine
    embedder: Embedder
    finder: Finder
    needs_index: bool = False
    """Whether no index at all means that it is still being made, somewhere else: then words are looked for by SQL."""
    breaker: Breaker = field(default_factory=lambda: Breaker("search engine"), repr=False, compare=False)
    model: Breaker = field(default_factory=lambda: Breaker("language model"), init=False, repr=False, compare=False)
    _areas: list[Taxonomy] = field(default_factory=list, init=False, repr=False, compare=False)
    """The version of the areas that was read last: its rows are read again only when a newer one is published."""

    def search(self, query: Query) -> Results:
        """Find, order, count and explain one page of results; where the engine is down, those that hold the words."""
        try:
            results = self._asked(lambda: self._found(query))
        except UnavailableError:
            with patient_for(NOTHING):
                results = self._by_words(query)
        if results.degraded or (query.text and query.page == 1):  # browsing and turning a page are no new question
            searched(results.total, fallback=results.degraded)
        return replace(results, notices=_notices(query))

    def numbers(self, query: Query) -> tuple[int, ...]:
        """Give the numbers of one page of results in order, nothing explained: for programs, which see no banner.

        Raises:
            UnavailableError: a part is down, so that some would be missing.
        """
        ranked = self._asked(lambda: self._ranked(query))
        if ranked.lexical_only:
            raise UnavailableError(WORDS_ONLY)
        start = (query.page - 1) * query.page_size
        rows = ranked.rows[start : min(start + query.page_size, DEEPEST)]
        return tuple(ranked.found.ids[rows].tolist())

    def counts(self) -> dict[Facet, dict[str, int]]:
        """Count the open listings of every facet's values; nothing while the engine is down."""
        try:
            facets = self._asked(lambda: self._found(Query(page_size=1))).facets
        except UnavailableError:
            return {}
        return {facet: {bucket.value: bucket.count for bucket in found} for facet, found in facets.items()}

    def match(self, listing_id: int, limit: int) -> Matches:
        """Match a visible listing with the other side; where the engine is down, with those that hold its words.

        Raises:
            NotFoundError: there is no such listing, or it may not be seen.
        """
        matcher = Matcher(database=self.database, embedder=self.embedder, finder=self.finder, patience=PATIENCE)
        return self._matched(lambda nearest: matcher.match(listing_id, limit, nearest))

    def draft_matches(self, kind: Kind, content: Content, organisation_id: int | None, limit: int) -> Matches:
        """Match what is written and not published with the other side, as `match` does; a title alone is enough.

        Its texts are embedded ahead of any indexing and kept, so do not call it within a transaction that writes.
        """
        subject = subject_of_draft(kind, content, organisation_id)
        if subject is None:
            return Matches(matches=(), total=0)
        awaited = Awaited(self.embedder)
        matcher = Matcher(database=self.database, embedder=awaited, finder=self.finder, patience=PATIENCE)
        return self._matched(lambda nearest: matcher.match_subject(subject, limit, nearest))

    def near(self, kind: Kind, content: Content, exclude_id: int | None, limit: int) -> tuple[Near, ...]:
        """Give the published listings of the same kind that are nearest to a draft; none while a part is down.

        Do not call it within a transaction that writes: what it embeds is kept.
        """
        subject = subject_of_draft(kind, content, listing_id=exclude_id)
        if subject is None:
            return ()
        neighbours = Neighbours(database=self.database, embedder=Awaited(self.embedder), finder=self.finder)
        try:
            return self._asked(lambda: neighbours.near(subject, limit))
        except UnavailableError:
            return ()

    def _matched(self, match: Callable[[Nearest | None], Matches]) -> Matches:
        """Match with the engine's candidates; where it is down, with those that SQL finds, and say so."""
        try:
            return self._asked(lambda: match(None))
        except UnavailableError:
            with patient_for(NOTHING):
                matches = match(self._nearest)
        return replace(matches, notices=matches.notices or (MATCHES,))

    def status(self) -> dict[str, str]:
        """Say which parts are up; a part that failed when it was used last is down until it has worked again."""
        return {ENGINE: UP if self._engine_answers() else DOWN, MODEL: DOWN if self.model.broken else self._model()}

    def _engine_answers(self) -> bool:
        try:
            self._asked(self._probe)
        except UnavailableError:
            return False
        return True

    def _probe(self) -> None:
        self.engine.status()
        if self.breaker.broken:  # an index may be there and not be searchable
            self.finder.ranked(Query())

    def _model(self) -> str:
        try:
            return self.embedder.name
        except UnavailableError:
            return DOWN

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the engine, unless it failed a moment ago, and no longer than a page may wait."""
        with patient_for(PATIENCE):
            return self.breaker.run(ask)

    def _ranked(self, query: Query) -> Ranked:
        if self.needs_index and self.engine.made_with() is None:
            raise UnavailableError("There is no index yet; it is being made.")
        ranked = self.finder.ranked(query)
        self._note_model(ranked)
        return ranked

    def _found(self, query: Query) -> Results:
        ranked = self._ranked(query)
        with reading(self.database) as session:
            taxonomy = self._taxonomy(session)
            with step(Step.EXPLAIN):
                hits = self._hits(session, taxonomy, query, ranked)
        return Results(
            hits=hits,
            total=ranked.found.total,
            query=query,
            about=ranked.found.about,
            chips=(*ranked.reading.chips, *ranked.reading.spellings),
            facets=buckets(ranked.found.facets, query, taxonomy, self.finder.gazetteer),
            hidden=ranked.found.hidden,
            suggestion=self._suggestion(query, ranked.reading),
            banner=WORDS_ONLY if ranked.lexical_only else None,
            highlight=frozenset(t.term for t in tokens(ranked.reading.text) if not t.stop),
        )

    def _note_model(self, ranked: Ranked) -> None:
        """Remember whether the model worked, for those who watch over the site."""
        if ranked.lexical_only:
            self.model.failed("results match words only")
        elif ranked.vectors is not None:
            self.model.worked()

    def _taxonomy(self, session: Session) -> Taxonomy:
        taxonomy = load_taxonomy(session, self._areas[-1] if self._areas else None)
        self._areas[:] = [taxonomy]
        return taxonomy

    def _by_words(self, query: Query) -> Results:
        with reading(self.database) as session:
            builder = DocumentBuilder(self._taxonomy(session), self.finder.gazetteer)
            return self._fallback(session, builder).search(query)

    def _nearest(self, session: Session, builder: DocumentBuilder, asker: Side) -> list[int]:
        return self._fallback(session, builder).nearest(asker, DEEPEST_PAIRS)

    def _fallback(self, session: Session, builder: DocumentBuilder) -> Fallback:
        return Fallback(session=session, builder=builder, postcodes=self.finder.postcodes, today=self.finder.today())

    def _hits(self, session: Session, taxonomy: Taxonomy, query: Query, ranked: Ranked) -> tuple[Hit, ...]:
        start = (query.page - 1) * query.page_size
        rows = ranked.rows[start : min(start + query.page_size, DEEPEST)]
        found = ranked.found
        builder = DocumentBuilder(taxonomy, self.finder.gazetteer)
        listings = listings_by_ids(session, found.ids[rows].tolist())
        sides = {number: side_of(subject_of(row), builder) for number, row in listings.items()}
        closest = self._closest(ranked, sides)
        hits = []
        for row in rows.tolist():
            side = sides.get(int(found.ids[row]))
            if side is None:
                continue  # hidden since it was indexed: the rows of SQL decide what is shown
            told = explain_hit(side, ranked.reading, closest.get(side.subject.id))
            hits.append(replace(_hit(ranked, row), reasons=told.reasons, gaps=told.gaps))
        if query.sort is not Sort.RELEVANCE:
            return tuple(hits)
        return demoted(hits, {number: (side.subject.organisation_id, side.content) for number, side in sides.items()})

    def _closest(self, ranked: Ranked, sides: dict[int, Side]) -> dict[int, Citation]:
        """Find for each result the sentence closest to any part of the query."""
        if ranked.vectors is None or not sides:
            return {}
        sentences = {number: citable(side.content) for number, side in sides.items()}
        texts = [sentence.text for found in sentences.values() for sentence in found]
        try:
            vectors = embed_texts(self.database, self.embedder, texts)
        except MODEL_FAILURES:
            return {}  # the reasons that need no model stand alone
        at, closest = 0, {}
        for number, found in sentences.items():
            cited = cite(ranked.parts, ranked.vectors, found, vectors[at : at + len(found)])
            closest[number] = max(cited, key=lambda one: one.cosine)
            at += len(found)
        return closest

    def _suggestion(self, query: Query, reading: Reading) -> Suggestion | None:
        """Offer another spelling where a word is unknown here, if it gives results; none where it cannot be found."""
        try:
            text = respelt(query.text, self.engine, [chip.words for chip in reading.chips])
            if text is None:
                return None
            total = self.finder.ranked(replace(query, text=text)).found.total
        except UnavailableError:
            return None  # the results themselves are there
        return Suggestion(text=text, total=total) if total > 0 else None


def _hit(ranked: Ranked, row: int) -> Hit:
    found = ranked.found
    cosine = float(found.cosine[row])
    return Hit(
        id=int(found.ids[row]),
        score=round(float(ranked.scores[row]), 4),
        strong=bool(found.strong[row]),
        tier=int(found.tier[row]) or None,
        lexical=round(float(found.lexical[row]), 4),
        cosine=None if np.isnan(cosine) else round(cosine, 4),
        share=round(float(found.share[row]), 4),
    )


def _notices(query: Query) -> tuple[str, ...]:
    if len(query.text) <= LONGEST_TEXT:
        return ()
    cut = (
        f"Your text has {len(query.text):,} characters; the search read the first {LONGEST_TEXT:,}. "
        "All of it is still in the box."
    )
    return (cut,)
