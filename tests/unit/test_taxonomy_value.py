"""The taxonomy as a value: up, down and by code."""

from types import MappingProxyType

import pytest

from exchange.taxonomy import Entry, Taxonomy


def entry(code: str, parent: str | None = None, scheme: str = "area") -> Entry:
    return Entry(
        scheme=scheme,
        code=code,
        label=code.capitalize(),
        parent=parent,
        definition=f"About {code}.",
        synonyms=(f"{code}s",),
        differs_from=(),
    )


@pytest.fixture
def taxonomy():
    entries = [
        entry("care"),
        entry("home", "care"),
        entry("night", "home"),
        entry("meals", "care"),
        entry("youth"),
        entry("care", scheme="group"),
    ]
    return Taxonomy(3, MappingProxyType({(item.scheme, item.code): item for item in entries}))


def codes(entries) -> list[str]:
    return [item.code for item in entries]


def test_the_top_areas_come_in_the_order_of_the_file(taxonomy):
    assert codes(taxonomy.top_areas()) == ["care", "youth"]


def test_children_are_one_level_down_and_of_one_scheme(taxonomy):
    assert codes(taxonomy.children("care")) == ["home", "meals"]
    assert taxonomy.children("care", "group") == ()


def test_ancestors_come_nearest_first(taxonomy):
    assert codes(taxonomy.ancestors("night")) == ["home", "care"]
    assert taxonomy.ancestors("care") == ()
    assert taxonomy.ancestors("gone") == ()


def test_a_code_with_its_descendants_covers_every_level(taxonomy):
    assert taxonomy.with_descendants("care") == ("care", "home", "night", "meals")
    assert taxonomy.with_descendants("gone") == ("gone",)


def test_a_code_that_this_version_no_longer_has_is_shown_as_it_is(taxonomy):
    assert taxonomy.label("area", "home") == "Home"
    assert taxonomy.label("area", "gone") == "gone"
    assert taxonomy.get("area", "gone") is None


def test_the_same_code_in_two_schemes_is_two_entries(taxonomy):
    assert len(taxonomy.scheme("area")) == 5
    assert codes(taxonomy.scheme("group")) == ["care"]


def test_a_taxonomy_cannot_be_changed(taxonomy):
    with pytest.raises(TypeError):
        taxonomy.entries["area", "new"] = entry("new")


def test_before_any_version_the_taxonomy_is_empty():
    assert Taxonomy().version == 0
    assert Taxonomy().top_areas() == ()
