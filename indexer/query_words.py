"""A query's words for late interaction: which tokens belong to each, its weight, what means the same; no engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer.analysis import Token, tokens
from indexer.late import Array, Word, project
from indexer.thesaurus import Meant
from indexer.token_reader import Tokens


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a query and all token vectors that they point to, shape (tokens, the projection's dimension)."""

    words: tuple[Word, ...]
    vectors: Array


def asked(
    parts: Sequence[tuple[str, Tokens]],
    meant: Sequence[Meant],
    phrases: Mapping[str, Tokens],
    idf: Callable[[str], float],
    projection: Array,
) -> Asked:
    """Join a query's parts, read by the model, and those `phrases` that mean the same as one in it.

    A word weighs its idf for each of its tokens: on the judged sets that ranks no worse than one idf a word, and the
    outcomes of `moj_outcome2activity` gain .02. Stop words do not count unless the query has nothing else.
    """
    words: list[Word] = []
    vectors: list[Array] = []
    first = 0
    for part, found in parts:
        words += _words(part, found, first, idf)
        vectors.append(found.vectors)
        first += len(found.vectors)
    rows: dict[str, tuple[int, ...]] = {}
    for phrase in other_phrases(meant):
        found = phrases[phrase]
        rows[phrase] = tuple(first + row for word in _kept(phrase, found) for row in word[1])
        vectors.append(found.vectors)
        first += len(found.vectors)
    joined = np.concatenate(vectors) if vectors else np.empty((0, len(projection)), np.float32)
    return Asked(tuple(_with_others(word, meant, rows) for word in words), project(joined, projection))


def other_phrases(meant: Sequence[Meant]) -> list[str]:
    """Name the phrases that must be read beside a query, each once."""
    return list(dict.fromkeys(phrase for one in meant for phrase in one.others))


def topic_tokens(text: str, found: Tokens) -> Array:
    """Give the vectors of a listing's tokens that carry topic: what is kept of a passage.

    Without stop words and punctuation six tenths are left, and no judged set changes by more than .005.
    """
    rows = [row for _, held in _kept(text, found) for row in held]
    return np.asarray(found.vectors[rows], np.float32)


def _words(text: str, found: Tokens, first: int, idf: Callable[[str], float]) -> list[Word]:
    return [
        Word(token.term, idf(token.term) * len(rows), tuple(first + row for row in rows))
        for token, rows in _kept(text, found)
    ]


def _kept(text: str, found: Tokens) -> list[tuple[Token, list[int]]]:
    """Give each word that carries topic with the rows of its tokens; all words when nothing else is there."""
    held: list[tuple[Token, list[int]]] = []
    for token in tokens(text):
        rows = [row for row, (start, _) in enumerate(found.spans) if token.start <= start < token.end]
        if rows:
            held.append((token, rows))
    return [(token, rows) for token, rows in held if not token.stop] or held


def _with_others(word: Word, meant: Sequence[Meant], rows: dict[str, tuple[int, ...]]) -> Word:
    phrases = [phrase for one in meant if word.term in one.typed for phrase in one.others]
    return replace(word, others=tuple(rows[phrase] for phrase in dict.fromkeys(phrases) if rows[phrase]))
