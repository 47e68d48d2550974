"""Three nodes with one replica: one is killed, later one frozen, while clients read pages and a worker indexes."""

import time
from pathlib import Path

from benchmarks.faults.chance import chance
from benchmarks.faults.clients import Clients, site
from benchmarks.faults.scene import Order, Scene, scene
from benchmarks.faults.verdict import Verdict

NODES = 3
LISTINGS = 300
ACT_PAUSE = 0.15
WARM = 20.0
"""Seconds for which one client reads before the others come: three fresh servers translate their code first."""
CALM, KILLED, FROZEN = 15.0, 25.0, 45.0
"""Seconds without a fault, with a node that was killed, and with one that is frozen: longer than the 30 s after which
the cluster does without it."""
GREEN_WITHIN = 90

FIGURES = (
    "pages",
    "of them served by the fallback, with its banner",
    "pages looked through for a withdrawn listing",
    "nodes killed",
    "nodes frozen",
    "searches on the site for a withdrawn listing",
    "searches of the engine for a withdrawn listing",
    "of them more than 60 s after its withdrawal",
    "searches for a published listing",
    "listings posted",
    "approved",
    "revisions approved",
    "withdrawn",
)


def run(seed: int, keep: Path | None = None) -> bool:
    """Break it, look, report; say whether nothing failed."""
    verdict = Verdict()
    order = Order(name="faults-three", seed=seed, nodes=NODES, keep=keep)
    with scene(order, verdict) as parts, parts.workers(1) as workers, site(parts.exchange) as port:
        clients = Clients(port, parts.ledger, verdict, seed)
        with parts.busy(LISTINGS, ACT_PAUSE):
            clients.warm(WARM)
            with clients.reading():
                _break(parts)
        clients.remark()
        parts.drained(workers)
        parts.at_the_end()
    return verdict.report(f"Faults on {NODES} nodes, seed {seed}", FIGURES)


def _break(parts: Scene) -> None:
    rng = chance(parts.order.seed, "faults")
    killed, frozen = rng.sample(range(1, NODES + 1), 2)
    time.sleep(CALM)
    parts.verdict.note(f"Node {killed} is killed.")
    parts.cluster.stop(killed, kill=True)
    parts.verdict.count("nodes killed")
    time.sleep(KILLED)
    parts.cluster.start()
    _green(parts, "The killed node is back")
    time.sleep(CALM)
    parts.verdict.note(f"Node {frozen} is frozen.")
    parts.cluster.freeze(frozen)
    parts.verdict.count("nodes frozen")
    time.sleep(FROZEN)
    parts.cluster.thaw(frozen)
    _green(parts, "The frozen node goes on")
    time.sleep(CALM)


def _green(parts: Scene, what: str) -> None:
    """Wait until every copy is there again."""
    patient = parts.client.options(request_timeout=GREEN_WITHIN + 10)
    told = patient.cluster.health(wait_for_status="green", timeout=f"{GREEN_WITHIN}s")
    parts.verdict.note(f"{what}; the cluster is {told['status']}.")
