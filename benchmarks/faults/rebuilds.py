"""Rebuilds of the index: two are cut half-way, one ends; the old index must serve until the switch; knows no check."""

import subprocess
import time
from dataclasses import dataclass
from random import Random

from elasticsearch import Elasticsearch

from benchmarks.faults.processes import LOOK, Exchange
from benchmarks.faults.verdict import Verdict

PREFIX = "exchange"
TRIES = 6
PATIENCE = 120.0
HELD = "Another process does this already"


@dataclass(slots=True)
class Rebuilds:
    """Start `exchange index rebuild` in a process of its own, and look into the cluster while it goes on."""

    exchange: Exchange
    client: Elasticsearch
    verdict: Verdict
    random: Random

    def cut(self, part: float) -> None:
        """Kill a rebuild when its new index holds so much of what the old one holds; one that was quicker is no cut."""
        for _ in range(TRIES):
            before = self._indexes()
            process = self.exchange.start("rebuild", "index", "rebuild")
            if not self._half_way(process, part):
                process.wait()
                self.verdict.count("rebuilds that ended before they were cut or were refused")
                time.sleep(1)
                continue
            process.kill()
            process.wait()
            after = self._indexes()
            serving = [name for name, serves in after.items() if serves]
            left = [name for name, serves in after.items() if not serves]
            if serving == [name for name, serves in before.items() if serves] and left:
                self.verdict.count("rebuilds cut half-way")
                self.verdict.note(f"A rebuild was cut; {serving[0]} serves, {left[0]} is left half-filled.")
                self._second_is_refused()
                return
            self.verdict.count("rebuilds that ended before they were cut or were refused")
        self.verdict.fail(f"No rebuild could be cut half-way in {TRIES} tries.")

    def _half_way(self, process: subprocess.Popen[bytes], part: float) -> bool:
        """Wait until the new index holds enough; False when the rebuild ended before."""
        until = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < until:
            names = self._indexes()
            building = [name for name, serves in names.items() if not serves]
            serving = [name for name, serves in names.items() if serves]
            if building and serving and self._written(building[-1]) > part * self._held(serving[0]):
                return True
            time.sleep(LOOK)
        return False

    def _second_is_refused(self) -> None:
        """Start one while the lease of the dead one still holds: it may be refused, never run beside it."""
        code, told = self.exchange.run("index", "rebuild")
        if code == 0:
            self.verdict.count("rebuilds that ended")
            self._alone("after a rebuild that followed a cut one")
        elif HELD in told:
            self.verdict.count("rebuilds refused while the lease of a dead one held")
        else:
            self.verdict.fail(f"A rebuild after a cut one ended with {code}: {told.strip()[-500:]}")

    def finish(self) -> None:
        """Let one come to its end; what the cut ones left is gone then."""
        for _ in range(TRIES):
            code, told = self.exchange.run("index", "rebuild")
            if code == 0:
                self.verdict.count("rebuilds that ended")
                self._alone("after a rebuild that ended")
                return
            self.verdict.note(f"A rebuild was not done ({told.strip()[-300:]}); it is tried again.")
            time.sleep(3)
        self.verdict.fail(f"No rebuild came to its end in {TRIES} tries.")

    def _alone(self, when: str) -> None:
        names = self._indexes()
        if list(names.values()) != [True]:
            self.verdict.fail(f"There is more or less than one index {when}: {names}.")

    def _indexes(self) -> dict[str, bool]:
        """Name the indexes, the oldest first, with whether each serves."""
        found = self.client.indices.get_alias(index=f"{PREFIX}-*")
        return {name: PREFIX in found[name]["aliases"] for name in sorted(found)}

    def _written(self, name: str) -> int:
        stats = self.client.options(ignore_status=404).indices.stats(index=name, metric="indexing").get("indices", {})
        return int(stats[name]["primaries"]["indexing"]["index_total"]) if name in stats else 0

    def _held(self, name: str) -> int:
        return int(self.client.options(ignore_status=404).count(index=name).get("count", 0)) or 1
