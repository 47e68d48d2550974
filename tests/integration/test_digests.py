"""Letters of saved searches: one at each turn, each result once, and only what is still worth telling."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from published import BRADFORD, LEEDS, NOW, YORK
from saving import BASE, desk
from sqlalchemy import event
from together import at_once

from exchange.alerting import digest_letters, digests, mutes, signing
from exchange.alerting.saved_searches import Cadence, Change
from exchange.content import Kind
from exchange.database import reading, writing
from exchange.models import Account
from exchange.models_people import Letter

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = datetime(2026, 6, 16, 6, 0, tzinfo=UTC)
"""07:00 by the clock in London, the day after `NOW`, which is a Monday at 10:00."""


@pytest.fixture
def d(engine, tmp_path):
    return desk(engine, tmp_path)


def found(d, cadence=Cadence.DAILY, title="Thursday Sitters", **stated: object):
    """Save a search and have it find one listing; give both."""
    search, listing = d.save(title, cadence), d.town.publish(title, **stated)
    assert d.find(search, listing)
    return search, listing


def test_a_letter_says_what_was_found_why_and_how_to_hear_no_more(d):
    search = d.save("sitters", Cadence.AT_ONCE)
    need = d.town.publish(
        "Respite for carers",
        Kind.NEED,
        organisation=d.circle,
        required_in=(LEEDS, BRADFORD, YORK, "E09000007"),
        closes_on=date(2026, 9, 1),
    )
    d.find(search, need, why=("Says “respite”.", "Asks for Leeds."))
    assert d.send(NOW) == 1
    (letter,) = d.letters()
    assert letter.subject == "New: Respite for carers"
    assert letter.body == (
        "“About sitters”: 1 new result\n"
        "-----------------------------\n\n"
        "1. Respite for carers\n"
        "   Carers' Circle\n"
        "   Required in Leeds, Bradford, York and 1 more\n"
        "   Why: Says “respite”.\n"
        "   Why: Asks for Leeds.\n"
        "   Closing date: 1 September 2026\n"
        f"   {BASE}/listings/{need}\n\n"
        "To hear no more of one of them, mute it on the page of this search:\n"
        f"{BASE}/my/searches/{search}/alerts\n\n"
        "You get this mail as soon as something new fits it, because you saved this search. To change, stop or delete "
        f"what you saved:\n{BASE}/my/searches"
    )
    assert re.fullmatch(r"/unsubscribe\?token=[\w.-]+", letter.unsubscribe)
    assert (letter.path, d.states(search)) == (None, ["sent"])


def test_at_once_is_one_letter_a_search_and_turn_and_not_one_a_listing(d):
    one, two = d.save("sitters", Cadence.AT_ONCE), d.save("nights", Cadence.AT_ONCE)
    for title in ("First", "Second"):
        listing = d.town.publish(title)
        d.find(one, listing)
        d.find(two, listing)
    assert d.send(NOW) == 2
    assert [letter.subject for letter in d.letters()] == [
        "2 new results: About sitters",
        "2 new results: About nights",
    ]
    assert d.letters()[0].body.index("Second") < d.letters()[0].body.index("First")
    d.find(one, d.town.publish("Third"))
    assert d.send(NOW + HOUR) == 1


def test_the_digest_is_one_letter_with_a_section_for_each_search(d):
    searches = [d.save("sitters"), d.save("nights"), d.save("weekly", Cadence.WEEKLY), d.save("quiet")]
    listing = d.town.publish("Night Sitters")
    for search in searches[:3]:
        d.find(search, listing)
    d.find(d.save("hers", by=d.olga), listing)
    assert d.send(TUESDAY) == 2
    (letter,) = d.letters()
    assert letter.subject == "2 new results of 2 saved searches"
    assert letter.body.count(f"{BASE}/listings/{listing}\n") == 2
    assert [name in letter.body for name in ("About sitters", "About nights", "weekly", "quiet")] == [
        True,
        True,
        False,
        False,
    ]
    assert "“About hers”" in d.letters(d.olga)[0].body


def test_a_day_with_nothing_new_has_no_letter(d):
    d.save()
    assert d.send(TUESDAY) == 0
    search, _ = found(d)
    d.send(TUESDAY)
    assert d.send(TUESDAY + DAY) == 0
    assert (d.states(search), len(d.letters())) == (["sent"], 1)


def test_a_digest_comes_at_seven_with_what_was_found_before(d):
    search, _ = found(d)
    assert d.send(TUESDAY - timedelta(seconds=1)) == 0
    assert d.send(TUESDAY) == 1
    d.find(search, d.town.publish("At seven"), TUESDAY)
    assert d.send(TUESDAY + 23 * HOUR) == 0
    assert d.send(TUESDAY + DAY) == 1


def test_a_site_that_stood_still_at_seven_catches_up(d):
    found(d)
    assert d.send(TUESDAY + 5 * HOUR) == 1


def test_the_weekly_letter_comes_on_mondays(d):
    search, _ = found(d, Cadence.WEEKLY)
    for day in range(6):
        assert d.send(TUESDAY + day * DAY) == 0
    monday = TUESDAY + 6 * DAY
    assert d.send(monday - timedelta(seconds=1)) == 0
    assert d.send(monday) == 1
    d.find(search, d.town.publish("Next"), monday + HOUR)
    assert d.send(monday + 6 * DAY + 23 * HOUR) == 0
    assert d.send(monday + 7 * DAY) == 1


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (date(2026, 3, 28), 7),
        (date(2026, 3, 29), 6),  # the clocks have gone forward
        (date(2026, 10, 24), 6),
        (date(2026, 10, 25), 7),  # and back
    ],
)
def test_seven_is_seven_by_the_clock_in_london_whatever_the_season(day, hour):
    turn = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    assert digests.last_turn(Cadence.DAILY, turn) == turn
    assert digests.last_turn(Cadence.DAILY, turn + DAY - 2 * HOUR) == turn
    yesterday = digests.last_turn(Cadence.DAILY, turn - timedelta(seconds=1))
    assert (yesterday.hour, yesterday.date()) == (7, day - DAY)


@pytest.mark.parametrize(("month", "day", "hour"), [(3, 30, 6), (10, 26, 7)])
def test_the_week_in_which_the_clocks_change_ends_on_monday_at_seven(month, day, hour):
    monday = datetime(2026, month, day, hour, tzinfo=UTC)
    assert digests.last_turn(Cadence.WEEKLY, monday) == monday
    last = digests.last_turn(Cadence.WEEKLY, monday - timedelta(seconds=1)).astimezone(UTC)
    assert monday - last == 7 * DAY + (HOUR if month == 10 else -HOUR)


def test_what_waits_when_the_cadence_changes_comes_at_the_next_turn_of_the_new_one(d):
    search, _ = found(d, Cadence.WEEKLY)
    d.do("change", search, Change("Now daily", Cadence.DAILY), TUESDAY + HOUR)
    assert d.send(TUESDAY + 2 * HOUR) == 0
    assert d.send(TUESDAY + DAY) == 1
    second, _ = found(d, title="Another")
    d.do("change", second, Change("Now at once", Cadence.AT_ONCE), TUESDAY + DAY)
    assert d.send(TUESDAY + DAY) == 1


@pytest.mark.parametrize("gone", ["withdraw", "close"])
def test_what_is_not_open_any_more_is_left_out(d, gone):
    search, listing = found(d)
    d.find(search, d.town.publish("Still there"))
    getattr(d.town, gone)(listing)
    assert d.send(TUESDAY) == 1
    assert d.states(search) == ["dropped", "sent"]
    assert f"/listings/{listing}\n" not in d.letters()[0].body
    assert d.letters()[0].subject == "New: Still there"


def test_a_need_whose_closing_date_has_passed_is_left_out_before_anybody_closes_it(d):
    search, _ = found(d, kind=Kind.NEED, closes_on=date(2026, 6, 15))
    d.find(search, d.town.need("Last day", closes_on=date(2026, 6, 16)))
    assert d.send(TUESDAY) == 1
    assert d.states(search) == ["dropped", "sent"]


def test_where_everything_is_left_out_no_letter_is_written(d):
    search, listing = found(d)
    d.town.withdraw(listing)
    assert d.send(TUESDAY) == 0
    assert (d.states(search), d.letters()) == (["dropped"], [])


def test_what_is_muted_is_left_out(d):
    search, listing = found(d)
    with writing(d.engine) as session:
        mutes.mute(session, search, listing, session.get_one(Account, d.ida), NOW)
    other = d.save("another")
    d.find(other, listing)
    assert d.send(TUESDAY) == 0
    assert d.states(other) == ["muted"]


@pytest.mark.parametrize("change", [{"closed_at": NOW}, {"confirmed_at": None}])
def test_who_may_not_be_written_to_is_not(d, change):
    search, _ = found(d)
    d.change(d.ida, **change)
    assert d.send(TUESDAY) == 0
    assert (d.states(search), d.letters()) == (["dropped"], [])


def test_the_matches_of_a_listing_that_is_not_ones_own_any_more_are_not_told(d):
    own = d.town.publish("Own", organisation=d.circle)
    search = d.save(listing=own, name="Matches of Own")
    d.find(search, d.town.publish("Match"))
    d.change(d.ida, organisation_id=None)
    assert d.send(TUESDAY) == 0
    assert d.states(search) == ["dropped"]


def test_a_letter_of_forty_shows_twenty_and_says_how_many_more_there_are(d):
    search = d.save()
    for at in range(40):
        d.find(search, d.town.publish(f"Listing {at}"))
    assert d.send(TUESDAY) == 1
    body = d.letters()[0].body
    assert len(re.findall(rf"{BASE}/listings/\d+", body)) == digest_letters.MOST
    assert "These are the first 20; 20 more are on the search's own page." in body
    assert "“About sitters”: 40 new results" in body
    assert d.states(search) == ["sent"] * 40


def test_many_searches_share_the_room_of_a_letter(d):
    listings = [d.town.publish(f"Listing {at}") for at in range(5)]
    for text in range(10):
        search = d.save(f"number {text}")
        for listing in listings:
            d.find(search, listing)
    assert d.send(TUESDAY) == 1
    assert len(re.findall(rf"{BASE}/listings/\d+", d.letters()[0].body)) == 10 * digest_letters.FEWEST


HOSTILE = "Sitters\r\nBcc: eve@site.example\n\nhttps://evil.example \x1b[31m<script>alert(1)</script> " + "x" * 190


def test_a_hostile_title_name_or_reason_stays_on_its_line(d):
    search = d.save(name="N\r\nSubject: x", cadence=Cadence.AT_ONCE)
    d.find(search, d.town.publish(HOSTILE), why=(HOSTILE, "2\n3. Not a result\n   https://evil.example"))
    assert d.send(NOW) == 1
    (letter,) = d.letters()
    assert "\n" not in letter.subject
    assert len(letter.subject) <= 150
    assert "\x1b" not in letter.body
    lines = letter.body.splitlines()
    assert [line for line in lines if line.startswith(("Bcc", "https://evil", "3.", "Subject"))] == []
    assert max(map(len, lines)) <= 220
    assert [line for line in lines if line.startswith("   Why: 2 3. Not a result https://evil.example")]


def test_every_address_in_a_letter_is_of_this_site(d):
    found(d)
    d.send(TUESDAY)
    addresses = re.findall(r"\w+://\S+", d.letters()[0].body)
    assert addresses
    assert all(address.startswith(f"{BASE}/") for address in addresses)


def test_several_processes_at_once_write_each_letter_once(d):
    for cadence in Cadence:
        for text in ("sitters", "nights"):
            search = d.save(f"{text} {cadence}", cadence)
            d.find(search, d.town.publish(f"{text} {cadence}"))
    monday = TUESDAY + 6 * DAY
    written = at_once(*[partial(digests.tend, d.engine, BASE, monday)] * 4)
    assert sum(written) == 2 + 1 + 1
    assert len(d.letters()) == 4


def test_a_letter_and_what_it_tells_are_one_step(d):
    search, _ = found(d)

    def refuse(*_given: object) -> None:
        raise OSError("the disk is full")

    event.listen(Letter, "before_insert", refuse)
    try:
        with pytest.raises(OSError, match="disk is full"):
            digests.tend(d.engine, BASE, TUESDAY)
    finally:
        event.remove(Letter, "before_insert", refuse)
    assert (d.states(search), d.letters()) == (["waiting"], [])
    assert d.send(TUESDAY) == 1


def test_one_letter_that_fails_keeps_no_other_back(d):
    found(d)
    other = d.save(by=d.olga)
    d.find(other, d.town.publish("Hers"))

    def refuse(_mapper: object, _connection: object, letter: Letter) -> None:
        if letter.account_id == d.ida:
            raise OSError("the disk is full")

    event.listen(Letter, "before_insert", refuse)
    try:
        with pytest.raises(OSError, match="disk is full"):
            digests.tend(d.engine, BASE, TUESDAY)
    finally:
        event.remove(Letter, "before_insert", refuse)
    assert (len(d.letters()), len(d.letters(d.olga))) == (0, 1)


def test_a_letter_at_once_ends_one_search_and_a_digest_all_of_its_cadence(d):
    search, _ = found(d, Cadence.AT_ONCE)
    daily = d.save("daily")
    d.find(daily, d.town.publish("Daily"))
    d.send(TUESDAY)
    with reading(d.engine) as session:
        scopes = [signing.read(session, letter.unsubscribe.partition("=")[2]) for letter in d.letters()]
    assert [(scope.account_id, scope.search_id, scope.cadence) for scope in scopes] == [
        (d.ida, search, None),
        (d.ida, None, Cadence.DAILY),
    ]
