"""Texts in the manner of a catalogue: words that say nothing of what is sought, and what it leaves out; no engine."""

import re

from indexer.analysis import tokens

GENERAL = frozenset({"services", "supplies", "works", "related", "other", "auxiliary", "miscellaneous", "various"})
"""Heads of catalogue labels ("Hotel services", "Telecommunications equipment and supplies"). Embedded they draw a label
to every listing that speaks of services: without them `uk_notices` gains .009, its words are searched all the same."""

_EXCEPT = r"(?:except|excluding|excl\.|other than|apart from)(?!\w)"
_EXCEPTION = re.compile(rf"\({_EXCEPT}[^()]*\)|\b{_EXCEPT}[^.,;()]*", re.IGNORECASE)
_BEFORE_A_STOP = re.compile(r"[ ,]+(?=[.,;)])")
_JOINS = re.compile(r"^(?:(?:and|of|for)\s+)+|(?:\s+(?:and|of|for))+$", re.IGNORECASE)


def without_exceptions(text: str) -> str:
    """Take out what a text says that it does not seek: "machinery (except for farming)" is not about farming.

    A text that is left without a word of topic stays whole.
    """
    if not _EXCEPTION.search(text):
        return text
    kept = " ".join(_EXCEPTION.sub(" ", text).split())
    return _unless_empty(_BEFORE_A_STOP.sub("", kept), text)


def without_general(text: str) -> str:
    """Take out the words that say nothing of what is sought, unless nothing else is there."""
    kept = [word for word in text.split() if re.sub(r"\W", "", word).lower() not in GENERAL]
    return _unless_empty(_JOINS.sub("", " ".join(kept).strip(" ,;")), text)


def _unless_empty(changed: str, text: str) -> str:
    return changed if any(not token.stop for token in tokens(changed)) else text
