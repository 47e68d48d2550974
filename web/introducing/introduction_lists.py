"""The list of one's introductions, in groups by whose turn it is; knows no session and no request."""

from collections.abc import Sequence
from datetime import date

from exchange.introducing.introduction_reading import Line, Mine
from exchange.working_days import london_date
from web import links
from web.introducing.introduction_pages import IntroductionsPage, LineGroup, LineItem
from web.introducing.introduction_words import BEGAN, due_of, tag_of
from web.wording import day


def introductions_page(found: Mine, today: date, *, member: bool) -> IntroductionsPage:
    """Build the page of all introductions."""
    groups = (
        _group("yours", "Waiting for you", "Nothing waits for you.", found.for_me, today),
        _group("theirs", "Waiting for them", "You are waiting for nobody.", found.for_them, today),
        _group("agreed", "Contact details shared", "None yet.", found.agreed, today),
        _group("ended", "Ended", "None yet.", found.ended, today),
    )
    return IntroductionsPage(
        title="Your introductions",
        groups=groups,
        any=any(group.lines for group in groups),
        member=member,
        cut=found.cut,
    )


def _group(name: str, heading: str, empty: str, lines: Sequence[Line], today: date) -> LineGroup:
    return LineGroup(id=name, heading=heading, empty=empty, lines=tuple(_item(line, today) for line in lines))


def _item(line: Line, today: date) -> LineItem:
    return LineItem(
        href=links.introduction(line.id),
        title=title_of(line),
        who=line.other,
        began=BEGAN[line.way, line.side],
        tag=tag_of(line),
        due=due_of(line, today),
        changed=day(london_date(line.changed_at)),
    )


def title_of(line: Line) -> str:
    """Give the title of what an introduction is about: the need where there is one."""
    about = line.need or line.innovation
    return about.title if about else f"Introduction {line.id}"
