"""Places of imported rows: what a file calls a place -> codes of the gazetteer; knows no row and no listing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from exchange.place.places import Gazetteer, load_gazetteer
from exchange.place.postcodes import Postcodes

PlaceKind = Literal["region", "nps_region", "gss", "outward"]


@dataclass(frozen=True, slots=True)
class MapContext:
    """What the mapping looks things up in; without postcodes, an outward postcode is not stated."""

    gazetteer: Gazetteer
    postcodes: Postcodes | None = None


def load_context(postcodes_dir: Path) -> MapContext:
    """Give the package's gazetteer and the compiled postcodes where they are there."""
    return MapContext(load_gazetteer(), Postcodes.open(postcodes_dir))


def place_codes(value: str, kind: PlaceKind, context: MapContext) -> tuple[str, ...]:
    """Give the codes that a stated place means, none when nobody knows it.

    `region` is a name of the ONS tables, `nps_region` a name of the probation set (it wins over an ONS
    region of the same name), `gss` a code, `outward` the first half of a postcode: every district that has a
    tenth or more of its postcodes.
    """
    text = value.strip()
    if not text:
        return ()
    if kind == "outward":
        return tuple(district for district, _ in context.postcodes.outward(text)) if context.postcodes else ()
    if kind == "gss":
        place = context.gazetteer.get(text.upper())
    else:
        place = context.gazetteer.find(text, probation=kind == "nps_region")
    return (place.code,) if place else ()
