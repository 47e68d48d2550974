"""Indexing keeps the vectors of a listing's sentences, so that a page that cites one waits for no model."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from exchange.content import Content, Kind, Outcome
from exchange.database import reading, writing
from exchange.listing.listings import NewListing, post
from exchange.moderating.moderation import approve
from exchange.people.accounts import operator
from exchange.taxonomy import load_taxonomy, seed_taxonomy
from indexer.embedder import HashEmbedder, Progress, Vectors
from indexer.engine_embedded import EmbeddedEngine
from indexer.sync import Indexer
from indexer.texts import sentences_of

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
CONTENT = Content(
    title="Thursday boats",
    summary="Trips on the canal for carers. They meet on Thursdays.",
    outcomes=(Outcome(statement="Carers feel less alone"),),
    description="A volunteer steers. Lunch is on board.",
)


class Counting(HashEmbedder):
    """The double, which remembers what it embedded for indexing."""

    def __init__(self) -> None:
        super().__init__(16)
        self.embedded: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded += texts
        return super().encode(texts, progress)


@pytest.fixture
def indexer(engine: Engine, tmp_path: Path) -> Indexer:
    with writing(engine) as session:
        by = operator(session, "Test")
        listing = post(session, NewListing(kind=Kind.INNOVATION, content=CONTENT), by, NOW)
        approve(session, listing.id, by, None, NOW)
    embedder = Counting()
    return Indexer(database=engine, engine=EmbeddedEngine(tmp_path / "index", "hash-16", 16), embedder=embedder)


@pytest.mark.parametrize("way", [Indexer.rebuild, Indexer.catch_up, lambda indexer: indexer.work(lambda: NOW)])
def test_every_way_of_indexing_embeds_each_passage_and_each_sentence_once(indexer, way):
    way(indexer)
    done = indexer.embedder.embedded
    assert {sentence.text for sentence in sentences_of(CONTENT)} <= set(done)
    assert len(done) == len(set(done))


def test_only_passages_become_the_vectors_of_an_entry(indexer):
    entry = indexer.entries([1])[0]
    assert entry.vectors.tolist() == HashEmbedder(16).encode(entry.document.passages).tolist()


def test_a_second_indexing_embeds_nothing(indexer):
    indexer.rebuild()
    indexer.embedder.embedded.clear()
    indexer.rebuild()
    assert indexer.embedder.embedded == []


def test_areas_that_are_known_are_given_back_until_a_newer_version_is_published(engine):
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
    with reading(engine) as session:
        known = load_taxonomy(session)
        assert load_taxonomy(session, known) is known
    newer = b'{"version": 99, "schemes": {"area": []}}'
    with writing(engine) as session:
        seed_taxonomy(session, NOW, newer)
    with reading(engine) as session:
        assert load_taxonomy(session, known).version == 99
