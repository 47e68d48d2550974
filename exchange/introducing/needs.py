"""How needs end: concluded with a line to each respondent, withdrawn, or left by everybody; knows no page.

No respondent is left silent: whoever is in an open introduction over a listing that ends is told in the same
transaction, and `exchange/listing/changes.py` refuses the end otherwise.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from exchange.content import Kind, clean
from exchange.database import take_turn
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.introducing import need_letters
from exchange.introducing.introduction_changes import LONGEST_TEXT, short_enough
from exchange.introducing.introduction_letters import tell
from exchange.introducing.introduction_states import IntroductionState, Side
from exchange.introducing.introductions import LONGEST_LINE, Ending, open_for_need
from exchange.introducing.reply_promise import closing_days, promised_on
from exchange.introducing.respondents import ANSWERING, Goodbye, Outcome, count_answering, end, open_about, open_of_side
from exchange.listing.changes import Act, locked_listing, move
from exchange.listing.states import Step, next_state
from exchange.models import Account, Listing, Organisation, State
from exchange.models_introductions import Conclusion, Introduction
from exchange.moderating.decision_letters import owners
from exchange.organisation import memberships
from exchange.people.accounts import operator
from exchange.people.permissions import Action
from exchange.people.sign_ins import person

EXCHANGE = "Exchange"
"""The operator in whose name the exchange itself acts: at a date, or so that no moderator is named."""

CLOSED_EARLY = "Concluded before the closing date."
NOBODY_LEFT = "The last account that looked after it was closed."
ONLY_COMMISSIONERS = "Only a commissioner concludes a need. Ask an administrator of the exchange for that role."
ONLY_NEEDS = "Only a need is concluded; an innovation is closed or withdrawn."
CONCLUDED = "This need is concluded already: everybody was told what came of it."
NO_LINE = "Write a line to {}: nobody is left without an answer."
CHOOSE_SOME = "Tick whom you chose, or choose another outcome: you said that you chose one or more respondents."
NOBODY_TO_CHOOSE = "Nobody waits for an answer, so none was chosen. Choose another outcome."
CHOOSE_NONE = "You ticked somebody as chosen. Tick nobody, or choose “{}”."
WITHDRAWN_LINE = "The need was withdrawn without a final answer."
INNOVATION_LINE = "The innovation was withdrawn."
LEFT_LINE = "The last account that acted for this side was closed."
TOO_LATE_LINE = "The need was concluded before this was answered."


class CameOfIt(StrEnum):
    """What came of a need. "Still deciding" is none: then it is not concluded."""

    RESPONDENT = "respondent"
    SOMEBODY_ELSE = "somebody_else"
    OURSELVES = "ourselves"
    NOT_GOING_AHEAD = "not_going_ahead"


WORDS = {
    CameOfIt.RESPONDENT: "One or more respondents were chosen.",
    CameOfIt.SOMEBODY_ELSE: "Somebody else was chosen.",
    CameOfIt.OURSELVES: "The organisation does it itself.",
    CameOfIt.NOT_GOING_AHEAD: "It does not go ahead.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalWord:
    """What is said at the end of a need: what came of it and why, who was chosen, and a line to each respondent.

    `chosen` and the keys of `lines` are numbers of introductions.
    """

    came_of_it: CameOfIt
    reason: str
    chosen: frozenset[int] = frozenset()
    lines: Mapping[int, str] = field(default_factory=dict)


def together(session: Session, need_id: int) -> list[Introduction]:
    """Give the introductions of a need that were closed because the two go ahead together: chosen, and told so."""
    made = select(Introduction).where(Introduction.need_id == need_id, Introduction.outcome == Ending.TOGETHER)
    return list(session.scalars(made.order_by(Introduction.id)))


def conclude(session: Session, need_id: int, word: FinalWord, by: Account, now: datetime) -> Listing:
    """Say what became of a need and answer every respondent, all or nothing; one still published is closed first.

    Raises:
        NotFoundError: there is none, or it is another organisation's; the sentence is the same for both.
        ForbiddenError: a person who is no commissioner.
        StateError: it is no need, or not published or closed.
        InputError: at the field: "reason", "chosen", or "line-N" of the respondent who has no line.
    """
    listing = locked_listing(session, need_id)
    _check_may_conclude(session, listing, by)
    state = check_can_be_concluded(listing)
    introductions = open_about(session, listing)
    answering = [row for row in introductions if row.state in ANSWERING]
    reason = _check_word(session, listing, word, answering)
    act = Act(by, now, reason)
    if state is State.PUBLISHED:
        move(session, listing, Step.CLOSE, Act(by, now, CLOSED_EARLY))
    for row in introductions:
        end(session, row, _final(row, word, reason), act)
    session.add(Conclusion(listing_id=listing.id, outcome=word.came_of_it, reason=reason, by_id=by.id, at=now))
    move(session, listing, Step.CONCLUDE, act)
    return listing


def conclusion_of(session: Session, listing_id: int) -> Conclusion | None:
    """Give what was said publicly when a need was concluded; None where nothing was, as for demonstration data."""
    return session.get(Conclusion, listing_id)


def conclusions_of(session: Session, listing_ids: Collection[int]) -> dict[int, Conclusion]:
    """Give what was said publicly of each of some listings, at most a page of them; nothing for one still open."""
    rows = session.scalars(select(Conclusion).where(Conclusion.listing_id.in_(listing_ids)))
    return {row.listing_id: row for row in rows}


def answers_closed(session: Session, need: Listing, act: Act) -> None:
    """Tell both sides that a need takes no more answers: owners with what is left to do, respondents that it is so."""
    promised = promised_on(need, closing_days(session, [need]).get(need.id))
    note = need_letters.closed_note(need, count_answering(session, need.id), promised)
    need_letters.tell_owners(session, need, note, act.at)
    for row in open_for_need(session, need.id):
        tell(session, row, Side.COMMISSIONER, need_letters.closed_telling(promised), act)


def withdrawn(session: Session, listing: Listing, act: Act) -> None:
    """End every open introduction over a listing that is withdrawn, and tell the other side.

    For a need that breaks the promise, so it counts against the reply rate. A moderator's reason is for the owners:
    the other side learns only that a moderator decided, and is not told who.
    """
    rows = open_about(session, listing)
    if not rows:
        return
    own = act.by.id in {account.id for account in owners(session, listing)}
    told = act if own else Act(operator(session, EXCHANGE), act.at, act.reason)
    telling = need_letters.withdrawn_telling(listing.side, act.why if own else None)
    if listing.side is Kind.NEED:
        goodbye = Goodbye(Side.COMMISSIONER, Outcome.WITHDRAWN, telling, WITHDRAWN_LINE)
    else:
        goodbye = Goodbye(Side.INNOVATOR, Outcome.WITHDRAWN, telling, INNOVATION_LINE)
    for row in rows:
        end(session, row, goodbye, told)


def account_closed(session: Session, account: Account, now: datetime) -> None:
    """Take leave of everybody for whom only this account was there, before it is closed.

    Where nobody else acts for its organisation, and for what it posted without one: open introductions of either side
    end and the other side is told; needs are withdrawn; an innovation of an organisation is closed, since somebody may
    come again to tell what was learned, and one of no organisation is withdrawn with its author.
    """
    take_turn(session)
    act = Act(account, now, NOBODY_LEFT)
    alone = _left_alone(session, account)
    listings = _left_behind(session, account, alone)
    if alone is not None:
        for side in Side:
            goodbye = Goodbye(side, Outcome.ACCOUNT_CLOSED, need_letters.account_closed_telling(), LEFT_LINE)
            for row in open_of_side(session, side, alone):
                end(session, row, goodbye, act)
    for listing in listings:
        if listing.side is Kind.NEED or listing.organisation_id is None:
            move(session, listing, Step.WITHDRAW, act)
        elif listing.state == State.PUBLISHED:
            move(session, listing, Step.CLOSE, act)


def check_can_be_concluded(listing: Listing) -> State:
    """Give the state of a need that is published or closed.

    Raises:
        StateError: it is neither, or no need.
    """
    state = State(listing.state)
    if listing.side is not Kind.NEED:
        raise StateError(ONLY_NEEDS)
    if state is State.CONCLUDED:
        raise StateError(CONCLUDED)
    if state is not State.PUBLISHED:
        next_state(state, Step.CONCLUDE)
    return state


def name_of(session: Session, introduction: Introduction) -> str:
    """Give the name of the innovator's organisation."""
    return session.get_one(Organisation, introduction.innovator_organisation_id).name


