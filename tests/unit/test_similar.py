"""Near-duplicates of one organisation stand at the end of the page, once each, and nothing is dropped."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Content
from indexer.results import Hit
from indexer.similar import Said, demoted

SITTERS = Content(title="Thursday sitters for carers of people with dementia")
AGAIN = Content(title="Thursday sitters for the carers of people with dementia")
CLUB = Content(title="Lunch club on the pier")


def page(*said: Said) -> tuple[list[Hit], dict[int, Said]]:
    return [Hit(id=number, score=1 / number) for number in range(1, len(said) + 1)], dict(enumerate(said, 1))


def test_what_says_nearly_the_same_goes_to_the_end_and_the_first_counts_it():
    shown = demoted(*page((7, SITTERS), (7, AGAIN), (7, CLUB), (8, CLUB), (7, SITTERS)))
    assert [hit.id for hit in shown] == [1, 3, 4, 2, 5]
    assert [hit.similar for hit in shown] == [2, 0, 0, 0, 0]
    assert [hit.similar_to for hit in shown] == [None, None, None, 1, 1]


def test_other_organisations_and_those_that_nobody_stated_keep_their_place():
    for organisations in ((7, 8), (None, None)):
        shown = demoted(*page((organisations[0], SITTERS), (organisations[1], SITTERS)))
        assert [(hit.id, hit.similar, hit.similar_to) for hit in shown] == [(1, 0, None), (2, 0, None)]


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.sampled_from([SITTERS, AGAIN, CLUB])), max_size=12))
def test_nothing_is_dropped_and_the_order_of_the_rest_stays(said):
    hits, known = page(*said)
    shown = demoted(hits, known)
    assert sorted(hit.id for hit in shown) == [hit.id for hit in hits]
    kept = [hit.id for hit in shown if hit.similar_to is None]
    assert kept == sorted(kept)
    assert sum(hit.similar for hit in shown) == sum(hit.similar_to is not None for hit in shown)
