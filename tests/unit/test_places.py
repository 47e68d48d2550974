"""The gazetteer: codes, names, levels and neighbours of the places of the United Kingdom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.place.places import Gazetteer, Place, load_gazetteer, normalise

LEEDS, BRADFORD, CARDIFF, READING = "E08000035", "E08000032", "W06000015", "E06000038"
ENGLAND, WALES, YORKSHIRE, NORTH_WEST = "E92000001", "W92000004", "E12000003", "E12000002"
KENT, ASHFORD, NORTHAMPTON_NOW = "E10000016", "E07000105", "E06000062"

gazetteer = load_gazetteer()
codes = st.sampled_from(gazetteer.district_codes)


def found(name: str, *, probation: bool = False) -> Place:
    place = gazetteer.find(name, probation=probation)
    assert place is not None, name
    return place


def probation_sets(source: Gazetteer) -> list[Place]:
    names = ("North East", "North West", "Greater Manchester", "Yorkshire and the Humber", "East Midlands")
    more = ("West Midlands", "East of England", "London", "Kent, Surrey and Sussex", "South Central", "South West")
    return [found(name, probation=True) for name in (*names, *more, "Wales")]


def test_the_gazetteer_is_built_once_a_process():
    assert load_gazetteer() is gazetteer


def test_every_district_has_its_place_in_a_fixed_order():
    assert len(gazetteer.district_codes) == 361
    assert list(gazetteer.district_codes) == sorted(set(gazetteer.district_codes))
    for code in gazetteer.district_codes:
        place = gazetteer.get(code)
        assert place is not None
        assert (place.kind, place.districts) == ("district", frozenset({code}))


def test_a_unitary_authority_is_one_place_and_a_county_another_than_its_districts():
    leeds, kent = gazetteer.get(LEEDS), gazetteer.get(KENT)
    assert leeds is not None
    assert kent is not None
    assert (leeds.name, leeds.kind) == ("Leeds", "district")
    assert (kent.name, kent.kind, len(kent.districts)) == ("Kent", "upper_tier", 12)


def test_an_unknown_code_is_no_place_and_is_its_own_label():
    assert gazetteer.get("E99999999") is None
    assert gazetteer.label("E99999999") == "E99999999"
    assert not gazetteer.covers("E99999999", LEEDS)
    assert not gazetteer.overlaps(LEEDS, "E99999999")
    assert gazetteer.children("E99999999") == ()
    with pytest.raises(KeyError):
        gazetteer.region_of("E99999999")


@pytest.mark.parametrize(
    ("former", "now"),
    [("E07000154", NORTHAMPTON_NOW), ("E08000019", "E08000039"), ("S12000046", "S12000049")],
)
def test_a_former_code_means_the_district_that_replaced_it(former, now):
    place = gazetteer.get(former)
    assert place is not None
    assert place.code == now
    assert gazetteer.label(former) == place.name
    assert gazetteer.region_of(former) == gazetteer.region_of(now)
    assert gazetteer.covers(former, now)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Leeds", LEEDS),
        ("  leeds ", LEEDS),
        ("Leeds City Council", LEEDS),
        ("Bristol", "E06000023"),
        ("Bristol, City of", "E06000023"),
        ("City of Bristol", "E06000023"),
        ("St. Helens", "E08000013"),
        ("St Helens", "E08000013"),
        ("Brighton & Hove", "E06000043"),
        ("King's Lynn & West Norfolk", "E07000146"),
        ("KINGS LYNN AND WEST NORFOLK", "E07000146"),
        ("Stoke on Trent", "E06000021"),
        ("Hull", "E06000010"),
        ("Newcastle", "E08000021"),
        ("Ynys Môn", "W06000001"),
        ("ynys mon", "W06000001"),
        ("Caerdydd", CARDIFF),
        ("Durham County Council", "E06000047"),
        ("Kent County Council", KENT),
        ("Northampton", NORTHAMPTON_NOW),
        ("Harrogate", "E06000065"),
        ("England", ENGLAND),
        ("Wales", WALES),
        ("London", "E12000007"),
        ("Greater London", "E12000007"),
        ("City of London", "E09000001"),
        ("Yorkshire", YORKSHIRE),
        ("the North West", NORTH_WEST),
        ("North East", "E12000001"),
        ("West Midlands", "E12000005"),
        ("Dorset", "E06000059"),
        ("Sussex", "SET-SUSSEX"),
        ("the Midlands", "SET-MIDLANDS"),
        ("Greater Manchester", "SET-GREATER-MANCHESTER"),
        ("South Central", "SET-PROBATION-SOUTH-CENTRAL"),
        ("Cumbria", "SET-CUMBRIA"),
        ("the Highlands", "S12000017"),
    ],
)
def test_a_place_is_found_by_its_official_and_its_common_names(name, code):
    assert found(name).code == code


@pytest.mark.parametrize("name", ["", " ", "the", "City of", "Atlantis", "care", "need", ",", "and"])
def test_what_names_no_place_finds_none(name):
    assert gazetteer.find(name) is None


def test_a_name_that_probation_shares_with_a_region_means_what_the_text_is_about():
    assert found("North West").code == NORTH_WEST
    assert found("North West", probation=True).code == "SET-PROBATION-NORTH-WEST"
    assert found("Leeds", probation=True).code == LEEDS
    bolton, milton_keynes = "E08000001", "E06000042"
    assert bolton not in found("North West", probation=True).districts
    assert bolton in found("Greater Manchester", probation=True).districts
    assert milton_keynes in found("South Central", probation=True).districts
    assert NORTHAMPTON_NOW in found("East of England", probation=True).districts
    assert NORTHAMPTON_NOW not in found("East Midlands", probation=True).districts


def test_the_twelve_probation_regions_divide_england_and_wales_without_overlap():
    regions = probation_sets(gazetteer)
    assert len({region.code for region in regions}) == 12
    assert sum(len(region.districts) for region in regions) == len(found("England and Wales").districts)
    assert frozenset[str]().union(*(region.districts for region in regions)) == found("England and Wales").districts


@pytest.mark.parametrize(
    ("outer", "inner", "covered"),
    [
        (ENGLAND, LEEDS, True),
        (YORKSHIRE, LEEDS, True),
        (LEEDS, YORKSHIRE, False),
        (BRADFORD, LEEDS, False),
        (ENGLAND, CARDIFF, False),
        (KENT, ASHFORD, True),
        ("SET-SUSSEX", "E10000011", True),
        ("SET-UNITED-KINGDOM", "S92000003", True),
        (LEEDS, LEEDS, True),
    ],
)
def test_a_place_covers_what_lies_wholly_in_it(outer, inner, covered):
    assert gazetteer.covers(outer, inner) is covered


def test_places_overlap_where_they_share_a_district():
    assert gazetteer.overlaps(LEEDS, ENGLAND)
    assert gazetteer.overlaps("SET-PROBATION-EAST-OF-ENGLAND", "E12000004")
    assert not gazetteer.overlaps(LEEDS, BRADFORD)


def test_a_neighbour_touches_but_is_not_covered():
    near = gazetteer.neighbours(frozenset({LEEDS}))
    assert BRADFORD in near
    assert LEEDS not in near
    assert not gazetteer.covers(LEEDS, BRADFORD)
    assert gazetteer.neighbours(frozenset({LEEDS, BRADFORD})) >= near - {BRADFORD}


def test_an_island_and_a_whole_country_of_islands_have_few_neighbours():
    assert gazetteer.neighbours(frozenset({"E06000046"})) == frozenset()
    assert gazetteer.neighbours(frozenset()) == frozenset()
    assert gazetteer.neighbours(frozenset({"unknown"})) == frozenset()
    assert gazetteer.neighbours(found("United Kingdom").districts) == frozenset()


@given(codes, codes)
def test_two_districts_are_each_others_neighbours_or_neither(one, other):
    assert (other in gazetteer.neighbours(frozenset({one}))) == (one in gazetteer.neighbours(frozenset({other})))


@given(st.frozensets(codes, max_size=30))
def test_neighbours_are_never_among_the_districts_themselves(districts):
    assert gazetteer.neighbours(districts).isdisjoint(districts)


def test_the_twelve_regions_divide_the_united_kingdom():
    regions = gazetteer.regions()
    assert [place.name for place in regions[9:]] == ["Northern Ireland", "Scotland", "Wales"]
    assert len(regions) == 12
    assert sorted(code for place in regions for code in place.districts) == list(gazetteer.district_codes)


@given(codes)
def test_a_district_lies_in_its_region(district):
    region = gazetteer.region_of(district)
    assert region in {place.code for place in gazetteer.regions()}
    assert gazetteer.covers(region, district)


def test_browsing_goes_from_country_to_district_by_name():
    assert [place.name for place in gazetteer.children(ENGLAND)][:2] == ["East Midlands", "East of England"]
    assert len(gazetteer.children(ENGLAND)) == 9
    assert len(gazetteer.children(WALES)) == 22
    south_east = [place.name for place in gazetteer.children("E12000008")]
    assert {"Kent", "Reading"} <= set(south_east)
    assert "Ashford" not in south_east
    assert ASHFORD in {place.code for place in gazetteer.children(KENT)}
    assert gazetteer.children(LEEDS) == ()


def test_a_sets_children_are_its_members_and_a_combined_authoritys_its_districts():
    assert {place.name for place in gazetteer.children("SET-MIDLANDS")} == {"East Midlands", "West Midlands"}
    assert {place.kind for place in gazetteer.children("SET-WEST-YORKSHIRE")} == {"district"}
    assert len(gazetteer.children("SET-WEST-YORKSHIRE")) == 5


@pytest.mark.parametrize("parent", [ENGLAND, WALES, YORKSHIRE, KENT, "SET-PROBATION-NORTH-WEST", "SET-EAST-ANGLIA"])
def test_children_together_are_the_whole_of_their_parent(parent):
    place = gazetteer.get(parent)
    assert place is not None
    assert frozenset[str]().union(*(child.districts for child in gazetteer.children(parent))) == place.districts


@given(st.text())
def test_normalising_a_name_twice_changes_nothing_more(text):
    once = normalise(text)
    assert normalise(once) == once or once.startswith("the ")
