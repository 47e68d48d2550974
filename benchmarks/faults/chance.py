"""Chance that can be had again: each who takes part has random numbers of their own, made from the run's seed."""

from random import Random


def chance(seed: int, name: str) -> Random:
    """Give the random numbers of one who takes part."""
    return Random(f"{seed} {name}")  # noqa: S311  for faults, not for secrets
