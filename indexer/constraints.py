"""Constraints in a person's text: places, sex and ages become chips and tiers; knows no engine.

Rules (design, ruling 5): places and postcodes leave the matched text if a content word remains; words for people
stay in it; no query is ever emptied.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from exchange.content import Gender
from exchange.place.place_removal import strip_places
from exchange.place.place_text import PlaceMention, find_places
from exchange.place.places import Gazetteer
from exchange.place.postcodes import Postcodes
from indexer.ages import OLDEST as LATEST
from indexer.ages import Ages, implied_ages
from indexer.engine import PeopleAsk, PlaceAsk
from indexer.results import Chip

OLDEST = 130

_WOMEN = re.compile(r"\b(?:wom[ae]n(?:['\u2019]s)?|females?|girls?(?:['\u2019]s?)?|ladies)\b", re.IGNORECASE)
_MEN = re.compile(r"\b(?:m[ae]n(?:['\u2019]s)?|males?|boys?(?:['\u2019]s?)?|gentlemen)\b", re.IGNORECASE)
_NOT_ABOUT = re.compile(
    r"\b(?:men['\u2019]?s sheds?|boys['\u2019]? clubs?|isle of man|man[- ](?:made|hours?|power))\b", re.IGNORECASE
)
_UNIT = r"(?:[\s-]{0,3}(?:year[- ]?olds?|years?(?: of age| old)?|yrs?|y/?o)\b)"
_APART = r"(?<![\w\u00a3$\u20ac/-])(?<!\d[.,:])"  # not a part of a sum, a date, a decimal or a time
_ENDS = r"(?![\w%/\u00a3]|[-.,:]\d)"
_SPAN = r"(?!\s{0,3}(?:-\s?)?(?:(?:hours?|hrs?|weeks?|months?|days?|minutes?|mins?|per ?cent)\b|%))"
_RANGE = re.compile(
    rf"{_APART}\b(?P<said>(?:aged?|ages)\s+(?:between\s+|from\s+)?|between\s+(?:the\s+)?ages\s+(?:of\s+)?"
    rf"|(?P<between>between\s+))?(?P<low>\d{{1,2}})(?P<low_unit>{_UNIT})?"
    rf"\s{{0,3}}(?P<dash>-\s?to\b|-|\u2013|to\b|and\b)\s{{0,3}}(?P<high>\d{{1,2}})(?P<unit>{_UNIT})?{_ENDS}{_SPAN}",
    re.IGNORECASE,
)
_COUNTED = (
    r"people|places|staff|referrals|families|households|organisations|charities|clients|participants|volunteers"
    r"|sessions|beds|units|homes|schools|miles|degrees|pupils|members|groups|sites|cases|visits|partners|times"
)
_COUNT = re.compile(rf"\s*(?:{_COUNTED}|o['\u2019]?clock|[ap]m)\b", re.IGNORECASE)
"""What a number counts when it is no age: "10-15 people"."""
_NOT_YEARS = (
    rf"(?![\w%/\u00a3]|[.,]\d|\s{{0,3}}(?:%|per ?cent|{_COUNTED}|hours?|hrs?|weeks?|months?|days?|minutes?|mins?|\d)"
    r"|\s+years?['\u2019]?\s+(?:of\s+)?(?:experience|service|ago))"
)
_OVER = re.compile(
    rf"{_APART}\b(?:(?:over|above|older than)[- ](?P<a>\d{{2}})(?:['\u2019]?s)?(?P<unit>{_UNIT})?"
    r"|aged?\s+(?P<b>\d{1,2})\s{0,3}(?:\+|(?:and|or) (?:over|above|older)|plus)"
    rf"|(?P<c>\d{{2}})\s{{0,3}}(?:\+|and over|or over|plus)){_NOT_YEARS}",
    re.IGNORECASE,
)
_UNDER = re.compile(
    rf"\b(?:(?:under|below|younger than)[- ](?P<a>\d{{1,2}})(?:['\u2019]?s)?{_UNIT}?"
    rf"|up to (?:the age of |age )(?P<b>\d{{1,2}})){_NOT_YEARS}",
    re.IGNORECASE,
)
_SPELL = re.compile(r"(?:years?|yrs?)$", re.IGNORECASE)
LONGEST_SPELL = 40
"""Below it "over 20 years" is how long something has run; "over 65 years" is an age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a text says: the text to match, and the constraints that order the results, each with its chip.

    `spellings` are chips of words that were read as others; the text holds what was read.
    """

    text: str
    chips: tuple[Chip, ...] = ()
    spellings: tuple[Chip, ...] = ()
    places: tuple[PlaceAsk, ...] = ()
    people: tuple[PeopleAsk, ...] = ()


@dataclass(frozen=True, slots=True)
class ConstraintReader:
    """Read constraints with one gazetteer; without compiled postcodes, postcodes stay plain words."""

    gazetteer: Gazetteer
    postcodes: Postcodes | None

    def read(self, text: str, removed: frozenset[str] = frozenset()) -> Reading:
        """Read a text; constraints whose chip the person removed are left as plain words."""
        mentions = find_places(text, self.gazetteer, self.postcodes)
        keyed = [(f"place:{'+'.join(m.codes)}", m) for m in mentions]
        kept = [(key, m) for key, m in keyed if key not in removed]
        people = [(chip, ask) for chip, ask in _people(text) if chip.key not in removed]
        chips = {key: Chip(key=key, label=m.label, words=text[m.start : m.end]) for key, m in kept}
        return Reading(
            text=strip_places(text, [m for _, m in kept]),
            chips=(*chips.values(), *(chip for chip, _ in people)),
            places=self._places(kept),
            people=tuple(ask for _, ask in people),
        )

    def _places(self, kept: list[tuple[str, PlaceMention]]) -> tuple[PlaceAsk, ...]:
        """Join all places of a text into one ask: a listing that reaches any of them reaches what was asked."""
        if not kept:
            return ()
        districts = frozenset[str]().union(*(m.districts for _, m in kept))
        return (PlaceAsk(districts=districts, neighbours=self.gazetteer.neighbours(districts)),)


def place_ask(gazetteer: Gazetteer, codes: tuple[str, ...]) -> PlaceAsk:
    """Turn gazetteer codes that a person set into one ask with its neighbours."""
    places = [place for code in codes if (place := gazetteer.get(code))]
    districts = frozenset[str]().union(*(place.districts for place in places))
    return PlaceAsk(districts=districts, neighbours=gazetteer.neighbours(districts))


def _people(text: str) -> Iterator[tuple[Chip, PeopleAsk]]:
    plain = _NOT_ABOUT.sub(lambda m: " " * len(m.group()), text)
    women, men = _WOMEN.search(plain), _MEN.search(plain)
    typed = list(_ages(text))
    by_sex, others = _implied(plain) if not typed else ((), ())
    if women and not men:
        ask = PeopleAsk(gender=Gender.WOMEN, implied=() if others else by_sex)
        yield Chip(key="people:women", label="For women or girls", words=women.group()), ask
    if men and not women:
        ask = PeopleAsk(gender=Gender.MEN, implied=() if others else by_sex)
        yield Chip(key="people:men", label="For men or boys", words=men.group()), ask
    yield from typed
    if others:
        yield _implied_chip(others)


def _implied(text: str) -> tuple[tuple[tuple[int, int], ...], tuple[Ages, ...]]:
    """Give the ages that words for a sex alone imply ("girls"), which go with its chip, and all others."""
    found = implied_ages(text)
    sexes = [ages for ages in found if _WOMEN.fullmatch(ages.words) or _MEN.fullmatch(ages.words)]
    return tuple(dict.fromkeys((ages.low, ages.high) for ages in sexes)), tuple(a for a in found if a not in sexes)


def _ages(text: str) -> Iterator[tuple[Chip, PeopleAsk]]:
    """Give the first age that the text states; a number that is no age does not stand in the way of one that is."""
    if found := next(filter(_is_age, _RANGE.finditer(text)), None):
        yield _age_chip(found.group().strip(), int(found["low"]), int(found["high"]))
    elif found := next(filter(_is_over, _OVER.finditer(text)), None):
        yield _age_chip(found.group(), int(found["a"] or found["b"] or found["c"]), None)
    elif found := next((f for f in _UNDER.finditer(text) if int(f["a"] or f["b"]) > 1), None):
        yield _age_chip(found.group(), None, int(found["a"] or found["b"]) - (1 if found["a"] else 0))


def _is_age(found: re.Match[str]) -> bool:
    low, high, said = int(found["low"]), int(found["high"]), bool(found["said"])
    counts = bool(_COUNT.match(found.string, found.end()))
    aged = said and not found["between"]
    told = aged or bool(found["unit"] and (found["between"] or found["dash"].lower() != "and"))
    two_digits = len(found["low"]) == len(found["high"]) == 2  # "16-24", not "9-5"
    bare = two_digits and not counts and bool(found["between"] or found["dash"] in {"-", "\u2013"})
    return low < high <= OLDEST and (told or bare)


def _is_over(found: re.Match[str]) -> bool:
    return not (found["a"] and int(found["a"]) < LONGEST_SPELL and found["unit"] and _SPELL.search(found["unit"]))


def _age_chip(words: str, low: int | None, high: int | None) -> tuple[Chip, PeopleAsk]:
    label = f"Aged {low} and over" if high is None else f"Aged {low} to {high}"
    if low is None:
        label = f"Aged {high} and under"
    key = f"age:{'' if low is None else low}-{'' if high is None else high}"
    return Chip(key=key, label=label, words=words), PeopleAsk(age_min=low, age_max=high)


def _implied_chip(implied: tuple[Ages, ...]) -> tuple[Chip, PeopleAsk]:
    """Make one chip of all ages that words imply: a listing for any of them is for these people."""
    once = dict.fromkeys((ages.low, ages.high) for ages in implied)
    spans = [f"{low} and over" if high >= LATEST else f"{low} to {high}" for low, high in once]
    words = ", ".join(dict.fromkeys(ages.words for ages in implied))
    key = "implied:" + "+".join(f"{low}-{high}" for low, high in once)
    return Chip(key=key, label=f"Aged {' or '.join(spans)}", words=words), PeopleAsk(implied=tuple(once))
