"""One comment as a page shows it, with what its reader can do; knows no request and no form."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from exchange.discussing.comment_states import ASKED, CommentState
from exchange.discussing.comments import Said, owns
from exchange.models import Listing, State
from exchange.moderating.moderators import is_own
from exchange.people.permissions import Action
from exchange.people.sign_ins import Person
from exchange.working_days import london_date
from web import links
from web.cards import Tag
from web.discussing.discussion_words import GONE, KINDS, part_label
from web.discussing.linked_text import linked
from web.wording import day


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do with one comment: the link, its words, and which comment it is for those who hear the page."""

    href: str
    label: str
    which: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One comment of a thread; of one that is gone, only the sentence that says so."""

    id: int
    tags: tuple[Tag, ...]
    gone: str | None = None
    about: str | None = None
    text: Markup | None = None
    who: str | None = None
    organisation: str | None = None
    answers_for: str | None = None
    day: str = ""
    href: str = ""
    deeds: tuple[Deed, ...] = ()
    replies: tuple["Remark", ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the discussion of which listing."""

    listing: Listing
    person: Person | None

    @property
    def owner(self) -> bool:
        """Say whether they answer for the listing."""
        return self.person is not None and owns(self.person.id, self.person.organisation_id, self.listing)

    @property
    def open(self) -> bool:
        """Say whether the listing takes comments."""
        return self.listing.state == State.PUBLISHED


def remarks(reader: Reader, threads: Iterable[Said]) -> tuple[Remark, ...]:
    """Write threads with everything that their reader can do."""
    return tuple(
        remark(said, _deeds(reader, said), tuple(remark(one, _deeds(reader, one, reply=True)) for one in said.replies))
        for said in threads
    )


def remark(said: Said, deeds: tuple[Deed, ...] = (), replies: tuple[Remark, ...] = ()) -> Remark:
    """Write one comment."""
    label, colour = KINDS[said.kind]
    tags = [Tag(label, colour)]
    if said.kind in ASKED and said.state is CommentState.SHOWN:
        tags.append(Tag("Answered", "green") if said.answered else Tag("Not answered yet", "yellow"))
    if not said.text:
        return Remark(id=said.id, tags=(), gone=GONE[said.state], deeds=deeds, replies=replies)
    return Remark(
        id=said.id,
        tags=tuple(tags),
        about=part_label(said.about),
        text=linked(said.text),
        who=said.name,
        organisation=said.organisation,
        answers_for=(said.organisation or "this listing") if said.by_owner else None,
        day=day(london_date(said.at)),
        href=f"#comment-{said.id}",
        deeds=deeds,
        replies=replies,
    )


def _deeds(reader: Reader, said: Said, *, reply: bool = False) -> tuple[Deed, ...]:
    """Give what the reader can do with a comment; whoever is not signed in is asked to."""
    person, address = reader.person, links.comment(reader.listing.id, said.id)
    deeds = []
    which = f"{KINDS[said.kind][0].lower()} {said.id}" + (f" by {said.name}" if said.name else "")
    if said.state is CommentState.SHOWN:
        if reader.open and not reply:
            label = "Answer" if reader.owner and said.kind in ASKED else "Reply"
            deeds.append(Deed(f"{address}/reply", label, f"to {which}"))
        own = person is not None and said.by_id == person.id
        deeds.append(
            Deed(f"{address}/take-back", "Take back", which) if own else Deed(f"{address}/report", "Report", which)
        )
    if person is not None and person.may(Action.MODERATE) and not _is_own(person, reader, said):
        deeds.append(Deed(links.moderated_comment(said.id), "Moderate", which))
    return tuple(deeds)


def _is_own(person: Person, reader: Reader, said: Said) -> bool:
    same = said.organisation_id is not None and said.organisation_id == person.organisation_id
    return same or said.by_id == person.id or is_own(person.id, person.organisation_id, reader.listing)
