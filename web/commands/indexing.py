"""How commands bring the index up to date: here, in memory, or by waiting for the site; knows no option."""

import time
from collections.abc import Callable
from contextlib import nullcontext

from exchange.database import reading
from exchange.errors import UnavailableError
from exchange.outbox import pending
from indexer.service import SearchService
from web.commands.output import bar, say, warn
from web.lock import Role
from web.runtime import Runtime

Tell = Callable[[str], None]

PATIENCE = 120.0
"""Seconds without any progress of the site after which a command stops waiting."""

LOOK = 0.5
SITE_RUNS = "The site is running and will index this."
WORKERS = "The workers will index this: the site, or `exchange index work --follow`."
NOBODY = "It is not in the index yet: the site takes it up when it starts, or run `exchange index work`."


def waiting(runtime: Runtime) -> int:
    """Count the changes that the index has not taken up."""
    with reading(runtime.database) as session:
        return pending(session).waiting


def after_writing(runtime: Runtime, *, wait: bool, tell: Tell = say, patience: float = PATIENCE) -> None:
    """Index what a command wrote, or see to it that the site does; tell which.

    Raises:
        UnavailableError: the process that holds the index did not move for `patience` seconds.
    """
    if not waiting(runtime):
        tell("The index is up to date.")
    elif runtime.shared:
        if wait:
            drain(runtime, tell, patience)
        else:
            tell(WORKERS)
    elif not wait:
        tell(SITE_RUNS if runtime.lock.holder() is Role.SITE else NOBODY)
    elif not runtime.lock.take(Role.COMMAND) and not _others_do(runtime, patience):
        tell("Indexed.")
    else:
        index_here(runtime, tell)
        runtime.lock.release()


def drain(runtime: Runtime, tell: Tell = say, patience: float = PATIENCE) -> None:
    """Take to the shared index what waits, beside any other workers, until nothing does.

    Raises:
        UnavailableError: nothing moved for `patience` seconds, or the index does not answer.
    """
    runtime.make_first_index()
    total = waiting(runtime)

    def turn() -> bool:
        if not runtime.indexer.work():
            time.sleep(LOOK)  # other workers have the rest
        return False

    _until_done(runtime, f"Indexing {total:,} changes", patience, turn)
    tell(f"{total:,} changes indexed.")


def index_here(runtime: Runtime, tell: Tell = say) -> None:
    """Bring the index to what SQL says and write it to disk; this process holds the lock."""
    total = len(runtime.indexer.outdated())
    with bar(f"Indexing {total:,} listings", total) if total else nullcontext() as progress:
        runtime.indexer.settle(progress)
        runtime.flush()
    tell(f"{total:,} listings indexed." if total else "The index is up to date.")


def reader(runtime: Runtime) -> SearchService:
    """Give search over the index on disk and, in memory only, what was published since."""
    late = 0 if runtime.shared else len(runtime.indexer.outdated())
    if late:
        with bar(f"Reading {late:,} listings that are not in the index yet", late) as progress:
            runtime.indexer.catch_up(progress)
    return runtime.service


def rebuild_by_site(runtime: Runtime, *, wait: bool, patience: float = PATIENCE) -> bool:
    """Ask the process that holds the index to rebuild it; say whether it did, False when it let the index go first.

    Raises:
        UnavailableError: it failed, or did not do it in time.
    """
    runtime.ask_rebuild()
    say("The site is running: it will rebuild its index now, and answers from the old one meanwhile.")
    if not wait:
        return True
    until = time.monotonic() + 10 * patience  # a rebuild shows no progress from outside
    while runtime.rebuild_asked():
        if runtime.lock.take(Role.COMMAND):
            return False
        if time.monotonic() > until:
            raise UnavailableError(f"The site has not rebuilt its index in {10 * patience:.0f} seconds; look at it.")
        time.sleep(LOOK)
    return True


def _others_do(runtime: Runtime, patience: float) -> bool:
    """Wait while another process indexes; say whether it let the index go before all was done."""
    warn(SITE_RUNS if runtime.lock.holder() is Role.SITE else "Another command is indexing; waiting for it.")

    def turn() -> bool:
        if runtime.lock.take(Role.COMMAND):
            return True
        time.sleep(LOOK)
        return False

    return _until_done(runtime, "Waiting for the index", patience, turn)


def _until_done(runtime: Runtime, label: str, patience: float, turn: Callable[[], bool]) -> bool:
    """Take turns until nothing waits, and show how it becomes less; say whether a turn ended it before."""
    left, moved = waiting(runtime), time.monotonic()
    with bar(label, left) as progress:
        while left:
            if turn():
                return True
            now = waiting(runtime)
            if now < left:
                progress(left - now)
                moved = time.monotonic()
            elif time.monotonic() - moved > patience:
                raise UnavailableError(_stuck(patience, now))
            left = now
    return False


def _stuck(patience: float, left: int) -> str:
    return (
        f"The index has not moved for {patience:.0f} seconds and {left:,} changes wait; nothing is lost: "
        "see `exchange index status`, or start the site again."
    )
