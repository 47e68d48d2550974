"""What to do next on a listing's page, for whoever looks at it; knows no request and writes nothing."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.introducing import shortlist
from exchange.introducing.introduction_letters import is_reachable, not_reachable
from exchange.introducing.introduction_pairs import open_between
from exchange.introducing.introduction_states import IntroductionState, Side
from exchange.models import Listing, State
from exchange.people.permissions import Action, Role
from exchange.people.sign_ins import Person
from web import links
from web.forms import Form

STATES = {
    State.PUBLISHED: "This is your organisation's listing, and everybody can see it.",
    State.CLOSED: "This is your organisation's listing. It is closed.",
    State.CONCLUDED: "This is your organisation's need. It is concluded.",
}
CONFIRM_FIRST = "Confirm your email address first, then you can get in touch here."
ORGANISATION_FIRST = "An introduction is between two organisations. Find or add yours first."
ONLY_COMMISSIONERS = "Commissioners ask for introductions here. You can write to the organisation directly:"
NO_MORE_ANSWERS = "The closing date has passed, so this need takes no more answers."


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: a link, the first of them as a button."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """The shortlist's form: whether the listing is on it, and the note."""

    action: str
    field: str
    kept: bool
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSteps:
    """What whoever looks can do: a sentence, the steps, the shortlist, and where to report the listing."""

    sentence: str | None = None
    steps: tuple[Step, ...] = ()
    keeping: Keeping | None = None
    report: str | None = None
    moderate: str | None = None
    contact: bool = True
    """Whether the public contact helps the reader: one's own does not."""


def next_steps(session: Session, listing: Listing, person: Person | None, today: date) -> NextSteps:
    """Say what a visitor or a person can do about a published, closed or concluded listing."""
    if person is not None and is_theirs(listing, person):
        return _own(listing)
    report = f"{links.listing(listing.id)}/report"
    keeping = _keeping(session, listing, person) if person and person.may(Action.INTRODUCE) else None
    sentence, steps = _towards(session, listing, person, today)
    moderate = links.moderated(listing.id) if person and person.may(Action.MODERATE) else None
    return NextSteps(sentence=sentence, steps=steps, keeping=keeping, report=report, moderate=moderate)


def is_theirs(listing: Listing, person: Person) -> bool:
    """Say whether the person looks after the listing: it is their organisation's, or theirs while it has none."""
    if listing.organisation_id is None:
        return listing.by_id == person.id
    return listing.organisation_id == person.organisation_id


def note_field(listing_id: int) -> str:
    """Give the name of a note's field: a page may show several."""
    return f"note-{listing_id}"


def _own(listing: Listing) -> NextSteps:
    steps = [
        Step(
            "Change this listing" if listing.state == State.PUBLISHED else "See its steps", links.my_listing(listing.id)
        )
    ]
    if listing.state == State.PUBLISHED:
        steps.append(Step("Tell me of new matches", links.save_matches(listing.id)))
    if listing.organisation_id is not None:
        steps.append(Step("See your introductions", "/my/introductions"))
    return NextSteps(sentence=STATES[State(listing.state)], steps=tuple(steps), contact=False)


def _towards(
    session: Session, listing: Listing, person: Person | None, today: date
) -> tuple[str | None, tuple[Step, ...]]:
    is_need = listing.side is Kind.NEED
    if person is not None and (thread := _thread(session, listing, person)) is not None:
        return thread
    if listing.state != State.PUBLISHED or listing.organisation is None:
        return None, ()
    if is_need and listing.closes_on is not None and listing.closes_on < today:
        return NO_MORE_ANSWERS, ()
    if not is_reachable(session, listing.organisation):
        return not_reachable(listing.organisation), ()
    door = links.answer(listing.id) if is_need else links.introduce(listing.id)
    return _through(door, person, is_need=is_need)


def _through(door: str, person: Person | None, *, is_need: bool) -> tuple[str | None, tuple[Step, ...]]:
    """Say what stands between a person and the form of an introduction."""
    if person is None:
        steps = [
            Step(
                "Sign in to answer this need" if is_need else "Sign in to ask for an introduction",
                links.sign_in_for(door),
            )
        ]
        return None, (*steps, Step("Register", "/register"))
    if Role.CONFIRMED not in person.roles:
        return CONFIRM_FIRST, (Step("Go to your account", "/my/account"),)
    if not is_need and not person.may(Action.INTRODUCE):
        return ONLY_COMMISSIONERS, ()
    if person.organisation_id is None:
        return ORGANISATION_FIRST, (Step("Find your organisation", "/my/organisation"),)
    return None, (Step("Answer this need" if is_need else "Ask for an introduction", door),)


def _thread(session: Session, listing: Listing, person: Person) -> tuple[str | None, tuple[Step, ...]] | None:
    """Lead to the open introduction over the listing, where the person's organisation has one."""
    if person.organisation_id is None:
        return None
    found = open_between(session, listing, person.organisation_id)
    if found is None:
        return None
    href = links.introduction(found.id)
    if listing.side is Kind.INNOVATION:
        again = Step("Ask for another of your needs", links.introduce(listing.id))
        return "You are in touch over this innovation.", (Step("See your introduction", href), again)
    if found.state == IntroductionState.ASKED and found.opened_by == Side.COMMISSIONER:
        return "You are invited to answer this need.", (
            Step("Answer this need", links.answer(listing.id, found.innovation_id)),
            Step("See the invitation", href),
        )
    return "You have answered this need.", (Step("See your introduction", href),)


def _keeping(session: Session, listing: Listing, person: Person) -> Keeping:
    kept, note = shortlist.note_of(session, listing.id, person.id)
    field = note_field(listing.id)
    return Keeping(links.shortlist(listing.id), field, kept, Form({field: [note or ""]}))
