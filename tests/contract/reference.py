"""The rules of search once more, in plain Python and as slow as they like: what every engine must agree with."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from exchange.content import Gender
from indexer.document import Document
from indexer.engine import Entry, PeopleAsk, PlaceAsk, Plan
from indexer.results import ASKED, NOT_STATED, Facet
from indexer.statistics import FIELD_WEIGHTS, K1, B


@dataclass(frozen=True)
class Row:
    """The evidence for one listing."""

    share: float
    lexical: float
    cosine: float | None
    tier: int
    exact: bool
    qualifies: bool
    strong: bool


class Reference:
    """An index as a dictionary; its texts must be of words that are their own stems."""

    def __init__(self) -> None:
        self.held: dict[int, Entry] = {}
        self.documents, self.average = 0, 1.0
        self.frequencies: dict[str, int] = {}

    def rebuild(self, entries: list[Entry]) -> None:
        self.held = {entry.document.id: entry for entry in entries}
        bags = [bag(document) for document in self.visible()]
        self.documents = len(bags)
        self.average = sum(length(document) for document in self.visible()) / len(bags) if bags else 1.0
        words = {word for words in bags for word in words}
        self.frequencies = {word: sum(word in words for words in bags) for word in words}

    def write(self, entries: list[Entry]) -> None:
        for entry in entries:
            held = self.held.get(entry.document.id)
            if held is None or held.document.revision <= entry.document.revision:
                self.held[entry.document.id] = entry

    def visible(self) -> list[Document]:
        return [entry.document for entry in self.held.values() if entry.document.visible]

    def revisions(self) -> dict[int, int]:
        return {number: entry.document.revision for number, entry in self.held.items()}

    def weight(self, term: str) -> float:
        count = self.frequencies.get(term, 0)
        return log(1 + (self.documents - count + 0.5) / (count + 0.5))

    def row(self, entry: Entry, plan: Plan) -> Row:
        document = entry.document
        words, total, held, lexical = bag(document), 0.0, 0.0, 0.0
        norm = K1 * (1 - B + B * length(document) / max(self.average, 1e-6))
        for group in plan.terms:
            weight = group.factor * self.weight(group.alternatives[0][0])
            present = [(factor, words[term]) for term, factor in group.alternatives if term in words]
            total += weight
            held += max((weight * factor for factor, _ in present), default=0.0)
            lexical += max((weight * factor * tf / (tf + norm) for factor, tf in present), default=0.0)
        share = held / total if total else 0.0
        cosine = None if plan.vectors is None else best_cosine(entry.vectors.tolist(), plan.vectors.tolist())
        exact = bool(plan.phrase.strip()) and plan.phrase.strip() in {document.texts.get("title"), document.org_id}
        always, rule = exact or (not plan.terms and cosine is None), plan.rule
        return Row(
            share=share,
            lexical=lexical,
            cosine=cosine,
            tier=max([place_tier(document, ask) for ask in plan.places] + people_tiers(document, plan), default=0),
            exact=exact,
            qualifies=always or share >= rule.share or (cosine is not None and cosine >= rule.cosine),
            strong=always or share >= rule.strong_share or (cosine is not None and cosine >= rule.strong_cosine),
        )

    def search(self, plan: Plan) -> tuple[dict[int, Row], dict[Facet, dict[str, int]], int]:
        """Give the rows that are found, the facets' counts, and how many the filters hide."""
        standing = [entry for entry in self.held.values() if stands(entry.document, plan)]
        rows = {entry.document.id: self.row(entry, plan) for entry in standing}
        candidates = [entry.document for entry in standing if rows[entry.document.id].qualifies]
        passing = [document for document in candidates if all(passes(document, plan).values())]
        shown = [e.document for e in standing if all(passes(e.document, plan).values())]
        listed = shown if plan.everything else passing
        facets = {facet: count(facet, candidates, plan) for facet in Facet}
        return {d.id: rows[d.id] for d in listed}, facets, len(candidates) - len(passing)


def bag(document: Document) -> Mapping[str, float]:
    """Give each word's frequency, weighted by field."""
    found: dict[str, float] = {}
    for field, text in document.texts.items():
        for word in text.split():
            found[word] = found.get(word, 0.0) + FIELD_WEIGHTS[field]
    return found


def length(document: Document) -> float:
    return sum(FIELD_WEIGHTS[field] * len(text.split()) for field, text in document.texts.items())


def best_cosine(passages: list[list[float]], parts: list[list[float]]) -> float:
    return max(sum(a * b for a, b in zip(passage, part, strict=True)) for passage in passages for part in parts)


def stands(document: Document, plan: Plan) -> bool:
    still_open = document.open and (document.closes is None or document.closes >= plan.today)
    return (
        document.visible
        and (plan.kind is None or document.kind == plan.kind)
        and (plan.only is None or document.id == plan.only)
        and (plan.include_closed or still_open)
    )


def place_tier(document: Document, ask: PlaceAsk) -> int:
    places = document.places
    if places.now & ask.districts:
        return 1
    if places.would & ask.districts or (places.office & ask.districts and not places.now):
        return 2
    return 3 if places.now & ask.neighbours or not (places.now or places.would) else 4


def people_tiers(document: Document, plan: Plan) -> list[int]:
    return [tier for ask in plan.people for tier in (gender_tier(document, ask), age_tier(document, ask))]


def gender_tier(document: Document, ask: PeopleAsk) -> int:
    if ask.gender in {None, Gender.ANY} or document.gender in {ask.gender, Gender.ANY}:
        return 1
    return 3 if document.gender is None else 4


def age_tier(document: Document, ask: PeopleAsk) -> int:
    if not ask.ages:
        return 1
    typed = ask.age_min is not None or ask.age_max is not None
    if document.age_min is None and document.age_max is None:
        return 3 if typed else 1
    low, high = document.age_min or 0, 100 if document.age_max is None else min(document.age_max, 100)
    for first, last in ask.ages:
        both, shorter = min(high, last) - max(low, first) + 1, min(high - low + 1, last - first + 1)
        if both >= 0.25 * max(shorter, 1):
            return 1
    return 4


def buckets(document: Document, facet: Facet) -> set[str]:
    values = set(document.facets.get(facet, ()))
    reach_unknown = facet is Facet.PLACE and not (document.places.now or document.places.would)
    return values | ({NOT_STATED} if reach_unknown or not values else set())


def passes(document: Document, plan: Plan) -> dict[Facet, bool]:
    """Say for each facet that is set whether a document passes it."""
    found: dict[Facet, bool] = {}
    for facet in Facet:
        strict, values = facet in plan.exclude_not_stated, set(plan.facets.get(facet, ()))
        stated = buckets(document, facet)
        if facet is Facet.PLACE and plan.place_filter:
            found[facet] = place_tier(document, plan.place_filter) <= (2 if strict else 3)
        elif values:
            found[facet] = bool(stated & values) or (NOT_STATED in stated and not strict)
        elif strict:
            found[facet] = NOT_STATED not in stated
    return found


def count(facet: Facet, candidates: list[Document], plan: Plan) -> dict[str, int]:
    """Count a facet's values among the candidates that pass all other facets."""
    others = [d for d in candidates if all(ok for f, ok in passes(d, plan).items() if f is not facet)]
    found: dict[str, Any] = {}
    for document in others:
        for value in buckets(document, facet):
            found[value] = found.get(value, 0) + 1
    if facet is Facet.PLACE and plan.place_filter:
        tiers = [place_tier(document, plan.place_filter) for document in others]
        found |= {ASKED: sum(tier <= 2 for tier in tiers), NOT_STATED: tiers.count(3)}
    return found
