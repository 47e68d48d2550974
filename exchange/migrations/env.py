"""Alembic's entry: migrates over the connection that `exchange.schema.migrate` gives; knows no database address."""

from alembic import context

from exchange.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)

with context.begin_transaction():
    context.run_migrations()
