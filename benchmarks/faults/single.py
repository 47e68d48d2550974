"""One node, one database: 1,000 listings are worked on while workers, rebuilds and Elasticsearch itself are killed."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.faults.chance import chance
from benchmarks.faults.checks import FORGOTTEN
from benchmarks.faults.processes import Workers
from benchmarks.faults.rebuilds import Rebuilds
from benchmarks.faults.scene import Order, Scene, scene
from benchmarks.faults.verdict import Verdict
from exchange.models import State

LISTINGS, WORKERS, KILLS = 1_000, 2, 50
ACT_PAUSE, KILL_PAUSE, FAULT_PAUSE = 0.08, 1.2, 8.0
"""Seconds on average between two acts of a person, two kills of workers, two faults of another kind."""
LONGEST = 480.0
"""Seconds after which the faults must be over."""

FIGURES = (
    "listings posted",
    "approved",
    "revisions approved",
    "withdrawn",
    "closed",
    "workers killed",
    "of them while rows were claimed",
    "stops and starts of Elasticsearch",
    "rebuilds cut half-way",
    "rebuilds that ended",
    "searches on the site for a withdrawn listing",
    "of them answered without the engine",
    "searches of the engine for a withdrawn listing",
    "of them more than 60 s after its withdrawal",
    "late writes of withdrawn listings",
    "matches looked through for withdrawn listings",
    "searches for a published listing",
)


def run(seed: int, keep: Path | None = None) -> bool:
    """Break it, look, report; say whether nothing failed."""
    verdict = Verdict()
    with scene(Order(name="faults", seed=seed, keep=keep), verdict) as parts:
        _play(parts)
    return verdict.report(f"Faults on one node, seed {seed}", FIGURES)


def _play(parts: Scene) -> None:
    """Work and break at once; then let it come to rest and look at what is left."""
    with parts.workers(WORKERS) as workers:
        with parts.busy(LISTINGS, ACT_PAUSE), parts.looking("checks"):
            _break(parts, workers)
        parts.drained(workers)
        with parts.looking("more checks"):
            _forget(parts)
        _write_late(parts)
        parts.at_the_end()


def _break(parts: Scene, workers: Workers) -> None:
    """Make every fault; kills of workers go on beside the others."""
    rng = chance(parts.order.seed, "faults")
    killer = parts.verdict.thread("The killer of workers", lambda: workers.kill(KILLS, KILL_PAUSE))
    rebuilds = Rebuilds(parts.exchange, parts.client, parts.verdict, rng)
    time.sleep(FAULT_PAUSE * 1.5)  # let there be something to rebuild
    faults: list[Callable[[], None]] = [
        lambda: _restart(parts, rng),
        lambda: rebuilds.cut(0.0),
        lambda: _restart(parts, rng, kill=True),
        lambda: rebuilds.cut(0.4),
        rebuilds.finish,
        lambda: _restart(parts, rng),
    ]
    for fault in faults:
        time.sleep(FAULT_PAUSE * rng.uniform(0.5, 1.5))
        fault()
    killer.join(max(LONGEST - parts.verdict.seconds, 1))
    if killer.is_alive():
        parts.verdict.fail(f"The faults were not over after {LONGEST:.0f} seconds.")


def _restart(parts: Scene, rng: Random, *, kill: bool = False) -> None:
    parts.verdict.note(f"Elasticsearch is {'killed' if kill else 'stopped'}.")
    parts.cluster.stop(kill=kill)
    time.sleep(rng.uniform(1, 5))
    parts.cluster.start()
    parts.verdict.count("stops and starts of Elasticsearch")
    parts.verdict.note("Elasticsearch is up again.")


def _forget(parts: Scene) -> None:
    """Wait until Elasticsearch would have forgotten every withdrawal, were it a deletion."""
    youngest = min((item.age for item in parts.ledger.of(State.WITHDRAWN)), default=FORGOTTEN)
    wait = max(FORGOTTEN + 2 - youngest, 0)
    parts.verdict.note(f"Waiting {wait:.0f} s, until every withdrawal is more than 60 s old.")
    time.sleep(wait)


def _write_late(parts: Scene) -> None:
    """Have a worker write that read its listings before they were withdrawn and comes only now."""
    late = [entry for item in parts.ledger.of(State.WITHDRAWN) for entry in item.late]
    for target in parts.runtime.engine.targets():
        target.write(late)
    parts.verdict.count("late writes of withdrawn listings", len(late))
