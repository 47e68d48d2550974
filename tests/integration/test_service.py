"""Search as the site calls it: pages, counts, facets, suggestions, notices; the rows of SQL decide what is shown."""

from datetime import date

import pytest
from published import BRADFORD, CAMDEN, LEEDS, NOW, Town

from exchange.content import Content, Kind, Stage
from exchange.database import writing
from exchange.errors import NotFoundError
from exchange.taxonomy import seed_taxonomy
from indexer.results import DEEPEST, NOT_STATED, Facet, Query, Sort
from indexer.search import LONGEST_TEXT

YORKSHIRE = "E12000003"


@pytest.fixture
def town(engine, tmp_path, open_index) -> Town:
    return Town(engine, tmp_path / "index", open_index=open_index)


def ids(results) -> list[int]:
    return [hit.id for hit in results.hits]


def counts(results, facet: Facet) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in results.facets[facet]}


def test_pages_follow_each_other_without_gap_or_repeat(town):
    numbers = [town.publish(f"Respite for carers {word}") for word in ("one", "two", "six", "ten", "zero")]
    service = town.open()
    pages = [service.search(Query(text="respite for carers", page=page, page_size=2)) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [2, 2, 1, 0]
    assert sorted(number for page in pages for number in ids(page)) == numbers
    assert {page.total for page in pages} == {5}
    assert {page.pages for page in pages} == {3}


def test_a_page_that_is_not_there_is_empty_and_keeps_the_count(town):
    town.publish("Respite for carers")
    results = town.open().search(Query(text="respite", page=10**9))
    assert (results.hits, results.total, results.pages) == ((), 1, 1)


def test_no_page_goes_deeper_than_the_deepest(town):
    town.publish("Respite for carers")
    page_size = DEEPEST - 1
    results = town.open().search(Query(text="respite", page=3, page_size=page_size))
    assert results.hits == ()


def test_a_nonsense_query_gives_an_empty_page(town):
    town.publish("Respite for carers")
    results = town.open().search(Query(text="zzkrwq pphlt"))
    assert (results.hits, results.total, results.suggestion) == ((), 0, None)


def test_browsing_gives_every_open_listing_newest_first(town):
    first, second, closed = (
        town.publish(title, minutes=minutes) for title, minutes in (("A", 1), ("B", 9_000), ("C", 3))
    )
    town.close(closed)
    service = town.open()
    assert ids(service.search(Query())) == [second, first]
    assert ids(service.search(Query(text="  ?! "))) == [second, first]
    assert sorted(ids(service.search(Query(include_closed=True)))) == [first, second, closed]


def test_needs_that_close_soonest_come_first(town):
    late, never, soon = (
        town.need("Respite", closes_on=date(2026, 9, 1)),
        town.need("Respite"),
        town.need("Respite", closes_on=date(2026, 7, 1)),
    )
    assert ids(town.open().search(Query(text="respite", sort=Sort.CLOSING))) == [soon, late, never]


def test_a_listing_withdrawn_since_it_was_indexed_is_left_out_of_the_page(town):
    kept, gone = town.publish("Respite for carers"), town.publish("Respite for carers at night")
    service = town.open()
    town.withdraw(gone)
    assert ids(service.search(Query(text="respite for carers"))) == [kept]
    assert ids(service.search(Query())) == [kept]
    with pytest.raises(NotFoundError):
        service.match(gone, 5)


def test_every_hit_of_a_page_has_its_reasons(town):
    town.publish("Thursday sitters", description="We began in 2019. Respite for carers every week.")
    (hit,) = town.open().search(Query(text="respite for carers every week")).hits
    assert any(reason.quote == "Respite for carers every week." for reason in hit.reasons)
    assert any("respite" in reason.text for reason in hit.reasons)
    assert hit.cosine is not None
    assert 0 < hit.share <= 1


def test_a_reason_comes_from_the_text_that_stands_now(town):
    number = town.publish("Respite for carers", delivers_in=(LEEDS,))
    service = town.open()
    town.revise(number, Content(title="Respite for carers", delivers_in=(CAMDEN,)))
    (hit,) = service.search(Query(text="respite for carers in Leeds")).hits
    assert [gap.field for gap in hit.gaps] == ["place"]


def test_a_place_in_the_text_is_a_chip_and_orders_and_its_removal_takes_both_away(town):
    away, here = town.publish("Respite", delivers_in=(CAMDEN,)), town.publish("Respite", delivers_in=(LEEDS,))
    service = town.open()
    asked = service.search(Query(text="respite in Leeds"))
    assert ids(asked) == [here, away]
    assert [hit.tier for hit in asked.hits] == [1, 4]
    (chip,) = asked.chips
    assert chip.label == "Leeds"
    removed = service.search(Query(text="respite in Leeds", removed=frozenset({chip.key})))
    assert removed.chips == ()
    assert {hit.tier for hit in removed.hits} == {None}


def test_a_filter_hides_and_says_how_many(town):
    pilot = town.publish("Respite one", stage=Stage.PILOT)
    town.publish("Respite two", stage=Stage.IDEA)
    silent = town.publish("Respite three")
    service = town.open()
    chosen = Query(text="respite", filters={Facet.STAGE: ("pilot",)})
    results = service.search(chosen)
    assert (sorted(ids(results)), results.hidden) == ([pilot, silent], 1)
    strict = service.search(
        Query(text="respite", filters={Facet.STAGE: ("pilot",)}, exclude_not_stated=frozenset({Facet.STAGE}))
    )
    assert (ids(strict), strict.hidden) == ([pilot], 2)


def test_facets_count_every_candidate_and_not_stated_comes_last(town):
    for number in range(5):
        town.publish(f"Respite {number}", stage=Stage.PILOT if number else None)
    results = town.open().search(Query(text="respite", page_size=2))
    assert counts(results, Facet.STAGE) == {"pilot": 4, NOT_STATED: 1}
    assert results.facets[Facet.STAGE][-1].value == NOT_STATED
    assert counts(results, Facet.KIND) == {"innovation": 5}


def test_a_chosen_place_has_a_bucket_of_its_own_with_what_reaches_it(town):
    here = town.publish("Respite", delivers_in=(LEEDS,))
    wide = town.publish("Respite", would_deliver_in=(YORKSHIRE,))
    town.publish("Respite", delivers_in=(CAMDEN,))
    near = town.publish("Respite", delivers_in=(BRADFORD,))
    silent = town.publish("Respite")
    results = town.open().search(Query(text="respite", filters={Facet.PLACE: (LEEDS,)}))
    bucket = next(bucket for bucket in results.facets[Facet.PLACE] if bucket.chosen)
    assert (bucket.value, bucket.count) == (LEEDS, 2)
    assert {here, wide} <= set(ids(results)) <= {here, wide, near, silent}
    assert results.hidden >= 1


def test_areas_are_counted_with_those_above_them(town):
    with writing(town.database) as session:
        seed_taxonomy(session, NOW)
    town.publish("Respite", areas=("short-breaks",))
    results = town.open().search(Query(text="respite"))
    assert counts(results, Facet.AREA)["short-breaks"] == 1
    assert len(counts(results, Facet.AREA)) > 1


def test_a_slip_gives_a_suggestion_with_the_count_that_it_would_give(town):
    town.publish("Respite for carers")
    town.publish("Respite at night")
    service = town.open()
    suggestion = service.search(Query(text="respitte")).suggestion
    assert suggestion is not None
    assert (suggestion.text, suggestion.total) == ("respite", 2)
    assert service.search(Query(text=suggestion.text)).total == suggestion.total


def test_a_suggestion_that_would_give_nothing_is_not_made(town):
    town.publish("Respite for carers")
    query = Query(text="respitte", kind=Kind.NEED)
    assert town.open().search(query).suggestion is None


def test_a_place_is_never_respelt(town):
    town.publish("Respite in the Midlands", summary="Butland House gives respite.")
    assert town.open().search(Query(text="respite in Rutland")).suggestion is None


def test_a_long_text_is_cut_with_a_notice_and_a_short_one_has_none(town):
    town.publish("Respite for carers")
    service = town.open()
    assert service.search(Query(text="respite")).notices == ()
    (notice,) = service.search(Query(text="respite for carers " + "x " * LONGEST_TEXT)).notices
    assert f"{LONGEST_TEXT:,}" in notice


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "%00", "\x00", "x" * 10_000, "' OR 1=1 --", "(((", "*"])
def test_no_text_breaks_the_search(town, text):
    town.publish("Respite for carers")
    assert town.open().search(Query(text=text)).total in {0, 1}


