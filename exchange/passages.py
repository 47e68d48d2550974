"""Which passages indexed listings have, by the hash of their text; knows no text, no vector and no index."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Dialect, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exchange.models import ListingPassages

CHUNK = 500
"""Rows a statement: below SQLite's limit of bound values."""
HASH_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One listing: its passages in order, and the areas and groups that it states."""

    hashes: tuple[bytes, ...]
    areas: tuple[str, ...]
    groups: tuple[str, ...]


def keep_listed(session: Session, listed: Iterable[tuple[int, int, Listed]]) -> None:
    """Keep (listing, index revision, passages); an older revision than the one held changes nothing."""
    rows: Sequence[dict[str, object]] = [
        asdict(found) | {"listing_id": number, "revision": revision, "hashes": b"".join(found.hashes)}
        for number, revision, found in sorted(listed, key=lambda row: row[0])
    ]
    dialect: Dialect = session.get_bind().dialect
    insert = (sqlite.insert if dialect.name == "sqlite" else postgresql.insert)(ListingPassages)
    newer = insert.on_conflict_do_update(
        index_elements=["listing_id"],
        set_={name: insert.excluded[name] for name in ("revision", "hashes", "areas", "groups")},
        where=ListingPassages.revision <= insert.excluded.revision,
    )
    for start in range(0, len(rows), CHUNK):
        session.execute(newer, rows[start : start + CHUNK])


def drop_listed(session: Session, ids: Sequence[int]) -> None:
    """Forget listings that may not be found any more."""
    for start in range(0, len(ids), CHUNK):
        session.execute(delete(ListingPassages).where(ListingPassages.listing_id.in_(ids[start : start + CHUNK])))


def listed_of(session: Session, ids: Sequence[int]) -> dict[int, Listed]:
    """Give what is kept of listings; one that is not indexed is missing from the answer."""
    row = ListingPassages
    asked = select(row.listing_id, row.hashes, row.areas, row.groups).where(row.listing_id.in_(ids))
    return {
        number: Listed(hashes=_split(hashes), areas=tuple(areas), groups=tuple(groups))
        for number, hashes, areas, groups in session.execute(asked)
    }


def _split(hashes: bytes) -> tuple[bytes, ...]:
    return tuple(hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES))
