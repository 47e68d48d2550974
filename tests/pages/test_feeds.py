"""Atom feeds: what stands in them, that it is what the page shows, and that readers are not told the same twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import atoma
import feedparser
import pytest
from atom_grammar import faults
from real_site import BASE_URL, RealSite, indexer_of, real_service, site_over
from seen import BRADFORD, LEEDS, NOW, text_of
from small_exchange import Exchange, fill, publish
from sqlalchemy import Engine
from starlette.testclient import TestClient

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.listing.listings import close, revise, withdraw
from exchange.models import Listing
from exchange.moderating.moderation import approve_revision
from exchange.people.accounts import operator
from web.params import read_search
from web.site import known_values

LATER = NOW + timedelta(days=2)
SEARCHES = [
    "",
    "kind=innovation",
    "kind=need&closed=1",
    "q=carers",
    "q=respite+carers&kind=innovation",
    f"place={LEEDS}",
    f"place={BRADFORD}&unstated.place=hide",
    "area=short-breaks&unstated.area=hide",
    "group=carers",
    "tier=contract&unstated.tier=hide",
    "money=50k-250k",
    "stage=running&unstated.stage=hide",
    "size=small&unstated.size=hide",
    "evidence=3&unstated.evidence=hide",
    "partners=yes&unstated.partners=hide",
    "sort=closing&kind=need",
]


@pytest.fixture
def both(engine: Engine, tmp_path: Path) -> Iterator[tuple[RealSite, Exchange]]:
    """Give the small exchange on each kind of database."""
    numbers = fill(engine)
    service = real_service(engine, tmp_path / "index")
    with TestClient(site_over(engine, service, tmp_path), BASE_URL, follow_redirects=False) as client:
        yield RealSite(engine, service, client), numbers


def read(client: TestClient, path: str) -> feedparser.FeedParserDict:
    """Give a feed that every reader takes: no fault in the grammar, in feedparser or in a strict reader."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.text[:500])
    assert answer.headers["content-type"] == "application/atom+xml"
    assert faults(answer.content) == []
    assert len(atoma.parse_atom_bytes(answer.content).entries) == answer.content.count(b"<entry>")
    found = feedparser.parse(answer.content)
    assert found.bozo == 0
    return found


def listed(found: feedparser.FeedParserDict) -> list[int]:
    return [int(entry.link.rsplit("/", 1)[1]) for entry in found.entries]


def test_an_entry_says_what_the_page_says(client, exchange):
    found = read(client, "/feeds/newest.atom")
    entry = next(one for one in found.entries if one.link == f"{BASE_URL}/listings/{exchange.sitters}")
    assert entry.title == "Thursday Sitters"
    assert entry.author == "Carers' Circle"
    assert entry.authors[0].href == f"{BASE_URL}/organisations/{exchange.circle}"
    assert entry.summary.startswith("Innovation. The same trained sitter every week, so that carers can rest.")
    assert "Delivers in: Leeds." in entry.summary
    assert [(tag.term, tag.label) for tag in entry.tags] == [("short-breaks", "Short breaks"), ("dementia", "Dementia")]
    assert entry.published == entry.updated == "2027-03-01T09:05:00+00:00"
    assert {tag.scheme for tag in entry.tags} == {f"{BASE_URL}/browse/areas"}
    assert next(one.author for one in found.entries if "says nothing else" in one.title) == "not stated"


def test_the_newest_stand_first_and_a_kind_may_be_named(client, exchange):
    assert listed(read(client, "/feeds/newest.atom")) == [
        exchange.sitters,
        exchange.need,
        exchange.office,
        exchange.bare,
    ]
    assert listed(read(client, "/feeds/newest.atom?kind=need")) == [exchange.need]
    assert client.get("/feeds/newest.atom?kind=idea").status_code == 400


