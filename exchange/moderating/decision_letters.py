"""What the owners of a listing are told of a decision by mail; names no moderator and knows no page."""

from dataclasses import dataclass
from datetime import date
from textwrap import indent, shorten

from sqlalchemy.orm import Session

from exchange.letters import Note, one_line, write_to
from exchange.listing.changes import Act
from exchange.listing.states import Step
from exchange.models import Account, Listing, Revision
from exchange.moderating.reason_codes import label_of
from exchange.organisation.memberships import members

MOST_OF_TITLE = 90
"""Characters of a title in a subject, so that what happened is not cut off."""


@dataclass(frozen=True, slots=True)
class Told:
    """A decision that was made: on a revision where one is given; `live` where the listing stays as it is."""

    step: Step
    act: Act
    revision: Revision | None = None
    live: bool = False


_LISTING = {
    Step.APPROVE: ("“{}” is published", "A moderator has read “{}” and approved it. It is published now."),
    Step.ASK_CHANGES: (
        "Changes are asked for: “{}”",
        "A moderator has read “{}” and asks for changes before it is published:",
    ),
    Step.REFUSE: (
        "“{}” is not published",
        "A moderator has read “{}” and decided that it cannot be published, for this reason:",
    ),
    Step.UPHOLD_APPEAL: (
        "Your appeal succeeded: “{}” is published",
        "Another moderator has read “{}” and your appeal, and agrees with you. It is published now.",
    ),
    Step.DISMISS_APPEAL: (
        "Your appeal was decided: “{}” stays unpublished",
        "Another moderator has read “{}” and your appeal. The refusal stands, for this reason:",
    ),
    Step.WITHDRAW: (
        "“{}” was withdrawn by a moderator",
        "A moderator has taken “{}” away from the public, for this reason:",
    ),
}
_REVISION = {
    Step.APPROVE: (
        "Your change of “{}” is published",
        "A moderator has read your change of “{}” and approved it. The new text is public now.",
    ),
    Step.ASK_CHANGES: (
        "Changes are asked for: your change of “{}”",
        "A moderator has read your change of “{}” and asks for something else; the earlier text stays public:",
    ),
    Step.REFUSE: (
        "Your change of “{}” is not published",
        "A moderator has read your change of “{}” and refused it, so the earlier text stays public. The reason:",
    ),
}
_LIVE = (
    "Please change “{}”",
    "A moderator asks you to change “{}”. It stays public meanwhile. What to change:",
)
_THEN = {
    Step.ASK_CHANGES: "Please send the changed text by {day}. What you wrote is kept.",
    Step.REFUSE: "If you think that this is wrong, you can appeal once. Another moderator then decides.",
}
_THEN_REVISION = {
    Step.ASK_CHANGES: "Please send a changed text by {day}. What you wrote is kept.",
}


def tell(session: Session, listing: Listing, told: Told) -> None:
    """Write to everybody whose listing it is; nobody is told who decided.

    An operator who decides on what they brought in themselves, as an import does, tells nobody.
    """
    act = told.act
    author = told.revision.by_id if told.revision else listing.by_id
    if author == act.by.id:
        return
    note = _note(listing, told)
    for account in owners(session, listing):
        write_to(session, account, note, act.at)


def owners(session: Session, listing: Listing) -> list[Account]:
    """Give the people whose listing it is: its organisation's members, else who wrote it."""
    if listing.organisation_id is None:
        return [session.get_one(Account, listing.by_id)]
    return members(session, listing.organisation_id)


def _note(listing: Listing, told: Told) -> Note:
    title = one_line(listing.title)
    subject, opening = _words(told)
    parts = [opening.format(title)]
    if (label := label_of(told.act.code)) is not None:
        parts.append(f"{label}.")
    if told.act.why is not None:
        parts.append(indent(told.act.why, "  "))
    then = (_THEN_REVISION if told.revision else _THEN).get(told.step)
    if then is not None:
        parts.append(then.format(day=_day(told.act.due_on) if told.act.due_on else ""))
    public = told.step in {Step.APPROVE, Step.UPHOLD_APPEAL}
    path = f"/listings/{listing.id}" if public else f"/my/listings/{listing.id}"
    return Note(
        subject=subject.format(shorten(title, MOST_OF_TITLE, placeholder="…")), body="\n\n".join(parts), path=path
    )


def _words(told: Told) -> tuple[str, str]:
    if told.live:
        return _LIVE
    return (_REVISION if told.revision else _LISTING)[told.step]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
