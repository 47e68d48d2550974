"""What waits for the index, the alerts and the mail, and what was given up, which can be tried again."""

from starlette.requests import Request
from starlette.responses import Response

from exchange import letters
from exchange.errors import InputError
from exchange.running.indexing import Line, retry, retry_all, standing
from web.forms import Form, form_of
from web.notices import see_other
from web.params import Asked, read_page
from web.running.indexing_pages import INDEXING, indexing_page
from web.site import Site, site_of

ALL = "all"
CHOOSE = "Choose what is to be tried again on this page."


def indexing(request: Request) -> Response:
    """Show how every queue stands."""
    return _page(request, Form())


def try_again(request: Request) -> Response:
    """Have one row that was given up tried again, or all of its queue."""
    site, form = site_of(request), form_of(request)
    line, row = form.choice(Line, "line", "Which queue"), form.text("row")
    if line is None or not (row == ALL or (row.isascii() and row.isdecimal() and len(row) <= 18)):
        form.problems.clear()
        form.refuse(line or Line.INDEX, CHOOSE)
        return _page(request, form)
    try:
        with site.writing() as session:
            if row == ALL:
                done = "indexing_again" if retry_all(session, line, site.clock()) else "indexing_none_parked"
            else:
                retry(session, line, int(row), site.clock())
                done = "indexing_again"
    except InputError as error:
        form.refuse_error(error, line)
        return _page(request, form)
    return see_other(f"{INDEXING}#{line}", done)


def _failures(site: Site) -> dict[str, str]:
    """Name what this process does by itself and what failed of it at last, as the log has it."""
    writer = {} if site.worker_error is None else {"what writes the index": site.worker_error()}
    errors = writer | {periodic.name: periodic.error for periodic in site.background}
    return {name: error for name, error in errors.items() if error}


def _page(request: Request, form: Form) -> Response:
    site, asked = site_of(request), Asked()
    numbers = {line: read_page(request.query_params.getlist(line), asked) for line in Line}
    asked.usable()
    parts = site.service.status() | _failures(site)
    with site.reading() as session:
        queues = {line: standing(session, line, site.clock(), number) for line, number in numbers.items()}
        mail = letters.pending(session)
    return site.show(request, indexing_page(form, parts, queues, mail), status=400 if form.problems else 200)
