"""What a saved search asks, in plain words; knows no request and no index."""

from dataclasses import dataclass

from exchange.alerting.saved_searches import LONGEST_NAME, Cadence
from exchange.models import Listing
from indexer.results import Facet, Query
from web import wording
from web.cards import Fact, Words
from web.links import FILTERABLE
from web.search_page import label_of

LONGEST_SHOWN = 300
NO_MORE_THERE = "A listing that is no longer public"
CADENCES: tuple[tuple[str, str, str], ...] = (
    (Cadence.AT_ONCE, "At once", "A mail as soon as something new fits"),
    (Cadence.DAILY, "Once a day", "One mail at 7am for all your daily searches, on days with something new"),
    (
        Cadence.WEEKLY,
        "Once a week",
        "One mail on Mondays at 7am for all your weekly searches, if there is something new",
    ),
)
"""How often letters come: value, label, hint."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A saved search in words: line by line, and in one line."""

    facts: tuple[Fact, ...]

    @property
    def line(self) -> str:
        """Say all of it in one line."""
        said = "; ".join(f"{fact.label.lower()}: {fact.value}" for fact in self.facts if fact.value)
        return said[:1].upper() + said[1:]


def how_often(cadence: str) -> str:
    """Say how often letters come."""
    return next(label for value, label, _ in CADENCES if value == cadence)


def plain(query: Query, words: Words) -> Plain:
    """Say what a query asks."""
    facts = [Fact("Words", f"“{_shown(query.text)}”" if query.text else "Any")]
    facts.append(Fact("Look for", many(query).capitalize()))
    facts += [fact for facet in FILTERABLE if (fact := _filter(facet, query, words)).value]
    if query.removed:
        facts.append(Fact("Not taken as a filter", ", ".join(_removed(key, words) for key in sorted(query.removed))))
    return Plain(tuple(facts))


def matches_plain(listing: Listing | None) -> Plain:
    """Say that the matches of a listing are asked for; None where the public may no longer see it."""
    return Plain((Fact("New matches of", f"“{listing.title}”" if listing else NO_MORE_THERE),))


def many(query: Query) -> str:
    """Name the kind of listings that are looked for."""
    return wording.KINDS_MANY[query.kind] if query.kind else "innovations and needs"


def name_for(query: Query, words: Words) -> str:
    """Give a name for a search that has none yet: its words, else its filters."""
    text = " ".join(query.text.split())
    if not text:
        chosen = [label_of(facet, value, words) for facet in FILTERABLE for value in query.filters.get(facet, ())]
        text = ": ".join(part for part in (many(query).capitalize(), ", ".join(chosen)) if part)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _filter(facet: Facet, query: Query, words: Words) -> Fact:
    labels = [label_of(facet, value, words) for value in query.filters.get(facet, ())]
    only = facet in query.exclude_not_stated
    said = " or ".join(labels) + (", only where it is stated" if only else "") if labels else ""
    return Fact(wording.FACETS[facet], said or ("Only where it is stated" if only else None))


def _removed(key: str, words: Words) -> str:
    """Name a place or people that were read in the text and that the person took away."""
    kind, _, codes = key.partition(":")
    if kind != "place":
        return codes.replace("-", " ") or key
    places = [place.name for code in codes.split("+") if (place := words.gazetteer.get(code))]
    return ", ".join(places) or codes


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
