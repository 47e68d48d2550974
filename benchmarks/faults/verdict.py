"""What a run counted and what went wrong, told by many threads; knows no fault and no check."""

import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable

from web.commands.output import say, warn

MOST_TOLD = 20


class Verdict:
    """Figures by name, and failures as sentences."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.remarks: list[str] = []

    @property
    def seconds(self) -> float:
        """Give the seconds since the run began."""
        return time.monotonic() - self._start

    def count(self, name: str, number: int = 1) -> None:
        """Add to a figure."""
        with self._lock:
            self.counts[name] += number

    def fail(self, sentence: str) -> None:
        """Note that something went wrong."""
        with self._lock:
            self.failures.append(sentence)
        warn(f"[{self.seconds:5.0f} s] FAILED: {sentence}")

    def note(self, sentence: str) -> None:
        """Tell what happens, beside the report."""
        warn(f"[{self.seconds:5.0f} s] {sentence}")

    def remark(self, sentence: str) -> None:
        """Keep a sentence for the report."""
        with self._lock:
            self.remarks.append(sentence)

    def thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        """Start work in a thread of its own; an error that ends it is a failure of the run."""

        def watched() -> None:
            try:
                work()
            except Exception:  # noqa: BLE001  whatever it is, the run must not pass for it
                self.fail(f"{name} ended with an error: {traceback.format_exc()}")

        thread = threading.Thread(target=watched, name=name, daemon=True)
        thread.start()
        return thread

    def report(self, title: str, order: tuple[str, ...]) -> bool:
        """Print the figures, those named first and the others after them, and what failed; say whether nothing did."""
        say(f"\n{title} ({self.seconds:.0f} seconds)")
        names = [*order, *sorted(name for name in self.counts if name not in order)]
        for name in names:
            say(f"  {self.counts[name]:>7,}  {name}")
        say(f"  {len(self.failures):>7,}  failures")
        for sentence in self.remarks:
            say(sentence)
        for sentence in self.failures[:MOST_TOLD]:
            say(f"FAILED: {sentence}")
        return not self.failures
