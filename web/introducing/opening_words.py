"""The words of the form with which one side writes first, and what stands in it at the start; knows no session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.introducing.introduction_due import promise_of
from exchange.introducing.introduction_opening import Prospect
from exchange.introducing.introduction_states import Way
from exchange.models import Listing
from indexer.results import Match, Reason
from web.introducing.introduction_pages import Option
from web.wording import day

MOST_REASONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the form of one way says; `legend` is of the choice of a listing of one's own, where there is one."""

    heading: str
    button: str
    text_label: str
    text_hint: str
    legend: str = ""
    legend_hint: str | None = None
    none: str = ""
    done: str


OPENINGS: Mapping[Way, Opening] = {
    Way.ASKED: Opening(
        heading="Ask for an introduction",
        button="Send",
        text_label="What would you like to say to them?",
        text_hint="Say what you are responsible for, what caught your eye, and what you would like to know.",
        legend="Which of your needs is it for?",
        none="None of these: I would like to know more",
        done="introduction_asked",
    ),
    Way.INVITED: Opening(
        heading="Invite them to answer your need",
        button="Send the invitation",
        text_label="What would you like to say to them?",
        text_hint="Say what made you think of them. They can read the whole need.",
        done="introduction_invited",
    ),
    Way.ANSWERED: Opening(
        heading="Answer this need",
        button="Send your answer",
        text_label="Your answer",
        text_hint="A few sentences are enough: what you would do for these people, and why it should work there.",
        legend="Which of your innovations do you answer with?",
        legend_hint="They can read all of it, so you need not write it again.",
        none="None of these",
        done="introduction_answered",
    ),
}


def lead_of(way: Way, prospect: Prospect) -> tuple[str, ...]:
    """Say who reads it, by when they are asked to answer, and what they do not see."""
    theirs, due = prospect.theirs.name, day(prospect.due)
    quiet = "Your name, email address and telephone number are shown to them only after both of you agree."
    if way is not Way.ANSWERED:
        return f"{theirs} is asked to answer, or to decline, by {due}.", quiet
    closes = prospect.need.closes_on if prospect.need else None
    promise = (
        f"{theirs} has promised everybody an answer by {due}."
        if promise_of(prospect.need) == prospect.due
        else (f"{theirs} is asked to write back by {due}.")
    )
    return (*([f"The need takes answers until {day(closes)}."] if closes else []), promise, quiet)


def options_of(way: Way, own: Sequence[Listing]) -> tuple[Option, ...]:
    """Give one's own listings to choose from, and none of them last."""
    if not own:
        return ()
    named = tuple((str(row.id), row.title, row.content.summary or "") for row in own)
    return (*named, ("", OPENINGS[way].none, ""))


def invitation(need: Listing, idea: Listing, mine: str, match: Match | None) -> str:
    """Write an invitation that can be sent as it is: what is needed, why they came to mind, and by when."""
    told = [reason for reason in (match.reasons if match else ()) if reason.field != "summary"]
    reasons = "; ".join(_in_words(reason) for reason in told[:MOST_REASONS])
    why = f" It matches our need in this: {reasons}." if reasons else ""
    closes = f" Answers are open until {day(need.closes_on)}." if need.closes_on else ""
    reply = need.content.reply_by
    promise = f" Everybody who answers hears from us by {day(reply)}." if reply else ""
    return (
        f"We at {mine} have published a need, “{need.title}”, and found your “{idea.title}”.{why}\n\n"
        f"Would you like to answer it?{closes}{promise}"
    )


def _in_words(reason: Reason) -> str:
    """Give a reason as it reads without the page: with the required outcome that it is about."""
    return f"{reason.text}: {reason.against}" if reason.against and reason.against not in reason.text else reason.text


def pitch(idea: Listing) -> str:
    """Give what an innovation's record says shortest, for an answer to begin with."""
    content = idea.content
    return content.summary or " ".join((content.description or "").split()[:60])
