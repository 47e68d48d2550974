"""The tables of saved searches and their alerts, and of the site's own secrets; no rule is here."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exchange.models import Base


class SavedSearch(Base):
    """What a person wants to be told of: a search with its filters, or the matches of a listing (`listing_id`).

    `question` holds the search as its address does: names with lists of values. `known` holds the listings that
    passed already when it was saved, as numbers of 8 bytes, little-endian, rising: none of them is news. One that was
    stopped keeps its row, so that it can be begun again.
    """

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str]
    question: Mapped[dict[str, Any]]
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    cadence: Mapped[str] = mapped_column(index=True)
    known: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class Alert(Base):
    """One listing that passed a saved search, once for ever; `why` holds the reasons as they were told."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("search_id", "listing_id"), Index("ix_alert_state_found", "state", "found_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("saved_search.id", ondelete="CASCADE"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    state: Mapped[str]
    why: Mapped[list[str]]
    found_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class AlertMute(Base):
    """A listing that a person does not want to hear of again, by whatever search."""

    __tablename__ = "alert_mute"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class AlertCheck(Base):
    """A note that a listing must be tested against the saved searches, written when its outbox row is done."""

    __tablename__ = "alert_check"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  a late worker must not delete a new row of its number

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    parked: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None]


class SiteSecret(Base):
    """A key that this site made for itself, to know again what it signed."""

    __tablename__ = "site_secret"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    created_at: Mapped[datetime]
