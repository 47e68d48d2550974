"""From a query to a plan and an order, over the embedded engine and the deterministic double of a model."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from exchange.content import Kind
from exchange.place.places import load_gazetteer
from indexer.document import Document, Field, Places
from indexer.embedder import HashEmbedder
from indexer.engine import Entry
from indexer.engine_embedded import EmbeddedEngine
from indexer.long_text import LONG
from indexer.results import Facet, Query, Sort
from indexer.search import LONGEST_TEXT, Finder, Leg, term_groups
from indexer.thesaurus import OTHER_WORD

TODAY = date(2026, 6, 15)
LEEDS, CAMDEN = "E08000035", "E09000007"
DOUBLE = HashEmbedder(64)


def listing(number: int, text: str, **changes: Any) -> Entry:
    texts = {Field.TITLE: changes.pop("title", f"Listing {number}"), Field.BODY: text}
    places = Places(now=frozenset(changes.pop("now", ())))
    facets = dict.fromkeys(Facet, ()) | changes.pop("facets", {})
    usual = {"kind": Kind.INNOVATION, "open": True, "visible": True, "revision": 1}
    document = Document(id=number, texts=texts, places=places, facets=facets, passages=(text,), **(usual | changes))
    return Entry(document=document, vectors=DOUBLE.encode([text]))


@pytest.fixture
def index(tmp_path):
    return EmbeddedEngine(tmp_path / "index", DOUBLE.name, DOUBLE.dimension)


@pytest.fixture
def finder(index):
    return Finder(engine=index, embedder=DOUBLE, gazetteer=load_gazetteer(), postcodes=None, today=lambda: TODAY)


def found(finder: Finder, query: Query) -> list[int]:
    ranked = finder.ranked(query)
    return ranked.found.ids[ranked.rows].tolist()


def terms(finder: Finder, text: str) -> list[str]:
    plan, _ = finder.plan(Query(text=text))
    return [group.alternatives[0][0] for group in plan.terms]


def test_words_that_carry_no_topic_are_not_asked_for(finder):
    assert terms(finder, "I need respite for the carers") == ["respit", "carer"]


def test_a_query_of_nothing_else_keeps_them(finder):
    assert terms(finder, "who are you") == ["who", "are", "you"]


def test_a_word_said_twice_is_one_group_of_twice_the_weight():
    groups = term_groups("carers and a carer and boats")
    assert [(group.alternatives[0], group.factor) for group in groups] == [(("carer", 1.0), 2.0), (("boat", 1.0), 1.0)]


@pytest.mark.parametrize("text", ["", "   ", "?!.", "\n\t", "\u2026"])
def test_a_text_without_words_browses(finder, index, text):
    index.rebuild([listing(1, "respite"), listing(2, "boats")])
    plan, reading = finder.plan(Query(text=text))
    assert (plan.terms, plan.vectors, reading.chips) == ((), None, ())
    assert sorted(found(finder, Query(text=text))) == [1, 2]


def test_one_endless_word_is_a_query_and_not_browsing(finder, index):
    index.rebuild([listing(1, "respite"), listing(2, "boats")])
    assert found(finder, Query(text="x" * 10_000)) == []


def test_a_text_is_read_up_to_its_limit(finder):
    text = "respite " + " " * (LONGEST_TEXT - 8) + "boats"
    assert terms(finder, text) == ["respit"]
    assert len(finder.plan(Query(text="x" * 10 * LONGEST_TEXT))[0].phrase) == LONGEST_TEXT


def test_a_long_text_is_embedded_in_parts_of_whole_sentences(finder):
    page = " ".join(f"Sentence {number} is about respite for carers of people with dementia." for number in range(60))
    plan, _ = finder.plan(Query(text=page))
    assert plan.vectors is not None
    assert plan.vectors.shape[0] > 1
    ranked = finder.ranked(Query(text=page))
    assert len(ranked.parts) == len(ranked.vectors)


def test_a_page_of_gaps_and_brackets_is_read(finder):
    text = "aged 16-24" + " " * 3_000 + "(((" * 500 + "over 65" + " " * 3_000 + "years"
    assert finder.plan(Query(text=text))[1].chips


def test_a_place_leaves_the_terms_and_the_vectors_and_becomes_a_constraint(finder):
    plan, reading = finder.plan(Query(text="respite in Leeds"))
    assert [group.alternatives[0][0] for group in plan.terms] == ["respit"]
    assert np.array_equal(plan.vectors, DOUBLE.encode_query(["respite"]))
    assert [ask.districts for ask in plan.places] == [{LEEDS}]
    assert plan.place_filter is None
    assert reading.text == "respite"


def test_constraints_are_not_read_where_the_caller_says_so(finder):
    plan, reading = finder.plan(Query(text="respite in Leeds for women", read_constraints=False))
    assert (plan.places, plan.people, reading.chips) == ((), (), ())
    assert "leed" in [group.alternatives[0][0] for group in plan.terms]


def test_a_removed_chip_makes_its_words_plain_words(finder):
    plan, _ = finder.plan(Query(text="respite in Leeds", removed=frozenset({f"place:{LEEDS}"})))
    assert plan.places == ()
    assert [group.alternatives[0][0] for group in plan.terms] == ["respit", "leed"]


def test_the_phrase_is_the_whole_text_so_that_an_exact_title_with_a_place_is_found(finder, index):
    index.rebuild([listing(1, "boats", title="Respite in Leeds"), listing(2, "respite respite respite")])
    assert found(finder, Query(text="Respite in Leeds"))[0] == 1


def test_a_set_place_is_a_filter_and_other_choices_are_facets(finder):
    filters = {Facet.PLACE: (LEEDS,), Facet.STAGE: ("pilot",), Facet.TIER: ()}
    plan, _ = finder.plan(Query(text="respite", filters=filters))
    assert plan.place_filter is not None
    assert plan.place_filter.districts == {LEEDS}
    assert plan.facets == {Facet.STAGE: ("pilot",)}


def test_each_leg_can_stand_alone(finder):
    lexical = Finder(engine=finder.engine, embedder=DOUBLE, gazetteer=finder.gazetteer, postcodes=None, leg=Leg.LEXICAL)
    dense = Finder(engine=finder.engine, embedder=DOUBLE, gazetteer=finder.gazetteer, postcodes=None, leg=Leg.DENSE)
    assert lexical.plan(Query(text="respite"))[0].vectors is None
    assert dense.plan(Query(text="respite"))[0].terms == ()
    assert dense.plan(Query(text="respite"))[0].vectors is not None


def test_without_a_model_words_are_still_found(index):
    index.rebuild([listing(1, "respite"), listing(2, "boats")])
    finder = Finder(engine=index, embedder=None, gazetteer=load_gazetteer(), postcodes=None)
    assert found(finder, Query(text="respite")) == [1]


def test_the_best_listing_comes_first_and_the_place_asked_for_before_elsewhere(finder, index):
    index.rebuild(
        [
            listing(1, "respite breaks for carers", now=[CAMDEN]),
            listing(2, "respite breaks for carers"),
            listing(3, "respite breaks for carers", now=[LEEDS]),
            listing(4, "sailing boats", now=[LEEDS]),
        ]
    )
    assert found(finder, Query(text="respite breaks for carers in Leeds")) == [3, 2, 1]


DATED = [
    listing(1, "respite", posted=date(2026, 1, 1), closes=date(2026, 9, 1)),
    listing(2, "respite", posted=date(2026, 3, 1)),
    listing(3, "respite", posted=date(2026, 2, 1), closes=date(2026, 7, 1)),
    listing(4, "respite", closes=TODAY),
]


@pytest.mark.parametrize("text", ["", "respite"])
def test_newest_first_puts_those_without_a_date_last(finder, index, text):
    index.rebuild(DATED)
    assert found(finder, Query(text=text, sort=Sort.NEWEST)) == [2, 3, 1, 4]


@pytest.mark.parametrize("text", ["", "respite"])
def test_closing_soonest_puts_those_that_never_close_last(finder, index, text):
    index.rebuild(DATED)
    assert found(finder, Query(text=text, sort=Sort.CLOSING)) == [4, 3, 1, 2]


def test_browsing_is_newest_first(finder, index):
    index.rebuild(DATED)
    assert found(finder, Query()) == [2, 3, 1, 4]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["", "respite"])
def test_equals_stand_in_one_order_whatever_the_order_of_arrival(finder, index, sort, text):
    entries = [listing(number, "respite") for number in range(30)]
    index.rebuild(entries)
    straight = found(finder, Query(text=text, sort=sort))
    index.rebuild(entries[::-1])
    assert found(finder, Query(text=text, sort=sort)) == straight
    assert straight not in (sorted(straight), sorted(straight, reverse=True))


def test_kind_and_closed_listings_go_into_the_plan(finder):
    plan, _ = finder.plan(Query(text="respite", kind=Kind.NEED, include_closed=True))
    assert (plan.kind, plan.include_closed, plan.today) == (Kind.NEED, True, TODAY)


def test_a_caller_may_add_what_it_knows_to_the_plan(finder, index):
    index.rebuild(DATED)
    ranked = finder.ranked(Query(text="respite"), lambda plan: replace(plan, only=3))
    assert ranked.found.ids.tolist() == [3]


def test_a_word_that_means_the_same_also_counts_but_less(finder):
    (group,) = finder.plan(Query(text="teenagers"))[0].terms
    (typed, *others) = group.alternatives
    assert typed == ("teenag", 1.0)
    assert ("adolesc", OTHER_WORD) in others


def test_a_word_is_known_where_a_listing_holds_one_that_means_the_same(finder, index):
    index.rebuild([listing(1, "adolescents"), listing(2, "boats")])
    other, usual, strict = (finder.plan(Query(text=text))[0].rule for text in ("teenagers", "boats", "soldiers"))
    assert other.cosine == usual.cosine < strict.cosine


def test_a_page_is_asked_for_without_the_words_of_buying_and_by_its_words_above_all(finder):
    page = "Tender for a contract: " + " ".join(f"topic{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" * 2)
    plan = finder.plan(Query(text=page + " " + " ".join(f"word{n}x" for n in range(40))))[0]
    assert not {"tender", "contract"} & {group.typed for group in plan.terms}
    assert plan.lexical_weight > finder.plan(Query(text="respite for carers"))[0].lexical_weight


def test_a_short_text_keeps_the_words_of_buying(finder):
    assert terms(finder, "tender for gardening") == ["tender", "garden"]


def test_a_label_is_embedded_without_the_words_that_say_nothing_and_searched_with_them(finder):
    plan, reading = finder.plan(Query(text="Hotel services"))
    assert np.array_equal(plan.vectors, DOUBLE.encode(["Hotel"]))
    assert [group.typed for group in plan.terms] == ["hotel", "servic"]
    assert reading.text == "Hotel services"


def test_what_a_text_does_not_seek_is_neither_searched_nor_a_constraint(finder):
    plan, reading = finder.plan(Query(text="social clubs except in Leeds"))
    assert terms(finder, "social clubs except in Leeds") == terms(finder, "social clubs")
    assert reading.chips == ()
    assert plan.phrase == "social clubs except in Leeds"


def test_a_page_is_read_as_it_stands(finder):
    page = "Hotel services except " + " ".join(f"word{number}" for number in range(LONG))
    plan, reading = finder.plan(Query(text=page))
    assert reading.text == page
    assert np.array_equal(plan.vectors, DOUBLE.encode([page]))
