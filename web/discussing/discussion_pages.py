"""The contexts of a discussion: threads, the form below them, the pages of one comment; knows no request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from web.discussing.remarks import Deed, Remark
from web.forms import Form
from web.rendering import Page

Option = tuple[str, str] | tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """The form that begins a thread; an owner is not asked for a kind, since only a comment can be theirs."""

    action: str
    kinds: tuple[Option, ...]
    parts: tuple[Option, ...]
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """What stands below a listing: threads, the form or why there is none, and where one asks about which part.

    `unsent` is what was typed into a form that is not offered any more.
    """

    heading: str
    lead: str
    asked: str | None
    nothing: str
    remarks: tuple[Remark, ...]
    total: str | None
    more: str | None
    speaking: Speaking | None
    closed: str | None
    door: Deed | None
    form: Form
    unsent: str | None
    facts: Mapping[str, str]
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussionPage(Page):
    """What `/listings/{id}/discussion` shows."""

    template: ClassVar[str] = "pages/discussion.html"

    listing_title: str
    listing_href: str
    discussion: Discussion
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPage(Page):
    """What the page of a reply shows; without a remark there is nothing to reply to any more."""

    template: ClassVar[str] = "pages/discussion_reply.html"

    heading: str
    listing_title: str
    remark: Remark | None
    label: str
    hint: str
    longest: int
    action: str
    back: str
    form: Form
    why_not: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackPage(Page):
    """What asks whether one's comment is to be taken back."""

    template: ClassVar[str] = "pages/discussion_take_back.html"

    listing_title: str
    remark: Remark
    action: str
    back: str
