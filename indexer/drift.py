"""Drift: where an index holds something else than SQL says, and how that is put right; knows no engine's own words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.listing.changes import look_again
from exchange.listing.listings import index_revisions, visible_ids
from exchange.outbox import waiting_listings
from indexer.embedder import Progress
from indexer.engine import Engine, Entry, Held, Origin
from indexer.sync import BATCH, Indexer, tombstone

REBUILD = (
    "It was made with {made}, and the settings say {wanted}: nothing in it is current; run `exchange index rebuild`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What differs, each listing with the revision that the index holds of it, 0 where it holds none.

    `missing` may be found by SQL and not in the index; `stale` is there with another text or revision; `extra` may be
    found in the index and not by SQL, which does not even know those in `gone`. `compared` counts the listings that
    SQL lets be found, `waiting` those that differ and that somebody is about to index. `otherwise` is a sentence where
    the whole index was made with another model or mapping than the settings say.
    """

    compared: int
    waiting: int = 0
    missing: Mapping[int, int]
    stale: Mapping[int, int]
    extra: Mapping[int, int]
    gone: frozenset[int] = frozenset()
    otherwise: str = ""

    @property
    def found(self) -> int:
        """Count the listings that differ."""
        return len(self.missing) + len(self.stale) + len(self.extra)

    def without_gone(self) -> "Drift":
        """Leave out what SQL does not know: only who may write the index can hide it."""
        extra = {number: revision for number, revision in self.extra.items() if number not in self.gone}
        return replace(self, extra=extra, gone=frozenset())


@dataclass(frozen=True, slots=True)
class _Look:
    """What SQL and the index say of some listings, and which of them somebody is about to index."""

    said: Mapping[int, Held]
    held: Mapping[int, Held]
    waiting: frozenset[int]

    def differing(self, ids: Sequence[int]) -> list[int]:
        """Give those that the index holds otherwise than SQL says; a hidden one may be there at any revision or not."""
        return [i for i in ids if self._visible(i) and self.said.get(i) != self.held.get(i)]

    def _visible(self, listing_id: int) -> bool:
        return any(one.visible for one in (self.said.get(listing_id), self.held.get(listing_id)) if one)


def find_drift(indexer: Indexer, progress: Progress | None = None, *, unsaved: bool = False) -> Drift:
    """Compare all that may be found by SQL or in the index; what differs is looked at twice, as both may be moving.

    `progress` is told how many listings are read. `unsaved` says that another process holds newer revisions in memory
    than are in this index: those are on their way.
    """
    otherwise = made_otherwise(indexer.engine)
    with reading(indexer.database) as session:
        visible = [listing_id for listing_id, _ in visible_ids(session)]
    if otherwise:
        held = indexer.engine.held()
        stale = {i: held[i].revision if i in held else 0 for i in visible}
        return Drift(compared=len(visible), missing={}, stale=stale, extra={}, otherwise=otherwise)
    first = _look(indexer, visible, progress, unsaved=unsaved)
    known = set(visible)
    ids = [*visible, *(i for i, held in first.held.items() if held.visible and i not in known)]
    suspects = first.differing(ids)
    if not suspects:
        return Drift(compared=len(visible), missing={}, stale={}, extra={})
    second = _look(indexer, suspects, unsaved=unsaved)
    differing = second.differing(suspects)
    return _sorted([i for i in differing if i not in second.waiting], second, len(visible), len(differing))


def made_otherwise(engine: Engine) -> str:
    """Say with what the index was made, where that is not what the settings say; nothing where it is, or is none."""
    status, made = engine.status(), engine.made_with()
    wanted = Origin(status.model or "", status.mapping)
    return "" if made in (None, wanted) else REBUILD.format(made=_told(made), wanted=_told(wanted))


def repair(indexer: Indexer, drift: Drift, now: Callable[[], datetime], progress: Progress | None = None) -> int:
    """Have everything that differs written anew with a newer revision, by way of the outbox; give its number.

    What SQL does not know has no outbox: it is hidden here and now.

    Raises:
        UnavailableError: the whole index was made with another model or mapping; a rebuild is needed.
    """
    if drift.otherwise:
        raise UnavailableError(drift.otherwise)
    held = {**drift.missing, **drift.stale, **drift.extra}
    for part in _parts([i for i in held if i not in drift.gone]):
        with writing(indexer.database) as session:
            look_again(session, {i: held[i] for i in part}, now())
        if progress:
            progress(len(part))
    for part in _parts(sorted(drift.gone)):
        _hide(indexer, {i: held[i] + 1 for i in part})
        if progress:
            progress(len(part))
    return len(held)


def _hide(indexer: Indexer, revisions: Mapping[int, int]) -> None:
    none = np.empty((0, indexer.embedder.dimension), np.float32)
    entries = [Entry(document=tombstone(*one), vectors=none) for one in revisions.items()]
    for target in indexer.engine.targets():
        target.write(entries)


def _look(indexer: Indexer, ids: Sequence[int], progress: Progress | None = None, *, unsaved: bool) -> _Look:
    """Read SQL, then who waits, then the index: what is done by then was in the index before it was read."""
    said: dict[int, Held] = {}
    for part in _parts(ids):
        for one in indexer.documents(part)[0]:
            said[one.id] = Held(revision=one.revision, visible=one.visible, content_hash=one.content_hash)
        if progress:
            progress(len(part))
    with reading(indexer.database) as session:
        waiting = waiting_listings(session)
    held = indexer.engine.held()
    newer = [i for i, one in said.items() if i in held and held[i].revision > one.revision]
    with reading(indexer.database) as session:
        changed = {i for i, revision in index_revisions(session, newer).items() if revision >= held[i].revision}
    if unsaved:
        waiting |= {i for i, one in said.items() if i not in held or held[i].revision < one.revision}
    return _Look(said, held, frozenset(waiting | changed))


def _sorted(ids: Sequence[int], look: _Look, compared: int, differing: int) -> Drift:
    missing, stale, extra = dict[int, int](), dict[int, int](), dict[int, int]()
    for listing_id in ids:
        said, held = look.said.get(listing_id), look.held.get(listing_id)
        kind = extra if said is None or not said.visible else stale if held and held.visible else missing
        kind[listing_id] = held.revision if held else 0
    return Drift(
        compared=compared,
        waiting=differing - len(ids),
        missing=missing,
        stale=stale,
        extra=extra,
        gone=frozenset(number for number in extra if number not in look.said),
    )


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _told(origin: Origin | None) -> str:
    return f"model {origin.model}, mapping {origin.mapping}" if origin else "nothing"
