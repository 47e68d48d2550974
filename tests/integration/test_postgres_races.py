"""Who waits for whom on PostgreSQL, where writers run side by side; collected only where the environment names one."""

import subprocess
import sys
from datetime import UTC, date, datetime
from functools import partial

import pytest
from postgres_server import open_at
from sqlalchemy import func, select, text
from together import at_once, meanwhile

from exchange.content import Content, Kind
from exchange.database import reading, take_turn, writing
from exchange.imports.import_places import MapContext
from exchange.imports.importing import ImportOrder, import_rows
from exchange.listing import changes, listings
from exchange.models import Decision, Listing, Organisation, OrgKind, OutboxRow, Revision, State, TaxonomyVersion
from exchange.moderating import moderation
from exchange.organisation.organisations import OrganisationDetails, add_organisation, change_organisation
from exchange.people.accounts import operator
from exchange.place.places import load_gazetteer
from exchange.taxonomy import seed_taxonomy
from fixtures.loader import load_fixtures

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CONTEXT = MapContext(load_gazetteer())
HOPE = OrganisationDetails(name="Hope", kind=OrgKind.THIRD_SECTOR)
FAITH = OrganisationDetails(name="Faith", kind=OrgKind.THIRD_SECTOR)
END_THE_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
PREPARE = """
import sys
from datetime import UTC, datetime
from exchange.database import open_database, writing
from exchange.schema import migrate
from exchange.taxonomy import seed_taxonomy

database = open_database(sys.argv[1])
sys.stdin.readline()
migrate(database)
with writing(database) as session:
    print(seed_taxonomy(session, datetime.now(UTC)))
"""


@pytest.fixture
def database(postgres):
    """Give a database with its operators: whoever makes one waits for others' turns, which would hide other waits."""
    with postgres.engine() as engine:
        with writing(engine) as session:
            operator(session, "Operator"), operator(session, "Another")
        yield engine


@pytest.fixture
def hope(database) -> int:
    with writing(database) as session:
        return add_organisation(session, HOPE).id


def post(database, organisation_id=None, title="Lunch club", closes_on=None) -> int:
    with writing(database) as session:
        content = Content(title=title, areas=("meals",), closes_on=closes_on)
        new = listings.NewListing(kind=Kind.NEED, content=content, organisation_id=organisation_id)
        return listings.post(session, new, operator(session, "Operator"), NOW).id


def do(database, use_case, number, *arguments: object) -> None:
    with writing(database) as session:
        use_case(session, number, *arguments, operator(session, "Operator"), "because", NOW)


def rename(database, hope) -> None:
    with writing(database) as session:
        change_organisation(session, hope, FAITH, NOW)


def revision_and_notes(database, number) -> tuple[int, int]:
    with reading(database) as session:
        notes = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.listing_id == number))
        return listings.index_revisions(session, [number])[number], notes


def test_an_organisation_that_changes_while_its_listing_is_being_published_waits_and_touches_it(database, hope):
    number = post(database, hope)
    with writing(database) as session:
        moderation.approve(session, number, operator(session, "Operator"), None, NOW)
        with meanwhile(database, partial(rename, database, hope)) as renaming:
            session.commit()
        assert renaming.exception() is None
    assert revision_and_notes(database, number) == (3, 2)


def test_a_listing_that_is_published_while_its_organisation_changes_waits_for_the_new_name(database, hope):
    number = post(database, hope)
    with writing(database) as session:
        change_organisation(session, hope, FAITH, NOW)
        with meanwhile(database, partial(do, database, moderation.approve, number)) as approving:
            session.commit()
        assert approving.exception() is None
    assert revision_and_notes(database, number) == (2, 1)


def test_areas_that_are_published_while_an_appeal_is_upheld_touch_its_listing(database):
    number = post(database)
    do(database, moderation.refuse, number)
    do(database, moderation.appeal, number)

    def seed() -> None:
        with writing(database) as session:
            seed_taxonomy(session, NOW)

    with writing(database) as session:
        ruling = moderation.Ruling(upheld=True)
        moderation.decide_appeal(session, number, operator(session, "Another"), ruling, NOW)
        with meanwhile(database, seed) as seeding:
            session.commit()
        assert seeding.exception() is None
    before = 1 + 3
    assert revision_and_notes(database, number) == (before + 1, 2)


