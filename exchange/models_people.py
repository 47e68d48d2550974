"""The tables around accounts: roles, sign-ins, links, attempts, what members ask for, letters; no rule is here."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from exchange.models import Base
from exchange.models_discussion import Comment


class RoleGrant(Base):
    """A role that an administrator gave an account; taking it away deletes the row, the event stays."""

    __tablename__ = "role_grant"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class SignIn(Base):
    """One signed-in browser; the key is the SHA-256 of what its cookie holds, so that the row signs nobody in."""

    __tablename__ = "sign_in"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeLink(Base):
    """A link that was mailed and works once; the key is the SHA-256 of what the link holds."""

    __tablename__ = "one_time_link"

    digest: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Attempts(Base):
    """How often something was tried in a window of time; the key names what and who, hashed."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(index=True)
    number: Mapped[int]


class JoinRequest(Base):
    """A person's wish to act for an organisation; a member or an administrator decides."""

    __tablename__ = "join_request"
    __table_args__ = (Index("ix_join_request_organisation_state", "organisation_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class ProfileChange(Base):
    """What a member wants said of their organisation instead: only the fields that differ, until somebody decides."""

    __tablename__ = "profile_change"
    __table_args__ = (Index("ix_profile_change_organisation_state", "organisation_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str]
    data: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]


class AccountEvent(Base):
    """What happened to an account: who did what, when; rows are added and never changed."""

    __tablename__ = "account_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    what: Mapped[str]
    detail: Mapped[str | None]


class Letter(Base):
    """A mail, written in the transaction that gives cause for it and sent after.

    `path` is the one link in it, below the site's address; a `secret` one is forgotten as soon as it is sent.
    `unsubscribe` is the path that ends such mail with one click; a letter that quotes a comment names it, and is not
    sent once the comment is hidden.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_waiting", "sent_at", "parked", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    path: Mapped[str | None]
    secret: Mapped[bool] = mapped_column(default=False)
    unsubscribe: Mapped[str | None]
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id), index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    parked: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
