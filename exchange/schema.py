"""The schema: brings a database to the newest migration at start; knows no table by name."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

_LOCK = 20070901
"""An arbitrary number for PostgreSQL's advisory lock: two processes that start together migrate one after the other."""


def migrate(engine: Engine) -> None:
    """Run the migrations that the database has not seen, in one transaction; safe at every start.

    SQLite's batch mode copies tables, so foreign keys are off meanwhile; the switch works only outside a transaction.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    sqlite = engine.dialect.name == "sqlite"
    with engine.execution_options(writes=True).connect() as connection:
        raw = connection.connection
        if sqlite:
            raw.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SET LOCAL lock_timeout = 0"))  # a migration may take its time
                    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        finally:
            if sqlite:
                raw.cursor().execute("PRAGMA foreign_keys=ON")
