"""When this exchange was set up: the one thing of it that never changes, wherever it moves; knows no address."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.models import TaxonomyVersion

UNFOUNDED = datetime(1970, 1, 1, tzinfo=UTC)
"""Of an empty database, which nobody reads."""


def founded_at(session: Session) -> datetime:
    """Give the moment at which the first areas were published: no exchange has listings before, and none loses it."""
    return session.scalar(select(func.min(TaxonomyVersion.published_at))) or UNFOUNDED