def _check_may_conclude(session: Session, listing: Listing, by: Account) -> None:
    if not by.can_sign_in and by.closed_at is None:
        return  # an operator of the command line
    own = listing.by_id == by.id if listing.organisation_id is None else listing.organisation_id == by.organisation_id
    if not own:
        raise NotFoundError(f"There is no listing {listing.id}; check the number.")
    if not person(session, by).may(Action.CONCLUDE):
        raise ForbiddenError(ONLY_COMMISSIONERS)


def _check_word(session: Session, need: Listing, word: FinalWord, answering: list[Introduction]) -> str:
    """Give the reason; refuse a word that leaves something out."""
    reason = short_enough(word.reason, LONGEST_TEXT, "reason")
    if reason is None:
        raise InputError("Give the reason: respondents and the public read it.", field="reason")
    if not word.chosen <= {row.id for row in answering}:
        raise InputError("Somebody whom you ticked does not wait for an answer any more; look again.", field="chosen")
    if word.came_of_it is not CameOfIt.RESPONDENT and word.chosen:
        raise InputError(CHOOSE_NONE.format(WORDS[CameOfIt.RESPONDENT].rstrip(".")), field="chosen")
    if word.came_of_it is CameOfIt.RESPONDENT and not (word.chosen or together(session, need.id)):
        raise InputError(CHOOSE_SOME, field="chosen") if answering else InputError(NOBODY_TO_CHOOSE, field="came_of_it")
    for row in answering:
        if short_enough(word.lines.get(row.id), LONGEST_LINE, f"line-{row.id}") is None:
            raise InputError(NO_LINE.format(name_of(session, row)), field=f"line-{row.id}")
    return reason


