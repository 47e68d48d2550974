"""The Elasticsearch engine: which index serves and which takes writes, rebuilding, typos; knows no SQL and no query."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from exchange.errors import UnavailableError
from indexer.elastic_client import Clients, RefusedError, told
from indexer.elastic_fields import MAPPING
from indexer.elastic_index import OTHER_MODEL, WRITES, ElasticIndex, create_index, open_index
from indexer.elastic_words import similar_words
from indexer.embedder import Progress
from indexer.engine import EngineStatus, Entry, Found, Held, Plan, Ready, ReplacedError, Target
from indexer.results import Facet
from indexer.spool import Spool, chunks
from indexer.statistics import Statistics

CHUNK = 500
KNOWN_FOR = 2.0
"""Seconds for which the index that serves is known without asking: after that, whether it was replaced."""
TRIES = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How the indexes are called and shaped: `prefix` is the alias of the one that serves."""

    prefix: str = "exchange"
    shards: int = 1
    replicas: int = 0

    def numbered(self, number: int) -> str:
        """Name the index of a number."""
        return f"{self.prefix}-{number:06}"

    def number(self, name: str) -> int | None:
        """Give the number of an index's name, None for another's."""
        rest = name.removeprefix(f"{self.prefix}-")
        return int(rest) if rest != name and rest.isdecimal() else None


