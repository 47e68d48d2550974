"""Models by name, each loaded when it is first used; and the model of the index that serves; knows no listing."""

import threading
import time
from collections.abc import Callable, Sequence

from exchange.errors import UnavailableError
from indexer.embedder import MODEL_FAILURES, Embedder, Progress, Vectors
from indexer.engine import Engine
from indexer.token_reader import Tokens

TRY_AGAIN = 60.0
"""Seconds after which a model that could not be loaded is tried again; until then who asks need not wait."""


LEFT_ALONE = 5.0
"""Seconds for which an engine that did not answer is not asked for the name of its model."""


class LazyEmbedder:
    """An embedder that is loaded at its first use: seconds, once; UnavailableError from any use where it cannot be."""

    def __init__(self, name: str, load: Callable[[str], Embedder]) -> None:
        self.name = name
        self._load = load
        self._lock = threading.Lock()
        self._loaded: Embedder | None = None
        self._refused: tuple[float, str] | None = None

    @property
    def dimension(self) -> int:
        """Give the length of its vectors."""
        return self._ready().dimension

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed texts for indexing."""
        return self._ready().encode(texts, progress)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Embed a person's texts ahead of any indexing."""
        return self._ready().encode_query(texts)

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Tokens]:
        """Give each text's token vectors beside its own."""
        return self._ready().read(texts, progress)

    def read_query(self, texts: Sequence[str]) -> list[Tokens]:
        """Give a person's texts their token vectors, ahead of any indexing."""
        return self._ready().read_query(texts)

    def _ready(self) -> Embedder:
        with self._lock:
            if self._loaded is None:
                if self._refused and time.monotonic() < self._refused[0]:
                    raise UnavailableError(self._refused[1])
                try:
                    self._loaded = self._load(self.name)
                except MODEL_FAILURES as error:
                    self._refused = time.monotonic() + TRY_AGAIN, str(error)
                    raise
            return self._loaded


class Embedders:
    """The models of one process."""

    def __init__(self, load: Callable[[str], Embedder]) -> None:
        self._load = load
        self._known: dict[str, LazyEmbedder] = {}

    def get(self, name: str) -> LazyEmbedder:
        """Give a model by its name, the same one every time."""
        return self._known.setdefault(name, LazyEmbedder(name, self._load))


class ServingEmbedder:
    """The model of the index that serves, so that a question is embedded as the answers were.

    Where the settings name a new model, the old one goes on until a rebuild switches index and model together.
    """

    def __init__(self, engine: Engine, embedders: Embedders) -> None:
        self._engine = engine
        self._embedders = embedders
        self._last = engine.model
        self._silent_until = 0.0

    @property
    def name(self) -> str:
        """Give the name of the serving index's model, or the last one known while the engine does not answer.

        An engine that did not answer is not asked for a few seconds: a match asks for the name many times.
        """
        if time.monotonic() < self._silent_until:
            return self._last
        try:
            self._last = self._engine.serving_model()
        except UnavailableError:
            self._silent_until = time.monotonic() + LEFT_ALONE
        return self._last

    @property
    def dimension(self) -> int:
        """Give the length of its vectors."""
        return self._embedders.get(self.name).dimension

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed texts for indexing."""
        return self._embedders.get(self.name).encode(texts, progress)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Embed a person's texts ahead of any indexing."""
        return self._embedders.get(self.name).encode_query(texts)

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Tokens]:
        """Give each text's token vectors beside its own."""
        return self._embedders.get(self.name).read(texts, progress)

    def read_query(self, texts: Sequence[str]) -> list[Tokens]:
        """Give a person's texts their token vectors, ahead of any indexing."""
        return self._embedders.get(self.name).read_query(texts)
