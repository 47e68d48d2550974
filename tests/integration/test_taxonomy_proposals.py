"""Changes of the areas prepared by administrators: edited by several, brought up to date, published, gone back on."""

import json
from datetime import UTC, datetime

import pytest
from people import enrol
from proposing import Desk, text_of_term
from sqlalchemy import func, select
from test_accounts_and_taxonomy import seed

from exchange.database import reading, writing
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError
from exchange.models import TaxonomyVersion
from exchange.models_running import ProposalState, TaxonomyProposal
from exchange.people.permissions import Role
from exchange.running import taxonomy_proposals as proposals
from exchange.running.proposal_list import open_proposals, past_proposals, proposal_for, version_row, versions
from exchange.running.taxonomy_proposals import MOST_OPEN, Ruling, Target, merge_mark
from exchange.running.taxonomy_versions import go_back
from exchange.running.term_changes import draft_mark, draft_of
from exchange.running.term_differences import differences
from exchange.running.term_merge import OURS, THEIRS
from exchange.taxonomy import AREA, load_taxonomy, seed_taxonomy, taxonomy_at

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(engine):
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
    return Desk(engine)


@pytest.fixture
def bob(desk):
    return Desk(desk.database, "Bob Admin")


def update(desk, number, choices, seen=None):
    with writing(desk.database) as session:
        mark = seen or merge_mark(session, proposal_for(session, number))
        proposals.bring_up_to_date(session, number, (mark, choices), desk.id, desk.later())


def state(desk, number):
    with reading(desk.database) as session:
        return proposal_for(session, number).state


def test_a_change_is_prepared_published_and_told_of(desk):
    before = desk.published()
    number = desk.begin()
    desk.change(number, "home-care", synonyms=("dom care", "zorbelling"), label="Care in homes")
    desk.add(number, "sheds", synonyms=("men's sheds",))
    assert desk.published() == before, "nothing is public yet"
    assert desk.publish(number, "  People say zorbelling.\x00 ") == 2
    after = desk.published()
    assert after.version == 2
    assert after.get(AREA, "home-care").synonyms == ("dom care", "zorbelling")
    assert after.top_areas()[-1].code == "sheds"
    with reading(desk.database) as session:
        row = version_row(session, 2)
        assert (row.by_id, row.reason, row.packaged) == (desk.id, "People say zorbelling.", None)
        proposal = proposal_for(session, number)
        assert (proposal.state, proposal.number, proposal.decided_by_id) == (ProposalState.PUBLISHED, 2, desk.id)
        assert taxonomy_at(session, 1) == before


def test_who_presses_twice_has_one_change_and_one_version(desk):
    number = desk.begin()
    assert desk.begin() == number
    desk.add(number, "sheds")
    assert desk.begin() != number
    desk.publish(number)
    with pytest.raises(StateError, match="published already, as version 2"):
        desk.publish(number)
    with pytest.raises(StateError, match="published already"):
        desk.add(number, "more")
    assert desk.published().version == 2


def test_only_administrators_change_anything(desk):
    number = desk.begin()
    target = desk.target(number, "home-care")
    text = text_of_term(desk.draft(number), "home-care")
    with writing(desk.database) as session:
        mo = enrol(session, "Mo Moderator", Role.MODERATOR).id
    acts = (
        lambda s: proposals.begin(s, mo, NOW),
        lambda s: proposals.change_term(s, target, text, mo, NOW),
        lambda s: proposals.add_term(s, Target(number, AREA, "sheds", ""), text, mo, NOW),
        lambda s: proposals.remove_term(s, target, mo, NOW),
        lambda s: proposals.bring_up_to_date(s, number, ("", {}), mo, NOW),
        lambda s: proposals.discard(s, number, mo, NOW),
        lambda s: proposals.publish(s, number, Ruling("x", draft_mark(desk.draft(number))), mo, NOW),
        lambda s: go_back(s, 1, Ruling("x", "1"), mo, NOW),
    )
    for act in acts:
        with pytest.raises(ForbiddenError, match="Only an administrator"), writing(desk.database) as session:
            act(session)


