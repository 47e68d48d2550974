"""People save what they look for, change it, stop it and begin it again; each sees only their own."""

from datetime import timedelta
from functools import partial

import pytest
from people import enrol
from published import LEEDS, NOW
from saving import desk
from sqlalchemy import func, select
from together import at_once

from exchange.alerting import mutes, saved_searches
from exchange.alerting.alerts import AND_OTHERS, unpacked
from exchange.alerting.saved_searches import MOST, Cadence, Change, SavedQuestion
from exchange.content import Kind
from exchange.database import reading, writing
from exchange.errors import InputError, NotFoundError, StateError
from exchange.models import Account, Listing
from exchange.models_alerts import Alert, SavedSearch
from exchange.people.personal_data import close_account
from exchange.people.personal_export import export

LATER = NOW + timedelta(days=1)


@pytest.fixture
def d(engine, tmp_path):
    return desk(engine, tmp_path)


def save(d, question, *, by=None, name="Mine", listing=None):
    with writing(d.engine) as session:
        asked = SavedQuestion(name, question, listing, Cadence.DAILY)
        return saved_searches.save(session, session.get_one(Account, by or d.ida), asked, (), NOW).id


def names(d, by=None):
    with reading(d.engine) as session:
        return [one.name for one in saved_searches.of_account(session, by or d.ida)]


def active(d):
    with reading(d.engine) as session:
        return [one.id for one in saved_searches.active(session)]


def test_a_search_is_kept_as_its_address_has_it_with_what_it_finds_already(d):
    question = {"q": ["respite "], "place": [LEEDS, LEEDS], "unstated.place": ["hide"], "kind": [""]}
    with writing(d.engine) as session:
        asked = SavedQuestion("Respite\nin\tLeeds\x00", question, None, Cadence.WEEKLY)
        number = saved_searches.save(session, session.get_one(Account, d.ida), asked, [9, 4, 9], NOW).id
    row = d.row(number)
    assert (row.name, row.cadence, row.created_at, row.stopped_at) == ("Respite in Leeds", "weekly", NOW, None)
    assert row.question == {"q": ["respite"], "place": [LEEDS], "unstated.place": ["hide"]}
    assert unpacked(row.known) == {4, 9}


@pytest.mark.parametrize(
    "question", [{"page": ["2"]}, {"seed": ["2026-06-15"]}, {"unstated.page": ["hide"]}, {"": [""]}]
)
def test_what_no_search_asks_is_not_kept(d, question):
    with pytest.raises(InputError, match="cannot be saved as it stands"):
        save(d, question)


def test_a_text_without_end_is_refused_with_its_limit(d):
    with pytest.raises(InputError, match="shorten it to 20,000 characters"):
        save(d, {"q": ["x" * 20_001]})


@pytest.mark.parametrize(("name", "told"), [(" \n ", "Give the search a name"), ("x" * 101, "101 characters")])
def test_a_name_is_asked_for_and_has_its_limit(d, name, told):
    with pytest.raises(InputError, match=told) as refused:
        save(d, {"q": ["a"]}, name=name)
    assert refused.value.field == "name"
    number = save(d, {"q": ["a"]})
    with pytest.raises(InputError, match=told):
        d.do("change", number, Change(name, Cadence.DAILY), NOW)


def test_the_same_question_is_kept_once_whatever_the_order_of_its_choices(d):
    save(d, {"q": ["night  sitters"], "area": ["dementia", "short-breaks"]}, name="Sitters")
    with pytest.raises(StateError, match="saved this already, as “Sitters”"):
        save(d, {"area": ["short-breaks", "dementia"], "q": ["night sitters"]})
    save(d, {"q": ["night sitters"], "area": ["dementia"]})
    save(d, {"q": ["night  sitters"], "area": ["dementia", "short-breaks"]}, by=d.olga)
    assert len(names(d)) == 2


def test_two_presses_at_the_same_moment_keep_one(d):
    told = at_once(*[partial(d.save, "sitters")] * 4)
    assert sorted(type(one).__name__ for one in told) == ["StateError"] * 3 + ["int"]
    assert names(d) == ["About sitters"]


def test_nobody_keeps_more_than_fifty(d):
    for number in range(MOST):
        d.save(f"number {number}")
    with pytest.raises(InputError, match="You have 50 saved searches"):
        d.save("one more")
    d.save("one more", by=d.olga)
    d.do("remove", d.row(1).id)
    d.save("one more")


