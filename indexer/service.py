"""Search and match as the site and the command line call them: explained results; knows no page and no HTTP."""

from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from exchange.database import reading
from exchange.errors import UnavailableError
from exchange.listings import listings_by_ids
from exchange.taxonomy import Taxonomy, load_taxonomy
from indexer.analysis import tokens
from indexer.constraints import Reading
from indexer.document import DocumentBuilder
from indexer.embedder import Embedder
from indexer.engine import Engine
from indexer.explain_hit import explain_hit
from indexer.facets import buckets
from indexer.matching import Matcher
from indexer.results import DEEPEST, Hit, Matches, Query, Results, Suggestion
from indexer.scoring import Citation, cite
from indexer.search import LONGEST_TEXT, Finder, Ranked
from indexer.sides import Side, side_of
from indexer.suggest import respelt
from indexer.sync import subject_of
from indexer.texts import Sentence, Source, sentences_of
from indexer.vectors import embed_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchService:
    """The parts of search and match, built once a process."""

    database: Database
    engine: Engine
    embedder: Embedder
    finder: Finder
    _areas: list[Taxonomy] = field(default_factory=list, init=False, repr=False, compare=False)
    """The version of the areas that was read last: its rows are read again only when a newer one is published."""

    def search(self, query: Query) -> Results:
        """Find, order, count and explain one page of results.

        Raises:
            UnavailableError: the engine does not answer.
        """
        ranked = self.finder.ranked(query)
        with reading(self.database) as session:
            taxonomy = load_taxonomy(session, self._areas[-1] if self._areas else None)
            self._areas[:] = [taxonomy]
            hits = self._hits(session, taxonomy, query, ranked)
        return Results(
            hits=hits,
            total=ranked.found.total,
            query=query,
            about=ranked.found.about,
            chips=ranked.reading.chips,
            facets=buckets(ranked.found.facets, query, taxonomy, self.finder.gazetteer),
            hidden=ranked.found.hidden,
            suggestion=self._suggestion(query, ranked.reading),
            notices=_notices(query),
            highlight=frozenset(t.term for t in tokens(ranked.reading.text) if not t.stop),
        )

    def match(self, listing_id: int, limit: int) -> Matches:
        """Match a visible listing with the other side.

        Raises:
            NotFoundError: there is no such listing, or it may not be seen.
            UnavailableError: the engine does not answer.
        """
        return Matcher(database=self.database, embedder=self.embedder, finder=self.finder).match(listing_id, limit)

    def status(self) -> dict[str, str]:
        """Say which parts are up."""
        return {"engine": "up" if self.ready() else "down", "model": self.embedder.name}

    def ready(self) -> bool:
        """Say whether people may be sent here."""
        try:
            self.engine.status()
        except UnavailableError:
            return False
        return True

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
        return tuple(hits)

    def _closest(self, ranked: Ranked, sides: dict[int, Side]) -> dict[int, Citation]:
        """Find for each result the sentence closest to any part of the query."""
        if ranked.vectors is None or not sides:
            return {}
        sentences = {number: _citable(side) for number, side in sides.items()}
        texts = [sentence.text for found in sentences.values() for sentence in found]
        vectors = embed_texts(self.database, self.embedder, texts)
        at, closest = 0, {}
        for number, found in sentences.items():
            cited = cite(ranked.parts, ranked.vectors, found, vectors[at : at + len(found)])
            closest[number] = max(cited, key=lambda one: one.cosine)
            at += len(found)
        return closest

    def _suggestion(self, query: Query, reading: Reading) -> Suggestion | None:
        """Offer another spelling where a word is unknown here, if it gives results."""
        text = respelt(query.text, self.engine, [chip.words for chip in reading.chips])
        if text is None:
            return None
        total = self.finder.ranked(replace(query, text=text)).found.total
        return Suggestion(text=text, total=total) if total > 0 else None


def _citable(side: Side) -> tuple[Sentence, ...]:
    """Give the sentences worth quoting: the title stands on the card, evidence says little of what is done."""
    found = sentences_of(side.content)
    return tuple(one for one in found if one.source not in {Source.TITLE, Source.EVIDENCE}) or found


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
