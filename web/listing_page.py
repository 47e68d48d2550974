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
from indexer.results import Match, Matches
from web import links, wording
from web.cards import Card, Fact, Found, Tag, Words, size_of, tiers_of
from web.discussing.discussion_pages import Discussion
from web.introducing.needs_pages import Concluded
from web.introducing.next_steps import NextSteps, Step
from web.rendering import Page

_BARE_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)

FIRST_MATCHES = 10
ALL_MATCHES = 200
"""More matches than anybody reads; the page says when there are more."""

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


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a match's score, out of 100."""

    label: str
    points: int


@dataclass(frozen=True, slots=True)
class MatchCard:
    """A listing of the other side with what its fit is made of."""

    card: Card
    parts: tuple[Part, ...]
    act: Step | None = None
    no_act: str | None = None
    """Why nothing can be done with it from one's own listing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchList:
    """The matches on a page, how many there are, and who cannot match."""

    heading: str
    total: int
    cards: tuple[MatchCard, ...]
    cannot: tuple[str, ...]
    cannot_total: int
    notices: tuple[str, ...]
    more: str | None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchesPage(Page):
    """What `/listings/{id}/matches` shows."""

    template: ClassVar[str] = "pages/matches.html"

    listing_title: str
    listing_href: str
    matches: MatchList | None
    state: str | None
    save: str | None = None
    """Where its owners ask to be told of new matches."""


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


def match_list(
    listing: Listing,
    found: Matches,
    rows: Mapping[int, Listing],
    words: Words,
    acts: Mapping[int, Step | str] | None = None,
) -> MatchList:
    """Build the matches of a listing; those whose listing is no longer visible are left out."""
    kind = listing.side.other
    heading = "Innovations that could meet this need" if kind is Kind.INNOVATION else "Needs that this could meet"
    cards = tuple(
        _match_card(match, rows[match.id], words, (acts or {}).get(match.id))
        for match in found.matches
        if match.id in rows
    )
    return MatchList(
        heading=heading,
        total=found.total,
        cards=cards,
        cannot=tuple(f"{count:,}: {reason}" for reason, count in found.cannot.items()),
        cannot_total=sum(found.cannot.values()),
        notices=found.notices,
        more=links.matches(listing.id) if found.total > len(found.matches) else None,
    )


def _match_card(match: Match, listing: Listing, words: Words, act: Step | str | None) -> MatchCard:
    parts = tuple(Part(wording.PARTS.get(name, name), round(100 * value)) for name, value in match.parts.items())
    fit = Tag(f"Fit {round(100 * match.score)} of 100", "teal")
    card = words.card(listing, Found(first=(fit,), reasons=match.reasons, gaps=match.gaps), name_kind=False)
    if isinstance(act, Step):
        return MatchCard(card, parts, act=act)
    return MatchCard(card, parts, no_act=act)
