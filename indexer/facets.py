"""Facet counts of an engine become the buckets of a page; knows no page."""

from exchange.place.places import Gazetteer
from exchange.taxonomy import Taxonomy
from indexer.document import LARGEST_BAND, MONEY_BANDS
from indexer.results import ASKED, NOT_STATED, Bucket, Facet, Query

ORDERS: dict[Facet, tuple[str, ...]] = {
    Facet.KIND: ("innovation", "need"),
    Facet.TIER: ("grant", "contract", "partnership"),
    Facet.MONEY: (*(name for name, _ in MONEY_BANDS), LARGEST_BAND),
    Facet.STAGE: ("idea", "pilot", "running", "scaled"),
    Facet.SIZE: ("micro", "small", "medium", "large", "major"),
    Facet.EVIDENCE: ("5", "4", "3", "2", "1"),
    Facet.PARTNERS: ("yes", "no"),
}
"""Values with an order of their own; the others stand by the order of the taxonomy or the gazetteer."""


def buckets(
    counts: dict[Facet, dict[str, int]], query: Query, taxonomy: Taxonomy, gazetteer: Gazetteer
) -> dict[Facet, tuple[Bucket, ...]]:
    """Order each facet's values, the "not stated" bucket last."""
    orders = ORDERS | {
        Facet.AREA: tuple(entry.code for entry in taxonomy.scheme("area")),
        Facet.GROUP: ("women", "men", *(entry.code for entry in taxonomy.scheme("group"))),
        Facet.PLACE: tuple(region.code for region in gazetteer.regions()),
    }
    found: dict[Facet, tuple[Bucket, ...]] = {}
    for facet, values in counts.items():
        chosen = query.filters.get(facet, ())
        if facet is Facet.PLACE:
            values = _with_asked(values, chosen)  # noqa: PLW2901  the same counts, one key named
        order = {value: at for at, value in enumerate((*orders[facet], NOT_STATED))}
        known = sorted(values, key=lambda value: order.get(value, -1))
        found[facet] = tuple(Bucket(value=v, count=values[v], chosen=v in chosen) for v in known)
    return found


def _with_asked(values: dict[str, int], chosen: tuple[str, ...]) -> dict[str, int]:
    """Name the count of the place that was set, where it is one place."""
    plain = {value: count for value, count in values.items() if value != ASKED}
    if len(chosen) == 1 and ASKED in values:
        plain[chosen[0]] = values[ASKED]
    return plain
