"""The page of what waits for index, alerts and mail: its context, and how rows are told; reads nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from exchange.outbox import Pending
from exchange.running.indexing import GivenUp, Line, Standing
from web.cards import Fact
from web.forms import Form
from web.people.account_pages import titled
from web.people.administration_pages import moment
from web.rendering import Page
from web.wording import plural

INDEXING = "/administration/indexing"
UNTITLED = "(no title)"
NAMES = {Line.INDEX: "Search index", Line.ALERTS: "Alerts of saved searches"}
ABOUT = {
    Line.INDEX: "Listings whose change is not in the search yet. What was given up is found as it was before, or not.",
    Line.ALERTS: "Listings that are still to be tested against saved searches. Of what was given up nobody is told.",
}
PARTS = {"engine": "Search engine", "model": "Language model"}
UP, DOWN = "up", "down"
DOWN_MEANS = {
    "engine": "Does not answer; the database looks for words in its place",
    "model": "Does not work; listings that say the same in other words are missed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """One row that was given up; `href` where the public may open the listing."""

    id: int
    title: str
    href: str | None
    told: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One queue: `line` names it to the form."""

    line: str
    heading: str
    about: str
    facts: tuple[Fact, ...]
    rows: tuple[ParkedRow, ...]
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexingPage(Page):
    """How the parts of the search are, each queue, and mail."""

    template: ClassVar[str] = "pages/administration_indexing.html"

    form: Form
    parts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    mail: tuple[Fact, ...]


def indexing_page(form: Form, parts: dict[str, str], queues: dict[Line, Standing], mail: Pending) -> IndexingPage:
    """Give the page."""
    return IndexingPage(
        title=titled("Indexing", form),
        form=form,
        parts=tuple(Fact(PARTS.get(name, name.capitalize()), _state(name, state)) for name, state in parts.items()),
        sections=tuple(_section(line, found) for line, found in queues.items()),
        mail=(Fact("Waiting", f"{mail.waiting:,}"), Fact("Given up", f"{mail.parked:,}")),
    )


def _state(name: str, state: str) -> str:
    """Say how a part is: up, down, or what it says of itself (the model's name, the last failure of some work)."""
    if state == UP:
        return "Works"
    return DOWN_MEANS.get(name, "Does not work") if state == DOWN else state


def _section(line: Line, found: Standing) -> Section:
    return Section(
        line=line,
        heading=NAMES[line],
        about=ABOUT[line],
        facts=(
            Fact("Waiting", f"{found.waiting:,}"),
            Fact("The oldest waits", _long(found.lag) if found.lag is not None else "Nothing waits"),
            Fact("Given up", f"{found.parked:,}"),
        ),
        rows=tuple(_row(one) for one in found.given_up),
        previous=_path(line, found.number - 1) if found.number > 1 else None,
        following=_path(line, found.number + 1) if found.number < found.last else None,
    )


def _row(one: GivenUp) -> ParkedRow:
    return ParkedRow(
        id=one.id,
        title=f"{one.title or UNTITLED} (listing {one.listing_id})",
        href=f"/listings/{one.listing_id}" if one.seen else None,
        told=f"Tried {plural(one.attempts, 'time')} since {moment(one.since)}",
        error=one.error,
    )


def _long(lag: timedelta) -> str:
    seconds = max(0, int(lag.total_seconds()))
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return plural(seconds // size, noun)
    return plural(seconds, "second")


def _path(line: Line, number: int) -> str:
    return f"{INDEXING}?{line}={number}#{line}"
