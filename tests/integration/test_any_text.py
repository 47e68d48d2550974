"""Texts, numbers and sizes at the edge of what a database keeps, the same on both."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from exchange.content import Basis, Content, Evidence, EvidenceKind, FullValue, Kind, Outcome, ValueCell
from exchange.database import LARGEST_KEY, reading, writing
from exchange.errors import InputError, NotFoundError
from exchange.imports.import_places import MapContext
from exchange.imports.importing import ImportOrder, import_rows
from exchange.listing import listings
from exchange.models import Decision, Listing, Organisation, OrgKind
from exchange.moderating import moderation
from exchange.organisation.organisations import LONGEST_ORG_ID, OrganisationDetails, add_organisation, find_organisation
from exchange.people.accounts import operator
from exchange.place.places import load_gazetteer

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NUL, HALF = "\x00", "\ud800"
BAD = f"Tea{NUL}{HALF}"
EVERYWHERE = Content(
    title=BAD,
    summary=BAD,
    description=BAD,
    areas=(BAD,),
    outcomes=(Outcome(statement=BAD, measure=BAD, for_whom=BAD),),
    evidence=(Evidence(text=BAD, kind=EvidenceKind.DESCRIBES, link=BAD),),
    full_value={ValueCell.USERS_OUTCOMES: FullValue(statement=BAD, beneficiary=BAD)},
    delivers_in=(BAD,),
    money_max=10**11,
    money_basis=Basis.YEAR,
)
DIFFERENT = "".join(chr(0x4E00 + at * 7) for at in range(3_000))
"""Too long for an index's row, and of letters that do not compress."""


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def by(session):
    return operator(session, f"Oper{NUL}{HALF}ator")


def test_a_listing_full_of_bad_characters_is_kept_found_and_shown_without_them(session, by):
    new = listings.NewListing(kind=Kind.INNOVATION, content=EVERYWHERE)
    number = moderation.approve(session, listings.post(session, new, by, NOW).id, by, BAD, NOW).id
    session.expire_all()
    kept = listings.get_listing(session, number)
    assert NUL not in json.dumps(kept.data)
    assert "\\u0000" not in json.dumps(kept.data)
    assert kept.content.outcomes == (Outcome(statement="Tea?", measure="Tea?", for_whom="Tea?"),)
    assert kept.content.money_max == 10**11
    assert session.scalar(select(Decision.reason).order_by(Decision.id.desc()).limit(1)) == "Tea?"
    inside = Listing.data[("outcomes", 0, "statement")].as_string()  # PostgreSQL reads no JSON text that holds NUL
    assert session.scalars(select(inside)).all() == ["Tea?"]


def test_a_revision_full_of_bad_characters_is_cleaned_before_it_is_kept(session, by):
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Lunch club"))
    number = moderation.approve(session, listings.post(session, new, by, NOW).id, by, None, NOW).id
    revision = listings.revise(session, number, EVERYWHERE, by, NOW)
    assert "\\u0000" not in json.dumps(revision.data)
    assert moderation.approve_revision(session, revision.id, by, None, NOW).title == "Tea?"


def test_an_organisation_of_bad_characters_is_found_by_its_clean_name(session):
    kept = add_organisation(session, OrganisationDetails(name=BAD, kind=OrgKind.THIRD_SECTOR, about=BAD))
    assert (kept.name, kept.about) == ("Tea?", "Tea?")
    assert find_organisation(session, None, f" tea?{NUL}") is kept


def test_a_name_that_is_longer_than_an_index_takes_is_kept_whole_and_found(session):
    kept = add_organisation(session, OrganisationDetails(name=DIFFERENT, kind=OrgKind.THIRD_SECTOR))
    assert kept.name == DIFFERENT
    assert find_organisation(session, None, DIFFERENT) is kept


def test_an_org_id_that_no_index_takes_is_refused_with_a_sentence(session):
    details = OrganisationDetails(name="Hope", kind=OrgKind.THIRD_SECTOR, org_id="x" * LONGEST_ORG_ID)
    assert add_organisation(session, details).org_id == details.org_id
    with pytest.raises(InputError, match="Shorten the org-id to 100 characters or fewer"):
        add_organisation(session, replace(details, org_id=DIFFERENT))


def test_rows_with_endless_names_and_numbers_are_imported(engine):
    endless = {"recipient": DIFFERENT, "charity_number": "GB-CHC-" + "7" * 5_000, "income": 10**30, "amount_gbp": 1e300}
    rows = [json.dumps({"_id": "a", "title": f"Tea{NUL}", "text": f"{NUL}Pot", "metadata": endless})]
    order = ImportOrder(kind=Kind.INNOVATION, source="teas", context=MapContext(load_gazetteer()))
    report = import_rows(engine, rows, order, NOW)
    assert (report.added, report.quarantined) == (1, [])
    assert import_rows(engine, rows, order, NOW).unchanged == 1
    with reading(engine) as session:
        kept = session.scalars(select(Organisation)).one()
        assert (kept.name, kept.org_id, kept.income) == (DIFFERENT, None, None)
        assert session.scalars(select(Listing.title)).all() == ["Tea"]


def test_a_source_that_no_index_takes_is_refused_before_anything_is_read(engine):
    order = ImportOrder(kind=Kind.INNOVATION, source=DIFFERENT, context=MapContext(load_gazetteer()))
    with pytest.raises(InputError, match="Shorten the source's name to 100 characters or fewer"):
        import_rows(engine, iter(()), order, NOW)


@pytest.mark.parametrize("number", [-1, 0, LARGEST_KEY, LARGEST_KEY + 1, 10**30])
def test_no_number_in_an_address_breaks_the_database(engine, number):
    with writing(engine) as session:
        by = operator(session, "Operator")
        with pytest.raises(NotFoundError):
            listings.visible_listing(session, number)
        with pytest.raises(NotFoundError):
            moderation.approve(session, number, by, None, NOW)
        with pytest.raises(NotFoundError):
            moderation.approve_revision(session, number, by, None, NOW)