def test_the_matches_are_told_of_ones_own_published_listing_alone(d):
    own = d.town.publish("Sitters", organisation=d.circle)
    foreign = d.town.publish("Walks")
    waiting = d.town.submit("Waiting")
    with writing(d.engine) as session:
        session.get_one(Listing, waiting).organisation_id = d.circle
    d.save(listing=own, name="Matches")
    with pytest.raises(StateError, match="saved this already"):
        d.save(listing=own, name="Matches")
    for number in (foreign, 4_000, 2**70, -1):
        with pytest.raises(NotFoundError, match=f"There is no listing {number}"):
            d.save(listing=number, name="Matches")
    with pytest.raises(StateError, match="Only a published listing is matched"):
        d.save(listing=waiting, name="Matches")


def test_what_is_somebody_elses_is_not_there(d):
    number = d.save()
    acts = [("stop", (NOW,)), ("begin_again", ((), NOW)), ("remove", ()), ("change", (Change("x", Cadence.DAILY), NOW))]
    for name, given in acts:
        with pytest.raises(NotFoundError) as foreign:
            d.do(name, number, *given, by=d.olga)
        with pytest.raises(NotFoundError) as missing:
            d.do(name, 999, *given, by=d.olga)
        assert str(foreign.value).replace(str(number), "N") == str(missing.value).replace("999", "N")
    assert d.row(number).name == "About sitters"


def test_a_search_that_is_renamed_keeps_its_turn_and_another_cadence_has_one_of_its_own(d):
    number = d.save()
    d.do("change", number, Change("Nights", Cadence.DAILY), LATER)
    assert (d.row(number).name, d.row(number).changed_at) == ("Nights", NOW)
    d.do("change", number, Change("Nights", Cadence.WEEKLY), LATER)
    assert (d.row(number).cadence, d.row(number).changed_at) == ("weekly", LATER)


def test_what_waits_when_a_search_is_stopped_is_never_sent_and_what_came_meanwhile_is_no_news(d):
    number, before, meanwhile = d.save(cadence=Cadence.AT_ONCE), d.town.publish("Before"), d.town.publish("Meanwhile")
    d.find(number, before)
    for _ in range(2):
        d.do("stop", number, NOW)
    assert (d.states(number), d.row(number).stopped_at) == (["dropped"], NOW)
    assert d.find(number, meanwhile) is False
    d.do("begin_again", number, [before, meanwhile], LATER)
    assert d.find(number, meanwhile, LATER) is False
    d.do("begin_again", number, [], LATER)  # it runs: nothing is forgotten
    assert unpacked(d.row(number).known) == {before, meanwhile}
    assert d.find(number, d.town.publish("After"), LATER) is True
    assert d.send(LATER) == 1
    assert "After" in d.letters()[0].body


def test_what_came_while_it_was_stopped_is_no_news_where_not_all_of_it_can_be_named(d):
    before, number = d.town.publish("Before"), d.save(known=(AND_OTHERS,))
    d.do("stop", number, NOW)
    meanwhile = d.town.publish("Meanwhile", minutes=60)
    d.do("begin_again", number, [AND_OTHERS], LATER)
    assert [d.find(number, listing, LATER) for listing in (before, meanwhile)] == [False, False]
    assert d.find(number, d.town.publish("After", minutes=2_000), LATER) is True


def test_a_search_of_a_listing_that_is_gone_cannot_begin_again(d):
    own = d.town.publish("Sitters", Kind.INNOVATION, organisation=d.circle)
    number = d.save(listing=own)
    d.do("stop", number, NOW)
    d.town.close(own)
    with pytest.raises(StateError, match="Only a published listing"):
        d.do("begin_again", number, [], NOW)


def test_what_is_deleted_goes_with_what_it_found(d):
    number = d.save()
    d.find(number, d.town.publish("One"))
    d.do("remove", number)
    with reading(d.engine) as session:
        assert session.scalar(select(func.count()).select_from(Alert)) == 0
    assert names(d) == []


