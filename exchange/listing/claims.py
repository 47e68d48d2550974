"""The claim check: what a reader will doubt in a listing, said to its author as advice; knows no session and no page.

Local rules over the words alone (issue 5, Claim check). Nothing that it finds blocks anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.content import Content, EvidenceKind, Kind, Outcome, Stage
from exchange.listing.claim_words import (
    CHILD_CODES,
    CHILDREN,
    EFFECT,
    HEALTH,
    HEALTH_CODES,
    HOPE,
    NAMES_PEOPLE,
    WHEN,
    claimed,
    has_link,
    numbers,
    quote,
    sentences,
)
from exchange.listing.need_checks import Found, need_checks

MOST_OF_A_KIND = 3
"""Places of one fault that are quoted in one field; who mends these finds the others."""

HOPED = (
    "This says what you hope, and readers look for what you do. Say what happens now and what has changed by it; "
    "leave out words such as “aim”, “hope” and “intend”."
)
UNSOURCED = "This number has no source. Add an item of evidence that gives the same number, or one with a link to it."
NO_WHO = "This outcome does not say for whom. Name the people whose lives change."
NO_WHEN = "This outcome does not say how or when anybody would see it. Add a measure or a time."


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice: the field of content that it is about, what to do, and the author's words; None: all."""

    field: str
    sentence: str
    quote: str | None = None


def check(content: Content, kind: Kind, today: date | None = None) -> tuple[Advice, ...]:
    """Give advice on what a listing says, in reading order.

    `today` is the day on which answers can begin to come (of a published need, the day of its publication); without
    it nothing is said of dates that have to do with it. Numbers in a need describe the problem or are targets, and a
    commissioner's wishes are what a need is for: hopes and numbers are looked for in innovations only.
    """
    found = [*_innovation_checks(content)] if kind is Kind.INNOVATION else [*need_checks(content, today)]
    found += _outcome_checks(content)
    return tuple(Advice(*one) for one in _at_most(found))


def risky(content: Content, kind: Kind = Kind.INNOVATION) -> str | None:
    """Say why a moderator should look at a listing early: it claims something of children or health, without evidence.

    None where it does not. A need claims nothing.
    """
    subjects = about(content)
    if kind is Kind.NEED or content.evidence or not subjects or not _claims_something(content):
        return None
    return f"Claims about {' and '.join(subjects)} without evidence"


def about_children_or_health(content: Content) -> bool:
    """Say whether a listing is about children or about health."""
    return bool(about(content))


def about(content: Content) -> tuple[str, ...]:
    """Name which of "children" and "health" a listing is about: by its areas and groups, its ages, or its words."""
    codes = {*(content.areas or ()), *(content.groups or ())}
    words = " ".join([content.title, content.summary or "", *(one.statement for one in content.outcomes or ())])
    young = content.age_max is not None and content.age_max < 18
    found = {
        "children": bool(codes & CHILD_CODES) or young or CHILDREN.search(words) is not None,
        "health": bool(codes & HEALTH_CODES) or HEALTH.search(words) is not None,
    }
    return tuple(name for name, holds in found.items() if holds)


def _claims_something(content: Content) -> bool:
    texts = [text for _, text in _claiming(content) if text]
    return bool(content.outcomes) or any(EFFECT.search(text) or any(claimed(text)) for text in texts)


def _innovation_checks(content: Content) -> Iterator[Found]:
    sourced = _sourced(content)
    for field, text in _claiming(content):
        for sentence in sentences(text):
            if content.stage is not Stage.IDEA and (hope := HOPE.search(sentence)):
                yield field, HOPED, quote(sentence, hope.start())
            number = next((one for one in claimed(sentence) if not _has_source(one.group(), sentence, sourced)), None)
            if number:
                yield field, UNSOURCED, quote(sentence, number.start())


def _claiming(content: Content) -> Iterator[tuple[str, str | None]]:
    """Give the texts that claim something, each with its field; a cell that names its evidence has a source."""
    yield "summary", content.summary
    yield "description", content.description
    for outcome in content.outcomes or ():
        yield "outcomes", outcome.statement
        yield "outcomes", outcome.measure
    for cell in (content.full_value or {}).values():
        if cell.evidence is None:
            yield "full_value", cell.statement


def _sourced(content: Content) -> frozenset[str] | None:
    """Give the numbers that the evidence carries; None where an item links to a source, which may hold them all."""
    items = content.evidence or ()
    if any(has_link(item.text) or (item.link and item.kind is not EvidenceKind.MANUAL) for item in items):
        return None
    return frozenset().union(*(numbers(item.text) for item in items))


def _has_source(claim: str, sentence: str, sourced: frozenset[str] | None) -> bool:
    return sourced is None or has_link(sentence) or bool(numbers(claim) & sourced)


def _outcome_checks(content: Content) -> Iterator[Found]:
    for outcome in content.outcomes or ():
        if not names_people(outcome):
            yield "outcomes", NO_WHO, quote(outcome.statement)
        if not outcome.measure and not WHEN.search(outcome.statement):
            yield "outcomes", NO_WHEN, quote(outcome.statement)


def names_people(outcome: Outcome) -> bool:
    """Say whether an outcome tells whose lives change."""
    return outcome.for_whom is not None or NAMES_PEOPLE.search(outcome.statement) is not None


def _at_most(found: list[Found]) -> Iterator[Found]:
    counted: dict[tuple[str, str], int] = {}
    for field, sentence, words in found:
        counted[field, sentence] = counted.get((field, sentence), 0) + 1
        if counted[field, sentence] <= MOST_OF_A_KIND:
            yield field, sentence, words
