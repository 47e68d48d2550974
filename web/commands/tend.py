"""`exchange tend`: what is due as days pass, done now, for operators who run it by their own clock; knows no chore."""

from datetime import UTC, datetime

from exchange.chores import tend as do_chores
from exchange.settings import load_settings
from web.commands.indexing import after_writing
from web.commands.options import NoWait
from web.commands.output import say
from web.runtime import open_runtime


def tend(*, no_wait: NoWait = False) -> None:
    """Close needs whose date has passed, remind owners, ask what is still true; the site does it every 10 minutes."""
    with open_runtime(load_settings()) as runtime:
        do_chores(runtime.database, datetime.now(UTC))
        say("Everything that was due is done; letters go out with the site.")
        after_writing(runtime, wait=not no_wait)
