"""`exchange index`: what the index holds, bringing it up to date, making it anew; knows no engine's files."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from exchange.database import reading, writing
from exchange.leases import holder_of
from exchange.listing.listings import visible_ids
from exchange.outbox import lag, parked, pending, retry_parked
from exchange.settings import load_settings
from indexer.worker import Worker
from web.commands.drift import drift
from web.commands.indexing import after_writing, index_here, rebuild_by_site
from web.commands.options import AsJson, NoWait
from web.commands.output import say, say_json, stages
from web.commands.stopping import stoppable
from web.lock import Role
from web.logs import logging_to
from web.opening import folder_size
from web.runtime import REBUILD, Runtime, open_runtime

app = typer.Typer(no_args_is_help=True, help="The search index: what it holds, and how to make it anew.")

MOST_TOLD = 20
"""Changes that were given up and are told one by one."""

HOLDERS = {Role.SITE: "the site", Role.COMMAND: "another command", None: "nobody"}


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Say what the index holds, what waits, and who writes it."""
    with open_runtime(load_settings()) as runtime:
        facts = facts_of(runtime)
    if as_json:
        say_json(facts)
        return
    reasons = facts.pop("reasons")
    for name, value in facts.items():
        say(f"{name.replace('_', ' '):<16}{f'{value:,}' if isinstance(value, int) else value}")
    for row in reasons:
        say(f"given up        listing {row['listing']}, tried {row['attempts']} times: {row['error']}")
    if reasons:
        say("`exchange index work --retry` tries them again.")


@app.command()
def rebuild(*, no_wait: NoWait = False) -> None:
    """Make the index anew from the database; vectors that are kept are not computed again."""
    with open_runtime(load_settings()) as runtime:
        if not runtime.shared and not runtime.lock.take(Role.COMMAND) and rebuild_by_site(runtime, wait=not no_wait):
            if not no_wait:
                say("The index is rebuilt.")
            return
        with reading(runtime.database) as session:
            total = sum(1 for _ in visible_ids(session))
        with stages() as told:
            runtime.rebuild(
                _counting(told, f"Reading and embedding {total:,} listings", total),
                _counting(told, "Writing the new index", total) if runtime.shared else None,
            )
        say("The index is rebuilt.")


def _counting(told: Callable[[str, int, int], None], stage: str, total: int) -> Callable[[int], None]:
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        told(stage, min(done, total), total)

    return more


@app.command()
def work(
    *,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what was given up after eight failures.")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until stopped, as a service does.")] = False,
    no_wait: NoWait = False,
) -> None:
    """Take to the index what was changed since, and stop when nothing waits."""
    settings = load_settings()
    if follow and settings.elasticsearch is None:
        raise typer.BadParameter("the site itself does this on the embedded engine.", param_hint="--follow")
    with open_runtime(settings) as runtime:
        if retry:
            with writing(runtime.database) as session:
                say(f"{retry_parked(session, datetime.now(UTC)):,} changes will be tried again.")
        if follow:
            _follow(runtime)
        elif runtime.shared or not runtime.lock.take(Role.COMMAND):
            after_writing(runtime, wait=not no_wait)
        else:
            index_here(runtime)


app.command()(drift)


def _follow(runtime: Runtime) -> None:
    """Be a worker of the shared index until stopped; the batch under way is finished."""
    worker = Worker(runtime.indexer, before=runtime.before_work)
    with stoppable(), logging_to(sys.stderr, runtime.settings.log):
        say("Indexing what changes; Ctrl-C stops it.")
        worker.start()
        try:
            worker.wait()
        finally:
            worker.stop()
    say("The worker has stopped; nothing is lost.")


def facts_of(runtime: Runtime) -> dict[str, Any]:
    """Give the facts of the index; `late` counts the listings that the index does not hold as they are now."""
    held = runtime.held_revisions()
    now = datetime.now(UTC)
    with reading(runtime.database) as session:
        truth = dict(visible_ids(session))
        outbox, oldest = pending(session), lag(session, now)
        given_up = parked(session, MOST_TOLD)
        rebuilder = holder_of(session, REBUILD, now)
    facts = {
        "engine": runtime.settings.engine,
        "model": runtime.settings.model,
        "visible": len(truth),
        "indexed": sum(held.get(listing, 0) >= revision for listing, revision in truth.items()),
        "late": sum(held.get(listing, 0) < revision for listing, revision in truth.items()),
        "waiting": outbox.waiting,
        "waiting_seconds": round(oldest.total_seconds()) if oldest else 0,
        "given_up": outbox.parked,
        "reasons": [{"listing": row.listing_id, "attempts": row.attempts, "error": row.error} for row in given_up],
    }
    return facts | (_shared_facts(runtime, rebuilder) if runtime.shared else _folder_facts(runtime))


def _folder_facts(runtime: Runtime) -> dict[str, Any]:
    return {
        "written_by": HOLDERS[runtime.lock.holder()],
        "bytes": folder_size(runtime.settings.index_dir),
        "folder": str(runtime.settings.index_dir),
    }


def _shared_facts(runtime: Runtime, rebuilder: str | None) -> dict[str, Any]:
    return {
        "serving_model": runtime.engine.serving_model(),
        "rebuilt_by": rebuilder or "nobody",
        "index": ", ".join(f"{name}{' (serves)' if serves else ''}" for name, serves in runtime.indexes().items()),
    }
