"""What a listing still lacks before moderators see it, each thing with its field; knows no step and no page."""

from collections.abc import Iterator
from datetime import date

from exchange.content import Content, Kind, faults
from exchange.errors import InputError

NO_SUMMARY = "Say in up to 60 words what it is and for whom: this text often decides."
NO_OUTCOME = {
    Kind.INNOVATION: "Name at least one outcome: what changes, and for whom.",
    Kind.NEED: "Name at least one outcome that you require: what should change, and for whom.",
}
NO_PLACE = {
    Kind.INNOVATION: ("delivers_in", "Name a place where you deliver it now or would deliver it."),
    Kind.NEED: ("required_in", "Name a place where it is required."),
}
NO_CLOSING_DATE = "Give the closing date: until then people can answer."
CLOSING_DATE_PAST = "The closing date is not in the future; choose a later one."
NO_REPLY_DATE = "Give the reply date: by then everybody who answered hears from you."
NO_WEIGHTS = "Say how much price and quality count, together 100."


def check_complete(content: Content, kind: Kind, today: date) -> None:
    """Refuse content that moderators cannot decide on.

    Raises:
        InputError: with the field's name; the first thing that is wrong or missing.
    """
    for lack in lacks(content, kind, today):
        raise lack


def lacks(content: Content, kind: Kind, today: date) -> Iterator[InputError]:
    """Give everything that is wrong or missing, each with its field: first broken rules, then what is not stated.

    Source: issue 5, Posting; a need that names its outcomes, dates and weights is one that can be answered
    (background, What failed before).
    """
    yield from faults(content, kind)
    if not content.summary:
        yield InputError(NO_SUMMARY, field="summary")
    if not any(outcome.statement for outcome in content.outcomes or ()):
        yield InputError(NO_OUTCOME[kind], field="outcomes")
    if not (content.required_in if kind is Kind.NEED else content.delivers_in or content.would_deliver_in):
        field, sentence = NO_PLACE[kind]
        yield InputError(sentence, field=field)
    if kind is Kind.NEED:
        yield from _need_lacks(content, today)


def _need_lacks(content: Content, today: date) -> Iterator[InputError]:
    if content.closes_on is None:
        yield InputError(NO_CLOSING_DATE, field="closes_on")
    elif content.closes_on <= today:
        yield InputError(CLOSING_DATE_PAST, field="closes_on")
    if content.reply_by is None:
        yield InputError(NO_REPLY_DATE, field="reply_by")
    if content.price_weight is None and content.quality_weight is None:
        yield InputError(NO_WEIGHTS, field="price_weight")
