"""`exchange index`: what the index holds, bringing it up to date, making it anew; knows no engine's files."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from exchange.database import reading, writing
from exchange.listings import visible_ids
from exchange.outbox import pending, retry_parked
from exchange.settings import load_settings
from web.commands.indexing import after_writing, index_here, rebuild_by_site
from web.commands.options import AsJson, NoWait
from web.commands.output import bar, say, say_json
from web.lock import Role
from web.runtime import Runtime, folder_size, open_runtime

app = typer.Typer(no_args_is_help=True, help="The search index: what it holds, and how to make it anew.")

HOLDERS = {Role.SITE: "the site", Role.COMMAND: "another command", None: "nobody"}


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Say what the index holds, what waits, and who writes it."""
    with open_runtime(load_settings()) as runtime:
        facts = facts_of(runtime)
    if as_json:
        say_json(facts)
        return
    for name, value in facts.items():
        say(f"{name.replace('_', ' '):<16}{f'{value:,}' if isinstance(value, int) else value}")


@app.command()
def rebuild(*, no_wait: NoWait = False) -> None:
    """Make the index anew from the database; vectors that are kept are not computed again."""
    with open_runtime(load_settings()) as runtime:
        if not runtime.lock.take(Role.COMMAND) and rebuild_by_site(runtime, wait=not no_wait):
            if not no_wait:
                say("The index is rebuilt.")
            return
        with reading(runtime.database) as session:
            total = sum(1 for _ in visible_ids(session))
        with bar(f"Rebuilding the index of {total:,} listings", total) as progress:
            runtime.rebuild(progress)
        say("The index is rebuilt.")


@app.command()
def work(
    *,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what was given up after eight failures.")] = False,
    no_wait: NoWait = False,
) -> None:
    """Take to the index what was changed since, and stop when nothing waits."""
    with open_runtime(load_settings()) as runtime:
        if retry:
            with writing(runtime.database) as session:
                say(f"{retry_parked(session, datetime.now(UTC)):,} changes will be tried again.")
        if runtime.lock.take(Role.COMMAND):
            index_here(runtime)
        else:
            after_writing(runtime, wait=not no_wait)


def facts_of(runtime: Runtime) -> dict[str, Any]:
    """Give the facts of the index; `late` counts the listings that the files on disk do not hold as they are now."""
    held = runtime.held_revisions()
    with reading(runtime.database) as session:
        truth = dict(visible_ids(session))
        outbox = pending(session)
    return {
        "engine": runtime.settings.engine,
        "model": runtime.settings.model,
        "visible": len(truth),
        "indexed": sum(held.get(listing, 0) >= revision for listing, revision in truth.items()),
        "late": sum(held.get(listing, 0) < revision for listing, revision in truth.items()),
        "waiting": outbox.waiting,
        "given_up": outbox.parked,
        "written_by": HOLDERS[runtime.lock.holder()],
        "bytes": folder_size(runtime.settings.index_dir),
        "folder": str(runtime.settings.index_dir),
    }
