"""The contexts of the pages about the interface: one's keys, ending one, and what it is; knows no request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from exchange.models_running import ApiKey
from exchange.running.api_keys import LONGEST_NAME, MOST, NewKey
from exchange.working_days import london_date
from web import wording
from web.people.account_pages import FormPage
from web.rendering import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One key as its owner knows it again."""

    id: int
    name: str
    hint: str
    made: str
    used: str | None
    ended: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage(FormPage):
    """A person's keys, and the one that was just made: it is shown here and nowhere else."""

    template: ClassVar[str] = "pages/my_account_keys.html"

    keys: tuple[KeyRow, ...]
    ended: tuple[KeyRow, ...]
    made: NewKey | None
    base_url: str
    rate: int
    most: int = MOST
    longest: int = LONGEST_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class EndKeyPage(Page):
    """The question whether a key shall end."""

    template: ClassVar[str] = "pages/my_account_key_end.html"

    key: KeyRow


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem: where its `type` leads, its status and title, and what to do."""

    anchor: str
    status: int
    title: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage(Page):
    """What the interface is, how to begin, and what its answers mean."""

    template: ClassVar[str] = "pages/api.html"

    base_url: str
    rate: int
    most: int
    problems: tuple[ProblemKind, ...]


def key_rows(keys: Iterable[ApiKey]) -> tuple[KeyRow, ...]:
    """Give keys as their owner knows them again."""
    return tuple(map(key_row, keys))


def key_row(key: ApiKey) -> KeyRow:
    """Give a key as its owner knows it again."""
    return KeyRow(
        id=key.id,
        name=key.name,
        hint=key.hint,
        made=_day(key.created_at) or "",
        used=_day(key.used_at),
        ended=_day(key.ended_at),
    )


def _day(moment: datetime | None) -> str | None:
    return wording.day(london_date(moment)) if moment else None
