"""A search's filters as codes that SQL can look for, a little wider than they are; knows no statement and no engine."""

from collections.abc import Collection, Mapping, Sequence

from exchange.place.places import Gazetteer
from exchange.taxonomy import AREA, GROUP, Taxonomy
from exchange.text_search import Stated
from indexer.constraints import place_ask
from indexer.document import DocumentBuilder
from indexer.results import Facet, Query

MOST_CODES = 100
"""Codes of a region: it is not asked for more; what a whole nation leaves out is left out of what SQL found."""

FIELDS: Mapping[Facet, tuple[str, ...]] = {
    Facet.AREA: ("areas",),
    Facet.GROUP: ("groups", "gender"),
    Facet.PLACE: ("delivers_in", "would_deliver_in", "required_in"),
    Facet.TIER: ("tiers",),
    Facet.STAGE: ("stage",),
}
"""The filters whose values stand in a listing's content as they are, and the fields that state them."""


def narrowed(query: Query, builder: DocumentBuilder) -> tuple[Stated, ...]:
    """Give what SQL may look for, so that the few that it gives are not all left out by the filters themselves."""
    return tuple(
        Stated(codes=codes, or_no=() if facet in query.exclude_not_stated else fields)
        for facet, fields in FIELDS.items()
        if query.filters.get(facet) and len(codes := _codes(facet, query, builder)) <= MOST_CODES
    )


def _codes(facet: Facet, query: Query, builder: DocumentBuilder) -> Collection[str]:
    """Give the codes that satisfy a filter, as a listing's content writes them."""
    values = query.filters[facet]
    if facet is Facet.PLACE:
        return _places(builder.gazetteer, values, near=facet not in query.exclude_not_stated)
    if facet in _SCHEMES:
        return _with_those_below(builder.taxonomy, _SCHEMES[facet], values)
    return values


_SCHEMES = {Facet.AREA: AREA, Facet.GROUP: GROUP}


def _with_those_below(taxonomy: Taxonomy, scheme: str, values: Sequence[str]) -> Collection[str]:
    found = {code for value in values for code in taxonomy.with_descendants(value, scheme)}
    return found | {"any"} if found & {"women", "men"} else found


def _places(gazetteer: Gazetteer, values: Sequence[str], *, near: bool) -> Collection[str]:
    """Give every place that shares a district; those next door count as those that do not say (design, ruling 5)."""
    ask = place_ask(gazetteer, tuple(values))
    return gazetteer.overlapping(ask.districts | ask.neighbours if near else ask.districts)
