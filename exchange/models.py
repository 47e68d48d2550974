"""The tables of accounts, listings, outbox, leases and vectors, and the base of all tables; no rule is here."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from exchange.content import Content, Kind, from_json
from exchange.database import UtcDateTime
from exchange.running.audit import follow


class State(StrEnum):
    """The states of a listing (design, States); a revision uses those of `exchange.listing.states`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_ASKED = "changes_asked"
    PUBLISHED = "published"
    REFUSED = "refused"
    APPEALED = "appealed"
    CLOSED = "closed"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"


class OrgKind(StrEnum):
    """The two kinds of organisation."""

    THIRD_SECTOR = "third-sector"
    PUBLIC_BODY = "public-body"


class SizeBand(StrEnum):
    """Bands of an organisation's latest yearly income."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    MAJOR = "major"


class Base(DeclarativeBase):
    """Name every constraint, so that Alembic can change it on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012  SQLAlchemy's own idiom


follow(Base)  # here, so that nobody has a table whose states change without a line in the audit trail


class Account(Base):
    """A person, or the operator in whose name the command line decides.

    The address is kept in small letters. `organisation_id` is a membership that somebody approved; a request to join
    is a row of its own. A closed account keeps its row, without what is personal, because decisions name it.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    can_sign_in: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    telephone: Mapped[str | None]
    password_hash: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Organisation(Base):
    """A charity, social enterprise or public body; `name_key` is the name as it is looked up."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    org_id: Mapped[str | None] = mapped_column(unique=True)
    size_band: Mapped[str | None]
    income: Mapped[int | None] = mapped_column(BigInteger)
    places: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    about: Mapped[str | None]
    website: Mapped[str | None]
    email: Mapped[str | None]
    telephone: Mapped[str | None]


class Listing(Base):
    """An innovation or a need: its state and the content that stands (for a published one, the live text)."""

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index("ix_listing_kind_state", "kind", "state"),
        CheckConstraint("kind in ('innovation', 'need')", name="kind"),
        CheckConstraint("index_revision >= 1", name="index_revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    index_revision: Mapped[int] = mapped_column(default=1)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str]
    closes_on: Mapped[date | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    """When its owner said last that it is still true; None: not since it was published."""

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")

    @property
    def content(self) -> Content:
        """Give the content that stands as a typed value."""
        return from_json(self.data)

    @property
    def side(self) -> Kind:
        """Give the kind as a typed value."""
        return Kind(self.kind)


class Revision(Base):
    """A change of a published listing, being written or waiting for a decision; the live text stands until then."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_listing_state", "listing_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    state: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    @property
    def content(self) -> Content:
        """Give the proposed content as a typed value."""
        return from_json(self.data)


class Decision(Base):
    """The record of one change of state: who, when, from what to what, and why."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    """The comment on the listing that it is about; the listing itself is then left as it is."""
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    old_state: Mapped[str]
    new_state: Mapped[str]
    reason: Mapped[str | None]
    reason_code: Mapped[str | None]
    due_on: Mapped[date | None]
    """By when the changes that were asked for are hoped for."""


class OutboxRow(Base):
    """A note that a listing must be looked at again; it says nothing of what changed."""

    __tablename__ = "outbox"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  a late worker must not delete a new row of its number

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(index=True)
    parked: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None]


class Lease(Base):
    """Who does a work that only one process may do, and until when they hold it."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class TaxonomyVersion(Base):
    """One published version of the areas and groups: one that the package brought, or one that somebody decided on."""

    __tablename__ = "taxonomy_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    published_at: Mapped[datetime]
    packaged: Mapped[int | None]
    """The number that the package gives to this version; None where somebody published it here."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]


class Term(Base):
    """One area or group of one version."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("version_id", "scheme", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("taxonomy_version.id"))
    scheme: Mapped[str]
    code: Mapped[str]
    label: Mapped[str]
    parent: Mapped[str | None]
    definition: Mapped[str]
    synonyms: Mapped[list[str]]
    differs_from: Mapped[list[str]]
    position: Mapped[int]


class Vector(Base):
    """One embedded text, by model and hash, so that nothing is embedded twice; float32, little-endian.

    Under a second name of the model stands what `indexer/passages.py` keeps of a passage.
    """

    __tablename__ = "vector"

    model: Mapped[str] = mapped_column(primary_key=True)
    text_hash: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    value: Mapped[bytes]


class ListingPassages(Base):
    """Which passages a listing has in the index: hashes of 16 bytes one after the other, and its areas and groups."""

    __tablename__ = "listing_passages"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    hashes: Mapped[bytes]
    areas: Mapped[list[str]]
    groups: Mapped[list[str]]
