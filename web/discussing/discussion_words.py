"""The words of a discussion: its parts, kinds and headings, and where a part stands on a listing's page."""

from collections.abc import Mapping

from exchange.content import Kind
from exchange.discussing.comment_states import About, CommentKind, CommentState
from exchange.discussing.comments import Asked
from exchange.discussing.hiding import Measure
from web.wording import VALUE_CELLS

HEADINGS = {Kind.NEED: "Questions and answers", Kind.INNOVATION: "Discussion"}
LEADS = {
    Kind.NEED: (
        "Questions and their answers are public: everybody who thinks of bidding reads the same. Do not write what is "
        "not for others' eyes."
    ),
    Kind.INNOVATION: (
        "Ask, challenge or comment in public. Who posted this is told, and their answer closes a question or a "
        "challenge."
    ),
}
PARTS: Mapping[About, str] = {
    About.SUMMARY: "Summary and description",
    About.WHO: "Who it is for",
    About.PLACES: "Places",
    About.STAGE: "Stage",
    About.FUNDING: "Way of funding",
    About.MONEY: "Money",
    About.TERM: "Term and start",
    About.DATES: "Dates",
    About.WEIGHTS: "Weights",
    About.OUTCOMES: "Outcomes",
    About.EVIDENCE: "Evidence",
    **{About(cell.value): f"Full value: {label[0].lower()}{label[1:]}" for cell, label in VALUE_CELLS.items()},
}
FACTS: Mapping[str, About] = {
    "Who it is for": About.WHO,
    "Required in": About.PLACES,
    "Delivers in now": About.PLACES,
    "Stage": About.STAGE,
    "Way of funding": About.FUNDING,
    "Budget": About.MONEY,
    "Cost to a buyer": About.MONEY,
    "Term": About.TERM,
    "Closing date": About.DATES,
    "Weights": About.WEIGHTS,
}
"""The rows of a listing's page at which one can ask about a part: the first of each."""
KINDS = {
    CommentKind.QUESTION: ("Question", "blue"),
    CommentKind.CHALLENGE: ("Challenge", "orange"),
    CommentKind.COMMENT: ("Comment", "grey"),
    CommentKind.REPLY: ("Reply", "grey"),
    CommentKind.ANSWER: ("Answer", "green"),
}
CHOICES = (
    (CommentKind.QUESTION.value, "A question", "Its owner is told, and their answer is shown to everybody."),
    (
        CommentKind.CHALLENGE.value,
        "A challenge",
        "You doubt what it says. Say why, and link to what you know.",
    ),
    (CommentKind.COMMENT.value, "A comment", "It waits for no answer."),
)
GONE = {
    CommentState.TAKEN_BACK: "Taken back by its author.",
    CommentState.HIDDEN: "Hidden by a moderator.",
}
MEASURES = {
    Measure.HIDE: ("Hide it", "Nobody reads it any more, here or in mail that waits. Its author is told why."),
    Measure.WARN: ("Warn its author", "It stays as it is. Its author is told why, and it is kept with the account."),
    Measure.RESTORE: ("Show it again", "Everybody can read it again. Its author is told."),
}
DONE = {Measure.HIDE: "comment_hidden", Measure.WARN: "comment_warned", Measure.RESTORE: "comment_restored"}


def count_line(asked: Asked) -> str | None:
    """Say how much was asked and answered: "3 asked, 2 answered"; None where nothing was asked."""
    return f"{asked.asked:,} asked, {asked.answered:,} answered" if asked.asked else None


def part_label(about: str | None) -> str | None:
    """Give the label of a part as it is kept; None where none is, or it is of an older list."""
    try:
        return PARTS[About(about)] if about else None
    except ValueError:
        return None
