"""Words of the index that are spelt alike, for "did you mean"."""

from entries import entry, hide


def test_a_misspelt_word_finds_its_neighbours_nearest_first(index):
    index.rebuild([entry(1, "dementia"), entry(2, "dementias demential"), entry(3, "respite")])
    assert index.similar_words("dementai", 5)[0] == ("dementia", 2)
    assert [word for word, _ in index.similar_words("respight", 5)] == []
    assert index.similar_words("respitte", 5) == [("respite", 1)]


def test_of_equally_near_words_the_commonest_comes_first(index):
    index.rebuild([entry(1, "carer barer"), entry(2, "carer"), entry(3, "carer darer"), entry(4, "darer")])
    assert index.similar_words("xarer", 5) == [("carer", 3), ("darer", 2), ("barer", 1)]


def test_the_commonest_is_told_also_where_many_words_are_as_near(index):
    letters = "abcdefghijklmnopqrstuvwxyz"
    rare = [entry(n, f"z{letter}rp") for n, letter in enumerate(letters)]
    index.rebuild([*rare, *(entry(n, "zqrp") for n in range(100, 103))])
    assert index.similar_words("z1rp", 1) == [("zqrp", 4)]


def test_only_so_many_words_are_told_as_are_asked_for(index):
    index.rebuild([entry(1, "barer carer darer farer")])
    assert len(index.similar_words("xarer", 2)) == 2


def test_a_word_is_told_as_people_write_it_and_not_as_a_stem(index):
    index.rebuild([entry(1, "Charities"), entry(2, "charities"), entry(3, "charity")])
    assert index.similar_words("charitees", 1) == [("charities", 3)]


def test_words_written_since_the_rebuild_are_told_and_counted_with_the_others(index):
    index.rebuild([entry(1, "respite")])
    index.write([entry(2, "respite"), entry(3, "dementia")])
    assert index.similar_words("respitte", 5) == [("respite", 2)]
    assert index.similar_words("dementai", 5) == [("dementia", 1)]


def test_a_word_that_only_a_hidden_listing_holds_is_not_told(index):
    index.rebuild([entry(1, "respite"), entry(2, "secretword respite")])
    index.write([hide(2, 2)])
    assert index.similar_words("secretwrod", 5) == []
    assert index.similar_words("respitte", 5) == [("respite", 1)]


def test_a_short_word_has_few_neighbours(index):
    index.rebuild([entry(1, "care bars")])
    assert index.similar_words("cars", 5) == [("bars", 1), ("care", 1)]
    assert index.similar_words("xyre", 5) == []


def test_an_empty_index_knows_no_words(index):
    assert index.similar_words("respite", 5) == []
    assert index.frequency("respit") == 0
