"""The page of figures: its context, and how figures become tables and facts; computes none and reads nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar

from exchange.alerting.alerts import AlertState
from exchange.content import Kind
from exchange.introducing import reply_rate
from exchange.introducing.introduction_states import IntroductionState
from exchange.models import State
from exchange.moderating.moderation_waiting import Waits
from exchange.running.figures import Figures, Pace, Queued
from exchange.running.missed_searches import KEPT_DAYS, MissedPage
from exchange.taxonomy import AREA, Taxonomy
from web.cards import Fact
from web.people.administration_pages import moment
from web.rendering import Page
from web.running.gap_pages import Cell, Table
from web.wording import KINDS_MANY, plural

FIGURES, MISSED_FILE = "/administration/figures", "/administration/missed-searches.csv"
KINDS = (Kind.INNOVATION, Kind.NEED)
WAITS = {
    Waits.LISTING: "Listings",
    Waits.REVISION: "Changes of listings",
    Waits.APPEAL: "Appeals",
    Waits.REPORT: "Reports",
}
ALERTS = {
    AlertState.WAITING: "Waiting for their mail",
    AlertState.SENT: "Sent",
    AlertState.MUTED: "Muted by their reader",
    AlertState.DROPPED: "Dropped: the listing was no longer public",
}


Key = TypeVar("Key", State, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage(Page):
    """Figures as facts and tables, and one page of the searches that found nothing."""

    template: ClassVar[str] = "pages/administration_figures.html"

    as_of: str
    decisions: tuple[Fact, ...]
    replies: tuple[Fact, ...]
    waiting: Table
    states: Table
    areas: Table
    introductions: Table
    alerts: Table
    missed: Table | None
    missed_told: str
    file: str
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures with the moment at which they were computed."""

    figures: Figures
    at: datetime


def figures_page(measured: Measured, missed: MissedPage, taxonomy: Taxonomy, promise_days: int) -> FiguresPage:
    """Give the page."""
    figures = measured.figures
    return FiguresPage(
        title="Figures",
        as_of=moment(measured.at),
        decisions=_decisions(figures.pace, promise_days),
        replies=(
            *_replies("last 90 days", figures.replies_recent),
            *_replies("last 365 days", figures.replies_year),
        ),
        waiting=_waiting(figures.waiting, promise_days),
        states=_of_kinds("Listings by state", "State", ((_word(state), state) for state in State), figures.by_state),
        areas=_areas(taxonomy, figures.by_area),
        introductions=_counted(
            "Introductions by state",
            "State",
            ((_word(state), state) for state in IntroductionState),
            figures.introductions,
        ),
        alerts=_counted(
            "Alerts of the last 30 days", "State", ((label, state) for state, label in ALERTS.items()), figures.alerts
        ),
        missed=_missed(missed),
        missed_told=_missed_told(missed),
        file=MISSED_FILE,
        previous=_path(missed.number - 1) if missed.number > 1 else None,
        following=_path(missed.number + 1) if missed.number < missed.last else None,
    )


def _decisions(pace: Pace, promise_days: int) -> tuple[Fact, ...]:
    within = f"Within the promise of {plural(promise_days, 'working day')}"
    if pace.median_days is None or pace.in_time is None:
        return (Fact("Decided in the last 90 days", "Nothing"), Fact(within, "No decision yet"))
    return (
        Fact("Decided in the last 90 days", f"{pace.decided:,}"),
        Fact("Median time to a decision", _days(pace.median_days, "working day")),
        Fact(within, f"{pace.in_time:.0%}"),
    )


def _replies(span: str, found: reply_rate.Figures) -> tuple[Fact, ...]:
    if found.rate is None:
        return (Fact(f"Replies due, {span}", "None"),)
    days = "Nobody was replied to" if found.median_days is None else _days(found.median_days, "day")
    return (
        Fact(f"Replies due, {span}", f"{found.counted:,}, of which {found.rate:.0%} came in time"),
        Fact(f"Median time to a reply, {span}", days),
    )


def _days(number: float, noun: str) -> str:
    """Write a median: of an even number of things it may lie half way between two days."""
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def _waiting(waiting: Mapping[Waits, Queued], promise_days: int) -> Table:
    return Table(
        caption="Waiting for a moderator",
        first="What",
        headings=("Waiting", "Oldest (working days)", f"Over {plural(promise_days, 'day')}"),
        rows=tuple((label, _row(waiting[kind])) for kind, label in WAITS.items()),
    )


def _row(queued: Queued) -> tuple[Cell, ...]:
    return _cell(queued.number), Cell("None" if queued.oldest is None else f"{queued.oldest:,}"), _cell(queued.late)


def _areas(taxonomy: Taxonomy, counted: Mapping[tuple[Kind, str], int]) -> Table:
    """Give every area in the order of the areas, and below those that only listings still name."""
    known = [(entry.label, entry.code) for entry in taxonomy.scheme(AREA)]
    codes = {code for _, code in known}
    old = [(f"{code} (no longer in use)", code) for code in sorted({code for _, code in counted} - codes)]
    return _of_kinds("Published listings by area", "Area", [*known, *old], counted)


def _of_kinds(
    caption: str, first: str, names: Iterable[tuple[str, Key]], counted: Mapping[tuple[Kind, Key], int]
) -> Table:
    return Table(
        caption=caption,
        first=first,
        headings=tuple(KINDS_MANY[kind].capitalize() for kind in KINDS),
        rows=tuple((name, tuple(_cell(counted.get((kind, key), 0)) for kind in KINDS)) for name, key in names),
    )


def _counted(caption: str, first: str, names: Iterable[tuple[str, str]], counted: Mapping[str, int]) -> Table:
    rows = tuple((name, (_cell(counted.get(key, 0)),)) for name, key in names)
    return Table(caption=caption, first=first, headings=("Number",), rows=rows)


def _missed(missed: MissedPage) -> Table | None:
    if not missed.texts:
        return None
    rows = tuple((one.text, (_cell(one.number),)) for one in missed.texts)
    return Table(caption="What was looked for", first="Words", headings=("Times",), rows=rows)


def _missed_told(missed: MissedPage) -> str:
    if not missed.total:
        return f"In the last {KEPT_DAYS} days every search for words found something."
    searches, texts = plural(missed.searches, "search", "searches"), plural(missed.total, "wording")
    return f"In the last {KEPT_DAYS} days {searches} found nothing, in {texts}; the most frequent first."


def _word(state: str) -> str:
    return state.replace("_", " ").capitalize()


def _cell(number: int) -> Cell:
    return Cell(f"{number:,}")


def _path(number: int) -> str:
    return f"{FIGURES}?page={number}#missed"
