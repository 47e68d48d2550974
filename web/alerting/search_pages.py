"""The contexts of the pages of saved searches and of the page that ends letters; knows no request and no session."""

from dataclasses import dataclass
from typing import ClassVar

from exchange.alerting.saved_searches import Cadence
from exchange.errors import InputError
from web.alerting.question_words import CADENCES
from web.cards import Card, Fact, Tag
from web.forms import Form
from web.introducing.next_steps import Step
from web.rendering import Page

CHOOSE = "Choose how often we shall write."


def cadence_of(form: Form) -> Cadence:
    """Read how often letters come.

    Raises:
        InputError: nothing was chosen, or nothing that there is.
    """
    try:
        return Cadence(form.text("cadence"))
    except ValueError:
        raise InputError(CHOOSE, field="cadence") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchItem:
    """One saved search in the list; `broken` says what to do where it can no longer be asked as it was saved."""

    number: int
    href: str
    name: str
    asks: str
    how_often: str
    told: str
    found: int
    found_href: str
    run: str | None
    run_label: str
    stopped: str | None
    broken: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchesPage(Page):
    """What `/my/searches` shows."""

    template: ClassVar[str] = "pages/my_searches.html"

    heading: str
    items: tuple[SearchItem, ...]
    most: int
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePage(Page):
    """What `/my/searches/new` shows: what would be saved, and a form; `stop` says why there is none."""

    template: ClassVar[str] = "pages/save_search.html"

    heading: str
    facts: tuple[Fact, ...]
    back: Step
    pairs: tuple[tuple[str, str], ...]
    form: Form
    stop: str | None = None
    cadences: tuple[tuple[str, str, str], ...] = CADENCES


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage(Page):
    """What `/my/searches/{id}` shows."""

    template: ClassVar[str] = "pages/my_search.html"

    item: SearchItem
    facts: tuple[Fact, ...]
    problems: tuple[str, ...]
    form: Form
    cadences: tuple[tuple[str, str, str], ...] = CADENCES


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    """One result of a saved search: the card is None where it is no longer public."""

    number: int
    card: Card | None
    why: tuple[str, ...]
    found: str
    state: Tag
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundByPage(Page):
    """What `/my/searches/{id}/alerts` shows."""

    template: ClassVar[str] = "pages/my_search_alerts.html"

    item: SearchItem
    total: int
    items: tuple[FoundItem, ...]
    previous: str | None
    following: str | None
    here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribePage(Page):
    """What `/unsubscribe` shows: what the link stops, before (with a button) and after."""

    template: ClassVar[str] = "pages/unsubscribe.html"

    action: str | None
    sentence: str
    names: tuple[str, ...]
