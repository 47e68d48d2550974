"""`exchange search` and `exchange match`: what the site's pages find, as text or JSON; knows no engine."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from exchange.content import Kind
from exchange.database import reading
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.models import Listing
from exchange.settings import load_settings
from indexer.results import DEEPEST, PAGE_SIZE, Gap, Hit, Match, Matches, Reason, Results, Sort
from web import wording
from web.commands.filters import read_query
from web.commands.indexing import reader
from web.commands.options import AsJson
from web.commands.output import say, say_json, warn
from web.runtime import Runtime, open_runtime

NO_RESULT = "No listing was found. Try fewer or other words, or leave out a filter."
NO_MATCH = "There is no match yet."

Many = list[str] | None
Limit = Annotated[int, typer.Option(min=1, max=DEEPEST, help="Results a page.")]


def search(
    text: Annotated[str, typer.Argument(help="A need or an idea in your own words; empty to browse.")] = "",
    *,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind of listing.")] = None,
    area: Annotated[
        Many, typer.Option(metavar="AREA", help="An area of work, by code or name; may be given again.")
    ] = None,
    group: Annotated[Many, typer.Option(metavar="GROUP", help="Whom it is for, by code or name.")] = None,
    place: Annotated[
        Many, typer.Option(metavar="PLACE", help="A council, county, region or country, by name or code.")
    ] = None,
    tier: Annotated[Many, typer.Option(metavar="TIER", help="grant, contract or partnership.")] = None,
    money: Annotated[Many, typer.Option(metavar="MONEY", help=", ".join(wording.MONEY_BANDS) + ".")] = None,
    stage: Annotated[Many, typer.Option(metavar="STAGE", help="idea, pilot, running or scaled.")] = None,
    size: Annotated[Many, typer.Option(metavar="SIZE", help="micro, small, medium, large or major.")] = None,
    evidence: Annotated[Many, typer.Option(metavar="LEVEL", help="An evidence level from 1 to 5.")] = None,
    partners: Annotated[Many, typer.Option(metavar="yes|no", help="yes or no.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Include closed listings.")] = False,
    sort: Annotated[Sort, typer.Option(help="The order.")] = Sort.RELEVANCE,
    limit: Limit = PAGE_SIZE,
    page: Annotated[int, typer.Option(min=1, help="Which page of results.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Find listings for a need or an idea, best first, with reasons and gaps."""
    filters = {
        "area": area,
        "group": group,
        "place": place,
        "tier": tier,
        "money": money,
        "stage": stage,
        "size": size,
        "evidence": evidence,
        "partners": partners,
    }
    pairs = [(name, value) for name, values in filters.items() for value in values or ()]
    pairs += [("q", text), ("kind", kind or ""), ("closed", "1" if closed else ""), ("sort", sort), ("page", str(page))]
    with open_runtime(load_settings()) as runtime:
        query = replace(read_query(runtime, pairs), page_size=limit)
        results = reader(runtime).search(query)
        rows = _rows(runtime, [hit.id for hit in results.hits])
    if as_json:
        say_json(_search_json(results, rows))
    else:
        _tell_results(results, rows)


def match(
    listing_id: Annotated[int, typer.Argument(metavar="LISTING_ID", help="The number in the listing's address.")],
    *,
    limit: Limit = 10,
    as_json: AsJson = False,
) -> None:
    """Match a listing with the other side, best first, with reasons and gaps."""
    with open_runtime(load_settings()) as runtime:
        with reading(runtime.database) as session:
            title = visible_listing(session, listing_id).title
        matches = reader(runtime).match(listing_id, limit)
        rows = _rows(runtime, matches.ids)
    if as_json:
        say_json(_match_json(matches, rows))
    else:
        _tell_matches(title, matches, rows)


def sentence(told: Reason | Gap) -> str:
    """Give a reason or gap as one plain sentence with the words that it rests on."""
    quote = told.quote if isinstance(told, Reason) else None
    against = told.against if isinstance(told, Reason) else None
    text = told.text if against is None else f"{told.text}, “{against}”"
    return text if quote is None or quote in told.text else f"{text}: “{quote}”"


