"""Loading the invented fixtures: through the use-cases, on the right days, once; wrong files fail loudly."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from exchange.content import check_content
from exchange.database import reading
from exchange.errors import InputError
from exchange.models import Account, Decision, Listing, Organisation, OutboxRow, State
from exchange.taxonomy import AREA, GROUP, load_taxonomy, seed_taxonomy
from fixtures.files import read_fixtures
from fixtures.loader import fixture_contents, load_fixtures

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
TODAY = NOW.date()
ORGANISATION = {"key": "rose-house", "name": "Rose House", "kind": "third-sector", "places": ["Leeds"], "income": 900}
NEED = {
    "key": "tea-wanted",
    "kind": "need",
    "organisation": "rose-house",
    "state": "concluded",
    "posted_days_ago": 90,
    "title": "Tea wanted",
    "summary": "For forty people.",
    "required_in": ["Leeds", "Wales"],
    "start_in_days": -5,
    "closes_in_days": -30,
    "reply_in_days": -20,
    "outcomes": [],
}
IDEA = {
    "key": "tea",
    "kind": "innovation",
    "state": "published",
    "posted_days_ago": 3,
    "title": "Tea",
    "delivers_in": ["Kent"],
}


def write(folder, organisations=(ORGANISATION,), listings=(NEED, IDEA)):
    folder.mkdir(exist_ok=True)
    (folder / "organisations-a.jsonl").write_text("\n".join(map(json.dumps, organisations)), encoding="utf-8")
    (folder / "listings-a.jsonl").write_text("\n".join(map(json.dumps, listings)), encoding="utf-8")
    return read_fixtures(folder)


def everything(engine, table=Listing):
    with reading(engine) as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_days_count_from_the_day_of_loading_and_places_become_codes(engine, tmp_path):
    load_fixtures(engine, NOW, write(tmp_path / "f"))
    need, idea = everything(engine)
    assert need.content.required_in == ("E08000035", "W92000004")
    assert need.content.closes_on == TODAY - timedelta(days=30)
    assert need.content.reply_by == TODAY - timedelta(days=20)
    assert need.content.outcomes is None
    assert idea.published_at == NOW - timedelta(days=3)
    assert idea.organisation_id is None


def test_states_are_reached_by_named_steps_each_with_its_decision(engine, tmp_path):
    load_fixtures(engine, NOW, write(tmp_path / "f"))
    made = [decision for decision in everything(engine, Decision) if decision.listing_id == 1]
    assert [decision.new_state for decision in made] == [State.PUBLISHED, State.CLOSED, State.CONCLUDED]
    assert {decision.reason for decision in made} == {"invented demonstration data"}
    assert [decision.at for decision in made] == [NOW - timedelta(days=90), NOW - timedelta(days=29), NOW]
    (account,) = everything(engine, Account)
    assert (account.name, account.can_sign_in) == ("Fixtures", False)


def test_a_second_load_on_another_day_changes_nothing(engine, tmp_path):
    fixtures = write(tmp_path / "f")
    assert load_fixtures(engine, NOW, fixtures).added == 2
    before = [(row.id, row.index_revision, row.data) for row in everything(engine)]
    report = load_fixtures(engine, NOW + timedelta(days=40), fixtures)
    assert (report.organisations, report.added, report.changed, report.unchanged) == (0, 0, 0, 2)
    assert [(row.id, row.index_revision, row.data) for row in everything(engine)] == before


def test_a_changed_file_becomes_a_revision_that_is_published_at_once(engine, tmp_path):
    load_fixtures(engine, NOW, write(tmp_path / "f"))
    changed = write(tmp_path / "f", [ORGANISATION | {"income": 20_000}], [NEED, IDEA | {"title": "Tea and buns"}])
    report = load_fixtures(engine, NOW + timedelta(days=1), changed)
    assert (report.changed, report.unchanged) == (1, 1)
    assert everything(engine)[1].title == "Tea and buns"
    assert everything(engine, Organisation)[0].size_band == "small"


@pytest.mark.parametrize(
    ("organisations", "listings", "says"),
    [
        ([ORGANISATION | {"places": ["Ruritania"]}], [], "no place is called 'Ruritania'"),
        ([ORGANISATION], [NEED | {"required_in": ["Ruritania"]}], "tea-wanted: no place is called"),
        ([ORGANISATION], [NEED, NEED], "the key 'tea-wanted'"),
        ([ORGANISATION, ORGANISATION | {"key": "other"}], [], "are both Rose House"),
        ([], [NEED], "no organisation has the key 'rose-house'"),
        ([ORGANISATION], [NEED | {"state": "draft"}], "cannot start draft"),
        ([ORGANISATION], [NEED | {"colour": "red"}], "listings-a.jsonl, line 1"),
        ([ORGANISATION], [NEED | {"summary": "tea " * 61}], "tea-wanted: The summary has 61 words"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place_and_nothing_is_loaded(engine, tmp_path, organisations, listings, says):
    with pytest.raises(InputError, match=says):
        load_fixtures(engine, NOW, write(tmp_path / "f", organisations, listings))
    assert everything(engine) == everything(engine, Organisation) == []


def test_the_packaged_fixtures_load_and_are_as_many_and_as_varied_as_promised(engine):
    report = load_fixtures(engine, NOW)
    kinds = Counter(row.kind for row in everything(engine))
    assert kinds["innovation"] >= 120
    assert kinds["need"] >= 60
    assert report.organisations >= 70
    bands = {row.size_band for row in everything(engine, Organisation) if row.kind == "third-sector"}
    assert bands >= {"micro", "small", "medium", "large", "major"}
    assert {row.state for row in everything(engine)} == {State.PUBLISHED, State.CLOSED, State.CONCLUDED}
    assert {row.listing_id for row in everything(engine, OutboxRow)} == {row.id for row in everything(engine)}


def test_every_packaged_fixture_keeps_the_rules_and_names_areas_and_groups_that_exist(engine):
    with reading(engine) as session:
        seed_taxonomy(session, NOW)
        taxonomy = load_taxonomy(session)
        for key, kind, content, _, state in fixture_contents(TODAY):
            check_content(content, kind)
            assert all(taxonomy.get(AREA, code) for code in content.areas or ()), key
            assert all(taxonomy.get(GROUP, code) for code in content.groups or ()), key
            assert content.closes_on is None or (content.closes_on >= TODAY) == (state is State.PUBLISHED), key
