"""Figures of a run: spreads of times, a process's memory, sizes on disk, the machine; knows no part of the product."""

import os
import platform
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

PACKAGES = "numpy", "torch", "sentence-transformers", "sqlalchemy", "starlette", "uvicorn"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the 95th percentile of some times, milliseconds."""

    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p95:.1f}"


def spread(milliseconds: Sequence[float]) -> Spread:
    """Give the spread of at least one time."""
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return Spread(float(p50), float(p95))


def timed(call: Callable[[], object]) -> float:
    """Give the milliseconds that a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1_000


def times(calls: Iterable[Callable[[], object]], rounds: int) -> list[float]:
    """Time each call `rounds` times, all of them in each round, so that a busy moment does not fall on one alone."""
    held = list(calls)
    return [timed(call) for _ in range(rounds) for call in held]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process holds: all of it, without files mapped into memory, and the most it ever held; bytes."""

    resident: int
    anonymous: int
    peak: int


def memory_of(status: str) -> Memory:
    """Read the text of a process's status as Linux gives it; a line that is missing counts as 0."""
    found = {
        name: int(kilobytes) * 1_024 for name, kilobytes in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)
    }
    return Memory(found.get("VmRSS", 0), found.get("RssAnon", 0), found.get("VmHWM", 0))


def memory_now(process: int) -> Memory | None:
    """Give the memory of a running process; None where the system has no such file."""
    try:
        return memory_of(Path(f"/proc/{process}/status").read_text())
    except OSError:
        return None


def folder_size(folder: Path) -> int:
    """Give the bytes of all files in a folder; what a link names is not counted."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def machine() -> list[str]:
    """Say on what the figures were measured."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"{_processor()}, {os.cpu_count()} cores, {_memory() / 1e9:.0f} GB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, {packages}",
        f"Load before the run (1, 5 and 15 minutes): {load}; on a busy machine every figure is worse than it need be.",
    ]


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
