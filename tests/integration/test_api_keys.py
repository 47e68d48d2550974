"""Keys of the interface: few a person, kept as a digest, ended at once, gone with their account."""

from datetime import UTC, datetime, timedelta

import pytest
from people import enrol
from sqlalchemy import select
from together import at_once

from exchange import chores
from exchange.database import LARGEST_KEY, reading, writing
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError, TooManyError
from exchange.models import Account
from exchange.models_people import AccountEvent
from exchange.models_running import ApiKey
from exchange.people.personal_data import close_account
from exchange.people.personal_export import export
from exchange.running import api_keys
from exchange.running.api_keys import MADE_A_DAY, MOST, SHAPE, NewKey

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def petra(engine) -> int:
    with writing(engine) as session:
        return enrol(session, "Petra Programmer").id


def make(engine, account_id: int, name: str = "Report", now: datetime = NOW) -> NewKey:
    with writing(engine) as session:
        return api_keys.make(session, account_id, name, now)


def called(engine, secret: str, now: datetime = NOW, *, demo: bool = False):
    with reading(engine) as session:
        return api_keys.caller(session, secret, now, demo=demo)


def row_of(engine, key_id: int) -> ApiKey:
    with reading(engine) as session:
        return session.get_one(ApiKey, key_id)


def test_a_key_is_looked_up_and_only_its_digest_is_kept(engine, petra):
    made = make(engine, petra, "  Weekly\n report ")
    assert SHAPE.fullmatch(made.secret)
    assert made.name == "Weekly report"
    row = row_of(engine, made.id)
    kept = [getattr(row, column.name) for column in ApiKey.__table__.columns]
    assert made.secret not in map(str, kept)
    assert (len(row.digest), made.secret[-4:]) == (64, row.hint)
    assert called(engine, made.secret).account_id == petra


@pytest.mark.parametrize(
    "change", [lambda key: key[:-1], lambda key: key + "A", str.upper, str.strip, lambda key: key[:-4] + "\u00e9\x00%s"]
)
def test_any_other_text_is_no_key(engine, petra, change):
    made = make(engine, petra)
    text = change(made.secret)
    assert (called(engine, text) is None) is (text != made.secret)
    assert called(engine, "") is None
    assert called(engine, row_of(engine, made.id).digest) is None


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Give the key a name"),
        (" \x00\n ", "Give the key a name"),
        ("x" * 101, "Shorten the name to 100"),
        ("REPORT", "You have a key called “REPORT” already"),
    ],
)
def test_a_name_is_one_that_its_owner_knows_again(engine, petra, name, sentence):
    make(engine, petra, "Report")
    with pytest.raises(InputError, match=sentence) as refused:
        make(engine, petra, name)
    assert refused.value.field == "name"


def test_somebody_has_ten_and_another_when_one_has_ended(engine, petra):
    keys = [make(engine, petra, f"Program {number}") for number in range(MOST)]
    with pytest.raises(StateError, match="You have 10 keys"):
        make(engine, petra, "One more")
    with writing(engine) as session:
        api_keys.end(session, keys[3].id, petra, NOW)
    assert make(engine, petra, "Program 3").id


def test_two_forms_at_once_make_no_eleventh(engine, petra):
    for number in range(MOST - 1):
        make(engine, petra, f"Program {number}")
    outcomes = at_once(*(lambda at=at: make(engine, petra, f"Last {at}") for at in range(4)))
    assert sum(isinstance(one, NewKey) for one in outcomes) == 1
    assert sum(isinstance(one, StateError) for one in outcomes) == 3


def test_making_and_ending_has_its_limit_a_day(engine, petra):
    for number in range(MADE_A_DAY):
        made = make(engine, petra, f"Program {number}")
        with writing(engine) as session:
            api_keys.end(session, made.id, petra, NOW)
    with pytest.raises(TooManyError):
        make(engine, petra, "Another")
    assert make(engine, petra, "Tomorrow", NOW + timedelta(days=1)).id


