"""Copies of real texts with some words altered, and vectors near the real ones; pure, knows no database."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exchange.content import Content
from indexer.document import passages_of
from indexer.texts import sentences_of

SEED = 2007
SHARE = 0.125
"""One word in eight is altered: most sentences of a copy are new, and its topic is still its original's."""
NOISE = 0.35
"""Length of the noise beside a unit vector: a copy's cosine with its original is about .94."""

_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Altered:
    """A copy with the texts that a listing's indexing embeds, and those of its original."""

    content: Content
    texts: tuple[str, ...]
    sources: tuple[str, ...]


def vocabulary(texts: Iterable[str]) -> list[str]:
    """Give every longer word as often as it occurs, so that altered texts use words as often as real ones."""
    return [word.lower() for text in texts for word in _WORD.findall(text)]


def embedded_texts(content: Content) -> tuple[str, ...]:
    """Give the texts of a listing without areas and groups that its indexing embeds: passages, then sentences."""
    return (*passages_of(content), *(sentence.text for sentence in sentences_of(content)))


def altered(content: Content, words: Sequence[str], number: int) -> Altered:
    """Make copy `number` of a listing; the same number always gives the same words."""
    dice = random.Random(f"{SEED}:{number}")  # noqa: S311  repeatable, not secret
    copy = replace(
        content,
        title=_changed(content.title, words, dice),
        description=_changed(content.description, words, dice) if content.description else None,
    )
    return Altered(copy, embedded_texts(copy), embedded_texts(content))


def _changed(text: str, words: Sequence[str], dice: random.Random) -> str:
    """Replace one longer word in eight, and at least one, by words drawn from the corpus."""
    found = list(_WORD.finditer(text))
    if not found or not words:
        return text
    chosen = [match for match in found if dice.random() < SHARE] or [dice.choice(found)]
    pieces, at = [], 0
    for match in chosen:
        word = dice.choice(words)
        pieces += [text[at : match.start()], word.capitalize() if match.group()[0].isupper() else word]
        at = match.end()
    return "".join([*pieces, text[at:]])


def pairs(copy: Altered) -> list[tuple[str, str]]:
    """Pair each new text with the text of the original that stands at its place, or with the last one."""
    last = len(copy.sources) - 1
    return [(text, copy.sources[min(at, last)]) for at, text in enumerate(copy.texts) if text not in copy.sources]


def near(vectors: NDArray[np.float32], number: int) -> NDArray[np.float32]:
    """Add seeded noise to unit vectors, shape (n, dimension), and make them unit vectors again."""
    noise = np.random.default_rng([SEED, number]).standard_normal(vectors.shape, dtype=np.float32)
    moved = vectors + noise * np.float32(NOISE / np.sqrt(vectors.shape[1]))
    lengths: NDArray[np.float32] = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / lengths, np.float32)
