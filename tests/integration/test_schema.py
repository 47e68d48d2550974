"""The migrations and the models say the same."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text

from exchange import models_alerts, models_discussion, models_introductions, models_people, models_running
from exchange.database import open_database, reading, writing
from exchange.models import Account, Base
from exchange.people.accounts import operator
from exchange.schema import migrate

TABLES = Base.metadata, models_people, models_introductions, models_alerts, models_discussion, models_running
"""Whoever reads the metadata must have read the modules that fill it."""


def test_migrations_give_the_tables_that_the_models_describe(engine: Engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), TABLES[0]) == []


def test_every_table_of_the_models_has_its_checks_and_unique_names(engine: Engine):
    tables = inspect(engine)
    assert {c["name"] for c in tables.get_check_constraints("listing")} == {
        "ck_listing_kind",
        "ck_listing_index_revision",
    }
    assert tables.get_unique_constraints("listing")[0]["name"] == "uq_listing_source_source_id"


def test_migrating_at_every_start_keeps_the_data_and_says_nothing(engine: Engine, capfd):
    with writing(engine) as session:
        operator(session, "Importer")
    migrate(engine)
    migrate(engine)
    with reading(engine) as session:
        assert session.scalars(select(Account.name)).all() == ["Importer"]
    assert capfd.readouterr() == ("", "")


def test_foreign_keys_hold_again_after_migrating_on_the_same_connection(tmp_path: Path):
    engine = open_database(f"sqlite:///{tmp_path / 'a folder with 100% odd signs'}/exchange.db")
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    engine.dispose()