def test_a_bump_for_the_organisation_and_one_for_the_text_are_both_counted(database, hope):
    number = post(database, hope)
    do(database, moderation.approve, number)
    with writing(database) as session:
        by = operator(session, "Operator")
        revision = listings.revise(session, number, Content(title="Breakfast club"), by, NOW)
        moderation.approve_revision(session, revision.id, by, None, NOW)
        with meanwhile(database, partial(rename, database, hope)) as renaming:
            session.commit()
        assert renaming.exception() is None
    assert revision_and_notes(database, number) == (2 + 1 + 1, 3)


def test_who_adds_an_organisation_while_another_does_is_told_which_one_to_use(database):
    details = OrganisationDetails(name="Hope", kind=OrgKind.THIRD_SECTOR, org_id="GB-CHC-1234567")

    def add() -> int:
        with writing(database) as session:
            return add_organisation(session, details).id

    with writing(database) as session:
        number = add_organisation(session, details).id
        with meanwhile(database, add) as adding:
            session.commit()
        assert f"organisation {number}" in str(adding.exception())


def test_who_makes_an_operator_while_another_does_gets_the_same_one(database):
    def make() -> int:
        with writing(database) as session:
            return operator(session, "Importer").id

    with writing(database) as session:
        number = operator(session, "Importer").id
        with meanwhile(database, make) as making:
            session.commit()
        assert making.result() == number


def test_two_changes_of_one_organisation_end_with_the_later_one_whole(database, hope):
    number = post(database, hope)
    do(database, moderation.approve, number)
    with writing(database) as session:
        changes_first = OrganisationDetails(name="Faith", kind=OrgKind.THIRD_SECTOR, about="New")
        change_organisation(session, hope, changes_first, NOW)
        with meanwhile(database, partial(rename, database, hope)) as renaming:
            session.commit()
        assert renaming.exception() is None
    with reading(database) as session:
        assert session.get_one(Organisation, hope).about is None
    assert revision_and_notes(database, number) == (4, 3)


def test_a_change_of_an_organisation_is_judged_by_what_it_is_now(database, hope):
    with writing(database) as session:
        seen = session.get_one(Organisation, hope)
        rename(database, hope)
        assert change_organisation(session, hope, HOPE, NOW) is True
    assert seen.name == "Hope"


def test_a_revision_that_is_replaced_while_a_moderator_approves_it_is_not_approved_too(database):
    number = post(database)
    do(database, moderation.approve, number)
    with writing(database) as session:
        old = listings.revise(session, number, Content(title="Old"), operator(session, "Operator"), NOW).id
    with writing(database) as session:
        listings.revise(session, number, Content(title="New"), operator(session, "Operator"), NOW)
        with meanwhile(database, partial(do, database, moderation.approve_revision, old)) as approving:
            session.commit()
        assert "This revision is" in str(approving.exception())
    with reading(database) as session:
        assert listings.get_listing(session, number).title == "Lunch club"


def test_a_withdrawn_revision_is_recorded_with_the_state_that_it_had(database):
    number = post(database)
    do(database, moderation.approve, number)
    with writing(database) as session:
        mine = listings.revise(session, number, Content(title="Old"), operator(session, "Operator"), NOW).id
    with writing(database) as session:
        seen = session.get_one(Revision, mine)
        do(database, moderation.ask_revision_changes, mine)
        listings.revise(session, number, Content(title="New"), operator(session, "Operator"), NOW)
        assert seen.state == State.WITHDRAWN
    with reading(database) as session:
        made = session.scalars(select(Decision).where(Decision.revision_id == mine).order_by(Decision.id)).all()
        assert [one.old_state for one in made] == ["submitted", "changes_asked"]


def test_a_need_that_is_withdrawn_while_the_day_closes_needs_is_left_alone(database):
    numbers = [post(database, title=title, closes_on=date(2026, 2, 1)) for title in ("One", "Two")]
    for number in numbers:
        do(database, moderation.approve, number)

    def close_due() -> int:
        with writing(database) as session:
            return listings.close_due(session, operator(session, "Operator"), NOW.date(), NOW)

    with writing(database) as session:
        listings.withdraw(session, numbers[0], operator(session, "Operator"), "Asked to.", NOW)
        with meanwhile(database, close_due) as closing:
            session.commit()
        assert closing.result() == 1
    with reading(database) as session:
        states = [listings.get_listing(session, number).state for number in numbers]
    assert states == [State.WITHDRAWN, State.CLOSED]


