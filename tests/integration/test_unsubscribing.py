"""The link in a letter ends it without signing in: signed by this site, for one search or one cadence, and again."""

from datetime import timedelta
from functools import partial

import pytest
from itsdangerous import URLSafeSerializer
from published import NOW
from saving import desk
from sqlalchemy import func, select
from together import at_once

from exchange.alerting import signing, unsubscribing
from exchange.alerting.saved_searches import Cadence
from exchange.alerting.signing import Scope
from exchange.database import reading, writing
from exchange.errors import InputError, NotFoundError
from exchange.models_alerts import SavedSearch, SiteSecret
from exchange.people.personal_data import close_account

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def d(engine, tmp_path):
    return desk(engine, tmp_path)


def token_of(d, search: int) -> str:
    """Sign the link of one search, as a letter at once has it."""
    with writing(d.engine) as session:
        return signing.sign(session, signing.of_search(session.get_one(SavedSearch, search)), NOW)


def digest_token(d, cadence=Cadence.DAILY, by=None) -> str:
    with writing(d.engine) as session:
        return signing.sign(session, signing.of_digest(by or d.ida, cadence), NOW)


def end(d, token: str, now=LATER):
    with writing(d.engine) as session:
        return unsubscribing.end(session, token, now)


def asks(d, token: str):
    with reading(d.engine) as session:
        return unsubscribing.what_ends(session, token)


def stopped(d, *searches: int) -> list[bool]:
    return [d.row(number).stopped_at is not None for number in searches]


def test_the_link_of_a_search_ends_that_search_alone(d):
    one, other = d.save("one", Cadence.AT_ONCE), d.save("other", Cadence.AT_ONCE)
    d.find(one, d.town.publish("Waits"))
    token = token_of(d, one)
    assert asks(d, token).names == ("About one",)
    assert stopped(d, one, other) == [False, False]
    assert end(d, token).names == ("About one",)
    assert stopped(d, one, other) == [True, False]
    assert d.states(one) == ["dropped"]


def test_the_link_of_a_digest_ends_all_of_its_cadence_and_person(d):
    daily = [d.save("one"), d.save("two")]
    others = [d.save("three", Cadence.WEEKLY), d.save("four", Cadence.AT_ONCE), d.save("hers", by=d.olga)]
    assert asks(d, digest_token(d)).names == ("About one", "About two")
    end(d, digest_token(d))
    assert stopped(d, *daily, *others) == [True, True, False, False, False]


def test_a_link_that_is_followed_again_changes_nothing_and_says_so(d):
    search = d.save()
    token = token_of(d, search)
    end(d, token, NOW)
    again = end(d, token)
    assert (again.names, again.told) == ((), ("About sitters",))
    assert d.row(search).stopped_at == NOW
    d.do("begin_again", search, (), LATER)
    assert end(d, token).names == ("About sitters",)


def test_a_digest_that_holds_nothing_any_more_ends_without_fault(d):
    token = digest_token(d)
    assert end(d, token) == unsubscribing.Ending((), (), Cadence.DAILY)


def test_a_link_to_what_is_deleted_ends_nothing_else(d):
    search = d.save()
    token = token_of(d, search)
    d.do("remove", search)
    for act in (asks, end):
        with pytest.raises(NotFoundError, match="is deleted"):
            act(d, token)
    newer = d.save("newer", now=LATER)  # on SQLite it has the number of the deleted one
    with pytest.raises(NotFoundError):
        end(d, token)
    assert stopped(d, newer) == [False]


def test_a_link_of_a_closed_account_ends_nothing(d):
    token = digest_token(d)
    with writing(d.engine) as session:
        close_account(session, d.ida, NOW)
    with pytest.raises(NotFoundError):
        end(d, token)


def test_a_link_that_this_site_did_not_sign_is_refused(d):
    with pytest.raises(InputError, match="not one of ours"):
        asks(d, "no key was ever made")
    token = token_of(d, d.save())
    forged = URLSafeSerializer("another key", salt=signing.SALT).dumps({"a": d.ida, "c": "daily"})
    with reading(d.engine) as session:
        key = session.scalars(select(SiteSecret.value)).one()
    of_other_use = URLSafeSerializer(key, salt="something else").dumps({"a": d.ida, "c": "daily"})
    for bad in ("", "x", token[:-1], token + "x", "é" + token, "." * 10, "x" * 5_000, forged, of_other_use, "\x00"):
        for act in (asks, end):
            with pytest.raises(InputError, match="not one of ours"):
                act(d, bad)


def test_what_is_signed_is_read_back(d):
    with writing(d.engine) as session:
        for scope in (Scope(account_id=4, search_id=7, made=9), Scope(account_id=4, cadence=Cadence.WEEKLY)):
            token = signing.sign(session, scope, NOW)
            assert signing.read(session, token) == scope
            assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")


def test_processes_that_sign_first_at_the_same_moment_make_one_key(d):
    tokens = at_once(*[partial(digest_token, d)] * 4)
    assert len(set(tokens)) == 1
    with reading(d.engine) as session:
        assert session.scalar(select(func.count()).select_from(SiteSecret)) == 1


def test_two_clicks_at_the_same_moment_both_end_well(d):
    search = d.save()
    d.find(search, d.town.publish("Waits"))
    endings = at_once(*[partial(end, d, token_of(d, search))] * 3)
    assert all(ending.told == ("About sitters",) for ending in endings)
    assert (stopped(d, search), d.states(search)) == ([True], ["dropped"])
