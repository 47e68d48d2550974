"""The gap map's pages and charts: their numbers, their pictures without scripts, and their lists."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree
from real_site import BASE_URL, RealSite, real_service, site_over
from seen import LEEDS, NOW, text_of
from small_exchange import Exchange, fill, publish
from sqlalchemy import Engine
from starlette.testclient import TestClient

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.listing.listings import withdraw
from exchange.people.accounts import operator
from exchange.running.gap_map import NOT_STATED, Column, read_picture
from exchange.running.match_counts import Counted, Due, keep
from indexer.gaps import counter_over
from web.running.charts import INK, NARROW, PALE, WIDE, BarChart, draw
from web.running.gap_pages import area_names, region_names

SVG = "{http://www.w3.org/2000/svg}"
CHARTS = ["regions", "regions-narrow", "areas", "areas-narrow"]
YORKSHIRE = "E12000003"


class Tables(HTMLParser):
    """The tables of a page: caption, and rows of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._caption, self._within, self._hidden = "", "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag if tag in {"caption", "th", "td"} else self._within
        self._hidden = "govuk-visually-hidden" in (dict(attrs).get("class") or "")
        if tag == "tr":
            self.found[self._caption].append([])
        if tag in {"th", "td"}:
            self.found[self._caption][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._within = "" if tag in {"caption", "th", "td"} else self._within
        self._hidden = self._hidden and tag != "span"

    def handle_data(self, data: str) -> None:
        if self._within == "caption":
            self._caption = data.strip()
            self.found[self._caption] = []
        elif self._within and not self._hidden:
            self.found[self._caption][-1][-1] += data.strip()


def tables(page: str) -> dict[str, dict[str, list[str]]]:
    parser = Tables()
    parser.feed(page)
    return {caption: {row[0]: row[1:] for row in rows[1:]} for caption, rows in parser.found.items()}


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Iterator[tuple[RealSite, Exchange]]:
    """Give the small exchange on each kind of database, counted, with a need for which there is nothing."""
    numbers = fill(engine)
    with writing(engine) as session:
        publish(session, Kind.NEED, Content(title="Xylophone zookeeping", required_in=("E92000001",)), None, 30)
    service = real_service(engine, tmp_path / "index")
    counter_over(service, lambda: NOW).turn()
    app = site_over(engine, service, tmp_path)
    app.state.site.clock = lambda: NOW
    with TestClient(app, BASE_URL, follow_redirects=False) as client:
        yield RealSite(engine, service, client), numbers


def test_every_number_on_the_page_is_that_of_the_picture(site):
    real, _ = site
    page = tables(real.get("/gap-map"))
    state = real.client.app.state.site
    with state.reading() as session:
        picture = read_picture(session, state.taxonomy(session))
        names = region_names(state.gazetteer), area_names(state.taxonomy(session))
    gaps = [Column.UNMATCHED, Column.UNBOUGHT, Column.NEITHER]
    for caption, columns, rows, counts in (
        ("Needs and innovations by region", [Column.NEEDS, Column.NOW, Column.WOULD], names[0], picture.by_region),
        ("Needs and innovations by area of work", [Column.NEEDS, Column.NOW], names[1], picture.by_area),
        ("Gaps by region", gaps, names[0], picture.by_region),
        ("Gaps by area of work", gaps, names[1], picture.by_area),
    ):
        assert list(page[caption]) == list(rows.values())
        for code, name in rows.items():
            expected = [f"{counts[column, code]:,}" for column in columns]
            if columns[-1] is Column.WOULD and code == NOT_STATED:
                expected[-1] = "-"
            assert page[caption][name] == expected, (caption, name)


def test_the_small_exchange_stands_where_it_says(site):
    real, _ = site
    page = tables(real.get("/gap-map"))
    regions, areas = page["Needs and innovations by region"], page["Needs and innovations by area of work"]
    assert regions["Yorkshire and The Humber"] == ["1", "1", "0"]
    assert regions["Whole of England"] == ["1", "0", "0"]
    assert regions["Not stated"] == ["0", "2", "-"]
    assert areas["Adult social care"] == ["0", "1"]
    assert areas["Not stated"] == ["2", "2"]
    told = text_of(real.get("/gap-map"))
    assert "2 open needs and 3 published innovations" in told
    assert "Matches were counted on 1 March 2027." in told


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_runs_nothing_and_loads_nothing(client, name):
    answer = client.get(f"/gap-map/{name}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "sandbox" in policy
    assert "script-src" not in policy
    root = etree.fromstring(answer.content)
    assert root.tag == f"{SVG}svg"
    tags = {one.tag for one in root.iter(etree.Element)}
    assert not tags & {f"{SVG}{name}" for name in ("script", "foreignObject", "image", "use", "a")}
    names = {name for one in root.iter(etree.Element) for name in one.attrib}
    assert not {one for one in names if "href" in one or one.startswith("on")}
    assert not re.search(rb"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", answer.content)
    assert root[0].tag == f"{SVG}title"
    assert root[0].text.startswith("Bar chart by ")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_every_name_and_every_number_of_its_table(site, name):
    real, _ = site
    page = tables(real.get("/gap-map"))
    which = "region" if name.startswith("regions") else "area of work"
    rows = page[f"Needs and innovations by {which}"]
    root = etree.fromstring(real.client.get(f"/gap-map/{name}.svg").content)
    written = [one.text for one in root.iter(f"{SVG}text")]
    labels = [one for one in written if any(row.startswith((one or "-").rstrip("…")) for row in rows)]
    assert len(labels) == len(rows)
    numbers = [one for one in written if one and re.fullmatch(r"[\d,]+", one)]
    assert sorted(numbers) == sorted(number for row in rows.values() for number in row if number not in {"0", "-"})


def test_the_same_numbers_are_the_same_picture_and_are_not_sent_twice(client):
    one = client.get("/gap-map/areas.svg")
    assert client.get("/gap-map/areas.svg").content == one.content
    again = client.get("/gap-map/areas.svg", headers={"If-None-Match": one.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/gap-map/nothing.svg").status_code == 404


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_hostile_and_long_names_and_no_numbers_make_a_chart(shape):
    labels = ("<script>alert(1)</script>", "x" * 300, "&amp; 👩‍👩‍👧", "")
    chart = BarChart(message="<b>", labels=labels, series=(("Needs", (0, 0, 0, 0)), ("Innovations", (0, 0, 0, 0))))
    root = etree.fromstring(draw(chart, shape))
    assert root.findall(f".//{SVG}script") == []
    assert root[0].text == "<b>"
    assert all(len(one.text or "") <= shape.label for one in root.iter(f"{SVG}text"))


def test_colours_stand_apart_from_white_and_from_each_other():
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05

    assert light("#ffffff") / light(PALE) >= 3
    assert light(PALE) / light(INK) >= 3


def test_the_lists_hold_the_gaps_and_are_narrowed_by_links(site):
    real, numbers = site
    needs = real.get("/gap-map/needs")
    assert "Xylophone zookeeping" in needs
    assert (
        "Respite for carers" not in needs
        or tables(real.get("/gap-map"))["Gaps by region"]["Yorkshire and The Humber"][0] == "1"
    )
    found = real.get(f"/gap-map/innovations?region={YORKSHIRE}")
    assert f'href="/listings/{numbers.sitters}"' in found
    assert f'href="/listings/{numbers.bare}"' not in found
    assert f'href="/gap-map/innovations?region={YORKSHIRE}&amp;area=adult-social-care"' in found
    assert 'href="/gap-map/innovations"' in found, "the way back to all of them"
    assert "None just now" in real.get("/gap-map/needs?region=E12000007&area=arts-and-sport")
    both = real.get("/gap-map/innovations?region=not-stated&area=not-stated")
    assert f'href="/listings/{numbers.bare}"' in both


@pytest.mark.parametrize("asked", ["region=x", "area=dementia", "page=0", "page=2", f"region={LEEDS}"])
def test_what_a_list_cannot_be_narrowed_to_is_refused(client, asked):
    assert client.get(f"/gap-map/needs?{asked}").status_code == 400


def test_a_list_is_paged(site):
    real, _ = site
    with writing(real.database) as session:
        for number in range(25):
            publish(session, Kind.INNOVATION, Content(title=f"Idea {number}"), None, 60 + number)
    first = real.get("/gap-map/innovations")
    assert first.count('class="ix-card__title"') == 20
    assert 'href="/gap-map/innovations?page=2"' in first
    assert real.get("/gap-map/innovations?page=2").count('class="ix-card__title"') == 8


def test_what_is_hidden_leaves_the_list_at_once_and_the_numbers_within_a_minute(site):
    real, numbers = site
    assert f'href="/listings/{numbers.sitters}"' in real.get("/gap-map/innovations")
    with writing(real.database) as session:
        withdraw(session, numbers.sitters, operator(session, "Test"), "asked to", NOW)
    assert f'href="/listings/{numbers.sitters}"' not in real.get("/gap-map/innovations")
    state = real.client.app.state.site
    state.clock = lambda: NOW + timedelta(seconds=61)
    assert "2 published innovations" in text_of(real.get("/gap-map"))


def test_an_innovation_without_a_matching_need_either_is_marked_and_freshness_is_told(site):
    real, numbers = site
    state = real.client.app.state.site
    with writing(real.database) as session:
        keep(session, Due(numbers.bare, 1), Counted(matches=0, strong=0), NOW - timedelta(days=1))
        publish(session, Kind.INNOVATION, Content(title="Not counted"), None, 50)
    state.clock = lambda: NOW + timedelta(hours=1)
    told = text_of(real.get("/gap-map/innovations"))
    assert "No matching need either" in told
    assert "Matches were counted from 28 February 2027 to 1 March 2027; 1 listing not counted yet." in told


def test_the_gap_map_is_reached_from_the_footer_and_from_browsing(client):
    assert client.get("/").text.count('href="/gap-map"') == 1
    assert client.get("/browse/areas").text.count('href="/gap-map"') == 2
    assert client.get("/browse/places").text.count('href="/gap-map"') == 2


def test_a_picture_says_what_it_shows_and_has_a_narrow_form(client):
    page = client.get("/gap-map").text
    assert re.findall(r'srcset="([^"]+)"', page) == ["/gap-map/regions-narrow.svg", "/gap-map/areas-narrow.svg"]
    alts = re.findall(r'<img src="/gap-map/\w+\.svg" alt="([^"]+)"', page)
    assert len(alts) == 2
    assert "innovations, now: most in Yorkshire and The Humber (1)" in alts[0]
