"""The table of the public discussion of listings; no rule is here."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from exchange.models import Base


class Comment(Base):
    """What somebody says of a published listing, or answers: a reply has a `parent_id` and no reply of its own.

    `about` is the field or the cell of full value that it points at; `organisation_id` the one for which they spoke.
    A question or challenge is closed by an answer of the listing's owner (`closed_at`).
    """

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_listing_state", "listing_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    about: Mapped[str | None]
    text: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    closed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]
    """Why a moderator hid it; what its author is told."""