def test_the_later_of_two_who_edit_one_term_is_told_of_the_earlier(desk, bob):
    number = desk.begin()
    seen = desk.target(number, "home-care")
    bob.change(number, "home-care", label="Care in homes")
    bob.change(number, "meals", label="Hot meals")
    with pytest.raises(ConflictError, match="Somebody saved “Care in homes” since you opened it"):
        desk.change(number, "home-care", seen, synonyms=("dom care",))
    desk.change(number, "home-care", desk.target(number, "home-care"), synonyms=("dom care",))
    one = desk.draft(number).term(AREA, "home-care")
    assert (one.label, one.synonyms) == ("Care in homes", ("dom care",))


def test_what_is_saved_twice_is_saved_once(desk):
    number = desk.begin()
    seen = desk.target(number, "home-care")
    desk.change(number, "home-care", seen, label="Care in homes")
    desk.change(number, "home-care", seen, label="Care in homes")
    assert desk.draft(number).term(AREA, "home-care").label == "Care in homes"


def test_who_publishes_has_read_what_is_published(desk, bob):
    number = desk.begin()
    desk.add(number, "sheds")
    seen = draft_mark(desk.draft(number))
    bob.add(number, "barns")
    with pytest.raises(ConflictError, match="Somebody changed this"), writing(desk.database) as session:
        proposals.publish(session, number, Ruling("Sheds.", seen), desk.id, NOW)


@pytest.mark.parametrize(("reason", "told"), [(" \x00 ", "Say why"), ("x" * 501, "501 characters; use 500")])
def test_a_reason_is_given_and_is_short(desk, reason, told):
    number = desk.begin()
    desk.add(number, "sheds")
    with pytest.raises(InputError, match=told) as refused:
        desk.publish(number, reason)
    assert refused.value.field == "reason"
    assert (desk.published().version, state(desk, number)) == (1, ProposalState.DRAFT)


def test_a_change_that_says_nothing_new_is_not_published(desk):
    with pytest.raises(InputError, match="nothing to publish"):
        desk.publish(desk.begin())


def test_a_discarded_change_is_over(desk):
    number = desk.begin()
    desk.add(number, "sheds")
    with writing(desk.database) as session:
        proposals.discard(session, number, desk.id, NOW)
    with pytest.raises(StateError, match="was discarded"):
        desk.publish(number)
    with reading(desk.database) as session:
        assert [row.id for row in past_proposals(session, 9).rows] == [number]
        assert open_proposals(session) == []


def test_only_so_many_are_prepared_at_once(desk):
    for at in range(MOST_OPEN):
        desk.add(desk.begin(), f"term-{at}")
    with pytest.raises(StateError, match="20 changes in preparation"):
        desk.begin()


def test_what_is_not_there_is_not_found(desk):
    number = desk.begin()
    for wrong in (number + 1, 0, 10**12):
        with pytest.raises(NotFoundError, match="no such change"):
            desk.draft(wrong)
    for wrong in (0, 3, 10**12):
        with reading(desk.database) as session, pytest.raises(NotFoundError, match="no version"):
            taxonomy_at(session, wrong)
    with pytest.raises(NotFoundError, match="no area called “nowhere”"):
        desk.remove(number, "nowhere")


def test_a_change_behind_the_published_version_is_brought_up_to_date_first(desk, bob):
    number = desk.begin()
    desk.change(number, "home-care", label="Care in homes")
    bob.published_with("meals", label="Hot meals")
    with pytest.raises(StateError, match="Version 2 was published since"):
        desk.publish(number)
    update(desk, number, {})
    assert desk.publish(number) == 3
    after = desk.published()
    assert (after.label(AREA, "home-care"), after.label(AREA, "meals")) == ("Care in homes", "Hot meals")


@pytest.mark.parametrize(("choice", "label"), [(OURS, "Care in homes"), (THEIRS, "Dom care at home")])
def test_where_both_changed_a_field_one_of_the_two_is_chosen(desk, bob, choice, label):
    number = desk.begin()
    desk.change(number, "home-care", label="Care in homes", synonyms=())
    bob.published_with("home-care", label="Dom care at home")
    with pytest.raises(InputError, match="Choose what becomes of “Care in homes”") as refused:
        update(desk, number, {})
    key = refused.value.field
    assert key == "area.home-care.label"
    update(desk, number, {key: choice})
    update(desk, number, {key: choice})  # pressed twice
    assert desk.draft(number).term(AREA, "home-care").label == label
    assert desk.draft(number).term(AREA, "home-care").synonyms == ()


