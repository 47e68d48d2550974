"""The contexts of the administrators' pages: accounts and their roles, mail; no secret link is ever in one."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from exchange.working_days import LONDON
from web.cards import Fact
from web.forms import Form
from web.rendering import Page
from web.wording import day


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministrationPage(Page):
    """What waits for an administrator."""

    template: ClassVar[str] = "pages/administration.html"

    accounts: int
    requests: int
    waiting: int
    parked: int
    given_up: int
    """Listings that were given up on their way into the index or to the alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account of the list."""

    href: str
    name: str
    email: str
    organisation: str | None
    roles: str
    note: str
    """What is unusual about it, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPage(Page):
    """Accounts by name, with a search; `previous` and `following` are addresses."""

    template: ClassVar[str] = "pages/administration_accounts.html"

    text: str
    found: str
    accounts: tuple[AccountRow, ...]
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRolesPage(Page):
    """One account, the form of its roles, and what happened to it; `roles` has value, label and hint of each."""

    template: ClassVar[str] = "pages/administration_account.html"

    name: str
    facts: tuple[Fact, ...]
    confirmed: bool
    form: Form
    roles: tuple[tuple[str, str, str], ...]
    events: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One letter of the list."""

    href: str
    subject: str
    address: str
    written: str
    state: str
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A way to narrow a list."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPage(Page):
    """Letters, newest first; `retry` where parked ones are shown and there are some."""

    template: ClassVar[str] = "pages/administration_mail.html"

    tabs: tuple[Tab, ...]
    found: str
    letters: tuple[MailRow, ...]
    retry: bool
    console: bool
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage(Page):
    """One whole letter; `link` is an address of the site, or the words that stand for a one-time link."""

    template: ClassVar[str] = "pages/administration_letter.html"

    subject: str
    facts: tuple[Fact, ...]
    body: str
    link: str | None
    parked: bool
    form: Form


def moment(at: datetime) -> str:
    """Write a moment as clocks in London show it: "9 March 2027, 14:05"."""
    here = at.astimezone(LONDON)
    return f"{day(here)}, {here:%H:%M}"
