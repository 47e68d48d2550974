"""Text to terms, the same for every engine: one token pattern, lower case, Snowball English; knows no document."""

import re
import threading
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

TOKEN = re.compile(r"[^\W_]+")
LONGEST = 40
"""A longer run of letters is noise; its beginning stands for it, so that no query of one such run is empty."""

STOP_WORDS = frozenset(
    """
    a about after all also am an and any are as at be because been before being but by can could did do does
    doing each for from had has have he her here him his how i if in into is it its just ll me more most my need
    needs no nor not now of on only or other our out over own please re s same she should so some such t than
    that the their them then there these they this those through to too under up us ve very was we were what
    when where which while who whom why will with would you your
    """.split()  # noqa: SIM905  a list of strings would fill a page
)
"""Words that carry no topic; a query of nothing else keeps them (no query is ever emptied)."""

_local = threading.local()


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: its term, where it stands, and whether it carries topic."""

    term: str
    start: int
    end: int
    stop: bool


IRREGULAR = {
    "children": "child",
    "women": "woman",
    "men": "man",
    "wives": "wife",
    "knives": "knife",
    "lives": "life",
    "feet": "foot",
    "teeth": "tooth",
}
"""Plurals that the stemmer does not know."""


@lru_cache(maxsize=500_000)
def _stem(word: str) -> str:
    """Stem one lower-case word; the cache is small beside an index and spares most calls."""
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer("english")
    return str(stemmer.stemWord(IRREGULAR.get(word, word)))


def tokens(text: str) -> list[Token]:
    """Split a text into its tokens, in order, with their places in the text."""
    found = []
    for match in TOKEN.finditer(_lower(text)):
        word = match.group()[:LONGEST]
        found.append(Token(_stem(word), match.start(), match.end(), word in STOP_WORDS))
    return found


def _lower(text: str) -> str:
    """Lower the case letter by letter, so that places stay and no letter depends on its neighbours."""
    return text.replace("\u0130", "I").lower().replace("\u03c2", "\u03c3")


def words(text: str) -> list[str]:
    """Give the words of a text, in order, lower case and not stemmed."""
    return [word[:LONGEST] for word in TOKEN.findall(_lower(text))]


def terms(text: str) -> list[str]:
    """Give the terms of a text, in order, stop words among them."""
    return [_stem(word) for word in words(text)]


def topic_terms(text: str) -> list[str]:
    """Give the terms that carry topic, in order; all of them when nothing else is there."""
    found = tokens(text)
    return [t.term for t in found if not t.stop] or [t.term for t in found]


# a run of spaces is tried from its first space only: from each of them the cost would be its length squared
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z0-9\"'(\u2018\u201c\u2022-])|(?<!\s)\s*\n+\s*|(?<!\s)\s+(?=\u2022)")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|St|Mr|Mrs|Ms|Dr|No|approx|incl)\.)$")


def sentences(text: str) -> list[str]:
    """Split a text into whole sentences and list items; nothing is lost but the spaces between."""
    found: list[str] = []
    for piece in _SENTENCE.split(text.strip()):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        elif piece:
            found.append(piece)
    return found
