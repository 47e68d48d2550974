"""Vectors of texts from the shared cache, embedding only what was never embedded; knows no listing and no engine."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Engine as Database

from exchange.database import reading, writing
from exchange.vectors import keep_vectors, known_vectors, text_hash
from indexer.embedder import Embedder, Progress, Vectors
from indexer.token_reader import Tokens

SAVE_EVERY = 2_048
"""Texts between two saves: a stopped run loses little."""


def embed_texts(
    database: Database, embedder: Embedder, texts: Sequence[str], progress: Progress | None = None
) -> Vectors:
    """Give the vectors of texts, shape (len(texts), dimension); new ones are embedded and kept.

    `progress` is called with the number of texts that are ready, also those found in the cache.
    """
    hashes = [text_hash(text) for text in texts]
    with reading(database) as session:
        known = known_vectors(session, embedder.name, hashes)
    if progress:
        progress(sum(h in known for h in hashes))
    missing = {h: text for h, text in zip(hashes, texts, strict=True) if h not in known}
    todo = sorted(missing.items(), key=lambda item: -len(item[1]))
    for start in range(0, len(todo), SAVE_EVERY):
        part = todo[start : start + SAVE_EVERY]
        vectors = embedder.encode([text for _, text in part], progress)
        fresh = {h: row.tobytes() for (h, _), row in zip(part, vectors, strict=True)}
        with writing(database) as session:
            keep_vectors(session, embedder.name, fresh)
        known |= fresh
    if not texts:
        return np.empty((0, embedder.dimension), np.float32)
    return np.frombuffer(b"".join(known[h] for h in hashes), np.float32).reshape(len(texts), embedder.dimension)


class KeptVectors:
    """An embedder whose texts are kept: for queries made of listings' own sentences, which come again and again."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database, self._embedder = database, embedder

    @property
    def name(self) -> str:
        """Give the model's name."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """Give the length of its vectors."""
        return self._embedder.dimension

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Give the vectors of texts; only new ones are embedded."""
        return embed_texts(self._database, self._embedder, texts, progress)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Give the vectors of texts; only new ones are embedded, without a person's precedence."""
        return self.encode(texts)

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Tokens]:
        """Give token vectors, which are not kept here."""
        return self._embedder.read(texts, progress)

    def read_query(self, texts: Sequence[str]) -> list[Tokens]:
        """Give token vectors, which are not kept here."""
        return self._embedder.read_query(texts)


class Awaited:
    """An embedder for texts that a person waits for: all of them go ahead of indexing batches."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def name(self) -> str:
        """Give the model's name."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """Give the length of its vectors."""
        return self._embedder.dimension

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed a person's texts ahead of any indexing."""
        vectors = self._embedder.encode_query(texts)
        if progress:
            progress(len(texts))
        return vectors

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Embed a person's texts ahead of any indexing."""
        return self._embedder.encode_query(texts)

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Tokens]:
        """Give a person's texts their token vectors, ahead of any indexing."""
        found = self._embedder.read_query(texts)
        if progress:
            progress(len(texts))
        return found

    def read_query(self, texts: Sequence[str]) -> list[Tokens]:
        """Give a person's texts their token vectors, ahead of any indexing."""
        return self._embedder.read_query(texts)
