"""Which word a misspelt one was meant to be: one of the index, of the thesaurus or of plain English; knows no query."""

from functools import lru_cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.analysis import terms, words
from indexer.engine import Engine
from indexer.help_words import packaged
from indexer.thesaurus import packaged_text

SHORTEST = 4
"""Shorter words are too near to too many others."""
LONG = 8
MOST_NEAR = 5
"""Words of the index that are compared; they come nearest first."""


def nearest(word: str, engine: Engine) -> str | None:
    """Give the word that is spelt most like one that nobody writes; None where none is near or the word is one.

    One slip is forgiven, two in a long word (optimal string alignment: a swap of two letters is one slip). A word that
    no listing holds may well be a word: only what is neither in the index nor in a dictionary is a slip. Of words as
    near, one by which people ask for help goes first ("addction" is addiction, not addition), then one that listings
    hold, then one that begins with the same letter, then the commoner one; a word of the dictionary alone must begin
    with that letter, because few slips are in the first (8% in Pollock and Zamora, 1984, Automatic spelling correction
    in scientific and scholarly text).
    """
    typed = word.lower()
    if len(typed) < SHORTEST or not typed.isalpha() or _is_word(typed, engine):
        return None
    slips = 1 if len(typed) < LONG else 2
    near = dict[str, tuple[int, bool, bool, bool, int]]()
    for found, held in engine.similar_words(typed, MOST_NEAR):
        distance = int(OSA.distance(typed, found))
        if distance <= slips:
            near[found] = (distance, found not in _of_help(), False, found[0] != typed[0], -held)
    for found, distance in _in_dictionary(typed, slips):
        near.setdefault(found, (distance, found not in _of_help(), True, False, -_dictionary()[found]))
    return min(near, key=lambda found: (near[found], found), default=None)


def _is_word(typed: str, engine: Engine) -> bool:
    return typed in _dictionary() or any(engine.frequency(term) for term in terms(typed))


def _in_dictionary(typed: str, slips: int) -> list[tuple[str, int]]:
    found = process.extract(typed, _by_letter().get(typed[0], ()), scorer=OSA.distance, score_cutoff=slips, limit=20)
    return [(word, int(distance)) for word, distance, _ in found]


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, int]:
    """Give the words of plain English with how common each is, and beside them those of the thesaurus and of help.

    The list is symspellpy's: words that are both in Google's n-grams and in SCOWL, British spellings among them.
    """
    lines = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig").splitlines()
    counts = dict.fromkeys((*words(packaged_text()), *_of_help()), 1)
    counts.update((word, int(count)) for word, _, count in (line.partition(" ") for line in lines))
    return counts


@lru_cache(maxsize=1)
def _of_help() -> frozenset[str]:
    """Give the words by which people ask for help."""
    return frozenset(word for phrases in packaged().values() for phrase in phrases for word in words(phrase))


@lru_cache(maxsize=1)
def _by_letter() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in _dictionary():
        found.setdefault(word[0], []).append(word)
    return found
