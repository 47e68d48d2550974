"""The contexts of the pages of an organisation's members and of those who would be; knows no request."""

from dataclasses import dataclass
from typing import ClassVar

from web.cards import Fact
from web.forms import Form
from web.people.account_pages import FormPage
from web.people.organisation_form import Changed
from web.rendering import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A member as other members see them; nobody removes themselves."""

    name: str
    email: str
    you: bool
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A request to join as a member sees it."""

    name: str
    email: str
    asked: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An organisation that may be the one meant; `href` where its page is public, `join` where to ask."""

    name: str
    kind: str
    org_id: str | None
    href: str | None
    join: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyOrganisationPage(Page):
    """What `/my/organisation` shows to a member."""

    template: ClassVar[str] = "pages/my_organisation.html"

    href: str
    public: bool
    facts: tuple[Fact, ...]
    waiting: tuple[Changed, ...]
    waiting_since: str | None
    members: tuple[Colleague, ...]
    requests: tuple[Asker, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOrganisationPage(Page):
    """What `/my/organisation` shows to one without: how to come to one, or what they wait for."""

    template: ClassVar[str] = "pages/no_organisation.html"

    waiting: str | None
    asked: str | None
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOrganisationPage(Page):
    """What `/my/organisation/find` shows."""

    template: ClassVar[str] = "pages/find_organisation.html"

    form: Form
    searched: str | None
    offers: tuple[Offered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFormPage(FormPage):
    """A new organisation's form, or that of the profile: `offers` may be the one meant, `sure` lets it be a new one.

    `seen` is the mark of the profile that the person saw; `decided` says that a change waits for a decision.
    """

    template: ClassVar[str] = "pages/organisation_form.html"

    kinds: tuple[tuple[str, str], ...]
    new: bool
    offers: tuple[Offered, ...] = ()
    sure: bool = False
    seen: str = ""
    decided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePage(FormPage):
    """What `/my/organisation/invite` shows."""

    template: ClassVar[str] = "pages/invite_colleague.html"

    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMembershipPage(Page):
    """Ask before a membership ends: one's own, or that of the member named."""

    template: ClassVar[str] = "pages/end_membership.html"

    organisation: str
    who: str | None
    last: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage(Page):
    """What `/invitation` shows: what the invitation is, and what the person must do before it can be taken."""

    template: ClassVar[str] = "pages/invitation.html"

    state: str
    code: str
    organisation: str
    email: str
    here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingJoin:
    """A request to join in the list of administrators."""

    href: str
    name: str
    organisation: str
    members: int
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingProfile:
    """A change of a profile in the list of administrators; without an address where they may not decide it."""

    href: str | None
    organisation: str
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsPage(Page):
    """What `/administration/requests` shows."""

    template: ClassVar[str] = "pages/organisation_requests.html"

    joins: tuple[WaitingJoin, ...]
    profiles: tuple[WaitingProfile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRulingPage(FormPage):
    """One request to join, to be decided by an administrator."""

    template: ClassVar[str] = "pages/join_ruling.html"

    person: str
    email: str
    organisation: str
    href: str
    asked: str
    members: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRulingPage(FormPage):
    """One change of a profile, to be decided by an administrator."""

    template: ClassVar[str] = "pages/profile_ruling.html"

    organisation: str
    href: str
    asked: str
    changes: tuple[Changed, ...]
    open: bool
