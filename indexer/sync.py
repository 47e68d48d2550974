"""From SQL to the engine: subjects, documents, vectors, outbox rows; SQL is the truth, the engine derived."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from exchange.alerting import checks
from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.listing.listings import index_revisions, listings_by_ids, visible_ids
from exchange.models import Listing, State
from exchange.outbox import claim, done, enqueue, failed, put_back, row_ids
from exchange.passages import Listed, drop_listed, keep_listed
from exchange.place.places import load_gazetteer
from exchange.taxonomy import load_taxonomy
from exchange.vectors import text_hash
from indexer.document import Document, DocumentBuilder, Places, Subject
from indexer.embedder import Embedder, Progress
from indexer.engine import Engine, Entry, ReplacedError, Target
from indexer.passages import PassageStore
from indexer.texts import sentences_of
from indexer.vectors import embed_texts

BATCH = 256
TRIES = 3
"""How often a batch is written anew because the index was replaced meanwhile."""
LEASE = timedelta(minutes=2)
"""Longer than a batch takes to embed (15 s on two cores); a worker that dies gives its rows back after it."""


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
    """What indexing needs: the truth, the engine, and the model of each index that takes writes.

    One worker at a time on the embedded engine and on SQLite, any number on PostgreSQL with Elasticsearch.
    """

    database: Database
    engine: Engine
    embedder: Embedder
    other_embedder: Callable[[str], Embedder] | None = None
    """Gives the model of an index that was made with another than that of the settings."""
    lease: timedelta = LEASE
    passages: PassageStore | None = None
    """Keeps what the second look needs of each listing; None where there is none."""

    def builder(self, session: Session) -> DocumentBuilder:
        """Give a builder for the taxonomy that is published now."""
        return DocumentBuilder(load_taxonomy(session), load_gazetteer())

    def documents(self, ids: Sequence[int]) -> tuple[list[Document], list[Subject]]:
        """Read listings as they are now; one that may not be found becomes a tombstone, without a subject."""
        with reading(self.database) as session:
            builder = self.builder(session)
            subjects = [subject_of(listing) for listing in listings_by_ids(session, ids).values()]
            found = {subject.id for subject in subjects}
            documents = [builder.build(subject) for subject in subjects]
            revisions = index_revisions(session, [i for i in ids if i not in found])
        return documents + [tombstone(listing_id, revision) for listing_id, revision in revisions.items()], subjects

    def entries(self, ids: Sequence[int], embedder: Embedder | None = None) -> list[Entry]:
        """Read listings and embed what is new, with the settings' model or another.

        Their sentences are embedded beside the passages and kept, so that no page that cites one waits for the model.
        """
        documents, subjects = self.documents(ids)
        passages = [passage for document in documents for passage in document.passages]
        sentences = [sentence.text for subject in subjects for sentence in sentences_of(subject.content)]
        embedder = embedder or self.embedder
        if self.passages:
            self.passages.read(embedder, passages)
        vectors = embed_texts(self.database, embedder, [*passages, *sentences])[: len(passages)]
        if self.passages:
            self._list(documents, subjects)
        ends = np.cumsum([len(document.passages) for document in documents])
        parts = np.split(vectors, ends[:-1]) if documents else []
        return [Entry(document=d, vectors=part) for d, part in zip(documents, parts, strict=True)]

    def _list(self, documents: Sequence[Document], subjects: Sequence[Subject]) -> None:
        """Keep which passages each listing has, for the second look."""
        stated = {subject.id: (subject.content.areas or (), subject.content.groups or ()) for subject in subjects}
        listed = []
        for document in documents:
            if document.id in stated:
                areas, groups = stated[document.id]
                hashes = tuple(map(text_hash, document.passages))
                listed.append((document.id, document.revision, Listed(hashes=hashes, areas=areas, groups=groups)))
        with writing(self.database) as session:
            keep_listed(session, listed)
            drop_listed(session, [document.id for document in documents if document.id not in stated])

    def put(self, ids: Sequence[int]) -> None:
        """Take listings as they are now to every index that must accept a change, each with its own model's vectors."""
        for _ in range(TRIES):
            made: dict[str, list[Entry]] = {}
            try:
                for target in self.engine.targets() or [self.engine]:
                    if target.model not in made:
                        made[target.model] = self._entries_for(target, ids)
                    target.write(made[target.model])
            except ReplacedError:
                continue
            return
        raise UnavailableError("The index was replaced again and again; it is tried again in a moment.")

    def _entries_for(self, target: Target, ids: Sequence[int]) -> list[Entry]:
        """Make entries with the vectors of the target's model.

        Where an older model is no longer to be had, the index that was made with it gets words without vectors until a
        rebuild replaces it: what is withdrawn must leave it, and what is new can be found by its words.
        """
        if target.model == self.embedder.name or self.other_embedder is None:
            return self.entries(ids)
        try:
            return self.entries(ids, self.other_embedder(target.model))
        except UnavailableError:
            none = np.empty((0, 0), np.float32)
            return [Entry(document=document, vectors=none) for document in self.documents(ids)[0]]

    def rebuild(
        self,
        progress: Progress | None = None,
        may_switch: Callable[[], None] = lambda: None,
        written: Progress | None = None,
    ) -> int:
        """Index every visible listing anew and freeze the term statistics; give the number of listings.

        What the old index remembers as hidden is remembered by the new one, or a late writer would bring it back.
        Before the switch the new index is compared with SQL: what was published, changed or withdrawn meanwhile may
        have been done by a worker who did not know of it yet. `may_switch` raises when the work was taken over.
        `progress` is told how many listings are read and embedded, `written` how many are in the new index.
        """
        held = self.engine.held()
        with reading(self.database) as session:
            visible = {listing_id for listing_id, _ in visible_ids(session)}
        ids = [*visible, *(listing_id for listing_id in held if listing_id not in visible)]

        def entries() -> Iterator[Entry]:
            iterator = iter(ids)
            while part := list(islice(iterator, BATCH)):
                yield from self._readable(part)
                if progress:
                    progress(len(part))

        def ready(target: Target) -> None:
            may_switch()
            self._bring(target)
            may_switch()

        self.engine.rebuild(entries(), ready, written)
        self._bring(self.engine)  # what was done in the old index by who did not see this rebuild's lease any more
        return len(visible)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Bring the engine to what SQL says now, by comparing revisions; give the number of listings written.

        A listing that cannot be indexed is left to the outbox, which tries it again and parks it with its reason.
        """
        if not self.engine.revisions() and self.outdated():
            return self.rebuild(progress)
        return self._bring(self.engine, progress)

    def _bring(self, target: Target, progress: Progress | None = None) -> int:
        stale = self.outdated(target)
        for start in range(0, len(stale), BATCH):
            part = stale[start : start + BATCH]
            self._leave_to_outbox(self._bad_of(part, lambda ids: target.write(self.entries(ids))))
            if progress:
                progress(len(part))
        return len(stale)

    def outdated(self, target: Target | None = None) -> list[int]:
        """Give the listings of which an index holds another revision than SQL, those to be hidden last."""
        held = (target or self.engine).revisions()
        with reading(self.database) as session:
            truth = dict(visible_ids(session))
            unseen = index_revisions(session, [i for i in held if i not in truth])
        stale = [i for i, revision in truth.items() if held.get(i, 0) < revision]
        return stale + [i for i, revision in unseen.items() if held[i] < revision]

    def settle(self, progress: Progress | None = None) -> int:
        """Catch up, then tick off the outbox rows that this made true; give the number of listings written.

        What is ticked off is put down for a test against the saved searches, as in `work`. Only for the process that
        writes the index, while no worker runs: at a site's start, after an import.
        """
        with reading(self.database) as session:
            rows = row_ids(session)
        written = self.catch_up(progress)
        for start in range(0, len(rows), BATCH):
            with writing(self.database) as session:
                checks.enqueue(session, done(session, rows[start : start + BATCH]), datetime.now(UTC))
        return written

    def work(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
        """Take one batch of outbox rows to the engine; give the number of rows done.

        Rows are claimed under a short lease and done only after every index accepted them; where the batch fails,
        each listing is tried alone, so that one bad listing does not hold up the others. In the transaction that ticks
        a row off, its listing is put down for a test against the saved searches.

        Raises:
            UnavailableError: the engine or the model does not answer; the rows are put back, none is at fault.
        """
        with writing(self.database) as session:
            rows = [(row.id, row.listing_id) for row in claim(session, BATCH, now(), self.lease)]
        if not rows:
            return 0
        try:
            bad = self._bad_of(list(dict.fromkeys(listing_id for _, listing_id in rows)), self.put)
        except UnavailableError as error:
            with writing(self.database) as session:
                put_back(session, [row_id for row_id, _ in rows], str(error), now())
            raise
        good = [row_id for row_id, listing_id in rows if listing_id not in bad]
        with writing(self.database) as session:
            checks.enqueue(session, done(session, good), now())
            for row_id, listing_id in rows:
                if listing_id in bad:
                    failed(session, [row_id], bad[listing_id], now())
        return len(good)

    def _bad_of(self, ids: Sequence[int], put: Callable[[Sequence[int]], None]) -> dict[int, str]:
        """Put listings, one by one where the batch fails; give those that cannot be put, each with its reason."""
        try:
            put(ids)
        except UnavailableError:
            raise
        except Exception:  # noqa: BLE001  whatever it is, it must not hold up the others nor come back for ever
            return dict(pair for listing_id in ids if (pair := self._tried(listing_id, put)))
        return {}

    def _readable(self, ids: Sequence[int]) -> list[Entry]:
        made: list[Entry] = []
        self._leave_to_outbox(self._bad_of(ids, lambda some: made.extend(self.entries(some))))
        return made

    def _leave_to_outbox(self, bad: dict[int, str]) -> None:
        if bad:
            with writing(self.database) as session:
                for listing_id in bad:
                    enqueue(session, listing_id, datetime.now(UTC))

    def _tried(self, listing_id: int, put: Callable[[Sequence[int]], None]) -> tuple[int, str] | None:
        try:
            put([listing_id])
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  kept in the row, which is put off and parked in the end
            return listing_id, f"{type(error).__name__}: {error}"
        return None
