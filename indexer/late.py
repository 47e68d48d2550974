"""Late interaction: a query's words against every token of a listing; pure functions of arrays, knows no model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DIMENSION = 128
"""What is kept of a token: with 64 the outcomes of `moj_outcome2activity` lose .03, with 128 no set loses .005."""
STEPS = 127
"""A kept value is a whole number of 127ths (int8): a token is 128 bytes, a grant of 45 tokens 6 KB."""

Array = NDArray[np.float32]
Kept = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the query: the rows of its tokens, its weight, and the rows of each phrase that means the same."""

    term: str
    weight: float
    rows: tuple[int, ...]
    others: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """How close each listing comes: `words` the best closeness of each query word, shape (listings, words).

    `back` is the mean, over the listing's own tokens, of the best cosine to a token that was typed.
    """

    words: Array
    back: Array


OTHER_WORDS = 0.9
"""What a phrase that means the same counts beside the word that was typed."""


def fit_projection(tokens: Array, dimension: int = DIMENSION) -> Array:
    """Give the directions that hold most of some tokens, shape (their dimension, dimension); the same on every run.

    The tokens are not centred: on the judged sets a centred projection ranked worse.
    """
    unit = unit_rows(tokens)
    _, directions = np.linalg.eigh(unit.T @ unit)
    first = directions[:, ::-1][:, :dimension]
    signs = np.where(first[np.abs(first).argmax(axis=0), np.arange(first.shape[1])] < 0, -1, 1)
    return np.asarray(first * signs, np.float32)  # eigenvectors come with either sign


def unit_rows(vectors: Array) -> Array:
    """Scale each row to length 1; a row of noughts stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), np.float32)


def project(tokens: Array, projection: Array) -> Array:
    """Turn a model's token vectors, shape (tokens, model's dimension), into unit rows of the projection's dimension."""
    return unit_rows(unit_rows(tokens) @ projection)


def keep(tokens: Array, projection: Array) -> bytes:
    """Turn a passage's token vectors into what is stored: int8, row by row."""
    return np.round(project(tokens, projection) * STEPS).astype(np.int8).tobytes()


def read(kept: Sequence[bytes], dimension: int = DIMENSION) -> Kept:
    """Join the stored tokens of a listing's passages, shape (tokens, dimension)."""
    return np.frombuffer(b"".join(kept), np.int8).reshape(-1, dimension)


def hear(words: Sequence[Word], query: Array, listings: Sequence[Kept]) -> Heard:
    """Compare a query's tokens, shape (tokens, dimension), with those of each listing, in one pass.

    A word's closeness is the mean over its tokens of the best cosine to a token of the listing, or that of a phrase
    that means the same, whichever is more (MaxSim: Khattab and Zaharia, ColBERT, SIGIR 2020).
    """
    counts = np.array([len(listing) for listing in listings], np.intp)
    found = Heard(np.zeros((len(listings), len(words)), np.float32), np.zeros(len(listings), np.float32))
    some = counts > 0
    if not words or not some.any():
        return found
    near = _cosines(np.concatenate([listing for listing in listings if len(listing)]), query)
    starts = np.concatenate([[0], np.cumsum(counts[some])[:-1]])
    best = np.maximum.reduceat(near, starts)
    found.words[some] = np.stack([_closeness(word, best) for word in words], axis=1)
    typed = [row for word in words for row in word.rows]
    found.back[some] = np.add.reduceat(near[:, typed].max(axis=1), starts) / counts[some]
    return found


def coverage(words: Sequence[Word], closeness: Array) -> Array:
    """Give how well listings cover a query, the weighted mean over its words; closeness has shape (listings, words)."""
    weights = np.array([word.weight for word in words], np.float32)
    total = float(weights.sum())
    return np.asarray(closeness @ (weights / total), np.float32) if total else np.zeros(len(closeness), np.float32)


def nearest_tokens(words: Sequence[Word], query: Array, listing: Kept) -> list[tuple[int, float]]:
    """Name for each word the row of the listing's token that is closest to it, and the cosine: what a page may cite.

    Rows count over the passages in their order; (-1, 0.0) where there is no token.
    """
    if not len(listing):
        return [(-1, 0.0) for _ in words]
    near = _cosines(listing, query)
    columns = [[*word.rows, *(row for rows in word.others for row in rows)] for word in words]
    at = [int(near[:, rows].max(axis=1).argmax()) for rows in columns]
    return [(row, float(near[row, rows].max())) for row, rows in zip(at, columns, strict=True)]


def _cosines(listing: Kept, query: Array) -> Array:
    return np.asarray(listing.astype(np.float32) @ (query.T / np.float32(STEPS)), np.float32)


def _closeness(word: Word, best: Array) -> Array:
    """Give one word's closeness to each listing, from the best cosine of each query token to it."""
    typed = best[:, list(word.rows)].mean(axis=1)
    others = [np.float32(OTHER_WORDS) * best[:, list(rows)].mean(axis=1) for rows in word.others]
    return np.asarray(np.max([typed, *others], axis=0), np.float32)
