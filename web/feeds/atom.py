"""Atom feeds (RFC 4287) from plain values; knows no listing, no request and no database."""

from dataclasses import dataclass
from datetime import datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

MEDIA_TYPE = "application/atom+xml"
PUBLISHER = "Innovation Exchange"


@dataclass(frozen=True, slots=True)
class Category:
    """An area: its code, the list that it is of, and its name."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One entry: texts on one line each, addresses whole."""

    id: str
    title: str
    summary: str
    href: str
    author: str
    author_href: str | None
    categories: tuple[Category, ...]
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed: its lasting name, the page that shows the same, its own address, and its entries in order."""

    id: str
    title: str
    subtitle: str
    href: str
    own_href: str
    updated: datetime
    articles: tuple[Article, ...]


def atom(feed: Feed) -> bytes:
    """Write a feed; the same feed is always the same bytes."""
    made = FeedGenerator()
    made.id(feed.id)
    made.title(feed.title)
    made.subtitle(feed.subtitle)
    made.updated(feed.updated)
    made.language("en-GB")
    made.author(name=PUBLISHER)
    made.generator(PUBLISHER)
    made.link(href=feed.href, rel="alternate", type="text/html")
    made.link(href=feed.own_href, rel="self", type=MEDIA_TYPE)
    for article in feed.articles:
        made.add_entry(_entry(article), order="append")
    written: bytes = made.atom_str()
    return written


def _entry(article: Article) -> FeedEntry:
    made = FeedEntry()
    made.id(article.id)
    made.title(article.title)
    made.published(article.published)
    made.updated(article.updated)
    made.author({"name": article.author, **({"uri": article.author_href} if article.author_href else {})})
    made.link(href=article.href, rel="alternate")  # which is what no `rel` means: feedgen writes none in an entry
    made.summary(article.summary, type="text")
    for category in article.categories:
        made.category(term=category.term, scheme=category.scheme, label=category.label)
    return made
