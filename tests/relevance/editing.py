"""Editing a listing's content as its owner could: one sentence out of every field, or one structured field cleared."""

from dataclasses import replace
from typing import Any

from exchange.content import Content
from indexer.analysis import sentences

UNTITLED = "Untitled"
CLEARS: dict[str, tuple[str, ...]] = {
    "areas": ("areas",),
    "who": ("groups",),
    "place": ("delivers_in", "would_deliver_in", "required_in"),
    "tier": ("tiers",),
    "money": ("money_min", "money_max", "money_basis"),
}
"""What an owner clears to state nothing of a part."""


def without_sentence(content: Content, text: str) -> Content:
    """Take every copy of a sentence out of title, summary, description, outcomes, full value and evidence."""
    gone = _plain(text)

    def stays(other: str) -> bool:
        return _plain(other) != gone

    evidence = [item for item in content.evidence or () if stays(item.text)]
    cells = {cell: value for cell, value in (content.full_value or {}).items() if stays(value.statement)}
    if len(evidence) != len(content.evidence or ()):  # the cells point at evidence by its place in the list
        cells = {cell: replace(value, evidence=None) for cell, value in cells.items()}
    return replace(
        content,
        title=content.title if stays(content.title) else UNTITLED,
        summary=_joined(content.summary, gone),
        description=_joined(content.description, gone),
        outcomes=tuple(one for one in content.outcomes or () if stays(one.statement)) or None,
        full_value=cells or None,
        evidence=tuple(evidence) or None,
    )


def without_field(content: Content, part: str) -> Content:
    """Clear the structured field that a reason came from."""
    nothing: dict[str, Any] = dict.fromkeys(CLEARS[part])
    return replace(content, **nothing)


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()


def _joined(text: str | None, gone: str) -> str | None:
    kept = [sentence for sentence in sentences(text or "") if _plain(sentence) != gone]
    return " ".join(kept) or None
