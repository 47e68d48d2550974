"""The form of a profile: what is typed becomes details, details fill the form, and a change is told in words."""

from dataclasses import replace

import pytest

from exchange.errors import InputError
from exchange.models import OrgKind
from exchange.organisation.organisation_profiles import checked, difference, mark, with_change
from exchange.organisation.organisations import OrganisationDetails
from exchange.place.places import load_gazetteer
from web.forms import Form
from web.people.organisation_form import approves, changes_between, facts_of, filled_form, read_details

GAZETTEER = load_gazetteer()
LEEDS, BRADFORD = "E08000035", "E08000032"
FULL = OrganisationDetails(
    name="Hope & Sons",
    kind=OrgKind.THIRD_SECTOR,
    org_id="GB-CHC-1104417",
    income=1_250_000,
    places=(LEEDS, BRADFORD),
    about="We hope.\n\nAlways.",
    website="hope.example",
    email="hello@hope.example",
    telephone="0113 496 0000",
)
BARE = OrganisationDetails(name="Hope", kind=OrgKind.PUBLIC_BODY)


def typed(**fields: str) -> Form:
    return Form({name: [value] for name, value in fields.items()})


@pytest.mark.parametrize("details", [FULL, BARE])
def test_a_form_that_is_sent_back_as_it_was_shown_says_the_same(details):
    assert read_details(filled_form(details, GAZETTEER), GAZETTEER) == details


def test_blank_fields_are_not_stated():
    blank = dict.fromkeys(("org_id", "income", "places", "about", "website", "email", "telephone"), " ")
    assert read_details(typed(name="Hope", kind="public-body", **blank), GAZETTEER) == BARE


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_form():
    form = typed(name=" ", kind="", income="lots", places="Narnia")
    assert read_details(form, GAZETTEER) is None
    assert [problem.field for problem in form.problems] == ["name", "kind", "income", "places"]


def test_a_choice_that_is_not_on_the_list_is_told_once():
    form = typed(name="Hope", kind="club")
    assert read_details(form, GAZETTEER) is None
    assert len(form.problems) == 1


def test_a_profile_is_told_in_words_with_what_is_not_stated():
    assert [(fact.label, fact.value) for fact in facts_of(FULL, GAZETTEER)][1:5] == [
        ("Kind", "Third-sector organisation"),
        ("Org-id", "GB-CHC-1104417"),
        ("Yearly income", "£1,250,000"),
        ("Places", "Leeds and Bradford"),
    ]
    assert [fact.value for fact in facts_of(BARE, GAZETTEER)] == ["Hope", "Public body", *[None] * 7]


def test_only_what_differs_is_told_of_a_change():
    after = replace(FULL, kind=OrgKind.PUBLIC_BODY, places=None, income=0)
    assert [(one.label, one.before, one.after) for one in changes_between(FULL, after, GAZETTEER)] == [
        ("Kind", "Third-sector organisation", "Public body"),
        ("Yearly income", "£1,250,000", "£0"),
        ("Places", "Leeds and Bradford", None),
    ]
    assert changes_between(FULL, FULL, GAZETTEER) == ()


@pytest.mark.parametrize("after", [BARE, replace(FULL, places=(BRADFORD,)), replace(FULL, about=None), FULL])
def test_a_difference_put_onto_what_stands_gives_what_was_asked_for(after):
    data = difference(FULL, after)
    assert with_change(FULL, data) == after
    assert (mark(with_change(FULL, data)) == mark(FULL)) is (after == FULL)


def test_a_checked_profile_is_checked_as_it_is():
    assert checked(FULL, None) == FULL
    assert checked(checked(BARE, None), BARE) == BARE


@pytest.mark.parametrize("org_id", ["GB-CHC-1104417", "GB-SC-SC045921", "XI-EORI-123", "gb-coh-ni012345"])
def test_org_ids_of_any_list_are_taken(org_id):
    assert checked(replace(BARE, org_id=org_id), None).org_id.upper() == org_id.upper()


@pytest.mark.parametrize(
    "website", ["hope.example", "https://hope.example/a?b=c", "www.hope.org.uk", "HTTP://H.example"]
)
def test_websites_are_taken_with_or_without_https(website):
    assert checked(replace(BARE, website=website), None).website == website


@pytest.mark.parametrize("telephone", ["0113 496 0000", "+44 (0)113 496-0000", "01632 960001 ext 12"])
def test_telephone_numbers_are_taken_as_people_write_them(telephone):
    assert checked(replace(BARE, telephone=telephone), None).telephone == telephone


@pytest.mark.parametrize(("ruling", "approved"), [("approve", True), ("refuse", False)])
def test_one_of_two_buttons_is_a_ruling(ruling, approved):
    assert approves(typed(ruling=ruling)) is approved


def test_no_button_is_no_ruling():
    with pytest.raises(InputError, match="press one of the two buttons"):
        approves(typed(ruling="perhaps"))
