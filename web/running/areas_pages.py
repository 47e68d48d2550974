"""The contexts of the administrators' pages of areas: versions, changes in preparation, terms, previews."""

from dataclasses import dataclass
from typing import ClassVar

from web.cards import Fact
from web.forms import Form
from web.rendering import Page

Option = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermNode:
    """One term of a tree; `count` is how many open listings are about it, None where nobody counted."""

    label: str
    code: str
    synonyms: str
    count: int | None
    href: str | None
    children: tuple["TermNode", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """All terms of one scheme, as a tree; `add` is where one more is added."""

    heading: str
    what: str
    add: str | None
    terms: tuple[TermNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change in preparation, or one that is over."""

    href: str
    title: str
    by: str
    when: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreasPage(Page):
    """The published version as a tree, and the changes in preparation."""

    template: ClassVar[str] = "pages/administration_areas.html"

    facts: tuple[Fact, ...]
    changes: tuple[ChangeRow, ...]
    schemes: tuple[Scheme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage(Page):
    """Versions or changes that are over, newest first; `previous` and `following` are addresses."""

    template: ClassVar[str] = "pages/administration_areas_history.html"

    lead: str
    rows: tuple[ChangeRow, ...]
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """One term that differs: what became of it, in sentences."""

    heading: str
    sentences: tuple[str, ...]
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage(Page):
    """One version, what going back to it would change, and the form for it; no form where it is the published one."""

    template: ClassVar[str] = "pages/administration_areas_version.html"

    heading: str
    facts: tuple[Fact, ...]
    differences: tuple[DifferenceRow, ...]
    published: bool
    seen: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The judged queries before and after, in short; `old` says why it is no longer of this change."""

    before: str
    after: str
    told: str
    old: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage(Page):
    """One change: what differs, its preview, and the form that publishes it; `over` tells what became of it.

    `behind` is the number of a version that was published since it began. `waiting` tells since when a preview is
    asked for, `failure` why the last one failed.
    """

    template: ClassVar[str] = "pages/administration_areas_change.html"

    heading: str
    home: str
    facts: tuple[Fact, ...]
    over: str | None
    behind: int | None
    differences: tuple[DifferenceRow, ...]
    measure: Measure | None
    waiting: str | None
    failure: str | None
    seen: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPage(Page):
    """The terms of a change, each with the way to its form."""

    template: ClassVar[str] = "pages/administration_areas_terms.html"

    home: str
    schemes: tuple[Scheme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPage(Page):
    """The form of one term, or of a new one; `saved` is what somebody else saved meanwhile."""

    template: ClassVar[str] = "pages/administration_areas_term.html"

    home: str
    heading: str
    what: str
    new: bool
    code: str
    remove: str | None
    parents: tuple[Option, ...]
    saved: tuple[Fact, ...]
    seen: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePage(Page):
    """The question whether a term should go, with what becomes of the listings that name it."""

    template: ClassVar[str] = "pages/administration_areas_remove.html"

    back: str
    heading: str
    told: str
    seen: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ClashRow:
    """What two changed differently, with what each says; `key` is the name of the choice."""

    key: str
    legend: str
    options: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePage(Page):
    """Bringing a change up to date: what was published since, and what must be chosen."""

    template: ClassVar[str] = "pages/administration_areas_update.html"

    heading: str
    home: str
    number: int
    since: tuple[DifferenceRow, ...]
    clashes: tuple[ClashRow, ...]
    seen: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardPage(Page):
    """The question whether a change should be thrown away."""

    template: ClassVar[str] = "pages/administration_areas_discard.html"

    home: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    """One result of a query: its place now, how it came there, and its grade."""

    place: str
    title: str
    moved: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedQuery:
    """One judged query that changes, with its results."""

    heading: str
    told: str
    rows: tuple[MovedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage(Page):
    """The judged queries that change, each with its first ten; `waiting` while it is being worked out."""

    template: ClassVar[str] = "pages/administration_areas_preview.html"

    home: str
    over: bool
    waiting: str | None
    failure: str | None
    measure: Measure | None
    queries: tuple[MovedQuery, ...]
