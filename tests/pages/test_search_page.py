"""The search page: results, chips, facets, pages of results, and what it says when the engine is down."""

import re

import pytest
from seen import LEEDS, text_of, title_of

from exchange.content import Kind
from indexer.results import NOT_STATED, Bucket, Chip, Facet, Gap, Hit, Reason, Sort, Suggestion


def test_results_show_who_where_stage_funding_evidence_and_organisation(client):
    page = text_of(client.get("/search?q=sitter&kind=innovation").text)
    for words in (
        "1 result",
        "Thursday Sitters",
        "Carers' Circle",
        "Medium (£100,000 to £1 million)",
        "Carers, People with dementia, Women, aged 50 and over",
        "Delivers in Leeds",
        "Would also deliver in Bradford",
        "Stage: Running",
        "Evidence level 3: comparison group",
        "Grant; service level agreement or contract",
        "£78,000 to £130,000 a year",
    ):
        assert words in page


def test_a_need_shows_budget_and_closing_date(client):
    page = text_of(client.get("/search?kind=need").text)
    assert "Budget Up to £90,000 in all" in page
    assert "Closing date 9 April 2027" in page


def test_an_office_is_where_somebody_is_based_never_where_they_deliver(client):
    page = text_of(client.get("/search?q=telephone").text)
    assert "Based in Bradford" in page
    assert "Delivers in" not in page
    assert "Received a grant of £9,500" in page
    assert "Cost £9,500" not in page


def test_what_a_listing_does_not_state_is_said(client):
    page = text_of(client.get("/search?q=listing").text)
    assert "Not stated: who it is for, delivers in, way of funding and cost" in page
    assert "Organisation not stated" in page
    assert "Stage: not stated" in page
    assert "Evidence: not stated" in page


def test_the_text_stays_in_the_box_and_matched_words_are_marked(client):
    page = client.get("/search?q=sitters+for+carers").text
    assert '<textarea class="govuk-textarea" id="q" name="q" rows="3">sitters for carers</textarea>' in page
    assert "Thursday <mark>Sitters</mark>" in page
    assert "so that <mark>carers</mark> can rest" in page


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/search?q=sitter", "sitter - 2 results - Innovation Exchange"),
        ("/search?kind=need", "All needs - 1 result - Innovation Exchange"),
        ("/search", "All listings - 4 results - Innovation Exchange"),
        ("/search?q=zzzz", "zzzz - No results - Innovation Exchange"),
    ],
)
def test_the_title_says_what_was_asked_and_how_much_was_found(client, path, title):
    assert title_of(client.get(path).text) == title


def test_every_parameter_reaches_the_query(client, stage):
    client.get(
        f"/search?q=rest&kind=need&area=dementia&area=falls&group=women&place={LEEDS}&tier=grant&money=over-1m"
        "&stage=pilot&size=micro&evidence=3&partners=yes&unstated.place=hide&closed=1&remove=place:X&sort=newest&page=1"
    )
    query = stage.asked[-1]
    assert query.text == "rest"
    assert query.kind is Kind.NEED
    assert query.filters == {
        Facet.AREA: ("dementia", "falls"),
        Facet.GROUP: ("women",),
        Facet.PLACE: (LEEDS,),
        Facet.TIER: ("grant",),
        Facet.MONEY: ("over-1m",),
        Facet.STAGE: ("pilot",),
        Facet.SIZE: ("micro",),
        Facet.EVIDENCE: ("3",),
        Facet.PARTNERS: ("yes",),
    }
    assert query.exclude_not_stated == {Facet.PLACE}
    assert query.include_closed
    assert query.removed == {"place:X"}
    assert query.sort is Sort.NEWEST


