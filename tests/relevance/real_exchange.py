"""The packaged fixtures on the real search with the real model, for tests of relevance and for their baseline."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine as Database
from sqlalchemy import select

import fixtures
from exchange.content import Kind
from exchange.database import open_database, reading, writing
from exchange.models import Listing, State
from exchange.place.places import load_gazetteer
from exchange.taxonomy import seed_taxonomy
from fixtures.loader import SOURCE, load_fixtures
from indexer.embedder import Embedder, ModelEmbedder
from indexer.engine_embedded import EmbeddedEngine
from indexer.judgements import JudgedQuery, read_judged
from indexer.metrics import DEPTH, mean, ndcg
from indexer.passages import PassageStore
from indexer.results import Query
from indexer.search import Finder
from indexer.second_look import SecondLook
from indexer.service import SearchService
from indexer.shelf import SqlShelf
from indexer.sync import Indexer

FILES = Path(fixtures.__file__).parent
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
"""The moment at which the fixtures are loaded; the search's today is its day."""


@lru_cache(maxsize=1)
def real_model() -> Embedder:
    """Load the packaged model once a process."""
    return ModelEmbedder()


@dataclass(frozen=True, slots=True)
class RealExchange:
    """A database file with the fixtures, its index beside it, and search and match over both."""

    database: Database
    service: SearchService
    indexer: Indexer

    def keys(self) -> dict[int, str]:
        """Give the fixture key of every open or closed listing, by number."""
        with reading(self.database) as session:
            rows = session.execute(select(Listing.id, Listing.source_id).where(Listing.source == SOURCE))
            return {row.id: row.source_id for row in rows}

    def open_listings(self, kind: Kind) -> list[Listing]:
        """Give the open listings of one kind by number, to read."""
        asked = select(Listing).where(Listing.kind == kind, Listing.state == State.PUBLISHED).order_by(Listing.id)
        with reading(self.database) as session:
            return list(session.scalars(asked))


def fill(file: Path) -> None:
    """Load the taxonomy and the fixtures into a migrated database file."""
    database = open_database(f"sqlite:///{file}")
    with writing(database) as session:
        seed_taxonomy(session, NOON)
    load_fixtures(database, NOON)
    database.dispose()


def open_exchange(file: Path) -> RealExchange:
    """Index a database file with the real model; vectors that the file holds are not computed again."""
    database, embedder = open_database(f"sqlite:///{file}"), real_model()
    engine = EmbeddedEngine(file.parent / "index", embedder.name, embedder.dimension)
    store = PassageStore(database)
    indexer = Indexer(database=database, engine=engine, embedder=embedder, passages=store)
    indexer.settle()
    finder = Finder(
        engine=engine,
        embedder=embedder,
        gazetteer=load_gazetteer(),
        postcodes=None,
        today=NOON.date,
        second=SecondLook(store, SqlShelf(database)),
    )
    service = SearchService(database=database, engine=engine, embedder=embedder, finder=finder)
    return RealExchange(database, service, indexer)


def copy_of(exchange: RealExchange, folder: Path) -> RealExchange:
    """Open a copy with its vectors, for tests that write."""
    file = folder / "exchange.db"
    exchange.database.dispose()  # the last connection's end folds the write-ahead log into the file
    shutil.copyfile(str(exchange.database.url.database), file)
    return open_exchange(file)


def judged_queries() -> Sequence[JudgedQuery]:
    """Give the judged queries of the fixtures."""
    return read_judged(FILES / "queries.jsonl", FILES / "qrels.tsv").queries


def nonsense() -> list[str]:
    """Give the queries that must find nothing."""
    return [line for line in (FILES / "nonsense.txt").read_text(encoding="utf-8").splitlines() if line.strip()]


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Give the side of the exchange that each judged query asks, by the query's id."""
    rows = map(json.loads, (FILES / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["_id"]: Kind(row["metadata"]["kind"]) for row in rows}


def first_page(exchange: RealExchange, query: JudgedQuery) -> list[str]:
    """Give the keys of the first ten that a person sees for a judged query."""
    keys = exchange.keys()
    found = exchange.service.search(Query(text=query.text, kind=kinds()[query.id], page_size=DEPTH))
    return [keys[hit.id] for hit in found.hits]


def ndcg_of_queries(exchange: RealExchange) -> dict[str, float | None]:
    """Give nDCG@10 of each judged query as a person sees its first page, by the query's id."""
    return {query.id: ndcg(first_page(exchange, query), query.grades) for query in judged_queries()}


def mean_ndcg(exchange: RealExchange) -> float:
    """Give the mean nDCG@10 over the judged queries."""
    return mean(ndcg_of_queries(exchange).values()) or 0.0
