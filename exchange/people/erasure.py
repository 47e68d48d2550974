"""Taking a person's name, address and number out of what is kept; knows which texts, not when it is done."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from exchange.listing.changes import touch_found
from exchange.models import Account, Decision, Listing, Organisation, Revision, TaxonomyVersion
from exchange.models_discussion import Comment
from exchange.models_introductions import Conclusion, Introduction, IntroductionEvent, Message, Report
from exchange.models_people import AccountEvent, Letter, ProfileChange
from exchange.models_running import TaxonomyProposal

NAME_REMOVED, ADDRESS_REMOVED, NUMBER_REMOVED = "(name removed)", "(address removed)", "(number removed)"

Erase = Callable[[str], str]


def eraser(account: Account) -> Erase:
    """Give what takes a person's name, address and telephone number out of a text, as whole words."""
    known = (
        (account.email, ADDRESS_REMOVED, re.IGNORECASE),
        (account.telephone, NUMBER_REMOVED, 0),
        (account.name, NAME_REMOVED, 0),
    )
    rules = [
        (re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", flags), mark) for word, mark, flags in known if word is not None
    ]

    def erase(text: str) -> str:
        for pattern, mark in rules:
            text = pattern.sub(mark, text)
        return text

    return erase


def erase_words(session: Session, account: Account, erase: Erase) -> None:
    """Take a person's own name, address and number out of what they wrote.

    The text of a listing that belongs to an organisation stays as it is: it is the organisation's, and public.
    """
    mine = account.id
    side = or_(Introduction.innovator_id == mine, Introduction.commissioner_id == mine)
    own = Listing.by_id == mine, Listing.organisation_id.is_(None)
    _erase(session, erase, Message.by_id == mine, Message.text)
    _erase(session, erase, side, Introduction.text, Introduction.line)
    _erase(session, erase, IntroductionEvent.by_id == mine, IntroductionEvent.note)
    _erase(session, erase, Report.by_id == mine, Report.text)
    _erase(session, erase, Report.decided_by_id == mine, Report.note)
    _erase(session, erase, Conclusion.by_id == mine, Conclusion.reason)
    _erase(session, erase, Decision.by_id == mine, Decision.reason)
    _erase(session, erase, Comment.decided_by_id == mine, Comment.reason)
    _erase(session, erase, TaxonomyVersion.by_id == mine, TaxonomyVersion.reason)
    _erase(session, erase, TaxonomyProposal.decided_by_id == mine, TaxonomyProposal.reason)
    _erase(session, erase, ProfileChange.decided_by_id == mine, ProfileChange.reason)
    _erase(session, erase, ProfileChange.by_id == mine, ProfileChange.data)
    _erase(session, erase, own[0] & own[1], Listing.title, Listing.data)
    theirs = select(Listing.id).where(*own)
    _erase(session, erase, Revision.listing_id.in_(theirs), Revision.data)
    session.execute(update(AccountEvent).where(AccountEvent.account_id == mine).values(detail=None))


def erase_letters(session: Session, account: Account, erase: Erase) -> None:
    """Take a person out of the letters to others that name them, sent or not.

    A name of one word may be a word of any letter ("Will"): it is looked for only where the address stands too.
    """
    name = account.name if " " in account.name else None
    words = [word for word in (name, account.email, account.telephone) if word]
    naming = [column.contains(word, autoescape=True) for column in (Letter.subject, Letter.body) for word in words]
    _erase(session, erase, or_(*naming), Letter.subject, Letter.body)


def erase_contact(session: Session, account: Account, now: datetime) -> None:
    """Take a person's own address and number off the public profile of an organisation, where they stood there."""
    for column, value in ((Organisation.email, account.email), (Organisation.telephone, account.telephone)):
        if value is None:
            continue
        changed = update(Organisation).where(column == value).values({column: None}).returning(Organisation.id)
        touched = session.scalars(changed).all()
        if touched:
            touch_found(session, now, Listing.organisation_id.in_(touched))


def _erase(session: Session, erase: Erase, whose: ColumnElement[bool], *columns: InstrumentedAttribute[Any]) -> None:
    table: Any = columns[0].class_
    for row in session.scalars(select(table).where(whose)):
        for column in columns:
            value = getattr(row, column.key)
            if value is not None and (erased := _erased(value, erase)) != value:
                setattr(row, column.key, erased)
    session.flush()


def _erased(value: Any, erase: Erase) -> Any:
    """Give a text, or what JSON holds, at whatever depth, erased."""
    if isinstance(value, str):
        return erase(value)
    if isinstance(value, list):
        return [_erased(item, erase) for item in value]
    if isinstance(value, dict):
        return {key: _erased(item, erase) for key, item in value.items()}
    return value
