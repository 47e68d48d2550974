"""The taxonomy: areas and groups with their words, as data in versions; knows no listing's text and no index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from types import MappingProxyType

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.database import take_turn
from exchange.listing.changes import touch_found
from exchange.models import TaxonomyVersion, Term

AREA = "area"
GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One area or group; `parent` and `differs_from` are codes of the same scheme or, for the latter, of either."""

    scheme: str
    code: str
    label: str
    parent: str | None
    definition: str
    synonyms: tuple[str, ...]
    differs_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One version's entries by scheme and code, in the order of the file; version 0 is empty."""

    version: int = 0
    entries: Mapping[tuple[str, str], Entry] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, scheme: str, code: str) -> Entry | None:
        """Give the entry, or None where this version has no such code."""
        return self.entries.get((scheme, code))

    def label(self, scheme: str, code: str) -> str:
        """Give the label; a code that this version no longer has stands for itself."""
        entry = self.get(scheme, code)
        return code if entry is None else entry.label

    def scheme(self, scheme: str) -> tuple[Entry, ...]:
        """Give all entries of a scheme."""
        return tuple(entry for entry in self.entries.values() if entry.scheme == scheme)

    def children(self, code: str | None, scheme: str = AREA) -> tuple[Entry, ...]:
        """Give the entries directly below a code; those at the top for None."""
        return tuple(entry for entry in self.scheme(scheme) if entry.parent == code)

    def top_areas(self) -> tuple[Entry, ...]:
        """Give the areas that have no parent."""
        return self.children(None)

    def ancestors(self, code: str, scheme: str = AREA) -> tuple[Entry, ...]:
        """Give the entries above a code, nearest first."""
        entry = self.get(scheme, code)
        above = self.get(scheme, entry.parent) if entry and entry.parent else None
        return () if above is None else (above, *self.ancestors(above.code, scheme))

    def with_descendants(self, code: str, scheme: str = AREA) -> tuple[str, ...]:
        """Give the code and every code below it."""
        below = (self.with_descendants(child.code, scheme) for child in self.children(code, scheme))
        return (code, *(found for codes in below for found in codes))


class _SeedTerm(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    label: str
    parent: str | None
    definition: str
    synonyms: list[str]
    differs_from: list[str] = msgspec.field(name="not")


class _Seed(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    schemes: dict[str, list[_SeedTerm]]


def seed_taxonomy(session: Session, now: datetime, source: bytes | None = None) -> bool:
    """Publish the packaged taxonomy (or `source`, of the same shape) if its version is newer; say whether it was.

    Every listing that may be found is looked at again, because its document holds labels and synonyms.
    """
    packaged = files("exchange").joinpath("data", "taxonomy.json")
    seed = msgspec.json.decode(packaged.read_bytes() if source is None else source, type=_Seed)
    if _published(session) >= seed.version:
        return False
    take_turn(session)
    if _published(session) >= seed.version:
        return False  # another process published it while we waited
    version = TaxonomyVersion(number=seed.version, published_at=now, packaged=seed.version)
    session.add(version)
    session.flush()
    for scheme, terms in seed.schemes.items():
        rows = (msgspec.structs.asdict(term) for term in terms)
        session.add_all(Term(version_id=version.id, scheme=scheme, position=at, **row) for at, row in enumerate(rows))
    session.flush()
    touch_found(session, now)
    return True


def load_taxonomy(session: Session, known: Taxonomy | None = None) -> Taxonomy:
    """Read the published version as one immutable value; `known` is given back while it still is that version."""
    version = _newest(session)
    if version is None:
        return Taxonomy()
    if known is not None and known.version == version.number:
        return known
    rows = session.scalars(select(Term).where(Term.version_id == version.id).order_by(Term.scheme, Term.position))
    return Taxonomy(version.number, MappingProxyType({(row.scheme, row.code): _entry(row) for row in rows}))


def _published(session: Session) -> int:
    newest = _newest(session)
    return newest.number if newest else 0


def _newest(session: Session) -> TaxonomyVersion | None:
    return session.scalar(select(TaxonomyVersion).order_by(TaxonomyVersion.number.desc()).limit(1))


def _entry(row: Term) -> Entry:
    return Entry(
        scheme=row.scheme,
        code=row.code,
        label=row.label,
        parent=row.parent,
        definition=row.definition,
        synonyms=tuple(row.synonyms),
        differs_from=tuple(row.differs_from),
    )
