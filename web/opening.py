"""Opening what the settings name: the database and the model, with sentences where they fail; knows no command."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError

from exchange.database import open_database, writing
from exchange.errors import SettingsError, UnavailableError
from exchange.schema import migrate
from exchange.settings import Settings
from exchange.taxonomy import seed_taxonomy
from indexer.embedder import Embedder, HashEmbedder, ModelEmbedder

QUIET = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}
"""The libraries' own bars and notes, kept off the screens of people who did not ask for a model."""

_HASH = re.compile(r"hash-([1-9][0-9]{0,3})")
"""Model names that mean the deterministic double: for tests of plumbing, not for people."""


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


def open_and_migrate(settings: Settings) -> Database:
    """Open the database that is set, bring it to the newest schema and areas.

    Raises:
        SettingsError: the address of the database cannot be used.
        UnavailableError: the database does not answer or is of a newer version.
    """
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
