"""The listing page's context: everything stated, in order, and "not stated" where nothing is; knows no engine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from urllib.parse import quote

from exchange.content import Content, FullValue, Kind, Outcome, ValueCell, evidence_level
from exchange.models import Listing, Organisation, State
from exchange.organisation.organisations import register_link
from exchange.taxonomy import AREA
from web import links, wording
from web.cards import Fact, Tag, Words, size_of, tiers_of
from web.discussing.discussion_pages import Discussion
from web.introducing.needs_pages import Concluded
from web.introducing.next_steps import NextSteps
from web.matches_page import MatchList
from web.rendering import Page

_BARE_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)

STATE_SENTENCES = {
    State.CLOSED: "This listing is closed: it is kept so that others can learn from it, and it is not matched.",
    State.CONCLUDED: "This need is concluded: it is kept so that others can learn from it, and it is not matched.",
}


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A label with an address to go to."""

    label: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One item of evidence in words."""

    number: int
    kind: str
    text: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the full-value grid; no statement means "not claimed"."""

    statement: str | None
    beneficiary: str | None
    evidence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who stands behind a listing and how to reach them."""

    name: str
    href: str
    size: str | None
    rows: tuple[LinkRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage(Page):
    """What `/listings/{id}` shows."""

    template: ClassVar[str] = "pages/listing.html"

    kind: str
    is_need: bool
    many: str
    state: str | None
    summary: str | None
    description: str | None
    tags: tuple[Tag, ...]
    facts: tuple[Fact, ...]
    outcomes: tuple[Outcome, ...]
    level: str
    raised_by: str
    evidence: tuple[EvidenceRow, ...]
    grid: tuple[tuple[str, Cell, Cell], ...]
    contact: Contact | None
    matches: MatchList | None
    address: str
    mail: str
    next: NextSteps | None = None
    """None in a preview."""
    conclusion: Concluded | None = None
    discussion: Discussion | None = None
    calendar: str | None = None
    """Where the dates of an open need are, for a calendar."""


def listing_page(listing: Listing, matches: MatchList | None, words: Words, base_url: str) -> ListingPage:
    """Build the page of one listing."""
    content, kind = listing.content, listing.side
    level = evidence_level(content)
    address = base_url + links.listing(listing.id)
    return ListingPage(
        title=content.title,
        kind=wording.KINDS[kind],
        is_need=kind is Kind.NEED,
        many=wording.KINDS_MANY[kind.other],
        state=STATE_SENTENCES.get(State(listing.state)),
        summary=content.summary,
        description=content.description,
        tags=words.card(listing, name_kind=False).tags,
        facts=_facts(listing, content, words),
        outcomes=content.outcomes or (),
        level=wording.evidence_badge(level),
        raised_by=wording.RAISED_BY[level],
        evidence=tuple(
            EvidenceRow(at, wording.EVIDENCE_KINDS[item.kind], item.text, web_address(item.link))
            for at, item in enumerate(content.evidence or (), 1)
        ),
        grid=_grid(content.full_value or {}),
        contact=contact_of(listing.organisation),
        matches=matches,
        address=address,
        mail=f"mailto:?subject={quote(content.title)}&body={quote(address)}",
    )


def _facts(listing: Listing, content: Content, words: Words) -> tuple[Fact, ...]:
    areas = ", ".join(words.taxonomy.label(AREA, code) for code in content.areas or ())
    common = [
        Fact("Area of work", areas or None),
        Fact("Who it is for", words.who(content)),
        *_sided(listing.side, content, words),
        Fact("Way of funding", tiers_of(content)),
        Fact("Budget" if listing.side is Kind.NEED else "Cost to a buyer", wording.money(content)),
        Fact("Term", wording.term(content.term_months)),
        Fact("Starts", _day(content.start_on)),
        Fact("Open to partners", {True: "Yes", False: "No", None: None}[content.open_to_partners]),
    ]
    if content.grant_received is not None:
        common.append(Fact("Received", f"A grant of {wording.pounds(content.grant_received)} (not a price)"))
    return (*common, Fact("Posted", _day(listing.published_at.date() if listing.published_at else None)))


def _sided(kind: Kind, content: Content, words: Words) -> list[Fact]:
    """Give the rows that only one of the two sides has."""
    based = [Fact("Based in", words.places(content.office_in))] if content.office_in else []
    if kind is Kind.NEED:
        weights = f"Price {content.price_weight or 0}, quality {content.quality_weight or 0} of 100"
        stated = content.price_weight is not None or content.quality_weight is not None
        return [
            Fact("Required in", words.places(content.required_in)),
            *based,
            Fact("Closing date", _day(content.closes_on)),
            Fact("Reply by", _day(content.reply_by)),
            Fact("Weights", weights if stated else None),
        ]
    return [
        Fact("Delivers in now", words.places(content.delivers_in)),
        Fact("Would deliver in", words.places(content.would_deliver_in)),
        *based,
        Fact("Stage", wording.STAGES[content.stage] if content.stage else None),
    ]


def _day(value: date | None) -> str | None:
    return wording.day(value) if value else None


def _grid(cells: Mapping[ValueCell, FullValue]) -> tuple[tuple[str, Cell, Cell], ...]:
    """Lay the four cells of full value as two rows (outcomes, satisfaction) of two columns (users, others)."""
    return (
        ("Outcomes", _cell(cells.get(ValueCell.USERS_OUTCOMES)), _cell(cells.get(ValueCell.OTHERS_OUTCOMES))),
        (
            "Satisfaction",
            _cell(cells.get(ValueCell.USERS_SATISFACTION)),
            _cell(cells.get(ValueCell.OTHERS_SATISFACTION)),
        ),
    )


def _cell(value: FullValue | None) -> Cell:
    if value is None:
        return Cell(None, None, None)
    return Cell(value.statement, value.beneficiary, None if value.evidence is None else value.evidence + 1)


def web_address(link: str | None) -> str | None:
    """Give an address that is safe to link to; None unless it is one of the web (https is put before a bare host)."""
    address = (link or "").strip()
    if address.lower().startswith(("http://", "https://")):
        return address
    return f"https://{address}" if _BARE_HOST.match(address) else None


def contact_of(organisation: Organisation | None) -> Contact | None:
    """Collect the public ways to reach an organisation, and its register entry."""
    if organisation is None:
        return None
    rows = []
    if site := web_address(organisation.website):
        rows.append(LinkRow("Website", organisation.website or site, site))
    if organisation.email:
        rows.append(LinkRow("Email", organisation.email, f"mailto:{quote(organisation.email, safe='@')}"))
    if organisation.telephone:
        number = "".join(c for c in organisation.telephone if c.isdigit() or c == "+")
        rows.append(LinkRow("Telephone", organisation.telephone, f"tel:{number}"))
    if register := register_link(organisation.org_id):
        rows.append(LinkRow("Register entry", f"{register[0]} ({organisation.org_id})", register[1]))
    href = links.organisation(organisation.id)
    return Contact(name=organisation.name, href=href, size=size_of(organisation), rows=tuple(rows))
