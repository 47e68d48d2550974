"""Ending letters by the signed link in them: a page with a button, and the one click of mail programs (RFC 8058)."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.alerting.digest_letters import unsubscribe_path
from exchange.alerting.saved_searches import Cadence
from exchange.alerting.unsubscribing import Ending, end, what_ends
from web.alerting.search_pages import UnsubscribePage
from web.site import site_of
from web.views.signing_in import secretly

EVERY = {
    Cadence.AT_ONCE: "all mail that comes at once",
    Cadence.DAILY: "the daily mail",
    Cadence.WEEKLY: "the weekly mail",
}


def asking(request: Request) -> Response:
    """Say what would stop, and ask; nothing is changed: programs that look at mail open its links too."""
    site, token = site_of(request), request.query_params.get("token", "")
    with site.reading() as session:
        ending = what_ends(session, token)
    if not ending.names:
        return _stopped(request, ending, "These letters are stopped already")
    sentence = f"This stops {_what(ending)} of your saved {'search' if len(ending.names) == 1 else 'searches'}:"
    page = UnsubscribePage(
        title="Stop these letters?", action=unsubscribe_path(token), sentence=sentence, names=ending.names
    )
    return secretly(site.show(request, page))


def stopping(request: Request) -> Response:
    """Stop them, however often it is asked; the answer is a page and no way on, since a mail program may have asked."""
    site = site_of(request)
    with site.writing() as session:
        ending = end(session, request.query_params.get("token", ""), site.clock())
    return _stopped(request, ending, "The letters are stopped" if ending.names else "These letters are stopped already")


def _stopped(request: Request, ending: Ending, title: str) -> Response:
    sentence = "No mail comes any more of:" if ending.told else "No saved search has such letters any more."
    page = UnsubscribePage(title=title, action=None, sentence=sentence, names=ending.told)
    return secretly(site_of(request).show(request, page))


def _what(ending: Ending) -> str:
    return EVERY[ending.cadence] if ending.cadence else "the mail"
