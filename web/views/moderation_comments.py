"""A comment before a moderator: what it says and where, and hiding, restoring or warning."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.discussing import comments, hiding
from exchange.discussing.comment_states import CommentState
from exchange.discussing.hiding import OF_STATE, Measure, Ruling
from exchange.errors import InputError, NotFoundError, StateError
from exchange.listing.listings import get_listing
from exchange.listing.states import FOUND
from exchange.models import Account, Listing
from exchange.models_discussion import Comment
from exchange.moderating.moderation_record import of_comment
from web import links
from web.discussing.discussion_words import DONE, MEASURES
from web.discussing.remarks import Remark, remark
from web.forms import Form, form_of
from web.moderating.moderation_building import Room, report_rows
from web.moderating.moderation_pages import ModeratedCommentPage
from web.moderating.moderation_rows import decision_rows, say_state
from web.notices import see_other
from web.people.account_pages import titled
from web.site import number_of, site_of
from web.visit import signed_in

CHOOSE = "Choose what you decide."


def comment(request: Request) -> Response:
    """Show a comment in any state, with its thread, its reports and what was decided on it."""
    return _show(request, Form())


def decide(request: Request) -> Response:
    """Hide, restore or warn."""
    site, typed, number = site_of(request), form_of(request), number_of(request, "id")
    measure = typed.choice(Measure, "measure", "What you decide")
    if measure is None:
        if not typed.problems:
            typed.refuse("measure", CHOOSE)
        return _show(request, typed, 400)
    try:
        with site.writing() as session:
            by = session.get_one(Account, signed_in(request).id)
            hiding.rule(session, number, Ruling(measure, typed.stated("reason")), by, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        typed.refuse_error(error, "measure")
        return _show(request, typed, 409 if isinstance(error, StateError) else 400)
    return see_other(links.moderated_comment(number), DONE[measure])


def _show(request: Request, form: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        row = comments.get_comment(session, number_of(request, "id"))
        listing = get_listing(session, row.listing_id)
        hiding.check_comment_decider(session, session.get_one(Account, person.id), listing, row)
        state, said = CommentState(row.state), remark(comments.said_of(session, row))
        shown = state is CommentState.SHOWN and listing.state in FOUND
        page = ModeratedCommentPage(
            title=titled(f"Comment on {listing.title}", form),
            caption=f"Comment {row.id}: {say_state(state)}",
            listing_title=listing.title,
            listing_href=links.moderated(listing.id),
            remark=said,
            reason=row.reason,
            thread=_thread(session, listing, row),
            public_href=links.comment(listing.id, row.id) if shown else None,
            earlier=decision_rows(of_comment(session, row.id, person)),
            reports=report_rows(Room(site, session, person), listing.id, comment_id=row.id),
            measures=tuple((one.value, *MEASURES[one]) for one in OF_STATE[state]),
            action=request.url.path,
            form=form,
        )
    return site.show(request, page, status)


def _thread(session: Session, listing: Listing, row: Comment) -> tuple[Remark, ...]:
    """Give what else is shown of the thread; below a listing that is not public, nothing is."""
    if listing.state not in FOUND:
        return ()
    try:
        thread = comments.thread_of(session, row)
    except NotFoundError:
        return ()
    return tuple(remark(one) for one in (thread, *thread.replies) if one.id != row.id)
