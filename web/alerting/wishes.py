"""What a person wants to save, read from an address or a form; knows no request and writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from exchange.alerting.saved_searches import LONGEST_NAME, Question
from exchange.listing.listings import visible_listing
from exchange.models import State
from web import links
from web.alerting.known import Asked
from web.alerting.question_words import matches_plain, name_for, plain
from web.alerting.questions import LISTING, listing_in, question_of, read_asked
from web.cards import Fact, Words
from web.introducing.next_steps import Step
from web.site import Site

NOT_MATCHED = "This listing is not published any more, so it is not matched and there is nothing to be told of."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A search, or the matches of a listing, with a name for it and what a page says of it."""

    asked: Asked
    question: Question
    heading: str
    name: str
    facts: tuple[Fact, ...]
    back: Step
    pairs: tuple[tuple[str, str], ...]
    stop: str | None = None

    @property
    def listing_id(self) -> int | None:
        """Give the number of the listing whose matches are asked for."""
        return self.asked if isinstance(self.asked, int) else None


def wish_of(site: Site, session: Session, pairs: Sequence[tuple[str, str]]) -> Wish | str:
    """Read what is to be saved; an address instead where the search page says best what is wrong with it.

    Raises:
        NotFoundError: a listing is named that is not there.
    """
    words = Words(site.taxonomy(session), site.gazetteer, site.today())
    listing_id = listing_in(dict(pairs))
    if listing_id is not None:
        return _of_listing(session, listing_id)
    asked = read_asked(pairs, site.known(words.taxonomy))
    if asked.problems:
        return links.search_path(asked.typed)
    query, question = asked.query, question_of(asked.query)
    return Wish(
        asked=query,
        question=question,
        heading="Save this search and be told",
        name=name_for(query, words),
        facts=plain(query, words).facts,
        back=Step("Back to the search", links.search(query)),
        pairs=tuple((name, value) for name, values in question.items() for value in values),
    )


def _of_listing(session: Session, listing_id: int) -> Wish:
    row = visible_listing(session, listing_id)
    return Wish(
        asked=listing_id,
        question={},
        heading="Be told of new matches",
        name=_cut(f"Matches of {row.title}"),
        facts=matches_plain(row).facts,
        back=Step("Back to the listing", links.listing(listing_id)),
        pairs=((LISTING, str(listing_id)),),
        stop=None if row.state == State.PUBLISHED else NOT_MATCHED,
    )


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
