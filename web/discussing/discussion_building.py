"""The discussion of a listing as its pages show it, built from what was read; knows no request."""

from sqlalchemy.orm import Session

from exchange.discussing import comments
from exchange.discussing.comment_states import LONGEST, About, CommentKind, parts_of
from exchange.discussing.comments import PAGE
from exchange.discussing.speaking import CONFIRM_FIRST, NO_LONGER_OPEN
from exchange.people.permissions import Action
from web import links
from web.discussing.discussion_pages import Discussion, Speaking
from web.discussing.discussion_words import CHOICES, FACTS, HEADINGS, LEADS, PARTS, count_line
from web.discussing.remarks import Deed, Reader, remarks
from web.forms import Form
from web.wording import plural

WHOLE = "The listing as a whole"
NOTHING = "Nobody has asked or said anything yet."


def first_form(about: str = "") -> Form:
    """Give the form as it is first shown: a question, about a part where one was chosen."""
    return Form({"kind": [CommentKind.QUESTION.value], "about": [about]})


def discussion(session: Session, reader: Reader, form: Form, number: int = 1) -> Discussion:
    """Build a page of a discussion; a number past its end shows no thread."""
    listing, found = reader.listing, comments.shown(session, reader.listing.id, number)
    speaking, door = _speaking(reader), _door(reader, form.text("about"))
    last = found.total <= number * PAGE
    return Discussion(
        heading=HEADINGS[listing.side],
        lead=LEADS[listing.side],
        asked=count_line(found.asked),
        nothing=NOTHING,
        remarks=remarks(reader, found.threads),
        total=None if last else plural(found.total, "thread"),
        more=None if last else links.discussion(listing.id, number + 1),
        speaking=speaking,
        closed=None if reader.open else NO_LONGER_OPEN,
        door=door,
        form=form,
        unsent=form.stated("text") if speaking is None else None,
        facts={label: _asking(reader, part) for label, part in FACTS.items()} if _may_ask(reader) else {},
        parts={part.value: _asking(reader, part) for part in parts_of(listing.side)} if _may_ask(reader) else {},
    )


def _may_ask(reader: Reader) -> bool:
    """Say whether links to ask about a part lead to anything: not where the listing is one's own, or closed."""
    return reader.open and not reader.owner


def _asking(reader: Reader, part: About) -> str:
    return f"{links.discussion(reader.listing.id)}?about={part.value}#say"


def _speaking(reader: Reader) -> Speaking | None:
    if not reader.open or reader.person is None or not reader.person.may(Action.DISCUSS):
        return None
    parts = (("", WHOLE), *((part.value, PARTS[part]) for part in parts_of(reader.listing.side)))
    return Speaking(
        action=links.discussion(reader.listing.id),
        kinds=() if reader.owner else CHOICES,
        parts=() if reader.owner else parts,
        longest=LONGEST,
    )


def _door(reader: Reader, about: str) -> Deed | None:
    """Say what stands between the reader and the form."""
    if not reader.open:
        return None
    if reader.person is None:
        path = links.discussion(reader.listing.id)
        return Deed(links.sign_in_for(f"{path}?about={about}" if about in set(About) else path), "Sign in to ask", "")
    return None if reader.person.may(Action.DISCUSS) else Deed("/my/account", "Go to your account", CONFIRM_FIRST)
