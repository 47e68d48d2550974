"""Password hashing that is quick and counted: argon2 itself, with the least work that it takes."""

import pytest
from argon2 import PasswordHasher

from exchange.people import passwords


class CountingHasher(PasswordHasher):
    """Hashes quickly and counts how often it was asked to."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.made = 0

    def hash(self, password, *, salt=None):
        self.made += 1
        return super().hash(password, salt=salt)

    def verify(self, kept, password):
        self.made += 1
        return super().verify(kept, password)


def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    """Hash quickly for the length of a test; give what counts."""
    hasher = CountingHasher()
    monkeypatch.setattr(passwords, "_hasher", hasher)
    return hasher
