"""The moderators' pages built from what was read: queue, record, reports and what differs; knows no request."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from exchange.content import Basis
from exchange.listing.differences import Change, Difference, Name
from exchange.models_introductions import Report
from exchange.moderating.moderation_queue import Entry as Queued
from exchange.moderating.moderation_queue import Queue
from exchange.moderating.moderation_record import Record, Recorded
from exchange.moderating.moderation_waiting import Waits
from exchange.taxonomy import AREA, GROUP
from exchange.working_days import london_date
from web import links, wording
from web.cards import Fact, Words
from web.moderating.moderation_pages import DecisionRow, DiffRow, Piece, QueuePage, QueueRow, RecordPage, ReportRow
from web.people.administration_pages import Tab, moment
from web.wording import day, plural

QUEUE, RECORD = "/moderation", "/moderation/decisions"
KINDS = {
    Waits.LISTING: "New listing",
    Waits.REVISION: "Change of a listing",
    Waits.APPEAL: "Appeal",
    Waits.REPORT: "Report",
}
BASES = {Basis.YEAR: "For a year", Basis.TOTAL: "In all"}
MANY = {
    Waits.LISTING: "New listings",
    Waits.REVISION: "Changes",
    Waits.APPEAL: "Appeals",
    Waits.REPORT: "Reports",
}


def href_of(entry: Queued) -> str:
    """Give the address at which an entry is decided on."""
    if entry.kind is Waits.REVISION:
        return f"/moderation/revisions/{entry.id}"
    return f"/moderation/reports/{entry.id}" if entry.kind is Waits.REPORT else links.moderated(entry.listing_id)


def queue_page(found: Queue, only: Waits | None, promise_days: int) -> QueuePage:
    """Build the page of the queue."""
    every = sum(found.counts.values())
    tabs = [Tab(label=f"All ({every:,})", href=QUEUE, current=only is None)]
    tabs += [
        Tab(label=f"{MANY[kind]} ({found.counts[kind]:,})", href=_queue_path(kind), current=kind is only)
        for kind in Waits
    ]
    return QueuePage(
        title="Queue" if only is None else f"Queue: {MANY[only].lower()}",
        tabs=tuple(tabs),
        found=plural(found.total, "thing waits", "things wait"),
        promise=plural(promise_days, "working day"),
        rows=tuple(_queue_row(entry) for entry in found.entries),
        previous=_queue_path(only, found.number - 1) if found.number > 1 else None,
        following=_queue_path(only, found.number + 1) if found.number < found.last else None,
    )


def record_page(found: Record, words: str) -> RecordPage:
    """Build the page of the record."""
    return RecordPage(
        title="Decisions" if not words else f"Decisions on “{words}”",
        words=words,
        found=plural(found.total, "decision"),
        rows=decision_rows(found.made),
        previous=_record_path(words, found.number - 1) if found.number > 1 else None,
        following=_record_path(words, found.number + 1) if found.number < found.last else None,
    )


def decision_rows(made: Sequence[Recorded]) -> tuple[DecisionRow, ...]:
    """Write decisions as moderators read them."""
    return tuple(
        DecisionRow(
            title=one.title,
            href=links.moderated_comment(one.comment_id) if one.comment_id else links.moderated(one.listing_id),
            at=moment(one.at),
            who=one.who,
            what=_what(one),
            reason=one.reason,
            code=one.code,
            due=day(one.due_on) if one.due_on else None,
        )
        for one in made
    )


def report_row(report: Report, who: str, *, linked: bool = True) -> ReportRow:
    """Write a report as moderators read it."""
    return ReportRow(
        id=report.id,
        at=moment(report.at),
        who=who,
        text=report.text,
        state=report.state,
        note=report.note,
        href=f"/moderation/reports/{report.id}" if linked else None,
    )


def diff_rows(found: Sequence[Difference]) -> tuple[tuple[DiffRow, ...], tuple[Fact, ...]]:
    """Give the fields that differ, piece by piece, and the others with their text."""
    changed = tuple(
        DiffRow(
            row.label,
            tuple(Piece(m.text, m.change is Change.REMOVED, m.change is Change.ADDED) for m in row.marks),
        )
        for row in found
        if row.changed
    )
    return changed, tuple(Fact(row.label, row.new) for row in found if not row.changed)


def names(words: Words) -> Name:
    """Give what names the codes of a text that is compared."""
    lists: dict[str, Mapping[Any, str]] = {
        "gender": wording.GENDERS,
        "stage": wording.STAGES,
        "tiers": wording.TIERS,
        "money_basis": BASES,
        "evidence": wording.EVIDENCE_KINDS,
    }

    def name(field: str, code: str) -> str:
        if field in {"areas", "groups"}:
            return words.taxonomy.label(AREA if field == "areas" else GROUP, code)
        return words.gazetteer.label(code) if field.endswith("_in") else lists.get(field, {}).get(code, code)

    return name


def say_state(state: str) -> str:
    """Write a state in words."""
    return state.replace("_", " ")


def _what(one: Recorded) -> str:
    if one.comment_id is not None and one.old_state == one.new_state:
        return "Comment: its author was warned"
    what = "Comment" if one.comment_id is not None else "Revision" if one.revision_id is not None else "Listing"
    if one.old_state == one.new_state:
        return f"{what}: stays {say_state(one.new_state)}"
    return f"{what}: {say_state(one.old_state)} to {say_state(one.new_state)}"


def _queue_row(entry: Queued) -> QueueRow:
    return QueueRow(
        kind=KINDS[entry.kind],
        title=entry.title,
        href=None if entry.not_for_you else href_of(entry),
        organisation=entry.organisation,
        since=day(london_date(entry.since)),
        due=day(entry.due),
        reasons=entry.reasons,
        not_for_you=entry.not_for_you,
        comment=entry.comment,
    )


def _queue_path(kind: Waits | None, number: int = 1) -> str:
    return _path(QUEUE, {"kind": kind.value if kind else ""}, number)


def _record_path(words: str, number: int) -> str:
    return _path(RECORD, {"q": words}, number)


def _path(address: str, given: dict[str, str], number: int) -> str:
    pairs = {name: value for name, value in given.items() if value}
    query = urlencode(pairs | ({"page": str(number)} if number > 1 else {}))
    return f"{address}?{query}" if query else address
