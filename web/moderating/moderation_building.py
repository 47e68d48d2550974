"""The pages of a listing and of a revision before a moderator, built from everything that bears on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from exchange.content import Content, edition, to_json
from exchange.listing.differences import differences
from exchange.listing.states import FOUND
from exchange.models import Account, Listing, Revision, State
from exchange.moderating.moderation import REFUSED_BY_YOU
from exchange.moderating.moderation_record import Recorded, of_listing
from exchange.moderating.moderation_waiting import waiting_revision
from exchange.moderating.moderators import refused_by
from exchange.moderating.reports import reports_of
from exchange.people.sign_ins import Person
from web import links, wording
from web.cards import Words
from web.forms import Form
from web.listing_page import ListingPage, listing_page
from web.moderating.moderation_checks import checks
from web.moderating.moderation_form import OF_LISTING, OF_REVISION, Asked, Choice, DecisionForm, decision_form
from web.moderating.moderation_pages import ModeratedPage, ReportRow, RevisionPage
from web.moderating.moderation_rows import decision_rows, diff_rows, names, report_row, say_state
from web.people.account_pages import titled
from web.site import Site

NOTHING_TO_DECIDE = "There is nothing to decide now: it is “{}”."


@dataclass(frozen=True, slots=True)
class Subject:
    """What is decided on: a listing, or a revision of one."""

    listing: Listing
    revision: Revision | None = None

    @property
    def content(self) -> Content:
        """Give the text that is decided on."""
        return (self.revision or self.listing).content

    @property
    def state(self) -> State:
        """Give its state."""
        return State((self.revision or self.listing).state)

    @property
    def address(self) -> str:
        """Give the address of its page."""
        return f"/moderation/revisions/{self.revision.id}" if self.revision else links.moderated(self.listing.id)


@dataclass(frozen=True, slots=True)
class Room:
    """Where a page is built: the site, one session for all that is read, and the moderator."""

    site: Site
    session: Session
    person: Person

    def words(self) -> Words:
        """Give the names of codes."""
        return Words(self.site.taxonomy(self.session), self.site.gazetteer)

    def earlier(self, listing_id: int) -> tuple[Recorded, ...]:
        """Give every decision on a listing, the newest first."""
        return of_listing(self.session, listing_id, self.person)


def moderated_page(room: Room, subject: Subject, form: Form) -> ModeratedPage:
    """Build the page of a listing as it would stand."""
    row = subject.listing
    earlier, waits = room.earlier(row.id), waiting_revision(room.session, row.id)
    deciding, why_not = _deciding(room, subject, OF_LISTING, form)
    return ModeratedPage(
        title=titled(row.title, form),
        heading=row.title,
        caption=f"{wording.KINDS[row.side]} {row.id}",
        state=say_state(row.state),
        appeal=_appeal(subject, earlier),
        shown=_as_it_would_stand(room, row),
        checks=checks(room.site, room.session, row, subject.content),
        earlier=decision_rows(earlier),
        reports=report_rows(room, row.id),
        revision_href=f"/moderation/revisions/{waits}" if waits is not None else None,
        public_href=links.listing(row.id) if row.state in FOUND else None,
        deciding=deciding,
        why_not=why_not,
        form=form,
    )


def revision_page(room: Room, subject: Subject, form: Form) -> RevisionPage:
    """Build the page of a revision: what it changes in the public text."""
    row = subject.listing
    changed, unchanged = diff_rows(differences(row.content, subject.content, names(room.words())))
    deciding, why_not = _deciding(room, subject, OF_REVISION, form)
    return RevisionPage(
        title=titled(f"Change of {row.title}", form),
        heading=subject.content.title,
        caption=f"Change of {wording.KINDS[row.side].lower()} {row.id}",
        state=say_state(subject.state),
        live_href=links.moderated(row.id),
        live_title=row.title,
        changed=changed,
        unchanged=unchanged,
        checks=checks(room.site, room.session, row, subject.content),
        earlier=decision_rows(room.earlier(row.id)),
        deciding=deciding,
        why_not=why_not,
        form=form,
    )


def report_rows(
    room: Room, listing_id: int, *, without: int | None = None, comment_id: int | None = None
) -> tuple[ReportRow, ...]:
    """Write every report of a listing, or of a comment on it, the newest first."""
    made = [report for report in reports_of(room.session, listing_id, comment_id) if report.id != without]
    return tuple(report_row(report, room.session.get_one(Account, report.by_id).name) for report in made)


def _deciding(
    room: Room, subject: Subject, offered: Mapping[State, tuple[Choice, ...]], form: Form
) -> tuple[DecisionForm | None, str | None]:
    """Give the form, or the sentence that says why there is none."""
    choices = offered.get(subject.state)
    if choices is None:
        return None, NOTHING_TO_DECIDE.format(say_state(subject.state))
    if subject.state is State.APPEALED and refused_by(room.session, subject.listing.id) == room.person.id:
        return None, REFUSED_BY_YOU
    asked = Asked(subject.address, subject.state, edition(subject.content), choices)
    return decision_form(asked, form, room.site.clock()), None


def _appeal(subject: Subject, earlier: tuple[Recorded, ...]) -> str | None:
    if subject.state is not State.APPEALED:
        return None
    return next((one.reason for one in earlier if one.new_state is State.APPEALED), None)


def _as_it_would_stand(room: Room, row: Listing) -> ListingPage:
    """Build the public page from a row that no session knows, published where it is not public yet."""
    shown = Listing(
        id=row.id,
        kind=row.kind,
        state=row.state if row.state in FOUND else State.PUBLISHED,
        title=row.title,
        closes_on=row.closes_on,
        data=to_json(row.content),
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        published_at=row.published_at,
        created_at=row.created_at,
        by_id=row.by_id,
    )
    return listing_page(shown, None, room.words(), room.site.settings.base_url)
