"""Writing first: a commissioner asks or invites, an innovator answers a need; each on a page of its own."""

from dataclasses import replace

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Kind
from exchange.errors import InputError, NotFoundError
from exchange.introducing.introduction_opening import Prospect, look, offered, start
from exchange.introducing.introduction_pairs import NO_ORGANISATION, Approach
from exchange.introducing.introduction_states import IntroductionState, Way
from exchange.listing.listings import visible_listing
from exchange.models import Account, Organisation
from indexer.results import Match
from web import links
from web.cards import Card, Found, Words
from web.forms import Form, form_of
from web.introducing.introduction_pages import OpeningPage
from web.introducing.next_steps import Step
from web.introducing.opening_words import OPENINGS, invitation, lead_of, options_of, pitch
from web.notices import see_other
from web.site import number_of, site_of
from web.views.signing_in import status_of
from web.visit import signed_in

WAYS = {"introduce": Way.ASKED, "invite": Way.INVITED, "answer": Way.ANSWERED}
MATCHES = 200
IN_TOUCH = (
    "You are in touch with {} over this already, so this was not sent. Open the introduction, and send there what you "
    "wrote here."
)


def opening_page(request: Request) -> Response:
    """Show the form, or lead to what is open already, or say why nobody can be written to."""
    site = site_of(request)
    with site.reading() as session:
        asked = _asked(request, _named(request))
        try:
            prospect = _look(session, request, asked)
        except NotFoundError:
            raise
        except InputError as error:
            page = _page(session, request, None, Form())
            mend = Step("Find or add your organisation", "/my/organisation") if str(error) == NO_ORGANISATION else None
            return site.show(request, replace(page, stop=str(error), way_on=mend))
        waiting = prospect.waiting
        if waiting is not None and not _invited(asked.way, prospect):
            return see_other(links.introduction(waiting.id), done="introduction_open")
        form = Form({"listing": [_named(request)], "text": [_first_text(session, request, prospect)]})
        return site.show(request, _page(session, request, prospect, form))


def opening(request: Request) -> Response:
    """Send what one side writes first; a second click leads to what the first one began."""
    site, form = site_of(request), form_of(request)
    asked = replace(_asked(request, form.text("listing")), text=form.text("text"))
    try:
        with site.writing() as session:
            opened = start(session, asked, session.get_one(Account, signed_in(request).id), site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        form.refuse_error(error, "text")
        return _again(request, asked, form, status_of(error))
    if opened.heard:
        return see_other(links.introduction(opened.introduction.id), done=OPENINGS[asked.way].done)
    return _again(request, asked, form, 409)


def _again(request: Request, asked: Approach, form: Form, status: int) -> Response:
    """Show the form with everything typed into it, and what is wrong."""
    site, way_on = site_of(request), None
    with site.reading() as session:
        try:
            prospect = _look(session, request, asked)
        except InputError:
            prospect = None
        if prospect is not None and prospect.waiting is not None and status == 409:
            form.refuse("text", IN_TOUCH.format(prospect.theirs.name))
            way_on = Step("Open the introduction", links.introduction(prospect.waiting.id))
        return site.show(request, replace(_page(session, request, prospect, form), way_on=way_on), status)


def _way(request: Request) -> Way:
    return WAYS[request.url.path.rsplit("/", 1)[-1]]


def _named(request: Request) -> str:
    """Give the listing that the address names beside its own: a need to ask for, else an innovation."""
    return request.query_params.get("need" if _way(request) is Way.ASKED else "innovation", "")


def _asked(request: Request, named: str) -> Approach:
    """Read which listings are meant: the one of the address, and the one named beside it."""
    way, number = _way(request), number_of(request, "id")
    other = int(named) if named.isascii() and named.isdecimal() and len(named) <= 18 else None
    if other is None and (named or way is Way.INVITED):
        raise NotFoundError("There is no listing of that number; go back and choose again.")
    need, innovation = (other, number) if way is Way.ASKED else (number, other)
    return Approach(way=way, need_id=need, innovation_id=innovation)


def _look(session: Session, request: Request, asked: Approach) -> Prospect:
    return look(session, asked, session.get_one(Account, signed_in(request).id), site_of(request).clock())


def _invited(way: Way, prospect: Prospect) -> bool:
    """Say whether what would be sent answers an invitation: the form for it is the same."""
    waiting = prospect.waiting
    return way is Way.ANSWERED and waiting is not None and waiting.state == IntroductionState.ASKED


def _first_text(session: Session, request: Request, prospect: Prospect) -> str:
    """Give a text that can be sent as it is, where the records give one."""
    way, need, idea = _way(request), prospect.need, prospect.innovation
    if need is None or idea is None or way is Way.ASKED:
        return ""
    if way is Way.ANSWERED:
        return pitch(idea)
    mine = session.get_one(Organisation, need.organisation_id)
    return invitation(need, idea, mine.name, _match(request, prospect))


def _match(request: Request, prospect: Prospect) -> Match | None:
    """Find the two listings' match, where both are named and the engine has it."""
    if prospect.need is None or prospect.innovation is None:
        return None
    found = site_of(request).service.match(prospect.need.id, MATCHES)
    return next((match for match in found.matches if match.id == prospect.innovation.id), None)


def _page(session: Session, request: Request, prospect: Prospect | None, form: Form) -> OpeningPage:
    way, row = _way(request), visible_listing(session, number_of(request, "id"))
    words, mine = OPENINGS[way], signed_in(request).organisation_id
    own = offered(session, mine, Kind.NEED if way is Way.ASKED else Kind.INNOVATION) if words.legend and mine else []
    card = _card(session, request, prospect) if prospect else None
    starts = [Step(f"Start with the summary of “{one.title}”", links.answer(row.id, one.id)) for one in own]
    return OpeningPage(
        title=f"Error: {words.heading}" if form.problems else f"{words.heading}: {row.title}",
        heading=words.heading,
        caption=None if card and way is not Way.INVITED else Step(row.title, links.listing(row.id)),
        lead=lead_of(way, prospect) if prospect else (),
        card=card,
        form=form,
        legend=words.legend,
        legend_hint=words.legend_hint,
        options=options_of(way, own),
        starts=tuple(starts) if way is Way.ANSWERED and not form.text("text") else (),
        text_label=words.text_label,
        text_hint=words.text_hint,
        button=words.button,
        action=request.url.path,
    )


def _card(session: Session, request: Request, prospect: Prospect) -> Card | None:
    """Give the card of the listing that the other side posted, with what makes it a match of one's own."""
    site, way = site_of(request), _way(request)
    row = prospect.need if way is Way.ANSWERED else prospect.innovation
    if row is None:
        return None
    match = _match(request, prospect) if way is Way.INVITED else None
    found = Found(reasons=match.reasons, gaps=match.gaps) if match else None
    return Words(site.taxonomy(session), site.gazetteer, site.today()).card(row, found, name_kind=False)
