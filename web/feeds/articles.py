"""Listings as entries of a feed; knows no request and no format."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from exchange.listing.live_text import LiveText
from exchange.models import Listing, State
from exchange.taxonomy import AREA
from web import links, wording
from web.cards import Words
from web.feeds.atom import Article, Category, Feed
from web.feeds.lasting_names import LastingNames
from web.feeds.plain_text import one_line, shortened

NOT_STATED = "not stated"
LONGEST_SUMMARY = 1_000


@dataclass(frozen=True, slots=True)
class Writer:
    """What turns a listing into what a reading program shows: names of codes, lasting names, the site's address."""

    words: Words
    names: LastingNames
    base_url: str

    def feed(self, title: str, page: str, own: str, listings: list[Listing], live: dict[int, LiveText]) -> Feed:
        """Build the feed at `own` of what the page at `page` shows; without entries it is as old as the exchange."""
        articles = tuple(self.article(listing, live[listing.id]) for listing in listings)
        return Feed(
            id=self.names.urn(own),
            title=title,
            subtitle="Innovations and needs, the newest first, as the exchange shows them to everybody.",
            href=self.base_url + page,
            own_href=self.base_url + own,
            updated=max((article.updated for article in articles), default=self.names.founded),
            articles=articles,
        )

    def article(self, listing: Listing, live: LiveText) -> Article:
        """Build the entry of one listing."""
        by = listing.organisation
        return Article(
            id=self.names.urn(f"listing/{listing.id}"),
            title=self.title(listing),
            summary=self.summary(listing),
            href=self.base_url + links.listing(listing.id),
            author=(one_line(by.name) if by else "") or NOT_STATED,
            author_href=self.base_url + links.organisation(by.id) if by else None,
            categories=tuple(self._category(code) for code in listing.content.areas or ()),
            published=_whole(listing.published_at or listing.created_at),
            updated=_whole(live.changed_at),
        )

    def title(self, listing: Listing) -> str:
        """Give the title on one line."""
        return one_line(listing.title) or f"{wording.KINDS[listing.side]} {listing.id}"

    def summary(self, listing: Listing) -> str:
        """Say what it is, what it says of itself, and what a card says: where, for whom, until when."""
        content, kind = listing.content, wording.KINDS[listing.side]
        first = f"{kind}, closed." if listing.state != State.PUBLISHED else f"{kind}."
        text = shortened(one_line(content.summary or content.description), LONGEST_SUMMARY)
        facts = [f"{fact.label}: {one_line(fact.value)}." for fact in self.words.card(listing).facts if fact.value]
        return " ".join(filter(None, [first, text, *facts]))

    def _category(self, code: str) -> Category:
        label = one_line(self.words.taxonomy.label(AREA, code))
        return Category(term=one_line(code), scheme=f"{self.base_url}/browse/areas", label=label)


def followed(path: str, pairs: list[tuple[str, str]]) -> str:
    """Give the one address of a feed or calendar whatever the order in which its parameters came."""
    return f"{path}?{urlencode(sorted(pairs))}" if pairs else path


def _whole(moment: datetime) -> datetime:
    """Leave out what is below a second: readers compare these times, and both databases must say the same."""
    return moment.replace(microsecond=0)
