"""The discussion of a listing: reading it, asking, replying, taking back."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from exchange.discussing import comments, speaking
from exchange.discussing.comment_states import ASKED, LONGEST, CommentKind, CommentState
from exchange.discussing.comments import NOT_THERE, owns, page_of, shown_comment, thread_of
from exchange.discussing.speaking import NO_LONGER_OPEN, ONE_LEVEL, Words
from exchange.errors import InputError, NotFoundError, StateError, TooManyError
from exchange.listing.listings import visible_listing
from exchange.models import Account, Listing, State
from exchange.models_discussion import Comment
from web import links
from web.discussing.discussion_building import discussion, first_form
from web.discussing.discussion_pages import DiscussionPage, ReplyPage, TakeBackPage
from web.discussing.discussion_words import HEADINGS
from web.discussing.remarks import Reader, remark
from web.forms import Form, form_of
from web.notices import see_other
from web.params import Asked, read_page
from web.people.account_pages import titled
from web.site import number_of, site_of
from web.visit import signed_in, visit_of

Write = Callable[[Session, Account], Comment]


def threads(request: Request) -> Response:
    """Show a page of the discussion, and the form where the reader may write."""
    return _threads(request, first_form(request.query_params.get("about", "")))


def speak(request: Request) -> Response:
    """Begin a thread."""
    typed, number = form_of(request), number_of(request, "id")
    kind = typed.text("kind") or CommentKind.COMMENT
    words = Words(kind, typed.text("text"), typed.text("about"))

    def write(session: Session, by: Account) -> Comment:
        return speaking.speak(session, number, words, by, site_of(request).clock())

    answer = _write(request, typed, write)
    return _threads(request, typed, answer) if isinstance(answer, int) else answer


def comment(request: Request) -> Response:
    """Lead to a comment, on whatever page its thread stands now."""
    number = number_of(request, "id")
    with site_of(request).reading() as session:
        listing = visible_listing(session, number)
        found = comments.get_comment(session, number_of(request, "comment"))
        if found.listing_id != listing.id or (found.parent_id and found.state != CommentState.SHOWN):
            raise NotFoundError(NOT_THERE)
        thread_of(session, found)
        page = page_of(session, found)
    return RedirectResponse(f"{links.discussion(number, page)}#comment-{found.id}", status_code=303)


def reply_form(request: Request) -> Response:
    """Show what is replied to, and the form."""
    return _reply(request, Form())


def reply(request: Request) -> Response:
    """Reply; where the thread is gone meanwhile, what was typed is shown."""
    typed, number = form_of(request), number_of(request, "comment")

    def write(session: Session, by: Account) -> Comment:
        shown_comment(session, number_of(request, "id"), number)
        return speaking.reply(session, number, typed.text("text"), by, site_of(request).clock())

    try:
        answer = _write(request, typed, write)
    except NotFoundError as error:
        return _too_late(request, typed, str(error))
    return _reply(request, typed, answer) if isinstance(answer, int) else answer


def take_back_form(request: Request) -> Response:
    """Ask whether it is meant."""
    site, number = site_of(request), number_of(request, "id")
    with site.reading() as session:
        listing, own = speaking.own_comment(session, number, number_of(request, "comment"), signed_in(request).id)
        page = TakeBackPage(
            title="Take this back?",
            listing_title=listing.title,
            remark=remark(comments.said_of(session, own)),
            action=request.url.path,
            back=links.comment(number, own.id),
        )
    return site.show(request, page)


def take_back(request: Request) -> Response:
    """Take one's comment back."""
    site, number, asked = site_of(request), number_of(request, "id"), number_of(request, "comment")
    with site.writing() as session:
        by = session.get_one(Account, signed_in(request).id)
        speaking.own_comment(session, number, asked, by.id)
        speaking.take_back(session, asked, by, site.clock())
    return see_other(links.discussion(number), "comment_taken_back")


def _write(request: Request, typed: Form, write: Write) -> Response | int:
    """Write and lead to what was written; the status where it was refused, which the form then says."""
    site = site_of(request)
    try:
        with site.writing() as session:
            made = write(session, session.get_one(Account, signed_in(request).id))
            page = page_of(session, made)
    except NotFoundError:
        raise
    except InputError as error:
        typed.refuse_error(error, "text")
        return 409 if isinstance(error, StateError) else 429 if isinstance(error, TooManyError) else 400
    return see_other(f"{links.discussion(made.listing_id, page)}#comment-{made.id}", "comment_made")


def _threads(request: Request, form: Form, status: int = 200) -> Response:
    site, asked = site_of(request), Asked()
    number = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    with site.reading() as session:
        listing = visible_listing(session, number_of(request, "id"))
        found = discussion(session, Reader(listing, visit_of(request).person), form, number)
    if number > 1 and not found.remarks:
        raise NotFoundError("There is no such page of this discussion; go back to its first page.")
    page = DiscussionPage(
        title=titled(f"{HEADINGS[listing.side]}: {listing.title}", form),
        listing_title=listing.title,
        listing_href=links.listing(listing.id),
        discussion=found,
        previous=links.discussion(listing.id, number - 1) if number > 1 else None,
        following=found.more,
    )
    return site.show(request, page, status)


def _reply(request: Request, form: Form, status: int = 200) -> Response:
    site, number = site_of(request), number_of(request, "id")
    with site.reading() as session:
        listing, parent = shown_comment(session, number, number_of(request, "comment"))
        said = remark(comments.said_of(session, parent))
        page = _reply_page(request, listing, form)
    why_not = ONE_LEVEL if parent.parent_id else NO_LONGER_OPEN if listing.state != State.PUBLISHED else None
    if why_not and status == 200:
        raise StateError(why_not)
    person = signed_in(request)
    if owns(person.id, person.organisation_id, listing) and parent.kind in ASKED:
        page = replace(page, label="Your answer", hint=f"It closes the {parent.kind}, and everybody can read it.")
    return site.show(request, replace(page, remark=said, why_not=why_not), status)


def _too_late(request: Request, typed: Form, sentence: str) -> Response:
    """Say that the comment is gone, with what was typed; where the listing is gone too, that."""
    site = site_of(request)
    with site.reading() as session:
        listing = visible_listing(session, number_of(request, "id"))
    return site.show(request, replace(_reply_page(request, listing, typed), why_not=sentence), status=404)


def _reply_page(request: Request, listing: Listing, form: Form) -> ReplyPage:
    return ReplyPage(
        title=titled("Your reply", form),
        heading="Your reply",
        listing_title=listing.title,
        remark=None,
        label="Your reply",
        hint="Everybody can read it.",
        longest=LONGEST,
        action=request.url.path,
        back=links.discussion(listing.id),
        form=form,
    )
