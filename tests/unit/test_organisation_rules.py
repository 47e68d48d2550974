"""Size bands, names and register entries of organisations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.models import SizeBand
from exchange.organisation.organisations import name_key, register_link, size_band


@pytest.mark.parametrize(
    ("income", "band"),
    [
        (None, None),
        (0, SizeBand.MICRO),
        (9_999, SizeBand.MICRO),
        (10_000, SizeBand.SMALL),
        (99_999, SizeBand.SMALL),
        (100_000, SizeBand.MEDIUM),
        (999_999, SizeBand.MEDIUM),
        (1_000_000, SizeBand.LARGE),
        (9_999_999, SizeBand.LARGE),
        (10_000_000, SizeBand.MAJOR),
        (10**11, SizeBand.MAJOR),
    ],
)
def test_an_income_falls_into_one_band_and_no_income_into_none(income, band):
    assert size_band(income) is band


@pytest.mark.parametrize(
    ("org_id", "label", "end"),
    [
        ("GB-CHC-1136419", "Charity Commission register", "charity-details/?regid=1136419&subid=0"),
        ("GB-CHC-200051", "Charity Commission register", "charity-details/?regid=200051&subid=0"),
        ("GB-SC-SC003558", "Scottish Charity Register (OSCR)", "charity-details?number=SC003558"),
        ("GB-NIC-100280", "Charity Commission for Northern Ireland register", "charity-details/?regId=100280&subId=0"),
        ("GB-COH-01234567", "Companies House", "/company/01234567"),
        ("GB-COH-NI603345", "Companies House", "/company/NI603345"),
        ("GB-COH-IP12345R", "Companies House", "/company/IP12345R"),
    ],
)
def test_a_well_formed_org_id_leads_to_its_register(org_id, label, end):
    found = register_link(org_id)
    assert found is not None
    assert found[0] == label
    assert found[1].startswith("https://")
    assert found[1].endswith(end)


@pytest.mark.parametrize(
    "org_id",
    [
        None,
        "",
        "GB-CHC-",
        "GB-CHC-12345",
        "GB-CHC-0136419",
        "GB-CHC-1136419\n",
        "GB-CHC-1136419&x=1",
        "GB-CHC-१२३४५६७",
        "gb-chc-1136419",
        "GB-SC-003558",
        "GB-NIC-1002801",
        "GB-COH-1234567",
        "GB-COH-../../x",
        "GB-LAE-LDS",
        "1136419",
    ],
)
def test_any_other_org_id_leads_nowhere(org_id):
    assert register_link(org_id) is None


@given(st.text(max_size=40))
def test_no_text_makes_an_address_with_anything_but_letters_digits_and_known_signs(text):
    for scheme in ("GB-CHC-", "GB-SC-", "GB-NIC-", "GB-COH-"):
        found = register_link(scheme + text)
        assert found is None or text.isalnum()


def test_a_name_is_looked_up_without_case_and_with_single_spaces():
    assert name_key("  Straße   of HOPE\n") == name_key("STRASSE OF hope")
