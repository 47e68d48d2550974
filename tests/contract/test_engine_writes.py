"""What a write leaves behind: revisions, hiding, rebuilding, restarting, another model."""

import itertools

import numpy as np
import pytest
from entries import QUERY, by_id, entry, hide, ids, plan, towards

from exchange.errors import UnavailableError
from indexer.engine import Entry


def test_a_new_index_holds_nothing(index):
    assert ids(index.search(plan("alpha", QUERY))) == set()
    assert index.revisions() == {}
    assert (index.status().documents, index.status().visible) == (0, 0)


def test_what_is_put_is_found(index):
    index.write([entry(1, "alpha"), entry(2, "bravo")])
    assert ids(index.search(plan("alpha"))) == {1}
    assert index.revisions() == {1: 1, 2: 1}


def test_a_newer_revision_replaces_the_older_one(index):
    index.write([entry(1, "alpha", revision=1)])
    index.write([entry(1, "bravo", revision=2)])
    assert ids(index.search(plan("alpha"))) == set()
    assert ids(index.search(plan("bravo"))) == {1}
    assert index.status().documents == 1


def test_an_older_revision_changes_nothing(index):
    index.write([entry(1, "bravo", revision=2)])
    index.write([entry(1, "alpha", revision=1)])
    assert ids(index.search(plan("bravo"))) == {1}
    assert index.revisions() == {1: 2}


def test_an_equal_revision_is_applied_again(index):
    index.write([entry(1, "alpha", revision=2)])
    index.write([entry(1, "bravo", revision=2)])
    assert ids(index.search(plan("bravo"))) == {1}


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
def test_within_one_write_the_highest_revision_stands_whatever_the_order(index, order):
    words = {1: "alpha", 2: "bravo", 3: "charlie"}
    index.write([entry(1, words[revision], revision=revision) for revision in order])
    assert ids(index.search(plan("charlie"))) == {1}
    assert index.revisions() == {1: 3}
    assert index.status().documents == 1


def test_a_hidden_listing_is_not_found(index):
    index.write([entry(1, "alpha"), entry(2, "alpha")])
    index.write([hide(1, 2)])
    assert ids(index.search(plan("alpha"))) == {2}
    assert ids(index.search(plan())) == {2}
    assert (index.status().documents, index.status().visible) == (2, 1)


def test_hidden_stays_hidden_against_an_older_put(index):
    index.write([entry(1, "alpha", revision=1)])
    index.write([hide(1, 3)])
    index.write([entry(1, "alpha", revision=2)])
    assert ids(index.search(plan("alpha"))) == set()
    assert index.revisions() == {1: 3}


def test_hiding_what_was_never_put_holds_against_an_older_put(index):
    index.write([hide(1, 3)])
    index.write([entry(1, "alpha", revision=2)])
    assert ids(index.search(plan("alpha"))) == set()


def test_an_older_hide_changes_nothing(index):
    index.write([entry(1, "alpha", revision=3)])
    index.write([hide(1, 2)])
    assert ids(index.search(plan("alpha"))) == {1}


def test_a_hidden_listing_comes_back_at_a_newer_revision(index):
    index.write([hide(1, 3)])
    index.write([entry(1, "alpha", revision=4)])
    assert ids(index.search(plan("alpha"))) == {1}
    assert index.revisions() == {1: 4}
    assert (index.status().documents, index.status().visible) == (1, 1)


def test_writing_nothing_changes_nothing(index):
    index.write([entry(1, "alpha")])
    index.write([])
    assert ids(index.search(plan("alpha"))) == {1}


def test_a_rebuild_replaces_everything(index):
    index.rebuild([entry(1, "alpha", revision=9), entry(2, "alpha")])
    index.write([entry(3, "alpha")])
    index.rebuild([entry(2, "bravo"), entry(4, "alpha")])
    assert index.revisions() == {2: 1, 4: 1}
    assert ids(index.search(plan("alpha"))) == {4}
    assert ids(index.search(plan("bravo"))) == {2}


def test_a_rebuild_of_nothing_empties_the_index(index):
    index.rebuild([entry(1, "alpha")])
    index.rebuild([])
    assert ids(index.search(plan())) == set()
    assert index.status().visible == 0


def test_a_rebuild_shows_no_hidden_listing_and_remembers_that_it_is_hidden(index):
    index.rebuild([entry(1, "alpha"), hide(2, 5)])
    index.write([entry(2, "alpha", revision=4)])
    assert ids(index.search(plan("alpha"))) == {1}


def test_the_old_index_serves_while_a_rebuild_reads(index):
    index.rebuild([entry(1, "alpha")])
    seen = []

    def reading():
        yield entry(2, "alpha")
        seen.append(ids(index.search(plan("alpha"))))
        yield entry(3, "alpha")

    index.rebuild(reading())
    assert seen == [{1}]
    assert ids(index.search(plan("alpha"))) == {2, 3}


