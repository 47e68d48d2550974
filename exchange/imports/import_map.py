"""The import map: one row -> what its listing states, its organisation and its licence; pure, knows no database.

Source: issue 3, Command line, Map. A value that cannot be read is not stated, never an error, and metadata
that this map does not name never reaches the listing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from exchange.content import Basis, Content, Gender, Kind, check_content, clean, stated
from exchange.errors import InputError
from exchange.imports.import_lines import BadRow, Row, is_placeholder, parse_lines
from exchange.imports.import_places import MapContext, PlaceKind, place_codes
from exchange.models import OrgKind
from exchange.organisation.organisations import OrganisationDetails

TITLE_LENGTH = 300
FIRST_WORDS_LENGTH = 80
OLDEST = 130
BUDGET = (100, 5_000_000_000)
"""GBP; below stands a dummy figure (0.01 and 1 are common in notices), above a slip of the keyboard."""

_GENDERS = {
    "any": Gender.ANY,
    "all": Gender.ANY,
    "both": Gender.ANY,
    "male": Gender.MEN,
    "men": Gender.MEN,
    "female": Gender.WOMEN,
    "women": Gender.WOMEN,
}
_NOBODY = frozenset(("anonymous", "individual", "private individual", "redacted", "various", "multiple"))
"""Such a name would make one organisation of many."""
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
_OWN_ORG_ID = re.compile(r"GB-(CHC|SC|NIC)-[A-Z0-9]{1,20}")
_REGISTERS = (
    ("GB-SC-", re.compile(r"(SC\d{5,6})")),
    ("GB-NIC-", re.compile(r"NIC?(\d{6})")),
    ("GB-CHC-", re.compile(r"(\d{6,7})(?:-\d+)?")),  # a subsidiary shares its parent's number
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One row's meaning; `organisation` is None where it is not stated, `awarded` marks a notice that is over."""

    content: Content
    organisation: OrganisationDetails | None
    awarded: bool
    licence: str | None


def map_lines(lines: Iterable[str], kind: Kind, context: MapContext) -> Iterator[tuple[Row, Mapped] | BadRow]:
    """Parse and map a file's lines; a row whose content breaks a rule becomes a bad row."""
    for row in parse_lines(lines):
        if isinstance(row, BadRow):
            yield row
            continue
        mapped = map_row(row, kind, context)
        try:
            check_content(mapped.content, kind)
        except InputError as error:
            yield BadRow(row.line, str(error))
        else:
            yield row, mapped


def map_row(row: Row, kind: Kind, context: MapContext) -> Mapped:
    """Turn one row into what it means for a listing of this kind."""
    fields = _need(row, context) if kind is Kind.NEED else _innovation(row, context)
    youngest, oldest = _ages(row.metadata)
    title, description = _texts(row)
    content = Content(
        title=title,
        description=description,
        gender=_GENDERS.get(_text(row.metadata, "sex").casefold()),
        age_min=youngest,
        age_max=oldest,
        **fields,
    )
    return Mapped(
        content=stated(content),
        organisation=_organisation(row, kind),
        awarded=any(tag.startswith("award") for tag in _texts_of(row.metadata, "tag")),
        licence=_text(row.metadata, "licence") or None,
    )


def first_words(text: str) -> str:
    """Give the first words of a text, at most 80 characters, cut at a word."""
    plain = " ".join(text.split())
    if len(plain) <= FIRST_WORDS_LENGTH:
        return plain
    cut = plain[: FIRST_WORDS_LENGTH + 1].rpartition(" ")[0] or plain[:FIRST_WORDS_LENGTH]
    return cut.rstrip(" ,;:-(")


def organisation_id(charity_number: str) -> str | None:
    """Turn a charity number into an org-id by its register (Scotland, Northern Ireland, England and Wales)."""
    plain = re.sub(r"\s", "", charity_number).upper()
    if _OWN_ORG_ID.fullmatch(plain):
        return plain
    found = ((prefix, shape.fullmatch(plain)) for prefix, shape in _REGISTERS)
    return next((prefix + match[1] for prefix, match in found if match), None)


