"""Did you mean: another spelling for words that no listing holds; knows no page."""

from indexer.analysis import tokens
from indexer.engine import Engine

SHORTEST = 4
"""Shorter words are too near to too many others."""
MOST_WORDS = 12
"""A longer text is prose, not a query with a slip."""


def respelt(text: str, engine: Engine) -> str | None:
    """Give the text with each unknown word replaced by the nearest word of the index; None when nothing changes."""
    found = [token for token in tokens(text) if not token.stop]
    if not 0 < len(found) <= MOST_WORDS:
        return None
    changed = text
    for token in reversed(found):
        word = text[token.start : token.end]
        if len(word) < SHORTEST or not word.isalpha() or engine.frequency(token.term):
            continue
        near = engine.similar_words(word.lower(), 1)
        if near:
            changed = changed[: token.start] + near[0][0] + changed[token.end :]
    return changed if changed != text else None
