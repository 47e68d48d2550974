"""A listing's sentences with the field that each came from: what match compares and cites; knows no engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from exchange.content import Content
from indexer.analysis import sentences

MOST_OUTCOMES = 6
MOST_TEXTS = 6
"""Units of a listing that stand for it: its outcomes, and the sentences that say what it is."""


class Source(StrEnum):
    """Fields that a sentence can come from."""

    TITLE = "title"
    SUMMARY = "summary"
    OUTCOMES = "outcomes"
    DESCRIPTION = "description"
    FULL_VALUE = "full_value"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and its field."""

    text: str
    source: Source


def sentences_of(content: Content) -> tuple[Sentence, ...]:
    """Give every sentence of a listing once, in reading order; a sentence repeated keeps its first field."""
    found: list[tuple[Source, Sequence[str]]] = [
        (Source.TITLE, [content.title]),
        (Source.SUMMARY, sentences(content.summary or "")),
        (Source.OUTCOMES, [outcome.statement for outcome in content.outcomes or ()]),
        (Source.DESCRIPTION, sentences(content.description or "")),
        (Source.FULL_VALUE, [cell.statement for cell in (content.full_value or {}).values()]),
        (Source.EVIDENCE, [item.text for item in content.evidence or ()]),
    ]
    once: dict[str, Sentence] = {}
    for source, texts in found:
        for text in texts:
            once.setdefault(text, Sentence(text, source))
    return tuple(once.values())


def citable(content: Content) -> tuple[Sentence, ...]:
    """Give the sentences worth quoting: the title stands above them anyway, evidence says little of what is done."""
    found = sentences_of(content)
    return tuple(one for one in found if one.source not in {Source.TITLE, Source.EVIDENCE}) or found


def outcome_units(content: Content) -> tuple[str, ...]:
    """Give the outcome statements that a match looks for, at most six."""
    return tuple(outcome.statement for outcome in content.outcomes or ())[:MOST_OUTCOMES]


def text_units(content: Content) -> tuple[str, ...]:
    """Give the sentences that say what the listing is: title and summary, or the beginning of its description."""
    body = sentences(content.summary or "") or sentences(content.description or "")
    return tuple(dict.fromkeys([content.title, *body]))[:MOST_TEXTS]
