"""What differs between two versions of the areas and groups, in plain words; knows no proposal and no table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from exchange.taxonomy import SCHEMES, Entry, Taxonomy

TOP = "the top"


class Change(StrEnum):
    """What became of a term."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One term that differs: its name (the later one where there are two) and what is different, a sentence each."""

    scheme: str
    code: str
    label: str
    change: Change
    told: tuple[str, ...]


def differences(before: Taxonomy, after: Taxonomy) -> tuple[Difference, ...]:
    """Give every term that differs, in the order of the later version, those that are gone last."""
    return tuple(one for scheme in SCHEMES for one in _of_scheme(before, after, scheme))


def _of_scheme(before: Taxonomy, after: Taxonomy, scheme: str) -> Iterator[Difference]:
    moved = _moved(before, after, scheme)
    for entry in after.scheme(scheme):
        old = before.get(scheme, entry.code)
        if old is None:
            yield _difference(entry, Change.ADDED, _described(entry, after))
        elif told := tuple(_told(old, entry, before, after, moved)):
            yield _difference(entry, Change.CHANGED, told)
    for entry in before.scheme(scheme):
        if after.get(scheme, entry.code) is None:
            yield _difference(entry, Change.REMOVED, ())


def _difference(entry: Entry, change: Change, told: Sequence[str]) -> Difference:
    return Difference(scheme=entry.scheme, code=entry.code, label=entry.label, change=change, told=tuple(told))


def _described(entry: Entry, taxonomy: Taxonomy) -> tuple[str, ...]:
    told = [f"It stands {'' if entry.parent else 'at '}{_where(entry, taxonomy)}.", f"It means: {entry.definition}"]
    return (*told, f"Synonyms: {_list(entry.synonyms)}.") if entry.synonyms else tuple(told)


def _told(old: Entry, new: Entry, before: Taxonomy, after: Taxonomy, moved: frozenset[str]) -> Iterator[str]:
    if old.label != new.label:
        yield f"Name: {_quoted(old.label)} becomes {_quoted(new.label)}."
    if old.definition != new.definition:
        yield f"It meant: {old.definition} It would mean: {new.definition}"
    yield from _lists("Synonym", old.synonyms, new.synonyms)
    scheme = new.scheme
    confused = [tuple(t.label(scheme, c) for c in e.differs_from) for t, e in ((before, old), (after, new))]
    if old.differs_from != new.differs_from:
        yield from _lists("Not the same as", *confused)
    if old.parent != new.parent:
        was, now = (_where(entry, taxonomy) for taxonomy, entry in ((before, old), (after, new)))
        yield f"Moved from {was} to {now}."
    elif new.code in moved:
        siblings = [one.code for one in after.children(new.parent, scheme)]
        yield f"It stands at place {siblings.index(new.code) + 1} of {len(siblings)}."


def _where(entry: Entry, taxonomy: Taxonomy) -> str:
    return f"below {_quoted(taxonomy.label(entry.scheme, entry.parent))}" if entry.parent else TOP


def _lists(what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    added = [one for one in new if one not in old]
    gone = [one for one in old if one not in new]
    if added:
        yield f"{what}, new: {_list(added)}."
    if gone:
        yield f"{what}, no longer: {_list(gone)}."
    if not added and not gone and tuple(old) != tuple(new):
        yield f"{what}: in another order."


def _moved(before: Taxonomy, after: Taxonomy, scheme: str) -> frozenset[str]:
    """Name the terms that stand at another place among those of their parent, as few as explain the order."""
    moved: set[str] = set()
    for parent in {entry.parent for entry in after.scheme(scheme)}:
        old = [one.code for one in before.children(parent, scheme)]
        new = [one.code for one in after.children(parent, scheme)]
        both = set(old) & set(new)
        was, now = [code for code in old if code in both], [code for code in new if code in both]
        if was != now:
            blocks = SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
            moved |= both - {code for block in blocks for code in was[block.a : block.a + block.size]}
    return frozenset(moved)


def _list(texts: Sequence[str]) -> str:
    return ", ".join(map(_quoted, texts))


def _quoted(text: str) -> str:
    return f"“{text}”"
