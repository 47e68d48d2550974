"""The thesaurus: phrases that mean the same or nearly, as data; knows no listing, no engine and no taxonomy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from exchange.errors import InputError
from indexer.analysis import terms, tokens
from indexer.engine import TermGroup

OTHER_WORD = 0.8
"""What a word counts that means the same as the one typed: +.02 nDCG@10 on `grants`; .6 gives .004 less."""
LONGEST_PHRASE = 6
MOST_WORDS = 16
"""A longer text says itself what it means: expanded, a pasted contract lost its winner."""

Terms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """A phrase that the text holds, as terms, with the phrases that mean the same."""

    typed: Terms
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Phrases by their terms, each with the phrases that stand for it."""

    phrases: Mapping[Terms, tuple[str, ...]]

    def meant(self, text: str) -> tuple[Meant, ...]:
        """Find the phrases of a text, the longest first; no word belongs to two."""
        found = terms(text)
        return tuple(self._meant(found))

    def _meant(self, found: Sequence[str]) -> Iterator[Meant]:
        at = 0
        while at < len(found):
            sizes = range(min(LONGEST_PHRASE, len(found) - at), 0, -1)
            typed = next((t for n in sizes if (t := tuple(found[at : at + n])) in self.phrases), None)
            if typed is not None:
                yield Meant(typed, self.phrases[typed])
            at += len(typed) if typed else 1

    def expand(self, text: str, groups: tuple[TermGroup, ...], known: Mapping[str, float]) -> tuple[TermGroup, ...]:
        """Let single words that mean the same also count, in texts of few words.

        A phrase hangs on its rarest word. `known` gives the idf of each typed term.
        """
        if len(groups) > MOST_WORDS:
            return groups
        typed = {group.typed for group in groups}
        added: dict[str, list[str]] = {}
        for meant in self.meant(text):
            held = [term for term in meant.typed if term in typed]
            if held:
                heaviest = max(held, key=lambda term: known.get(term, 0.0))
                added.setdefault(heaviest, []).extend(_single(meant.others))
        return tuple(_with(group, [t for t in added.get(group.typed, []) if t not in typed]) for group in groups)


def _single(phrases: Sequence[str]) -> Iterator[str]:
    """Give the terms of the phrases that are one word beside stop words."""
    for phrase in phrases:
        found = [token.term for token in tokens(phrase) if not token.stop]
        if len(found) == 1:
            yield found[0]


def _with(group: TermGroup, others: Sequence[str]) -> TermGroup:
    fresh = [term for term in dict.fromkeys(others) if term not in dict(group.alternatives)]
    return replace(group, alternatives=(*group.alternatives, *((term, OTHER_WORD) for term in fresh)))


def parse(text: str) -> Thesaurus:
    """Read the lines of a thesaurus: "a, b" (each for the other) or "a -> b" (one way); # begins a remark.

    Raises:
        InputError: a line names no second phrase; the sentence gives its number.
    """
    phrases: dict[Terms, dict[str, None]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if content:
            left, arrow, right = content.partition("->")
            typed = _phrases(left)
            others = _phrases(right) if arrow else typed
            if not typed or not others or (not arrow and len(typed) == 1):
                raise InputError(f"Line {number} of the thesaurus names no second phrase; write a, b or a -> b.")
            for phrase in typed:
                kept = [other for other in others if terms(other) != terms(phrase)]
                phrases.setdefault(tuple(terms(phrase)), {}).update(dict.fromkeys(kept))
    return Thesaurus({key: tuple(others) for key, others in phrases.items()})


def _phrases(text: str) -> list[str]:
    return [phrase for part in text.split(",") if (phrase := part.strip())]


@lru_cache(maxsize=1)
def packaged() -> Thesaurus:
    """Give the thesaurus that the package ships."""
    return parse(packaged_text())


def packaged_text() -> str:
    """Give the lines of the thesaurus that the package ships."""
    return (files("indexer") / "data" / "thesaurus.txt").read_text(encoding="utf-8")
