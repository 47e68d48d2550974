"""Engines under the contract: each factory opens one index in a place of its own, again and again the same one."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from indexer.engine import Engine
from indexer.engine_embedded import EmbeddedEngine

MODEL, DIMENSION = "random-4", 4


class Opener(Protocol):
    """Open the index, as a process does at its start; every call opens what the earlier ones wrote."""

    def __call__(self, model: str = MODEL, dimension: int = DIMENSION) -> Engine: ...


def embedded(folder: Path) -> Opener:
    def opened(model: str = MODEL, dimension: int = DIMENSION) -> Engine:
        return EmbeddedEngine(folder / "index", model, dimension)

    return opened


FACTORIES: dict[str, Callable[[Path], Opener]] = {"embedded": embedded}
"""Add an engine here and the whole suite runs against it."""
