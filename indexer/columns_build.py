"""Columns made from documents, and several columns merged into one; knows no query and no file."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from indexer.columns import BY_LISTING, GENDERS, KINDS, UNSTATED, WORDS, Columns, district_bits, ordinal, plain
from indexer.document import Document, Field, facet_values
from indexer.engine import Entry
from indexer.results import Facet
from indexer.statistics import weighted_terms


def build_columns(entries: Sequence[Entry], dimension: int) -> Columns:
    """Build the columns of some entries, in their order."""
    builder = _Builder()
    for entry in entries:
        builder.add(entry.document)
    return builder.finish([entry.document for entry in entries], [entry.vectors for entry in entries], dimension)


class _Builder:
    """Collect what grows by listing: postings, facets, vocabularies."""

    def __init__(self) -> None:
        self.columns: dict[str, int] = {}
        self.surfaces: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.values: dict[str, int] = {}
        self.rows: list[int] = []
        self.cols: list[int] = []
        self.tf: list[float] = []
        self.lengths: list[float] = []
        self.facet_codes: list[int] = []
        self.facet_ptr = [0]

    def add(self, document: Document) -> None:
        found = weighted_terms(document)
        row = len(self.lengths)
        self.lengths.append(found.length)
        for term, tf in found.counts.items():
            self.rows.append(row)
            self.cols.append(self.columns.setdefault(term, len(self.columns)))
            self.tf.append(tf)
        for word, term in found.surfaces.items():
            self.surfaces[term][word] += 1
        for facet in Facet:
            for value in facet_values(document, facet):
                key = f"{facet}:{value}"
                self.facet_codes.append(self.values.setdefault(key, len(self.values)))
        self.facet_ptr.append(len(self.facet_codes))

    def finish(self, documents: list[Document], vectors: list[NDArray[np.float32]], dimension: int) -> Columns:
        ptr, rows, tf = _by_term(self.rows, self.cols, self.tf, (len(documents), len(self.columns)))
        none = np.empty((0, dimension), np.float32)
        return Columns(
            ids=np.array([d.id for d in documents], np.int64),
            hashes=np.frombuffer(b"".join(d.content_hash.ljust(16, b"\0") for d in documents), np.uint8).reshape(
                -1, 16
            ),
            revisions=np.array([d.revision for d in documents], np.int64),
            kinds=np.array([KINDS[d.kind] for d in documents], np.int8),
            open=np.array([d.open for d in documents], np.bool_),
            posted=np.array([ordinal(d.posted) for d in documents], np.int32),
            closes=np.array([ordinal(d.closes) for d in documents], np.int32),
            age_min=np.array([UNSTATED if d.age_min is None else d.age_min for d in documents], np.int16),
            age_max=np.array([UNSTATED if d.age_max is None else d.age_max for d in documents], np.int16),
            gender=np.array([GENDERS[d.gender] for d in documents], np.int8),
            now=_bits([d.places.now for d in documents]),
            would=_bits([d.places.would for d in documents]),
            office=_bits([d.places.office for d in documents]),
            lengths=np.array(self.lengths, np.float32),
            post_ptr=ptr,
            post_rows=rows,
            post_tf=tf,
            facet_ptr=np.array(self.facet_ptr, np.int64),
            facet_codes=np.array(self.facet_codes, np.uint16),
            vector_ptr=np.cumsum([0, *(len(v) for v in vectors)], dtype=np.int64),
            vectors=np.concatenate([none, *vectors]),
            words={
                "terms": list(self.columns),
                "surfaces": [self.surfaces[t].most_common(1)[0][0] if t in self.surfaces else t for t in self.columns],
                "facet_values": list(self.values),
                "titles": [plain(d.texts.get(Field.TITLE, "")) for d in documents],
                "org_ids": [(d.org_id or "").lower() for d in documents],
            },
        )


def _bits(places: list[frozenset[str]]) -> NDArray[np.uint64]:
    rows = [district_bits(districts) for districts in places]
    return np.array(rows, np.uint64).reshape(len(rows), WORDS)


def _by_term(
    rows: Any, cols: Any, tf: Any, shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    places = np.asarray(rows, np.int32), np.asarray(cols, np.int32)
    matrix = csc_array((np.asarray(tf, np.float32), places), shape=shape)
    matrix.sort_indices()
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.float32)


def merge_columns(parts: Sequence[tuple[Columns, NDArray[np.bool_]]]) -> Columns:
    """Merge the kept rows of several columns into one, in their order."""
    term_of: dict[str, int] = {}
    surface_of: dict[str, str] = {}
    value_of: dict[str, int] = {}
    rows, cols, tf, codes, counts, spans = [], [], [], [], [], []
    start = 0
    for part, keep in parts:
        new_row = np.where(keep, np.cumsum(keep) - 1 + start, -1)
        start += int(keep.sum())
        term_map = np.array([term_of.setdefault(t, len(term_of)) for t in part.words["terms"]], np.int64)
        for term, surface in zip(part.words["terms"], part.words["surfaces"], strict=True):
            surface_of.setdefault(term, surface)
        value_map = np.array([value_of.setdefault(v, len(value_of)) for v in part.words["facet_values"]], np.uint16)
        kept = keep[part.post_rows]
        rows.append(new_row[part.post_rows][kept])
        cols.append(np.repeat(term_map, np.diff(part.post_ptr))[kept])
        tf.append(part.post_tf[kept])
        codes.append(value_map[part.facet_codes[np.repeat(keep, np.diff(part.facet_ptr))]])
        counts.append(np.diff(part.facet_ptr)[keep])
        spans.append(np.diff(part.vector_ptr)[keep])
    ptr, post_rows, post_tf = _by_term(
        np.concatenate(rows), np.concatenate(cols), np.concatenate(tf), (start, len(term_of))
    )
    stacked = {name: np.concatenate([getattr(p, name)[keep] for p, keep in parts]) for name in BY_LISTING}
    vectors = [p.vectors if keep.all() else p.vectors[np.repeat(keep, np.diff(p.vector_ptr))] for p, keep in parts]
    return Columns(
        **stacked,
        post_ptr=ptr,
        post_rows=post_rows,
        post_tf=post_tf,
        facet_ptr=np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64),
        facet_codes=np.concatenate(codes),
        vector_ptr=np.concatenate([[0], np.cumsum(np.concatenate(spans))]).astype(np.int64),
        vectors=np.concatenate(vectors),
        words={
            "terms": list(term_of),
            "surfaces": [surface_of[t] for t in term_of],
            "facet_values": list(value_of),
            "titles": [t for p, keep in parts for t, k in zip(p.words["titles"], keep, strict=True) if k],
            "org_ids": [t for p, keep in parts for t, k in zip(p.words["org_ids"], keep, strict=True) if k],
        },
    )
