"""The gap map's contexts: where needs and innovations are, what has no counterpart, in words; knows no request."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from exchange.content import Kind
from exchange.place.places import Gazetteer
from exchange.running.gap_map import ENGLAND, NOT_STATED, UNITED_KINGDOM, Column, Picture
from exchange.taxonomy import Taxonomy
from exchange.working_days import london_date
from web import wording
from web.cards import Card
from web.pages import Entry
from web.rendering import Page
from web.running.charts import BarChart
from web.running.gap_links import AREAS_CHART, REGIONS_CHART, GapFilter, chart_path, gaps_path

Names = dict[str, str]
"""The rows of a table in order: the code of each and its name."""

HEADINGS = {
    Column.NEEDS: "Needs",
    Column.NOW: "Innovations, now",
    Column.WOULD: "Innovations, would come",
    Column.UNMATCHED: "Needs without a match",
    Column.UNBOUGHT: "Innovations without a buyer",
    Column.NEITHER: "Of these, without a matching need",
}
BY_REGION = (Column.NEEDS, Column.NOW, Column.WOULD)
BY_AREA = (Column.NEEDS, Column.NOW)
GAPS = (Column.UNMATCHED, Column.UNBOUGHT, Column.NEITHER)
LISTED = {Column.UNMATCHED: Kind.NEED, Column.UNBOUGHT: Kind.INNOVATION}
TITLES = {Kind.NEED: "Needs without a match", Kind.INNOVATION: "Innovations without a buyer"}
LEADS = {
    Kind.NEED: "Open needs for which the exchange knows no innovation that fits closely. Whoever could meet one can "
    "answer it on its page.",
    Kind.INNOVATION: "Published innovations about which nobody has yet shared contact details through the exchange. "
    "They may have buyers elsewhere.",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, and where those that it counts are listed."""

    number: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of numbers: its caption, the heading of its first column, of the others, and its rows."""

    caption: str
    first: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart on a page: the addresses of its wide and its narrow form, and what it shows in a sentence."""

    wide: str
    narrow: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapMapPage(Page):
    """What `/gap-map` shows."""

    template: ClassVar[str] = "pages/gap_map.html"

    needs: int
    innovations: int
    freshness: str
    regions: Table
    regions_drawing: Drawing
    areas: Table
    areas_drawing: Drawing
    region_gaps: Table
    area_gaps: Table
    lists: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapListPage(Page):
    """What `/gap-map/needs` and `/gap-map/innovations` show."""

    template: ClassVar[str] = "pages/gap_list.html"

    lead: str
    freshness: str
    kinds: tuple[Entry, ...]
    chosen: tuple[Entry, ...]
    regions: tuple[Entry, ...]
    areas: tuple[Entry, ...]
    heading: str
    cards: tuple[Card, ...]
    previous: str | None
    following: str | None


def region_names(gazetteer: Gazetteer) -> Names:
    """Name the rows by region: each, then those who are everywhere, then those who do not say."""
    names = {place.code: place.name for place in gazetteer.regions()}
    return {**names, ENGLAND: "Whole of England", UNITED_KINGDOM: "Whole of the UK", NOT_STATED: "Not stated"}


def area_names(taxonomy: Taxonomy) -> Names:
    """Name the rows by area: those at the top, then those who do not say."""
    return {**{entry.code: entry.label for entry in taxonomy.top_areas()}, NOT_STATED: "Not stated"}


def gap_map_page(picture: Picture, regions: Names, areas: Names) -> GapMapPage:
    """Build the page of tables and charts."""
    kinds = [one.kind for one in picture.listings]
    return GapMapPage(
        title="Gap map",
        needs=kinds.count(Kind.NEED),
        innovations=kinds.count(Kind.INNOVATION),
        freshness=freshness(picture),
        regions=_table(picture, ("Needs and innovations by region", "Region"), regions, BY_REGION),
        regions_drawing=_drawing(REGIONS_CHART, region_chart(picture, regions)),
        areas=_table(picture, ("Needs and innovations by area of work", "Area of work"), areas, BY_AREA),
        areas_drawing=_drawing(AREAS_CHART, area_chart(picture, areas)),
        region_gaps=_table(picture, ("Gaps by region", "Region"), regions, GAPS),
        area_gaps=_table(picture, ("Gaps by area of work", "Area of work"), areas, GAPS),
        lists=tuple(Entry(TITLES[kind], gaps_path(GapFilter(kind)), len(picture.gaps(kind))) for kind in TITLES),
    )


def region_chart(picture: Picture, names: Names) -> BarChart:
    """Draw where needs and innovations are by region."""
    return _chart(picture, names, BY_REGION, "region")


def area_chart(picture: Picture, names: Names) -> BarChart:
    """Draw what needs and innovations are about."""
    return _chart(picture, names, BY_AREA, "area of work")


def freshness(picture: Picture) -> str:
    """Say when matches were counted, and how many listings wait for it."""
    waiting = wording.plural(picture.uncounted, "listing")
    if picture.first_counted is None or picture.last_counted is None:
        return f"Matches have not been counted yet: {waiting} not counted yet." if picture.listings else "Nothing yet."
    first, last = (wording.day(london_date(at)) for at in (picture.first_counted, picture.last_counted))
    counted = f"Matches were counted on {last}" if first == last else f"Matches were counted from {first} to {last}"
    return f"{counted}; {waiting} not counted yet." if picture.uncounted else f"{counted}."


def label_of(column: Column, *, by_area: bool) -> str:
    """Give a column's heading; by area there is no "now"."""
    return "Innovations" if by_area and column is Column.NOW else HEADINGS[column]


def _table(picture: Picture, said: tuple[str, str], names: Names, columns: tuple[Column, ...]) -> Table:
    by_area = said[1] != "Region"
    counts = picture.by_area if by_area else picture.by_region

    def cell(column: Column, code: str) -> Cell:
        if column is Column.WOULD and code == NOT_STATED:
            return Cell("-")
        number, kind = counts[column, code], LISTED.get(column)
        place = GapFilter(kind, None, code) if by_area else GapFilter(kind, code, None)
        return Cell(f"{number:,}", gaps_path(place) if kind and number else None)

    rows = tuple((name, tuple(cell(column, code) for column in columns)) for code, name in names.items())
    headings = tuple(label_of(column, by_area=by_area) for column in columns)
    return Table(caption=said[0], first=said[1], headings=headings, rows=rows)


def _chart(picture: Picture, names: Names, columns: tuple[Column, ...], by: str) -> BarChart:
    by_area = by != "region"
    counts = picture.by_area if by_area else picture.by_region
    series = tuple(
        (label_of(column, by_area=by_area), tuple(counts[column, code] for code in names)) for column in columns
    )
    most = [f"{_first_small(name)}: most in {_most(names, values)}" for name, values in series if any(values)]
    told = "; ".join(most) or "nothing is published yet"
    return BarChart(message=f"Bar chart by {by}. {told}.", labels=tuple(names.values()), series=series)


def _most(names: Names, values: Iterable[int]) -> str:
    stated = [(number, name) for (code, name), number in zip(names.items(), values, strict=True) if code != NOT_STATED]
    number, name = max(stated, key=lambda one: one[0])
    return f"{name} ({number:,})" if number else "no stated place or area"


def _first_small(text: str) -> str:
    return text[0].lower() + text[1:]


def _drawing(name: str, chart: BarChart) -> Drawing:
    return Drawing(wide=chart_path(name), narrow=chart_path(name, narrow=True), alt=chart.message)
