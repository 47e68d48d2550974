"""A proposal brought up to a version that was published meanwhile: three versions of each term made one; no table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from exchange.running.term_changes import Draft
from exchange.taxonomy import SCHEMES, Entry, Taxonomy

FIELDS = {
    "label": "Name",
    "definition": "Definition",
    "synonyms": "Synonyms",
    "differs_from": "Not the same as",
    "parent": "Stands below",
}
WHOLE = "term"
"""Where one side removed a term and the other changed it."""
OURS, THEIRS = "ours", "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Something that the proposal and the published version both changed, each otherwise; None: the term is removed."""

    scheme: str
    code: str
    field: str
    label: str
    ours: str | None
    theirs: str | None

    @property
    def key(self) -> str:
        """Give the name by which a choice between the two is told."""
        return f"{self.scheme}.{self.code}.{self.field}"


@dataclass(frozen=True, slots=True)
class Merged:
    """The draft on top of the published version, and what must be chosen; of a clash not chosen, the proposal's."""

    draft: Draft
    clashes: tuple[Clash, ...]


def merged(base: Taxonomy, ours: Draft, theirs: Taxonomy, choices: Mapping[str, str]) -> Merged:
    """Make on the published version `theirs` the changes that a proposal made of `base`; `choices` by a clash's key."""
    mine = ours.taxonomy()
    kept: dict[tuple[str, str], Entry] = {}
    clashes: list[Clash] = []
    for scheme in SCHEMES:
        for code in dict.fromkeys(e.code for t in (theirs, mine) for e in t.scheme(scheme)):
            versions = tuple(t.get(scheme, code) for t in (base, mine, theirs))
            entry = _one(versions, theirs, clashes, choices)
            if entry is not None:
                kept[scheme, code] = entry
    known = {
        key: replace(entry, differs_from=tuple(c for c in entry.differs_from if (entry.scheme, c) in kept))
        for key, entry in kept.items()
    }
    entries = tuple(known[key] for scheme in SCHEMES for key in _order(scheme, base, mine, theirs) if key in known)
    return Merged(replace(ours, entries=entries), tuple(clashes))


def _one(
    versions: tuple[Entry | None, ...], theirs: Taxonomy, clashes: list[Clash], choices: Mapping[str, str]
) -> Entry | None:
    before, mine, now = versions
    if mine == before:
        return now
    if now in (before, mine):
        return mine
    if mine is None or now is None or before is None:
        clash = _whole_clash(mine, now)
        clashes.append(clash)
        return now if choices.get(clash.key) == THEIRS else mine
    values: dict[str, Any] = {}
    for field in FIELDS:
        was, own, other = (getattr(one, field) for one in (before, mine, now))
        values[field] = other if own == was else own
        if own not in (was, other) and other != was:
            clash = _field_clash(mine, field, (own, other), theirs)
            clashes.append(clash)
            values[field] = other if choices.get(clash.key) == THEIRS else own
    return replace(now, **values)


def _whole_clash(mine: Entry | None, now: Entry | None) -> Clash:
    named = mine or now
    if named is None:
        raise LookupError("a term that neither side has cannot clash")
    ours, theirs = (None if one is None else _all_of(one) for one in (mine, now))
    return Clash(scheme=named.scheme, code=named.code, field=WHOLE, label=named.label, ours=ours, theirs=theirs)


def _all_of(entry: Entry) -> str:
    return f"{entry.label}: {entry.definition} ({', '.join(entry.synonyms) or 'no synonyms'})"


def _field_clash(mine: Entry, field: str, values: tuple[Any, Any], taxonomy: Taxonomy) -> Clash:
    ours, theirs = (_shown(mine.scheme, field, value, taxonomy) for value in values)
    return Clash(scheme=mine.scheme, code=mine.code, field=field, label=mine.label, ours=ours, theirs=theirs)


def _shown(scheme: str, field: str, value: Any, taxonomy: Taxonomy) -> str:
    if field == "parent":
        return taxonomy.label(scheme, value) if value else "Nothing: it is at the top"
    if field == "differs_from":
        return ", ".join(taxonomy.label(scheme, code) for code in value) or "None"
    return (", ".join(value) or "None") if isinstance(value, tuple) else str(value)


def _order(scheme: str, base: Taxonomy, mine: Taxonomy, theirs: Taxonomy) -> list[tuple[str, str]]:
    """Give all keys in the order of the side that changed it, the proposal's where both did; new ones after the rest's.

    What only the other side has stands after the one before which it stood there.
    """
    first, second = (mine, theirs) if _reordered(scheme, base, mine) else (theirs, mine)
    found = [entry.code for entry in first.scheme(scheme)]
    previous: str | None = None
    for entry in second.scheme(scheme):
        if entry.code not in found:
            found.insert(found.index(previous) + 1 if previous in found else 0, entry.code)
        previous = entry.code
    return [(scheme, code) for code in found]


def _reordered(scheme: str, base: Taxonomy, mine: Taxonomy) -> bool:
    old, new = ([entry.code for entry in taxonomy.scheme(scheme)] for taxonomy in (base, mine))
    both = set(old) & set(new)
    return [code for code in old if code in both] != [code for code in new if code in both]
