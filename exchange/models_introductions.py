"""The tables of introductions, shortlists, conclusions, reports and reminders; no rule is here."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from exchange.models import Base
from exchange.models_discussion import Comment


class Introduction(Base):
    """Two organisations brought together over a need, an innovation or both.

    `opened_by` is the side that wrote first. A side is its organisation: any member may answer for it; the account is
    the one who did. `text` is what the first one wrote; `due_on` the day by which an answer is promised.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        Index("ix_introduction_need_state", "need_id", "state"),
        Index("ix_introduction_commissioner", "commissioner_organisation_id", "state"),
        Index("ix_introduction_innovator", "innovator_organisation_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[str]
    opened_by: Mapped[str]
    state: Mapped[str]
    need_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"))
    innovation_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    commissioner_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    commissioner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    innovator_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    innovator_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    text: Mapped[str]
    due_on: Mapped[date | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    commissioner_agreed_at: Mapped[datetime | None]
    innovator_agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    line: Mapped[str | None]
    """What the respondent was told at the end."""


class IntroductionEvent(Base):
    """One change of an introduction's state; rows are added and never changed."""

    __tablename__ = "introduction_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    introduction_id: Mapped[int] = mapped_column(ForeignKey("introduction.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    side: Mapped[str]
    at: Mapped[datetime]
    old_state: Mapped[str | None]
    new_state: Mapped[str]
    note: Mapped[str | None]


class Message(Base):
    """One message of an introduction's thread."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    introduction_id: Mapped[int] = mapped_column(ForeignKey("introduction.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    side: Mapped[str]
    at: Mapped[datetime]
    text: Mapped[str]


class ShortlistItem(Base):
    """A listing that a person keeps in mind, with a note that nobody else sees."""

    __tablename__ = "shortlist_item"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
    note: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Conclusion(Base):
    """What became of a need, told to all when it was concluded."""

    __tablename__ = "conclusion"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    outcome: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class Report(Base):
    """Somebody's word that a listing, or a comment on it, is wrong, for a moderator to decide."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_state", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    text: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str | None]


class Reminder(Base):
    """That a listing's owner was reminded of something for a day: each is sent once."""

    __tablename__ = "reminder"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
