"""A database and an index of a wanted size, filled from real rows and their copies; knows no measurement."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy import insert, select

from benchmarks.copies import altered, embedded_texts, near, pairs, vocabulary
from exchange.content import Content, Kind, to_json
from exchange.database import open_database, reading, writing
from exchange.imports.import_places import MapContext, load_context
from exchange.imports.importing import ImportOrder, import_rows
from exchange.models import Listing, State
from exchange.schema import migrate
from exchange.settings import Settings, load_settings
from exchange.taxonomy import seed_taxonomy
from exchange.vectors import keep_vectors, known_vectors, text_hash
from indexer.embedder import Embedder
from indexer.vectors import embed_texts

SOURCE = "benchmark"
REASON = "measured, not shown"
GROUP = 1_000
"""Copies written in one transaction."""
DAYS = 1_000
"""Copies are posted over so many days, so that an order by day has something to order."""


@dataclass(frozen=True, slots=True)
class Original:
    """One imported listing that copies are made of."""

    content: Content
    row: dict[str, object]


@dataclass(slots=True)
class Store:
    """A folder as a site has it: a database, vectors, postcodes, later an index."""

    settings: Settings
    database: Database
    context: MapContext
    originals: list[Original] = field(default_factory=list)
    held: int = 0


def open_store(folder: Path, postcodes: Path) -> Store:
    """Make an empty, migrated database in a folder; the compiled postcodes are those of the machine's site."""
    settings = load_settings({"EXCHANGE_DATA_DIR": str(folder)})
    folder.mkdir(parents=True)
    if postcodes.is_dir():
        settings.postcodes_dir.symlink_to(postcodes.absolute())
    database = open_database(settings.database_url)
    migrate(database)
    with writing(database) as session:
        seed_taxonomy(session, datetime.now(UTC))
    return Store(settings, database, load_context(settings.postcodes_dir))


def import_into(store: Store, lines: Sequence[str]) -> None:
    """Import and publish rows as the command line does."""
    order = ImportOrder(
        kind=Kind.INNOVATION, source=SOURCE, context=store.context, publish_as="Benchmark", reason=REASON
    )
    import_rows(store.database, lines, order, datetime.now(UTC))
    with reading(store.database) as session:
        found = session.scalars(select(Listing).where(Listing.state == State.PUBLISHED).order_by(Listing.id)).all()
        store.originals = [Original(row.content, _row(row)) for row in found]
    store.held = len(store.originals)


def _row(listing: Listing) -> dict[str, object]:
    names = "kind", "state", "index_revision", "by_id", "organisation_id", "source", "created_at", "published_at"
    return {name: getattr(listing, name) for name in names}


def embed_originals(
    store: Store, cache: Database, embedder: Embedder, progress: Callable[[int], None] | None = None
) -> None:
    """Bring the originals' vectors from a cache that outlives the run, embedding what it lacks, into the store."""
    texts = list(dict.fromkeys(text for one in store.originals for text in embedded_texts(one.content)))
    vectors = embed_texts(cache, embedder, texts, progress)
    with writing(store.database) as session:
        keep_vectors(
            session,
            embedder.name,
            {text_hash(text): row.tobytes() for text, row in zip(texts, vectors, strict=True)},
        )


def grow(store: Store, size: int, embedder: Embedder, progress: Callable[[int], None] | None = None) -> None:
    """Add copies, with their vectors in the store's own cache, until it holds `size` listings."""
    if size <= store.held:
        return
    words = vocabulary(text for one in store.originals for text in (one.content.title, one.content.description or ""))
    for start in range(store.held, size, GROUP):
        numbers = range(start, min(start + GROUP, size))
        _add(store, numbers, words, embedder)
        if progress:
            progress(len(numbers))
    store.held = size


def _add(store: Store, numbers: Sequence[int], words: Sequence[str], embedder: Embedder) -> None:
    copies = [altered(store.originals[number % len(store.originals)].content, words, number) for number in numbers]
    wanted = {text: source for copy in copies for text, source in pairs(copy)}
    hashes = [text_hash(source) for source in wanted.values()]
    with reading(store.database) as session:
        known = known_vectors(session, embedder.name, hashes)
    real = np.frombuffer(b"".join(known[key] for key in hashes), np.float32).reshape(-1, embedder.dimension)
    fresh = {text_hash(text): row.tobytes() for text, row in zip(wanted, near(real, numbers[0]), strict=True)}
    contents = (copy.content for copy in copies)
    with writing(store.database) as session:
        keep_vectors(session, embedder.name, fresh)
        session.connection().execute(insert(Listing), list(_rows(store, numbers, contents)))  # unseen by the audit


def _rows(store: Store, numbers: Sequence[int], contents: Iterator[Content]) -> Iterator[dict[str, object]]:
    now = datetime.now(UTC)
    for number, content in zip(numbers, contents, strict=True):
        original = store.originals[number % len(store.originals)].row
        posted = now - timedelta(days=number % DAYS)
        yield original | {
            "source_id": f"copy-{number}",
            "published_at": posted,
            "title": content.title,
            "data": to_json(content),
        }
