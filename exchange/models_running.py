"""The tables of those who run the exchange: audit trail, missed searches, keys, proposals, matches; no rule is here."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from exchange.models import Base


class AuditEntry(Base):
    """One change of state: when, by whom, of what, from what to what; the database lets no entry be changed.

    It holds numbers and codes and no person's words, so that erasing what is personal need not touch it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    subject: Mapped[str]
    subject_id: Mapped[int]
    what: Mapped[str]
    old: Mapped[str | None]
    new: Mapped[str | None]
    listing_id: Mapped[int | None] = mapped_column(index=True)
    """The listing that the subject belongs to, where it does; no reference, so that the trail outlives it."""


class MissedSearch(Base):
    """A text that found nothing on a day, and how often; nothing says who typed it."""

    __tablename__ = "missed_search"

    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    number: Mapped[int]


class ApiKey(Base):
    """A key of the programming interface; the row holds its SHA-256 and the last signs, by which its owner knows it."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    hint: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ProposalState(StrEnum):
    """What becomes of a proposal: it is prepared, then published or discarded."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class TaxonomyProposal(Base):
    """A change of the areas and groups that somebody prepares: the changed terms, and what the change would do.

    `base` is the number of the version that it was begun from, `data` the whole scheme as it would be published,
    `preview` the judged queries before and after, once they were worked out.
    """

    __tablename__ = "taxonomy_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(index=True)
    base: Mapped[int]
    data: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    """When the preview was asked for; None when it is there or nobody asked."""
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    failure: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    number: Mapped[int | None]
    """The version that it became."""


class MatchCount(Base):
    """How many counterparts an open listing has, as counted last; what the gap map and the figures read."""

    __tablename__ = "match_count"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    matches: Mapped[int]
    strong: Mapped[int]
    counted_at: Mapped[datetime]
