"""What is kept of passages for the second look, by model and hash of the text; knows no listing and no engine."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from sqlalchemy import Engine as Database

from exchange.database import reading, writing
from exchange.settings import PACKAGED_MODEL
from exchange.vectors import keep_vectors, kept_hashes, known_vectors, text_hash
from indexer.embedder import Embedder, Progress, Vectors
from indexer.late import DIMENSION, Array, Kept, fit_projection, keep, read
from indexer.query_words import topic_tokens
from indexer.thesaurus import packaged
from indexer.token_reader import Tokens
from indexer.vectors import SAVE_EVERY, embed_texts

RECENT = 8_192
"""Passages that a process keeps in memory, some 30 MB: the first hundred of forty queries that share none."""

WHOLE = np.dtype("<f2")
"""A passage's own vector is kept beside its tokens in 16 bits a number: one row to read; cosines differ by .0005."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage's own vector, and the rows of its tokens that carry topic."""

    whole: Array
    tokens: Kept


class PassageStore:
    """Passages of every model in the table of vectors; the last ones read are in memory."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._lock = threading.Lock()
        self._recent: OrderedDict[tuple[str, bytes], Passage] = OrderedDict()
        self._projections: dict[str, Array] = {}

    def read(self, embedder: Embedder, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Give the vectors of texts as `embed_texts` does, and keep their tokens; one run of the model makes both."""
        model, projection = embedder.name, self.projection(embedder)
        wanted = {text_hash(text): text for text in texts}
        with reading(self.database) as session:
            kept = kept_hashes(session, _tokens_of(model), wanted)
        todo = sorted(((h, text) for h, text in wanted.items() if h not in kept), key=lambda item: -len(item[1]))
        for start in range(0, len(todo), SAVE_EVERY):
            part = todo[start : start + SAVE_EVERY]
            found = embedder.read([text for _, text in part], progress)
            pairs = list(zip(part, found, strict=True))
            with writing(self.database) as session:
                keep_vectors(session, model, {h: _own(one) for (h, _), one in pairs})
                keep_vectors(
                    session, _tokens_of(model), {h: _packed(text, one, projection) for (h, text), one in pairs}
                )
        return embed_texts(self.database, embedder, texts)

    def known(self, embedder: Embedder, hashes: Sequence[bytes]) -> dict[bytes, Passage]:
        """Give passages by their hash; what was never read is missing from the answer."""
        model, found, missing = embedder.name, dict[bytes, Passage](), list[bytes]()
        with self._lock:
            for one in hashes:
                passage = self._recent.get((model, one))
                if passage is None:
                    missing.append(one)
                else:
                    self._recent.move_to_end((model, one))
                    found[one] = passage
        if missing:
            found |= self._fetched(embedder, missing)
        return found

    def _fetched(self, embedder: Embedder, hashes: Sequence[bytes]) -> dict[bytes, Passage]:
        sizes = embedder.dimension, self.projection(embedder).shape[1]
        with reading(self.database) as session:
            values = known_vectors(session, _tokens_of(embedder.name), hashes)
        found = {one: _unpacked(value, *sizes) for one, value in values.items()}
        with self._lock:
            self._recent.update({(embedder.name, one): passage for one, passage in found.items()})
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)
        return found

    def projection(self, embedder: Embedder) -> Array:
        """Give the directions that are kept of a model's tokens, shape (its dimension, what is kept).

        The packaged model's are a file, fitted on the fixtures' tokens. Another model's are fitted once on the phrases
        of the thesaurus and kept, because stored tokens mean nothing in other directions.
        """
        name = embedder.name
        if name not in self._projections:
            if name == PACKAGED_MODEL:
                self._projections[name] = _packaged_projection()
            elif embedder.dimension <= DIMENSION:
                self._projections[name] = np.eye(embedder.dimension, dtype=np.float32)
            else:
                self._projections[name] = self._fitted(embedder)
        return self._projections[name]

    def _fitted(self, embedder: Embedder) -> Array:
        model, key = f"{embedder.name}#projection{DIMENSION}", text_hash("")
        with reading(self.database) as session:
            kept = known_vectors(session, model, [key])
        if not kept:
            phrases = sorted({phrase for others in packaged().phrases.values() for phrase in others})
            made = fit_projection(np.concatenate([one.vectors for one in embedder.read(phrases)]))
            with writing(self.database) as session:
                keep_vectors(session, model, {key: made.tobytes()})
            with reading(self.database) as session:
                kept = known_vectors(session, model, [key])  # of two processes, the first one's stand
        return np.frombuffer(kept[key], np.float32).reshape(embedder.dimension, DIMENSION)


def _tokens_of(model: str) -> str:
    return f"{model}#tokens{DIMENSION}"


def _own(found: Tokens) -> bytes:
    return found.whole.astype(np.float32).tobytes()


def _packed(text: str, found: Tokens, projection: Array) -> bytes:
    return found.whole.astype(WHOLE).tobytes() + keep(topic_tokens(text, found), projection)


def _unpacked(value: bytes, dimension: int, kept: int) -> Passage:
    end = dimension * WHOLE.itemsize
    return Passage(np.frombuffer(value[:end], WHOLE).astype(np.float32), read([value[end:]], kept))


def _packaged_projection() -> Array:
    with (files("indexer") / "data" / "projection.npy").open("rb") as file:
        return np.asarray(np.load(file), np.float32)
