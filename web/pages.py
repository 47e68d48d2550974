"""The contexts of the plain pages: home, browse, newest, organisation, prose and errors; knows no request."""

from dataclasses import dataclass
from typing import ClassVar

from web.cards import Card, Fact
from web.introducing.needs_pages import Replies
from web.listing_page import Contact
from web.rendering import Page


@dataclass(frozen=True, slots=True)
class Entry:
    """A link with what stands beside it."""

    label: str
    href: str
    count: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    """What `/` shows."""

    template: ClassVar[str] = "pages/home.html"

    innovations: int
    needs: int
    areas: tuple[Entry, ...]
    places: tuple[Entry, ...]
    newest: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseGroup:
    """A heading that links on, with the entries below it."""

    entry: Entry
    children: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowsePage(Page):
    """What `/browse/areas` and `/browse/places` show."""

    template: ClassVar[str] = "pages/browse.html"

    lead: str
    groups: tuple[BrowseGroup, ...]
    jumps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Some listings of one kind, how many there are in all, and where the rest are."""

    heading: str
    total: int
    at_least: bool
    href: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPage(Page):
    """What one area or one place shows; the banner says what is missing while a part is down."""

    template: ClassVar[str] = "pages/topic.html"

    banner: str | None
    definition: str | None
    feed: str
    trail: tuple[Entry, ...]
    children_heading: str
    children: tuple[Entry, ...]
    related: tuple[Entry, ...]
    shelves: tuple[Shelf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestPage(Page):
    """What `/newest` shows."""

    template: ClassVar[str] = "pages/newest.html"

    kind: str
    kinds: tuple[Entry, ...]
    cards: tuple[Card, ...]
    heading: str
    feed: str
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage(Page):
    """What `/organisations/{id}` shows."""

    template: ClassVar[str] = "pages/organisation.html"

    kind: str
    about: str | None
    facts: tuple[Fact, ...]
    contact: Contact | None
    innovations: tuple[Card, ...]
    needs: tuple[Card, ...]
    replies: Replies | None
    """How a public body keeps its reply promise; None for any other organisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """What is shown instead of a page: what is wrong, what to try, and a reference when it is our fault.

    `again` is the address to try again where no other page would do better.
    """

    template: ClassVar[str] = "pages/error.html"

    sentence: str
    reference: str | None = None
    again: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingPage(Page):
    """How ranking works."""

    template: ClassVar[str] = "pages/how_ranking_works.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessibilityPage(Page):
    """The accessibility statement."""

    template: ClassVar[str] = "pages/accessibility.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyPage(Page):
    """The privacy notice."""

    template: ClassVar[str] = "pages/privacy.html"

    mail_days: int
    key_days: int
    days: int
    """How long a sign-in lasts at the longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CookiesPage(Page):
    """What is said of cookies."""

    template: ClassVar[str] = "pages/cookies.html"

    cookie: str
    days: int
    hours: int
    """How long a sign-in lasts that is not used."""
