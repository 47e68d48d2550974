"""The contexts of the moderators' pages: queue, listing, revision, report and record; knows no request."""

from dataclasses import dataclass
from typing import ClassVar

from web.cards import Fact
from web.discussing.remarks import Remark
from web.forms import Form
from web.listing_page import ListingPage
from web.moderating.moderation_checks import Checks
from web.moderating.moderation_form import DecisionForm
from web.people.administration_pages import Tab
from web.rendering import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One thing that waits; no address where another moderator must decide, and then why."""

    kind: str
    title: str
    href: str | None
    organisation: str | None
    since: str
    due: str
    reasons: tuple[str, ...]
    not_for_you: str | None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage(Page):
    """What `/moderation` shows."""

    template: ClassVar[str] = "pages/moderation_queue.html"

    tabs: tuple[Tab, ...]
    found: str
    promise: str
    rows: tuple[QueueRow, ...]
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One decision of the record."""

    title: str
    href: str
    at: str
    who: str
    what: str
    reason: str | None
    code: str | None
    due: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One report: who said what and when, and what was found."""

    id: int
    at: str
    who: str
    text: str
    state: str
    note: str | None
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratedPage(Page):
    """What `/moderation/listings/{id}` shows; without a form there is nothing to decide, for the reason given."""

    template: ClassVar[str] = "pages/moderation_listing.html"

    heading: str
    caption: str
    state: str
    appeal: str | None
    shown: ListingPage
    checks: Checks
    earlier: tuple[DecisionRow, ...]
    reports: tuple[ReportRow, ...]
    revision_href: str | None
    public_href: str | None
    deciding: DecisionForm | None
    why_not: str | None
    form: Form


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that was compared."""

    text: str
    removed: bool
    added: bool


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One field that differs, or one that does not and its text."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionPage(Page):
    """What `/moderation/revisions/{id}` shows."""

    template: ClassVar[str] = "pages/moderation_revision.html"

    heading: str
    caption: str
    state: str
    live_href: str
    live_title: str
    changed: tuple[DiffRow, ...]
    unchanged: tuple[Fact, ...]
    checks: Checks
    earlier: tuple[DecisionRow, ...]
    deciding: DecisionForm | None
    why_not: str | None
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratedReportPage(Page):
    """What `/moderation/reports/{id}` shows."""

    template: ClassVar[str] = "pages/moderation_report.html"

    listing_title: str
    listing_href: str
    listing_state: str
    remark: Remark | None
    """The comment that was reported, with its state and the page where it is decided on."""
    remark_state: str | None
    remark_href: str | None
    report: ReportRow
    others: tuple[ReportRow, ...]
    earlier: tuple[DecisionRow, ...]
    action: str
    open: bool
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage(Page):
    """What `/moderation/decisions` shows."""

    template: ClassVar[str] = "pages/moderation_decisions.html"

    words: str
    found: str
    rows: tuple[DecisionRow, ...]
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage(Page):
    """What asks what is wrong with a listing or a comment: the form, or why this person reports it not (again)."""

    template: ClassVar[str] = "pages/report.html"

    heading: str
    listing_title: str
    back: str
    action: str
    why_not: str | None
    form: Form
    remark: Remark | None = None
    what: str = "listing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratedCommentPage(Page):
    """What `/moderation/comments/{id}` shows: the comment in any state, its thread, and what can be decided."""

    template: ClassVar[str] = "pages/moderation_comment.html"

    caption: str
    listing_title: str
    listing_href: str
    remark: Remark
    reason: str | None
    thread: tuple[Remark, ...]
    public_href: str | None
    earlier: tuple[DecisionRow, ...]
    reports: tuple[ReportRow, ...]
    measures: tuple[tuple[str, str, str], ...]
    action: str
    form: Form
