"""Short ways to say the two sides of a match, with a small taxonomy and the double for the model."""

from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from exchange.content import Content, Kind, Outcome
from exchange.place.places import load_gazetteer
from exchange.taxonomy import Entry, Taxonomy
from indexer.document import DocumentBuilder, Subject
from indexer.embedder import HashEmbedder, Vectors
from indexer.scoring import Evidence, Score, Units, read_evidence, score_pair
from indexer.sides import Pair, Side, pair_of, side_of
from indexer.texts import outcome_units, sentences_of, text_units

LEEDS, BRADFORD, YORK, CAMDEN = "E08000035", "E08000032", "E06000014", "E09000007"
YORKSHIRE, ENGLAND = "E12000003", "E92000001"
GROUPS = {
    "carers": None,
    "young-people": None,
    "care-leavers": "young-people",
    "excluded-pupils": "young-people",
    "children": None,
    "looked-after-children": "children",
}


AREAS = {"social-care": None, "dementia": "social-care", "justice": None}


def _entry(scheme: str, code: str, parent: str | None) -> Entry:
    return Entry(scheme=scheme, code=code, label=code, parent=parent, definition="", synonyms=(), differs_from=())


ENTRIES = [("group", *one) for one in GROUPS.items()] + [("area", *one) for one in AREAS.items()]
TAXONOMY = Taxonomy(1, MappingProxyType({(scheme, code): _entry(scheme, code, up) for scheme, code, up in ENTRIES}))
GAZETTEER = load_gazetteer()
BUILDER = DocumentBuilder(TAXONOMY, GAZETTEER)
DOUBLE = HashEmbedder(64)


def side(kind: Kind, content: Content, number: int = 1, **known: Any) -> Side:
    """Give one side; `known` is what SQL knows beside the content."""
    return side_of(Subject(id=number, revision=1, kind=kind, content=content, **known), BUILDER)


def need(title: str = "A need", *, organisation: int | None = None, **stated: Any) -> Side:
    return side(Kind.NEED, Content(title=title, **_outcomes(stated)), 1, organisation_id=organisation)


def innovation(
    title: str = "An idea", *, organisation: int | None = None, size: str | None = None, **stated: Any
) -> Side:
    content = Content(title=title, **_outcomes(stated))
    return side(Kind.INNOVATION, content, 2, organisation_id=organisation, size_band=size)


def _outcomes(stated: dict[str, Any]) -> dict[str, Any]:
    """Let a test give outcomes as plain sentences."""
    plain = stated.get("outcomes")
    return stated | {"outcomes": tuple(Outcome(statement=text) for text in plain)} if plain else stated


def changed(one: Side, **fields: Any) -> Side:
    """Give the side with some fields of its content stated otherwise."""
    return side_of(replace(one.subject, content=replace(one.content, **fields)), BUILDER)


@lru_cache(maxsize=10_000)
def _vector(text: str) -> tuple[float, ...]:
    return tuple(DOUBLE.encode([text])[0].tolist())


def vectors(texts: tuple[str, ...]) -> Vectors:
    return np.array([_vector(text) for text in texts], np.float32).reshape(len(texts), DOUBLE.dimension)


def evidence(asker: Side, other: Side) -> Evidence:
    """Read what the other listing's text says to the asking one, with the double."""
    outcomes, texts = outcome_units(asker.content), text_units(asker.content)
    units = Units(outcomes=outcomes, outcome_vectors=vectors(outcomes), texts=texts, text_vectors=vectors(texts))
    found = sentences_of(other.content)
    return read_evidence(units, found, vectors(tuple(sentence.text for sentence in found)))


def scored(asker: Side, other: Side) -> Score:
    """Score a pair as the match does."""
    return score_pair(asker, other, evidence(asker, other), near(pair_of(asker, other)))


def near(pair: Pair) -> frozenset[str]:
    """Give the districts next to those that the need requires."""
    return GAZETTEER.neighbours(pair.need.places.now)
