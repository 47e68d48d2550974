"""Searches that found nothing: text and number by day, so that those who run the exchange see what is missing.

Nothing says who typed it, and what could is taken out before it is kept; it knows no engine and no page.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.models_running import MissedSearch
from exchange.people.erasure import ADDRESS_REMOVED, NUMBER_REMOVED
from exchange.working_days import london_date

LONGEST = 200
"""Characters that are kept."""
MOST_A_DAY = 2_000
"""Texts of one day: more than anybody reads; whoever types at random fills no disk."""
KEPT_DAYS = 30
PAGE = 50
LINK_REMOVED = "(link removed)"

_PERSONAL = (
    (re.compile(r"\S+://\S+|www\.\S+", re.IGNORECASE), LINK_REMOVED),
    (re.compile(r"\S+@\S+"), ADDRESS_REMOVED),
    (re.compile(r"\b[A-Z]{2} ?(?:[0-9]{2} ?){3}[A-D]\b", re.IGNORECASE), NUMBER_REMOVED),
    (re.compile(r"[+(]?[0-9](?:[ ().\-/]{0,2}[0-9]){6,}"), NUMBER_REMOVED),
    (re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?) ?[0-9][A-Z]{2}\b", re.IGNORECASE), r"\1"),
)
"""Links, addresses, National Insurance numbers, seven digits and more; of a postcode, which may be one household, the
first half stays."""
_MARKS = re.compile("|".join(re.escape(mark) for mark in (LINK_REMOVED, ADDRESS_REMOVED, NUMBER_REMOVED)))


@dataclass(frozen=True, slots=True)
class Missed:
    """One text that found nothing, and how often in the days that are kept."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class MissedPage:
    """One page of texts, the most frequent first; how many texts and searches there are in all."""

    texts: tuple[Missed, ...]
    total: int
    searches: int
    number: int

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.total // PAGE))


def note(session: Session, text: str, now: datetime) -> bool:
    """Count a search for words that found nothing; say whether it is kept.

    It is not where nothing is left once what is personal is out, nor where a day has too many texts already.
    """
    shown = without_personal(text)
    if not re.search(r"\w", _MARKS.sub("", shown)):
        return False
    day, key = london_date(now), shown.casefold()
    same = MissedSearch.day == day, MissedSearch.key == key
    if session.scalar(select(MissedSearch.number).where(*same)) is None and _texts_of(session, same[0]) >= MOST_A_DAY:
        return False
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    counted = insert(MissedSearch).values(day=day, key=key, text=shown, number=1)
    # One statement: PostgreSQL counts on from the row as the one who was quicker left it.
    again = {"number": MissedSearch.number + 1}
    session.execute(counted.on_conflict_do_update(index_elements=[MissedSearch.day, MissedSearch.key], set_=again))
    return True


def missed(session: Session, now: datetime, number: int = 1) -> MissedPage:
    """Give one page (from 1) of what found nothing in the last 30 days, the most frequent first."""
    recent = _recent(now)
    totals = select(func.count(MissedSearch.key.distinct()), func.coalesce(func.sum(MissedSearch.number), 0))
    total, searches = session.execute(totals.where(recent)).one()
    number = max(1, min(number, -(-total // PAGE)))
    often = func.sum(MissedSearch.number)
    query = (
        select(func.max(MissedSearch.text), often)
        .where(recent)
        .group_by(MissedSearch.key)
        .order_by(often.desc(), MissedSearch.key)
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    )
    texts = tuple(Missed(text, int(times)) for text, times in session.execute(query))
    return MissedPage(texts, total, int(searches), number)


def forget_old(session: Session, now: datetime) -> None:
    """Delete what was typed more than 30 days ago."""
    session.execute(delete(MissedSearch).where(~_recent(now)))


def without_personal(text: str) -> str:
    """Give a text on one line, cut, without addresses, numbers and links that may lead to a person."""
    shown = " ".join(clean(text).split())
    for pattern, mark in _PERSONAL:
        shown = pattern.sub(mark, shown)
    return shown[:LONGEST].strip()


def _recent(now: datetime) -> ColumnElement[bool]:
    return MissedSearch.day > london_date(now) - timedelta(days=KEPT_DAYS)


def _texts_of(session: Session, day: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(MissedSearch).where(day)) or 0
