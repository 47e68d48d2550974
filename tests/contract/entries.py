"""Short ways to say entries and plans; a listing's vectors have a chosen cosine to the one query vector."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from engine_factories import DIMENSION

from exchange.content import Kind
from exchange.place.places import load_gazetteer
from indexer.analysis import terms
from indexer.document import Document, Field, Places
from indexer.embedder import Vectors
from indexer.engine import Entry, Found, PlaceAsk, Plan, Rule, TermGroup
from indexer.results import Facet

TODAY = date(2026, 6, 15)
LEEDS, BRADFORD, YORK, CAMDEN = "E08000035", "E08000032", "E06000014", "E09000007"
RULE = Rule(share=0.5, cosine=0.5, strong_share=0.75, strong_cosine=0.75)


def towards(*cosines: float) -> Vectors:
    """Give one unit vector a cosine to `QUERY`, shape (n, DIMENSION)."""
    rows = np.zeros((len(cosines), DIMENSION), np.float32)
    for row, cosine in zip(rows, cosines, strict=True):
        row[0], row[1] = cosine, np.sqrt(1 - cosine**2)
    return rows


QUERY = towards(1.0)


def places(now: Iterable[str] = (), would: Iterable[str] = (), office: Iterable[str] = ()) -> Places:
    return Places(now=frozenset(now), would=frozenset(would), office=frozenset(office))


def entry(listing_id: int, body: str = "", *, cosine: float | tuple[float, ...] = 0.0, **changes: Any) -> Entry:
    """Give an open, visible innovation at revision 1; texts by the names of their fields."""
    cosines = cosine if isinstance(cosine, tuple) else (cosine,)
    texts = {Field.BODY: body} | {field: changes.pop(field.value) for field in Field if field.value in changes}
    given = changes.pop("facets", {})
    document = Document(
        id=listing_id,
        revision=changes.pop("revision", 1),
        kind=changes.pop("kind", Kind.INNOVATION),
        visible=changes.pop("visible", True),
        open=changes.pop("open", True),
        places=changes.pop("places", Places()),
        texts={field: text for field, text in texts.items() if text},
        facets=dict.fromkeys(Facet, ()) | given,
        passages=tuple(f"passage {number}" for number in range(len(cosines))),
    )
    return Entry(document=replace(document, **changes), vectors=towards(*cosines))


def hide(listing_id: int, revision: int) -> Entry:
    """Give the entry that hides a listing: nothing but its id and revision."""
    document = Document(id=listing_id, revision=revision, visible=False, places=Places())
    return Entry(document=document, vectors=towards())


def group(*alternatives: str | tuple[str, float], factor: float = 1.0) -> TermGroup:
    pairs = tuple(a if isinstance(a, tuple) else (a, 1.0) for a in alternatives)
    return TermGroup(alternatives=pairs, factor=factor)


def plan(words: str = "", vectors: Vectors | None = None, **changes: Any) -> Plan:
    """Give a plan of single words, each a group of its own."""
    groups = tuple(group(term) for term in terms(words))
    return Plan(**{"rule": RULE, "terms": groups, "vectors": vectors, "today": TODAY} | changes)


def near(*districts: str) -> PlaceAsk:
    """Ask for districts, with their neighbours next door."""
    asked = frozenset(districts)
    return PlaceAsk(districts=asked, neighbours=load_gazetteer().neighbours(asked))


def by_id(found: Found, column: str) -> dict[int, Any]:
    """Give one column of what was found, by listing."""
    return dict(zip(found.ids.tolist(), getattr(found, column).tolist(), strict=True))


def ids(found: Found) -> set[int]:
    """Give the listings that were found, and make sure that none came twice."""
    listed = found.ids.tolist()
    assert len(listed) == len(set(listed))
    return set(listed)
