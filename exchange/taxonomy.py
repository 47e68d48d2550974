"""The taxonomy: areas and groups with their words, as data in versions; knows no listing's text and no index."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY, take_turn
from exchange.errors import NotFoundError
from exchange.listing.changes import touch_found
from exchange.listing.stated_codes import names_code
from exchange.models import TaxonomyVersion, Term
from exchange.models_running import ProposalState, TaxonomyProposal
from exchange.people.accounts import operator

AREA = "area"
GROUP = "group"
SCHEMES = (AREA, GROUP)
OPERATOR = "Package"
"""In whose name a newer packaged version is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One area or group; `parent` and `differs_from` are codes of the same scheme."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Who publishes a version, when and why; `packaged` is the number that the package gives to one of its own."""

    at: datetime
    by_id: int | None = None
    reason: str | None = None
    packaged: int | None = None


def taxonomy_of(entries: Iterable[Entry], version: int = 0) -> Taxonomy:
    """Put entries together as one value, in their order."""
    return Taxonomy(version, MappingProxyType({(entry.scheme, entry.code): entry for entry in entries}))


def plain(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Give entries as JSON values, in their order."""
    found: list[dict[str, Any]] = msgspec.to_builtins(list(entries))
    return found


def entries_of(rows: Any) -> tuple[Entry, ...]:
    """Read what `plain` gave."""
    return msgspec.convert(rows, type=tuple[Entry, ...], strict=True)


class _SeedTerm(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    label: str
    parent: str | None
    definition: str
    synonyms: tuple[str, ...]
    differs_from: tuple[str, ...] = msgspec.field(name="not")


class _Seed(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    schemes: dict[str, list[_SeedTerm]]

    def entries(self) -> tuple[Entry, ...]:
        rows = ((scheme, term) for scheme in SCHEMES for term in self.schemes.get(scheme, ()))
        return tuple(Entry(scheme=scheme, **msgspec.structs.asdict(term)) for scheme, term in rows)


def seed_taxonomy(session: Session, now: datetime, source: bytes | None = None) -> bool:
    """Publish the packaged taxonomy (or `source`, of the same shape) if it is newer; say whether it was published.

    Where an administrator has published a version since the package's last one, what the package brings becomes a
    proposal, once: it is theirs to compare and to decide on.
    """
    packaged = files("exchange").joinpath("data", "taxonomy.json")
    seed = msgspec.json.decode(packaged.read_bytes() if source is None else source, type=_Seed)
    if _brought(session) >= seed.version:
        return False
    take_turn(session)
    if _brought(session) >= seed.version:
        return False  # another process published it while we waited
    newest = newest_version(session)
    if newest is None or newest.packaged is not None:
        publish_version(session, seed.entries(), Issue(at=now, packaged=seed.version), least=seed.version)
        return True
    _propose(session, seed, newest, now)
    return False


def load_taxonomy(session: Session, known: Taxonomy | None = None) -> Taxonomy:
    """Read the published version as one immutable value; `known` is given back while it still is that version."""
    version = newest_version(session)
    if version is None:
        return Taxonomy()
    if known is not None and known.version == version.number:
        return known
    return _read(session, version)


def taxonomy_at(session: Session, number: int) -> Taxonomy:
    """Read one version, the published one or an earlier one.

    Raises:
        NotFoundError: there was never one of that number.
    """
    query = select(TaxonomyVersion).where(TaxonomyVersion.number == number)
    version = session.scalar(query) if 0 < number <= LARGEST_KEY else None
    if version is None:
        raise NotFoundError(f"There is no version {number} of the areas; choose one of the list.")
    return _read(session, version)


def newest_version(session: Session) -> TaxonomyVersion | None:
    """Give the row of the published version; None where none was ever published."""
    return session.scalar(select(TaxonomyVersion).order_by(TaxonomyVersion.number.desc()).limit(1))


def publish_version(session: Session, entries: Iterable[Entry], issue: Issue, least: int = 1) -> int:
    """Publish entries as the next version, numbered `least` or more, and have concerned listings looked at again.

    All in the caller's transaction; the number is given. The caller takes its turn before it reads what it changes.
    """
    take_turn(session)
    before = load_taxonomy(session)
    number = max(before.version + 1, least)
    after = taxonomy_of(entries, number)
    version = TaxonomyVersion(
        number=number, published_at=issue.at, packaged=issue.packaged, by_id=issue.by_id, reason=issue.reason
    )
    session.add(version)
    session.flush()
    for scheme in SCHEMES:
        for at, entry in enumerate(after.scheme(scheme)):
            session.add(Term(version_id=version.id, position=at, **msgspec.to_builtins(entry)))
    session.flush()
    if concerned := _naming(session, touched(before, after)):
        touch_found(session, issue.at, or_(*concerned))
    return number


def touched(before: Taxonomy, after: Taxonomy) -> dict[str, frozenset[str]]:
    """Give by scheme the codes for which a document that names them says something else in the other version.

    A document (`indexer/document.py`) holds of each code that its listing names the label, the synonyms and the codes
    above; definitions, what a term is not, and the order are read when a page is shown.
    """
    return {
        scheme: frozenset(
            code
            for code in {entry.code for version in (before, after) for entry in version.scheme(scheme)}
            if _in_documents(before, scheme, code) != _in_documents(after, scheme, code)
        )
        for scheme in SCHEMES
    }


def _brought(session: Session) -> int:
    """Give the number of the package's newest version that was published or proposed here."""
    published = session.scalar(select(func.max(TaxonomyVersion.packaged))) or 0
    proposed = session.scalar(select(func.max(TaxonomyProposal.data["packaged"].as_integer()))) or 0
    return max(published, proposed)


def _propose(session: Session, seed: _Seed, newest: TaxonomyVersion, now: datetime) -> None:
    """Prepare what the package changed since the last version that it brought."""
    theirs = select(func.max(TaxonomyVersion.number)).where(TaxonomyVersion.packaged.is_not(None))
    proposal = TaxonomyProposal(
        state=ProposalState.DRAFT,
        base=session.scalar(theirs) or newest.number,
        data={"entries": plain(seed.entries()), "packaged": seed.version},
        reason=f"Version {seed.version} of the areas came with a newer version of the program.",
        by_id=operator(session, OPERATOR).id,
        created_at=now,
        changed_at=now,
    )
    session.add(proposal)
    session.flush()


def _in_documents(taxonomy: Taxonomy, scheme: str, code: str) -> tuple[object, ...] | None:
    entry = taxonomy.get(scheme, code)
    if entry is None:
        return None
    return entry.label, entry.synonyms, tuple(above.code for above in taxonomy.ancestors(code, scheme))


def _naming(session: Session, codes: Mapping[str, frozenset[str]]) -> list[Any]:
    return [names_code(session, scheme, found) for scheme, found in codes.items() if found]


def _read(session: Session, version: TaxonomyVersion) -> Taxonomy:
    rows = session.scalars(select(Term).where(Term.version_id == version.id).order_by(Term.scheme, Term.position))
    return taxonomy_of(map(_entry, rows), version.number)


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
