"""The gap map: tables and charts of where needs and innovations are, and lists of those without a counterpart."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Kind
from exchange.errors import InputError, NotFoundError
from exchange.listing.listings import listings_by_ids
from exchange.models import State
from exchange.running.gap_map import Picture, read_picture
from web.cards import Words
from web.feeds.answers import answer
from web.params import Asked, read_page
from web.running.charts import MEDIA_TYPE, NARROW, POLICY, WIDE, draw
from web.running.gap_links import AREAS_CHART, REGIONS_CHART, GapFilter
from web.running.gap_links import NARROW as NARROW_NAME
from web.running.gap_list import gap_cards, gap_list_page, shown_on
from web.running.gap_pages import Names, area_chart, area_names, gap_map_page, region_chart, region_names
from web.site import Site, site_of

CHARTS = {REGIONS_CHART: region_chart, AREAS_CHART: area_chart}


def gap_map(request: Request) -> Response:
    """Show where needs and innovations are and where they are missing."""
    site = site_of(request)
    with site.reading() as session:
        regions, areas = _names(site, session)
        page = gap_map_page(_picture(site, session), regions, areas)
    return site.show(request, page)


def chart(request: Request) -> Response:
    """Give a chart as a picture, wide or narrow, with the rules that let a picture have a style of its own.

    Raises:
        NotFoundError: there is no chart of this name.
    """
    site, name = site_of(request), str(request.path_params["name"])
    kind = name.removesuffix(NARROW_NAME)
    if kind not in CHARTS:
        raise NotFoundError("There is no such chart; the gap map shows those that there are.")
    with site.reading() as session:
        regions, areas = _names(site, session)
        made = CHARTS[kind](_picture(site, session), regions if kind == REGIONS_CHART else areas)
    response = answer(request, draw(made, NARROW if name.endswith(NARROW_NAME) else WIDE), MEDIA_TYPE)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def needs(request: Request) -> Response:
    """List the open needs without a match."""
    return _gaps(request, Kind.NEED)


def innovations(request: Request) -> Response:
    """List the published innovations without a buyer."""
    return _gaps(request, Kind.INNOVATION)


def _gaps(request: Request, kind: Kind) -> Response:
    site, asked = site_of(request), Asked()
    number = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    with site.reading() as session:
        names = _names(site, session)
        region, area = (_one_of(request, field, known) for field, known in zip(("region", "area"), names, strict=True))
        picture, chosen = _picture(site, session), GapFilter(kind, region, area)
        shown = shown_on(picture.gaps(kind, region, area), number)
        rows = listings_by_ids(session, [one.id for one in shown])
        still_open = {key: row for key, row in rows.items() if row.state == State.PUBLISHED}
        cards = gap_cards(shown, still_open, Words(site.taxonomy(session), site.gazetteer, site.today()))
        page = gap_list_page(picture, chosen, number, cards, names)
    return site.show(request, page)


def _picture(site: Site, session: Session) -> Picture:
    return site.gaps.get(site.clock(), lambda: read_picture(session, site.taxonomy(session)))


def _names(site: Site, session: Session) -> tuple[Names, Names]:
    return region_names(site.gazetteer), area_names(site.taxonomy(session))


def _one_of(request: Request, field: str, known: Names) -> str | None:
    value = request.query_params.get(field, "").strip()
    if value and value not in known:
        raise InputError(f"There is no {field} “{value[:60]}” on the gap map: choose one from its tables.", field=field)
    return value or None