def test_each_constraint_read_in_the_text_is_a_chip_that_one_click_removes(client, stage):
    stage.say = {"chips": (Chip(key=f"place:{LEEDS}", label="Leeds", words="in Leeds"),)}
    page = client.get("/search?q=sitter+in+Leeds&kind=innovation").text
    assert f'href="/search?q=sitter+in+Leeds&amp;kind=innovation&amp;remove=place%3A{LEEDS}"' in page
    assert '<span class="govuk-visually-hidden">Remove </span>Leeds' in page


def test_a_removed_constraint_can_be_put_back_and_stays_removed_in_the_form(client):
    page = client.get(f"/search?q=sitter+in+Leeds&remove=place:{LEEDS}").text
    assert '<a class="govuk-link" href="/search?q=sitter+in+Leeds">Put back what you removed</a>' in page
    assert f'<input type="hidden" name="remove" value="place:{LEEDS}">' in page


def test_did_you_mean_names_the_number_of_results(client, stage):
    stage.say = {"suggestion": Suggestion(text="dementia", total=12)}
    page = client.get("/search?q=demenshia").text
    assert 'href="/search?q=dementia"' in page
    assert "Did you mean dementia ? (12 results)" in text_of(page)


def test_an_estimated_total_is_called_about(client, stage):
    stage.say = {"about": True, "total": 1_234}
    assert "About 1,234 results" in client.get("/search?q=carers").text


def test_notices_stand_above_the_results(client, stage):
    stage.say = {"notices": ("Only the first 8,000 characters were read.",)}
    assert "Only the first 8,000 characters were read." in client.get("/search?q=carers").text


def test_each_facet_value_has_its_count_and_not_stated_is_a_ticked_box(client):
    page = client.get("/search").text
    assert "Service level agreement or contract (2)" in page
    assert '<input type="hidden" form="search" name="unstated.stage" value="hide">' in page
    box = 'id="unstated-stage" name="unstated.stage" type="checkbox" value="show" checked'
    assert box in page
    assert "Not stated (3)" in page


