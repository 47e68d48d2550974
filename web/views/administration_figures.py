"""The figures of the exchange, and what was looked for in vain, as a page and as a file."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from exchange.running.figures import figures
from exchange.running.missed_searches import Missed, missed
from web.params import Asked, read_page
from web.running.csv_files import csv_file
from web.running.figures_pages import Measured, figures_page
from web.site import Site, site_of


def page(request: Request) -> Response:
    """Show the figures, at most a minute old, with one page of the searches that found nothing."""
    site, asked, now = site_of(request), Asked(), site_of(request).clock()
    number = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    days = site.settings.promise_days
    with site.reading() as session:
        measured = site.figures.get(now, lambda: Measured(figures(session, days, now), now))
        shown = figures_page(measured, missed(session, now, number), site.taxonomy(session), days)
    return site.show(request, shown)


def missed_file(request: Request) -> Response:
    """Give all searches that found nothing as a file."""
    site = site_of(request)
    parts = (((one.text, one.number) for one in part) for part in _parts(site))
    return csv_file(f"searches-without-results-{site.today()}.csv", ("words", "times"), parts)


def _parts(site: Site) -> Iterator[tuple[Missed, ...]]:
    number = last = 1
    while number <= last:
        with site.reading() as session:
            found = missed(session, site.clock(), number)
        yield found.texts
        number, last = number + 1, found.last
