"""What people are told of a discussion by mail; a letter names the comment that it quotes, and goes with it."""

from textwrap import indent, shorten

from sqlalchemy.orm import Session

from exchange.discussing.comment_states import CommentKind
from exchange.letters import Note, one_line, write_to
from exchange.models import Account, Listing, Organisation
from exchange.models_discussion import Comment
from exchange.moderating.decision_letters import MOST_OF_TITLE, owners

_OPENED = {
    CommentKind.QUESTION: ("A question about “{}”", "{who} asks about “{title}”:"),
    CommentKind.CHALLENGE: ("A challenge to “{}”", "{who} challenges what “{title}” says:"),
    CommentKind.COMMENT: ("A comment on “{}”", "{who} has commented on “{title}”:"),
}
_ASKED = "Everybody can read it. Your answer is shown below it, and closes it."


def tell_owners(session: Session, listing: Listing, comment: Comment, by: Account) -> None:
    """Tell those who answer for a listing what somebody began below it."""
    kind = CommentKind(comment.kind)
    subject, opening = _OPENED[kind]
    title = one_line(listing.title)
    then = "Everybody can read it, and you can reply." if kind is CommentKind.COMMENT else _ASKED
    sentence = opening.format(who=_who(session, by, comment), title=title)
    note = _note(comment, subject.format(_short(title)), "\n\n".join((sentence, indent(comment.text, "  "), then)))
    for owner in owners(session, listing):
        if owner.id != by.id:
            write_to(session, owner, note, comment.at)


def tell_asker(session: Session, listing: Listing, comment: Comment, parent: Comment) -> None:
    """Tell who began a thread what was replied."""
    if comment.by_id == parent.by_id:
        return
    title, by = one_line(listing.title), session.get_one(Account, comment.by_id)
    what = {CommentKind.QUESTION: "question", CommentKind.CHALLENGE: "challenge"}.get(
        CommentKind(parent.kind), "comment"
    )
    answers = comment.kind == CommentKind.ANSWER
    subject = f"Your {what} about “{_short(title)}” has {'an answer' if answers else 'a reply'}"
    verb = "has answered" if answers else "has replied to"
    sentence = f"{_who(session, by, comment)} {verb} your {what} about “{title}”:"
    body = "\n\n".join((sentence, indent(comment.text, "  "), "Everybody can read it."))
    write_to(session, session.get_one(Account, parent.by_id), _note(comment, subject, body), comment.at)


def tell_author(session: Session, comment: Comment, note: Note) -> None:
    """Tell a comment's author what a moderator decided; such a letter quotes nothing, and so stays."""
    if comment.decided_at is not None:
        write_to(session, session.get_one(Account, comment.by_id), note, comment.decided_at)


def path_of(comment: Comment) -> str:
    """Give the address that leads to a comment, on whatever page it stands by then."""
    return f"/listings/{comment.listing_id}/discussion/{comment.id}"


def _who(session: Session, by: Account, comment: Comment) -> str:
    if comment.organisation_id is None:
        return one_line(by.name)
    return one_line(f"{by.name}, {session.get_one(Organisation, comment.organisation_id).name}")


def _note(comment: Comment, subject: str, body: str) -> Note:
    return Note(subject=subject, body=body, path=path_of(comment), comment_id=comment.id)


def _short(title: str) -> str:
    return shorten(title, MOST_OF_TITLE, placeholder="…")
