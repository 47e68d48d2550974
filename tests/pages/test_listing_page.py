"""A listing, its matches, and its organisation."""

import re

import pytest
from seen import text_of

from exchange.content import Kind
from indexer.results import Gap, Match, Matches, NearMiss, Reason


@pytest.fixture
def sitters(client, exchange) -> str:
    return client.get(f"/listings/{exchange.sitters}").text


def test_everything_that_an_innovation_states_is_shown(sitters):
    page = text_of(sitters)
    for words in (
        "Thursday Sitters",
        "The same trained sitter every week",
        "Area of work Short breaks, Dementia",
        "Who it is for Carers, People with dementia, Women, aged 50 and over",
        "Delivers in now Leeds",
        "Would deliver in Leeds and Bradford",
        "Stage Running",
        "Way of funding Grant; service level agreement or contract",
        "Cost to a buyer £78,000 to £130,000 a year",
        "Term 3 years",
        "Open to partners Yes",
        "Posted 1 March 2027",
        "Carers rest For: carers Measured by: strain score",
    ):
        assert words in page


def test_evidence_has_its_derived_level_and_what_would_raise_it(sitters):
    page = text_of(sitters)
    assert "Evidence level 3: comparison group." in page
    assert "A repeat by somebody independent would raise this to level 4." in page
    assert "Before-and-after data: Strain fell from 17 to 13." in page
    assert 'href="https://sitters.example/data"' in sitters


def test_a_link_that_is_not_to_the_web_is_no_link(sitters):
    assert "Compared with 40 others." in sitters
    assert "javascript:" not in sitters


def test_full_value_is_a_grid_of_two_by_two_with_empty_cells_not_claimed(sitters):
    page = text_of(sitters)
    assert "For users For others" in page
    assert "Outcomes Less strain Who gains: carers Evidence 1 Ask about this : outcomes for users Not claimed" in page
    assert "Satisfaction Not claimed Ask about this : satisfaction for users Not claimed" in page
    assert 'href="#evidence-1"' in sitters


def test_a_need_shows_its_own_side(client, exchange):
    page = text_of(client.get(f"/listings/{exchange.need}").text)
    for words in (
        "Required in Leeds",
        "Budget Up to £90,000 in all",
        "Closing date 9 April 2027",
        "Reply by 30 April 2027",
        "Weights Price 30, quality 70 of 100",
        "Innovations that could meet this need",
    ):
        assert words in page
    assert "Full value" not in page
    assert "Delivers in now" not in page.split("Innovations that could meet")[0]


def test_what_is_not_stated_is_said_plainly(client, exchange):
    page = text_of(client.get(f"/listings/{exchange.bare}").text)
    for label in ("Area of work", "Who it is for", "Delivers in now", "Stage", "Way of funding", "Term", "Outcomes"):
        assert f"{label} Not stated" in page
    assert "Summary: not stated" in page
    assert "Evidence: not stated." in page
    assert "The organisation is not stated." in page


def test_a_grant_received_is_not_called_a_price(client, exchange):
    page = text_of(client.get(f"/listings/{exchange.office}").text)
    assert "Received A grant of £9,500 (not a price)" in page
    assert "Based in Bradford" in page
    assert "Delivers in now Not stated" in page


def test_what_to_do_next_gives_contact_register_and_share(sitters, exchange):
    assert 'href="https://www.circle.example"' in sitters
    assert 'href="mailto:hello@circle.example"' in sitters
    assert 'href="tel:01134960000"' in sitters
    assert "regid=1104417" in sitters
    assert f'readonly value="https://exchange.example/listings/{exchange.sitters}"' in sitters
    assert 'href="mailto:?subject=Thursday%20Sitters&amp;body=https%3A//exchange.example' in sitters


