"""One's introductions: all of them, one with its thread, and every step that a side can take."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError, NotFoundError
from exchange.introducing import introductions as use_cases
from exchange.introducing.introduction_reading import mine, thread
from exchange.introducing.introduction_states import IntroductionStep
from exchange.introducing.introductions import Ending
from exchange.models import Account
from exchange.people.permissions import Action
from web import links
from web.cards import Words
from web.forms import Form, form_of
from web.introducing.introduction_lists import introductions_page
from web.introducing.introduction_thread import first_form, their_listing, thread_page
from web.notices import see_other
from web.site import number_of, site_of
from web.views.signing_in import status_of
from web.visit import signed_in

Act = Callable[[Session, int, Account, datetime], object]

FORMS = {
    "accept": (IntroductionStep.ACCEPT, "text"),
    "message": (IntroductionStep.SAY, "text"),
    "decline": (IntroductionStep.DECLINE, "reason"),
    "close": (IntroductionStep.CLOSE, "ended"),
}
"""The step of each form with a field, and the field that errors stand at."""


def introductions(request: Request) -> Response:
    """Show all introductions of one's organisation, what waits for oneself first."""
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        page = introductions_page(mine(session, person), site.today(), member=person.organisation_id is not None)
    return site.show(request, page)


def introduction(request: Request) -> Response:
    """Show one introduction: what it is about, the thread, what can be done, and contact details once agreed."""
    return _show(request, None)


def accept(request: Request) -> Response:
    """Answer what a commissioner asked."""
    text = form_of(request).text("text")
    return _do(request, lambda s, number, by, now: use_cases.accept(s, number, text, by, now), "introduction_answered")


def message(request: Request) -> Response:
    """Write to the other side."""
    text = form_of(request).text("text")
    return _do(request, lambda s, number, by, now: use_cases.say(s, number, text, by, now), "message_sent")


def decline(request: Request) -> Response:
    """Say no, with a reason or without."""
    why = form_of(request).stated("reason")
    return _do(request, lambda s, number, by, now: use_cases.decline(s, number, why, by, now), "introduction_ended")


def agree(request: Request) -> Response:
    """Agree to share contact details."""
    return _do(request, use_cases.agree, "agreed_to_share")


def spam(request: Request) -> Response:
    """End an answer that is none."""
    return _do(request, use_cases.mark_spam, "introduction_ended")


def close(request: Request) -> Response:
    """End an introduction after the agreement, and say what came of it."""
    form = form_of(request)
    ended = form.choice(Ending, "ended", "What came of it")
    if ended is None:
        if not form.problems:
            form.refuse("ended", "Choose what came of it.")
        return _show(request, form, 400)
    return _do(request, lambda s, number, by, now: use_cases.close(s, number, ended, by, now), "introduction_ended")


def _do(request: Request, act: Act, done: str) -> Response:
    """Take a step; one that cannot be taken shows the thread as it is now, with everything typed."""
    site, number = site_of(request), number_of(request, "id")
    try:
        with site.writing() as session:
            act(session, number, session.get_one(Account, signed_in(request).id), site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        form = form_of(request)
        form.refuse_error(error, FORMS.get(_name(request), (None, "steps"))[1])
        return _show(request, form, status_of(error))
    return see_other(links.introduction(number), done)


def _name(request: Request) -> str:
    return request.url.path.rsplit("/", 1)[-1]


def _show(request: Request, form: Form | None, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        read = thread(session, number_of(request, "id"), person)
        account = session.get_one(Account, person.id)
        shown = first_form(session, read) if form is None else form
        page = thread_page(read, account, shown, site.today(), FORMS.get(_name(request)))
        if (theirs := their_listing(session, read)) is not None:
            words = Words(site.taxonomy(session), site.gazetteer, site.today())
            page = replace(page, card=words.card(theirs, name_kind=False))
        if not person.may(Action.CONCLUDE):
            page = replace(page, conclude=None)
    return site.show(request, page, status)
