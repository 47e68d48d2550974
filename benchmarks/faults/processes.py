"""The exchange's own processes: workers that are killed and started again, rebuilds that are cut; knows no check."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from benchmarks.faults.servers import HERE
from benchmarks.faults.verdict import Verdict
from exchange.database import reading
from exchange.models import OutboxRow

LOOK = 0.01
STOPPING = 60
AIMED = 0.7
"""The share of kills that wait until a worker holds rows of the outbox; the others come at any moment."""
AIM_PATIENCE = 6.0


@dataclass(slots=True)
class Exchange:
    """Start commands of the exchange with one environment; what they write goes to files."""

    environment: Mapping[str, str]
    folder: Path
    _number: int = 0

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command; its output is in a file of its name."""
        self._number += 1
        with (self.folder / f"{name}-{self._number}.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603  this interpreter, this project
                [sys.executable, "-m", "web.cli", *arguments],
                env=dict(self.environment),
                cwd=HERE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; give its exit code and what it wrote: its result, or why there is none."""
        command = [sys.executable, "-m", "web.cli", *arguments]
        done = subprocess.run(  # noqa: S603  this interpreter, this project
            command, env=dict(self.environment), cwd=HERE, capture_output=True, text=True, timeout=300, check=False
        )
        return done.returncode, done.stdout or done.stderr

    def drift(self) -> tuple[int, Any]:
        """Run `exchange index drift`; give its exit code and what it found."""
        code, text = self.run("index", "drift", "--json")
        return code, json.loads(text) if text.startswith("{") else text


def environment_of(given: Mapping[str, str]) -> dict[str, str]:
    """Give this process's environment with these settings of the exchange and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")} | dict(given)


@dataclass(slots=True)
class Workers:
    """Workers that go on until told to stop; each is killed at random moments and started again."""

    exchange: Exchange
    database: Database
    verdict: Verdict
    random: Random
    count: int = 2
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Start them."""
        self._running = [self._started() for _ in range(self.count)]

    def _started(self) -> subprocess.Popen[bytes]:
        return self.exchange.start("worker", "index", "work", "--follow")

    def kill(self, times: int, pause: float) -> None:
        """Kill one after the other by SIGKILL, so many times in all, and start it again each time."""
        for turn in range(times):
            time.sleep(pause * self.random.uniform(0.1, 1.9))
            if self.random.random() < AIMED:
                self._aim()
            self._kill(turn % self.count)

    def _aim(self) -> None:
        until = time.monotonic() + AIM_PATIENCE
        while not self.claimed() and time.monotonic() < until:
            time.sleep(LOOK)
        time.sleep(self.random.uniform(0, 0.1))

    def claimed(self) -> int:
        """Count the rows of the outbox that a worker holds."""
        held = select(func.count()).where(OutboxRow.attempts > 0, OutboxRow.due_at > datetime.now(UTC))
        with reading(self.database) as session:
            return session.scalar(held.where(OutboxRow.last_error.is_(None))) or 0

    def _kill(self, number: int) -> None:
        with self._lock:
            self.look()
            if self.claimed():
                self.verdict.count("of them while rows were claimed")
            self._running[number].kill()
            self._running[number].wait()
            self._running[number] = self._started()
        self.verdict.count("workers killed")

    def look(self) -> None:
        """See to it that none ended by itself; where one did, start it again."""
        for number, process in enumerate(self._running):
            if process.poll() is not None:
                self.verdict.fail(f"A worker ended by itself with {process.returncode}: {self.exchange.folder}.")
                self._running[number] = self._started()

    def stop(self) -> None:
        """Stop them as a service manager does."""
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            try:
                if process.wait(STOPPING):
                    self.verdict.fail(f"A worker that was told to stop ended with {process.returncode}.")
            except subprocess.TimeoutExpired:
                self.verdict.fail("A worker that was told to stop did not end.")

    def end(self) -> None:
        """Leave none behind, however the run ended."""
        for process in self._running:
            if process.poll() is None:
                process.kill()
                process.wait()
