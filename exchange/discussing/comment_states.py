"""What a comment can be, what it can point at and which states it has; knows no session and no page."""

from enum import StrEnum

from exchange.content import Kind

LONGEST = 2_000
"""Characters of a comment (issue "alerts, discussion and administration", Discussion)."""


class CommentKind(StrEnum):
    """What somebody says: the first three begin a thread, an answer is the owner's reply to what was asked."""

    QUESTION = "question"
    CHALLENGE = "challenge"
    COMMENT = "comment"
    REPLY = "reply"
    ANSWER = "answer"


OPENINGS = (CommentKind.QUESTION, CommentKind.CHALLENGE, CommentKind.COMMENT)
ASKED = frozenset({CommentKind.QUESTION, CommentKind.CHALLENGE})
"""What waits for an answer of the listing's owner, which closes it."""


class CommentState(StrEnum):
    """Only what is shown is read by anybody; no state has the name of a listing's."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    TAKEN_BACK = "taken_back"


class About(StrEnum):
    """The parts of a listing that a question or challenge may point at; the last four are cells of full value."""

    SUMMARY = "summary"
    WHO = "who"
    PLACES = "places"
    STAGE = "stage"
    FUNDING = "funding"
    MONEY = "money"
    TERM = "term"
    DATES = "dates"
    WEIGHTS = "weights"
    OUTCOMES = "outcomes"
    EVIDENCE = "evidence"
    USERS_OUTCOMES = "users_outcomes"
    USERS_SATISFACTION = "users_satisfaction"
    OTHERS_OUTCOMES = "others_outcomes"
    OTHERS_SATISFACTION = "others_satisfaction"


_ONLY_OF_NEEDS = frozenset({About.DATES, About.WEIGHTS})
_ONLY_OF_INNOVATIONS = frozenset(
    {
        About.STAGE,
        About.EVIDENCE,
        About.USERS_OUTCOMES,
        About.USERS_SATISFACTION,
        About.OTHERS_OUTCOMES,
        About.OTHERS_SATISFACTION,
    }
)


def parts_of(kind: Kind) -> tuple[About, ...]:
    """Give the parts of a listing of this kind that can be asked about, in the order of its page."""
    others = _ONLY_OF_INNOVATIONS if kind is Kind.NEED else _ONLY_OF_NEEDS
    return tuple(part for part in About if part not in others)
