"""The search page's context: text, chips, facets, cards and pages of results; knows no engine and no request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from exchange.models import Listing
from exchange.taxonomy import AREA, GROUP
from indexer.results import DEEPEST, NOT_STATED, Bucket, Chip, Facet, Hit, Query, Results
from web import links, wording
from web.cards import Card, Found, Tag, Words
from web.links import FILTERABLE, UNSTATED
from web.params import Asked, Problem
from web.rendering import Page

TITLE_CHARACTERS = 60
FEW_OPTIONS = 8
"""A longer list of a facet's values scrolls in its box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value that can be ticked, with the number of results that it leaves."""

    id: str
    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetBox:
    """One facet: its values, and the box of listings that do not state it."""

    name: str
    legend: str
    options: tuple[Option, ...]
    not_stated: int | None
    with_not_stated: bool
    open: bool
    many: bool


@dataclass(frozen=True, slots=True)
class ChipLink:
    """A constraint read in the text, and the address without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """Another wording, its address and the number of results that it gives."""

    text: str
    href: str
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page):
    """What `/search` shows: results, none, or what is wrong with what was typed."""

    template: ClassVar[str] = "pages/search.html"

    text: str
    kind: str
    sort: str
    sorts: tuple[tuple[str, str], ...]
    include_closed: bool
    place_typed: str
    hidden_pairs: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...] = ()
    banner: str | None = None
    degraded: bool = False
    notices: tuple[str, ...] = ()
    total: int | None = None
    heading: str = ""
    chips: tuple[ChipLink, ...] = ()
    read_again: str | None = None
    suggestion: Suggested | None = None
    facets: tuple[FacetBox, ...] = ()
    filtered: bool = False
    clear_filters: str = ""
    with_closed: str | None = None
    both_kinds: str | None = None
    hidden: int = 0
    cards: tuple[Card, ...] = ()
    pagination: Mapping[str, Any] | None = None
    feed: str | None = None
    save: str | None = None
    """Where the search is saved, to be told of what is new; None where it cannot be used."""
    calendar: str | None = None


def refused_page(asked: Asked) -> SearchPage:
    """Build the page that names what cannot be used and keeps everything else that was typed."""
    page = _frame(asked.query, "Check what you asked for")
    wrong_place = next((p.value for p in asked.problems if p.name == Facet.PLACE), "")
    return replace(page, problems=tuple(asked.problems), place_typed=wrong_place)


def results_page(results: Results, query: Query, rows: Mapping[int, Listing], words: Words) -> SearchPage:
    """Build the page of one query's results; hits whose listing is no longer visible are left out."""
    if query.page > results.pages:
        return _past_the_end(results, query)
    facets = facet_boxes(results, query, words)
    page = _frame(query, _title(results, query), facets)
    return replace(
        page,
        heading=_heading(results),
        total=results.total,
        banner=results.banner,
        degraded=results.degraded,
        notices=results.notices + _depth_notice(results, query),
        chips=tuple(ChipLink(chip.label, links.without_chip(query, chip.key)) for chip in results.chips),
        read_again=links.search(query, removed=frozenset()) if query.removed else None,
        suggestion=_suggested(results, query),
        facets=facets,
        filtered=bool(query.filters or query.exclude_not_stated),
        clear_filters=links.without_filters(query),
        with_closed=None if query.include_closed else links.search(query, include_closed=True),
        both_kinds=links.search(query, kind=None) if query.kind else None,
        hidden=results.hidden,
        cards=_cards(results, query, rows, words),
        pagination=pagination(query, results.pages),
        save=links.save_search(query),
    )


def _cards(results: Results, query: Query, rows: Mapping[int, Listing], words: Words) -> tuple[Card, ...]:
    shown = [hit for hit in results.hits if hit.id in rows]
    return tuple(words.card(rows[hit.id], _found(hit, results), name_kind=query.kind is None) for hit in shown)


def _frame(query: Query, title: str, facets: tuple[FacetBox, ...] = ()) -> SearchPage:
    """Build what every search page has; hidden fields keep what has no control on the page."""
    visible = {"q", "kind", "page", "seed", *(box.name for box in facets), *(f"{UNSTATED}{box.name}" for box in facets)}
    visible |= {"sort", "closed"} if facets else set()
    return SearchPage(
        title=title,
        text=query.text,
        kind=query.kind.value if query.kind else "",
        sort=query.sort.value,
        sorts=tuple((sort.value, label) for sort, label in wording.SORTS.items()),
        include_closed=query.include_closed,
        place_typed="",
        hidden_pairs=tuple(pair for pair in links.pairs_of(query) if pair[0] not in visible),
    )


def _past_the_end(results: Results, query: Query) -> SearchPage:
    last = links.search(query, page=results.pages)
    many = "is only 1 page" if results.pages == 1 else f"are only {results.pages:,} pages"
    sentence = f"There {many} of results for this: go to the last page."
    problem = Problem("page", last, sentence)
    return replace(_frame(query, "No such page of results"), problems=(problem,), banner=results.banner)


def _heading(results: Results) -> str:
    about = "At least " if results.at_least else "About " if results.about else ""
    return f"{about}{wording.plural(results.total, 'result')}" if results.total else "No results"


