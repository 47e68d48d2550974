"""Fields of several rows: outcomes, items of evidence, and the four cells of full value; knows no step."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from exchange.content import Content, Evidence, EvidenceKind, FullValue, Outcome, ValueCell
from exchange.listing.evidence_marks import mark_of, named_by
from web import wording
from web.cards import Fact, Words
from web.forms import Form
from web.listing_page import web_address
from web.posting.posting_fields import LINE, LONG, Desk, One, Option, Values, within

MOST_ROWS = 30
"""More outcomes or items than anybody reads."""
STATEMENT = 1_000

KIND_HINTS = {
    EvidenceKind.DESCRIBES: "You can say what it does and why it should work. Level 1.",
    EvidenceKind.BEFORE_AFTER: "Data show a change in the people who took part, but not what caused it. Level 2.",
    EvidenceKind.COMPARISON: "People who took part did better than similar people who did not. Level 3.",
    EvidenceKind.REPLICATION: "Somebody independent repeated it and found the same. Level 4.",
    EvidenceKind.MANUAL: "Others can run it from your manual. Together with independent replication, level 5.",
}
"""Nesta's standards of evidence, in words for the one who states an item."""
CELL_HINTS = {
    ValueCell.USERS_OUTCOMES: "What changes in the lives of the people who use it?",
    ValueCell.OTHERS_OUTCOMES: "What changes for families, neighbours, services or the taxpayer?",
    ValueCell.USERS_SATISFACTION: "What do the people who use it say of it?",
    ValueCell.OTHERS_SATISFACTION: "What do others say of it: families, staff, partners?",
}
"""Source: report, From 'full cost' to 'full value'."""
CELLS = (
    (ValueCell.USERS_OUTCOMES, ValueCell.OTHERS_OUTCOMES),
    (ValueCell.USERS_SATISFACTION, ValueCell.OTHERS_SATISFACTION),
)
NO_ITEM: Option = ("", "Not evidenced yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(One):
    """What outcomes and evidence have in common: numbered rows, of which empty ones are dropped."""

    parts: ClassVar[tuple[str, ...]]
    least: ClassVar[int]

    @property
    def first(self) -> str:
        """Give the id of the first row's first control."""
        return f"{self.name}-1-{self.parts[0]}"

    def numbers(self, form: Form) -> tuple[int, ...]:
        """Number the rows that the form holds."""
        return numbered(form, self.name)

    def blank(self, filled: int, desk: Desk) -> Values:
        """Give the empty rows below those that are filled."""
        last = min(max(self.least, filled, desk.rows), max(filled, MOST_ROWS))
        return {f"{self.name}-{at}-{part}": [""] for at in range(filled + 1, last + 1) for part in self.parts}


def numbered(form: Form, name: str) -> tuple[int, ...]:
    """Number the rows of that name that the form holds."""
    pattern = re.compile(rf"{name}-([1-9][0-9]?)-[a-z_]+")
    found = {int(match[1]) for key in form.values if (match := pattern.fullmatch(key))}
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes(Rows):
    """Outcomes: what changes, how it is measured, for whom."""

    macro: ClassVar[str] = "outcomes"
    parts: ClassVar[tuple[str, ...]] = ("statement", "measure", "for_whom")
    least: ClassVar[int] = 3

    def shown(self, desk: Desk) -> Values:
        """Give every outcome and some empty rows."""
        stated = desk.content.outcomes or ()
        values = {
            f"{self.name}-{at}-{part}": [getattr(outcome, part) or ""]
            for at, outcome in enumerate(stated, 1)
            for part in self.parts
        }
        return values | self.blank(len(stated), desk)

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the outcomes in their order."""
        del desk
        rows = [self._row(form, at) for at in self.numbers(form)]
        return {self.name: tuple(row for row in rows if row) or None}

    def _row(self, form: Form, at: int) -> Outcome | None:
        row = f"{self.name}-{at}"
        statement = within(form, f"{row}-statement", STATEMENT, f"Outcome {at}")
        measure = within(form, f"{row}-measure", LINE, f"The measure of outcome {at}")
        for_whom = within(form, f"{row}-for_whom", LINE, f"“For whom” of outcome {at}")
        if statement is None and (measure or for_whom):
            form.refuse(f"{row}-statement", f"Say what outcome {at} is, or clear the rest of it.")
        return Outcome(statement=statement, measure=measure, for_whom=for_whom) if statement else None

    def told(self, content: Content, words: Words) -> tuple[Fact, ...]:
        """Say each outcome on a line."""
        del words
        lines = ["; ".join(filter(None, [one.statement, one.measure, one.for_whom])) for one in content.outcomes or ()]
        return (Fact(self.label, "\n".join(lines) or None),)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItems(Rows):
    """Items of evidence, each with its kind; the form carries the mark that each had when it was shown."""

    macro: ClassVar[str] = "evidence"
    parts: ClassVar[tuple[str, ...]] = ("text", "kind", "link", "was")
    least: ClassVar[int] = 1

    def options(self, desk: Desk) -> tuple[Option, ...]:
        """Give the kinds, weakest first."""
        del desk
        return tuple((kind.value, wording.EVIDENCE_KINDS[kind], KIND_HINTS[kind]) for kind in EvidenceKind)

    def shown(self, desk: Desk) -> Values:
        """Give every item and some empty rows."""
        stated = desk.content.evidence or ()
        values: Values = {}
        for at, item in enumerate(stated, 1):
            row = f"{self.name}-{at}"
            values |= {f"{row}-text": [item.text], f"{row}-kind": [item.kind], f"{row}-link": [item.link or ""]}
            values[f"{row}-was"] = [mark_of(item)]
        return values | self.blank(len(stated), desk)

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the items in their order."""
        del desk
        rows = [self._row(form, at) for at in self.numbers(form)]
        return {self.name: tuple(row for row in rows if row) or None}

    def _row(self, form: Form, at: int) -> Evidence | None:
        row = f"{self.name}-{at}"
        text = within(form, f"{row}-text", LONG, f"Evidence {at}")
        kind = form.choice(EvidenceKind, f"{row}-kind", f"The kind of evidence {at}")
        link = within(form, f"{row}-link", STATEMENT, f"The link of evidence {at}")
        if link and web_address(link) is None:
            form.refuse(
                f"{row}-link", f"The link of evidence {at} must be an address such as https://example.org/data."
            )
        if text is None:
            if link:
                form.refuse(f"{row}-text", f"Say what evidence {at} is, or clear its link.")
            return None
        if kind is None:
            form.refuse(f"{row}-kind", f"Choose the kind of evidence {at}.")
            return None
        return Evidence(text=text, kind=kind, link=link)

    def told(self, content: Content, words: Words) -> tuple[Fact, ...]:
        """Say each item on a line."""
        del words
        lines = [
            "; ".join(filter(None, [f"{wording.EVIDENCE_KINDS[one.kind]}: {one.text}", one.link]))
            for one in content.evidence or ()
        ]
        return (Fact(self.label, "\n".join(lines) or None),)


def marks_shown(form: Form) -> tuple[str, ...]:
    """Give beside each item of evidence that was typed the mark that it had when it was shown."""
    rows = [f"evidence-{at}" for at in numbered(form, "evidence")]
    return tuple(form.text(f"{row}-was") for row in rows if form.text(f"{row}-text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueGrid(One):
    """The grid of full value: outcomes and satisfaction, for the people who use it and for others."""

    macro: ClassVar[str] = "grid"
    cells: ClassVar[tuple[tuple[ValueCell, ValueCell], ...]] = CELLS
    hints: ClassVar[Mapping[ValueCell, str]] = CELL_HINTS
    legends: ClassVar[Mapping[ValueCell, str]] = wording.VALUE_CELLS

    @property
    def first(self) -> str:
        """Give the id of the first cell's first control."""
        return f"{CELLS[0][0]}-statement"

    def options(self, desk: Desk) -> tuple[Option, ...]:
        """Give the items of evidence that a cell may name, by their marks."""
        items = desk.content.evidence or ()
        return (NO_ITEM, *((mark_of(item), f"Evidence {at}: {item.text[:60]}") for at, item in enumerate(items, 1)))

    def shown(self, desk: Desk) -> Values:
        """Give the four cells."""
        stated, named = desk.content.full_value or {}, named_by(desk.content)
        values: Values = {}
        for cell in ValueCell:
            value = stated.get(cell) or FullValue(statement="")
            values[f"{cell}-statement"] = [value.statement]
            values[f"{cell}-beneficiary"] = [value.beneficiary or ""]
            values[f"{cell}-evidence"] = [named.get(cell, "")]
        return values

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the cells that are claimed; which evidence each names is read by `marks_chosen`."""
        del desk
        cells = {cell: value for cell in ValueCell if (value := self._cell(form, cell))}
        return {self.name: cells or None}

    def _cell(self, form: Form, cell: ValueCell) -> FullValue | None:
        what = wording.VALUE_CELLS[cell].lower()
        statement = within(form, f"{cell}-statement", STATEMENT, f"What you say of {what}")
        beneficiary = within(form, f"{cell}-beneficiary", LINE, f"Who gains from {what}")
        if statement is None and (beneficiary or form.text(f"{cell}-evidence")):
            form.refuse(f"{cell}-statement", f"Say what you claim of {what}, or clear the rest of the cell.")
        return FullValue(statement=statement, beneficiary=beneficiary) if statement else None

    def told(self, content: Content, words: Words) -> tuple[Fact, ...]:
        """Say each cell."""
        del words
        cells = content.full_value or {}
        return tuple(Fact(wording.VALUE_CELLS[cell], self._said(content, cells.get(cell))) for cell in ValueCell)

    def _said(self, content: Content, value: FullValue | None) -> str | None:
        if value is None:
            return None
        items = content.evidence or ()
        item = items[value.evidence].text if value.evidence is not None and value.evidence < len(items) else None
        return "; ".join(filter(None, [value.statement, value.beneficiary, item]))


def marks_chosen(form: Form) -> dict[ValueCell, str]:
    """Give for each cell the mark of the item that was chosen for it."""
    chosen = {cell: form.text(f"{cell}-evidence") for cell in ValueCell if form.text(f"{cell}-statement")}
    return {cell: mark for cell, mark in chosen.items() if mark}
