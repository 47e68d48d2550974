"""How alike the words of two listings are, and which of one's own say the same; knows no model and no index."""

from dataclasses import dataclass

from rapidfuzz import fuzz, utils
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import Content, Kind
from exchange.models import Listing, State

ALIKE = 80.0
"""Of 100, at which two texts are near: of the packaged fixtures no two reach it.

Their nearest are 69 by title and summary ("A year at the yard for sixteen-year-olds going nowhere fast" and "A proper
job at sixteen, with a boss who expects trouble") and 66 by title ("Men dig: an allotment for blokes who don't talk" and
"Sheds and allotments for blokes who've been through court"), and both pairs are two ideas.
"""
FEW_WORDS = 20
"""With fewer different words, a text may stand whole in a longer one and say something else: "Someone who's been there,
for your first three months in treatment" and "First keys: someone who's been in care helps you move in" are 88 by the
words of the first, with 10 of them; from 15 on no beginning of a fixture is 80 to another fixture."""

MOST_READ = 500
"""Listings of one organisation that are compared, the newest first."""

GONE = frozenset({State.WITHDRAWN, State.REFUSED})


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A listing that says nearly the same; the ratio is of 100."""

    listing_id: int
    title: str
    state: State
    ratio: float


def likeness(one: Content, other: Content) -> float:
    """Say of 100 how alike two texts are: by their titles, or by title and summary as a whole.

    A long text that holds the words of another long one is as good as the same.
    """
    heads = utils.default_process(one.title), utils.default_process(other.title)
    whole = _words(one), _words(other)
    ratios = [fuzz.token_sort_ratio(*pair) for pair in (heads, whole) if all(pair)]
    if min(len(set(text.split())) for text in whole) >= FEW_WORDS:
        ratios.append(fuzz.token_set_ratio(*whole))
    return max(ratios, default=0.0)


def own(  # noqa: PLR0913  whose they are is two facts, and which one to leave out a third
    session: Session, content: Content, kind: Kind, *, organisation_id: int | None, by_id: int, exclude_id: int | None
) -> tuple[Duplicate, ...]:
    """Give the organisation's listings (without one, the author's) that say nearly the same, the nearest first.

    In any state but refused and withdrawn; `exclude_id` is the listing that is being written.
    """
    if organisation_id is None:
        owned = [Listing.organisation_id.is_(None), Listing.by_id == by_id]
    else:
        owned = [Listing.organisation_id == organisation_id]
    listings = (
        select(Listing)
        .where(*owned, Listing.kind == kind, Listing.state.not_in(GONE), Listing.id != (exclude_id or 0))
        .order_by(Listing.id.desc())
        .limit(MOST_READ)
    )
    compared = ((listing, likeness(content, listing.content)) for listing in session.scalars(listings))
    found = [Duplicate(row.id, row.title, State(row.state), ratio) for row, ratio in compared if ratio >= ALIKE]
    return tuple(sorted(found, key=lambda one: (-one.ratio, -one.listing_id)))


def _words(content: Content) -> str:
    return utils.default_process(f"{content.title} {content.summary or ''}")
