"""The contexts of the pages of introductions and of the shortlist; knows no request and no session."""

from dataclasses import dataclass
from typing import ClassVar

from exchange.introducing.introduction_states import Side
from web.cards import Card, Tag
from web.forms import Form
from web.introducing.next_steps import Step
from web.rendering import Page

Option = tuple[str, str, str]
"""Value, label and hint of a choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningPage(Page):
    """The form with which one side writes first; with `stop` there is none, and the sentence says why.

    `starts` are links that fill the text from one's own record, `waiting` leads to what is open already.
    """

    template: ClassVar[str] = "pages/opening.html"

    heading: str
    caption: Step | None
    lead: tuple[str, ...]
    card: Card | None
    form: Form
    legend: str
    legend_hint: str | None
    options: tuple[Option, ...]
    starts: tuple[Step, ...]
    text_label: str
    text_hint: str
    button: str
    action: str
    stop: str | None = None
    way_on: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One introduction in a list."""

    href: str
    title: str
    who: str
    began: str
    tag: Tag
    due: str | None
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGroup:
    """Introductions of which the same is to be said."""

    id: str
    heading: str
    empty: str
    lines: tuple[LineItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionsPage(Page):
    """What `/my/introductions` shows; `cut` says that there are more."""

    template: ClassVar[str] = "pages/introductions.html"

    groups: tuple[LineGroup, ...]
    any: bool
    member: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """A listing that an introduction is about; no address where the public may no longer see it."""

    label: str
    title: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEntry:
    """Something written, or a step in a sentence."""

    who: str
    day: str
    mine: bool
    text: str | None
    step: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """How to reach one side."""

    heading: str
    organisation: str
    href: str | None
    name: str | None
    email: str | None
    telephone: str | None
    tel: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the other side would see of the reader, once both agree."""

    name: str
    email: str
    telephone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage(Page):
    """What `/my/introductions/{id}` shows; `unsent` is what was typed into a form that is not there any more."""

    template: ClassVar[str] = "pages/introduction.html"

    heading: str
    address: str
    theirs: str
    theirs_href: str | None
    """None while no moderator has seen their profile."""
    tag: Tag
    sentence: str
    subjects: tuple[Subject, ...]
    began: str
    entries: tuple[ThreadEntry, ...]
    contacts: tuple[Contacts, ...]
    can: frozenset[str]
    decline: str
    side: Side
    mine_agreed: str | None
    theirs_agreed: str | None
    shared: Shared
    form: Form
    unsent: str | None
    endings: tuple[tuple[str, str], ...]
    record: str | None
    """The title of the innovation that the other side can read."""
    card: Card | None
    """What the other side posted, as it is now."""
    conclude: str | None
    """Where the need is concluded, for its own side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """One listing of a shortlist with its note; without a card it is no longer public."""

    number: int
    card: Card | None
    since: str
    action: str
    field: str
    ask: Step | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortlistPage(Page):
    """What `/my/shortlist` shows: one form a listing, all of the one `form`."""

    template: ClassVar[str] = "pages/shortlist.html"

    items: tuple[KeptItem, ...]
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePage(Page):
    """What `/listings/{id}/shortlist` shows."""

    template: ClassVar[str] = "pages/shortlist_note.html"

    heading: str
    listing_title: str
    listing_href: str
    kept: bool
    action: str
    field: str
    form: Form
