"""Addresses of the gap map, its lists and its charts; knows no page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from exchange.content import Kind

GAP_MAP, REGIONS_CHART, AREAS_CHART = "/gap-map", "regions", "areas"
NARROW = "-narrow"
LISTS = {Kind.NEED: f"{GAP_MAP}/needs", Kind.INNOVATION: f"{GAP_MAP}/innovations"}


@dataclass(frozen=True, slots=True)
class GapFilter:
    """Which gaps are listed: of one kind, in one region and one area where they are named."""

    kind: Kind | None
    region: str | None = None
    area: str | None = None


def gaps_path(chosen: GapFilter, page: int = 1) -> str:
    """Give the address of a list of gaps."""
    named = {"region": chosen.region, "area": chosen.area, "page": str(page) if page > 1 else None}
    text = urlencode({name: value for name, value in named.items() if value})
    start = LISTS[chosen.kind or Kind.NEED]
    return f"{start}?{text}" if text else start


def chart_path(name: str, *, narrow: bool = False) -> str:
    """Give the address of a chart, of its narrow form where asked."""
    return f"{GAP_MAP}/{name}{NARROW if narrow else ''}.svg"