@pytest.mark.parametrize("asked", SEARCHES)
def test_a_search_feed_holds_what_the_search_page_shows(client, stage, asked):
    site = client.app.state.site
    with site.reading() as session:
        known = known_values(site.taxonomy(session), site.gazetteer)
    query = read_search(parse_qsl(asked), known).usable()
    shown = {hit.id for hit in stage.real.search(query).hits}
    found = read(client, f"/feeds/search.atom?{asked}")
    assert set(listed(found)) == shown
    assert found.feed.links[0].href.startswith(f"{BASE_URL}/search")


@pytest.mark.parametrize(("path", "page"), [("areas/dementia", "areas/dementia"), (f"places/{LEEDS}",) * 2])
def test_the_feed_of_an_area_or_place_holds_what_its_page_shows(client, path, page):
    found = read(client, f"/feeds/{path}.atom")
    html = client.get(f"/browse/{page}").text
    assert found.entries
    assert all(f'href="/listings/{number}"' in html for number in listed(found))
    assert html.count('class="ix-card__title"') == len(found.entries)
    assert found.feed.links[0].href == f"{BASE_URL}/browse/{page}"


def test_a_feed_is_the_same_whatever_the_order_of_its_parameters(client):
    one = read(client, f"/feeds/search.atom?q=carers&place={LEEDS}&kind=innovation&place={BRADFORD}")
    other = read(client, "/feeds/search.atom?kind=innovation&place=Bradford&page=3&place=Leeds&q=+carers")
    assert one.feed.id == other.feed.id
    assert one.feed.links[1].href == other.feed.links[1].href
    assert one.feed.id != read(client, "/feeds/search.atom?q=carers").feed.id
    own = urlsplit(one.feed.links[1].href)
    assert read(client, f"{own.path}?{own.query}").feed.id == one.feed.id


def test_an_entry_has_one_name_in_every_feed_and_none_holds_the_address(client, exchange):
    names = {
        entry.id
        for path in ("newest.atom", "search.atom?q=sitters", "areas/dementia.atom")
        for entry in read(client, f"/feeds/{path}").entries
        if entry.link.endswith(f"/{exchange.sitters}")
    }
    assert len(names) == 1
    assert names.pop().startswith("urn:uuid:")


@pytest.mark.parametrize(
    "path", ["search.atom?area=nothing", "search.atom?kind=x", "search.atom?place=Atlantis", "search.atom?page=0"]
)
def test_what_cannot_be_used_is_refused_with_the_sentence_of_the_search_page(client, path):
    answer = client.get(f"/feeds/{path}")
    assert answer.status_code == 400
    assert client.get(f"/{path.replace('.atom', '')}").status_code == 400
    assert "“" in text_of(answer.text)


@pytest.mark.parametrize("path", ["areas/nothing.atom", "places/E99.atom"])
def test_there_is_no_feed_of_what_is_not(client, path):
    assert client.get(f"/feeds/{path}").status_code == 404


@pytest.mark.parametrize("part", ["up", "model_up"])
def test_a_part_that_is_down_gives_no_poorer_feed(client, stage, part):
    setattr(stage, part, False)
    answer = client.get("/feeds/search.atom?q=respite+for+carers")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert client.get("/feeds/newest.atom").status_code == 200


def test_what_a_reader_has_already_is_not_sent_again(client):
    first = client.get("/feeds/search.atom?q=carers")
    mark = first.headers["etag"]
    for given in (mark, f"W/{mark}", f'"x", {mark}', "*"):
        again = client.get("/feeds/search.atom?q=carers", headers={"If-None-Match": given})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == mark
    assert client.get("/feeds/search.atom?q=carers", headers={"If-None-Match": '"x"'}).status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    assert client.head("/feeds/newest.atom").status_code == 200


