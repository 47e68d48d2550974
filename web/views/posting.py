"""Writing a listing: choosing its kind, the first page, and each step."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Content, Kind, faults
from exchange.errors import ConflictError, InputError, NotFoundError
from exchange.listing import drafts
from exchange.listing.drafts import Draft, StepText
from exchange.listing.states import Step as Move
from exchange.listing.states import next_state
from exchange.models import State
from exchange.people.sign_ins import Person
from web import links
from web.cards import Words
from web.forms import Form, form_of
from web.notices import see_other
from web.posting.posting_fields import Desk
from web.posting.posting_pages import ChoosePage
from web.posting.posting_rows import MOST_ROWS
from web.posting.posting_step_page import first_page, step_page, theirs
from web.posting.posting_steps import SEEN, Step
from web.posting.posting_tables import QUICK, step_after, step_named, step_with
from web.site import Site, number_of, site_of
from web.visit import signed_in

GO = "go"
"""The button that was pressed: on to the next step, back to the overview, or one more row."""


def choose(request: Request) -> Response:
    """Ask what is to be posted."""
    return site_of(request).show(request, ChoosePage(title="What do you want to post?"))


def first(request: Request) -> Response:
    """Show the first page of a new listing."""
    site, kind = site_of(request), _kind(request)
    with site.reading() as session:
        desk = Desk(Content(title=""), Words(site.taxonomy(session), site.gazetteer, site.today()))
    return site.show(request, first_page(kind, desk, QUICK[kind].shown(desk)))


def begin(request: Request) -> Response:
    """Make a draft of the first page and go to it."""
    site, kind, form = site_of(request), _kind(request), form_of(request)
    with site.reading() as session:
        desk = Desk(Content(title=""), Words(site.taxonomy(session), site.gazetteer, site.today()))
    text = QUICK[kind].read(form, desk)
    if form.problems:
        return site.show(request, first_page(kind, desk, form), status=400)
    content = replace(desk.content, **text.values)
    with site.writing() as session:
        number = drafts.begin(session, signed_in(request), kind, content, site.clock()).id
    wrong = next(faults(content, kind), None)
    if wrong is not None:
        return see_other(f"{links.my_listing(number)}/{step_with(kind, wrong.field).name}", "saved_to_mend")
    return see_other(links.my_listing(number), "draft_made")


def step(request: Request) -> Response:
    """Show a step as it is saved."""
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        draft = drafts.read(session, number_of(request, "id"), person)
        next_state(State(draft.listing.state), Move.REVISE)
        drafts.check_side(draft.side, person)
        asked = step_named(draft.side, _name(request))
        desk = Desk(draft.content, Words(site.taxonomy(session), site.gazetteer, site.today()), _rows(request))
    form = asked.shown(desk)
    asked.note(form, list(faults(draft.content, draft.side)))
    return site.show(request, step_page(draft, asked, desk, form, site.today()))


def save(request: Request) -> Response:
    """Save a step and go where the button leads; where it cannot be saved, show it with everything that was typed."""
    site, person, form = site_of(request), signed_in(request), form_of(request)
    number = number_of(request, "id")
    draft, asked, desk = _opened(site, request, person)
    text = asked.read(form, desk)
    if form.problems:
        return site.show(request, step_page(draft, asked, desk, form, site.today()), status=400)
    try:
        with site.writing() as session:
            content = drafts.save_step(session, number, person, text, site.clock())
    except NotFoundError:
        raise
    except ConflictError as error:
        return _overtaken(request, form, text, str(error))
    except InputError as error:
        form.refuse(asked.control(error.field), str(error))
        return site.show(request, step_page(draft, asked, desk, form, site.today()), status=400)
    return _onward(request, draft, asked, content)


def _overtaken(request: Request, form: Form, text: StepText, sentence: str) -> Response:
    """Show a step that somebody saved meanwhile: their text beside what was typed, and saving again goes through."""
    site = site_of(request)
    draft, asked, desk = _opened(site, request, signed_in(request))
    form.values[SEEN] = [asked.mark(draft.content)]
    page = step_page(draft, asked, desk, form, site.today())
    page = replace(page, conflict=sentence, theirs=theirs(asked, desk, text))
    return site.show(request, page, status=409)


def _onward(request: Request, draft: Draft, asked: Step, content: Content) -> Response:
    """Go on after a step was saved; stay where something in it must be mended."""
    path, go = links.my_listing(draft.listing.id), form_of(request).text(GO)
    here = f"{path}/{asked.name}"
    if go == "more":
        return see_other(f"{here}?rows={_filled(asked, content) + 1}", "saved")
    if go == "overview":
        return see_other(path, "saved")
    if any(fault.field in asked.parts for fault in faults(content, draft.side)):
        return see_other(here, "saved_to_mend")
    following = step_after(draft.side, asked)
    return see_other(f"{path}/{following.name}" if following else path, "saved")


def _filled(asked: Step, content: Content) -> int:
    """Count the rows that a step with rows has."""
    return max(len(getattr(content, part) or ()) for part in asked.parts)


def _opened(site: Site, request: Request, person: Person) -> tuple[Draft, Step, Desk]:
    with site.reading() as session:
        draft = drafts.read(session, number_of(request, "id"), person)
        asked = step_named(draft.side, _name(request))
        return draft, asked, Desk(draft.content, Words(site.taxonomy(session), site.gazetteer, site.today()))


def _kind(request: Request) -> Kind:
    return Kind(request.url.path.rsplit("/", 1)[-1])


def _name(request: Request) -> str:
    return request.url.path.rsplit("/", 1)[-1]


def _rows(request: Request) -> int:
    asked = request.query_params.get("rows", "")
    return min(int(asked), MOST_ROWS) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 0
