"""What the two sides of a need are told by mail as its days pass and when it ends; decides nothing."""

from datetime import date, datetime
from enum import StrEnum
from textwrap import indent, shorten

from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.introducing.introduction_due import spoken
from exchange.introducing.introduction_letters import Telling
from exchange.letters import Note, one_line, write_to
from exchange.models import Listing
from exchange.moderating.decision_letters import owners

MOST_OF_TITLE = 80
"""Characters of a title in a subject, so that what happened is not cut off."""
SOON = "“{title}” promises an answer by {day}. {wait} for it."
TODAY = "The reply date of “{title}” is {day}. {wait} for a final answer."
OVERDUE = (
    "“{title}” promised an answer by {day}. {wait} for it still. The reply rate on the page of your organisation "
    "counts what was answered in time."
)
STAYS = "Nothing more is asked of you. What was written can still be read on the exchange."
ONE_PAGE = (
    "Conclude the need on one page: say what came of it and why, and write a line to each respondent. Until then they "
    "wait."
)


class Nudge(StrEnum):
    """Which letter about the reply date is due."""

    SOON = "reply date soon"
    TODAY = "reply date"
    OVERDUE = "reply overdue"


def tell_owners(session: Session, listing: Listing, note: Note, now: datetime) -> None:
    """Write to everybody whose listing it is."""
    for account in owners(session, listing):
        write_to(session, account, note, now)


def closed_note(need: Listing, waiting: int, by_day: date | None) -> Note:
    """Tell owners that answers are closed, how many respondents wait, and until when."""
    title = one_line(need.title)
    by = f" by {spoken(by_day)}" if by_day else ""
    if waiting:
        wait = "1 respondent waits" if waiting == 1 else f"{waiting} respondents wait"
        subject = f"Answers closed: {wait} for your answer{by}"
        body = f"“{title}” takes no more answers. {wait} for your answer{by}.\n\n{ONE_PAGE}"
    else:
        subject = f"Answers closed: nobody waits for your answer to “{short(title)}”"
        body = (
            f"“{title}” takes no more answers, and nobody waits for one of yours.\n\n"
            "Please conclude the need: say what came of it and why, so that others can learn from it."
        )
    return Note(subject=subject, body=body, path=conclude_path(need))


def nudge_note(need: Listing, nudge: Nudge, waiting: int, promised: date) -> Note:
    """Remind owners of the reply date while somebody waits."""
    title, who = one_line(need.title), "1 respondent" if waiting == 1 else f"{waiting} respondents"
    wait = "waits" if waiting == 1 else "wait"
    subject, opening = {
        Nudge.SOON: (f"Reply promised by {spoken(promised)}: {{}}", SOON),
        Nudge.TODAY: ("The reply date has come: {}", TODAY),
        Nudge.OVERDUE: ("Your answer is overdue: {}", OVERDUE),
    }[nudge]
    told = opening.format(title=title, day=spoken(promised), wait=f"{who} {wait}")
    return Note(subject=subject.format(short(title)), body=f"{told}\n\n{ONE_PAGE}", path=conclude_path(need))


def closed_telling(by_day: date | None) -> Telling:
    """Tell a respondent that answers are closed."""
    promise = f"They promise a final answer by {spoken(by_day)}." if by_day else "You will be told what came of it."
    return Telling(
        "Answers are closed: {what}",
        "{who} takes no more answers to its need {what}.",
        then=f"{promise} Everything that was written is on the page of your introduction.",
    )


def concluded_telling(line: str, told: str, *, chosen: bool) -> Telling:
    """Tell a respondent how the need ended for them: their own line first, then `told`, what came of it and why."""
    sentence = "{who} has concluded its need {what} and writes to you:"
    verdict = "You are among those who were chosen." if chosen else "You were not chosen this time."
    subject = "You were chosen: {what}" if chosen else "{who} has decided: {what}"
    return Telling(subject, sentence, line, f"{verdict} {told}")


def uninvited_telling(told: str) -> Telling:
    """Tell somebody who was asked and has not answered that the need is concluded."""
    sentence = "{who} has concluded its need {what}, over which it had written to you."
    return Telling("The need is concluded: {what}", sentence, then=told)


def outcome(came_of_it: str, reason: str) -> str:
    """Say what came of a need and why, as every letter at its end does."""
    return f"What came of it: {came_of_it}\n\nThe reason that they give:\n\n{indent(reason, '  ')}\n\n{STAYS}"


def withdrawn_telling(kind: Kind, reason: str | None) -> Telling:
    """Tell the other side that a listing is withdrawn; without a reason, it was a moderator who took it away."""
    it = "{what}" if kind is Kind.NEED else "{idea}"
    if reason is None:
        opening = f"A moderator of the exchange has withdrawn {it} of {{who}}."
        return Telling(f"Withdrawn: {it}", f"{opening} Your introduction over it has ended.", then=STAYS)
    opening = f"{{who}} has withdrawn {it}, so your introduction over it has ended. The reason that they give:"
    return Telling(f"Withdrawn: {it}", opening, reason, STAYS)


def account_closed_telling() -> Telling:
    """Tell the other side that nobody is left to talk to."""
    sentence = (
        "The last account that acted for {who} on the exchange was closed: your introduction over {what} has ended."
    )
    return Telling("Your introduction has ended: {what}", sentence, then=STAYS)


def conclude_path(need: Listing) -> str:
    """Give the address of the page on which a need is concluded."""
    return f"/my/listings/{need.id}/conclude"


def short(title: str) -> str:
    """Cut a title to what fits into a subject."""
    return shorten(title, MOST_OF_TITLE, placeholder="…")
