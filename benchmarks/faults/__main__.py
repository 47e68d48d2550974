"""Run the faults: `make faults`, or `python -m benchmarks.faults --seed 7` to make those of another run again."""

import argparse
import sys
from pathlib import Path
from random import SystemRandom

from benchmarks.faults import cluster, single
from web.commands.output import say

RUNS = {"single": single.run, "cluster": cluster.run}


def main() -> None:
    """Run what was asked for; exit code 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("runs", nargs="*", default=[], help=f"which of {', '.join(RUNS)}; all where none is named")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6), help="makes a run again")
    parser.add_argument("--logs", type=Path, help="a folder that keeps what the processes write")
    asked = parser.parse_args()
    if unknown := set(asked.runs) - set(RUNS):
        parser.error(f"there is no run {', '.join(sorted(unknown))}")
    say(f"Seed {asked.seed}.")
    whole = [RUNS[name](asked.seed, _folder(asked.logs, name)) for name in asked.runs or RUNS]
    sys.exit(0 if all(whole) else 1)


def _folder(logs: Path | None, name: str) -> Path | None:
    if logs is None:
        return None
    (logs / name).mkdir(parents=True, exist_ok=True)
    return logs / name


if __name__ == "__main__":
    main()
