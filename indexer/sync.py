"""From SQL to the engine: subjects, documents, vectors, the outbox's worker; SQL is the truth, the engine derived."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from exchange.database import reading, writing
from exchange.listings import index_revisions, listings_by_ids, visible_ids
from exchange.models import Listing, State
from exchange.outbox import claim, done, failed, row_ids
from exchange.places import load_gazetteer
from exchange.taxonomy import load_taxonomy
from indexer.document import Document, DocumentBuilder, Places, Subject
from indexer.embedder import Embedder, Progress
from indexer.engine import Engine, Entry
from indexer.texts import sentences_of
from indexer.vectors import embed_texts

BATCH = 256
LEASE = timedelta(minutes=10)
"""Longer than a batch takes to embed; a worker that dies gives its rows back after it."""


def subject_of(listing: Listing) -> Subject:
    """Give what a document is built from; organisation fields are None where it is not stated."""
    organisation = listing.organisation
    return Subject(
        id=listing.id,
        revision=listing.index_revision,
        kind=listing.side,
        content=listing.content,
        open=listing.state == State.PUBLISHED,
        posted=listing.published_at.date() if listing.published_at else None,
        organisation_id=listing.organisation_id,
        organisation=organisation.name if organisation else None,
        org_id=organisation.org_id if organisation else None,
        size_band=organisation.size_band if organisation else None,
    )


def tombstone(listing_id: int, revision: int) -> Document:
    """Build the document that hides a listing: no text, not visible."""
    return Document(id=listing_id, revision=revision, visible=False, places=Places())


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexer:
    """What indexing needs: the truth, the model, the engine. One worker at a time on the embedded engine."""

    database: Database
    engine: Engine
    embedder: Embedder

    def builder(self, session: Session) -> DocumentBuilder:
        """Give a builder for the taxonomy that is published now."""
        return DocumentBuilder(load_taxonomy(session), load_gazetteer())

    def entries(self, ids: Sequence[int], progress: Progress | None = None) -> list[Entry]:
        """Read listings and embed what is new; a listing that may not be found becomes a tombstone.

        Their sentences are embedded beside the passages and kept, so that no page that cites one waits for the model.
        """
        with reading(self.database) as session:
            builder = self.builder(session)
            subjects = [subject_of(listing) for listing in listings_by_ids(session, ids).values()]
            found = {subject.id for subject in subjects}
            documents = [builder.build(subject) for subject in subjects]
            revisions = index_revisions(session, [i for i in ids if i not in found])
        documents += [tombstone(listing_id, revision) for listing_id, revision in revisions.items()]
        passages = [passage for document in documents for passage in document.passages]
        sentences = [sentence.text for subject in subjects for sentence in sentences_of(subject.content)]
        vectors = embed_texts(self.database, self.embedder, [*passages, *sentences], progress)[: len(passages)]
        ends = np.cumsum([len(document.passages) for document in documents])
        parts = np.split(vectors, ends[:-1]) if documents else []
        return [Entry(document=d, vectors=part) for d, part in zip(documents, parts, strict=True)]

    def rebuild(self, progress: Progress | None = None) -> int:
        """Index every visible listing anew and freeze the term statistics; give the number of listings."""
        with reading(self.database) as session:
            ids = [listing_id for listing_id, _ in visible_ids(session)]

        def entries() -> Iterator[Entry]:
            iterator = iter(ids)
            while part := list(islice(iterator, BATCH)):
                yield from self.entries(part)
                if progress:
                    progress(len(part))

        self.engine.rebuild(entries())
        return len(ids)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Bring the engine to what SQL says now, by comparing revisions; give the number of listings written."""
        stale = self.outdated()
        if stale and not self.engine.revisions():
            return self.rebuild(progress)
        for start in range(0, len(stale), BATCH):
            part = stale[start : start + BATCH]
            self.engine.write(self.entries(part))
            if progress:
                progress(len(part))
        return len(stale)

    def outdated(self) -> list[int]:
        """Give the listings of which the engine holds another revision than SQL, those to be hidden last."""
        held = self.engine.revisions()
        with reading(self.database) as session:
            truth = dict(visible_ids(session))
            unseen = index_revisions(session, [i for i in held if i not in truth])
        stale = [i for i, revision in truth.items() if held.get(i, 0) < revision]
        return stale + [i for i, revision in unseen.items() if held[i] < revision]

    def settle(self, progress: Progress | None = None) -> int:
        """Catch up, then tick off the outbox rows that this made true; give the number of listings written.

        Only for the process that writes the index, while no worker runs: at a site's start, after an import.
        """
        with reading(self.database) as session:
            rows = row_ids(session)
        written = self.catch_up(progress)
        for start in range(0, len(rows), BATCH):
            with writing(self.database) as session:
                done(session, rows[start : start + BATCH])
        return written

    def work(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
        """Take one batch of outbox rows to the engine; give the number of rows done.

        Rows are claimed under a short lease and done only after the engine accepted them; where the batch fails,
        each listing is tried alone, so that one bad listing does not hold up the others.
        """
        with writing(self.database) as session:
            rows = [(row.id, row.listing_id) for row in claim(session, BATCH, now(), LEASE)]
        if not rows:
            return 0
        try:
            self._put([listing_id for _, listing_id in rows])
            good, bad = [row_id for row_id, _ in rows], dict[int, str]()
        except Exception:  # noqa: BLE001  whatever it is, it must not hold up the others nor come back for ever
            good, bad = self._one_by_one(rows)
        with writing(self.database) as session:
            done(session, good)
            for row_id, error in bad.items():
                failed(session, [row_id], error, now())
        return len(good)

    def _put(self, ids: Sequence[int]) -> None:
        self.engine.write(self.entries(list(dict.fromkeys(ids))))

    def _one_by_one(self, rows: Sequence[tuple[int, int]]) -> tuple[list[int], dict[int, str]]:
        good: list[int] = []
        bad: dict[int, str] = {}
        for row_id, listing_id in rows:
            try:
                self._put([listing_id])
                good.append(row_id)
            except Exception as error:  # noqa: BLE001  kept in the row, which is put off and parked in the end
                bad[row_id] = f"{type(error).__name__}: {error}"
        return good, bad


class Worker:
    """The outbox's thread in the site's process: looks every `pause` seconds, stops when told.

    `before` is called before each look: what else must not run beside a write. Whoever records where the worker is
    made (`indexer.timing`) is told what it embeds.
    """

    def __init__(self, indexer: Indexer, pause: float = 1.0, before: Callable[[], None] = lambda: None) -> None:
        self._indexer = indexer
        self._pause = pause
        self._before = before
        self._stop = threading.Event()
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name="outbox", daemon=True)
        self.error: str | None = None

    def start(self) -> None:
        """Start looking."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch under way and stop."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._before()
                worked = self._indexer.work()
                self.error = None
            except Exception as error:  # noqa: BLE001  a worker that dies would let the outbox grow unseen
                worked, self.error = 0, f"{type(error).__name__}: {error}"
            if not worked:
                self._stop.wait(self._pause)
