"""The import map: what each field of a row comes to mean, and that nothing else gets through."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Basis, Gender, Kind, check_content, to_json
from exchange.imports.import_lines import BadRow, Row
from exchange.imports.import_map import first_words, map_lines, map_row, organisation_id
from exchange.imports.import_places import MapContext, load_context, place_codes
from exchange.models import OrgKind
from exchange.place.places import load_gazetteer
from exchange.place.postcodes import Postcodes, compile_table

LEEDS, BRADFORD, WAKEFIELD = "E08000035", "E08000032", "E08000036"
YORKSHIRE = "E12000003"
CONTEXT = MapContext(load_gazetteer())


@pytest.fixture(scope="module")
def postcodes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("postcodes")
    halves = [(f"LS99 {n}AA", LEEDS if n < 6 else BRADFORD) for n in range(10)]
    few = [(f"LS98 {n}A{c}", LEEDS) for n in range(10) for c in "AB"] + [("LS98 9ZZ", WAKEFIELD)]
    compile_table(halves + few, folder, load_gazetteer())
    return Postcodes.open(folder)


def innovation(metadata=None, **fields: object):
    row = {"line": 1, "id": "a-1", "title": "Tea for two", "text": "A pot on the table.", "metadata": metadata or {}}
    return map_row(Row(**(row | fields)), Kind.INNOVATION, CONTEXT)


def need(metadata=None, **fields: object):
    row = {"line": 1, "id": "n-1", "title": "Tea wanted", "text": "For forty people.", "metadata": metadata or {}}
    return map_row(Row(**(row | fields)), Kind.NEED, CONTEXT)


def test_a_bare_row_states_its_title_and_its_whole_text_and_nothing_more():
    mapped = innovation(text="One.\n\nTwo.")
    assert to_json(mapped.content) == {"title": "Tea for two", "description": "One.\n\nTwo."}
    assert (mapped.organisation, mapped.awarded, mapped.licence) == (None, False, None)


def test_metadata_that_the_map_does_not_name_never_reaches_the_listing():
    noise = {"funder": "Zebra Fund", "lad_name": "Zebra", "objects": "zebras", "pcc_area": "Zebra", "hide_after": "x"}
    assert innovation(noise) == innovation()


def test_a_recipient_is_a_third_sector_organisation_known_by_its_charity_number():
    organisation = innovation({"recipient": "Rose  House", "charity_number": " 9123456 "}).organisation
    assert (organisation.name, organisation.kind) == ("Rose House", OrgKind.THIRD_SECTOR)
    assert organisation.org_id == "GB-CHC-9123456"


def test_a_buyer_is_a_public_body_known_by_name():
    organisation = need({"buyer": "Mere Council"}).organisation
    assert (organisation.name, organisation.kind, organisation.org_id) == ("Mere Council", OrgKind.PUBLIC_BODY, None)


@pytest.mark.parametrize("name", ["", " ", "n/a", "Unknown", "Anonymous", "Various", None, 7.5, ["Rose House"]])
def test_a_recipient_that_names_nobody_is_not_stated_and_never_shared(name):
    assert innovation({"recipient": name, "charity_number": "9123456"}).organisation is None


@pytest.mark.parametrize("org_id", ["GB-CHC-9123456", "GB-SC-SC999123", "GB-NIC-999123"])
def test_an_id_of_a_charity_register_is_the_organisations_own_and_the_title_its_name(org_id):
    organisation = innovation({"income": "75186.0"}, id=org_id, title="Rose House").organisation
    assert (organisation.name, organisation.org_id, organisation.income) == ("Rose House", org_id, 75186)


def test_a_register_id_without_a_name_states_no_organisation():
    assert innovation(id="GB-CHC-9123456", title="").organisation is None


@pytest.mark.parametrize(
    ("number", "org_id"),
    [
        ("1234567", "GB-CHC-1234567"),
        ("234567-3", "GB-CHC-234567"),
        ("sc 012345", "GB-SC-SC012345"),
        ("NIC100123", "GB-NIC-100123"),
        ("NI100123", "GB-NIC-100123"),
        ("GB-SC-SC012345", "GB-SC-SC012345"),
        ("12", None),
        ("exempt", None),
        ("", None),
    ],
)
def test_a_charity_number_tells_its_register_by_its_shape(number, org_id):
    assert organisation_id(number) == org_id


def test_a_charity_number_may_be_a_number():
    assert innovation({"recipient": "Rose House", "charity_number": 9123456}).organisation.org_id == "GB-CHC-9123456"


@pytest.mark.parametrize("income", ["abc", "", None, -1, "nan", "inf", True, [5], 10**400, "1e9"])
def test_an_income_that_is_no_sum_of_money_is_not_stated(income):
    assert innovation({"recipient": "Rose House", "income": income}).organisation.income is None


def test_an_innovations_office_is_the_most_exact_place_that_is_stated_and_known(postcodes):
    context = MapContext(load_gazetteer(), postcodes)
    metadata = {"lad_code": LEEDS, "outward_postcode": "LS99", "region": "Wales"}
    for missing, office in [
        ({}, (LEEDS,)),
        ({"lad_code": None}, (LEEDS, BRADFORD)),
        ({"lad_code": "E00000000", "outward_postcode": "ZZ1"}, ("W92000004",)),
        ({"lad_code": "", "outward_postcode": "", "region": "Ruritania"}, None),
    ]:
        row = Row(1, "a", "Tea", "A pot.", metadata | missing)
        content = map_row(row, Kind.INNOVATION, context).content
        assert content.office_in == office
        assert content.delivers_in is content.would_deliver_in is None


def test_an_outward_postcode_is_every_district_with_a_tenth_of_its_postcodes(postcodes):
    context = MapContext(load_gazetteer(), postcodes)
    assert place_codes(" ls99 ", "outward", context) == (LEEDS, BRADFORD)
    assert place_codes("LS98", "outward", context) == (LEEDS,)
    assert place_codes("N", "outward", context) == ()
    assert place_codes("LS98", "outward", CONTEXT) == ()


def test_a_set_up_without_postcodes_still_maps(tmp_path):
    assert load_context(tmp_path).postcodes is None


def test_a_probation_region_delivers_now_and_is_not_the_ons_region_of_its_name():
    (code,) = innovation({"nps_region": "North West"}).content.delivers_in
    assert code != place_codes("North West", "region", CONTEXT)[0]
    assert (code,) == place_codes("North West", "nps_region", CONTEXT)


def test_region_names_are_known_whatever_their_case():
    for name in ("Yorkshire and the Humber", "YORKSHIRE AND THE HUMBER", " Yorkshire & The Humber "):
        assert place_codes(name, "region", CONTEXT) == (YORKSHIRE,)
    assert place_codes(" ", "region", CONTEXT) == ()


def test_a_former_district_code_means_the_district_of_today():
    assert place_codes("E06000029", "gss", CONTEXT) == ("E06000058",)


def test_a_need_is_required_where_its_buyer_is_else_in_the_regions_it_names():
    regions = ["Wales", "Ruritania", "Yorkshire and the Humber", "Wales", 4]
    assert need({"buyer_gss": LEEDS, "regions": regions}).content.required_in == (LEEDS,)
    assert need({"buyer_gss": "X", "regions": regions}).content.required_in == ("W92000004", YORKSHIRE)
    assert need({"regions": "England"}).content.required_in == ("E92000001",)
    assert need({"regions": []}).content.required_in is None


def test_a_need_takes_no_office_and_no_region_that_is_an_innovations():
    assert need({"lad_code": LEEDS, "region": "Wales", "nps_region": "Wales", "amount_gbp": 500}) == need()


@pytest.mark.parametrize(
    ("sex", "gender"),
    [
        ("any", Gender.ANY),
        ("male", Gender.MEN),
        ("Men", Gender.MEN),
        ("female", Gender.WOMEN),
        ("women", Gender.WOMEN),
        ("", None),
        (None, None),
        (1, None),
        ("x", None),
    ],
)
def test_sex_says_whom_it_is_for(sex, gender):
    assert innovation({"sex": sex}).content.gender == gender
    assert need({"sex": sex}).content.gender == gender


@pytest.mark.parametrize(
    ("youngest", "oldest", "ages"),
    [
        (18, None, (18, None)),
        ("16", 24.0, (16, 24)),
        (30, 20, (None, None)),
        (-1, 131, (None, None)),
        (True, [], (None,) * 2),
    ],
)
def test_ages_are_taken_where_they_can_be_true(youngest, oldest, ages):
    content = innovation({"min_age": youngest, "max_age": oldest}).content
    assert (content.age_min, content.age_max) == ages


@pytest.mark.parametrize(("amount", "grant"), [(1500.4, 1500), ("2500", 2500), (0, None), (-5, None), ("lots", None)])
def test_an_amount_is_a_grant_received_and_never_a_price(amount, grant):
    content = innovation({"amount_gbp": amount, "value_gbp": 9000}).content
    assert (content.grant_received, content.money_max, content.money_basis) == (grant, None, None)


@pytest.mark.parametrize(
    ("value", "budget"), [(50_000, 50_000), ("1200.5", 1200), (0, None), (0.01, None), (10**13, None)]
)
def test_a_value_is_a_needs_budget_in_all_unless_it_is_absurd(value, budget):
    content = need({"value_gbp": value}).content
    assert (content.money_min, content.money_max) == (None, budget)
    assert content.money_basis == (Basis.TOTAL if budget else None)


@pytest.mark.parametrize(
    ("tag", "awarded"),
    [
        (["award"], True),
        (["tender", "award"], True),
        ("award", True),
        (["awardUpdate"], True),
        (["tender"], False),
        ([], False),
        (None, False),
        ([None, 3], False),
    ],
)
def test_a_notice_that_was_awarded_says_so(tag, awarded):
    assert need({"tag": tag}).awarded is awarded


def test_the_licence_is_kept_for_the_record():
    assert innovation({"licence": " CC0 1.0 "}).licence == "CC0 1.0"


def test_an_empty_title_becomes_the_first_words_of_the_text():
    text = "Forty pots of tea,\n  every Thursday, for anyone who comes in out of the rain, and a bun besides."
    content = innovation(title="", text=text).content
    assert content.title == "Forty pots of tea, every Thursday, for anyone who comes in out of the rain, and"
    assert content.description == text


def test_first_words_are_cut_at_a_word_and_end_without_a_comma():
    assert first_words("a" * 79 + ", b") == "a" * 79
    assert first_words("b" * 200) == "b" * 80
    assert first_words(" Short \n one. ") == "Short one."


def test_a_title_that_is_too_long_stays_whole_in_the_description():
    title = "tea and " * 60 + "buns"
    content = innovation(title=title).content
    assert len(content.title) <= 80
    assert content.description == f"{title}\n\nA pot on the table."


values = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
keys = ["recipient", "buyer", "charity_number", "income", "lad_code", "region", "outward_postcode", "nps_region", "sex"]
keys += ["buyer_gss", "regions", "min_age", "max_age", "amount_gbp", "value_gbp", "tag", "licence"]
metadatas = st.dictionaries(
    st.sampled_from(keys), values | st.lists(values, max_size=3) | st.dictionaries(values, values)
)
rows = st.fixed_dictionaries({"_id": st.text(), "title": st.text(), "text": st.text(), "metadata": metadatas})


@given(st.lists(rows.map(json.dumps) | st.text(), max_size=4), st.sampled_from(Kind))
def test_whatever_a_line_says_it_maps_to_content_that_keeps_every_rule_or_is_set_aside(lines, kind):
    for entry in map_lines(lines, kind, CONTEXT):
        if isinstance(entry, BadRow):
            assert entry.reason
        else:
            row, mapped = entry
            check_content(mapped.content, kind)
            assert row.id
            assert "\x00" not in repr(to_json(mapped.content))