def test_an_unconfirmed_person_makes_none(engine):
    with writing(engine) as session:
        una = enrol(session, "Una Unconfirmed", confirmed=False).id
    with pytest.raises(ForbiddenError, match="Confirm your email address"):
        make(engine, una)


def test_an_ended_key_is_none_and_ends_once(engine, petra):
    made = make(engine, petra)
    with writing(engine) as session:
        api_keys.end(session, made.id, petra, NOW)
    assert called(engine, made.secret) is None
    with pytest.raises(StateError, match="ended already"), writing(engine) as session:
        api_keys.end(session, made.id, petra, NOW)
    with reading(engine) as session:
        assert [key.ended_at for key in api_keys.keys_of(session, petra)] == [NOW]
        said = session.scalars(select(AccountEvent.what).where(AccountEvent.account_id == petra)).all()
    assert said == ["key made", "key ended"]


@pytest.mark.parametrize("number", [0, LARGEST_KEY, LARGEST_KEY + 1, 10**17])
def test_somebody_elses_key_is_not_there(engine, petra, number):
    with writing(engine) as session:
        other = enrol(session, "Olive Other").id
    made = make(engine, petra)
    for key_id in (made.id, number):
        with pytest.raises(NotFoundError, match="no such key"), writing(engine) as session:
            api_keys.end(session, key_id, other, NOW)
        with pytest.raises(NotFoundError, match="no such key"), reading(engine) as session:
            api_keys.key_of(session, key_id, other)
    assert called(engine, made.secret) is not None


def test_its_use_is_noted_once_an_hour(engine, petra):
    made = make(engine, petra)
    assert called(engine, made.secret).stale
    with writing(engine) as session:
        api_keys.note_use(session, made.id, NOW)
    assert not called(engine, made.secret, NOW + HOUR).stale
    with writing(engine) as session:
        api_keys.note_use(session, made.id, NOW + HOUR / 2)
    assert row_of(engine, made.id).used_at == NOW
    assert called(engine, made.secret, NOW + 2 * HOUR).stale


def change(engine, account_id: int, **values: object) -> None:
    with writing(engine) as session:
        for name, value in values.items():
            setattr(session.get_one(Account, account_id), name, value)


def test_a_key_is_worth_what_its_account_is(engine, petra):
    made = make(engine, petra)
    change(engine, petra, confirmed_at=None)
    assert called(engine, made.secret) is None
    change(engine, petra, confirmed_at=NOW, demo=True)
    assert called(engine, made.secret) is None
    assert called(engine, made.secret, demo=True) is not None
    change(engine, petra, demo=False, closed_at=NOW)
    assert called(engine, made.secret) is None


def test_closing_an_account_ends_its_keys_and_forgets_their_names(engine, petra):
    made = make(engine, petra, "Petra's own")
    with writing(engine) as session:
        close_account(session, petra, NOW)
    assert called(engine, made.secret) is None
    with reading(engine) as session:
        assert session.get(ApiKey, made.id) is None


def test_the_copy_of_ones_data_names_keys_without_their_digest(engine, petra):
    make(engine, petra)
    with reading(engine) as session:
        copied = export(session, petra)["api_keys"]
        digest = session.scalars(select(ApiKey.digest)).one()
    assert [key["name"] for key in copied] == ["Report"]
    assert digest not in str(copied)


def test_ended_keys_are_forgotten_after_ninety_days(engine, petra):
    old, live = make(engine, petra, "Old"), make(engine, petra, "Live")
    with writing(engine) as session:
        api_keys.end(session, old.id, petra, NOW)
    chores.tend(engine, NOW + timedelta(days=89))
    assert row_of(engine, old.id).name == "Old"
    chores.tend(engine, NOW + timedelta(days=91))
    with reading(engine) as session:
        assert [key.id for key in api_keys.keys_of(session, petra)] == [live.id]
