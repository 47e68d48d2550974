"""Closing, withdrawing, discarding and appealing: each confirmed on a page of its own, where asked with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError, NotFoundError, StateError
from exchange.listing import drafts, listings, submitting
from exchange.listing.drafts import Draft
from exchange.listing.states import Step, next_state
from exchange.models import Account, State
from exchange.moderating import moderation
from exchange.people.sign_ins import Person
from web import links
from web.forms import Form, form_of
from web.notices import see_other
from web.posting.posting_fields import LONG, within
from web.posting.posting_pages import ActionPage
from web.posting.posting_standing import title_of
from web.site import number_of, site_of
from web.visit import signed_in

Done = Callable[[Session, int, Person, str, datetime], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """An action as its page says it; `ask` is the label of the reason, None where none is asked for."""

    title: str
    lead: str
    button: str
    done: str
    do: Done
    step: Step | None
    ask: str | None = None
    hint: str | None = None


def _decided(decide: Callable[..., object]) -> Done:
    """Make a use-case that takes an account check first whose listing it is; a need is a commissioner's."""

    def do(session: Session, listing_id: int, person: Person, reason: str, now: datetime) -> object:
        drafts.check_side(drafts.owned(session, listing_id, person).side, person)
        return decide(session, listing_id, session.get_one(Account, person.id), reason, now)

    return do


def _discard(session: Session, listing_id: int, person: Person, reason: str, now: datetime) -> object:
    del reason  # nobody but its author has seen it
    return submitting.discard(session, listing_id, person, now)


ENDINGS: Mapping[str, Ending] = {
    "close": Ending(
        title="Close this listing?",
        lead="It stays on the site, marked as closed, so that others can learn from it. It is not matched any more, "
        "and it cannot be opened again. Nobody can answer a closed need; you then conclude it and answer everybody.",
        button="Close it",
        done="listing_closed",
        do=_decided(listings.close),
        step=Step.CLOSE,
        ask="Why do you close it?",
        hint="It is kept on record.",
    ),
    "withdraw": Ending(
        title="Withdraw this listing?",
        lead="It leaves the site for good, and nobody finds it any more. Whoever is in touch with you about it is "
        "told. A need that is withdrawn breaks the promise to reply, and counts against your reply rate.",
        button="Withdraw it",
        done="listing_withdrawn",
        do=_decided(listings.withdraw),
        step=Step.WITHDRAW,
        ask="Why do you withdraw it?",
        hint="It is kept on record, and those who are in touch with you about it read it.",
    ),
    "appeal": Ending(
        title="Appeal against the refusal?",
        lead="Another moderator looks at the listing and at what you say here, and decides. You can appeal once.",
        button="Appeal",
        done="appealed",
        do=_decided(moderation.appeal),
        step=Step.APPEAL,
        ask="Why should it be published?",
        hint="Answer the reason that you were given.",
    ),
    "discard": Ending(
        title="Discard this draft?",
        lead="What you wrote is thrown away. A published text stays as it is.",
        button="Discard it",
        done="discarded",
        do=_discard,
        step=None,
    ),
}


def confirm(request: Request) -> Response:
    """Ask whether it is meant, and why."""
    site, ending = site_of(request), _ending(request)
    with site.reading() as session:
        draft = drafts.read(session, number_of(request, "id"), signed_in(request))
    drafts.check_side(draft.side, signed_in(request))
    if ending.step is not None:
        next_state(State(draft.listing.state), ending.step)
    elif draft.change is None and draft.listing.state != State.DRAFT:
        raise StateError(submitting.NOTHING_TO_DISCARD)
    return site.show(request, _page(request, draft, Form()))


def act(request: Request) -> Response:
    """Do it, or say what is wrong with the reason."""
    site, ending, person = site_of(request), _ending(request), signed_in(request)
    number, form = number_of(request, "id"), form_of(request)
    reason = within(form, "reason", LONG, "The reason") or ""
    if not form.problems:
        try:
            with site.writing() as session:
                gone = ending.do(session, number, person, reason, site.clock())
        except NotFoundError:
            raise
        except InputError as error:
            form.refuse_error(error, "reason")
        else:
            return see_other("/my/listings" if gone is True else links.my_listing(number), ending.done)
    with site.reading() as session:
        draft = drafts.read(session, number, person)
    return site.show(request, _page(request, draft, form), status=400)


def _ending(request: Request) -> Ending:
    return ENDINGS[request.url.path.rsplit("/", 1)[-1]]


def _page(request: Request, draft: Draft, form: Form) -> ActionPage:
    ending = _ending(request)
    return ActionPage(
        title=f"Error: {ending.title}" if form.problems else ending.title,
        caption=title_of(draft),
        heading=ending.title,
        lead=ending.lead,
        action=request.url.path,
        form=form,
        ask=ending.ask,
        hint=ending.hint,
        button=ending.button,
        overview=links.my_listing(draft.listing.id),
    )
