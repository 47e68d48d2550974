"""What differs between two versions of the areas, and two people's changes made one."""

from dataclasses import replace

import pytest
from test_term_changes import CARE, DRAFT, changed, entry

from exchange.running.term_changes import TermText, fresh, with_added, with_changed, with_removed
from exchange.running.term_differences import Change, differences
from exchange.running.term_merge import OURS, THEIRS, merged
from exchange.taxonomy import AREA, GROUP, taxonomy_of, touched

BASE = taxonomy_of(CARE, 1)


def told(after, before=DRAFT):
    return {one.code: one.told for one in differences(before.taxonomy(), after.taxonomy())}


def test_a_version_does_not_differ_from_itself():
    assert differences(BASE, BASE) == ()


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"label": "Care at home"}, ("Name: “Home Care” becomes “Care at home”.",)),
        ({"synonyms": ("domiciliary care", "dom care")}, ("Synonym, new: “dom care”.",)),
        ({"synonyms": ()}, ("Synonym, no longer: “domiciliary care”.",)),
        ({"differs_from": ("respite",)}, ("Not the same as, new: “Respite”.", "Not the same as, no longer: “Meals”.")),
        ({"parent": None, "place": 9}, ("Moved from below “Care” to the top.",)),
        ({"parent": "youth"}, ("Moved from below “Care” to below “Youth”.",)),
        ({"place": 3}, ("It stands at place 3 of 3.",)),
        ({"definition": "New."}, ("It meant: All about home-care. It would mean: New.",)),
    ],
)
def test_every_change_of_a_term_is_told_in_plain_words(changes, sentences):
    assert told(changed("home-care", **changes)) == {"home-care": sentences}


def test_what_is_added_and_what_is_gone_is_told():
    after = with_removed(DRAFT, AREA, "respite")
    after = with_added(after, GROUP, "new", TermText(label="New", definition="Quite new.", synonyms=("fresh",)))
    found = differences(BASE, after.taxonomy())
    assert [(one.scheme, one.code, one.change) for one in found] == [
        (AREA, "respite", Change.REMOVED),
        (GROUP, "new", Change.ADDED),
    ]
    assert found[1].told == ("It stands at the top.", "It means: Quite new.", "Synonyms: “fresh”.")


def test_synonyms_in_another_order_are_told():
    two = changed("meals", synonyms=("lunch clubs", "dinners"))
    turned = changed("meals", draft=two, synonyms=("dinners", "lunch clubs"))
    assert told(turned, two) == {"meals": ("Synonym: in another order.",)}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"label": "Dom care"}, {"home-care"}),
        ({"synonyms": ()}, {"home-care"}),
        ({"parent": None, "place": 9}, {"home-care"}),
        ({"definition": "New."}, set()),
        ({"differs_from": ()}, set()),
        ({"place": 3}, set()),
    ],
)
def test_only_what_a_document_holds_has_its_listings_indexed_again(changes, codes):
    assert touched(BASE, changed("home-care", **changes).taxonomy()) == {AREA: codes, GROUP: set()}


def test_a_moved_parent_touches_all_that_is_below_it():
    deep = changed("respite", parent="home-care")
    moved = changed("home-care", draft=deep, parent="youth")
    assert touched(deep.taxonomy(), moved.taxonomy())[AREA] == {"home-care", "respite"}
    assert touched(DRAFT.taxonomy(), with_removed(DRAFT, AREA, "meals").taxonomy())[AREA] == {"meals"}


def test_changes_of_different_terms_and_fields_go_together():
    ours = changed("home-care", label="Care at home")
    theirs = changed("home-care", synonyms=("dom care",))
    theirs = with_changed(theirs, AREA, "youth", TermText(label="Young people", definition="x", place=2))
    found = merged(BASE, ours, theirs.taxonomy(2), {})
    assert found.clashes == ()
    one = found.draft.term(AREA, "home-care")
    assert (one.label, one.synonyms) == ("Care at home", ("dom care",))
    assert found.draft.term(AREA, "youth").label == "Young people"


def test_what_both_changed_is_shown_and_chosen():
    ours, theirs = changed("meals", label="Hot meals"), changed("meals", label="Meals on wheels")
    found = merged(BASE, ours, theirs.taxonomy(2), {})
    (clash,) = found.clashes
    assert (clash.key, clash.ours, clash.theirs) == ("area.meals.label", "Hot meals", "Meals on wheels")
    for choice, label in ((OURS, "Hot meals"), (THEIRS, "Meals on wheels")):
        chosen = merged(BASE, ours, theirs.taxonomy(2), {clash.key: choice}).draft
        assert chosen.term(AREA, "meals").label == label
    same = merged(BASE, ours, ours.taxonomy(2), {})
    assert (same.clashes, same.draft.entries) == ((), ours.entries)


def test_a_term_that_one_removed_and_the_other_changed_is_a_clash():
    ours, theirs = with_removed(DRAFT, AREA, "meals"), changed("meals", synonyms=("dinners",))
    (clash,) = merged(BASE, ours, theirs.taxonomy(2), {}).clashes
    assert (clash.ours, clash.theirs) == (None, "Meals: All about meals. (dinners)")
    kept = merged(BASE, ours, theirs.taxonomy(2), {clash.key: THEIRS}).draft
    assert kept.term(AREA, "meals").synonyms == ("dinners",)
    gone = merged(BASE, ours, theirs.taxonomy(2), {clash.key: OURS}).draft
    assert "meals" not in {one.code for one in gone.entries}
    assert gone.term(AREA, "home-care").differs_from == ()


def test_both_sides_new_terms_stand_where_they_were_put_and_a_new_order_is_kept():
    ours = with_added(DRAFT, AREA, "ours", TermText(label="Ours", definition="x", parent="care", place=1))
    theirs = with_added(DRAFT, AREA, "theirs", TermText(label="Theirs", definition="x"))
    theirs = changed("respite", draft=theirs, place=1)
    found = merged(BASE, ours, theirs.taxonomy(2), {}).draft
    assert [one.code for one in found.entries if one.scheme == AREA] == [
        *("care", "ours", "respite", "home-care", "meals", "youth", "theirs"),
    ]
    reordered = merged(BASE, changed("youth", place=1), theirs.taxonomy(2), {}).draft
    assert [one.code for one in reordered.siblings(AREA, None)] == ["youth", "theirs", "care"]


def test_a_clash_over_lists_and_parents_names_them():
    ours = changed("respite", parent="youth", differs_from=("meals",))
    theirs = changed("respite", parent="home-care", differs_from=("care",))
    found = {one.field: (one.ours, one.theirs) for one in merged(BASE, ours, theirs.taxonomy(2), {}).clashes}
    assert found == {"differs_from": ("Meals", "Care"), "parent": ("Youth", "Home Care")}


def test_a_term_that_both_added_otherwise_is_one_clash():
    ours, theirs = (fresh(taxonomy_of((*CARE, replace(entry("new"), label=label)), 2)) for label in ("Ours", "Theirs"))
    (clash,) = merged(BASE, ours, theirs.taxonomy(2), {}).clashes
    assert clash.field == "term"
    assert merged(BASE, ours, theirs.taxonomy(2), {clash.key: THEIRS}).draft.term(AREA, "new").label == "Theirs"
