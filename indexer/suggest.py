"""Texts with their misspelt words mended, for the search itself and for "did you mean"; knows no page."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from indexer.analysis import Token, terms, tokens
from indexer.engine import Engine, TermGroup
from indexer.results import Chip
from indexer.spelling import nearest

MOST_WORDS = 12
"""A longer text is prose, not a query with a slip."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A text as it was understood, a chip for each word that was read as another, and what stood in its place."""

    text: str
    chips: tuple[Chip, ...] = ()
    typed: tuple[tuple[str, str], ...] = ()
    """Terms that were read, each with the one that was typed."""

    def also_as_typed(self, groups: tuple[TermGroup, ...]) -> tuple[TermGroup, ...]:
        """Let a word count as it was typed too: a listing that is newer than the index's figures may hold it."""
        typed = dict(self.typed)
        return tuple(
            replace(group, alternatives=(*group.alternatives, (typed[group.typed], 1.0)))
            if group.typed in typed
            else group
            for group in groups
        )


def mended(text: str, engine: Engine, keep: Collection[str] = (), removed: Collection[str] = ()) -> Mended:
    """Read each misspelt word of a short text as the nearest one.

    `keep` holds parts of the text that were understood, such as places: their words stay as typed. So do those of
    which the person took the chip away (`removed` holds keys of chips).
    """
    slips = _slips(text, engine, keep, lambda word: _key(word) in removed)
    changed = text
    for token, near in reversed(slips):
        changed = changed[: token.start] + near + changed[token.end :]
    words = dict.fromkeys((text[token.start : token.end], near) for token, near in slips)
    chips = {_key(word): Chip(key=_key(word), label=f"“{word}” as “{near}”", words=word) for word, near in words}
    return Mended(changed, tuple(chips.values()), tuple((terms(near)[0], token.term) for token, near in slips))


def respelt(text: str, engine: Engine, keep: Collection[str] = ()) -> str | None:
    """Give a text with its misspelt words mended; None when nothing changes."""
    changed = mended(text, engine, keep).text
    return changed if changed != text else None


def _slips(
    text: str, engine: Engine, keep: Collection[str], left_alone: Callable[[str], bool]
) -> list[tuple[Token, str]]:
    kept = {token.term for part in keep for token in tokens(part)}
    found = [token for token in tokens(text) if not token.stop and token.term not in kept]
    if not 0 < len(found) <= MOST_WORDS:
        return []
    typed = [(token, text[token.start : token.end]) for token in found]
    near = [(token, nearest(word, engine)) for token, word in typed if not left_alone(word)]
    return [(token, word) for token, word in near if word is not None]


def _key(word: str) -> str:
    return f"spelling:{word.lower()}"
