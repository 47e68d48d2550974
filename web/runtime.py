"""The composition root of the site and the command line: settings become parts, each opened when it is first needed."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine as Database

from exchange.database import reading
from exchange.errors import ConflictError, SettingsError, UnavailableError
from exchange.imports.import_places import MapContext, load_context
from exchange.leases import holder_of
from exchange.settings import Settings
from exchange.taxonomy import load_taxonomy
from indexer.elastic_client import Access, Clients, connect
from indexer.embedder import Embedder, Progress
from indexer.embedders import Embedders, ServingEmbedder
from indexer.engine import Engine
from indexer.engine_elastic import ElasticEngine, Naming
from indexer.engine_embedded import EmbeddedEngine
from indexer.lease import holding
from indexer.passages import PassageStore
from indexer.runs import Workbench
from indexer.search import Finder
from indexer.second_look import SecondLook
from indexer.service import SearchService
from indexer.shelf import SqlShelf
from indexer.sync import Indexer
from web.lock import WriterLock
from web.opening import open_and_migrate, open_embedder

REBUILD = "index rebuild"
"""The lease of the one process that makes the shared index anew."""


class Runtime:
    """The parts of one process.

    On the embedded engine one process at a time writes: the one that holds `lock` when `engine` is opened. On
    Elasticsearch (`shared`) any number do.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.lock = WriterLock(settings.index_dir)
        self.embedders = Embedders(lambda name: open_embedder(replace(settings, model=name)))
        self._request = settings.index_dir / "rebuild.request"
        self._refusal = settings.index_dir / "rebuild.failed"

    @property
    def shared(self) -> bool:
        """Say whether several processes may write the index."""
        return self.settings.elasticsearch is not None

    @cached_property
    def context(self) -> MapContext:
        """Give the places, with the postcodes where they are compiled."""
        return load_context(self.settings.postcodes_dir)

    @cached_property
    def embedder(self) -> Embedder:
        """Give the model of the settings; it is loaded at its first use: seconds, once a process."""
        return self.embedders.get(self.settings.model)

    @cached_property
    def engine(self) -> Engine:
        """Open the index."""
        if self.settings.elasticsearch:
            return self._elastic(self.settings.elasticsearch.index)
        return EmbeddedEngine(self.settings.index_dir, self.settings.model, self._dimension(), writable=self.lock.held)

    def _dimension(self) -> int:
        try:
            return self.embedder.dimension
        except UnavailableError:
            return 0  # the words are searched without the model, and nothing is written

    @cached_property
    def _clients(self) -> Clients:
        given = self.settings.elasticsearch
        if given is None:
            raise SettingsError(
                "Elasticsearch is not set up; set EXCHANGE_ENGINE=elasticsearch and EXCHANGE_ELASTICSEARCH_URL."
            )
        return connect(
            Access(
                urls=given.urls, username=given.username, password=given.password, api_key=given.api_key, ca=given.ca
            )
        )

    def _elastic(self, prefix: str) -> ElasticEngine:
        given = self.settings.elasticsearch
        shape = (given.shards, given.replicas) if given else (1, 0)
        naming = Naming(prefix=prefix, shards=shape[0], replicas=shape[1])
        return ElasticEngine(
            self._clients, naming, self.settings.model, lambda: self.embedder.dimension, self._somebody_rebuilds
        )

    def _somebody_rebuilds(self) -> bool:
        with reading(self.database) as session:
            return holder_of(session, REBUILD, datetime.now(UTC)) is not None

    @cached_property
    def indexer(self) -> Indexer:
        """Give what takes listings to the index."""
        return Indexer(
            database=self.database,
            engine=self.engine,
            embedder=self.embedder,
            other_embedder=self.embedders.get,
            lease=timedelta(seconds=self.settings.lease),
            passages=self.passages,
        )

    @cached_property
    def passages(self) -> PassageStore:
        """Give what is kept of passages for the second look."""
        return PassageStore(self.database)

    @cached_property
    def finder(self) -> Finder:
        """Give the search of the site."""
        return self.finder_over(self.engine)

    @cached_property
    def service(self) -> SearchService:
        """Give search and match as pages and commands call them."""
        return SearchService(
            database=self.database,
            engine=self.engine,
            embedder=ServingEmbedder(self.engine, self.embedders),
            finder=self.finder,
            needs_index=self.shared,
        )

    def finder_over(self, engine: Engine) -> Finder:
        """Give the search of the site over another engine, with the same settings."""
        return Finder(
            engine=engine,
            embedder=ServingEmbedder(engine, self.embedders),
            gazetteer=self.context.gazetteer,
            postcodes=self.context.postcodes,
            second=SecondLook(self.passages, SqlShelf(self.database)),
        )

    def workbench(self, engine: str = "embedded") -> Workbench:
        """Give what an evaluation works with: the site's own parts, on either engine."""
        with reading(self.database) as session:
            taxonomy = load_taxonomy(session)
        return Workbench(
            database=self.database,
            embedder=self.embedder,
            context=self.context,
            taxonomy=taxonomy,
            finder=self.finder_over,
            engine=self._throwaway if engine == "elasticsearch" else self._in_a_folder,
        )

    @contextmanager
    def _in_a_folder(self) -> Iterator[Engine]:
        with TemporaryDirectory(prefix="exchange-evaluate-") as folder:
            yield EmbeddedEngine(Path(folder), self.embedder.name, self.embedder.dimension)

    @contextmanager
    def _throwaway(self) -> Iterator[Engine]:
        engine = self._elastic(f"evaluate-{secrets.token_hex(6)}")
        try:
            yield engine
        finally:
            engine.drop()

    def held_revisions(self) -> dict[int, int]:
        """Give the revisions that the index holds for the model that is set, without loading that model."""
        if self.shared:
            return self.engine.revisions()
        return EmbeddedEngine(self.settings.index_dir, self.settings.model, 0, writable=False).revisions()

    def indexes(self) -> dict[str, bool]:
        """Name the shared indexes that there are, and say which one serves."""
        return self.engine.indexes() if isinstance(self.engine, ElasticEngine) else {}

    def flush(self) -> None:
        """Write to disk what the embedded engine has only in memory."""
        if isinstance(self.engine, EmbeddedEngine):
            self.engine.flush()

    def close(self) -> None:
        """Let go of the lock, and of the connections where there are any."""
        self.lock.release()
        if "_clients" in vars(self):
            self._clients.close()

    def ask_rebuild(self) -> None:
        """Leave word for the process that holds the index to rebuild it."""
        self._refusal.unlink(missing_ok=True)
        self._request.touch()

    def rebuild_asked(self) -> bool:
        """Say whether a rebuild is asked for and not finished.

        Raises:
            UnavailableError: the one that was asked for failed; the sentence says why.
        """
        if self._refusal.exists():
            raise UnavailableError(f"The site could not rebuild the index: {self._refusal.read_text()}")
        return self._request.exists()

    def rebuild(self, progress: Progress | None = None, written: Progress | None = None) -> None:
        """Make the index anew beside the old one and switch; one process at a time.

        On the embedded engine this process holds the lock and no worker runs.

        Raises:
            ConflictError: another process rebuilds it.
            UnavailableError: the model cannot be loaded.
        """
        _ = self.embedder.dimension  # before anything is replaced
        if self.shared:
            with holding(self.database, REBUILD, timedelta(seconds=self.settings.lease)) as may_switch:
                self.indexer.rebuild(progress, may_switch, written)
            return
        self.indexer.rebuild(progress)
        self.indexer.settle()
        self.flush()
        self._request.unlink(missing_ok=True)

    def make_first_index(self) -> None:
        """Make the index where there is none; where another process is at it, leave it to that one."""
        if isinstance(self.engine, ElasticEngine) and not self.engine.serves():
            with suppress(ConflictError):
                self.rebuild()

    def before_work(self) -> None:
        """Do what must not run beside a write; a worker calls this before each look."""
        if self.shared:
            self.make_first_index()
            if self.engine.made_with() is None:
                raise UnavailableError("Another process makes the first index; what was changed waits for it.")
        elif self._request.exists():
            self._rebuild_as_asked()

    def _rebuild_as_asked(self) -> None:
        try:
            self.indexer.rebuild()
        except Exception as error:
            self._refusal.write_text(f"{type(error).__name__}: {error}")
            raise
        finally:
            self._request.unlink(missing_ok=True)


@contextmanager
def open_runtime(settings: Settings) -> Iterator[Runtime]:
    """Open the database, bring it to the newest schema and areas, and give the parts; close them at the end.

    Raises:
        SettingsError: the address of the database cannot be used.
        UnavailableError: the database does not answer or is of a newer version.
    """
    database = open_and_migrate(settings)
    runtime = Runtime(settings, database)
    try:
        yield runtime
    finally:
        runtime.close()
        database.dispose()
