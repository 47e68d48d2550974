"""Home, browsing, newest and the pages of plain text."""

import pytest
from seen import LEEDS, text_of, title_of


def test_home_has_two_doors_that_are_plain_get_forms(client):
    page = client.get("/").text
    assert page.count('action="/search" method="get"') == 2
    assert page.count("<textarea") == 2
    assert '<input type="hidden" name="kind" value="innovation">' in page
    assert '<input type="hidden" name="kind" value="need">' in page
    assert "Describe what you need" in page
    assert "Describe your idea" in page


def test_home_counts_open_listings_and_shows_the_newest_first(client):
    page = text_of(client.get("/").text)
    assert "3 innovations" in page
    assert "1 open need" in page
    assert page.index("Thursday Sitters") < page.index("Respite for carers") < page.index("Imported advice line")


def test_home_never_shows_what_is_closed_withdrawn_or_undecided(client):
    page = client.get("/").text
    assert "Night sitting, closed" not in page
    assert "Withdrawn idea" not in page
    assert "Not yet decided" not in page


def test_home_links_to_every_top_area_and_region(client):
    page = client.get("/").text
    assert 'href="/browse/areas/adult-social-care"' in page
    assert 'href="/browse/areas/excluded-young-people"' in page
    assert 'href="/browse/places/E12000003"' in page
    assert "Yorkshire and The Humber" in page


def test_home_still_answers_while_the_engine_is_down(client, stage):
    stage.up = False
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Thursday Sitters" in answer.text


def test_areas_are_shown_two_levels_deep_with_counts(client):
    page = client.get("/browse/areas").text
    assert "Adult social care" in page
    assert "Short breaks" in page
    assert "Short breaks (1)" in text_of(page)


def test_an_area_page_gives_definition_children_and_listings_by_kind(client, stage):
    page = client.get("/browse/areas/short-breaks").text
    assert "Time off for carers" in page
    assert "Thursday Sitters" in page
    assert "Innovations (1)" in text_of(page)
    assert "Needs (0)" in text_of(page)
    assert 'href="/search?kind=innovation&amp;area=short-breaks&amp;unstated.area=hide"' in page
    assert "Innovations" in client.get("/browse/areas/adult-social-care").text


def test_an_area_page_leaves_out_listings_that_state_no_area(client):
    assert "A listing that says nothing else" not in client.get("/browse/areas/short-breaks").text


def test_an_area_leads_back_to_the_one_above(client):
    assert 'href="/browse/areas/adult-social-care"' in client.get("/browse/areas/short-breaks").text


def test_places_are_regions_with_what_lies_in_them(client):
    page = client.get("/browse/places").text
    assert "Yorkshire and The Humber" in page
    assert f'href="/browse/places/{LEEDS}"' in page


def test_a_place_page_gives_listings_and_the_region_around_it(client):
    page = client.get(f"/browse/places/{LEEDS}").text
    assert "Thursday Sitters" in page
    assert "Respite for carers" in page
    assert 'href="/browse/places/E12000003"' in page


def test_a_topic_shows_its_listings_while_the_engine_is_down_and_says_so(client, stage):
    stage.up = False
    for path in ("/browse/areas/short-breaks", f"/browse/places/{LEEDS}"):
        page = text_of(client.get(path).text)
        assert "Search is running without its ranking engine." in page
        assert "Thursday Sitters" in page
        assert "Innovations (1)" in page


def test_newest_shows_one_kind_when_asked(client):
    page = client.get("/newest?kind=need").text
    assert "Respite for carers" in page
    assert "Thursday Sitters" not in page
    assert title_of(page) == "Newest needs - Innovation Exchange"


@pytest.mark.parametrize("query", ["page=2", "page=0", "page=x", "kind=idea", "page=1000000000"])
def test_newest_refuses_what_it_cannot_use_with_a_sentence(client, query):
    answer = client.get(f"/newest?{query}")
    assert answer.status_code == 400
    assert "Check what you asked for" in answer.text


PROSE = {
    "/how-ranking-works": "Nobody can pay",
    "/accessibility": "version 2.2",
    "/privacy": "without giving your name",
    "/cookies": "this site sets no cookie",
}


@pytest.mark.parametrize("path", PROSE)
def test_pages_of_plain_text_say_what_they_must(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert PROSE[path] in answer.text


def test_no_page_sets_a_cookie(client):
    for path in ("/", "/search?q=carers", "/newest", "/cookies"):
        assert "set-cookie" not in client.get(path).headers


def test_every_page_has_its_own_title(client, exchange):
    paths = ["/", "/search?q=carers", "/search", "/newest", "/browse/areas", "/browse/places", "/nope", *PROSE]
    paths += [f"/listings/{exchange.sitters}", f"/listings/{exchange.sitters}/matches"]
    paths += [f"/organisations/{exchange.circle}", "/browse/areas/dementia", f"/browse/places/{LEEDS}"]
    titles = [title_of(client.get(path).text) for path in paths]
    assert len(set(titles)) == len(titles)
    assert all(title.endswith(" - Innovation Exchange") for title in titles)


def test_robots_are_kept_from_the_endless_search_pages(client):
    assert "Disallow: /search" in client.get("/robots.txt").text


@pytest.mark.parametrize("word", ["Log in", "coming soon", "not yet available"])
def test_no_control_leads_to_a_part_that_is_not_built(client, word):
    for path in ("/", "/search", "/newest"):
        assert word.lower() not in client.get(path).text.lower()


def test_no_page_carries_the_brand_of_gov_uk(client):
    page = client.get("/").text
    assert "GOV.UK" not in page
    assert "crown" not in page.lower()
    assert "govuk-header" not in page