def test_matches_come_with_reasons_gaps_fit_and_who_cannot(client, stage, exchange):
    meets = Reason(text="Meets an outcome", field="outcomes", quote="Carers rest", against="Carers have time off")
    near = Reason(text="Close to “Carers rest”", field="summary", quote="Carers rest", against="Close")
    stage.matches = Matches(
        matches=(
            Match(
                id=exchange.need,
                score=0.724,
                parts={"what": 0.8, "who": 0.5, "place": 1.0, "tier": 0.25, "money": 0.0},
                reasons=(meets, near),
                gaps=(Gap(text="No term is stated", field="term"),),
            ),
        ),
        total=1,
        cannot={"no way of funding in common": 2, "for other ages": 1_000},
        near_misses=(
            NearMiss(id=exchange.need, score=0.6, reason="for other ages"),
            NearMiss(id=999_999, score=0.5, reason="not visible now"),
        ),
    )
    page = text_of(client.get(f"/listings/{exchange.sitters}").text)
    assert "Needs that this could meet" in page
    assert "1 match, best first." in page
    assert "Reason: Meets an outcome: Carers have time off “Carers rest”" in page
    assert "Gap: No term is stated" in page
    assert "Fit 72 of 100" in page
    for part in ("What: outcomes and text 80", "Who it is for 50", "Place 100", "Funding and term 25", "Money 0"):
        assert f"{part} of 100" in page
    assert "1,002 cannot match: why 2: no way of funding in common 1,000: for other ages" in page
    assert "page: Respite for carers For other ages" in page
    assert "not visible now" not in page


def test_a_reason_says_nothing_twice(client, stage, exchange):
    told = Reason(text="Close to “Carers rest”: Time off", field="summary", quote="Carers rest", against="Time off")
    stage.matches = Matches(matches=(Match(id=exchange.need, score=0.5, parts={}, reasons=(told,)),), total=1)
    page = text_of(client.get(f"/listings/{exchange.sitters}").text)
    assert page.count("Close to “Carers rest”: Time off") == page.count("Time off") == 1


def test_the_real_match_of_the_small_exchange_has_reasons_tied_to_what_both_say(sitters):
    page = text_of(sitters)
    assert "1 match, best first." in page
    assert "Reason: Delivers in Leeds now" in page
    assert "Respite for carers" in page


def test_the_first_ten_matches_lead_on_to_all_of_them(town):
    for need in town.numbers(Kind.NEED):
        page = town.get(f"/listings/{need}")
        more = re.search(rf'href="/listings/{need}/matches">See all (\d+) matches', page)
        if more:
            break
    assert page.count('class="ix-card"') == 10
    assert int(more[1]) > 10
    assert town.get(f"/listings/{need}/matches").count('class="ix-card"') == int(more[1])


def test_matches_that_are_looked_for_without_the_engine_say_so(client, stage, exchange):
    stage.up = False
    for path in (f"/listings/{exchange.sitters}", f"/listings/{exchange.sitters}/matches"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Matching is running without the search engine." in answer.text
        assert "Respite for carers" in answer.text.split('id="matches"')[-1]


def test_matches_that_cannot_be_made_say_so(client, stage, exchange):
    stage.matches = Matches(matches=(), total=0, notices=("Matches cannot be worked out just now.",))
    page = client.get(f"/listings/{exchange.sitters}").text
    assert "Matches cannot be worked out just now." in page
    assert "There is no match yet." not in page


def test_a_listing_without_a_match_says_so(client, stage, exchange):
    stage.matches = Matches(matches=(), total=0)
    assert "There is no match yet." in client.get(f"/listings/{exchange.sitters}").text


def test_a_closed_listing_is_labelled_and_never_matched(client, exchange):
    for path in (f"/listings/{exchange.closed}", f"/listings/{exchange.closed}/matches"):
        page = text_of(client.get(path).text)
        assert "This listing is closed" in page
        assert "Innovations that could meet" not in page


@pytest.mark.parametrize("which", ["withdrawn", "waiting"])
def test_what_the_public_may_not_see_is_not_there(client, exchange, which):
    for path in ("", "/matches"):
        assert client.get(f"/listings/{getattr(exchange, which)}{path}").status_code == 404


def test_an_organisation_shows_what_is_known_and_its_listings(client, exchange):
    page = client.get(f"/organisations/{exchange.circle}").text
    plain = text_of(page)
    for words in (
        "Third-sector organisation",
        "Carers who help carers.",
        "Size Medium (£100,000 to £1 million)",
        "Places Leeds",
        "Organisation id GB-CHC-1104417",
        "Innovations (1)",
        "Thursday Sitters",
    ):
        assert words in plain
    assert "Withdrawn idea" not in page
    assert "regid=1104417" in page


def test_an_organisation_of_which_little_is_known_says_so(client, exchange):
    page = text_of(client.get(f"/organisations/{exchange.council}").text)
    assert "Public body" in page
    assert "Size Not stated" in page
    assert "No public contact is stated, and no register entry." in page
    assert "Needs (2)" in page
    assert "Closed" in page
