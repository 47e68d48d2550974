"""Where a listing stands, for its owners: one line that says what is next; knows no request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exchange.content import Kind
from exchange.listing.completeness import lacks
from exchange.listing.drafts import Draft
from exchange.models import State
from web import wording
from web.cards import Tag

UNTITLED = {Kind.INNOVATION: "Innovation without a title", Kind.NEED: "Need without a title"}


@dataclass(frozen=True, slots=True)
class Standing:
    """The state as a tag, and a sentence that says what it means and what to do."""

    tag: Tag
    sentence: str


_SETTLED: Mapping[State, Standing] = {
    State.REFUSED: Standing(Tag("Refused", "red"), "Read why it was refused; you may appeal once."),
    State.APPEALED: Standing(
        Tag("Appealed", "yellow"), "Another moderator looks at your appeal. You hear by mail what is decided."
    ),
    State.PUBLISHED: Standing(
        Tag("Published", "green"), "Everybody can find it. Change it as soon as something in it is no longer true."
    ),
    State.CLOSED: Standing(Tag("Closed", "grey"), "It is kept, marked as closed, so that others can learn from it."),
    State.CONCLUDED: Standing(Tag("Concluded", "grey"), "Everybody who answered was told. Nothing is left to do."),
    State.WITHDRAWN: Standing(Tag("Withdrawn", "grey"), "Nobody can find it any more. Nothing is left to do."),
}
_CHANGES: Mapping[State, Standing] = {
    State.DRAFT: Standing(
        Tag("Published, with a change in draft", "blue"),
        "You are changing it. Submit the change or discard it; the published text stands until a moderator decides.",
    ),
    State.SUBMITTED: Standing(
        Tag("Published, change submitted", "yellow"),
        "Your change waits for a moderator. The published text stands until then.",
    ),
    State.CHANGES_ASKED: Standing(
        Tag("Published, changes asked", "orange"),
        "A moderator asks you to change your change: read what, mend it, and submit it again.",
    ),
}


def title_of(draft: Draft) -> str:
    """Give the title, or say that there is none yet."""
    return draft.content.title or UNTITLED[draft.side]


def standing_of(draft: Draft, today: date, promise_days: int) -> Standing:
    """Say where it stands."""
    state = State(draft.listing.state)
    if draft.change is not None:
        return _CHANGES[draft.state]
    if state is State.DRAFT:
        return Standing(Tag("Draft", "blue"), _to_do(draft, today))
    if state is State.CHANGES_ASKED:
        return Standing(Tag("Changes asked", "orange"), f"A moderator asks for changes. {_to_do(draft, today)}")
    if state is State.SUBMITTED:
        days = wording.plural(promise_days, "working day")
        sentence = f"It waits for a moderator, who decides within {days}. You can still change it."
        return Standing(Tag("Submitted", "yellow"), sentence)
    if state is State.CLOSED and draft.side is Kind.NEED:
        sentence = "Answers are closed. Conclude it: say what came of it, with a line to everybody who answered."
        return Standing(Tag("Closed", "orange"), sentence)
    return _SETTLED[state]


def _to_do(draft: Draft, today: date) -> str:
    missing = len(list(lacks(draft.content, draft.side, today)))
    if missing:
        return f"{wording.plural(missing, 'thing')} to mend or add before you can submit it."
    return "Nothing that is needed is missing: look at the preview, then submit it. More steps make it easier to find."
