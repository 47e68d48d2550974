"""What differs between two texts of a listing, field by field and word by word; knows no page and no code's name."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from exchange.content import Content, Evidence, FullValue, Outcome, ValueCell

LABELS = {
    "title": "Title",
    "summary": "Summary",
    "description": "Description",
    "method": "Method",
    "areas": "Areas of work",
    "groups": "Who it is for",
    "age_min": "Youngest age",
    "age_max": "Oldest age",
    "gender": "Gender",
    "outcomes": "Outcomes",
    "stage": "Stage",
    "tiers": "Ways of funding",
    "money_min": "Lowest sum in pounds",
    "money_max": "Highest sum in pounds",
    "money_basis": "What the sum covers",
    "term_months": "Term in months",
    "start_on": "Starts",
    "closes_on": "Closing date",
    "reply_by": "Reply by",
    "price_weight": "Weight of price",
    "quality_weight": "Weight of quality",
    "full_value": "Full value",
    "open_to_partners": "Open to partners",
    "evidence": "Evidence",
    "delivers_in": "Delivers in now",
    "would_deliver_in": "Would deliver in",
    "required_in": "Required in",
    "office_in": "Based in",
    "grant_received": "Grant received in pounds",
}
"""Every field of a content, in reading order."""
CELLS = {
    ValueCell.USERS_OUTCOMES: "Full value, outcomes for users",
    ValueCell.USERS_SATISFACTION: "Full value, satisfaction of users",
    ValueCell.OTHERS_OUTCOMES: "Full value, outcomes for others",
    ValueCell.OTHERS_SATISFACTION: "Full value, satisfaction of others",
}
MOST_PAIRS = 9_000_000
"""Words and spaces that differ, old times new, up to which they are compared one by one: about a second at worst."""
LITTLE = 0.3
"""Share of a changed passage's characters, in words that both have, below which it is shown as removed and added."""
SAME, REPLACED = "equal", "replace"
"""Two of the four words of `difflib`."""

Name = Callable[[str, str], str]
"""Gives the name of a code: of an area, group, place or word of a closed list, by the field that holds it."""


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


Piece = tuple[Change, str]
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage's words, which alone are compared, and the empty lines after it."""

    words: str
    gap: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of text and what became of it; the pieces that are not added give the old text, in order."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in both texts; None where it is not stated."""

    field: str
    label: str
    old: str | None
    new: str | None
    marks: tuple[Mark, ...]

    @property
    def changed(self) -> bool:
        """Say whether the field differs."""
        return self.old != self.new


def differences(old: Content, new: Content, name: Name = lambda _field, code: code) -> tuple[Difference, ...]:
    """Compare two texts of a listing; give every field that one of them states, in reading order.

    Each cell of the full value is a field of its own. `name` gives the words for codes.
    """
    before, after = _texts(old, name), _texts(new, name)
    labels = {key: LABELS[key] for key in LABELS if key != "full_value"} | dict(CELLS)
    stated = [key for key in labels if before.get(key) is not None or after.get(key) is not None]
    return tuple(
        Difference(key, labels[key], before.get(key), after.get(key), word_marks(before.get(key), after.get(key)))
        for key in stated
    )


def word_marks(old: str | None, new: str | None) -> tuple[Mark, ...]:
    """Compare two texts: passage by passage, and word by word where a passage changed and much of it stays."""
    before, after = _passages(old or ""), _passages(new or "")
    pieces: list[Piece] = []
    for what, removed, added in _compared(before, after):
        if what == SAME:
            for one, other in zip(removed, added, strict=True):
                pieces += [(Change.SAME, one.words), *_gap(one.gap, other.gap)]
        else:
            pieces += _words(_whole(removed), _whole(added))
    runs = groupby((piece for piece in pieces if piece[1]), key=itemgetter(0))
    return tuple(Mark(change, "".join(text for _, text in run)) for change, run in runs)


def _passages(text: str) -> list[_Passage]:
    """Cut a text at its empty lines."""
    parts = [*re.split(r"(\n\s*\n)", text), ""]
    return [_Passage(words, gap) for words, gap in zip(parts[::2], parts[1::2], strict=True)]


def _whole(passages: Iterable[_Passage]) -> str:
    return "".join(one.words + one.gap for one in passages)


def _gap(old: str, new: str) -> list[Piece]:
    return [(Change.SAME, old)] if old == new else [(Change.REMOVED, old), (Change.ADDED, new)]


def _words(old: str, new: str) -> list[Piece]:
    """Compare two passages word by word; two that share little are easier to read whole."""
    found = list(_compared(re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)))
    same = sum(len(word) for what, words, _ in found if what == SAME for word in words if not word.isspace())
    if same < LITTLE * max(len(old), len(new)):
        return [(Change.REMOVED, old), (Change.ADDED, new)]
    return [piece for step in found for piece in _shown(*step)]


def _compared(old: Sequence[Item], new: Sequence[Item]) -> Iterator[tuple[str, Sequence[Item], Sequence[Item]]]:
    """Give what is the same, removed, added or replaced, in order; the ends that both share are put aside first."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    yield SAME, old[:head], new[:head]
    if len(a) * len(b) > MOST_PAIRS:
        yield REPLACED, a, b
    else:
        for what, i, j, k, m in SequenceMatcher(None, a, b).get_opcodes():
            yield what, a[i:j], b[k:m]
    yield SAME, old[len(old) - tail :], new[len(new) - tail :]


def _shown(what: str, removed: Sequence[str], added: Sequence[str]) -> list[Piece]:
    if what == SAME:
        return [(Change.SAME, "".join(removed))]
    return [(Change.REMOVED, "".join(removed)), (Change.ADDED, "".join(added))]


def _common(one: Sequence[Item], other: Sequence[Item]) -> int:
    """Count the words that both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _texts(content: Content, name: Name) -> dict[str, str]:
    """Write every stated field as text; what is not stated is left out."""
    values = {field: getattr(content, field) for field in LABELS if field != "full_value"}
    texts = {field: _text(field, value, name) for field, value in values.items() if value is not None}
    return texts | {cell: _cell(value) for cell, value in (content.full_value or {}).items()}


def _text(field: str, value: Any, name: Name) -> str:
    if isinstance(value, tuple):
        items = [_item(field, item, name) for item in value]
        return "\n\n".join(items) if field in {"outcomes", "evidence"} else "; ".join(items)
    return _item(field, value, name)


def _item(field: str, value: Any, name: Name) -> str:
    if isinstance(value, Outcome):
        return _joined(value.statement, {"For": value.for_whom, "Measured by": value.measure})
    if isinstance(value, Evidence):
        return _joined(f"{name(field, value.kind)}: {value.text}", {"Source": value.link})
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, int):
        return f"{value:,}"
    coded = isinstance(value, StrEnum) or field in {"areas", "groups"} or field.endswith("_in")
    return name(field, value) if coded else str(value)


def _cell(value: FullValue) -> str:
    evidence = None if value.evidence is None else str(value.evidence + 1)
    return _joined(value.statement, {"Who gains": value.beneficiary, "Evidence": evidence})


def _joined(text: str, more: dict[str, str | None]) -> str:
    return "\n".join([text, *(f"{label}: {value}" for label, value in more.items() if value is not None)])
