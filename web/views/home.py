"""The home page and the newest listings."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Kind
from exchange.errors import InputError
from exchange.listing.listings import count_by_kind, newest
from indexer.results import DEEPEST, PAGE_SIZE, Facet
from web import links, wording
from web.cards import Words
from web.feeds.following import newest_feed
from web.pages import Entry, HomePage, NewestPage
from web.params import Asked, read_page
from web.site import site_of

NEWEST_ON_HOME = 5


def home(request: Request) -> Response:
    """Show the two doors, what to browse, and the newest listings."""
    site = site_of(request)
    with site.reading() as session:
        taxonomy = site.taxonomy(session)
        words = Words(taxonomy, site.gazetteer, site.today())
        open_now = count_by_kind(session)
        cards = tuple(words.card(row) for row in newest(session, None, NEWEST_ON_HOME))
    counts = site.service.counts()
    by_area, by_place = counts.get(Facet.AREA, {}), counts.get(Facet.PLACE, {})
    regions = site.gazetteer.regions()
    page = HomePage(
        title="Find ideas that work, and people who need them",
        innovations=open_now[Kind.INNOVATION],
        needs=open_now[Kind.NEED],
        areas=tuple(Entry(a.label, links.area(a.code), by_area.get(a.code)) for a in taxonomy.top_areas()),
        places=tuple(Entry(place.name, links.place(place.code), by_place.get(place.code)) for place in regions),
        newest=cards,
    )
    return site.show(request, page)


def newest_listings(request: Request) -> Response:
    """Show open listings, newest first, of one kind or both."""
    site, asked = site_of(request), Asked()
    number = read_page(request.query_params.getlist("page"), asked)
    kind = kind_of(request.query_params.get("kind", ""))
    asked.usable()
    with site.reading() as session:
        counted = count_by_kind(session)
        total = counted[kind] if kind else sum(counted.values())
        last = max(1, -(-min(total, DEEPEST) // PAGE_SIZE))
        if number > last:
            raise InputError(f"“{number}” is past the last page: use a page number up to {last}.")
        words = Words(site.taxonomy(session), site.gazetteer, site.today())
        cards = tuple(
            words.card(row, name_kind=kind is None)
            for row in newest(session, kind, PAGE_SIZE, (number - 1) * PAGE_SIZE)
        )
    page = NewestPage(
        title="Newest listings" if kind is None else f"Newest {wording.KINDS_MANY[kind]}",
        kind=kind.value if kind else "",
        kinds=(
            Entry("All", "/newest"),
            *(Entry(wording.KINDS_MANY[k].capitalize(), f"/newest?kind={k}") for k in Kind),
        ),
        cards=cards,
        heading=wording.plural(total, "open listing" if kind is None else f"open {wording.KINDS[kind].lower()}"),
        feed=newest_feed(kind),
        previous=_newest_path(kind, number - 1) if number > 1 else None,
        following=_newest_path(kind, number + 1) if number < last else None,
    )
    return site.show(request, page)


def kind_of(value: str) -> Kind | None:
    """Read a kind; None for none.

    Raises:
        InputError: there is no such kind.
    """
    try:
        return Kind(value) if value else None
    except ValueError:
        raise InputError(f"There is no kind called “{value[:60]}”: choose innovation or need.", field="kind") from None


def _newest_path(kind: Kind | None, page: int) -> str:
    return f"/newest?{f'kind={kind}&' if kind else ''}page={page}"
