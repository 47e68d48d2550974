"""The rate of indexing fresh texts beside the bare model's on the same texts; knows no search."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.copies import embedded_texts
from benchmarks.store import import_into, open_store
from indexer.embedder import QUIET_BATCH, Embedder, Progress, Vectors, model_folder
from indexer.engine_embedded import EmbeddedEngine
from indexer.sync import Indexer

SLICE = 2_000


@dataclass(slots=True)
class Watched:
    """An embedder that counts the texts it was given for indexing and the seconds that they took."""

    real: Embedder
    name: str = field(init=False)
    dimension: int = field(init=False)
    texts: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.name, self.dimension = self.real.name, self.real.dimension

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed with the real one and count."""
        start = time.perf_counter()
        found = self.real.encode(texts, progress)
        self.seconds += time.perf_counter() - start
        self.texts += len(texts)
        return found

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Embed a query; it is not counted."""
        return self.real.encode_query(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How long a rebuild took for so many listings and texts, how much of it the model, and the bare model alone."""

    listings: int
    texts: int
    seconds: float
    model_seconds: float
    bare_seconds: float
    texts_alike: bool

    @property
    def ratio(self) -> float:
        """Give the rate of indexing as a part of the bare model's rate."""
        return self.bare_seconds / self.seconds

    @property
    def model_share(self) -> float:
        """Give the part of the rebuild that the model took: it does not suffer from a machine that is busy by turns."""
        return self.model_seconds / self.seconds


def index_rate(lines: Sequence[str], embedder: Embedder, folder: Path, postcodes: Path) -> Rate:
    """Import a slice of rows into a place of their own, index them with embedding, and embed the same texts bare.

    The bare model takes half of the texts before and half after, so that a busy spell does not fall on one of the two.
    """
    store = open_store(folder, postcodes)
    import_into(store, lines[:SLICE])
    texts = list(dict.fromkeys(text for one in store.originals for text in embedded_texts(one.content)))
    bare = _bare(embedder.name)
    before = _bare_seconds(bare, texts[::2])
    watched = Watched(embedder)
    engine = EmbeddedEngine(store.settings.index_dir, watched.name, watched.dimension)
    indexer = Indexer(database=store.database, engine=engine, embedder=watched)
    start = time.perf_counter()
    listings = indexer.rebuild()
    seconds = time.perf_counter() - start
    after = _bare_seconds(bare, texts[1::2])
    store.database.dispose()
    return Rate(
        listings=listings,
        texts=watched.texts,
        seconds=seconds,
        model_seconds=watched.seconds,
        bare_seconds=before + after,
        texts_alike=watched.texts == len(texts),
    )


def _bare(model: str) -> Any:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  seconds to import

    found = SentenceTransformer(model_folder(model), device="cpu")
    found.encode(["One text before the clock runs."] * QUIET_BATCH, show_progress_bar=False)
    return found


def _bare_seconds(model: Any, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    model.encode(list(texts), batch_size=QUIET_BATCH, normalize_embeddings=True, show_progress_bar=False)
    return time.perf_counter() - start
