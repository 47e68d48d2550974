"""The card of a listing: who, where, how far, with what evidence, and why it is here; knows no request."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from exchange.content import Content, Gender, Kind, evidence_level
from exchange.listing.still_true import unconfirmed_since
from exchange.models import Listing, Organisation, SizeBand, State
from exchange.place.places import Gazetteer
from exchange.taxonomy import GROUP, Taxonomy
from indexer.analysis import tokens
from indexer.results import Gap, Reason
from web import links, wording

MOST_PLACES = 4
MOST_GROUPS = 4


@dataclass(frozen=True, slots=True)
class Tag:
    """A short label of a card; the colour is one of GOV.UK's tag colours and never the only sign."""

    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card or of a summary list; no value means "not stated"."""

    label: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything that a card shows."""

    id: int
    href: str
    title: Markup
    summary: Markup
    organisation: str | None
    organisation_href: str | None
    size: str | None
    tags: tuple[Tag, ...]
    facts: tuple[Fact, ...]
    unstated: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Why a listing is on this page: marks before and after its own, reasons, gaps, and the stemmed words to mark."""

    first: tuple[Tag, ...] = ()
    marks: tuple[Tag, ...] = ()
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Gap, ...] = ()
    highlight: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Words:
    """The names of codes: areas and groups of the taxonomy, places of the gazetteer; and the day of the page.

    Without a day, as in a preview, nothing is marked as not confirmed lately.
    """

    taxonomy: Taxonomy
    gazetteer: Gazetteer
    today: date | None = None

    def places(self, codes: tuple[str, ...] | None, most: int | None = None) -> str | None:
        """Name places; None when none is stated."""
        return wording.listed([self.gazetteer.label(code) for code in codes], most) if codes else None

    def who(self, content: Content, most: int | None = None) -> str | None:
        """Name the people whom a listing states: groups, ages, gender where it matters."""
        groups = [self.taxonomy.label(GROUP, code) for code in content.groups or ()]
        more = len(groups) - most if most is not None and len(groups) > most + 1 else 0
        named = [*groups[:-more], f"{more} more groups"] if more else groups
        gender = wording.GENDERS[content.gender] if content.gender in {Gender.WOMEN, Gender.MEN} else None
        return ", ".join(filter(None, [*named, gender, wording.ages(content)])) or None

    def card(self, listing: Listing, found: Found | None = None, *, name_kind: bool = True) -> Card:
        """Build the card of a listing; where all cards of a list are of one kind, none needs to name it."""
        content, why = listing.content, found or Found()
        organisation = listing.organisation
        facts = self._facts(listing.side, content)
        covered = {gap.field for gap in why.gaps}
        return Card(
            id=listing.id,
            href=links.listing(listing.id),
            title=marked(content.title, why.highlight),
            summary=marked(content.summary or _opening(content.description), why.highlight),
            organisation=organisation.name if organisation else None,
            organisation_href=links.organisation(organisation.id) if organisation else None,
            size=size_of(organisation),
            tags=(*why.first, *_tags(listing, content, name_kind=name_kind), *self._age(listing), *why.marks),
            facts=tuple(fact for fact in facts.values() if fact.value),
            unstated=tuple(
                f.label.lower() for name, f in facts.items() if not f.value and not covered & _ABOUT.get(name, set())
            ),
            reasons=why.reasons,
            gaps=why.gaps,
        )

    def _age(self, listing: Listing) -> tuple[Tag, ...]:
        """Say since when nobody has confirmed that a listing is true, once that is too long ago."""
        since = unconfirmed_since(listing, self.today) if self.today else None
        return (Tag(f"Not confirmed since {wording.day(since)}", "yellow"),) if since else ()

    def _facts(self, kind: Kind, content: Content) -> dict[str, Fact]:
        facts = {"who": Fact("Who it is for", self.who(content, MOST_GROUPS)), "place": self._where(kind, content)}
        would = tuple(code for code in content.would_deliver_in or () if code not in (content.delivers_in or ()))
        if content.delivers_in and would:
            facts["would"] = Fact("Would also deliver in", self.places(would, MOST_PLACES))
        facts["tier"] = Fact("Way of funding", tiers_of(content))
        facts["money"] = Fact("Budget" if kind is Kind.NEED else "Cost", wording.money(content))
        if content.grant_received is not None:
            facts["grant"] = Fact("Received", f"a grant of {wording.pounds(content.grant_received)}")
        if kind is Kind.NEED:
            facts["closes"] = Fact("Closing date", wording.day(content.closes_on) if content.closes_on else None)
        return facts

    def _where(self, kind: Kind, content: Content) -> Fact:
        """Say the strongest place that is stated; an office says only where somebody is based."""
        choices = [
            ("Required in", content.required_in),
            ("Delivers in", content.delivers_in),
            ("Would deliver in", content.would_deliver_in),
            ("Based in", content.office_in),
        ]
        for label, codes in choices:
            if codes:
                return Fact(label, self.places(codes, MOST_PLACES))
        return Fact("Required in" if kind is Kind.NEED else "Delivers in", None)


_ABOUT = {
    "who": {"who", "groups", "gender", "ages", "age_min", "age_max"},
    "place": {"place", "places", "delivers_in", "would_deliver_in", "required_in"},
    "tier": {"tier", "tiers", "tier and term"},
    "money": {"money", "money_min", "money_max"},
}
"""Fields of gaps that say what a card's "not stated" line would say again."""


def _tags(listing: Listing, content: Content, *, name_kind: bool) -> tuple[Tag, ...]:
    tags = []
    if name_kind:
        tags.append(Tag(wording.KINDS[listing.side], "purple" if listing.side is Kind.NEED else "turquoise"))
    if listing.state != State.PUBLISHED:
        tags.append(Tag("Closed", "grey"))
    if listing.side is Kind.INNOVATION:
        level = evidence_level(content)
        tags.append(Tag(f"Stage: {wording.STAGES[content.stage] if content.stage else 'not stated'}", "blue"))
        tags.append(Tag(wording.evidence_badge(level), "green" if level else "grey"))
    return tuple(tags)


def tiers_of(content: Content) -> str | None:
    """Say the ways of funding, the lightest first; None when none is stated."""
    named = [words for tier, words in wording.TIERS.items() if tier in (content.tiers or ())]
    return "; ".join([*named[:1], *(words.lower() for words in named[1:])]) or None


def size_of(organisation: Organisation | None) -> str | None:
    """Say the size of an organisation; None when it is not stated."""
    return wording.SIZES[SizeBand(organisation.size_band)] if organisation and organisation.size_band else None


def _opening(text: str | None, most: int = 60) -> str:
    """Give the first words of a description, for a listing without a summary."""
    words = (text or "").split()
    return " ".join(words[:most]) + (" …" if len(words) > most else "")


def marked(text: str, stems: frozenset[str]) -> Markup:
    """Escape a text and put <mark> around the words with these stems."""
    if not stems:
        return Markup(escape(text))  # noqa: S704  escaped in this call
    pieces: list[Markup] = []
    at = 0
    for token in tokens(text):
        if token.term in stems:
            pieces.append(
                escape(text[at : token.start]) + Markup("<mark>{}</mark>").format(text[token.start : token.end])
            )
            at = token.end
    return Markup("").join([*pieces, escape(text[at:])])
