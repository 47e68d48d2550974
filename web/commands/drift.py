"""`exchange index drift`: whether the index holds what the database says, and putting it right; knows no engine."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from exchange.database import reading
from exchange.listing.listings import visible_ids
from exchange.settings import load_settings
from indexer.drift import Drift, find_drift, repair
from web.commands.indexing import after_writing
from web.commands.options import AsJson, NoWait
from web.commands.output import bar, say, say_json, warn
from web.lock import Role
from web.runtime import Runtime, open_runtime

NAMED = 20
"""Listings that the text names; `--json` names them all."""

Repair = Annotated[bool, typer.Option("--repair", help="Have what differs written anew.")]


def drift(*, fix: Repair = False, as_json: AsJson = False, no_wait: NoWait = False) -> None:
    """Compare the index with the database, listing by listing; exit code 1 where they differ and that is left so."""
    with open_runtime(load_settings()) as runtime:
        if fix and not runtime.shared:
            runtime.lock.take(Role.COMMAND)
        found = left = _compared(runtime)
        if fix and found.found:
            _repair(runtime, found, wait=not no_wait, as_json=as_json)
            left = found if no_wait else _compared(runtime)
    if as_json:
        say_json(_facts(found) | ({"left": left.found} if fix and not no_wait else {}))
    else:
        _tell(found, left, fixed=fix, waited=not no_wait)
    if left.found and not (fix and no_wait):
        raise typer.Exit(1)


def _compared(runtime: Runtime) -> Drift:
    with reading(runtime.database) as session:
        total = sum(1 for _ in visible_ids(session))
    with bar(f"Comparing {total:,} listings", total) as progress:
        return find_drift(runtime.indexer, progress, unsaved=_unsaved(runtime))


def _unsaved(runtime: Runtime) -> bool:
    """Say whether another process may hold more in memory than is in the files that this one reads."""
    return not runtime.shared and not runtime.lock.held and runtime.lock.holder() is not None


def _repair(runtime: Runtime, found: Drift, *, wait: bool, as_json: bool) -> None:
    mine = found if not _unsaved(runtime) else found.without_gone()
    with bar(f"Noting {mine.found:,} listings", mine.found) as progress:
        repair(runtime.indexer, mine, lambda: datetime.now(UTC), progress)
    after_writing(runtime, wait=wait, tell=warn if as_json else say)


def _facts(found: Drift) -> dict[str, Any]:
    return {
        "drift": found.found,
        "compared": found.compared,
        "waiting": found.waiting,
        "missing": sorted(found.missing),
        "stale": sorted(found.stale),
        "extra": sorted(found.extra),
        "rebuild": found.otherwise or None,
    }


def _tell(found: Drift, left: Drift, *, fixed: bool, waited: bool) -> None:
    for name, number in (("compared", found.compared), ("waiting", found.waiting)):
        say(f"{name:<16}{number:,}")
    for name, listings in (("missing", found.missing), ("stale", found.stale), ("extra", found.extra)):
        say(f"{name:<16}{_named(listings)}")
    if found.otherwise:
        say(found.otherwise)
    elif not found.found:
        say("The index holds what the database says.")
    elif not fixed:
        say(f"{found.found:,} listings differ; `exchange index drift --repair` has them written anew.")
    elif not waited:
        say(f"{found.found:,} listings will be written anew.")
    elif left.found:
        say(f"{left.found:,} listings still differ; see `exchange index status`, or run `exchange index rebuild`.")
    else:
        say(f"{found.found:,} listings are written anew; the index holds what the database says.")


def _named(listings: Mapping[int, int]) -> str:
    if not listings:
        return "0"
    first = ", ".join(str(number) for number in sorted(listings)[:NAMED])
    return f"{len(listings):,} (listings {first}{', ...' if len(listings) > NAMED else ''})"
