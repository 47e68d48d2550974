"""A scheme of areas or groups being changed: terms changed, added, removed and moved, as values; knows no table."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from exchange.errors import InputError, NotFoundError
from exchange.letters import one_line
from exchange.running.term_rules import (
    ADD_CODE,
    SCHEME_WORDS,
    check_code,
    check_text,
    check_tree,
    check_words,
    folded,
    shared_synonyms,
)
from exchange.taxonomy import Entry, Taxonomy, entries_of, plain, taxonomy_of

LAST_PLACE = 10**6
HAS_CHILDREN = "“{label}” has {count} below it, such as “{child}”. Move or remove those first, then remove “{label}”."


@dataclass(frozen=True, slots=True, kw_only=True)
class TermText:
    """What a form says of a term; `place` counts from 1 among those with the same parent.

    `shared` says that a synonym may stand at another term of the scheme too.
    """

    label: str
    definition: str
    synonyms: tuple[str, ...] = ()
    differs_from: tuple[str, ...] = ()
    parent: str | None = None
    place: int = LAST_PLACE
    shared: bool = False

    def cleaned(self) -> "TermText":
        """Give the text on one line each, and every synonym once."""
        synonyms = {folded(found): found for text in reversed(self.synonyms) if (found := one_line(text))}
        return replace(
            self,
            label=one_line(self.label),
            definition=one_line(self.definition),
            synonyms=tuple(reversed(synonyms.values())),
            differs_from=tuple(dict.fromkeys(self.differs_from)),
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """The areas and groups as a proposal would have them, in order.

    `shared` names scheme and synonym of those that may stand at several terms; `packaged` is the package's number.
    """

    entries: tuple[Entry, ...]
    shared: frozenset[tuple[str, str]] = frozenset()
    packaged: int | None = None

    def taxonomy(self, version: int = 0) -> Taxonomy:
        """Give the value that pages and indexes read."""
        return taxonomy_of(self.entries, version)

    def term(self, scheme: str, code: str) -> Entry:
        """Give one term.

        Raises:
            NotFoundError: the draft has none of that code.
        """
        found = next((entry for entry in self.entries if (entry.scheme, entry.code) == (scheme, code)), None)
        if found is None:
            what = SCHEME_WORDS.get(scheme, "term")
            raise NotFoundError(f"This change has no {what} called “{code[:60]}”; it may have been removed from it.")
        return found

    def siblings(self, scheme: str, parent: str | None) -> tuple[Entry, ...]:
        """Give the terms with one parent, in order."""
        return self.taxonomy().children(parent, scheme)

    def place(self, entry: Entry) -> int:
        """Say where a term stands among those with its parent, from 1."""
        return [one.code for one in self.siblings(entry.scheme, entry.parent)].index(entry.code) + 1

    def data(self) -> dict[str, Any]:
        """Give the draft as it is kept."""
        packaged = {} if self.packaged is None else {"packaged": self.packaged}
        return {"entries": plain(self.entries), "shared": sorted(map(list, self.shared)), **packaged}


def draft_of(data: dict[str, Any]) -> Draft:
    """Read a draft as it is kept; a synonym that stood twice from the start may go on so."""
    entries = entries_of(data["entries"])
    shared = {(scheme, synonym) for scheme, synonym in data["shared"]} if "shared" in data else shared_synonyms(entries)
    return Draft(entries, frozenset(shared), data.get("packaged"))


def fresh(taxonomy: Taxonomy) -> Draft:
    """Give a draft that says what a version says."""
    entries = tuple(taxonomy.entries.values())
    return Draft(entries, shared_synonyms(entries))


def term_mark(draft: Draft, scheme: str, code: str) -> str:
    """Give a short mark of what a draft says of a term and where it stands: equal marks, nothing changed."""
    entry = draft.term(scheme, code)
    return _mark([plain([entry]), draft.place(entry)])


def draft_mark(draft: Draft) -> str:
    """Give a short mark of all that a draft would publish."""
    return _mark(plain(draft.entries))


def with_changed(draft: Draft, scheme: str, code: str, text: TermText) -> Draft:
    """Change a term; its code stays, because listings name it.

    Raises:
        NotFoundError: there is no such term.
        InputError: a rule is broken; the field is named.
    """
    before = draft.term(scheme, code)
    given = text.cleaned()
    after = _entry(scheme, code, given)
    kept = draft if (before.parent, draft.place(before)) == (after.parent, given.place) else None
    entries = _replaced(draft.entries, after) if kept else _placed(_without(draft.entries, before), after, given.place)
    return _checked(replace(draft, entries=entries), after, given)


def with_added(draft: Draft, scheme: str, code: str, text: TermText) -> Draft:
    """Add a term.

    Raises:
        InputError: the code is taken or cannot be one, or a rule is broken; the field is named.
    """
    code, given = one_line(code), text.cleaned()
    if not code:
        raise InputError(ADD_CODE, field="code")
    check_code(draft.entries, scheme, code)
    after = _entry(scheme, code, given)
    return _checked(replace(draft, entries=_placed(draft.entries, after, given.place)), after, given)


def with_removed(draft: Draft, scheme: str, code: str) -> Draft:
    """Remove a term, also from the lists of those that it is often taken for.

    Raises:
        NotFoundError: there is no such term.
        InputError: it has others below it.
    """
    gone = draft.term(scheme, code)
    below = draft.siblings(scheme, code)
    if below:
        told = HAS_CHILDREN.format(label=gone.label, count=len(below), child=below[0].label)
        raise InputError(told, field="remove")
    entries = (
        replace(entry, differs_from=tuple(one for one in entry.differs_from if one != code))
        if entry.scheme == scheme
        else entry
        for entry in _without(draft.entries, gone)
    )
    return replace(draft, entries=tuple(entries))


def _checked(draft: Draft, entry: Entry, given: TermText) -> Draft:
    check_text(entry)
    check_tree(draft.entries, entry)
    if given.shared:
        mine = {(entry.scheme, folded(synonym)) for synonym in entry.synonyms}
        draft = replace(draft, shared=draft.shared | (mine & shared_synonyms(draft.entries)))
    check_words(draft.entries, entry, draft.shared)
    return draft


def _entry(scheme: str, code: str, given: TermText) -> Entry:
    return Entry(
        scheme=scheme,
        code=code,
        label=given.label,
        parent=given.parent,
        definition=given.definition,
        synonyms=given.synonyms,
        differs_from=given.differs_from,
    )


def _replaced(entries: Iterable[Entry], new: Entry) -> tuple[Entry, ...]:
    return tuple(new if (one.scheme, one.code) == (new.scheme, new.code) else one for one in entries)


def _without(entries: Iterable[Entry], gone: Entry) -> tuple[Entry, ...]:
    return tuple(one for one in entries if (one.scheme, one.code) != (gone.scheme, gone.code))


def _placed(entries: tuple[Entry, ...], new: Entry, place: int) -> tuple[Entry, ...]:
    """Put a term at its place among those with its parent; past the end it is the last."""
    rest = [one for one in entries if one.scheme == new.scheme]
    others = tuple(one for one in entries if one.scheme != new.scheme)
    siblings = [one for one in rest if one.parent == new.parent]
    if place <= len(siblings):
        at = rest.index(siblings[max(place, 1) - 1])
    else:
        before = {one.code for one in siblings} | {new.parent}
        at = max((row for row, one in enumerate(rest) if one.code in before), default=len(rest) - 1) + 1
    return (*others, *rest[:at], new, *rest[at:])


def _mark(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]
