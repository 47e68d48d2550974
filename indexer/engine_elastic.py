"""The Elasticsearch engine: which index serves and which takes writes, rebuilding, typos; knows no SQL and no query."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from exchange.errors import InputError, UnavailableError
from indexer.elastic_client import Clients, RefusedError, told
from indexer.elastic_fields import MAPPING
from indexer.elastic_index import OTHER_MODEL, WRITES, ElasticIndex, create_index, open_index
from indexer.elastic_request import nothing_found
from indexer.elastic_words import similar_words
from indexer.embedder import Progress
from indexer.engine import EngineStatus, Entry, Found, Held, Origin, Plan, Ready, ReplacedError, Target
from indexer.spool import Spool, chunks
from indexer.statistics import Statistics

CHUNK = 500
KNOWN_FOR = 2.0
"""Seconds for which the index that serves is known without asking: after that, whether it was replaced."""
TRIES = 4
AGAIN = "The index is being replaced again and again; try again in a moment."
HALF_MADE = "The index is being made, or was left half made: try again in a moment, or run `exchange index rebuild`."

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
        return self._asked(lambda index: index.model, self._model)

    def made_with(self) -> Origin | None:
        """Say with what the serving index was made."""
        none: Origin | None = None
        return self._asked(lambda index: Origin(index.made.model, index.made.mapping), none)

    def indexes(self) -> dict[str, bool]:
        """Name the indexes that there are, and say which one serves."""
        return {name: self._naming.prefix in known_as for name, known_as in self._aliases().items()}

    def serves(self) -> bool:
        """Say whether there is an index at all."""
        return self._asked(lambda _index: True, nothing=False)

    # --- which index --------------------------------------------------------------------------------------------------

    def _aliases(self) -> dict[str, set[str]]:
        """Give the numbered indexes with their aliases, the oldest first."""
        with told(), self._clients.person() as client:
            found = client.indices.get_alias(
                index=f"{self._naming.prefix}-*", allow_no_indices=True, ignore_unavailable=True
            )
        names = sorted(name for name in found if self._naming.number(name) is not None)
        return {name: set(found[name]["aliases"]) for name in names}

    def _serving(self) -> ElasticIndex | None:
        if time.monotonic() < self._known_until:
            return self._known
        known = self._known
        try:
            aliases = self._aliases()
        except (ReplacedError, RefusedError):
            raise
        except UnavailableError:
            if known is None:
                raise
            self._known_until = time.monotonic() + KNOWN_FOR  # another node may answer what this one did not
            return known
        name = next((name for name, known_as in aliases.items() if self._naming.prefix in known_as), None)
        if name is None:
            known = None
        elif known is None or known.name != name:
            known = open_index(self._clients, name)
        self._known, self._known_until = known, time.monotonic() + KNOWN_FOR if known else 0.0  # none: ask again
        return known

    def _asked(self, ask: Callable[[ElasticIndex], T], nothing: T) -> T:
        """Ask the serving index; where it was replaced meanwhile, the one that replaced it."""
        failure = UnavailableError(AGAIN)
        for _ in range(TRIES):
            serving = None
            try:
                serving = self._serving()
                return ask(serving) if serving else nothing
            except ReplacedError:
                self._known_until = 0.0
            except RefusedError as error:
                self._known_until = 0.0
                if serving and self._naming.prefix in self._aliases().get(serving.name, ()):
                    raise
                failure = error  # it was being opened, or is gone
        raise failure

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
        raise UnavailableError(AGAIN)

    def _check(self, entries: Iterable[Entry]) -> None:
        if any(entry.vectors.shape[1] != self._dimension() for entry in entries):
            raise UnavailableError(OTHER_MODEL)

    def _first(self) -> ElasticIndex:
        """Make an empty index where there is none at all; it serves at once. Of several processes one makes it.

        Raises:
            UnavailableError: there is one, but not of this model, or it is being made.
        """
        if self._aliases():
            raise UnavailableError(OTHER_MODEL if self.serves() else HALF_MADE)
        index = self._create(Statistics(), 1)
        self._serve(index)
        return index

    def _next_number(self) -> int:
        return max((self._naming.number(name) or 0 for name in self._aliases()), default=0) + 1

    def _create(self, statistics: Statistics, number: int) -> ElasticIndex:
        made, shape = (self._model, self._dimension()), (self._naming.shards, self._naming.replicas)
        return create_index(self._clients, self._naming.numbered(number), made, statistics, shape)

    def _serve(self, index: ElasticIndex) -> None:
        """Let an index serve in place of the others, in one step; they lose all their names and can then be dropped.

        Dropping them in the same step would leave a moment in which the alias names an index without its shards.
        """
        actions: list[dict[str, object]] = [{"add": {"index": index.name, "alias": self._naming.prefix}}]
        for name, known_as in self._aliases().items():
            if name != index.name and self._naming.prefix in known_as:
                actions += [{"remove": {"index": name, "alias": alias}} for alias in sorted(known_as)]
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
                number = self._next_number()  # never that of one that is dropped: a late worker may still write to it
                self._drop_unserved()
                with self._lock:
                    index = self._create(spool.census.freeze(), number)
                    since, self._since = self._since, None
                self._fill(index, chain(spool, [since]), written or (lambda _count: None), strict=ready is None)
                if ready:
                    ready(index)
                self._serve(index)
                self._drop_unserved()
            finally:
                self._since = None

    def _fill(self, index: ElasticIndex, parts: Iterable[Sequence[Entry]], written: Progress, *, strict: bool) -> None:
        for part in parts:
            try:
                index.fill(part)
            except InputError:
                if strict:
                    raise  # otherwise who compares the new index with the truth sees what it lacks
            written(len(part))
        index.refresh()

    def _drop_unserved(self) -> None:
        """Drop what a rebuild that died left behind, and what another index replaced."""
        self._delete(name for name, known_as in self._aliases().items() if self._naming.prefix not in known_as)

    def drop(self) -> None:
        """Take away every index of this name: of an evaluation, or of a test."""
        self._delete(self._aliases())

    def _delete(self, names: Iterable[str]) -> None:
        for name in names:
            with told():
                self._clients.bulk.indices.delete(index=name, ignore_unavailable=True)

    def search(self, plan: Plan) -> Found:
        """Find the first candidates of a plan, and count all of them."""
        return self._asked(lambda index: index.search(plan), nothing_found(plan))

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

    def statistics(self) -> Statistics:
        """Give the frozen statistics of the serving index, the same value until another one serves."""
        return self._asked(lambda index: index.statistics, Statistics())

    def frequency(self, term: str) -> int:
        """Give the frozen number of listings that hold a term."""
        return self.statistics().frequencies.get(term, 0)

    def idf(self, term: str) -> float:
        """Give the frozen weight of a term."""
        return self.statistics().idf(term)

    def status(self) -> EngineStatus:
        """Say what the serving index holds; the model is that of the settings."""
        documents, visible = self._asked(
            lambda index: index.counted() if index.model == self._model else (0, 0), (0, 0)
        )
        try:
            dimension = self._dimension()
        except UnavailableError:
            dimension = 0  # the model cannot be loaded now, which says nothing of the index
        return EngineStatus(
            documents=documents, visible=visible, model=self._model, dimension=dimension, mapping=MAPPING
        )
