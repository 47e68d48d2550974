"""The parameters of the interface: their names and limits, for reading them and for describing them; knows no row."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from exchange.content import Kind
from exchange.database import LARGEST_KEY
from exchange.errors import InputError
from exchange.taxonomy import AREA, GROUP, Taxonomy
from indexer.results import DEEPEST, PAGE_SIZE, Facet, Sort
from web import wording
from web.api import cursors
from web.api.problems import Fault
from web.links import FILTERABLE, UNSTATED
from web.params import LONGEST_KEY, MOST_VALUES
from web.site import GENDER_GROUPS

LIMIT, MOST_LISTED = "limit", 100
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an address; of `many`, any of its values satisfies."""

    name: str
    says: str
    schema: Schema
    many: bool = False
    example: str | int | None = None

    @property
    def most(self) -> int:
        """Give how often it may be given."""
        return MOST_VALUES if self.many else 1

    @property
    def free(self) -> bool:
        """Say whether any text will do, an empty one too."""
        return not self.schema.keys() & {"enum", "pattern", "minimum"}

    def fault(self, values: Sequence[str]) -> str | None:
        """Say what is wrong with its values, as far as that can be seen without knowing areas and places."""
        longest = self.schema.get("maxLength", math.inf)
        if len(values) > self.most:
            return f"Give “{self.name}” {f'at most {self.most} times' if self.many else 'once'}."
        if "" in values and not self.free:
            return f"Give “{self.name}” a value, or leave it out."
        if any(len(value) > longest for value in values):
            return f"Shorten “{self.name}” to {longest:,} characters or fewer."
        return None


