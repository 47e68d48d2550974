"""What the second look starts from, read from SQL; knows no engine and no model."""

from collections.abc import Sequence

from sqlalchemy import Engine as Database

from exchange.database import reading
from exchange.passages import Listed, listed_of
from exchange.taxonomy import Taxonomy, load_taxonomy


class SqlShelf:
    """The listings that the indexer kept, and the taxonomy that is published."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._taxonomy: Taxonomy | None = None

    def listed(self, ids: Sequence[int]) -> dict[int, Listed]:
        """Give what is kept of listings."""
        with reading(self._database) as session:
            return listed_of(session, ids)

    def taxonomy(self) -> Taxonomy:
        """Give the areas and groups that are published now; read again only when a newer version is."""
        with reading(self._database) as session:
            self._taxonomy = load_taxonomy(session, self._taxonomy)
        return self._taxonomy
