"""Areas and groups being changed: what a change may say, and what is refused with a sentence."""

from dataclasses import replace

import pytest

from exchange.errors import InputError, NotFoundError
from exchange.running.term_changes import (
    Draft,
    TermText,
    draft_mark,
    draft_of,
    fresh,
    term_mark,
    with_added,
    with_changed,
    with_removed,
)
from exchange.running.term_rules import MOST_SYNONYMS, MOST_TERMS, check_all
from exchange.taxonomy import AREA, GROUP, Entry, taxonomy_of


def entry(code, parent=None, synonyms=(), scheme=AREA, differs_from=()):
    return Entry(
        scheme=scheme,
        code=code,
        label=code.replace("-", " ").title(),
        parent=parent,
        definition=f"All about {code}.",
        synonyms=tuple(synonyms),
        differs_from=tuple(differs_from),
    )


CARE = (
    entry("care", synonyms=["looking after"]),
    entry("home-care", "care", ["domiciliary care"], differs_from=["meals"]),
    entry("meals", "care", ["lunch clubs"]),
    entry("respite", "care"),
    entry("youth"),
    entry("care", scheme=GROUP, synonyms=["looking after"]),
)
DRAFT = fresh(taxonomy_of(CARE))


def said(draft, code, scheme=AREA, **changes: object):
    """Give a term as its form would send it, with some fields changed."""
    one = draft.term(scheme, code)
    text = TermText(
        label=one.label,
        definition=one.definition,
        synonyms=one.synonyms,
        differs_from=one.differs_from,
        parent=one.parent,
        place=draft.place(one),
    )
    return replace(text, **changes)


def changed(code, draft=DRAFT, **changes: object):
    return with_changed(draft, AREA, code, said(draft, code, **changes))


def codes(draft, scheme=AREA):
    return [one.code for one in draft.entries if one.scheme == scheme]


def test_a_term_saved_as_it_is_changes_nothing():
    for one in CARE:
        assert with_changed(DRAFT, one.scheme, one.code, said(DRAFT, one.code, one.scheme)) == DRAFT


def test_words_are_cleaned_and_each_is_kept_once_in_the_order_typed():
    after = changed("respite", label="  Short\x00 \n breaks ", synonyms=("Time off", "", " time  OFF", "a\tbreak"))
    assert after.term(AREA, "respite").label == "Short breaks"
    assert after.term(AREA, "respite").synonyms == ("Time off", "a break")


def test_a_term_moves_among_its_siblings_and_below_another():
    assert codes(changed("respite", place=1)) == ["care", "respite", "home-care", "meals", "youth"]
    assert codes(changed("home-care", place=99)) == ["care", "meals", "respite", "home-care", "youth"]
    moved = changed("meals", parent="youth", place=1)
    assert [one.code for one in moved.siblings(AREA, "youth")] == ["meals"]
    assert [one.code for one in changed("youth", place=1).siblings(AREA, None)] == ["youth", "care"]


def test_the_other_scheme_stays_as_it_is():
    after = changed("youth", place=1, label="Young people")
    assert codes(after, GROUP) == ["care"]
    assert after.term(GROUP, "care") == DRAFT.term(GROUP, "care")


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"label": " "}, "label", "Give the name"),
        ({"label": "!?"}, "label", "Give the name"),
        ({"label": "x" * 81}, "label", "81 characters; use 80"),
        ({"label": "MEALS"}, "label", "“Meals” has this name already"),
        ({"label": "Lunch  clubs"}, "label", "a synonym of “Meals”"),
        ({"definition": ""}, "definition", "Say in one or two sentences"),
        ({"definition": "x" * 401}, "definition", "401 characters; use 400"),
        ({"synonyms": ("meals",)}, "synonyms", "the name of another area, “Meals”"),
        ({"synonyms": ("Lunch clubs",)}, "synonyms", "a synonym of “Meals” already"),
        ({"synonyms": ("home CARE",)}, "synonyms", "is its name already"),
        ({"synonyms": ("-",)}, "synonyms", "has no letter"),
        ({"synonyms": ("x" * 81,)}, "synonyms", "81 characters"),
        ({"synonyms": tuple(f"s{n}" for n in range(MOST_SYNONYMS + 1))}, "synonyms", "keep 30 or fewer"),
        ({"differs_from": ("nowhere",)}, "differs_from", "“nowhere” is not another one"),
        ({"differs_from": ("home-care",)}, "differs_from", "this one itself"),
        ({"differs_from": tuple(f"c{n}" for n in range(11))}, "differs_from", "keep 10 or fewer"),
        ({"parent": "nowhere"}, "parent", "is not there any more"),
        ({"parent": "home-care"}, "parent", "which stands below it"),
    ],
)
def test_what_a_term_may_not_say_is_refused_at_its_field(changes, field, told):
    with pytest.raises(InputError, match=told) as refused:
        changed("home-care", **changes)
    assert refused.value.field == field


