"""The pages of saved searches built from rows; knows no request and writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from exchange.alerting.alerts import AlertState
from exchange.alerting.mutes import Figures, Found, figures
from exchange.listing.listings import listings_by_ids
from exchange.models import Listing, State
from exchange.models_alerts import SavedSearch
from exchange.working_days import london_date
from web import links
from web.alerting.question_words import Plain, how_often, matches_plain, plain
from web.alerting.questions import pairs_of, read_question
from web.alerting.search_pages import FoundItem, SearchItem
from web.cards import Fact, Tag, Words
from web.params import Known
from web.site import Site
from web.wording import day

STATES = {
    AlertState.WAITING: Tag("In the next mail", "blue"),
    AlertState.SENT: Tag("Mailed to you", "green"),
    AlertState.MUTED: Tag("Muted, not mailed", "grey"),
    AlertState.DROPPED: Tag("Not mailed", "grey"),
}
RUN_IT_ANEW = (
    "A filter of this search is not there any more, so it finds nothing new. Make the search again with other filters, "
    "save it, and delete this one."
)
NOT_MATCHED = "This listing is not published any more, so it is not matched. You can delete this one."


@dataclass(frozen=True, slots=True)
class Shown:
    """A saved search with what there is to say of it."""

    search: SavedSearch
    facts: tuple[Fact, ...]
    problems: tuple[str, ...]
    item: SearchItem


def builder_of(site: Site, session: Session) -> "Builder":
    """Give what shows saved searches on a site, with its areas and places as they are now."""
    taxonomy = site.taxonomy(session)
    return Builder(Words(taxonomy, site.gazetteer, site.today()), site.known(taxonomy))


@dataclass(frozen=True, slots=True)
class Builder:
    """Shows saved searches in words."""

    words: Words
    known: Known

    def shown(self, session: Session, searches: list[SavedSearch]) -> list[Shown]:
        """Build saved searches of one person."""
        if not searches:
            return []
        told = figures(session, searches[0].account_id)
        rows = listings_by_ids(session, [one.listing_id for one in searches if one.listing_id is not None])
        return [self._one(search, told.get(search.id, Figures()), rows) for search in searches]

    def _one(self, search: SavedSearch, told: Figures, rows: Mapping[int, Listing]) -> Shown:
        asks, problems, run = self._asks(search, rows)
        broken = (NOT_MATCHED if search.listing_id is not None else RUN_IT_ANEW) if problems else None
        href = f"/my/searches/{search.id}"
        last = f"On {day(london_date(told.told_at))}" if told.told_at else "Not yet"
        item = SearchItem(
            number=search.id,
            href=href,
            name=search.name,
            asks=asks.line,
            how_often=how_often(search.cadence),
            told=last + (f". {told.waiting:,} wait for the next mail" if told.waiting else ""),
            found=told.found,
            found_href=f"{href}/alerts",
            run=run,
            run_label="Open the search and choose other filters" if problems else "See everything that fits now",
            stopped=f"No mail comes since {day(london_date(search.stopped_at))}." if search.stopped_at else None,
            broken=broken,
        )
        return Shown(search, asks.facts, problems, item)

    def _asks(self, search: SavedSearch, rows: Mapping[int, Listing]) -> tuple[Plain, tuple[str, ...], str | None]:
        """Say what a saved search asks, what is wrong with it, and where everything that fits can be seen."""
        if search.listing_id is not None:
            row = rows.get(search.listing_id)
            open_now = row is not None and row.state == State.PUBLISHED
            problems = () if open_now else (NOT_MATCHED,)
            return matches_plain(row), problems, links.matches(search.listing_id) if open_now else None
        asked = read_question(search.question, self.known)
        found = tuple(problem.sentence for problem in asked.problems)
        return plain(asked.query, self.words), found, links.search_path(pairs_of(search.question))

    def found(self, one: Found) -> FoundItem:
        """Build one result of a saved search."""
        return FoundItem(
            number=one.alert.listing_id,
            card=self.words.card(one.listing) if one.listing else None,
            why=tuple(one.alert.why),
            found=day(london_date(one.alert.found_at)),
            state=STATES[AlertState(one.alert.state)],
            muted=one.muted,
        )
