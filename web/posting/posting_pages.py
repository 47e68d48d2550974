"""The contexts of the pages on which listings are written and looked after; knows no request and no session."""

from dataclasses import dataclass
from typing import ClassVar

from exchange.listing.claims import Advice
from web.cards import Fact, Tag
from web.forms import Form
from web.listing_page import ListingPage
from web.pages import Entry
from web.posting.posting_beside import Beside
from web.posting.posting_fields import Field, Option
from web.rendering import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePage(Page):
    """What `/post` shows."""

    template: ClassVar[str] = "pages/post.html"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field with what can be chosen in it."""

    field: Field
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage(Page):
    """What the first page and each step show; `theirs` is what somebody else saved meanwhile, where it differs."""

    template: ClassVar[str] = "pages/posting_step.html"

    caption: str
    heading: str
    lead: str | None
    action: str
    form: Form
    fields: tuple[Drawn, ...]
    saves: str
    overview: str | None
    level: str | None = None
    advice: tuple[Advice, ...] = ()
    theirs: tuple[Fact, ...] = ()
    conflict: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """One of their listings, in a line."""

    href: str
    title: str
    kind: str
    tag: Tag
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyListingsPage(Page):
    """What `/my/listings` shows."""

    template: ClassVar[str] = "pages/my_listings.html"

    items: tuple[Mine, ...]
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One step in the list of steps."""

    name: str
    href: str
    status: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A sentence with the page on which something can be done about it, its label, and the words that are meant."""

    sentence: str
    href: str | None
    label: str | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One change of state: the day, what happened, why, and by when an answer is hoped for."""

    day: str
    what: str
    reason: str | None
    due: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage(Page):
    """What `/my/listings/{id}` shows.

    `problems` is what stopped a submission just now, `missing` what would stop one, `stop` what has nothing to do
    with the text.
    """

    template: ClassVar[str] = "pages/my_listing.html"

    caption: str
    tag: Tag
    sentence: str
    verdict: Event | None
    problems: tuple[Link, ...]
    chapters: tuple[tuple[str, tuple[Task, ...]], ...]
    missing: tuple[Link, ...]
    stop: Link | None
    submits: str | None
    submit: str
    live: str | None
    preview: str
    actions: tuple[Entry, ...]
    events: tuple[Event, ...]
    advice: tuple[Link, ...]
    beside: Beside | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage(ListingPage):
    """The page of a listing as it would be, for its owners."""

    template: ClassVar[str] = "pages/listing_preview.html"

    overview: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPage(Page):
    """A step that cannot be taken back, to be confirmed, and where asked with a reason."""

    template: ClassVar[str] = "pages/listing_action.html"

    caption: str
    heading: str
    lead: str
    action: str
    form: Form
    ask: str | None
    hint: str | None
    button: str
    overview: str
