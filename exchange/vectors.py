"""Embedded texts kept by model and hash of the text; knows bytes, not models."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Dialect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exchange.models import Vector

CHUNK = 500
"""Keys a statement: below SQLite's limit of bound values."""


def text_hash(text: str) -> bytes:
    """Give the 16-byte key of a text."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def known_vectors(session: Session, model: str, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
    """Read the kept vectors of these texts; what was never embedded is missing from the answer."""
    wanted = list(dict.fromkeys(hashes))
    found: dict[bytes, bytes] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(Vector.text_hash, Vector.value).where(
            Vector.model == model, Vector.text_hash.in_(wanted[start : start + CHUNK])
        )
        found.update((key, value) for key, value in session.execute(query))
    return found


def keep_vectors(session: Session, model: str, vectors: Mapping[bytes, bytes]) -> None:
    """Keep vectors; one that another process kept meanwhile is left as it is."""
    ordered = sorted(vectors.items())  # two processes that keep the same ones in two orders would wait for each other
    rows: Sequence[dict[str, object]] = [{"model": model, "text_hash": k, "value": v} for k, v in ordered]
    dialect: Dialect = session.get_bind().dialect
    insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Vector).on_conflict_do_nothing(), rows[start : start + CHUNK])


def kept_hashes(session: Session, model: str, hashes: Iterable[bytes]) -> set[bytes]:
    """Say which of these texts have something kept, without reading it."""
    wanted = list(dict.fromkeys(hashes))
    found: set[bytes] = set()
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        found.update(session.scalars(select(Vector.text_hash).where(Vector.model == model, Vector.text_hash.in_(part))))
    return found
