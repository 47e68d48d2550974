"""What the other side of an introduction is told by mail, and whether anybody would read it; knows no page."""

from dataclasses import dataclass
from textwrap import indent

from sqlalchemy.orm import Session

from exchange.errors import InputError
from exchange.introducing.introduction_states import Side
from exchange.letters import Note, one_line, write, write_to
from exchange.listing.changes import Act
from exchange.models import Listing, Organisation
from exchange.models_introductions import Introduction
from exchange.organisation import memberships
from exchange.organisation.organisations import register_link

CALL_IN = (
    "This letter goes to the public address of {name}, of which nobody is on the Innovation Exchange yet. To answer, "
    "register with this address. Then open the page “Organisation”, find {name} and ask to join it: what was written "
    "waits for you there. If you do not wish to answer, you need do nothing."
)
CLOSING = "To read everything and to answer, open the introduction on the exchange."


@dataclass(frozen=True, slots=True)
class Telling:
    """What a letter says: `{who}` is the side that acts, `{what}` what it is about, `{idea}` the innovation.

    `quote` is what somebody typed, `then` what may be done now; nothing is put into these two.
    """

    subject: str
    sentence: str
    quote: str | None = None
    then: str = CLOSING


def tell(session: Session, introduction: Introduction, side: Side, telling: Telling, act: Act) -> None:
    """Write to everybody of the side across from the one that acts; where nobody is there yet, to its public address.

    That letter says how somebody comes to act for the organisation: it is no invitation, since only members invite.
    """
    names = {
        "who": one_line(session.get_one(Organisation, organisation_of(introduction, side)).name),
        "what": title_of(session, introduction.need_id or introduction.innovation_id),
        "idea": title_of(session, introduction.innovation_id),
    }
    to = session.get_one(Organisation, organisation_of(introduction, side.other))
    subject = telling.subject.format(**names)
    opening = [telling.sentence.format(**names), indent(telling.quote or "", "  ")]
    members = memberships.members(session, to.id)
    path = f"/my/introductions/{introduction.id}"
    for member in members:
        write_to(session, member, Note(subject=subject, body=_body(*opening, telling.then), path=path), act.at)
    if not members and to.email:
        body = _body(*opening, telling.then, CALL_IN.format(name=one_line(to.name)))
        write(session, to.email, Note(subject=subject, body=body, path="/register"), act.at)


def _body(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part.strip())


def organisation_of(introduction: Introduction, side: Side) -> int:
    """Give the organisation of a side."""
    if side is Side.COMMISSIONER:
        return introduction.commissioner_organisation_id
    return introduction.innovator_organisation_id


def title_of(session: Session, listing_id: int | None) -> str:
    """Give the title of a listing in quotation marks; nothing where none is named."""
    listing = session.get(Listing, listing_id) if listing_id else None
    return f"“{one_line(listing.title)}”" if listing else ""


def check_reachable(session: Session, organisation: Organisation) -> None:
    """Refuse to write to an organisation where nobody would read it.

    Raises:
        InputError: nobody acts for it here, and it states no email address; the sentence says how else to reach it.
    """
    if not is_reachable(session, organisation):
        raise InputError(not_reachable(organisation))


def is_reachable(session: Session, organisation: Organisation) -> bool:
    """Say whether somebody would read a letter to the organisation."""
    return bool(organisation.email or memberships.members(session, organisation.id))


def not_reachable(organisation: Organisation) -> str:
    """Say that nobody of the organisation can be written to here, and how else to reach it."""
    register = register_link(organisation.org_id)
    ways = [
        f"their website {organisation.website}" if organisation.website else "",
        f"telephone {organisation.telephone}" if organisation.telephone else "",
        f"the {register[0]}, {organisation.org_id}" if register else "",
    ]
    stated = ", or ".join(way for way in ways if way)
    rest = f"Reach them by {stated}." if stated else "They state no other way to reach them either."
    return f"Nobody of {organisation.name} is on the exchange yet, and they state no email address. {rest}"
