"""What a person and their organisation have posted: the list, each listing's overview and preview, and submitting."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.content import to_json
from exchange.errors import InputError, NotFoundError, StateError
from exchange.listing import drafts, submitting
from exchange.listing.completeness import lacks
from exchange.listing.drafts import Draft
from exchange.models import Listing, State
from web import links
from web.cards import Words
from web.listing_page import listing_page
from web.notices import see_other
from web.params import Asked, read_page
from web.posting.posting_beside import beside
from web.posting.posting_overview import Seen, mine, overview_page
from web.posting.posting_pages import MyListingsPage, OverviewPage, PreviewPage
from web.posting.posting_standing import title_of
from web.site import Site, number_of, site_of
from web.visit import signed_in

A_PAGE = 25


def my_listings(request: Request) -> Response:
    """Show their own and their organisation's listings, the newest first."""
    site, asked = site_of(request), Asked()
    number = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    with site.reading() as session:
        found = drafts.mine(session, signed_in(request), A_PAGE + 1, (number - 1) * A_PAGE)
        today, days = site.today(), site.settings.promise_days
        items = tuple(mine(draft, today, days) for draft in found[:A_PAGE])
    page = MyListingsPage(
        title="Your listings",
        items=items,
        previous=f"/my/listings?page={number - 1}" if number > 1 else None,
        following=f"/my/listings?page={number + 1}" if len(found) > A_PAGE else None,
    )
    return site.show(request, page)


def overview(request: Request) -> Response:
    """Show where a listing stands, its steps, and what stands beside it."""
    site = site_of(request)
    with site.reading() as session:
        page = _overview(site, session, request)
    return site.show(request, page)


def submit(request: Request) -> Response:
    """Put a listing or its change before the moderators, or say everything that it lacks."""
    site, person = site_of(request), signed_in(request)
    number = number_of(request, "id")
    try:
        with site.writing() as session:
            submitting.submit(session, number, person, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        with site.reading() as session:
            draft = drafts.read(session, number, person)
            missing = () if isinstance(error, StateError) else lacks(draft.content, draft.side, site.today())
            page = _overview(site, session, request, list(missing) or [error])
        return site.show(request, page, status=400)
    return see_other(links.my_listing(number), "submitted")


def preview(request: Request) -> Response:
    """Show the page of a listing as it would be with the text that its owners work on."""
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        draft = drafts.read(session, number_of(request, "id"), person)
        words = Words(site.taxonomy(session), site.gazetteer)
        shown = listing_page(_as_it_would_be(draft), None, words, site.settings.base_url)
        values = {field.name: getattr(shown, field.name) for field in fields(shown)}
        values["title"] = title_of(draft)
    page = PreviewPage(**values, overview=links.my_listing(draft.listing.id))
    return site.show(request, page)


def _overview(site: Site, session: Session, request: Request, problems: Sequence[InputError] = ()) -> OverviewPage:
    person, today = signed_in(request), site.today()
    draft = drafts.read(session, number_of(request, "id"), person)
    seen = Seen(
        draft=draft,
        person=person,
        history=drafts.history(session, draft.listing.id),
        today=today,
        promise_days=site.settings.promise_days,
    )
    return overview_page(seen, beside(site, session, (draft, person), today) if seen.writes else None, problems)


def _lacks(site: Site, draft: Draft) -> list[InputError]:
    return list(lacks(draft.content, draft.side, site.today()))


def _as_it_would_be(draft: Draft) -> Listing:
    """Give the row with the text that is worked on, published where it may still be; a value that no session knows."""
    row, content = draft.listing, draft.content
    ended = row.state in {State.CLOSED, State.CONCLUDED}
    return Listing(
        id=row.id,
        kind=row.kind,
        state=row.state if ended else State.PUBLISHED,
        title=content.title,
        closes_on=content.closes_on,
        data=to_json(content),
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        published_at=row.published_at,
        created_at=row.created_at,
        by_id=row.by_id,
    )