def test_what_was_chosen_on_an_old_page_is_not_taken(desk, bob):
    number = desk.begin()
    desk.change(number, "home-care", label="Care in homes")
    bob.published_with("meals", label="Hot meals")
    with reading(desk.database) as session:
        seen = merge_mark(session, proposal_for(session, number))
    bob.published_with("meals", label="Lunches")
    with pytest.raises(ConflictError):
        update(desk, number, {}, seen)


def test_two_together_that_break_a_rule_are_not_published(desk, bob):
    number = desk.begin()
    desk.change(number, "home-care", synonyms=("lunches",))
    bob.published_with("meals", synonyms=("Lunches",))
    update(desk, number, {})
    with pytest.raises(InputError, match="“lunches” is a synonym of “Meals at home” already"):
        desk.publish(number)


def test_going_back_publishes_the_former_terms_as_a_new_version(desk):
    first = desk.published()
    desk.published_with("home-care", synonyms=("zorbelling",))
    assert desk.go_back(1) == 3
    assert differences(first, desk.published()) == ()
    with pytest.raises(InputError, match="nothing to go back to"):
        desk.go_back(1)
    with pytest.raises(ConflictError), writing(desk.database) as session:
        go_back(session, 2, Ruling("x", "2"), desk.id, NOW)
    with reading(desk.database) as session:
        assert [row.number for row in versions(session, 1).rows] == [3, 2, 1]
        assert version_row(session, 3).reason == "It was better before."


def test_a_newer_package_is_published_where_the_last_version_came_from_it(engine):
    with writing(engine) as session:
        assert seed_taxonomy(session, NOW, seed(1, "care"))
        assert seed_taxonomy(session, NOW, seed(4, "care", "youth"))
        assert not seed_taxonomy(session, NOW, seed(4, "care", "youth"))
        assert load_taxonomy(session).version == 4
        assert open_proposals(session) == []


def relabelled(version, **labels: str):
    """Give a package of two areas with other names."""
    plain = json.loads(seed(version, "care", "youth"))
    for term in plain["schemes"]["area"]:
        term["label"] = labels.get(term["code"], term["label"])
        term["synonyms"] = [f"s {term['code']}"]
    return json.dumps(plain).encode()


def test_where_an_administrator_has_published_the_package_only_proposes(engine):
    desk = Desk(engine)
    with writing(engine) as session:
        seed_taxonomy(session, NOW, relabelled(1))
    desk.published_with("care", label="Looking after")
    for _ in range(2):  # two starts of the site
        with writing(engine) as session:
            assert seed_taxonomy(session, NOW, relabelled(3, youth="Young people")) is False
    assert desk.published().label(AREA, "youth") == "YOUTH"
    with reading(engine) as session:
        (row,) = open_proposals(session)
        assert (row.base, row.reason) == (1, "Version 3 of the areas came with a newer version of the program.")
    with pytest.raises(StateError, match="Version 2 was published since"):
        desk.publish(row.id)
    update(desk, row.id, {})
    assert desk.publish(row.id) == 3
    after = desk.published()
    assert (after.label(AREA, "care"), after.label(AREA, "youth")) == ("Looking after", "Young people")
    with writing(engine) as session:
        assert seed_taxonomy(session, NOW, relabelled(3, youth="Young people")) is False
        assert session.scalar(select(func.count()).select_from(TaxonomyVersion)) == 3
        assert session.scalar(select(func.count()).select_from(TaxonomyProposal)) == 2


def test_a_proposal_of_the_package_that_was_discarded_does_not_come_back(engine):
    desk = Desk(engine)
    with writing(engine) as session:
        seed_taxonomy(session, NOW, relabelled(1))
    desk.published_with("care", label="Looking after")
    with writing(engine) as session:
        seed_taxonomy(session, NOW, relabelled(2))
        (row,) = open_proposals(session)
        assert draft_of(row.data).packaged == 2
        proposals.discard(session, row.id, desk.id, NOW)
        seed_taxonomy(session, NOW, relabelled(2))
        assert open_proposals(session) == []
        seed_taxonomy(session, NOW, relabelled(3))
        assert len(open_proposals(session)) == 1
