"""An organisation and what it has posted."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Kind
from exchange.models import Listing, Organisation, OrgKind
from exchange.organisations import organisation_page
from web.cards import Card, Fact, Words, size_of
from web.listing_page import contact_of
from web.pages import OrganisationPage
from web.site import number_of, site_of

KINDS = {OrgKind.THIRD_SECTOR: "Third-sector organisation", OrgKind.PUBLIC_BODY: "Public body"}


def organisation(request: Request) -> Response:
    """Show an organisation, how to reach it, and its listings."""
    site = site_of(request)
    with site.reading() as session:
        found = organisation_page(session, number_of(request, "id"))
        words = Words(site.taxonomy(session), site.gazetteer)
        page = OrganisationPage(
            title=found.organisation.name,
            kind=KINDS[OrgKind(found.organisation.kind)],
            about=found.organisation.about,
            facts=_facts(found.organisation, words),
            contact=contact_of(found.organisation),
            innovations=_cards(found.listings, Kind.INNOVATION, words),
            needs=_cards(found.listings, Kind.NEED, words),
        )
    return site.show(request, page)


def _cards(listings: Sequence[Listing], kind: Kind, words: Words) -> tuple[Card, ...]:
    return tuple(words.card(row, name_kind=False) for row in listings if row.side is kind)


def _facts(organisation: Organisation, words: Words) -> tuple[Fact, ...]:
    return (
        Fact("Size", size_of(organisation)),
        Fact("Places", words.places(tuple(organisation.places or ()))),
        Fact("Organisation id", organisation.org_id),
    )
