"""What a listing says: its fields as one frozen value, each field's rules, and the evidence level derived from it.

A field that is not stated is None: never an empty string, never "no".
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from exchange.errors import InputError

SUMMARY_WORDS = 60
"""The decisive short text (report, Bidding for Contracts: a short description often decides)."""


class Kind(StrEnum):
    """The two sides of the exchange."""

    INNOVATION = "innovation"
    NEED = "need"

    @property
    def other(self) -> "Kind":
        """Give the side that this one is matched against."""
        return Kind.NEED if self is Kind.INNOVATION else Kind.INNOVATION


class Gender(StrEnum):
    """Whom a service is for, where gender matters."""

    WOMEN = "women"
    MEN = "men"
    ANY = "any"


class Stage(StrEnum):
    """How far an innovation has come."""

    IDEA = "idea"
    PILOT = "pilot"
    RUNNING = "running"
    SCALED = "scaled"


class Tier(StrEnum):
    """Funding tiers (report, Experience from the Frontline, Isle of Wight), as a set."""

    GRANT = "grant"
    CONTRACT = "contract"
    PARTNERSHIP = "partnership"


class Basis(StrEnum):
    """What a sum of money covers."""

    YEAR = "year"
    TOTAL = "total"


class EvidenceKind(StrEnum):
    """Kinds of evidence, weakest first (Nesta's standards of evidence)."""

    DESCRIBES = "describes"
    BEFORE_AFTER = "before-after"
    COMPARISON = "comparison"
    REPLICATION = "replication"
    MANUAL = "manual"


class ValueCell(StrEnum):
    """The four cells of full value (report, From 'full cost' to 'full value')."""

    USERS_OUTCOMES = "users_outcomes"
    USERS_SATISFACTION = "users_satisfaction"
    OTHERS_OUTCOMES = "others_outcomes"
    OTHERS_SATISFACTION = "others_satisfaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One change that is offered or required."""

    statement: str
    measure: str | None = None
    for_whom: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One item of evidence; its kind decides the level, nobody types a level."""

    text: str
    kind: EvidenceKind
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FullValue:
    """One filled cell of the full-value grid; `evidence` is an index into the evidence items."""

    statement: str
    beneficiary: str | None = None
    evidence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a listing states; money in whole GBP, ages in years, terms in months, places as gazetteer codes."""

    title: str
    summary: str | None = None
    description: str | None = None
    method: str | None = None
    """How a commissioner would like it done, where they must say (report, The Changing Environment, Question 2)."""
    areas: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    age_min: int | None = None
    age_max: int | None = None
    gender: Gender | None = None
    outcomes: tuple[Outcome, ...] | None = None
    stage: Stage | None = None
    tiers: tuple[Tier, ...] | None = None
    money_min: int | None = None
    money_max: int | None = None
    money_basis: Basis | None = None
    term_months: int | None = None
    start_on: date | None = None
    closes_on: date | None = None
    reply_by: date | None = None
    price_weight: int | None = None
    quality_weight: int | None = None
    full_value: dict[ValueCell, FullValue] | None = None
    open_to_partners: bool | None = None
    evidence: tuple[Evidence, ...] | None = None
    delivers_in: tuple[str, ...] | None = None
    would_deliver_in: tuple[str, ...] | None = None
    required_in: tuple[str, ...] | None = None
    office_in: tuple[str, ...] | None = None
    grant_received: int | None = None


_NEVER_NONE = frozenset({"title", "statement", "text"})


def to_json(content: Content) -> dict[str, Any]:
    """Turn the content into plain JSON values, leaving out what is not stated."""
    plain: dict[str, Any] = msgspec.to_builtins(content)
    return {k: v for k, v in plain.items() if v is not None}


def from_json(data: dict[str, Any]) -> Content:
    """Build the content from plain JSON values.

    Raises:
        InputError: a field is unknown to its type; the sentence names the field.
    """
    try:
        return stated(msgspec.convert(data, Content))
    except msgspec.ValidationError as error:
        raise InputError(f"The listing cannot be read: {error}.") from error


def edition(content: Content, *fields: str) -> str:
    """Give a short mark of what the content says, in all or in the fields named: equal marks, equal text.

    A form or a decision brings back the mark of what its person saw, so that a change in between is noticed.
    """
    plain = to_json(stated(content))
    kept = {name: plain.get(name) for name in fields} if fields else plain
    return hashlib.sha256(msgspec.json.encode(kept, order="deterministic")).hexdigest()[:16]


def stated(content: Content) -> Content:
    """Turn every empty text, list or grid into "not stated" and clean every text, at whatever depth."""
    made: Content = _stated(content)
    return made


def clean(text: str) -> str:
    """Take out NUL and half characters, which no database keeps, and the spaces at both ends."""
    return text.replace("\x00", "").encode(errors="replace").decode().strip()


def _stated(item: Any) -> Any:
    changes: dict[str, Any] = {}
    for name in item.__slots__:
        value = _cleaned(old := getattr(item, name))
        if isinstance(value, (str, tuple, dict)) and not value:
            value = "" if name in _NEVER_NONE else None
        if value != old:
            changes[name] = value
    return replace(item, **changes) if changes else item


def _cleaned(value: Any) -> Any:
    if type(value) is str:  # an enum's member is a str too, and stays what it is
        return clean(value)
    if isinstance(value, tuple):
        return tuple(item for item in map(_cleaned, value) if item != "")
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return _stated(value) if isinstance(value, (Outcome, Evidence, FullValue)) else value


def evidence_level(content: Content) -> int | None:
    """Derive the level 1-5 from the kinds of the evidence items; None when no item is stated.

    Source: Nesta's standards of evidence: 1 describes; 2 before-and-after data; 3 comparison group;
    4 independent replication; 5 a manual and proven elsewhere (so a manual counts only with a replication).
    """
    kinds = {item.kind for item in content.evidence or ()}
    if not kinds:
        return None
    if {EvidenceKind.MANUAL, EvidenceKind.REPLICATION} <= kinds:
        return 5
    ladder = (EvidenceKind.REPLICATION, 4), (EvidenceKind.COMPARISON, 3), (EvidenceKind.BEFORE_AFTER, 2)
    return next((level for kind, level in ladder if kind in kinds), 1)


def word_count(text: str | None) -> int:
    """Count the words of a text as a person would: runs between spaces."""
    return len((text or "").split())


def check_content(content: Content, kind: Kind) -> None:
    """Refuse content that breaks a field's rule.

    Raises:
        InputError: with the field's name; the first broken rule in reading order.
    """
    for fault in faults(content, kind):
        raise fault


def faults(content: Content, kind: Kind) -> Iterator[InputError]:
    """Give every broken rule in reading order, each with its field's name: a draft may have them, a listing not."""
    if not content.title:
        yield InputError("Give the listing a title.", field="title")
    if len(content.title) > 300:
        yield InputError("Shorten the title to 300 characters or fewer.", field="title")
    if (words := word_count(content.summary)) > SUMMARY_WORDS:
        yield InputError(f"The summary has {words} words; cut it to {SUMMARY_WORDS} or fewer.", field="summary")
    yield from _number_faults(content)
    if kind is Kind.NEED and (content.delivers_in or content.would_deliver_in or content.stage):
        yield InputError("A need states where it is required; it has no stage, delivers nowhere.", field="required_in")
    if kind is Kind.INNOVATION and (content.required_in or content.closes_on):
        yield InputError("An innovation states where it delivers; it has no closing date.", field="delivers_in")


def _number_faults(content: Content) -> Iterator[InputError]:
    for low, high, message in _ORDERS:
        least, most = getattr(content, low), getattr(content, high)
        if least is not None and most is not None and most < least:
            yield InputError(message, field=high)
    if (content.money_min is not None or content.money_max is not None) and content.money_basis is None:
        yield InputError("Say whether the sum is for a year or in all.", field="money_basis")
    weights = (content.price_weight, content.quality_weight)
    if any(w is not None for w in weights) and sum(w or 0 for w in weights) != 100:
        yield InputError("Make the weights for price and quality add up to 100.", field="quality_weight")
    for name, (what, top) in _LIMITS.items():
        value = getattr(content, name)
        if value is not None and not 0 <= value <= top:
            yield InputError(f"{what} is {value:,}; give a whole number from 0 to {top:,}.", field=name)


_ORDERS = (
    ("age_min", "age_max", "The oldest age is below the youngest; swap them."),
    ("money_min", "money_max", "The highest sum is below the lowest; swap them."),
    ("closes_on", "reply_by", "The reply date is before the closing date."),
)
_LIMITS = {
    "age_min": ("The youngest age", 130),
    "age_max": ("The oldest age", 130),
    "money_min": ("The lowest sum", 10**11),
    "money_max": ("The highest sum", 10**11),
    "term_months": ("The term in months", 600),
    "price_weight": ("The weight of price", 100),
    "quality_weight": ("The weight of quality", 100),
}
