"""The rule of alerts once more, in plain Python over everything that is indexed: what the product must agree with.

Its texts must be of words that are their own stems, mean nothing else and are spelt like no other.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log, sqrt
from pathlib import Path

from published import LEEDS, NOW, YORK

from exchange.content import Content, Gender, Kind
from exchange.place.places import load_gazetteer
from indexer.document import Document
from indexer.embedder import HashEmbedder
from indexer.engine import Entry, PeopleAsk, PlaceAsk, Plan, Rule, TermGroup
from indexer.results import Facet

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))

from reference import Reference, Row

WORDS = ["amber", "cobalt", "fjord", "gazebo", "mango", "quartz"]
UNKNOWN = "walrus"
"""A word that no listing holds."""

TOWNS = {"Leeds": LEEDS, "York": YORK}
CLOSE = 2e-3
"""Nearer to a mark than this a pair is not judged: rounding decides, and what the sieve lets through beside."""

GAZETTEER = load_gazetteer()
EMBEDDER = HashEmbedder(512)


@dataclass(frozen=True)
class Search:
    """What somebody asks for: words, what stands in the text beside them, and filters; or a listing to be matched."""

    words: tuple[str, ...] = ()
    town: str | None = None
    women: bool = False
    kinds: tuple[Kind, ...] = ()
    area: str | None = None
    stated_area: bool = False
    place: str | None = None
    stated_place: bool = False
    tier: str | None = None
    closed: bool = False

    def text(self) -> str:
        parts = [*self.words, *(["for women"] if self.women else []), *([f"in {self.town}"] if self.town else [])]
        return " ".join(parts)

    def question(self) -> dict[str, list[str]]:
        """Give it as the search page's address has it."""
        asked = {
            "q": [self.text()] if self.words else [],
            "kind": [kind.value for kind in self.kinds],
            "area": [self.area] if self.area else [],
            "place": [self.place] if self.place else [],
            "tier": [self.tier] if self.tier else [],
            "unstated.area": ["hide"] if self.stated_area else [],
            "unstated.place": ["hide"] if self.stated_place else [],
            "closed": ["1"] if self.closed else [],
        }
        return {name: values for name, values in asked.items() if values}


def place_ask(*codes: str) -> PlaceAsk:
    return PlaceAsk(districts=frozenset(codes), neighbours=GAZETTEER.neighbours(frozenset(codes)))


@dataclass
class Census:
    """What is frozen at a rebuild: how many listings there are, and in how many each word stands."""

    documents: int = 0
    holders: Counter[str] = field(default_factory=Counter)

    def weight(self, word: str) -> float:
        held = self.holders[word]
        return log(1 + (self.documents - held + 0.5) / (held + 0.5))

    def rule(self, words: Counter[str]) -> Rule:
        """Give the marks of a text of these words (design, ruling 5; docs/decisions/0004)."""
        share = min(max(1.1 / sqrt(max(len(words), 1)), 0.25), 0.6)
        weights = {word: count * self.weight(word) for word, count in words.items()}
        unknown = sum(weight for word, weight in weights.items() if not self.holders[word])
        raised = 0.0
        if words and not any(self.holders[word] for word in words):
            raised = 0.2
        elif unknown and unknown >= sum(weights.values()) / 4 and len(words) <= 6:
            raised = 0.1
        return Rule(share=share, cosine=0.26 + raised, strong_share=share, strong_cosine=0.36 + raised)

    def plan(self, search: Search) -> Plan:
        """Say in a plan what a search asks for."""
        words = [*search.words, *(["women"] if search.women else [])] if search.words else []
        asked = self.texts_plan(" ".join([*search.words, "for women"] if search.women else search.words), words)
        people = (PeopleAsk(gender=Gender.WOMEN, implied=((18, 100),)),) if search.women and search.words else ()
        hidden = {Facet.AREA: search.stated_area, Facet.PLACE: search.stated_place}
        filters = {Facet.AREA: search.area, Facet.TIER: search.tier}
        return Plan(
            rule=asked.rule,
            terms=asked.terms,
            vectors=asked.vectors,
            phrase=search.text() if search.words else "",
            kind=search.kinds[0] if len(set(search.kinds)) == 1 else None,
            today=NOW.date(),
            facets={facet: (value,) for facet, value in filters.items() if value},
            exclude_not_stated=frozenset(facet for facet, hides in hidden.items() if hides),
            place_filter=place_ask(search.place) if search.place else None,
            places=(place_ask(TOWNS[search.town]),) if search.town and search.words else (),
            people=people,
        )

    def texts_plan(self, text: str, words: Iterable[str], kind: Kind | None = None) -> Plan:
        """Say in a plan what a plain text asks for."""
        counted = Counter("woman" if word == "women" else word for word in words)
        return Plan(
            rule=self.rule(counted),
            terms=tuple(TermGroup(alternatives=((word, 1.0),), factor=float(n)) for word, n in counted.items()),
            vectors=EMBEDDER.encode([text]) if counted else None,
            phrase=text,
            kind=kind,
            today=NOW.date(),
        )

    def match_plans(self, kind: Kind, content: Content) -> list[Plan]:
        """Say in plans what the matches of a listing are: its title with what it says first, and each outcome."""
        said = content.summary or content.description
        texts = [" ".join(dict.fromkeys(filter(None, [content.title, said])))]
        texts += [outcome.statement for outcome in content.outcomes or ()]
        return [self.texts_plan(text, text.split(), kind.other) for text in texts]


def census_of(documents: Iterable[Document]) -> Census:
    found = Census()
    for document in documents:
        found.documents += 1
        found.holders.update({word for text in document.texts.values() for word in text.split()})
    return found


def verdict(entry: Entry, plans: Iterable[Plan], census: Census) -> bool | None:
    """Say whether an indexed listing passes any of some plans; None where rounding decides."""
    doubtful = False
    for plan in plans:
        reference = Reference()
        reference.held = {entry.document.id: entry}
        reference.documents, reference.frequencies = census.documents, dict(census.holders)
        rows, _, _ = reference.search(plan)
        row = reference.row(entry, plan)
        near = _undecided(row, plan)
        if not near and any(row.strong and row.tier != 4 for row in rows.values()):
            return True
        doubtful = doubtful or near
    return None if doubtful else False


def _undecided(row: Row, plan: Plan) -> bool:
    if plan.browsing or row.exact:
        return False
    cosine = 0.0 if row.cosine is None else row.cosine
    return abs(row.share - plan.rule.strong_share) < CLOSE or abs(cosine - plan.rule.strong_cosine) < CLOSE


def excluded(one: Content, other: Content, need: Kind) -> bool:
    """Say whether a listing of kind `need` and another can never match: no funding, sex or place in common."""
    wanted, offered = (one, other) if need is Kind.NEED else (other, one)
    tiers = set(wanted.tiers or ()), set(offered.tiers or ())
    place = set(wanted.required_in or ()) or None
    reach = set(offered.delivers_in or ()), set(offered.would_deliver_in or ())
    return (
        (bool(tiers[0] and tiers[1]) and not tiers[0] & tiers[1])
        or {wanted.gender, offered.gender} == {Gender.WOMEN, Gender.MEN}
        or (bool(reach[1] and place) and not (place or set()) & (reach[0] | reach[1]))
    )
