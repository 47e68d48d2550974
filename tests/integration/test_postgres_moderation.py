"""Two people at one listing on PostgreSQL: who comes second is told, and nothing is done twice."""

from collections.abc import Callable
from functools import partial

import pytest
from moderating import NOW, Scene, scene
from sqlalchemy import func, select
from together import at_once, meanwhile

from exchange.content import Content, Kind, edition
from exchange.database import reading, writing
from exchange.errors import ConflictError, StateError
from exchange.listing import listings
from exchange.listing.states import Step
from exchange.models import Account, Decision, Listing, State
from exchange.models_introductions import Report
from exchange.models_people import Letter
from exchange.moderating import moderation, reports
from exchange.moderating.moderation import Verdict, decide
from exchange.moderating.reason_codes import ReasonCode, Refusal
from exchange.moderating.reports import Finding


@pytest.fixture
def database(postgres):
    with postgres.engine() as engine:
        yield engine


@pytest.fixture
def people(database) -> Scene:
    with writing(database) as session:
        return scene(session)


def waiting(database, people: Scene) -> int:
    with writing(database) as session:
        new = listings.NewListing(
            kind=Kind.INNOVATION, content=Content(title="Lunch club"), organisation_id=people.circle
        )
        return listings.post(session, new, people.ida, NOW).id


def act(database, use_case: Callable, *arguments: object):
    with writing(database) as session:
        return use_case(session, *arguments)


def count(database, table) -> int:
    with reading(database) as session:
        return session.scalar(select(func.count()).select_from(table))


def test_of_two_moderators_at_once_one_decides_and_the_other_is_told(database, people):
    number = waiting(database, people)
    seen = edition(Content(title="Lunch club"))
    yes = Verdict(step=Step.APPROVE, seen=seen)
    no = Verdict(step=Step.REFUSE, code=ReasonCode.DUPLICATE, seen=seen)
    told = at_once(
        partial(act, database, decide, number, yes, people.mo, NOW),
        partial(act, database, decide, number, no, people.max, NOW),
    )
    assert sorted(type(one) for one in told if isinstance(one, Exception)) == [StateError]
    assert count(database, Decision) == 1
    assert count(database, Letter) == 2  # one to each member


def test_a_decision_waits_for_the_change_of_the_text_and_then_is_refused(database, people):
    number = waiting(database, people)
    verdict = Verdict(step=Step.APPROVE, seen=edition(Content(title="Lunch club")))
    with writing(database) as session:
        listings.revise(session, number, Content(title="Dinner club"), people.ida, NOW)
        with meanwhile(database, partial(act, database, decide, number, verdict, people.mo, NOW)) as deciding:
            session.commit()
        assert isinstance(deciding.exception(), ConflictError)
    with reading(database) as session:
        assert session.get_one(Listing, number).state == State.SUBMITTED


def test_a_moderators_withdrawal_and_the_owners_wait_for_one_another(database, people):
    number = waiting(database, people)
    act(database, moderation.approve, number, people.mo, None, NOW)
    with writing(database) as session:
        listings.withdraw(session, number, session.get_one(Account, people.ida.id), "We have stopped.", NOW)
        refusal = Refusal(ReasonCode.UNLAWFUL)
        with meanwhile(
            database, partial(act, database, moderation.withdraw, number, people.mo, refusal, NOW)
        ) as withdrawing:
            session.commit()
        assert isinstance(withdrawing.exception(), StateError)
    with reading(database) as session:
        reasons = session.scalars(select(Decision.reason).where(Decision.new_state == State.WITHDRAWN)).all()
    assert reasons == ["We have stopped."]


def test_a_report_that_is_sent_twice_at_once_is_kept_once(database, people):
    number = waiting(database, people)
    act(database, moderation.approve, number, people.mo, None, NOW)
    told = at_once(*[partial(act, database, reports.report, number, "Wrong.", people.noah, NOW)] * 3)
    assert [type(one) for one in told].count(StateError) == 2
    assert count(database, Report) == 1


def test_of_two_moderators_at_one_report_one_decides(database, people):
    number = waiting(database, people)
    act(database, moderation.approve, number, people.mo, None, NOW)
    report = act(database, reports.report, number, "Wrong.", people.noah, NOW).id
    told = at_once(
        partial(act, database, reports.decide_report, report, Finding(upheld=True), people.mo, NOW),
        partial(act, database, reports.decide_report, report, Finding(upheld=False, note="No."), people.max, NOW),
    )
    assert [type(one) for one in told].count(StateError) == 1
    with reading(database) as session:
        assert len(session.scalars(select(Letter).where(Letter.account_id == people.noah.id)).all()) == 1
