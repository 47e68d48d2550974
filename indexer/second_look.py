"""The second look: the first results of a query compared word by word and ordered again; knows no engine.

It needs of a listing which passages it has and what areas and groups it states; a `Shelf` gives that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from exchange.passages import Listed
from exchange.taxonomy import AREA, GROUP, Taxonomy
from indexer.analysis import topic_terms
from indexer.embedder import Embedder, Vectors
from indexer.engine import Found
from indexer.fusion import Scores, bands, by_score
from indexer.help_words import HelpWords, help_words, packaged
from indexer.late import Array, coverage, hear
from indexer.long_text import LONG
from indexer.passages import Passage, PassageStore
from indexer.query_words import asked, other_phrases
from indexer.rerank import DEPTH, MIX, MOST_LABELS, Evidence, Mix, aboutness, lifted, second_score
from indexer.thesaurus import Meant
from indexer.token_reader import Tokens
from indexer.vectors import embed_texts


class Shelf(Protocol):
    """Says of listings what the second look starts from: one over SQL, one over an evaluation's corpus."""

    def listed(self, ids: Sequence[int]) -> Mapping[int, Listed]:
        """Give what is kept of listings; one that is not there keeps its first place among the others."""

    def taxonomy(self) -> Taxonomy:
        """Give the areas and groups that are published now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A query as the model read it: its parts, and phrases that mean the same as one of its own."""

    parts: tuple[tuple[str, Tokens], ...]
    meant: tuple[Meant, ...] = ()
    phrases: Mapping[str, Tokens] = field(default_factory=dict)

    @property
    def vectors(self) -> Vectors:
        """Give the vectors of the parts, shape (parts, dimension)."""
        return np.stack([found.whole for _, found in self.parts])


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels of one scheme: the row of each code, and the vectors."""

    rows: Mapping[str, int]
    vectors: Vectors


class SecondLook:
    """Reads queries and orders their first results again; one a process, used by any thread."""

    def __init__(self, passages: PassageStore, shelf: Shelf) -> None:
        self._passages = passages
        self._shelf = shelf
        self._phrases: dict[tuple[str, str], Tokens] = {}
        self._labels: dict[tuple[str, int], dict[str, _Labels]] = {}
        self._help: HelpWords | None = None

    def read(self, embedder: Embedder, parts: Sequence[str], meant: Sequence[Meant]) -> Spoken:
        """Read a person's text, and in the same run of the model the phrases that were never read before."""
        name, wanted = embedder.name, other_phrases(meant)
        fresh = [phrase for phrase in wanted if (name, phrase) not in self._phrases]
        found = embedder.read_query([*parts, *fresh])
        self._phrases.update({(name, phrase): one for phrase, one in zip(fresh, found[len(parts) :], strict=True)})
        return Spoken(
            parts=tuple(zip(parts, found[: len(parts)], strict=True)),
            meant=tuple(meant),
            phrases={phrase: self._phrases[name, phrase] for phrase in wanted},
        )

    def again(
        self, embedder: Embedder, spoken: Spoken, idf: Callable[[str], float], first: "First"
    ) -> tuple[NDArray[np.intp], Scores]:
        """Order the first results again; give all rows in order and all scores.

        A score here is absolute, as the first one is: likeness to other listings orders, but is not in it.
        """
        rows = first.looked_at
        listed = self._shelf.listed(first.found.ids[rows].tolist())
        hashes = dict.fromkeys(h for one in listed.values() for h in one.hashes)
        passages = self._passages.known(embedder, list(hashes))
        seen = [_seen(listed.get(number), passages) for number in first.found.ids[rows].tolist()]
        if not any(one is not None for one in seen):
            return first.rows, first.scores
        question = asked(spoken.parts, spoken.meant, spoken.phrases, idf, self._passages.projection(embedder))
        nothing = np.empty((0, question.vectors.shape[1]), np.int8)
        heard = hear(question.words, question.vectors, [nothing if one is None else one.tokens for one in seen])
        unseen = np.array([one is None for one in seen])
        stated = [listed.get(number) for number in first.found.ids[rows].tolist()]
        areas, groups = self._about(embedder, spoken.vectors, stated)
        wanted = self._asked(spoken, stated)
        second = second_score(
            Evidence(
                first=first.scores[rows] - first.exact[rows],
                words=_like_the_others(coverage(question.words, heard.words), unseen),
                back=_like_the_others(heard.back, unseen),
                area=areas,
                group=groups,
                asked=wanted,
                passages=_closest(seen, spoken.vectors),
            ),
            first.mix,
        )
        band = bands(first.found, _among(len(first.scores), rows, lifted(second.score, wanted)))
        scores = first.scores.copy()
        scores[rows] = second.alone(first.mix) + first.exact[rows]
        order = rows[by_score(first.found.ids[rows], second.score, band[rows], first.seed)]
        return np.concatenate([order, first.rows[len(rows) :]]), scores

    def _about(self, embedder: Embedder, vectors: Vectors, listed: Sequence[Listed | None]) -> tuple[Array, Array]:
        """Say of each listing how far its areas, and its groups, are what the query is about; nan where unstated."""
        labels = self._labels_of(embedder)
        return (
            _aboutness(labels[AREA], vectors, [one.areas if one else () for one in listed]),
            _aboutness(labels[GROUP], vectors, [one.groups if one else () for one in listed]),
        )

    def _asked(self, spoken: Spoken, listed: Sequence[Listed | None]) -> Array:
        """Say of each listing how much of what a short text asks for its areas are; a long one asks for many things."""
        text, words = " ".join(part for part, _ in spoken.parts), self._help_words()
        asked = words.asked(text) if len(set(topic_terms(text))) <= LONG else ()
        return words.held(asked, [one.areas if one else () for one in listed])

    def _help_words(self) -> HelpWords:
        taxonomy = self._shelf.taxonomy()
        if self._help is None or self._help.taxonomy.version != taxonomy.version:
            self._help = help_words(packaged(), taxonomy)
        return self._help

    def _labels_of(self, embedder: Embedder) -> dict[str, _Labels]:
        taxonomy = self._shelf.taxonomy()
        key = embedder.name, taxonomy.version
        if key not in self._labels:
            made = {}
            for scheme in (AREA, GROUP):
                entries = taxonomy.scheme(scheme)
                vectors = embed_texts(self._passages.database, embedder, [entry.label for entry in entries])
                made[scheme] = _Labels({entry.code: row for row, entry in enumerate(entries)}, vectors)
            self._labels = {key: made}
        return self._labels[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The first order of a query: the candidates, their scores, the rows in order, what an exact name added.

    `seed` turns those whose second scores are practically equal; None leaves them in one order for ever. `mix` weighs
    the evidence of the second look.
    """

    found: Found
    scores: Scores
    rows: NDArray[np.intp]
    exact: Scores
    seed: str | None = None
    mix: Mix = MIX

    @property
    def looked_at(self) -> NDArray[np.intp]:
        """Give the first rows, without those below the rule: they are last, and a person does not see them."""
        rows = self.rows[:DEPTH]
        return rows[self.found.qualifies[rows]]


@dataclass(frozen=True, slots=True)
class _Seen:
    tokens: NDArray[np.int8]
    wholes: Array


def _seen(listed: Listed | None, passages: Mapping[bytes, Passage]) -> _Seen | None:
    """Join a listing's passages; None where one of them was never read."""
    if listed is None or not listed.hashes or not all(one in passages for one in listed.hashes):
        return None
    found = [passages[one] for one in listed.hashes]
    return _Seen(np.concatenate([one.tokens for one in found]), np.stack([one.whole for one in found]))


def _like_the_others(values: Array, unseen: NDArray[np.bool_]) -> Array:
    """Let a listing that was never read neither gain nor lose: it enters with the mean of the others."""
    return np.where(unseen, values[~unseen].mean(), values).astype(np.float32)


def _closest(seen: Sequence[_Seen | None], vectors: Vectors) -> Array:
    """Give of each listing the passage that is closest to the query; noughts for one that was never read."""
    found = np.zeros((len(seen), vectors.shape[1]), np.float32)
    for row, one in enumerate(seen):
        if one is not None:
            found[row] = one.wholes[(one.wholes @ vectors.T).max(axis=1).argmax()]
    return found


def _aboutness(labels: _Labels, vectors: Vectors, stated: Sequence[Sequence[str]]) -> Array:
    if not labels.rows:
        return np.full(len(stated), np.nan, np.float32)
    near = (labels.vectors @ vectors.T).max(axis=1)
    closest = np.sort(near)[-MOST_LABELS:]
    rows = [[labels.rows[code] for code in codes if code in labels.rows] for codes in stated]
    return np.array([aboutness(near[one], closest) for one in rows], np.float32)


def _among(count: int, rows: NDArray[np.intp], marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    whole = np.zeros(count, np.bool_)
    whole[rows] = marks
    return whole
