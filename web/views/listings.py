"""A listing with its matches, and all of its matches."""

from dataclasses import replace

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.introducing.needs import conclusion_of
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.models import Listing, State
from exchange.people.sign_ins import Person
from web import links
from web.cards import Words
from web.discussing.discussion_building import discussion, first_form
from web.discussing.remarks import Reader
from web.feeds.days import takes_dates
from web.feeds.following import listing_calendar
from web.introducing.match_acts import match_acts
from web.introducing.needs_pages import concluded
from web.introducing.next_steps import is_theirs, next_steps
from web.listing_page import STATE_SENTENCES, listing_page
from web.matches_page import ALL_MATCHES, FIRST_MATCHES, MatchesPage, MatchList, match_list
from web.site import Site, number_of, site_of
from web.visit import visit_of


def listing(request: Request) -> Response:
    """Show everything that a listing states, its first matches and what to do next."""
    site = site_of(request)
    with site.reading() as session:
        row = visible_listing(session, number_of(request, "id"))
        words = Words(site.taxonomy(session), site.gazetteer, site.today())
        person = visit_of(request).person
        page = listing_page(row, _matches(site, session, row, person, FIRST_MATCHES), words, site.settings.base_url)
        page = replace(
            page,
            conclusion=concluded(conclusion_of(session, row.id)),
            discussion=discussion(session, Reader(row, person), first_form()),
            next=next_steps(session, row, person, site.today()),
            calendar=listing_calendar(row.id) if takes_dates(row) else None,
        )
    return site.show(request, page)


def matches(request: Request) -> Response:
    """Show all matches of a listing."""
    site = site_of(request)
    with site.reading() as session:
        row = visible_listing(session, number_of(request, "id"))
        page = MatchesPage(
            title=f"Matches of {row.title}",
            listing_title=row.title,
            listing_href=links.listing(row.id),
            matches=_matches(site, session, row, visit_of(request).person, ALL_MATCHES),
            state=STATE_SENTENCES.get(State(row.state)),
            save=links.save_matches(row.id) if _told_of(row, visit_of(request).person) else None,
        )
    return site.show(request, page)


def _matches(site: Site, session: Session, row: Listing, person: Person | None, limit: int) -> MatchList | None:
    """Match an open listing; one that is closed is never matched. Its owners can act on what they see."""
    if row.state != State.PUBLISHED:
        return None
    found = site.service.match(row.id, limit)
    rows = listings_by_ids(session, found.ids)
    acts = match_acts(session, row, rows, person, site.today())
    return match_list(row, found, rows, Words(site.taxonomy(session), site.gazetteer, site.today()), acts)


def _told_of(row: Listing, person: Person | None) -> bool:
    """Say whether somebody may ask to be told of new matches: it is theirs, and it is matched."""
    return person is not None and is_theirs(row, person) and row.state == State.PUBLISHED
