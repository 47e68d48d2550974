"""The rules that areas and groups keep: codes, lengths, parents, synonyms; knows no proposal and no table."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from exchange.errors import InputError
from exchange.taxonomy import AREA, GROUP, Entry, taxonomy_of

SCHEME_WORDS = {AREA: "area", GROUP: "group"}
LONGEST_CODE, LONGEST_LABEL, LONGEST_DEFINITION, LONGEST_SYNONYM = 40, 80, 400, 80
MOST_SYNONYMS, MOST_CONFUSED, MOST_TERMS = 30, 10, 200
"""Of one term, of one term, of one scheme: a page shows a whole scheme."""
MOST_LEVELS = 3
"""The pages of areas show a term with those below it; deeper trees are not found."""
NO_GROUPS = frozenset({"women", "men", "any"})
"""Codes that listings state of sex, beside the groups."""

ADD_CODE = "Give the code: small letters, digits and hyphens, such as home-care. It cannot be changed later."

_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def folded(text: str) -> str:
    """Give a text as it is compared: in small letters, with single blanks."""
    return " ".join(text.casefold().split())


def shared_synonyms(entries: Iterable[Entry]) -> frozenset[tuple[str, str]]:
    """Give scheme and synonym of those that stand at several terms."""
    counts = Counter((entry.scheme, folded(synonym)) for entry in entries for synonym in set(entry.synonyms))
    return frozenset(key for key, count in counts.items() if count > 1)


def check_code(entries: Sequence[Entry], scheme: str, code: str) -> None:
    """Refuse a new term's code.

    Raises:
        InputError: it has other letters, is too long, or is taken.
    """
    if not _CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise InputError(
            f"The code “{code[:60]}” cannot be used; take at most {LONGEST_CODE} small letters and digits, with single "
            "hyphens between them.",
            field="code",
        )
    taken = next((one for one in entries if (one.scheme, one.code) == (scheme, code)), None)
    if taken is not None:
        raise InputError(f"The code “{code}” is taken by “{taken.label}”; choose another.", field="code")
    if scheme == GROUP and code in NO_GROUPS:
        raise InputError(f"The code “{code}” says of whom a listing is by sex; choose another.", field="code")
    if sum(one.scheme == scheme for one in entries) >= MOST_TERMS:
        what = SCHEME_WORDS[scheme]
        raise InputError(f"There are {MOST_TERMS} {what}s already, which is the most; remove one first.", field="code")


def check_text(entry: Entry) -> None:
    """Refuse a term by its own text.

    Raises:
        InputError: something is missing or too long; the field is named.
    """
    for field, text, most in (
        ("label", entry.label, LONGEST_LABEL),
        ("definition", entry.definition, LONGEST_DEFINITION),
    ):
        if not any(letter.isalnum() for letter in text):
            told = "Give the name." if field == "label" else "Say in one or two sentences what belongs to it."
            raise InputError(told, field=field)
        if len(text) > most:
            what = "name" if field == "label" else "definition"
            raise InputError(f"The {what} has {len(text):,} characters; use {most} or fewer.", field=field)
    if len(entry.synonyms) > MOST_SYNONYMS:
        raise InputError(f"There are {len(entry.synonyms)} synonyms; keep {MOST_SYNONYMS} or fewer.", field="synonyms")
    for synonym in entry.synonyms:
        if not any(letter.isalnum() for letter in synonym):
            raise InputError(f"The synonym “{synonym[:60]}” has no letter; take it out.", field="synonyms")
        if len(synonym) > LONGEST_SYNONYM:
            told = f"The synonym “{synonym[:60]}…” has {len(synonym):,} characters; use {LONGEST_SYNONYM} or fewer."
            raise InputError(told, field="synonyms")
    if len(entry.differs_from) > MOST_CONFUSED:
        told = f"{len(entry.differs_from)} are named that it is often taken for; keep {MOST_CONFUSED} or fewer."
        raise InputError(told, field="differs_from")


def check_tree(entries: Sequence[Entry], entry: Entry) -> None:
    """Refuse a term by those around it.

    Raises:
        InputError: its parent is not there, is below it or lies too deep, or it is not the same as an unknown one.
    """
    taxonomy, scheme = taxonomy_of(entries), entry.scheme
    if entry.parent is not None:
        parent = taxonomy.get(scheme, entry.parent)
        if parent is None:
            raise InputError("What it should stand below is not there any more; choose another.", field="parent")
        if entry.code in _chain(entries, parent):
            raise InputError(
                f"“{entry.label}” cannot stand below “{parent.label}”, which stands below it.", field="parent"
            )
        deep = len(_chain(entries, parent)) + _height(entries, entry)
        if deep > MOST_LEVELS:
            raise InputError(
                f"Below “{parent.label}” that makes {deep} levels; {MOST_LEVELS} are the most. Choose another.",
                field="parent",
            )
    for code in entry.differs_from:
        if code == entry.code or taxonomy.get(scheme, code) is None:
            told = "not another one of the list" if code != entry.code else "this one itself"
            raise InputError(f"“{code[:60]}” is {told}; take it out.", field="differs_from")


def check_words(entries: Sequence[Entry], entry: Entry, shared: frozenset[tuple[str, str]]) -> None:
    """Refuse a name or synonym that others of the scheme have.

    Raises:
        InputError: the sentence names the other one.
    """
    others = [one for one in entries if one.scheme == entry.scheme and one.code != entry.code]
    labels = {folded(one.label): one.label for one in others}
    synonyms = {folded(synonym): one for one in others for synonym in one.synonyms}
    name = folded(entry.label)
    if name in labels:
        raise InputError(f"“{labels[name]}” has this name already; choose another.", field="label")
    if name in synonyms:
        other = synonyms[name].label
        raise InputError(f"“{entry.label}” is a synonym of “{other}”; take it out there first.", field="label")
    for synonym in entry.synonyms:
        word = folded(synonym)
        if word == name:
            raise InputError(f"“{synonym}” is its name already; take it out of the synonyms.", field="synonyms")
        if word in labels:
            told = f"“{synonym}” is the name of another {SCHEME_WORDS[entry.scheme]}, “{labels[word]}”; take it out."
            raise InputError(told, field="synonyms")
        if word in synonyms and (entry.scheme, word) not in shared:
            told = (
                f"“{synonym}” is a synonym of “{synonyms[word].label}” already; take it out, or tick that it is meant."
            )
            raise InputError(told, field="synonyms")


def check_all(entries: Sequence[Entry], shared: frozenset[tuple[str, str]]) -> None:
    """Refuse a whole scheme where any term breaks a rule, as it would be published.

    Raises:
        InputError: the first broken rule, with the name of its term.
    """
    for entry in entries:
        try:
            check_text(entry)
            check_tree(entries, entry)
            check_words(entries, entry, shared)
        except InputError as error:
            raise InputError(f"{entry.label}: {error}", field="reason") from error


def _chain(entries: Sequence[Entry], start: Entry) -> list[str]:
    """Give the codes from a term to the top; each once, so that a circle ends."""
    by_code = {one.code: one for one in entries if one.scheme == start.scheme}
    found: list[str] = []
    at: Entry | None = start
    while at is not None and at.code not in found:
        found.append(at.code)
        at = by_code.get(at.parent) if at.parent else None
    return found


def _height(entries: Sequence[Entry], entry: Entry, depth: int = 1) -> int:
    """Give how many levels a term has with those below it."""
    if depth > MOST_LEVELS:
        return 1
    below = [one for one in entries if one.scheme == entry.scheme and one.parent == entry.code]
    return 1 + max((_height(entries, one, depth + 1) for one in below), default=0)