def test_only_who_may_be_written_to_is_watched_for(d):
    own = d.town.publish("Sitters", organisation=d.circle)
    plain, of_listing, olgas = d.save(), d.save(listing=own), d.save(by=d.olga)
    assert active(d) == [plain, of_listing, olgas]
    d.change(d.olga, confirmed_at=None)
    assert active(d) == [plain, of_listing]
    d.change(d.ida, organisation_id=None)  # she has left: the listing is not hers any more
    assert active(d) == [plain]
    d.change(d.ida, organisation_id=d.circle)
    d.town.close(own)
    assert active(d) == [plain]
    d.do("stop", plain, NOW)
    assert active(d) == []


def mute(d, number, listing, *, off=False, by=None):
    with writing(d.engine) as session:
        account = session.get_one(Account, by or d.ida)
        if off:
            mutes.unmute(session, number, listing, account)
        else:
            mutes.mute(session, number, listing, account, NOW)


def test_a_muted_result_is_told_by_no_search_and_can_be_taken_back(d):
    first, second, listing, other = d.save(), d.save("nights"), d.town.publish("One"), d.town.publish("Other")
    for search in (first, second):
        d.find(search, listing)
    d.find(first, other)
    for _ in range(2):
        mute(d, first, listing)
    assert (d.states(first), d.states(second)) == (["muted", "waiting"], ["muted"])
    third = d.save("sitting")
    d.find(third, listing)
    assert d.send(LATER) == 1
    assert (d.states(first), d.states(third)) == (["muted", "sent"], ["muted"])
    mute(d, first, listing, off=True)
    with reading(d.engine) as session:
        page = mutes.found_by(session, first, 1, session.get_one(Account, d.ida))
        assert [(one.alert.listing_id, one.muted) for one in page.found] == [(other, False), (listing, False)]


def test_only_what_ones_own_search_found_is_muted(d):
    number, listing = d.save(), d.town.publish("One")
    d.find(number, listing)
    for search, wanted, by in ((number, listing, d.olga), (number, 999, d.ida), (number, 2**70, d.ida)):
        with pytest.raises(NotFoundError):
            mute(d, search, wanted, by=by)


def test_what_was_found_is_read_in_pages_and_counted(d):
    number = d.save()
    listings = [d.town.publish(f"Listing {at}") for at in range(mutes.A_PAGE + 1)]
    for listing in listings:
        d.find(number, listing)
    with reading(d.engine) as session:
        ida = session.get_one(Account, d.ida)
        pages = [mutes.found_by(session, number, at, ida) for at in (1, 2, 9)]
        assert [(len(page.found), page.number, page.last) for page in pages] == [(20, 1, 2), (1, 2, 2), (1, 2, 2)]
        assert mutes.figures(session, d.ida) == {number: mutes.Figures(21, 21, None)}
        with pytest.raises(NotFoundError):
            mutes.found_by(session, number, 1, session.get_one(Account, d.olga))
    d.town.withdraw(listings[-1])
    with reading(d.engine) as session:
        assert mutes.found_by(session, number, 1, session.get_one(Account, d.ida)).found[0].listing is None


def test_a_copy_of_ones_data_holds_it_all_and_closing_the_account_deletes_it(d):
    number, listing = d.save(known=(7, AND_OTHERS)), d.town.publish("One", minutes=60)
    d.save(by=d.olga)
    d.find(number, listing)
    mute(d, number, listing)
    with reading(d.engine) as session:
        parts = export(session, d.ida)
        assert [(one["name"], one["known_listings"]) for one in parts["saved_searches"]] == [("About sitters", [7])]
        assert [(one["listing_id"], one["state"]) for one in parts["alerts"]] == [(listing, "muted")]
        assert [one["listing_id"] for one in parts["muted_listings"]] == [listing]
    with writing(d.engine) as session:
        close_account(session, d.ida, NOW)
    with reading(d.engine) as session:
        parts = export(session, d.ida)
        assert (parts["saved_searches"], parts["alerts"], parts["muted_listings"]) == ([], [], [])
        assert session.scalars(select(SavedSearch.account_id)).all() == [d.olga]
    with pytest.raises(NotFoundError, match="closed"):
        d.save()


def test_a_listing_of_ones_own_without_an_organisation_is_ones_own(d):
    listing = d.town.publish("Alone")
    with writing(d.engine) as session:
        nora = enrol(session, "Nora Newcomer").id
        session.get_one(Listing, listing).by_id = nora
    number = d.save(listing=listing, by=nora)
    assert active(d) == [number]
    with pytest.raises(NotFoundError):
        d.save(listing=listing)