def test_an_unknown_filter_value_finds_only_what_does_not_state_it(town):
    town.publish("Respite", stage=Stage.PILOT)
    silent = town.publish("Respite")
    results = town.open().search(Query(text="respite", filters={Facet.STAGE: ("nonsense",)}))
    assert ids(results) == [silent]


def test_the_words_to_mark_are_those_of_the_text_without_its_place(town):
    town.publish("Respite for carers")
    assert town.open().search(Query(text="the respite of carers in Leeds")).highlight == {"respit", "carer"}


def test_the_exact_title_and_the_org_id_come_first(town):
    owner = town.organisation("Blue Door", org_id="GB-CHC-1104417")
    titled = town.publish("Respite")
    owned = town.publish("Gardening", organisation=owner)
    for number in range(5):
        town.publish(f"Respite respite {number}", summary="Respite, respite and respite.")
    service = town.open()
    assert ids(service.search(Query(text="respite")))[0] == titled
    assert ids(service.search(Query(text="GB-CHC-1104417")))[0] == owned


def test_an_empty_exchange_answers(town):
    service = town.open()
    for text in ("", "respite"):
        results = service.search(Query(text=text))
        assert (results.hits, results.total, results.pages) == ((), 0, 1)
    assert service.status()["engine"] == "up"
    assert service.status()["model"] == town.embedder.name
