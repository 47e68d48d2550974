"""The writer's lock: one process at a time writes the embedded index; knows a folder, not what is in it."""

import fcntl
import os
import time
from enum import StrEnum
from pathlib import Path

from exchange.errors import UnavailableError

TRIES = 5
PAUSE = 0.1
"""Seconds between two tries: who asks for the holder has the lock for an instant."""


class Role(StrEnum):
    """What the holder does with the index."""

    SITE = "site"
    COMMAND = "command"


class WriterLock:
    """A lock on `folder`/writer.lock that ends with its process, however that ends; the file says who holds it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "writer.lock"
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Say whether this process holds it."""
        return self._file is not None

    def take(self, role: Role) -> bool:
        """Take the lock if it is free, and say whether this process has it now."""
        if self.held:
            return True
        file = self._open()
        for turn in range(TRIES):
            if turn:
                time.sleep(PAUSE)
            if _locked(file, fcntl.LOCK_EX):
                os.ftruncate(file, 0)
                os.pwrite(file, role.encode(), 0)
                self._file = file
                return True
        os.close(file)
        return False

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def holder(self) -> Role | None:
        """Say who holds the lock in any process, None when it is free."""
        file = self._open()
        try:
            if not self.held and _locked(file, fcntl.LOCK_SH):
                return None
            return Role.SITE if os.pread(file, 20, 0) == Role.SITE.encode() else Role.COMMAND
        finally:
            os.close(file)

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise UnavailableError(
                f"The index folder {self._path.parent} cannot be used ({error.strerror}); set EXCHANGE_DATA_DIR."
            ) from error


def _locked(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
