"""One's shortlist: listings kept in mind, each with a note that nobody else sees."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Kind
from exchange.errors import InputError, NotFoundError
from exchange.introducing import shortlist as use_cases
from exchange.introducing.shortlist import Kept
from exchange.listing.listings import visible_listing
from exchange.models import Account, State
from exchange.working_days import london_date
from web import links
from web.cards import Words
from web.forms import Form, form_of
from web.introducing.introduction_pages import KeptItem, NotePage, ShortlistPage
from web.introducing.next_steps import Step, note_field
from web.notices import see_other
from web.site import Site, number_of, site_of
from web.views.signing_in import status_of
from web.visit import signed_in
from web.wording import day

LIST = "/my/shortlist"


def shortlist(request: Request) -> Response:
    """Show everything that is on it, the latest first."""
    return _list(request, None)


def note_page(request: Request) -> Response:
    """Show a listing's note, to write or to change it."""
    return _note(request, None)


def keep(request: Request) -> Response:
    """Add a listing or change its note, from its own page; or change or take it off, from the list."""
    site, number, form = site_of(request), number_of(request, "id"), form_of(request)
    note, on_list = form.stated(note_field(number)), form.text("from") == "list"
    try:
        with site.writing() as session:
            by = session.get_one(Account, signed_in(request).id)
            if form.text("do") == "remove":
                use_cases.remove(session, number, by)
                return see_other(LIST, "shortlist_removed")
            if on_list or (form.text("kept") and use_cases.note_of(session, number, by.id)[0]):
                use_cases.write_note(session, number, note, by, site.clock())
            else:
                use_cases.add(session, number, note, by, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        form.refuse(note_field(number), str(error))
        return _list(request, form, status_of(error)) if on_list else _note(request, form, status_of(error))
    return see_other(f"{LIST}#listing-{number}" if on_list else f"{links.listing(number)}#next", "shortlisted")


def _list(request: Request, form: Form | None, status: int = 200) -> Response:
    site = site_of(request)
    with site.reading() as session:
        kept = use_cases.kept(session, signed_in(request).id)
        items = tuple(_item(site, session, one) for one in kept)
    values = {note_field(one.listing_id): [one.note or ""] for one in kept}
    shown = Form(values | form.values, form.problems) if form else Form(values)
    title = "Your shortlist"
    page = ShortlistPage(title=f"Error: {title}" if shown.problems else title, items=items, form=shown)
    return site.show(request, page, status)


def _note(request: Request, form: Form | None, status: int = 200) -> Response:
    site, number = site_of(request), number_of(request, "id")
    with site.reading() as session:
        row = visible_listing(session, number)
        kept, note = use_cases.note_of(session, number, signed_in(request).id)
    heading = "Your note" if kept else "Add to your shortlist"
    shown = form or Form({note_field(number): [note or ""]})
    page = NotePage(
        title=f"Error: {heading}" if shown.problems else f"{heading}: {row.title}",
        heading=heading,
        listing_title=row.title,
        listing_href=links.listing(number),
        kept=kept,
        action=links.shortlist(number),
        field=note_field(number),
        form=shown,
    )
    return site.show(request, page, status)


def _item(site: Site, session: Session, kept: Kept) -> KeptItem:
    row = kept.listing
    words = Words(site.taxonomy(session), site.gazetteer, site.today())
    asks = row is not None and row.side is Kind.INNOVATION and row.state == State.PUBLISHED
    return KeptItem(
        number=kept.listing_id,
        card=words.card(row) if row else None,
        since=day(london_date(kept.since)),
        action=links.shortlist(kept.listing_id),
        field=note_field(kept.listing_id),
        ask=Step("Ask for an introduction", links.introduce(kept.listing_id)) if asks else None,
    )
