"""Which item of evidence each cell of full value names, so that it still does when items come, go or are reworded.

A cell keeps an index (`exchange.content.FullValue`); people and forms hold the mark of an item. Knows no form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from exchange.content import Content, Evidence, ValueCell, edition

Named = Mapping[ValueCell, str]
"""The mark of the item that each cell names."""


def mark_of(item: Evidence) -> str:
    """Give a short mark of an item: equal items, equal marks."""
    return edition(Content(title="", evidence=(item,)), "evidence")


def named_by(content: Content) -> dict[ValueCell, str]:
    """Give for each cell that names an item the item's mark."""
    items, cells = content.evidence or (), content.full_value or {}
    return {
        cell: mark_of(items[value.evidence])
        for cell, value in cells.items()
        if value.evidence is not None and value.evidence < len(items)
    }


def naming(content: Content, named: Named) -> Content:
    """Give the content with each cell naming the item of its mark; one whose item is gone is "not evidenced yet"."""
    at = {mark_of(item): index for index, item in reversed(list(enumerate(content.evidence or ())))}
    cells = content.full_value or {}
    made = {cell: replace(value, evidence=at.get(named.get(cell, ""))) for cell, value in cells.items()}
    return replace(content, full_value=made or None)


def reworded(items: Sequence[Evidence], was: Sequence[str]) -> dict[str, str]:
    """Give for each former mark the mark of the item that stands there now; `was` runs beside the items."""
    return {old: mark_of(item) for old, item in zip(was, items, strict=False) if old}