def _texts(row: Row) -> tuple[str, str | None]:
    """Give title and description; what does not fit into the title stays whole in the description."""
    if not row.title:
        return first_words(row.text), row.text
    if len(row.title) <= TITLE_LENGTH:
        return row.title, row.text or None
    return first_words(row.title), "\n\n".join(filter(None, (row.title, row.text)))


def _innovation(row: Row, context: MapContext) -> dict[str, Any]:
    grant = _amount(row.metadata, "amount_gbp", 1, BUDGET[1])
    return {
        "office_in": _first_known(
            row, (("lad_code", "gss"), ("outward_postcode", "outward"), ("region", "region")), context
        ),
        "delivers_in": _first_known(row, (("nps_region", "nps_region"),), context),
        "grant_received": grant,
    }


def _need(row: Row, context: MapContext) -> dict[str, Any]:
    budget = _amount(row.metadata, "value_gbp", *BUDGET)
    return {
        "required_in": _first_known(row, (("buyer_gss", "gss"), ("regions", "region")), context),
        "money_max": budget,
        "money_basis": None if budget is None else Basis.TOTAL,
    }


def _first_known(row: Row, keys: Iterable[tuple[str, PlaceKind]], context: MapContext) -> tuple[str, ...] | None:
    """Give the places of the first key, most exact first, that names any that is known."""
    for key, kind in keys:
        codes = [code for value in _texts_of(row.metadata, key) for code in place_codes(value, kind, context)]
        if codes:
            return tuple(dict.fromkeys(codes))
    return None


def _organisation(row: Row, kind: Kind) -> OrganisationDetails | None:
    """Give the recipient or buyer, else the organisation that the row's own id is of, else None: never a shared one."""
    first, other = ("buyer", "recipient") if kind is Kind.NEED else ("recipient", "buyer")
    side = OrgKind.PUBLIC_BODY if kind is Kind.NEED else OrgKind.THIRD_SECTOR
    income = _amount(row.metadata, "income", 0, BUDGET[1])
    if name := _name(row.metadata, first) or _name(row.metadata, other):
        number = _text(row.metadata, "charity_number")
        return OrganisationDetails(name=name, kind=side, org_id=organisation_id(number), income=income)
    if row.title and _OWN_ORG_ID.fullmatch(row.id):
        return OrganisationDetails(name=row.title, kind=OrgKind.THIRD_SECTOR, org_id=row.id, income=income)
    return None


def _ages(metadata: dict[str, Any]) -> tuple[int | None, int | None]:
    youngest, oldest = _amount(metadata, "min_age", 0, OLDEST), _amount(metadata, "max_age", 0, OLDEST)
    if youngest is not None and oldest is not None and oldest < youngest:
        return None, None
    return youngest, oldest


def _amount(metadata: dict[str, Any], name: str, low: int, high: int) -> int | None:
    """Read a number, or text that is one, rounded to a whole; None where it is no number or out of its range."""
    value = metadata.get(name)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        return None
    return round(value)


def _text(metadata: dict[str, Any], name: str) -> str:
    """Read one text or whole number as text; empty where it is anything else."""
    value = metadata.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return clean(value) if isinstance(value, str) else ""


def _name(metadata: dict[str, Any], name: str) -> str:
    """Read an organisation's name; empty where it names nobody in particular."""
    text = " ".join(_text(metadata, name).split())
    return "" if is_placeholder(text) or text.casefold() in _NOBODY else text


def _texts_of(metadata: dict[str, Any], name: str) -> list[str]:
    """Read a list of texts, or one text as a list of one, passing over what is no text."""
    value = metadata.get(name)
    values = value if isinstance(value, list) else [value]
    return [clean(item) for item in values if isinstance(item, str)]
