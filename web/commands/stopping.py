"""How commands that run until stopped are stopped; knows no command."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stoppable() -> Iterator[None]:
    """Let Ctrl-C and a service manager's SIGTERM end a service in the same orderly way."""

    def stop(_signal: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass  # what was under way was ended before this was passed on
    finally:
        signal.signal(signal.SIGTERM, before)
