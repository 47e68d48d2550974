"""Listings that hold words, found by SQL alone while no engine answers; knows no index and ranks by no meaning.

The same on SQLite and PostgreSQL. What a person typed is only ever a bound value, and its wildcards are escaped.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.listing.states import FOUND
from exchange.models import Listing, Organisation, State

BODIES = 20_000
"""So many of the newest listings are read whole, older ones by title and organisation only: a search ends in time.

Five words in 100,000 listings of 1,500 characters, on two cores that much else kept busy: 1.0 s on SQLite, 1.9 s on
PostgreSQL; with all of them read whole 4.9 s and 8.8 s.
"""
SEPARATORS = "\n-/(\"'\u201c"
"""What may stand before a word beside a blank."""
FENCE = 10**9
"""A limit that no table reaches: it keeps the planners from building the text anew for each word that is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A filter by codes: one of `codes` stands in the content, or it states none of the fields `or_no`."""

    codes: Collection[str]
    or_no: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: listings that hold at least `least` of the words; without words, the newest.

    Each word is given by its beginnings in lower case: any of them, where a word begins, holds the word. `soonest` puts
    those that close first before the newest. A listing past its closing date on `today` is closed. `bodies` of the
    newest listings are read whole.
    """

    limit: int
    today: date
    bodies: int = BODIES
    words: Sequence[Collection[str]] = ()
    least: int = 1
    kind: Kind | None = None
    include_closed: bool = False
    stated: Sequence[Stated] = ()
    soonest: bool = False


class Held(NamedTuple):
    """The best candidates, and whether there may be more of them."""

    ids: list[int]
    more: bool


def text_search(session: Session, wanted: Wanted) -> Held:
    """Find listings that the public may see: those with most of the words first, then most in the title, then newest.

    A beginning is looked for and not a word: the caller, who knows words, looks again at what was found.
    """
    bounded = bool(wanted.words or wanted.stated)
    oldest = _oldest_read(session, wanted) if bounded else None
    query = _read(wanted, oldest) if bounded else _all(wanted)
    ids = list(session.scalars(query.limit(wanted.limit + 1)))
    return Held(ids[: wanted.limit], more=len(ids) > wanted.limit or oldest is not None)


def _oldest_read(session: Session, wanted: Wanted) -> int | None:
    """Give the number above which listings are read whole; None where that is all of them."""
    below = select(Listing.id).where(*_visible(wanted)).order_by(Listing.id.desc()).offset(wanted.bodies).limit(1)
    return session.scalar(below)


def _all(wanted: Wanted) -> Select[Any]:
    return select(Listing.id).where(*_visible(wanted)).order_by(*_order(wanted, Listing))


def _read(wanted: Wanted, oldest: int | None) -> Select[Any]:
    """Read the newest listings, and those whose names hold words, once each; then look for words and codes in them."""
    read = [] if oldest is None else [or_(Listing.id > oldest, *_named(wanted))]
    name = _lower(Listing.title, Organisation.name)
    fields = (Listing.data[field].as_string() for field in ("summary", "description", "outcomes"))
    rows = (
        select(
            *(Listing.id, Listing.published_at, Listing.closes_on, cast(Listing.data, String).label("content")),
            *(name.label("name"), _lower(name, *fields).label("text")),
        )
        .outerjoin(Organisation, Listing.organisation_id == Organisation.id)
        .where(*_visible(wanted), *read)
        .limit(FENCE)
        .subquery()
        .c
    )
    found = select(rows.id).where(*(_states(rows.content, stated) for stated in wanted.stated))
    if not wanted.words:
        return found.order_by(*_order(wanted, rows))
    held, in_name = _count(rows.text, wanted.words), _count(rows.name, wanted.words)
    return found.where(held >= wanted.least).order_by(held.desc(), in_name.desc(), *_order(wanted, rows))


def _order(wanted: Wanted, rows: Any) -> tuple[ColumnElement[Any], ...]:
    soonest = (rows.closes_on.is_(None), rows.closes_on) if wanted.soonest and not wanted.words else ()
    return (*soonest, rows.published_at.desc(), rows.id.desc())


def _named(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Look for words in the names of listings that are not read whole: half of those that it takes."""
    if not wanted.words:
        return []
    names = func.lower(Listing.title.concat(" ").concat(func.coalesce(Organisation.name, "")), type_=String)
    return [_count(names, wanted.words, before="") >= max(1, wanted.least // 2)]


def _visible(wanted: Wanted) -> list[ColumnElement[bool]]:
    kinds = [Listing.kind == wanted.kind] if wanted.kind else []
    if wanted.include_closed:
        return [Listing.state.in_(FOUND), *kinds]
    still_open = or_(Listing.closes_on.is_(None), Listing.closes_on >= wanted.today)
    return [Listing.state == State.PUBLISHED, still_open, *kinds]


def _states(content: ColumnElement[str], stated: Stated) -> ColumnElement[bool]:
    """Look for whole JSON strings and for keys: a quotation mark inside a text is escaped, so none is found there."""
    holds = [content.contains(f'"{code}"', autoescape=True) for code in stated.codes]
    lacks = [~content.contains(f'"{field}":', autoescape=True) for field in stated.or_no]
    return or_(*holds, *([and_(*lacks)] if lacks else []))


def _lower(*parts: Any) -> ColumnElement[str]:
    """Join texts, each part and each word after a blank, in lower case."""
    text: Any = literal("")
    for part in parts:
        text = text.concat(" ").concat(func.coalesce(part, ""))
    for separator in SEPARATORS:
        text = func.replace(text, separator, " ")
    return func.lower(text, type_=String)


def _count(text: ColumnElement[str], words: Sequence[Collection[str]], *, before: str = " ") -> ColumnElement[int]:
    counts = [case((_holds(text, word, before), 1), else_=0) for word in words]
    return sum(counts[1:], counts[0])


def _holds(text: ColumnElement[str], word: Collection[str], before: str) -> ColumnElement[bool]:
    beginnings = (form for beginning in word for form in _cases(beginning))
    return or_(*(text.contains(before + form, autoescape=True) for form in beginnings))


def _cases(word: str) -> list[str]:
    """Give a word as a database may write it in lower case: SQLite changes the letters of ASCII only."""
    if word.isascii():
        return [word]
    upper = "".join(letter if letter.isascii() else letter.upper() for letter in word)
    return list(dict.fromkeys([word, upper[:1] + word[1:], upper]))
