"""The audit trail, as a page with filters and as a file."""

from collections.abc import Iterator, Sequence

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError
from exchange.running.audit_trail import Filter, Part, Told, below, part
from web.running.audit_pages import audit_page
from web.running.audit_reading import asked_of
from web.running.audit_words import sentence
from web.running.csv_files import Cell, csv_file
from web.site import Site, site_of

AT_ONCE = 1_000
"""Entries of the file that are read and sent together."""
HEADER = (
    *("number", "at", "by", "by name", "subject", "subject number", "what", "old", "new"),
    *("listing", "listing title", "sentence"),
)


def audit(request: Request) -> Response:
    """Show the trail, newest first, or those entries of it that the filter names."""
    site = site_of(request)
    with site.reading() as session:
        asked = asked_of(request, session)
        found = Part((), newer=False, older=False)
        if not asked.form.problems:
            found = part(session, asked.wanted, before=asked.before, after=asked.after)
    return site.show(request, audit_page(asked, found), status=400 if asked.form.problems else 200)


def audit_file(request: Request) -> Response:
    """Give what the filter names as a file, all of it."""
    site = site_of(request)
    with site.reading() as session:
        asked = asked_of(request, session)
    if asked.form.problems:
        raise InputError(asked.form.problems[0].sentence)
    return csv_file(f"audit-trail-{site.today()}.csv", HEADER, _parts(site, asked.wanted))


def _parts(site: Site, wanted: Filter) -> Iterator[Iterator[Sequence[Cell]]]:
    """Give the entries in parts, each read in a moment of its own: no transaction lasts as long as a slow reader."""
    before = None
    while True:
        with site.reading() as session:
            entries = below(session, wanted, before, AT_ONCE)
        yield (_cells(entry) for entry in entries)
        if len(entries) < AT_ONCE:
            return
        before = entries[-1].id


def _cells(entry: Told) -> Sequence[Cell]:
    at = f"{entry.at:%Y-%m-%dT%H:%M:%SZ}"
    return (
        *(entry.id, at, entry.by_id, entry.by, entry.subject, entry.subject_id, entry.what, entry.old, entry.new),
        *(entry.listing_id, entry.title, sentence(entry)),
    )
