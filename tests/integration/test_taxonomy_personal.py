"""Who prepared and published areas: in the copy of their data, and without their name once their account is closed."""

import pytest
from people import enrol
from proposing import NOW, Desk
from test_accounts_and_taxonomy import seed

from exchange.database import reading, writing
from exchange.people.permissions import Role
from exchange.people.personal_data import close_account
from exchange.people.personal_export import export
from exchange.running.proposal_list import names, proposal_for, version_row
from exchange.taxonomy import seed_taxonomy


@pytest.fixture
def desk(engine):
    with writing(engine) as session:
        seed_taxonomy(session, NOW, seed(1, "care", "youth"))
    return Desk(engine)


def test_a_copy_holds_the_changes_that_the_person_prepared_and_the_versions_they_published(desk):
    number = desk.begin()
    desk.add(number, "sheds")
    desk.publish(number, "Sheds.")
    other = Desk(desk.database, "Bob Admin")
    with reading(desk.database) as session:
        copy = export(session, desk.id)
        assert export(session, other.id)["area_changes"] == []
    (change,) = copy["area_changes"]
    assert (change["state"], change["number"]) == ("published", 2)
    assert change["by_you"]
    assert change["decided_by_you"]
    assert [(row["number"], row["reason"]) for row in copy["area_versions"]] == [(2, "Sheds.")]


def test_a_closed_account_leaves_its_versions_without_its_name(desk):
    number = desk.begin()
    desk.add(number, "sheds")
    desk.publish(number, "Ada Admin likes sheds.")
    with writing(desk.database) as session:
        enrol(session, "Bob Admin", Role.ADMINISTRATOR)
        close_account(session, desk.id, NOW)
    with reading(desk.database) as session:
        version, proposal = version_row(session, 2), proposal_for(session, number)
        assert version.by_id == desk.id
        assert "Ada" not in f"{version.reason} {proposal.reason} {names(session, [version.by_id])}"
        assert "likes sheds." in version.reason
