"""Places as people type them: names on lines or between commas, turned into codes and back; knows no form."""

from collections.abc import Iterable

from exchange.errors import InputError
from exchange.place.places import Gazetteer

MOST = 100


def codes_of(text: str, gazetteer: Gazetteer, field: str) -> tuple[str, ...] | None:
    """Give the codes of places named one a line or between commas; None where none is.

    A whole line is read first: some names hold a comma (Bristol, City of).

    Raises:
        InputError: at the field; nobody knows a name, which the sentence gives, or there are too many.
    """
    names = [name for line in text.splitlines() for name in _names(line, gazetteer)]
    unknown = list(dict.fromkeys(name for name in names if _code(name, gazetteer) is None))
    if unknown:
        named = ", ".join(f'"{name[:100]}"' for name in unknown[:5])
        raise InputError(
            f"The exchange does not know {named} as a place. Give a council area, county, region or country of the "
            "United Kingdom, such as Leeds, Kent or Wales.",
            field=field,
        )
    codes = dict.fromkeys(code for name in names if (code := _code(name, gazetteer)) is not None)
    if len(codes) > MOST:
        raise InputError(f"{len(codes)} places are named; name {MOST} or fewer, or the region instead.", field=field)
    return tuple(codes) or None


def names_of(codes: Iterable[str] | None, gazetteer: Gazetteer) -> str:
    """Give places one a line, so that reading them again gives the same codes."""
    return "\n".join(_name(code, gazetteer) for code in codes or ())


def _name(code: str, gazetteer: Gazetteer) -> str:
    """Give a code's name, or the code itself where its name means another place first."""
    name = gazetteer.label(code)
    return name if _code(name, gazetteer) == code else code


def _names(line: str, gazetteer: Gazetteer) -> list[str]:
    if _code(line.strip(), gazetteer) is not None:
        return [line.strip()]
    return [name for part in line.replace(";", ",").split(",") if (name := part.strip())]


def _code(name: str, gazetteer: Gazetteer) -> str | None:
    place = gazetteer.find(name) or gazetteer.get(name)
    return place.code if place else None
