"""What can be done with a match of one's own listing: invite to answer, answer, or see what is open; writes nothing."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.introducing.introduction_letters import is_reachable
from exchange.introducing.introduction_pairs import open_over
from exchange.models import Listing, Organisation
from exchange.people.permissions import Action
from exchange.people.sign_ins import Person
from web import links
from web.introducing.next_steps import Step

NOT_HERE = "Nobody of this organisation is on the exchange yet. Its page says how to reach it."


def match_acts(
    session: Session, listing: Listing, rows: Mapping[int, Listing], person: Person | None, today: date
) -> dict[int, Step | str]:
    """Give a link for each match of the person's own listing, or why there is none; nothing for anybody else."""
    own = person.organisation_id if person else None
    is_need = listing.side is Kind.NEED
    action = Action.INTRODUCE if is_need else Action.ANSWER
    if person is None or own is None or own != listing.organisation_id or not person.may(action):
        return {}
    begun = open_over(session, [listing.id] if is_need else list(rows))
    acts: dict[int, Step | str] = {}
    for number, row in rows.items():
        need, idea = (listing, row) if is_need else (row, listing)
        if row.organisation is None or row.organisation_id == own or not _open_at(need, today):
            continue
        thread = begun.get((need.id, idea.organisation_id or 0))
        acts[number] = _act(session, row.organisation, (need, idea), thread, is_need=is_need)
    return acts


def _act(
    session: Session, theirs: Organisation, pair: tuple[Listing, Listing], thread: int | None, *, is_need: bool
) -> Step | str:
    need, idea = pair
    if thread is not None:
        return Step("See your introduction", links.introduction(thread))
    if not is_reachable(session, theirs):
        return NOT_HERE
    if is_need:
        return Step("Invite to answer", links.invite(need.id, idea.id))
    return Step("Answer this need", links.answer(need.id, idea.id))


def _open_at(need: Listing, today: date) -> bool:
    return need.closes_on is None or need.closes_on >= today
