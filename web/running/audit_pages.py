"""The audit trail's page: its context, and how entries become rows and addresses; reads nothing."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from exchange.running.audit_subjects import Subject
from exchange.running.audit_trail import Part, Told
from web.forms import Form
from web.people.account_pages import titled
from web.people.administration_pages import moment
from web.rendering import Page
from web.running.audit_reading import AskedOf
from web.running.audit_words import STATES, SUBJECTS, say, sentence

AUDIT, FILE = "/administration/audit", "/administration/audit.csv"
ACCOUNTS = "/administration/accounts"
TITLE = "Audit trail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A text, with an address where its reader may open one."""

    text: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One entry: when, what happened, by whom, and to which person or listing; `more` leads to all of that listing."""

    when: str
    told: str
    by: Link
    whose: Link | None
    listing: Link | None
    more: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage(Page):
    """Entries, newest first, with the filter's form; `file` is the address of the same as a file."""

    template: ClassVar[str] = "pages/administration_audit.html"

    form: Form
    subjects: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    filtered: bool
    rows: tuple[AuditRow, ...]
    file: str
    newer: str | None
    older: str | None


def audit_page(asked: AskedOf, part: Part) -> AuditPage:
    """Give the page of some entries."""
    entries = part.entries
    return AuditPage(
        title=titled(TITLE, asked.form),
        form=asked.form,
        subjects=(("", "Everything"), *((subject.value, label) for subject, label in SUBJECTS.items())),
        states=(("", "Any"), *((state, say(state).capitalize()) for state in STATES)),
        filtered=bool(asked.pairs),
        rows=tuple(_row(entry, asked) for entry in entries),
        file=_address(FILE, asked.pairs),
        newer=_address(AUDIT, [*asked.pairs, ("after", str(entries[0].id))]) if part.newer and entries else None,
        older=_address(AUDIT, [*asked.pairs, ("before", str(entries[-1].id))]) if part.older and entries else None,
    )


def _row(entry: Told, asked: AskedOf) -> AuditRow:
    alone = asked.wanted.listing_id is not None
    return AuditRow(
        when=moment(entry.at),
        told=sentence(entry),
        by=_person(entry.by_id, entry.by, is_open=entry.by_open),
        whose=_whose(entry),
        listing=_listing(entry),
        more=None if alone or entry.listing_id is None else _more(entry.listing_id),
    )


def _person(number: int | None, name: str | None, *, is_open: bool) -> Link:
    if number is None or name is None:
        return Link(text="the exchange itself", href=None)
    return Link(text=name, href=f"{ACCOUNTS}/{number}" if is_open else None)


def _whose(entry: Told) -> Link | None:
    if entry.subject not in {Subject.ACCOUNT, Subject.ROLE} or entry.whose is None:
        return None
    return _person(entry.subject_id, entry.whose, is_open=entry.whose_open)


def _listing(entry: Told) -> Link | None:
    if entry.listing_id is None:
        return None
    if entry.title is None:
        return Link(text=f"Listing {entry.listing_id}, which is no longer there", href=None)
    return Link(text=entry.title or "(no title)", href=f"/listings/{entry.listing_id}" if entry.seen else None)


def _more(number: int) -> Link:
    return Link(text=f"All of listing {number}", href=_address(AUDIT, [("listing", str(number))]))


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
