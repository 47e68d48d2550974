"""Pages on the packaged fixtures and the real search: what a page says of itself is true of what it leads to."""

import html
import re
from datetime import UTC, datetime

import pytest
from seen import LEEDS, text_of, title_of

from exchange.content import Kind
from exchange.models import State

CARD = re.compile(r'class="ix-card__title"><a class="govuk-link" href="/listings/(\d+)"')
OPTION = re.compile(r'name="(\w+)" type="checkbox" value="([^"]+)"[^>]*>\s*<label[^>]*>[^<]*\(([\d,]+)\)</label>')
UNSTATED = re.compile(r'name="unstated\.(\w+)" type="checkbox"[^>]*>\s*<label[^>]*>Not stated \(([\d,]+)\)</label>')
NONSENSE = "xylograph zzyzx qwertyuiop vexillology"


def cards(page: str) -> list[int]:
    return [int(number) for number in CARD.findall(page)]


def total(page: str) -> int:
    heading = re.search(r'id="results">(No|[\d,]+) results?<', page)[1]
    return 0 if heading == "No" else int(heading.replace(",", ""))


def test_a_place_in_the_text_is_a_chip_and_its_reason_stands_on_the_card(town):
    page = town.get("/search?q=respite+for+carers+in+Leeds&kind=innovation")
    assert '<span class="govuk-visually-hidden">Remove </span>Leeds' in page
    assert "Reason: Delivers in Leeds now" in text_of(page)
    assert "<mark>carers</mark>" in page.lower()


def test_the_link_of_a_chip_takes_it_away_and_the_way_back_brings_it_again(town):
    page = town.get("/search?q=respite+for+carers+in+Leeds&kind=innovation")
    away = html.unescape(re.search(r'<a class="ix-chip" href="([^"]+)"', page)[1])
    without = town.get(away)
    assert "ix-chip" not in without.replace("ix-chips", "")
    assert "Reason: Delivers in Leeds now" not in text_of(without)
    back = html.unescape(re.search(r'href="([^"]+)">Put back what you removed', without)[1])
    assert cards(town.get(back)) == cards(page)


def test_a_word_with_a_slip_is_answered_with_another_spelling_and_its_count(town):
    page = town.get("/search?q=dementai")
    link, count = re.search(r'Did you mean <a [^>]*href="([^"]+)">dementia</a>\? \((\d+) results?\)', page).groups()
    assert total(town.get(html.unescape(link))) == int(count)


def test_nonsense_gives_an_empty_page_that_says_what_to_try(town):
    page = town.get(f"/search?q={NONSENSE.replace(' ', '+')}&kind=need")
    assert total(page) == 0
    assert cards(page) == []
    assert "say it in other or fewer words" in text_of(page)
    assert re.search(r'href="/search\?q=[^"&]+">look for innovations and needs together', page)


@pytest.mark.parametrize("query", ["", "?", "!?...", "%20"])
def test_a_text_without_words_browses_every_open_listing(town, query):
    every = len(town.numbers(Kind.INNOVATION)) + len(town.numbers(Kind.NEED))
    assert total(town.get(f"/search?q={query}")) == every


def test_the_pages_of_a_list_hold_every_listing_once(town):
    found, number = [], 1
    while True:
        page = town.get(f"/search?kind=need&page={number}")
        found += cards(page)
        if 'rel="next"' not in page:
            break
        number += 1
    assert sorted(found) == town.numbers(Kind.NEED)
    assert total(page) == len(found)


def test_every_count_beside_a_filter_is_what_ticking_it_gives(town):
    page = town.get("/search?q=young+people&kind=innovation")
    options = OPTION.findall(page)
    assert {name for name, _, _ in options} >= {"area", "group", "place", "tier", "money", "stage", "size", "evidence"}
    for name, value, count in options:
        ticked = town.get(f"/search?q=young+people&kind=innovation&{name}={value}&unstated.{name}=hide")
        assert total(ticked) == int(count.replace(",", "")), (name, value)


def test_what_does_not_state_a_field_is_counted_and_leaves_when_its_box_is_unticked(town):
    page = town.get("/search?kind=innovation")
    boxes = UNSTATED.findall(page)
    assert boxes
    for name, count in boxes:
        without = town.get(f"/search?kind=innovation&unstated.{name}=hide")
        assert total(page) - total(without) == int(count.replace(",", "")), name
        assert f"{count} result{'' if count == '1' else 's'} hidden by your filters." in text_of(without)


def test_closed_listings_are_found_only_when_asked_for_and_are_labelled(town):
    ended = {n for kind in Kind for state in (State.CLOSED, State.CONCLUDED) for n in town.numbers(kind, state)}
    plain, asked = town.get("/search?q=furniture"), town.get("/search?q=furniture&closed=1")
    assert not ended & set(cards(plain))
    assert ended & set(cards(asked))
    assert "Closed" in text_of(asked)
    assert total(asked) > total(plain)


def test_closing_soonest_puts_the_nearest_date_first(town):
    page = text_of(town.get("/search?kind=need&sort=closing"))
    found = re.findall(r"Closing date (\d+ \w+ \d{4})", page)
    dates = [datetime.strptime(day, "%d %B %Y").replace(tzinfo=UTC) for day in found]
    assert len(dates) > 10
    assert dates == sorted(dates)


@pytest.mark.parametrize("path", ["/browse/areas/adult-social-care", f"/browse/places/{LEEDS}"])
def test_a_topics_counts_are_those_of_the_lists_that_it_leads_to(town, path):
    page = town.get(path)
    for heading in ("Innovations", "Needs"):
        count = re.search(rf"{heading} \((\d+)\)", text_of(page))[1]
        link = re.search(rf'href="([^"]+)">See and filter all {heading.lower()}', page)[1]
        assert total(town.get(html.unescape(link))) == int(count)


def test_every_area_and_region_that_is_offered_answers(town):
    for path in sorted(set(re.findall(r'href="(/browse/(?:areas|places)/[^"]+)"', town.get("/")))):
        assert title_of(town.get(path))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_listing_in_every_state_answers_with_its_matches(town, kind):
    several = town.numbers(kind)[::20] + town.numbers(kind, State.CLOSED) + town.numbers(kind, State.CONCLUDED)
    for number in several:
        page = town.get(f"/listings/{number}")
        assert 'id="matches"' in page or "it is not matched" in page
        assert set(cards(page)) <= set(town.numbers(kind.other))


def test_matches_are_best_first_and_each_says_why_or_what_is_missing(town):
    need = next(n for n in town.numbers(Kind.NEED) if len(cards(town.get(f"/listings/{n}/matches"))) > 3)
    page = town.get(f"/listings/{need}/matches")
    fits = [int(fit) for fit in re.findall(r"Fit (\d+) of 100<", page)]
    assert fits == sorted(fits, reverse=True)
    assert all("ix-why__" in card for card in page.split('<li class="ix-card">')[1:])


def test_every_organisation_answers_and_lists_only_what_may_be_seen(town):
    seen = set()
    for path in sorted(set(re.findall(r'href="(/organisations/\d+)"', town.get("/search?kind=innovation")))):
        seen |= set(cards(town.get(path)))
    assert seen


def test_a_page_that_is_pasted_whole_is_searched_and_kept_in_its_box(town):
    pasted = "We seek regular, home-based respite for unpaid carers of people with dementia.\r\n\r\n" * 100
    answer = town.client.get("/search", params={"q": pasted, "kind": "innovation"})
    assert answer.status_code == 200
    assert total(answer.text) > 0
    assert "the search read the first 8,000" in text_of(answer.text)
    assert answer.text.count("We seek regular, home-based respite") >= 100