def _rows(runtime: Runtime, ids: Iterable[int]) -> Mapping[int, Listing]:
    with reading(runtime.database) as session:
        rows = listings_by_ids(session, ids)
        for row in rows.values():
            _ = row.organisation  # read while the session is open
        session.expunge_all()
    return rows


def _result(one: Hit | Match, row: Listing) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": row.title,
        "score": one.score,
        "reasons": [sentence(reason) for reason in one.reasons],
        "gaps": [sentence(gap) for gap in one.gaps],
        "details": {
            "kind": row.kind,
            "organisation": row.organisation.name if row.organisation else None,
            "closed": row.state != "published",
        },
    }


def _search_json(results: Results, rows: Mapping[int, Listing]) -> dict[str, Any]:
    found = []
    for hit in results.hits:
        if hit.id in rows:
            entry = _result(hit, rows[hit.id])
            entry["details"] |= {"strong": hit.strong, "tier": hit.tier}
            found.append(entry)
    suggestion = results.suggestion
    details = {
        "page": results.query.page,
        "pages": results.pages,
        "hidden_by_filters": results.hidden,
        "read_in_text": [chip.label for chip in results.chips],
        "did_you_mean": {"text": suggestion.text, "total": suggestion.total} if suggestion else None,
        "notices": [*filter(None, (results.banner, *results.notices))],
        "total_is": "at least" if results.at_least else "about" if results.about else "exact",
    }
    return {"total": results.total, "results": found, "details": details}


def _match_json(matches: Matches, rows: Mapping[int, Listing]) -> dict[str, Any]:
    found = []
    for one in matches.matches:
        if one.id in rows:
            entry = _result(one, rows[one.id])
            entry["details"] |= {"parts": one.parts}
            found.append(entry)
    return {
        "total": matches.total,
        "results": found,
        "details": {
            "cannot": matches.cannot,
            "near_misses": [
                {"id": near.id, "title": rows[near.id].title, "score": near.score, "reason": near.reason}
                for near in matches.near_misses
                if near.id in rows
            ],
            "notices": list(matches.notices),
        },
    }


def _tell_results(results: Results, rows: Mapping[int, Listing]) -> None:
    for notice in filter(None, (results.banner, *results.notices)):
        warn(notice)
    read = f", read in the text: {wording.listed([chip.label for chip in results.chips])}" if results.chips else ""
    pages = f", page {results.query.page} of {results.pages}" if results.pages > 1 else ""
    least = "At least " if results.at_least else ""
    say(f"{least}{wording.plural(results.total, 'result')}{pages}{read}")
    if not results.total:
        say(NO_RESULT)
    if results.suggestion:
        say(f"Did you mean “{results.suggestion.text}”? It gives {wording.plural(results.suggestion.total, 'result')}.")
    _tell_found(results.hits, rows)
    if results.hidden:
        say(f"\nThe filters hide {wording.plural(results.hidden, 'more result')}.")


def _tell_matches(title: str, matches: Matches, rows: Mapping[int, Listing]) -> None:
    for notice in matches.notices:
        warn(notice)
    say(f"{wording.plural(matches.total, 'match', 'matches')} for “{title}”")
    if not matches.total and not matches.notices:
        say(NO_MATCH)
    _tell_found(matches.matches, rows)
    if matches.cannot:
        say("\nCannot match:")
        for reason, count in matches.cannot.items():
            say(f"  {count:,}: {reason}")
    if near_misses := [near for near in matches.near_misses if near.id in rows]:
        say("\nThe closest of those that one reason alone keeps apart:")
        for near in near_misses:
            say(f"  {rows[near.id].title} ({near.id}): {near.reason}")


def _tell_found(found: tuple[Hit, ...] | tuple[Match, ...], rows: Mapping[int, Listing]) -> None:
    for one in found:
        row = rows.get(one.id)
        if row is None:
            continue
        who = row.organisation.name if row.organisation else "organisation not stated"
        score = f" · score {one.score:.2f}" if one.score else ""  # browsing gives none
        less = " · less close" if isinstance(one, Hit) and not one.strong else ""
        say(f"\n{row.title}\n  {wording.KINDS[row.side]} {one.id} · {who}{score}{less}")
        for reason in one.reasons:
            say(f"  + {sentence(reason)}")
        for gap in one.gaps:
            say(f"  - {sentence(gap)}")