def test_what_is_written_while_a_rebuild_reads_is_not_lost(index):
    index.rebuild([entry(number, "alpha") for number in (1, 2, 3)])

    def reading():
        yield entry(1, "alpha", revision=1)
        index.write([entry(1, "bravo", revision=2), hide(2, 2), entry(4, "alpha")])
        yield from (entry(2, "alpha", revision=1), entry(3, "charlie", revision=3))
        index.write([entry(3, "alpha", revision=2)])

    index.rebuild(reading())
    assert index.revisions() == {1: 2, 2: 2, 3: 3, 4: 1}
    assert ids(index.search(plan("alpha"))) == {4}
    assert ids(index.search(plan("bravo"))) == {1}


def test_a_rebuild_that_fails_leaves_the_old_index(index):
    index.rebuild([entry(1, "alpha")])

    def failing():
        yield entry(2, "alpha")
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        index.rebuild(failing())
    index.write([entry(3, "alpha")])
    assert ids(index.search(plan("alpha"))) == {1, 3}


def test_a_rebuilt_index_survives_a_restart(open_index):
    before = open_index()
    listings = [entry(n, "alpha bravo"[: 5 + n], cosine=n / 10, title=f"Listing {n}") for n in range(1, 6)]
    before.rebuild([*listings, hide(9, 2)])
    asked = plan("alpha bravo", QUERY, everything=True)
    old, new = before.search(asked), open_index().search(asked)
    for column in ("share", "lexical", "cosine", "exact"):
        assert by_id(new, column) == pytest.approx(by_id(old, column))
    assert open_index().revisions() == before.revisions()
    assert open_index().frequency("alpha") == before.frequency("alpha") == 5


def test_after_a_restart_the_revisions_claim_no_more_than_can_be_found(open_index):
    before = open_index()
    before.rebuild([entry(1, "alpha"), entry(2, "alpha")])
    latest = {1: entry(1, "bravo", revision=2), 2: hide(2, 2), 3: entry(3, "bravo")}
    before.write(list(latest.values()))
    after = open_index()
    held = after.revisions()
    after.write([e for number, e in latest.items() if held.get(number, 0) < e.document.revision])
    assert ids(after.search(plan("bravo"))) == {1, 3}
    assert ids(after.search(plan("alpha"))) == set()


def test_an_index_grows_far_by_writes_alone_and_survives_a_restart(open_index):
    index, count = open_index(), 700
    for start in range(0, count, 70):
        index.write([entry(n, f"alpha word{n % 7}", cosine=0.6) for n in range(start, start + 70)])
        index.write([hide(start, 2), entry(start + 1, "bravo", revision=2)])
    expected = {n for n in range(count) if n % 70 > 1}
    assert ids(index.search(plan("alpha"))) == expected
    assert ids(index.search(plan("bravo"))) == set(range(1, count, 70))
    again = open_index()
    held, told = again.revisions(), index.revisions()
    again.write([entry(n, "alpha", revision=r) for n, r in told.items() if n in expected and held.get(n, 0) < r])
    assert expected <= ids(again.search(plan("alpha")))


def test_a_search_with_vectors_of_another_model_is_refused_with_a_sentence(index):
    index.rebuild([entry(1, "alpha")])
    with pytest.raises(UnavailableError, match=r"another model.*index rebuild.*\.$"):
        index.search(plan("alpha", np.ones((1, 7), np.float32)))


def test_a_write_with_vectors_of_another_model_is_refused_and_changes_nothing(index):
    index.rebuild([entry(1, "alpha")])
    other = Entry(document=entry(1, "bravo", revision=2).document, vectors=np.ones((1, 7), np.float32))
    with pytest.raises(UnavailableError, match=r"another model.*\.$"):
        index.write([other])
    with pytest.raises(UnavailableError, match=r"another model.*\.$"):
        index.rebuild([other])
    index.write([entry(2, "alpha")])
    assert index.revisions() == {1: 1, 2: 1}


def test_an_index_opened_for_another_model_claims_nothing_so_that_all_is_embedded_anew(open_index):
    open_index().rebuild([entry(1, "alpha")])
    other = open_index(model="random-7", dimension=7)
    assert other.revisions() == {}
    assert (other.status().model, other.status().dimension) == ("random-7", 7)
    other.rebuild([Entry(document=entry(1, "alpha").document, vectors=np.eye(1, 7, dtype=np.float32))])
    found = open_index(model="random-7", dimension=7).search(plan("", np.eye(1, 7, dtype=np.float32)))
    assert by_id(found, "cosine") == pytest.approx({1: 1.0})


def test_the_status_says_what_the_index_was_made_with(index):
    index.rebuild([entry(1, "alpha", cosine=(0.1, 0.2)), hide(2, 1)])
    status = index.status()
    assert (status.visible, status.documents) == (1, 2)
    assert (status.model, status.dimension) == ("random-4", towards().shape[1])
    assert status.mapping >= 1
