"""One-time links: kept as hashes, for one purpose, until they are used or too old, and used by one of two at once."""

from datetime import UTC, datetime, timedelta

import pytest
from people import enrol
from sqlalchemy import select
from together import at_once

from exchange.database import reading, writing
from exchange.models_people import OneTimeLink
from exchange.people import one_time_links as links
from exchange.people.one_time_links import Purpose

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ann(engine):
    with writing(engine) as session:
        return enrol(session, "Ann Example").id


def made(engine, account_id, purpose=Purpose.RESET, now=NOW):
    with writing(engine) as session:
        return links.make(session, purpose, now, HOUR, account_id=account_id, email="ann@example.org")


def used(engine, secret, purpose=Purpose.RESET, now=NOW):
    with writing(engine) as session:
        return links.use(session, purpose, secret, now)


def seen(engine, secret, purpose=Purpose.RESET, now=NOW):
    with reading(engine) as session:
        return links.look(session, purpose, secret, now)


def test_a_link_says_whom_it_is_about_and_looking_does_not_use_it(engine, ann):
    secret = made(engine, ann)
    for _ in range(3):
        link = seen(engine, secret)
        assert (link.account_id, link.email, link.used_at) == (ann, "ann@example.org", None)
    assert used(engine, secret).account_id == ann


def test_the_secret_is_kept_nowhere(engine, ann):
    secret = made(engine, ann)
    with reading(engine) as session:
        row = session.scalars(select(OneTimeLink)).one()
    assert len(secret) >= 43
    assert secret not in [str(getattr(row, column.name)) for column in OneTimeLink.__table__.columns]


def test_a_link_works_once(engine, ann):
    secret = made(engine, ann)
    assert used(engine, secret).used_at == NOW
    assert used(engine, secret) is None
    assert seen(engine, secret) is None


def test_a_link_works_until_its_end(engine, ann):
    secret = made(engine, ann)
    assert seen(engine, secret, now=NOW + HOUR) is None
    assert used(engine, secret, now=NOW + HOUR) is None
    assert used(engine, secret, now=NOW + HOUR - timedelta(seconds=1)) is not None


def test_a_link_works_for_its_own_purpose_only(engine, ann):
    secret = made(engine, ann, Purpose.CONFIRM)
    for purpose in set(Purpose) - {Purpose.CONFIRM}:
        assert seen(engine, secret, purpose) is None
        assert used(engine, secret, purpose) is None
    assert used(engine, secret, Purpose.CONFIRM) is not None


@pytest.mark.parametrize("secret", ["", "x", "\x00", "ü", "x" * 1_000_000])
def test_what_is_no_secret_of_a_link_finds_nothing(engine, ann, secret):
    made(engine, ann)
    assert seen(engine, secret) is None
    assert used(engine, secret) is None


def test_of_many_who_use_a_link_at_once_one_gets_it(engine, ann):
    secret = made(engine, ann)
    outcomes = at_once(*[lambda: used(engine, secret)] * 6)
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)


def test_a_use_that_fails_later_leaves_the_link_working(engine, ann):
    secret = made(engine, ann)

    def half_done():
        with writing(engine) as session:
            links.use(session, Purpose.RESET, secret, NOW)
            raise LookupError

    with pytest.raises(LookupError):
        half_done()
    assert used(engine, secret) is not None


def test_all_links_of_an_account_for_a_purpose_can_be_ended(engine, ann):
    with writing(engine) as session:
        bob = enrol(session, "Bob Other").id
    resets, confirm, others = (
        [made(engine, ann), made(engine, ann)],
        made(engine, ann, Purpose.CONFIRM),
        made(engine, bob),
    )
    with writing(engine) as session:
        links.spend_all(session, ann, NOW, Purpose.RESET)
    assert [seen(engine, secret) for secret in resets] == [None, None]
    assert seen(engine, confirm, Purpose.CONFIRM) is not None
    assert seen(engine, others) is not None


def test_a_link_may_be_about_an_organisation_and_nobody_yet(engine, ann):
    with writing(engine) as session:
        secret = links.make(session, Purpose.INVITATION, NOW, HOUR, email="new@example.org", by_id=ann)
    link = seen(engine, secret, Purpose.INVITATION)
    assert (link.account_id, link.organisation_id, link.by_id) == (None, None, ann)


def test_rows_go_a_day_after_their_end_when_another_link_is_made(engine, ann):
    made(engine, ann)
    used(engine, made(engine, ann))
    made(engine, ann, now=NOW + timedelta(days=1, hours=2))
    with reading(engine) as session:
        assert len(session.scalars(select(OneTimeLink)).all()) == 1