KIND = Parameter(name="kind", says="Only this kind of listing.", schema={"type": "string", "enum": list(Kind)})
CLOSED = Parameter(
    name="closed", says="1 includes closed and concluded listings.", schema={"type": "string", "enum": ["0", "1"]}
)
CURSOR = Parameter(
    name=cursors.NAME,
    says="Where the page begins: comes with the address under `next`, and belongs to the other parameters beside it.",
    schema={"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 20, "maxLength": cursors.LONGEST},
)


def _limit(default: int) -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": default}
    return Parameter(name=LIMIT, says="How many at once.", schema=schema, example=default)


LISTINGS = (
    KIND,
    Parameter(
        name="organisation",
        says="Only this organisation's.",
        schema={"type": "integer", "minimum": 1, "maximum": LARGEST_KEY},
    ),
    CLOSED,
    _limit(50),
    CURSOR,
)
MATCHES = (_limit(PAGE_SIZE),)
_FACETS_SAY: Mapping[Facet, str] = MappingProxyType(
    {
        Facet.AREA: "Areas of work, by code.",
        Facet.GROUP: "Who it is for, by code.",
        Facet.PLACE: "Places of the United Kingdom, by ONS code or by name.",
        Facet.TIER: "Ways of funding.",
        Facet.MONEY: "Bands of the cost or budget, in GBP.",
        Facet.STAGE: "How far an innovation has come.",
        Facet.SIZE: "Sizes of organisation, by yearly income.",
        Facet.EVIDENCE: "Evidence levels.",
        Facet.PARTNERS: "Whether it is open to partners.",
    }
)


def search_parameters(taxonomy: Taxonomy | None = None) -> tuple[Parameter, ...]:
    """Give the parameters of a search; with the areas and groups, those list their codes."""
    return (
        Parameter(
            name="q",
            says="A need or an idea in one's own words; nothing browses. The first 8,000 characters are read.",
            schema={"type": "string"},
            example="respite for carers of people with dementia in Leeds",
        ),
        KIND,
        *(_facet(facet, taxonomy) for facet in FILTERABLE),
        *(_unstated(facet) for facet in FILTERABLE),
        CLOSED,
        Parameter(
            name="remove",
            says="The key of a chip whose words are to be matched as plain words.",
            schema={"type": "string", "maxLength": LONGEST_KEY},
            many=True,
        ),
        Parameter(
            name="sort", says="The order.", schema={"type": "string", "enum": list(Sort), "default": Sort.RELEVANCE}
        ),
        _limit(PAGE_SIZE),
        replace(CURSOR, says=f"{CURSOR.says} It leads {DEEPEST:,} results deep."),
    )


def _facet(facet: Facet, taxonomy: Taxonomy | None) -> Parameter:
    return Parameter(
        name=facet.value,
        says=f"{_FACETS_SAY[facet]} Any of the values given satisfies.",
        schema=_values(facet, taxonomy),
        many=True,
        example="E08000035" if facet is Facet.PLACE else None,
    )


def _values(facet: Facet, taxonomy: Taxonomy | None) -> Schema:
    known: Mapping[Facet, Sequence[str]] = {
        Facet.TIER: list(wording.TIERS),
        Facet.MONEY: list(wording.MONEY_BANDS),
        Facet.STAGE: list(wording.STAGES),
        Facet.SIZE: list(wording.SIZES),
        Facet.EVIDENCE: [str(level) for level in wording.EVIDENCE_LEVELS],
        Facet.PARTNERS: list(wording.PARTNERS),
    }
    if facet in known:
        return {"type": "string", "enum": list(known[facet])}
    if facet is Facet.PLACE:
        return {"type": "string"}
    if taxonomy is None:
        return {"type": "string", "pattern": "^[a-z0-9-]+$"}
    codes = [entry.code for entry in taxonomy.scheme(AREA if facet is Facet.AREA else GROUP)]
    return {"type": "string", "enum": [*(GENDER_GROUPS if facet is Facet.GROUP else ()), *codes]}


def _unstated(facet: Facet) -> Parameter:
    return Parameter(
        name=f"{UNSTATED}{facet.value}",
        says=f"`hide` leaves out listings that do not state this: {wording.FACETS[facet].lower()}.",
        schema={"type": "string", "enum": ["hide", "show"], "default": "show"},
    )


@dataclass(slots=True)
class Asked:
    """What a program asks: its parameters as pairs without empty ones, and what is wrong with them."""

    pairs: cursors.Pairs
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, name: str, sentence: str) -> None:
        """Note what is wrong with a parameter."""
        self.faults.append(Fault(parameter=name, detail=sentence))

    def refuse_error(self, error: InputError) -> None:
        """Note what a use-case refused."""
        self.refuse(error.field or "", str(error))

    def without(self, *names: str) -> cursors.Pairs:
        """Give the pairs of all other names."""
        return [pair for pair in self.pairs if pair[0] not in names]

    def text(self, name: str) -> str | None:
        """Give a value; None where none was given."""
        return next((value for given, value in self.pairs if given == name), None)

    def whole(self, parameter: Parameter) -> int | None:
        """Give a whole number within the parameter's limits; note a problem with any other text."""
        text = self.text(parameter.name)
        if text is None:
            return None
        low, high = parameter.schema["minimum"], parameter.schema["maximum"]
        if text.isascii() and text.isdecimal() and len(text) <= 18 and low <= int(text) <= high:
            return int(text)
        self.refuse(parameter.name, f"Give “{parameter.name}” as a whole number from {low:,} to {high:,}.")
        return None

    def choice(self, parameter: Parameter) -> str | None:
        """Give one of the parameter's values; note a problem with any other text."""
        text = self.text(parameter.name)
        choices = parameter.schema["enum"]
        if text is None or text in choices:
            return text
        self.refuse(parameter.name, f"Give “{parameter.name}” as {' or '.join(choices)}.")
        return None


def read_parameters(given: cursors.Pairs, known: Sequence[Parameter]) -> Asked:
    """Read parameters; NUL is taken out.

    A name that is none, a value that is empty, or one given twice would change the question unseen: it is refused.
    """
    cleaned = [(name, value.replace("\x00", "").strip()) for name, value in given]
    asked = Asked([pair for pair in cleaned if pair[1]])
    by_name = {parameter.name: parameter for parameter in known}
    for name in dict.fromkeys(name for name, _ in cleaned):
        if name not in by_name:
            asked.refuse(_short(name), f"There is no parameter “{_short(name)}” here: see /api/openapi.json.")
        elif fault := by_name[name].fault([value for one, value in cleaned if one == name]):
            asked.refuse(name, fault)
    return asked


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"