class ElasticEngine:
    """Serve any number of processes from one cluster.

    `model` and `dimension` are those of the settings; the index that serves may still be of another model
    (`serving_model`), until a rebuild switches both together. `building_counts` says whether an index that is not
    served yet must take writes: False when nobody is building any more.
    """

    def __init__(
        self,
        clients: Clients,
        naming: Naming,
        model: str,
        dimension: Callable[[], int],
        building_counts: Callable[[], bool] = lambda: True,
    ) -> None:
        self._clients = clients
        self._naming = naming
        self._model = model
        self._dimension = dimension
        self._building_counts = building_counts
        self._lock = threading.Lock()
        self._rebuilding = threading.Lock()
        self._since: list[Entry] | None = None  # what this process wrote since a rebuild of its own began to read
        self._known: ElasticIndex | None = None
        self._known_until = 0.0

    @property
    def model(self) -> str:
        """Give the name of the model of the settings."""
        return self._model

    def serving_model(self) -> str:
        """Give the name of the model whose vectors the serving index holds."""
        serving = self._serving()
        return serving.model if serving else self._model

    def indexes(self) -> dict[str, bool]:
        """Name the indexes that there are, and say which one serves."""
        return {name: self._naming.prefix in known_as for name, known_as in self._aliases().items()}

    def serves(self) -> bool:
        """Say whether there is an index at all."""
        return self._serving() is not None

    # --- which index --------------------------------------------------------------------------------------------------

    def _aliases(self) -> dict[str, set[str]]:
        """Give the numbered indexes with their aliases, the oldest first."""
        with told():
            found = self._clients.people.indices.get_alias(
                index=f"{self._naming.prefix}-*", allow_no_indices=True, ignore_unavailable=True
            )
        names = sorted(name for name in found if self._naming.number(name) is not None)
        return {name: set(found[name]["aliases"]) for name in names}

    def _serving(self) -> ElasticIndex | None:
        if time.monotonic() < self._known_until:
            return self._known
        aliases = self._aliases()
        name = next((name for name, known_as in aliases.items() if self._naming.prefix in known_as), None)
        known = self._known
        if name is None:
            known = None
        elif known is None or known.name != name:
            known = open_index(self._clients, name)
        self._known, self._known_until = known, time.monotonic() + KNOWN_FOR
        return known

    def _asked(self, ask: Callable[[ElasticIndex], T], nothing: T) -> T:
        """Ask the serving index; where it was replaced meanwhile, the one that replaced it."""
        for _ in range(TRIES):
            serving = self._serving()
            try:
                return ask(serving) if serving else nothing
            except (ReplacedError, RefusedError) as error:
                self._known_until = 0.0
                after = self._serving()
                if isinstance(error, RefusedError) and serving and after and after.name == serving.name:
                    raise
        raise UnavailableError("The index is being replaced again and again; try again in a moment.")

    def targets(self) -> list[Target]:
        """Give every index that must accept a change: the serving one, and one that is being built."""
        found: list[Target] = []
        for name, known_as in self._aliases().items():
            serves = self._naming.prefix in known_as
            if name + WRITES in known_as and (serves or self._building_counts()):
                held = self._known
                found.append(held if held and held.name == name else open_index(self._clients, name))
        return found

    # --- writing ------------------------------------------------------------------------------------------------------

    def write(self, entries: Sequence[Entry]) -> None:
        """Put documents, or hide those that are not visible, in every index of this model that takes writes."""
        self._check(entries)
        with self._lock:
            if self._since is not None:
                self._since.extend(entries)
            for _ in range(TRIES):
                try:
                    targets = [one for one in self.targets() if one.model == self._model] or [self._first()]
                    for target in targets:
                        target.write(entries)
                except ReplacedError:
                    continue
                return
        raise UnavailableError("The index is being replaced again and again; try again in a moment.")

    def _check(self, entries: Iterable[Entry]) -> None:
        if any(entry.vectors.shape[1] != self._dimension() for entry in entries):
            raise UnavailableError(OTHER_MODEL)

    def _first(self) -> ElasticIndex:
        """Make an empty index where there is none; it serves at once."""
        index = self._create(Statistics())
        self._serve(index)
        return index

    def _create(self, statistics: Statistics) -> ElasticIndex:
        number = max((self._naming.number(name) or 0 for name in self._aliases()), default=0) + 1
        made, shape = (self._model, self._dimension()), (self._naming.shards, self._naming.replicas)
        return create_index(self._clients, self._naming.numbered(number), made, statistics, shape)

    def _serve(self, index: ElasticIndex) -> None:
        """Let an index serve in place of the others, in one step, then drop those."""
        old = [name for name in self._aliases() if name != index.name]
        actions: list[dict[str, object]] = [{"add": {"index": index.name, "alias": self._naming.prefix}}]
        actions += [{"remove_index": {"index": name}} for name in old]
        with told():
            self._clients.bulk.indices.update_aliases(actions=actions)
        self._known, self._known_until = index, time.monotonic() + KNOWN_FOR

    def rebuild(self, entries: Iterable[Entry], ready: Ready | None = None, written: Progress | None = None) -> None:
        """Replace everything and freeze new term statistics; the old index serves until the new one is whole.

        Only one rebuild at a time may run in all processes: the caller sees to it. What an earlier one left half-way
        is dropped. The documents wait in a temporary file while the statistics are counted.
        """
        with self._rebuilding, Spool() as spool:
            with self._lock:
                self._since = []
            try:
                for chunk in chunks(entries, CHUNK):
                    self._check(chunk)
                    spool.add(chunk)
                self._drop_unserved()
                with self._lock:
                    index = self._create(spool.census.freeze())
                    since, self._since = self._since, None
                self._fill(index, spool, since, written or (lambda _count: None))
                if ready:
                    ready(index)
                self._serve(index)
            finally:
                self._since = None

    def _fill(self, index: ElasticIndex, spool: Spool, since: Sequence[Entry], written: Progress) -> None:
        for chunk in spool:
            index.fill(chunk)
            written(len(chunk))
        index.fill(since)
        index.refresh()

    def _drop_unserved(self) -> None:
        """Drop what a rebuild that died left behind."""
        left = [name for name, known_as in self._aliases().items() if self._naming.prefix not in known_as]
        for name in left:
            with told():
                self._clients.bulk.indices.delete(index=name, ignore_unavailable=True)

    def drop(self) -> None:
        """Take away every index of this name: of an evaluation, or of a test."""
        for name in self._aliases():
            with told():
                self._clients.bulk.indices.delete(index=name, ignore_unavailable=True)

    # --- reading ------------------------------------------------------------------------------------------------------

    def search(self, plan: Plan) -> Found:
        """Find the first candidates of a plan, and count all of them."""
        return self._asked(lambda index: index.search(plan), _nothing(plan))

    def revisions(self) -> dict[int, int]:
        """Give the revision held for each listing where the serving index is of the settings' model; else nothing."""
        return self._asked(lambda index: index.revisions() if index.model == self._model else {}, {})

    def held(self) -> dict[int, Held]:
        """Give what the serving index holds of each listing, also of hidden ones."""
        return self._asked(lambda index: index.held(), {})

    def similar_words(self, word: str, limit: int) -> list[tuple[str, int]]:
        """Give words of the index spelt like `word`, nearest first, then commonest."""
        none: list[tuple[str, int]] = []
        return self._asked(lambda index: similar_words(index, word), none)[:limit]

    def frequency(self, term: str) -> int:
        """Give the frozen number of listings that hold a term."""
        return self._asked(lambda index: index.statistics, Statistics()).frequencies.get(term, 0)

    def idf(self, term: str) -> float:
        """Give the frozen weight of a term."""
        return self._asked(lambda index: index.statistics, Statistics()).idf(term)

    def status(self) -> EngineStatus:
        """Say what the serving index holds; the model is that of the settings."""
        documents, visible = self._asked(
            lambda index: index.counted() if index.model == self._model else (0, 0), (0, 0)
        )
        return EngineStatus(
            documents=documents, visible=visible, model=self._model, dimension=self._dimension(), mapping=MAPPING
        )


def _nothing(plan: Plan) -> Found:
    """Give the answer of an index that is not there yet."""
    none = np.empty(0, np.float32)
    no, never = np.empty(0, np.bool_), np.empty(0, np.int32)
    return Found(
        ids=np.empty(0, np.int64),
        lexical=none,
        lexical_top=0.0,
        share=none,
        cosine=none,
        tier=np.empty(0, np.uint8),
        exact=no,
        strong=no,
        qualifies=no,
        posted=never,
        closes=never,
        facets={facet: {} for facet in Facet} if plan.count_facets else {},
        total=0,
    )