def _final(introduction: Introduction, word: FinalWord, reason: str) -> Goodbye:
    told = need_letters.outcome(WORDS[word.came_of_it], reason)
    if introduction.state == IntroductionState.ASKED:
        return Goodbye(Side.COMMISSIONER, Outcome.UNANSWERED, need_letters.uninvited_telling(told), TOO_LATE_LINE)
    line = clean(word.lines[introduction.id]).replace("\r\n", "\n")
    chosen = introduction.id in word.chosen
    telling = need_letters.concluded_telling(line, told, chosen=chosen)
    return Goodbye(Side.COMMISSIONER, Outcome.CHOSEN if chosen else Outcome.NOT_CHOSEN, telling, line)


def _left_alone(session: Session, account: Account) -> int | None:
    """Give the organisation for which nobody else acts; None where there is none such."""
    own = account.organisation_id
    if own is None or any(member.id != account.id for member in memberships.members(session, own)):
        return None
    return own


def _left_behind(session: Session, account: Account, organisation_id: int | None) -> list[Listing]:
    """Give the public listings that nobody is left to look after, locked in the order of their numbers."""
    of_organisation = Listing.organisation_id == organisation_id if organisation_id is not None else false()
    theirs = or_(of_organisation, and_(Listing.organisation_id.is_(None), Listing.by_id == account.id))
    public = Listing.state.in_((State.PUBLISHED, State.CLOSED))
    rows = select(Listing).where(theirs, public).order_by(Listing.id).with_for_update(of=Listing)
    return list(session.scalars(rows.execution_options(populate_existing=True)))
