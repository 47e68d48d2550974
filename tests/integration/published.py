"""Short ways to publish listings through the use-cases and to open search over them, with the double for the model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from engine_factories import Opener
from sqlalchemy import Engine as Database

from exchange.content import Content, Kind, Outcome
from exchange.database import writing
from exchange.listing.listings import NewListing, close, post, revise, withdraw
from exchange.models import OrgKind
from exchange.moderating.moderation import approve, approve_revision
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people.accounts import operator
from exchange.place.places import load_gazetteer
from indexer.embedder import HashEmbedder, Progress, Vectors
from indexer.engine import Engine
from indexer.engine_embedded import EmbeddedEngine
from indexer.search import Finder
from indexer.service import SearchService
from indexer.sync import Indexer

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
LEEDS, BRADFORD, YORK, CAMDEN = "E08000035", "E08000032", "E06000014", "E09000007"
POISON = "POISON"


@dataclass
class Double(HashEmbedder):
    """The double for the model; counts the texts it embeds and refuses those that hold `POISON` while it is sick."""

    sick: bool = True
    error: type[Exception] = RuntimeError
    embedded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(512)  # wide, so that unlike words are never near by chance

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if self.sick and any(POISON in text for text in texts):
            raise self.error("the model cannot read this text")
        self.embedded += texts
        return super().encode(texts, progress)


@dataclass(frozen=True)
class Town:
    """A database and an index; parts are opened as after a start of the process.

    The index is one of the embedded engine in `folder`, or what `open_index` opens.
    """

    database: Database
    folder: Path
    embedder: Double = field(default_factory=Double)
    open_index: Opener | None = None

    def engine(self) -> Engine:
        opened = self.open_index or partial(EmbeddedEngine, self.folder)
        return opened(self.embedder.name, self.embedder.dimension)

    def indexer(self, engine: Engine | None = None) -> Indexer:
        return Indexer(database=self.database, engine=engine or self.engine(), embedder=self.embedder)

    def service(self, engine: Engine) -> SearchService:
        finder = Finder(
            engine=engine, embedder=self.embedder, gazetteer=load_gazetteer(), postcodes=None, today=NOW.date
        )
        return SearchService(database=self.database, engine=engine, embedder=self.embedder, finder=finder)

    def open(self) -> SearchService:
        """Index what the database holds and give search over it."""
        engine = self.engine()
        self.indexer(engine).settle()
        return self.service(engine)

    def publish(
        self, title: str, kind: Kind = Kind.INNOVATION, *, organisation: int | None = None, **stated: Any
    ) -> int:
        """Post and approve a listing; plain sentences may stand for outcomes."""
        if outcomes := stated.get("outcomes"):
            stated["outcomes"] = tuple(Outcome(statement=text) for text in outcomes)
        minutes = stated.pop("minutes", 0)
        at = NOW + timedelta(minutes=minutes)
        with writing(self.database) as session:
            by = operator(session, "Test")
            new = NewListing(kind=kind, content=Content(title=title, **stated), organisation_id=organisation)
            return approve(session, post(session, new, by, at).id, by, "checked", at).id

    def need(self, title: str, **stated: Any) -> int:
        return self.publish(title, Kind.NEED, **stated)

    def submit(self, title: str, kind: Kind = Kind.INNOVATION) -> int:
        """Post a listing that nobody has decided on."""
        with writing(self.database) as session:
            by = operator(session, "Test")
            return post(session, NewListing(kind=kind, content=Content(title=title)), by, NOW).id

    def approve(self, number: int) -> None:
        with writing(self.database) as session:
            approve(session, number, operator(session, "Test"), "checked", NOW)

    def revise(self, number: int, content: Content, *, approved: bool = True) -> None:
        with writing(self.database) as session:
            by = operator(session, "Test")
            revision = revise(session, number, content, by, NOW)
            if approved:
                assert revision is not None
                approve_revision(session, revision.id, by, "checked", NOW)

    def close(self, number: int) -> None:
        with writing(self.database) as session:
            close(session, number, operator(session, "Test"), "past its date", NOW)

    def withdraw(self, number: int) -> None:
        with writing(self.database) as session:
            withdraw(session, number, operator(session, "Test"), "asked to", NOW)

    def organisation(self, name: str, **details: Any) -> int:
        with writing(self.database) as session:
            given = {"kind": OrgKind.THIRD_SECTOR} | details
            return add_organisation(session, OrganisationDetails(name=name, **given)).id