def test_needs_that_are_past_their_day_are_judged_by_what_they_are_now(database):
    number = post(database, closes_on=date(2026, 2, 1))
    with writing(database) as session:
        seen = listings.get_listing(session, number)
        do(database, moderation.approve, number)
        assert listings.close_due(session, operator(session, "Operator"), NOW.date(), NOW) == 1
    assert (seen.state, seen.index_revision) == (State.CLOSED, 3)


def test_closing_by_date_waits_for_its_turn(database):
    def close_due() -> int:
        with writing(database) as session:
            return listings.close_due(session, operator(session, "Operator"), NOW.date(), NOW)

    with writing(database) as session:
        take_turn(session)
        with meanwhile(database, close_due) as closing:
            session.commit()
        assert closing.result() == 0


def row(number: int, title: str) -> str:
    return f'{{"_id": "{number}", "title": "{title}", "text": "", "metadata": {{"recipient": "Hope {number % 3}"}}}}'


def bring(database, title: str) -> list[str]:
    lines = [row(number, title) for number in range(40)]
    order = ImportOrder(kind=Kind.INNOVATION, source="teas", context=CONTEXT, publish_as="Importer", reason="open data")
    return [bad.reason for bad in import_rows(database, lines, order, NOW).quarantined]


def test_imports_fixtures_areas_and_organisations_at_once_wait_for_one_another(database, hope):

    def seed() -> bool:
        with writing(database) as session:
            return seed_taxonomy(session, NOW)

    told = at_once(
        partial(bring, database, "Green tea"),
        partial(bring, database, "Black tea"),
        partial(load_fixtures, database, NOW),
        partial(load_fixtures, database, NOW),
        seed,
        partial(rename, database, hope),
    )
    assert [one for one in told if isinstance(one, Exception)] == []
    assert told[:2] == [[], []]
    assert min(told[2].added, told[3].added) == 0
    with reading(database) as session:
        teas = session.scalars(select(Listing).where(Listing.source == "teas")).all()
        assert {(tea.state, tea.index_revision >= 2) for tea in teas} == {(State.PUBLISHED, True)}
        assert len({tea.title for tea in teas}) == 1
        names = session.scalars(select(Organisation.name).where(Organisation.name.like("Hope _"))).all()
        assert sorted(names) == ["Hope 0", "Hope 1", "Hope 2"]


def test_a_row_is_imported_after_the_decision_that_was_under_way(database):
    bring(database, "Green tea")
    with reading(database) as session:
        number = session.scalar(select(func.min(Listing.id)))
    with writing(database) as session:
        listings.withdraw(session, number, operator(session, "Operator"), "Asked to.", NOW)
        with meanwhile(database, partial(bring, database, "Black tea")) as importing:
            session.commit()
        (reason,) = importing.result()
    assert "is withdrawn, so its text stays as it is" in reason


def test_a_turn_is_held_to_the_end_of_its_transaction_only(database):
    with writing(database) as session:
        take_turn(session)
        take_turn(session, shared=True)
        changes.touch_found(session, NOW)
    with writing(database) as one, writing(database) as other:
        take_turn(one, shared=True)
        take_turn(other, shared=True)


def test_processes_that_start_at_once_migrate_and_publish_the_areas_once(postgres):
    with postgres.database(empty=True) as address:
        command = [sys.executable, "-c", PREPARE, address.render_as_string(hide_password=False)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        processes = [subprocess.Popen(command, **pipes) for _ in range(3)]
        told = at_once(*(partial(process.communicate, "go\n") for process in processes))
        assert sorted(told) == [("False\n", "")] * 2 + [("True\n", "")]
        database = open_at(address)
        with reading(database) as session:
            assert session.scalar(select(func.count()).select_from(TaxonomyVersion)) == 1
        database.dispose()


def test_a_connection_that_the_server_ended_is_made_anew(database):
    number = post(database)
    other = open_at(database.url)
    with other.connect() as connection:
        assert connection.scalars(text(END_THE_OTHERS)).all() == [True]
    other.dispose()
    with reading(database) as session:
        assert listings.get_listing(session, number).id == number


@pytest.mark.parametrize(("query", "patience"), [({}, "30s"), ({"options": "-c lock_timeout=5s"}, "5s")])
def test_a_writer_waits_for_half_a_minute_unless_the_address_says_otherwise(database, query, patience):
    plain = database.url.set(drivername="postgresql", query=query)
    engine = open_at(plain)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == patience
    engine.dispose()