def test_pages_name_their_feeds(client):
    for path, feed in {
        "/newest?kind=need": "/feeds/newest.atom?kind=need",
        "/browse/areas/dementia": "/feeds/areas/dementia.atom",
        f"/browse/places/{LEEDS}": f"/feeds/places/{LEEDS}.atom",
        "/search?sort=closing&q=carers": "/feeds/search.atom?q=carers",
    }.items():
        html = client.get(path).text
        assert f'href="{feed}"></head>' in html.replace("\n", "").replace("  ", "")
        assert "Follow by feed" in text_of(html)
        assert client.get(feed).status_code == 200
    assert "atom+xml" not in client.get("/search?kind=x").text


def test_what_is_hidden_or_closed_leaves_every_feed_at_once(both):
    site, numbers = both
    paths = ["newest.atom", "search.atom", "areas/dementia.atom", "search.atom?kind=innovation", f"places/{LEEDS}.atom"]
    before = {path: listed(read(site.client, f"/feeds/{path}")) for path in paths}
    assert all(numbers.sitters in found for found in before.values())
    mark = site.client.get("/feeds/newest.atom").headers["etag"]
    with writing(site.database) as session:
        by = operator(session, "Test")
        withdraw(session, numbers.sitters, by, "asked to", LATER)
        close(session, numbers.need, by, "early", LATER)
    for path in paths:
        assert not {numbers.sitters, numbers.need} & set(listed(read(site.client, f"/feeds/{path}"))), path
    indexer_of(site.service).catch_up()
    closed = read(site.client, "/feeds/search.atom?closed=1")
    assert numbers.need in listed(closed)
    assert numbers.sitters not in listed(closed)
    assert next(one.summary for one in closed.entries if listed(closed)).startswith(("Need", "Innovation"))
    assert site.client.get("/feeds/newest.atom", headers={"If-None-Match": mark}).status_code == 200


def test_updated_is_when_the_live_text_changed_and_not_when_somebody_said_it_is_still_true(both):
    site, numbers = both
    with writing(site.database) as session:
        by = operator(session, "Test")
        confirm_as_true(session, numbers.bare)
        revision = revise(session, numbers.sitters, Content(title="Thursday Sitters, twice a week"), by, NOW)
        assert revision is not None
        change = revision.id
    waiting = {entry.link: entry for entry in read(site.client, "/feeds/newest.atom").entries}
    assert waiting[f"{BASE_URL}/listings/{numbers.sitters}"].title == "Thursday Sitters"
    with writing(site.database) as session:
        approve_revision(session, change, operator(session, "Test"), "checked", LATER)
    found = read(site.client, "/feeds/newest.atom")
    entries = {entry.link: entry for entry in found.entries}
    changed = entries[f"{BASE_URL}/listings/{numbers.sitters}"]
    assert (changed.title, changed.updated) == ("Thursday Sitters, twice a week", LATER.isoformat())
    assert changed.id == waiting[f"{BASE_URL}/listings/{numbers.sitters}"].id
    assert entries[f"{BASE_URL}/listings/{numbers.bare}"].updated == "2027-03-01T09:01:00+00:00"
    assert found.feed.updated == LATER.isoformat()


def confirm_as_true(session, number: int) -> None:
    row = session.get_one(Listing, number)
    row.confirmed_at = LATER


def test_only_the_newest_fifty_stand_in_a_feed(both):
    site, _ = both
    with writing(site.database) as session:
        made = [publish(session, Kind.INNOVATION, Content(title=f"Idea {n}"), None, 2000 + n) for n in range(60)]
    indexer_of(site.service).catch_up()
    assert listed(read(site.client, "/feeds/newest.atom")) == made[::-1][:50]
    assert len(listed(read(site.client, "/feeds/search.atom?q=idea"))) == 50
    assert set(listed(read(site.client, "/feeds/search.atom"))) <= set(made)


def test_a_feed_without_entries_is_as_old_as_the_exchange(client):
    found = read(client, "/feeds/areas/arts-and-sport.atom")
    assert found.entries == []
    assert datetime.fromisoformat(found.feed.updated).astimezone(UTC) == NOW
