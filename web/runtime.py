"""The composition root of the site and the command line: settings become parts, each opened when it is first needed."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError

from exchange.database import open_database, reading, writing
from exchange.errors import SettingsError, UnavailableError
from exchange.import_places import MapContext, load_context
from exchange.schema import migrate
from exchange.settings import Settings
from exchange.taxonomy import load_taxonomy, seed_taxonomy
from indexer.embedder import Embedder, HashEmbedder, ModelEmbedder, Progress
from indexer.engine import Engine
from indexer.engine_embedded import EmbeddedEngine
from indexer.runs import Workbench
from indexer.search import Finder
from indexer.service import SearchService
from indexer.sync import Indexer
from web.lock import WriterLock

QUIET = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}
"""The libraries' own bars and notes, kept off the screens of people who did not ask for a model."""

_HASH = re.compile(r"hash-([1-9][0-9]{0,3})")
"""Model names that mean the deterministic double: for tests of plumbing, not for people."""


class Runtime:
    """The parts of one process; `engine` can be written only where this process holds `lock` when it is opened."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.lock = WriterLock(settings.index_dir)
        self._request = settings.index_dir / "rebuild.request"
        self._refusal = settings.index_dir / "rebuild.failed"

    @cached_property
    def context(self) -> MapContext:
        """Give the places, with the postcodes where they are compiled."""
        return load_context(self.settings.postcodes_dir)

    @cached_property
    def embedder(self) -> Embedder:
        """Load the model: seconds, once a process."""
        return open_embedder(self.settings)

    @cached_property
    def engine(self) -> EmbeddedEngine:
        """Open the index."""
        return EmbeddedEngine(
            self.settings.index_dir, self.embedder.name, self.embedder.dimension, writable=self.lock.held
        )

    @cached_property
    def indexer(self) -> Indexer:
        """Give what takes listings to the index."""
        return Indexer(database=self.database, engine=self.engine, embedder=self.embedder)

    @cached_property
    def finder(self) -> Finder:
        """Give the search of the site."""
        return self.finder_over(self.engine)

    @cached_property
    def service(self) -> SearchService:
        """Give search and match as pages and commands call them."""
        return SearchService(database=self.database, engine=self.engine, embedder=self.embedder, finder=self.finder)

    def finder_over(self, engine: Engine) -> Finder:
        """Give the search of the site over another engine, with the same settings."""
        return Finder(
            engine=engine,
            embedder=self.embedder,
            gazetteer=self.context.gazetteer,
            postcodes=self.context.postcodes,
        )

    def workbench(self) -> Workbench:
        """Give what an evaluation works with: the site's own parts."""
        with reading(self.database) as session:
            taxonomy = load_taxonomy(session)
        return Workbench(
            database=self.database,
            embedder=self.embedder,
            context=self.context,
            taxonomy=taxonomy,
            finder=self.finder_over,
        )

    def held_revisions(self) -> dict[int, int]:
        """Give the revisions that the index on disk holds for the model that is set, without loading that model."""
        return EmbeddedEngine(self.settings.index_dir, self.settings.model, 0, writable=False).revisions()

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

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make the index anew and write it to disk; this process holds the lock and no worker runs."""
        self.indexer.rebuild(progress)
        self.indexer.settle()
        self.engine.flush()
        self._request.unlink(missing_ok=True)

    def rebuild_if_asked(self) -> None:
        """Rebuild the index when another process left word; the site's worker calls this before each look."""
        if not self._request.exists():
            return
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
    database = _open_database(settings)
    runtime = Runtime(settings, database)
    try:
        yield runtime
    finally:
        runtime.lock.release()
        database.dispose()


def open_embedder(settings: Settings) -> Embedder:
    """Load the model that is set, quietly; "hash-64" is the double for tests of plumbing.

    Raises:
        UnavailableError: the model cannot be loaded.
    """
    double = _HASH.fullmatch(settings.model)
    if double:
        return HashEmbedder(int(double[1]))
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    return ModelEmbedder(settings.model, settings.threads)


def _open_database(settings: Settings) -> Database:
    try:
        database = open_database(settings.database_url)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise SettingsError(f"EXCHANGE_DATABASE_URL cannot be used: {short(error)}") from error
    try:
        migrate(database)
        with writing(database) as session:
            seed_taxonomy(session, datetime.now(UTC))
    except CommandError as error:
        database.dispose()
        raise UnavailableError(f"The database is of another version ({error}); install the newest code.") from error
    except (SQLAlchemyError, OSError) as error:
        database.dispose()
        raise UnavailableError(f"The database cannot be opened: {short(error)}") from error
    return database


def short(error: BaseException) -> str:
    """Give the first line of an error, without the statement and the link that SQLAlchemy adds."""
    told = getattr(error, "orig", None) or error
    return (str(told).strip().splitlines() or [type(told).__name__])[0]


def folder_size(folder: Path) -> int:
    """Give the bytes of all files in a folder, 0 where it is not there."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
