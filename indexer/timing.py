"""What is measured of searching and embedding, told to whoever listens in this context; knows no listener and no HTTP.

Nobody listening is the usual case on the command line, and costs less than a microsecond a step.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """The parts of one search that take time.

    `engine` is the whole question to the engine and its answer; `lexical` and `dense` are the passes inside it, where
    the engine runs them one after the other in this process.
    """

    EMBED = "embed"
    ENGINE = "engine"
    LEXICAL = "lexical"
    DENSE = "dense"
    FUSION = "fusion"
    EXPLAIN = "explain"


class Purpose(StrEnum):
    """Why a text is embedded: a person waits for it, or an index is made of it."""

    QUERY = "query"
    INDEXING = "indexing"


class Recorder(Protocol):
    """Who is told; called from any thread, and must not raise."""

    def took(self, step: Step, seconds: float) -> None:
        """Note how long one step of a search took, also of one that failed."""

    def embedded(self, purpose: Purpose, texts: int, seconds: float) -> None:
        """Note that the model ran over some texts."""

    def searched(self, total: int, *, fallback: bool) -> None:
        """Note a search with the number of its results; `fallback` where SQL stood in for the engine."""


_recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
_UNHEARD = nullcontext()


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Tell `recorder` what happens in this context; worker threads that anyio starts from it belong to it.

    A thread of one's own begins in an empty context: run it in `contextvars.copy_context()`.
    """
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)


def step(name: Step, *, taken: bool = True) -> AbstractContextManager[None]:
    """Measure a step of a search; nothing is told of one that this search does not take."""
    recorder = _recorder.get()
    return _clock(lambda seconds: recorder.took(name, seconds)) if recorder is not None and taken else _UNHEARD


@contextmanager
def embedding(texts: int, purpose: Purpose) -> Iterator[None]:
    """Measure a run of the model over some texts, without what was waited for it; a run that failed is not told.

    A run inside another is part of it: the outer one says what it is for.
    """
    recorder = _recorder.get()
    if recorder is None:
        yield
        return
    began = time.perf_counter()
    token = _recorder.set(None)
    try:
        yield
    finally:
        _recorder.reset(token)
    recorder.embedded(purpose, texts, time.perf_counter() - began)


def searched(total: int, *, fallback: bool = False) -> None:
    """Say that a search was answered with `total` results; `fallback` where SQL stood in for the engine."""
    recorder = _recorder.get()
    if recorder is not None:
        recorder.searched(total, fallback=fallback)


@contextmanager
def _clock(tell: Callable[[float], None]) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        tell(time.perf_counter() - began)
