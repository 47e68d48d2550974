"""The real servers of a run: a PostgreSQL and an Elasticsearch cluster of its own, broken on purpose; knows no site."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
CLUSTERS = HERE / ".." / "shared" / "elasticsearch"
PATIENCE = 240


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes by their number, the first is 1."""

    name: str
    nodes: int = 1

    def start(self, *, fresh: bool = False) -> str:
        """Start the nodes that are down and wait for them; give their addresses with commas between."""
        given = ["--name", self.name, "--nodes", str(self.nodes), "--heap", "512m", *(["--fresh"] if fresh else [])]
        return _exported(_run([str(CLUSTERS / "start"), *given]), "ELASTICSEARCH_URL")

    def stop(self, node: int | None = None, *, kill: bool = False) -> None:
        """Stop all nodes or one of them, in order or by SIGKILL."""
        chosen = [] if node is None else ["--node", str(node)]
        _run([str(CLUSTERS / "stop"), "--name", self.name, *chosen, *(["--kill"] if kill else [])])

    def freeze(self, node: int) -> None:
        """Stop a node's process without ending it: it takes connections and never answers."""
        _run([sys.executable, str(CLUSTERS / "cluster.py"), "pause", "--name", self.name, "--node", str(node)])

    def thaw(self, node: int) -> None:
        """Let a frozen node go on."""
        command = [sys.executable, str(CLUSTERS / "cluster.py"), "pause", "--name", self.name, "--node", str(node)]
        _run([*command, "--resume"])


@contextmanager
def elasticsearch(name: str, nodes: int = 1) -> Iterator[tuple[Cluster, str]]:
    """Give a fresh cluster and its addresses; it is stopped at the end."""
    if not (CLUSTERS / "start").is_file():
        raise SystemExit(
            "This run needs the real Elasticsearch that stands beside the repository, in ../shared/elasticsearch; "
            "it is not there, so no fault was made and nothing was checked."
        )
    cluster = Cluster(name, nodes)
    try:
        yield cluster, cluster.start(fresh=True)
    finally:
        cluster.stop(kill=True)


@contextmanager
def postgres(name: str) -> Iterator[str]:
    """Give the address of an empty database; its server is stopped at the end and its data deleted."""
    script = str(HERE / ".ci" / "postgres")
    _run([script, "stop", name])
    try:
        yield _exported(_run([script, "start", name]), "EXCHANGE_TEST_POSTGRES")
    finally:
        _run([script, "stop", name])


def _run(command: list[str]) -> str:
    """Run a script of the servers; its own words are told where it fails."""
    done = subprocess.run(  # noqa: S603  scripts of this repository and the one beside it
        command, cwd=HERE, env=dict(os.environ), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _exported(text: str, name: str) -> str:
    found = re.search(rf"^export {name}=(.+)$", text, re.MULTILINE)
    if not found:
        raise RuntimeError(f"{name} is not among what the script of the server says: {text}")
    return found[1].strip().strip("'\"")
