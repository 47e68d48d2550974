"""Other spellings for words that no listing holds, for the search itself and for "did you mean"; knows no page."""

from collections.abc import Collection

from rapidfuzz.distance import OSA

from indexer.analysis import terms, tokens
from indexer.engine import Engine

SHORTEST = 4
"""Shorter words are too near to too many others."""
LONG = 8
MOST_WORDS = 12
"""A longer text is prose, not a query with a slip."""


def nearest(word: str, engine: Engine) -> str | None:
    """Give the word of the index that is spelt most like one that no listing holds; None where none is near.

    One slip is forgiven, two in a long word (optimal string alignment: a swap of two letters is one slip).
    """
    if len(word) < SHORTEST or not word.isalpha() or any(engine.frequency(term) for term in terms(word)):
        return None
    near = engine.similar_words(word.lower(), 1)
    slips = 1 if len(word) < LONG else 2
    return near[0][0] if near and OSA.distance(word.lower(), near[0][0]) <= slips else None


def respelt(text: str, engine: Engine, keep: Collection[str] = ()) -> str | None:
    """Give the text with each unknown word replaced by the nearest word of the index; None when nothing changes.

    `keep` holds parts of the text that were understood, such as places: their words stay as typed.
    """
    kept = {token.term for part in keep for token in tokens(part)}
    found = [token for token in tokens(text) if not token.stop and token.term not in kept]
    if not 0 < len(found) <= MOST_WORDS:
        return None
    changed = text
    for token in reversed(found):
        near = nearest(text[token.start : token.end], engine)
        if near is not None:
            changed = changed[: token.start] + near + changed[token.end :]
    return changed if changed != text else None