def test_no_circle_of_parents_and_no_more_than_three_levels():
    with pytest.raises(InputError, match="which stands below it"):
        changed("care", parent="meals")
    deeper = changed("respite", parent="home-care", place=1)
    with pytest.raises(InputError, match="that makes 4 levels; 3 are the most"):
        changed("care", draft=deeper, parent="youth", place=1)


def test_a_synonym_may_stand_at_two_terms_only_where_that_is_said():
    shared = changed("home-care", synonyms=("lunch clubs",), shared=True)
    check_all(shared.entries, shared.shared)
    again = changed("meals", draft=shared, label="Meals at home")
    assert again.term(AREA, "meals").synonyms == ("lunch clubs",)
    assert fresh(shared.taxonomy()).shared == {(AREA, "lunch clubs")}, "and it stays so once it is published"


def test_the_two_schemes_may_have_the_same_words():
    check_all(DRAFT.entries, DRAFT.shared)


def test_a_new_term_has_a_code_of_its_own():
    sheds = TermText(label="Sheds", definition="Workshops.", parent="youth")
    after = with_added(DRAFT, AREA, " mens-sheds ", sheds)
    assert after.term(AREA, "mens-sheds").label == "Sheds"
    assert codes(after)[-1] == "mens-sheds"
    for code in ("", "Sheds", "two--hyphens", "-sheds", "sheds-", "mens sheds", "schöne", "x" * 41, "../up", "care"):
        with pytest.raises(InputError) as refused:
            with_added(DRAFT, AREA, code, sheds)
        assert refused.value.field == "code"
    with pytest.raises(InputError, match="by sex"):
        with_added(DRAFT, GROUP, "women", sheds)


def test_a_scheme_holds_only_so_many_terms():
    full = Draft(tuple(entry(f"term-{n}") for n in range(MOST_TERMS)))
    with pytest.raises(InputError, match="200 areas already"):
        with_added(full, AREA, "one-more", TermText(label="One more", definition="Too many."))


def test_a_removed_term_leaves_the_lists_of_others_and_not_with_terms_below_it():
    after = with_removed(DRAFT, AREA, "meals")
    assert "meals" not in codes(after)
    assert after.term(AREA, "home-care").differs_from == ()
    with pytest.raises(InputError, match="“Care” has 3 below it, such as “Home Care”"):
        with_removed(DRAFT, AREA, "care")
    for act in (lambda: with_removed(after, AREA, "meals"), lambda: after.term("place", "leeds")):
        with pytest.raises(NotFoundError):
            act()


def test_a_draft_comes_back_from_its_json_and_marks_tell_what_changed():
    after = changed("home-care", synonyms=("lunch clubs",), shared=True)
    assert draft_of(replace(after, packaged=3).data()) == replace(after, packaged=3)
    assert draft_of({"entries": after.data()["entries"]}).shared == after.shared
    assert draft_mark(after) != draft_mark(DRAFT) == draft_mark(fresh(DRAFT.taxonomy()))
    assert term_mark(after, AREA, "meals") == term_mark(DRAFT, AREA, "meals")
    assert term_mark(changed("respite", place=1), AREA, "meals") != term_mark(DRAFT, AREA, "meals"), "its place moved"


def test_a_whole_scheme_is_refused_with_the_name_of_the_term():
    broken = (*CARE, entry("extra", synonyms=["Youth"]))
    with pytest.raises(InputError, match="“Youth” is a synonym of “Extra”; take it out"):
        check_all(broken, frozenset())
