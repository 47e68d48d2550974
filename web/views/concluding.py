"""Concluding a need on one screen: what came of it, why, and a line to each respondent."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError, NotFoundError, StateError
from exchange.introducing import introductions, needs
from exchange.introducing.needs import CameOfIt, FinalWord
from exchange.introducing.respondents import first_words
from exchange.listing import drafts
from exchange.models import Account, Listing
from web import links
from web.forms import Form, form_of
from web.introducing.needs_pages import Waiting, conclude_page
from web.notices import see_other
from web.site import number_of, site_of
from web.visit import signed_in


def conclude_form(request: Request) -> Response:
    """Show the screen with a line ready for each respondent."""
    site = site_of(request)
    with site.reading() as session:
        need = drafts.owned(session, number_of(request, "id"), signed_in(request))
        needs.check_can_be_concluded(need)
        page = conclude_page(need, _waiting(session, need), Form())
    return site.show(request, page)


def conclude(request: Request) -> Response:
    """Conclude the need and answer everybody, or show what is missing with all that was typed."""
    site, person, form = site_of(request), signed_in(request), form_of(request)
    number = number_of(request, "id")
    with site.reading() as session:
        waiting = _waiting(session, drafts.owned(session, number, person))
    word = _word(form, waiting)
    if word is not None:
        try:
            with site.writing() as session:
                needs.conclude(session, number, word, session.get_one(Account, person.id), site.clock())
        except (NotFoundError, StateError):
            raise
        except InputError as error:
            form.refuse_error(error, "reason")
        else:
            return see_other(links.my_listing(number), "concluded")
    with site.reading() as session:
        need = drafts.owned(session, number, person)
        needs.check_can_be_concluded(need)
        page = conclude_page(need, _waiting(session, need), form)
    return site.show(request, page, status=400)


def _waiting(session: Session, need: Listing) -> Waiting:
    rows = introductions.open_for_need(session, need.id)
    together = needs.together(session, need.id)
    names = {row.innovator_organisation_id: needs.name_of(session, row) for row in (*rows, *together)}
    return Waiting(open=rows, together=together, names=names, said=first_words(session, rows))


def _word(form: Form, waiting: Waiting) -> FinalWord | None:
    """Read the form; None where something is wrong, all of it noted. The use-case judges what was ticked."""
    came_of_it = form.choice(CameOfIt, "came_of_it", "What came of it")
    if came_of_it is None and not form.problem("came_of_it"):
        form.refuse("came_of_it", "Say what came of it: choose one.")
    reason = form.required("reason", "Give the reason: respondents and the public read it.")
    lines = {
        row.id: form.required(f"line-{row.id}", needs.NO_LINE.format(waiting.name(row))) for row in waiting.answering
    }
    ticked = form.many("chosen")
    if not all(value.isascii() and value.isdecimal() and len(value) < 12 for value in ticked):
        form.refuse("chosen", "Tick those whom you chose.")
    if form.problems or came_of_it is None:
        return None
    return FinalWord(came_of_it=came_of_it, reason=reason, chosen=frozenset(map(int, ticked)), lines=lines)
