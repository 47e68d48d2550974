"""The contexts of the pages about a person's own data; knows no request."""

from dataclasses import dataclass
from typing import ClassVar

from web.people.account_pages import FormPage
from web.rendering import Page


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of thing that is kept of a person, and how many of it."""

    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDataPage(Page):
    """What `/my/data` shows."""

    template: ClassVar[str] = "pages/my_data.html"

    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAccountPage(FormPage):
    """What goes and what stays when an account is closed; `last` where it is the only administrator's."""

    template: ClassVar[str] = "pages/close_account.html"

    organisation: str | None
    alone: bool
    last: bool
