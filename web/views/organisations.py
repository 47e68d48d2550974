"""An organisation and what it has posted."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Kind
from exchange.introducing.reply_rate import figures
from exchange.models import Listing, Organisation, OrgKind
from exchange.organisation.organisations import organisation_page
from web.cards import Card, Fact, Words, size_of
from web.introducing.needs_pages import Replies, replies
from web.listing_page import contact_of
from web.pages import OrganisationPage
from web.people.organisation_form import KINDS
from web.site import number_of, site_of
from web.visit import visit_of


def organisation(request: Request) -> Response:
    """Show an organisation, how to reach it, and its listings."""
    site = site_of(request)
    with site.reading() as session:
        found = organisation_page(session, number_of(request, "id"), visit_of(request).person)
        words = Words(site.taxonomy(session), site.gazetteer, site.today())
        page = OrganisationPage(
            title=found.organisation.name,
            kind=KINDS[OrgKind(found.organisation.kind)],
            about=found.organisation.about,
            facts=_facts(found.organisation, words),
            contact=contact_of(found.organisation),
            innovations=_cards(found.listings, Kind.INNOVATION, words),
            needs=_cards(found.listings, Kind.NEED, words),
            replies=_replies(session, found.organisation, site.today()),
        )
    return site.show(request, page)


def _replies(session: Session, organisation: Organisation, today: date) -> Replies | None:
    if organisation.kind != OrgKind.PUBLIC_BODY:
        return None
    return replies(figures(session, organisation.id, today))


def _cards(listings: Sequence[Listing], kind: Kind, words: Words) -> tuple[Card, ...]:
    return tuple(words.card(row, name_kind=False) for row in listings if row.side is kind)


def _facts(organisation: Organisation, words: Words) -> tuple[Fact, ...]:
    return (
        Fact("Size", size_of(organisation)),
        Fact("Places", words.places(tuple(organisation.places or ()))),
        Fact("Organisation id", organisation.org_id),
    )
