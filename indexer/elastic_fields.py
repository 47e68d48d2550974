"""What a listing is in Elasticsearch: the fields, the mapping as data, a document's body; knows no query and no client.

A term's weight in a document is kept as its *impact*: BM25's tf / (tf + norm) under the statistics that were frozen
when the index was built. The score of a term is its weight in the query times the impact, the same number as on the
embedded engine, whatever shards, deletions and neighbours do (docs/decisions/0005-impacts.md).
"""

import struct
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from exchange.content import Gender
from indexer.columns import ordinal, plain
from indexer.document import Field, facet_values
from indexer.engine import Entry
from indexer.fusion import tie_break
from indexer.results import Facet
from indexer.statistics import Statistics, weighted_terms

MAPPING: Final = 1
"""Raise it when the fields change their meaning: an index made with another number is rebuilt."""

ID, REVISION, VISIBLE, HASH = "id", "revision", "visible", "content_hash"
KIND, OPEN, POSTED, CLOSES = "kind", "open", "posted", "closes"
AGE_MIN, AGE_MAX, GENDER = "age_min", "age_max", "gender"
NOW, WOULD, OFFICE = "now", "would", "office"
TITLE, ORG_ID = "title", "org_id"
IMPACTS, WORDS, TIE = "impacts", "words", "tie"
PASSAGES, VECTOR = "passages", "passages.vector"
STATISTICS = "statistics"

REST = "~"
"""Before a term: what its impact lacks. A feature keeps 9 bits of a number, two of them keep 18."""

Body = dict[str, Any]


def facet_field(facet: Facet) -> str:
    """Name the field of a facet's buckets."""
    return f"facets.{facet.value}"


def mapping(model: str, dimension: int) -> Body:
    """Give the mapping of an index of one model; `_meta` says what it was made with."""
    keyword, plain_keyword = {"type": "keyword"}, {"type": "keyword", "doc_values": False}
    vector = {
        "type": "dense_vector",
        "dims": dimension,
        "index": True,
        "similarity": "cosine",
        "index_options": {"type": "int8_hnsw"},
    }
    return {
        "dynamic": "strict",
        "_meta": {"mapping": MAPPING, "model": model, "dimension": dimension},
        "_source": {"excludes": [IMPACTS, WORDS, PASSAGES]},
        "properties": {
            ID: {"type": "long"},
            REVISION: {"type": "long"},
            VISIBLE: {"type": "boolean"},
            HASH: {"type": "keyword", "index": False},
            KIND: keyword,
            OPEN: {"type": "boolean"},
            POSTED: {"type": "integer"},
            CLOSES: {"type": "integer"},
            AGE_MIN: {"type": "short"},
            AGE_MAX: {"type": "short"},
            GENDER: keyword,
            NOW: keyword,
            WOULD: keyword,
            OFFICE: keyword,
            TITLE: plain_keyword,
            ORG_ID: plain_keyword,
            "facets": {"properties": {facet.value: keyword for facet in Facet}},
            IMPACTS: {"type": "sparse_vector"},
            WORDS: {"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": False},
            TIE: {"type": "long"},
            PASSAGES: {"type": "nested", "properties": {"vector": vector}},
            STATISTICS: {"type": "binary"},
        },
    }


def settings(shards: int, replicas: int) -> Body:
    """Give the settings of an index; what is written is searchable when the writer says so, not at some moment."""
    return {"number_of_shards": shards, "number_of_replicas": replicas, "refresh_interval": "-1"}


def body_of(entry: Entry, statistics: Statistics) -> Body:
    """Give the body of a listing's document; one that is hidden keeps nothing but its revision."""
    document = entry.document
    body: Body = {ID: document.id, REVISION: document.revision, VISIBLE: document.visible}
    if not document.visible:
        return body
    found = weighted_terms(document)
    stated: Body = {
        POSTED: ordinal(document.posted) or None,
        CLOSES: ordinal(document.closes) or None,
        AGE_MIN: document.age_min,
        AGE_MAX: document.age_max,
        GENDER: document.gender.value if document.gender else None,
        NOW: sorted(document.places.now),
        WOULD: sorted(document.places.would),
        OFFICE: sorted(document.places.office),
        TITLE: plain(document.texts.get(Field.TITLE, "")),
        ORG_ID: (document.org_id or "").lower(),
        IMPACTS: impacts(found.counts, statistics.norm(found.length)),
        WORDS: " ".join(sorted(found.surfaces)),
        PASSAGES: [{"vector": row.tolist()} for row in entry.vectors if row.any()],
    }
    return body | {
        HASH: document.content_hash.hex(),
        KIND: document.kind.value,
        OPEN: document.open,
        TIE: int(tie_break(np.array([document.id], np.int64))[0] >> np.uint64(1)),
        "facets": {facet.value: list(facet_values(document, facet)) for facet in Facet},
        **{name: value for name, value in stated.items() if value not in (None, "", [], {})},
    }


def impacts(counts: Mapping[str, float], norm: float) -> dict[str, float]:
    """Give the features of a document's terms: each impact as far as a feature keeps it, and the rest of it."""
    found: dict[str, float] = {}
    for term, tf in counts.items():
        impact = tf / (tf + norm)
        kept = _kept(impact)
        found[term] = kept
        if impact > kept:
            found[REST + term] = impact - kept
    return found


def _kept(number: float) -> float:
    """Cut a number to the bits that Lucene's FeatureField keeps of it: all but the last 15 of a float."""
    bits: int = struct.unpack("<I", struct.pack("<f", number))[0]
    kept: float = struct.unpack("<f", struct.pack("<I", bits >> 15 << 15))[0]
    return kept


BOTH_GENDERS = Gender.ANY.value
