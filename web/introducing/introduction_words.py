"""The words for introductions: how they began, where they stand, what is due, what came of them; knows no session."""

from collections.abc import Mapping
from datetime import date

from exchange.introducing.introduction_reading import Line
from exchange.introducing.introduction_states import OPENINGS, IntroductionState, Side, Way
from exchange.introducing.introductions import SPAM, Ending
from exchange.introducing.respondents import Outcome
from web.cards import Tag
from web.wording import day

_STATE = IntroductionState

BEGAN: Mapping[tuple[Way, Side], str] = {
    (Way.ASKED, Side.COMMISSIONER): "You asked them for an introduction",
    (Way.ASKED, Side.INNOVATOR): "They asked you for an introduction",
    (Way.INVITED, Side.COMMISSIONER): "You invited them to answer your need",
    (Way.INVITED, Side.INNOVATOR): "They invited you to answer their need",
    (Way.ANSWERED, Side.COMMISSIONER): "They answered your need",
    (Way.ANSWERED, Side.INNOVATOR): "You answered their need",
}
TAGS: Mapping[IntroductionState, Tag] = {
    _STATE.ASKED: Tag("Asked", "yellow"),
    _STATE.ANSWERED: Tag("Answered", "blue"),
    _STATE.TALKING: Tag("Talking", "turquoise"),
    _STATE.AGREED: Tag("Contact details shared", "green"),
    _STATE.DECLINED: Tag("Declined", "grey"),
    _STATE.CLOSED: Tag("Closed", "grey"),
}
OUTCOMES: Mapping[str, str] = {
    Ending.TOGETHER: "Going ahead together",
    Ending.APART: "Not going ahead",
    Outcome.CHOSEN: "Chosen",
    Outcome.NOT_CHOSEN: "Not chosen",
    Outcome.UNANSWERED: "Not answered before the need ended",
    Outcome.WITHDRAWN: "The listing was withdrawn",
    Outcome.ACCOUNT_CLOSED: "Nobody was left on one side",
}
FINAL = frozenset({Outcome.CHOSEN, Outcome.NOT_CHOSEN})
"""Outcomes that the commissioner gave as the final answer to a need."""
ENDINGS = ((Ending.TOGETHER.value, "We are going ahead together"), (Ending.APART.value, "We are not going ahead"))


def tag_of(line: Line) -> Tag:
    """Give the mark of a state, with what came of it."""
    tag = TAGS[line.state]
    if line.state is _STATE.ASKED and line.way is Way.INVITED:
        return Tag("Invited", tag.colour)
    if line.outcome == SPAM:
        return Tag("Marked as spam" if line.side is Side.COMMISSIONER else "Ended by them", "grey")
    outcome = OUTCOMES.get(line.outcome or "")
    return Tag(f"{tag.text}: {outcome.lower()}", tag.colour) if outcome else tag


def due_of(line: Line, today: date) -> str | None:
    """Say by when which side is asked, or has promised, to answer; None where nothing is due."""
    if line.due_on is None:
        return None
    when, late = day(line.due_on), line.due_on < today
    if line.state is _STATE.ASKED:
        whose = "Your" if line.side is Side.INNOVATOR else "Their"
        return f"{whose} answer was asked for by {when}" if late else f"{whose} answer is asked for by {when}"
    whose = "Your" if line.side is Side.COMMISSIONER else "Their"
    what = "answer" if line.state is _STATE.ANSWERED else "final answer"
    return f"{whose} {what} was promised by {when}" if late else f"{whose} {what} is promised by {when}"


def sentence_of(line: Line, today: date) -> str:
    """Say where an introduction stands and what comes next."""
    due = due_of(line, today)
    end = f" {due}." if due else ""
    yours = line.turn is line.side
    if line.state is _STATE.ASKED:
        return f"It is for you to answer or to decline.{end}" if yours else f"They have not answered yet.{end}"
    if line.state is _STATE.ANSWERED:
        return f"It is for you to write back.{end}" if yours else f"They have not written back yet.{end}"
    if line.state is _STATE.TALKING:
        return f"They acted last, so it is your turn.{end}" if yours else f"You acted last, so it is their turn.{end}"
    if line.state is _STATE.AGREED:
        return f"Both of you agreed to share contact details.{end}"
    return "This introduction has ended. What was written stays here for both of you."


def decline_words(line: Line) -> str:
    """Say what it is to end an introduction that is not agreed: who wrote first and has no answer takes it back."""
    first, side = OPENINGS[line.way]
    return "Take it back" if (line.state, line.side) == (first, side) else "Decline"


def step_words(step: str, who: str, *, final: bool) -> str:
    """Say a step of the thread as a sentence; `final` is whether the end was a final answer."""
    words = {
        "would agree": "{} agreed to share contact details.",
        _STATE.AGREED: "{} agreed too: contact details are shared.",
        _STATE.DECLINED: "{} ended the introduction.",
        _STATE.CLOSED: "{} gave the final answer:" if final else "{} closed the introduction.",
    }
    return words[step].format(who)
