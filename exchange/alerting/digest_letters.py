"""What a letter of saved searches says; decides nothing and writes nothing.

Unlike other letters, whose one link stands apart, its text holds addresses of this site: each result has its own. They
are made of the site's address, which is given, and of numbers, never of what somebody typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from urllib.parse import urlencode

from exchange.alerting.saved_searches import Cadence
from exchange.content import Content
from exchange.introducing.introduction_due import spoken
from exchange.letters import Note, one_line
from exchange.models import Listing
from exchange.models_alerts import Alert, SavedSearch
from exchange.place.places import load_gazetteer

MOST = 20
"""Results in one letter; several searches share them, each with at least `FEWEST`."""
FEWEST = 3
MOST_PLACES = 3
MOST_WHY = 3
LONGEST_LINE = 200
LONGEST_NAME = 80
"""Characters of a name or title in a subject."""

HOW_OFTEN = {
    Cadence.AT_ONCE: "as soon as something new fits it",
    Cadence.DAILY: "once a day, when there is something new",
    Cadence.WEEKLY: "once a week, when there is something new",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One search and what it found, the latest first."""

    search: SavedSearch
    found: Sequence[tuple[Alert, Listing]]


def unsubscribe_path(token: str) -> str:
    """Give the path of the page on which a signed link ends letters."""
    return f"/unsubscribe?{urlencode({'token': token})}"


def digest_note(cadence: Cadence, sections: Sequence[Section], base_url: str, token: str) -> Note:
    """Tell what saved searches found: a section for each, with at most 20 results in all, and how many more there are.

    `base_url` is the address of the site, without a slash at its end; `token` ends letters of this kind.
    """
    share = max(FEWEST, MOST // len(sections))
    parts = [_section(one, share, base_url) for one in sections]
    parts.append(
        f"You get this mail {HOW_OFTEN[cadence]}, because you saved "
        f"{'this search' if len(sections) == 1 else 'these searches'}. To change, stop or delete what you saved:\n"
        f"{base_url}/my/searches"
    )
    return Note(subject=_subject(sections), body="\n\n".join(parts), unsubscribe=unsubscribe_path(token))


def _subject(sections: Sequence[Section]) -> str:
    total = sum(len(one.found) for one in sections)
    first = sections[0]
    if total == 1:
        return f"New: {_short(first.found[0][1].title)}"
    if len(sections) == 1:
        return f"{total:,} new results: {_short(first.search.name)}"
    return f"{total:,} new results of {len(sections)} saved searches"


def _section(section: Section, share: int, base_url: str) -> str:
    total, number = len(section.found), section.search.id
    many = "1 new result" if total == 1 else f"{total:,} new results"
    heading = f"“{one_line(section.search.name)}”: {many}"
    items = [_item(at, *one, base_url) for at, one in enumerate(section.found[:share], 1)]
    more = total - len(items)
    page = f"{base_url}/my/searches/{number}/alerts"
    if more:
        rest = (
            f"These are the first {len(items)}; {more:,} more {'is' if more == 1 else 'are'} on the search's own page."
        )
        closing = f"{rest} There you can also mute any of them:\n{page}"
    else:
        closing = f"To hear no more of one of them, mute it on the page of this search:\n{page}"
    return "\n\n".join([f"{heading}\n{'-' * min(len(heading), 72)}", *items, closing])


def _item(at: int, alert: Alert, listing: Listing, base_url: str) -> str:
    content = listing.content
    lines = [
        _line(listing.title),
        _line(listing.organisation.name) if listing.organisation else "",
        _place(content),
        *(f"Why: {_line(reason)}" for reason in alert.why[:MOST_WHY]),
        f"Closing date: {spoken(listing.closes_on)}" if listing.closes_on else "",
        f"{base_url}/listings/{listing.id}",
    ]
    first, *rest = [line for line in lines if line]
    return "\n".join([f"{at}. {first}", *(f"   {line}" for line in rest)])


def _place(content: Content) -> str:
    """Say the strongest place that is stated, as a card does; nothing where none is."""
    for label, codes in (
        ("Required in", content.required_in),
        ("Delivers in", content.delivers_in),
        ("Would deliver in", content.would_deliver_in),
        ("Based in", content.office_in),
    ):
        if codes:
            named = [load_gazetteer().label(code) for code in codes[:MOST_PLACES]]
            more = len(codes) - len(named)
            return f"{label} {', '.join(named)}" + (f" and {more} more" if more else "")
    return ""


def _line(text: str) -> str:
    return shorten(one_line(text), LONGEST_LINE, placeholder="…")


def _short(text: str) -> str:
    return shorten(one_line(text), LONGEST_NAME, placeholder="…")