def test_the_filter_form_is_sent_on_to_an_address_without_what_is_the_default(client):
    answer = client.get(
        "/search?q=rest&kind=&sort=relevance&unstated.stage=hide&unstated.stage=show&unstated.place=hide&place="
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/search?q=rest&unstated.place=hide"


def test_an_unticked_not_stated_box_stays_unticked(client):
    page = client.get("/search?stage=running&unstated.stage=hide").text
    assert 'id="unstated-stage" name="unstated.stage" type="checkbox" value="show">' in page
    assert 'name="stage" type="checkbox" value="running" checked' in page


def test_a_chosen_value_that_no_bucket_names_is_still_shown_and_kept(client, stage):
    stage.say = {"facets": {Facet.PLACE: (Bucket(value=NOT_STATED, count=2),)}}
    page = client.get(f"/search?place={LEEDS}&tier=grant").text
    assert f'name="place" type="checkbox" value="{LEEDS}" checked' in page
    assert ">Leeds</label>" in page
    assert '<input type="hidden" name="tier" value="grant">' in page


def test_a_place_may_be_typed_by_name(client, stage):
    client.get("/search?place=leeds")
    assert stage.asked[-1].filters == {Facet.PLACE: (LEEDS,)}


def test_what_the_filters_hide_is_counted_with_a_way_back(client, stage):
    stage.say = {"hidden": 7}
    page = client.get("/search?q=carers&tier=grant").text
    assert "7 results hidden by your filters." in page
    assert '<a class="govuk-link" href="/search?q=carers">Clear the filters</a>' in page


def test_reasons_and_gaps_stand_on_the_card(client, stage, exchange):
    hit = Hit(
        id=exchange.sitters,
        score=1.0,
        reasons=(Reason(text="delivers in Leeds now", field="delivers_in", quote="Four hours off."),),
        gaps=(Gap(text="no closing date stated", field="closes_on"),),
    )
    stage.say = {"hits": (hit,)}
    page = text_of(client.get("/search?q=sitter").text)
    assert "Reason: delivers in Leeds now “Four hours off.”" in page
    assert "Gap: no closing date stated" in page


@pytest.mark.parametrize(
    ("hit", "key", "mark"),
    [
        ({"tier": 4}, "place:E1", "Running elsewhere"),
        ({"tier": 4}, "people:women", "For other people"),
        ({"tier": 4, "gaps": (Gap(text="for men only", field="gender"),)}, "place:E1", "For other people"),
        ({"strong": False}, "place:E1", "Less close"),
    ],
)
def test_a_further_result_is_labelled(client, stage, hit, key, mark):
    stage.say = {
        "hits": (Hit(id=1, score=1.0, **hit),),
        "chips": (Chip(key=key, label="Chip", words="words"),),
    }
    assert mark in text_of(client.get("/search?q=sitter").text)


def test_a_hit_that_is_no_longer_visible_is_left_out(client, stage, exchange):
    stage.say = {"hits": (Hit(id=exchange.withdrawn, score=2.0), Hit(id=exchange.sitters, score=1.0))}
    page = client.get("/search").text
    assert "Withdrawn idea" not in page
    assert "Thursday Sitters" in page


def test_a_closed_listing_is_labelled_closed(client, stage, exchange):
    stage.say = {"hits": (Hit(id=exchange.closed, score=1.0),)}
    assert "Need Closed" in text_of(client.get("/search?closed=1").text)


def test_pages_of_results_lead_on_and_keep_the_query(client, stage):
    stage.say = {"total": 70}
    page = client.get("/search?q=carers&tier=grant&page=2").text
    today = f"{client.app.state.site.clock():%Y-%m-%d}"
    assert f'href="/search?q=carers&amp;tier=grant&amp;seed={today}&amp;page=3"' in page
    assert 'href="/search?q=carers&amp;tier=grant" rel="prev"' in page
    assert 'aria-current="page"' in page
    assert "page 2 of 4" in title_of(page)


def test_near_duplicates_of_one_organisation_are_said_to_be(client, stage, exchange):
    stage.say = {
        "hits": (Hit(id=exchange.sitters, score=1.0, similar=2), Hit(id=exchange.bare, score=0.9, similar_to=1))
    }
    page = text_of(client.get("/search").text)
    assert page.index("2 similar") < page.index("Similar to one above")


def test_a_page_that_follows_one_of_yesterday_is_of_yesterday(client, stage):
    stage.say = {"total": 70}
    page = client.get("/search?q=carers&seed=2026-12-31&page=2").text
    assert [query.seed for query in stage.asked] == ["2026-12-31"]
    assert "seed=2026-12-31&amp;page=3" in page
    assert 'name="seed"' not in page, "a new search is of today"
    assert 'href="/search?q=carers" rel="prev"' in page
    assert client.get("/search?q=carers&seed=<script>").status_code == 400


def test_the_last_page_says_when_deeper_results_are_not_shown(client, stage):
    stage.say = {"total": 5_000}
    page = text_of(client.get("/search?page=100").text)
    assert "Only the first 2,000 results are shown" in page


def test_the_empty_page_says_what_to_try(client, stage):
    stage.say = {"chips": (Chip(key="place:E1", label="Leeds", words="in Leeds"),)}
    page = client.get("/search?q=zzzz&tier=grant").text
    plain = text_of(page)
    assert "clear the filters" in plain
    assert "remove something that was read in your text" in plain
    assert "say it in other or fewer words" in plain
    assert 'href="/search?q=zzzz&amp;tier=grant&amp;closed=1"' in page
    assert "browse by area" in plain


@pytest.mark.parametrize("query", ["q=carers", ""])
def test_while_the_engine_is_down_sql_answers_and_a_banner_says_so(client, stage, query):
    stage.up = False
    answer = client.get(f"/search?{query}&tier=grant")
    assert answer.status_code == 200
    assert "Search is running without its ranking engine." in answer.text
    assert "Thursday Sitters" in answer.text
    assert re.search(r'name="tier" type="checkbox" value="grant" checked', answer.text)
