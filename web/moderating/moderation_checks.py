"""What stands beside a text that a moderator decides on: who is behind it, its evidence, advice, and what is near it.

Knows no decision.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from exchange.content import Content, Kind, evidence_level
from exchange.errors import UnavailableError
from exchange.listing import claims, duplicates
from exchange.listing.differences import LABELS
from exchange.listing.duplicates import Duplicate
from exchange.listing.listings import listings_by_ids
from exchange.listing.states import FOUND
from exchange.models import Listing, Organisation, State
from exchange.moderating.moderation_queue import published_before
from exchange.organisation.organisations import register_link
from exchange.working_days import london_date
from indexer.embedder import MODEL_FAILURES
from indexer.service import DOWN
from web import links, wording
from web.cards import Fact, size_of
from web.listing_page import LinkRow, web_address
from web.pages import Entry
from web.site import Site

NEAR = 5
ORG_KINDS = {"third-sector": "Charity or social enterprise", "public-body": "Public body"}
NOT_WELL_FORMED = "{} (not well formed: no register that we know has such a number)"
NO_NEAR_NOW = "Near listings cannot be looked for just now. Open this page again in a few minutes."
MAY_BE_THE_SAME = "may be the same"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One finding of the claim check: the field's label, the sentence and the author's words."""

    label: str
    sentence: str
    quote: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The organisation behind a listing, as its moderators see it."""

    name: str
    href: str
    facts: tuple[Fact, ...]
    links: tuple[LinkRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Everything that is shown beside a text; where a part is down, the sentence that says so stands in its place."""

    organisation: Behind | None
    level: str | None
    """None for a need that states no evidence: nobody asks it for any."""
    raised_by: str
    risk: str | None
    doubts: tuple[Doubt, ...]
    own: tuple[Entry, ...]
    near: tuple[Entry, ...]
    no_near: str | None


def checks(site: Site, session: Session, listing: Listing, content: Content) -> Checks:
    """Check a listing as it would stand with this content."""
    level = evidence_level(content)
    near = _near(site, session, listing, content)
    return Checks(
        organisation=_behind(session, listing.organisation) if listing.organisation else None,
        level=wording.evidence_badge(level) if listing.side is Kind.INNOVATION or level else None,
        raised_by=wording.RAISED_BY[level],
        risk=claims.risky(content, listing.side),
        doubts=_doubts(site, listing, content),
        own=_own(session, listing, content),
        near=near or (),
        no_near=NO_NEAR_NOW if near is None else None,
    )


def _doubts(site: Site, listing: Listing, content: Content) -> tuple[Doubt, ...]:
    """Give the claim check's findings; a need's dates are seen from the day on which it was or would be published."""
    day = london_date(listing.published_at or site.clock())
    found = claims.check(content, listing.side, day)
    return tuple(Doubt(LABELS.get(one.field, one.field), one.sentence, one.quote) for one in found)


def _behind(session: Session, organisation: Organisation) -> Behind:
    org_id, register = organisation.org_id, register_link(organisation.org_id)
    first = organisation.id not in published_before(session, {organisation.id})
    rows = []
    if register is not None:
        rows.append(LinkRow("Register entry", f"{register[0]} ({org_id})", register[1]))
    if (site := web_address(organisation.website)) is not None:
        rows.append(LinkRow("Website", organisation.website or site, site))
    reached = [part for part in (organisation.email, organisation.telephone) if part]
    return Behind(
        name=organisation.name,
        href=links.organisation(organisation.id),
        facts=(
            Fact("Kind", ORG_KINDS.get(organisation.kind, organisation.kind)),
            Fact("Org-id", org_id if register or not org_id else NOT_WELL_FORMED.format(org_id)),
            Fact("Size", size_of(organisation)),
            Fact("First listing", "Yes: none was published before" if first else "No"),
            Fact("Public contact", ", ".join(reached) or None),
            Fact("About", organisation.about),
        ),
        links=tuple(rows),
    )


def _own(session: Session, listing: Listing, content: Content) -> tuple[Entry, ...]:
    """Give the author's listings that say nearly the same; a draft is still theirs alone."""
    found = duplicates.own(
        session,
        content,
        listing.side,
        organisation_id=listing.organisation_id,
        by_id=listing.by_id,
        exclude_id=listing.id,
    )
    return tuple(_entry(one) for one in found if one.state is not State.DRAFT)


def _entry(one: Duplicate) -> Entry:
    href = links.listing(one.listing_id) if one.state in FOUND else links.moderated(one.listing_id)
    return Entry(one.title, href, note=one.state.replace("_", " "))


def _near(site: Site, session: Session, listing: Listing, content: Content) -> tuple[Entry, ...] | None:
    """Give the published listings that are nearest; None where the engine or the model does not answer."""
    try:
        found = site.service.near(listing.side, content, listing.id, NEAR)
    except (UnavailableError, *MODEL_FAILURES):
        return None
    if not found and DOWN in site.service.status().values():
        return None
    rows = listings_by_ids(session, [one.id for one in found])
    return tuple(
        Entry(rows[one.id].title, links.listing(one.id), note=MAY_BE_THE_SAME if one.duplicate else None)
        for one in found
        if one.id in rows
    )