def _title(results: Results, query: Query) -> str:
    text = " ".join(query.text.split())
    short = text if len(text) <= TITLE_CHARACTERS else f"{text[: TITLE_CHARACTERS - 1]}…"
    every = f"All {wording.KINDS_MANY[query.kind]}" if query.kind else "All listings"
    parts = [short or every, _heading(results)]
    if results.pages > 1:
        parts.append(f"page {query.page} of {results.pages:,}")
    return " - ".join(parts)


def _depth_notice(results: Results, query: Query) -> tuple[str, ...]:
    deeper = results.total > DEEPEST and query.page == results.pages
    said = any(f"{DEEPEST:,}" in notice for notice in results.notices)
    if not deeper or said:
        return ()
    return (f"Only the first {DEEPEST:,} results are shown: add words or filters to see others.",)


def _suggested(results: Results, query: Query) -> Suggested | None:
    if results.suggestion is None:
        return None
    text = results.suggestion.text
    return Suggested(text, links.search(query, text=text), results.suggestion.total)


def _found(hit: Hit, results: Results) -> Found:
    marks = []
    if hit.tier == 4:
        marks.append(Tag(_other(hit, results.chips), "orange"))
    if not hit.strong:
        marks.append(Tag("Less close", "yellow"))
    if hit.similar:
        marks.append(Tag(f"{hit.similar} similar", "grey"))
    if hit.similar_to is not None:
        marks.append(Tag("Similar to one above", "grey"))
    return Found(marks=tuple(marks), reasons=hit.reasons, gaps=hit.gaps, highlight=results.highlight)


def _other(hit: Hit, chips: tuple[Chip, ...]) -> str:
    """Say what a listing of the last tier states instead: another place, or other people."""
    about_place = [gap for gap in hit.gaps if "place" in gap.field or gap.field.endswith("_in")]
    only_people = bool(chips) and not any(chip.key.startswith("place") for chip in chips)
    return "For other people" if only_people or (hit.gaps and not about_place) else "Running elsewhere"


def facet_boxes(results: Results, query: Query, words: Words) -> tuple[FacetBox, ...]:
    """Build the boxes of every facet that the results count, in the contract's order."""
    boxes = (_box(facet, results.facets[facet], query, words) for facet in FILTERABLE if facet in results.facets)
    return tuple(box for box in boxes if box.options or box.not_stated is not None)


def _box(facet: Facet, buckets: tuple[Bucket, ...], query: Query, words: Words) -> FacetBox:
    chosen = query.filters.get(facet, ())
    counted = {bucket.value: bucket for bucket in buckets if bucket.value != NOT_STATED}
    values: list[tuple[str, str, int | None]] = [
        (v, label_of(facet, v, words), bucket.count) for v, bucket in counted.items()
    ]
    values += [(value, label_of(facet, value, words), None) for value in chosen if value not in counted]
    options = tuple(
        Option(id=f"{facet.value}-{at}", value=value, label=label, count=count, chosen=value in chosen)
        for at, (value, label, count) in enumerate(values, 1)
    )
    unstated = next((bucket.count for bucket in buckets if bucket.value == NOT_STATED), None)
    without = facet in query.exclude_not_stated
    return FacetBox(
        name=facet.value,
        legend=wording.FACETS[facet],
        options=options,
        not_stated=unstated if unstated is not None or not without else 0,
        with_not_stated=not without,
        open=bool(chosen) or without,
        many=len(options) > FEW_OPTIONS,
    )


def label_of(facet: Facet, value: str, words: Words) -> str:
    """Give the name of a facet's value."""
    tables: dict[Facet, Mapping[Any, str]] = {
        Facet.TIER: wording.TIERS,
        Facet.MONEY: wording.MONEY_BANDS,
        Facet.STAGE: wording.STAGES,
        Facet.SIZE: wording.SIZES,
        Facet.PARTNERS: wording.PARTNERS,
        Facet.KIND: wording.KINDS,
    }
    if facet is Facet.PLACE:
        return words.gazetteer.label(value)
    if facet in {Facet.AREA, Facet.GROUP}:
        return words.taxonomy.label(AREA if facet is Facet.AREA else GROUP, value)
    if facet is Facet.EVIDENCE:
        return f"Level {value}: {wording.EVIDENCE_LEVELS[int(value)]}"
    return str(tables[facet].get(value, value))


def pagination(query: Query, pages: int) -> dict[str, Any] | None:
    """Build the parameters of GOV.UK's pagination: first, last and the neighbours; None for a single page."""
    if pages <= 1:
        return None
    shown = sorted({1, pages, *range(max(1, query.page - 1), min(pages, query.page + 1) + 1)})
    items: list[dict[str, Any]] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before > 1:
            items.append({"ellipsis": True})
        href = links.search(query, page=number)
        items.append({"number": f"{number:,}", "href": href, "current": number == query.page})
    built: dict[str, Any] = {"items": items, "landmarkLabel": "Pages of results"}
    if query.page > 1:
        built["previous"] = {"href": links.search(query, page=query.page - 1)}
    if query.page < pages:
        built["next"] = {"href": links.search(query, page=query.page + 1)}
    return built
