"""Personal data: a copy of all that is kept of a person and nothing of others, and an end that leaves no word of it."""

import json
from datetime import timedelta

import pytest
from introduced import NOW, Market, market
from people import enrol, found
from sqlalchemy import func, select

from exchange.alerting import alerts, mutes, saved_searches
from exchange.alerting.saved_searches import Cadence, SavedQuestion
from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.discussing import speaking
from exchange.discussing.speaking import Words
from exchange.errors import InputError, NotFoundError, StateError, TooManyError
from exchange.introducing import shortlist
from exchange.listing.listings import NewListing, draft
from exchange.models import Account, Base, Decision, Listing, Organisation
from exchange.models_introductions import Message
from exchange.models_people import AccountEvent, Letter, RoleGrant
from exchange.moderating import reports
from exchange.organisation import join_requests, memberships, organisation_profiles, profile_changes
from exchange.people import account_events, one_time_links, sign_ins
from exchange.people.one_time_links import Purpose
from exchange.people.passwords import hash_password
from exchange.people.permissions import Role
from exchange.people.personal_data import Closing, close_account, close_proven
from exchange.people.personal_export import export
from exchange.running import api_keys

NAME, EMAIL, TELEPHONE = "Ida Quillfeather", "ida.quillfeather@home.example", "07700 900123"
PASSWORD = "copper kettle meadow"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def town(engine) -> Market:
    """A market in which Ida has left a trace everywhere."""
    town = market(engine)
    town.change(Account, town.ida, name=NAME, email=EMAIL, telephone=TELEPHONE)
    number = town.answer(f"We could. {NAME}, {TELEPHONE}, {EMAIL.upper()}")
    town.do("say", number, town.carla, "Tell us more, please.")
    town.do("say", number, town.ida, f"Ring me.\n{NAME}")
    town.do("agree", number, town.ida)
    town.do("agree", number, town.carla)
    declined = town.invite(need=town.second_need, idea=town.second_idea)
    town.do("decline", declined, town.ida, f"Not this year. {NAME}")
    with writing(engine) as session:
        _leave_traces(session, town)
    return town


def _leave_traces(session, town) -> None:
    ida = session.get_one(Account, town.ida)
    draft(session, NewListing(kind=Kind.INNOVATION, content=Content(title=f"Idea of {NAME}")), ida, NOW)
    new = NewListing(
        kind=Kind.INNOVATION, content=Content(title="Shared draft of all of us"), organisation_id=town.sitters
    )
    draft(session, new, ida, NOW)
    shortlist.add(session, town.others_idea, f"{NAME} likes it", ida, NOW)
    reports.report(session, town.others_idea, f"Wrong, says {NAME}.", ida, NOW)
    asked = SavedQuestion(f"For {NAME}", {"q": [f"sitters like {NAME}"]}, None, Cadence.DAILY)
    search = saved_searches.save(session, ida, asked, (), NOW)
    alerts.fire(session, search.id, town.others_idea, ["Says “sitters”."], NOW)
    mutes.mute(session, search.id, town.others_idea, ida, NOW)
    speaking.speak(session, town.others_idea, Words("question", f"Who asks? {NAME}, {EMAIL}"), ida, NOW)
    sign_ins.start(session, town.ida, NOW)
    api_keys.make(session, town.ida, f"Program of {NAME}", NOW)
    one_time_links.make(session, Purpose.RESET, NOW, timedelta(days=1), account_id=town.ida, email=EMAIL)
    memberships.invite(session, town.sitters, "nobody@people.example", town.ida, NOW)
    sitters = session.get_one(Organisation, town.sitters)
    sitters.email, sitters.telephone = EMAIL, TELEPHONE
    seen = profile_changes.proposed(session, sitters)
    wanted = organisation_profiles.with_change(seen, {"about": f"Ask {NAME}."})
    profile_changes.propose(session, wanted, organisation_profiles.mark(seen), town.ida, NOW)
    account_events.record(session, town.ida, town.ida, "address changed", NOW, detail=f"was {EMAIL}")
    session.add(RoleGrant(account_id=town.ida, role=Role.ADMINISTRATOR, by_id=town.ida, at=NOW))
    enrol(session, "Ada Admin", Role.ADMINISTRATOR)
    noah = enrol(session, "Noah Newcomer")
    join_requests.ask(session, town.sitters, noah.id, NOW)


def close(town, account_id) -> None:
    with writing(town.database) as session:
        close_account(session, account_id, LATER)


def everything(database) -> str:
    """Give every value of every table as one text."""
    with reading(database) as session:
        tables = Base.metadata.sorted_tables
        rows = [(table.name, row._asdict()) for table in tables for row in session.execute(select(table))]
    return json.dumps(rows, default=str, ensure_ascii=False)


def count(database, table, *where: object) -> int:
    with reading(database) as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def test_an_erased_account_leaves_no_personal_word_in_any_table(town):
    before = everything(town.database)
    for word in (NAME, EMAIL, TELEPHONE):
        assert before.count(word) > 2
    close(town, town.ida)
    after = everything(town.database).lower()
    for word in (NAME, EMAIL, TELEPHONE, "quillfeather", "900123"):
        assert word.lower() not in after


def test_what_others_need_stays_without_the_person(town):
    decisions, letters = count(town.database, Decision), count(town.database, Letter)
    close(town, town.ida)
    with reading(town.database) as session:
        ida = session.get_one(Account, town.ida)
        assert (ida.name, ida.email, ida.can_sign_in, ida.organisation_id) == ("Closed account", None, False, None)
        assert ida.closed_at == LATER
        said = [message.text for message in session.scalars(select(Message).where(Message.by_id == town.ida))]
        assert "Ring me.\n(name removed)" in said
        titles = session.scalars(select(Listing.title).where(Listing.by_id == town.ida)).all()
        assert titles == ["Shared draft of all of us"]
        assert {row.what for row in session.scalars(select(AccountEvent))} >= {"account closed", "left"}
        assert session.get_one(Organisation, town.sitters).email is None
    assert count(town.database, Decision) >= decisions
    assert 0 < count(town.database, Letter) < letters + 10
    assert town.state(1) == "agreed"  # Ivan goes on


def test_everything_that_signs_in_or_opens_a_door_is_gone(town):
    with writing(town.database) as session:
        secret = sign_ins.start(session, town.ida, NOW)
    close(town, town.ida)
    with reading(town.database) as session:
        assert sign_ins.person_of(session, secret, LATER) is None
        for name in ("sign_in", "one_time_link", "shortlist_item"):
            table = Base.metadata.tables[name]
            mine = table.c.account_id == town.ida
            assert session.scalar(select(func.count()).select_from(table).where(mine)) == 0
        assert session.get(RoleGrant, (town.ida, Role.ADMINISTRATOR)) is None


def test_the_colleagues_are_told_without_a_name(town):
    close(town, town.ida)
    told = [letter for letter in town.letters() if letter.created_at == LATER and letter.account_id == town.ivan]
    assert [letter.body for letter in told] == ["A member of Carers' Circle has closed their account."]


def test_the_last_of_an_organisation_leaves_nobody_silent(town):
    close(town, town.ivan)
    assert town.state(1) == "agreed"
    close(town, town.ida)
    assert town.state(1) == "closed"
    assert any(letter.account_id == town.carla and letter.created_at == LATER for letter in town.letters())


def test_a_published_listing_of_no_organisation_is_withdrawn(town):
    town.change(Listing, town.idea, organisation_id=None, by_id=town.ida)
    close(town, town.ida)
    with reading(town.database) as session:
        assert session.get_one(Listing, town.idea).state == "withdrawn"
        last = session.scalars(select(Decision).where(Decision.listing_id == town.idea).order_by(Decision.id.desc()))
        assert last.first().reason


def test_the_only_administrator_stays(town):
    with writing(town.database) as session:
        ada = session.scalar(select(Account).where(Account.name == "Ada Admin"))
        close_account(session, ada.id, NOW)
    with pytest.raises(StateError, match="Make somebody else an administrator first"):
        close(town, town.ida)
    assert NAME in everything(town.database)


def test_an_account_is_closed_once(town):
    close(town, town.ida)
    with pytest.raises(NotFoundError):
        close(town, town.ida)


def test_ones_request_to_join_ends_with_the_account(town):
    with writing(town.database) as session:
        noah = session.scalar(select(Account).where(Account.name == "Noah Newcomer"))
        close_account(session, noah.id, LATER)
        assert join_requests.waiting_for(session, town.sitters) == []
    assert "noah.newcomer" not in everything(town.database).lower()


def test_a_name_of_one_word_does_not_mar_the_mail_of_others(town):
    with writing(town.database) as session:
        will = enrol(session, "Will", organisation_id=found(session, "Faith"))
        memberships.leave(session, will.id, NOW)
        session.add(Letter(address="a@b.example", subject="x", body="Will you come?", created_at=NOW, due_at=NOW))
        session.flush()
        close_account(session, will.id, LATER)
    assert "Will you come?" in [letter.body for letter in town.letters()]


def test_only_who_knows_the_password_closes_the_account(town):
    town.change(Account, town.ivan, password_hash=hash_password(PASSWORD))
    for wrong in ("", "copper kettle", PASSWORD.upper()):
        with pytest.raises(InputError, match="not your password") as refused:
            close_proven(town.database, Closing(account_id=town.ivan, password=wrong), NOW)
        assert refused.value.field == "password"
    close_proven(town.database, Closing(account_id=town.ivan, password=PASSWORD), NOW)
    assert count(town.database, Account, Account.closed_at.is_not(None)) == 1
    assert PASSWORD not in repr(Closing(account_id=1, password=PASSWORD))


def test_guesses_of_the_password_are_counted_though_they_fail(town):
    closing = Closing(account_id=town.ivan, password="a guess")
    for _ in range(10):
        with pytest.raises(InputError, match="not your password"):
            close_proven(town.database, closing, NOW)
    with pytest.raises(TooManyError):
        close_proven(town.database, closing, NOW)


def copy_of(town, account_id) -> dict:
    with reading(town.database) as session:
        return json.loads(json.dumps(export(session, account_id)))


def test_a_copy_holds_all_that_is_kept_of_a_person(town):
    copy = copy_of(town, town.ida)
    assert copy["account"] | {"created_at": None, "confirmed_at": None} == {
        "name": NAME,
        "email": EMAIL,
        "telephone": TELEPHONE,
        "created_at": None,
        "confirmed_at": None,
        "organisation": "Carers' Circle",
        "password": "kept as a hash, which cannot be read back",
    }
    empty = {name for name, rows in copy.items() if not rows}
    assert empty == {"revisions", "decisions", "conclusions", "join_requests", "area_changes", "area_versions"}
    assert [row["note"] for row in copy["shortlist"]] == [f"{NAME} likes it"]
    assert {row["data"]["title"] for row in copy["listings"]} == {f"Idea of {NAME}", "Shared draft of all of us"}
    assert copy["reports"][0]["text"] == f"Wrong, says {NAME}."
    assert copy["introductions"][0]["text"].startswith("We could.")


def test_a_copy_holds_nothing_of_others(town):
    copy = copy_of(town, town.ida)
    del copy["letters"]  # what was mailed to a person is theirs, whoever wrote it
    text = json.dumps(copy)
    for word in ("Tell us more", "Would you answer?", "carla", "Ivan", "Ada", "nobody@people.example"):
        assert word not in text
    with reading(town.database) as session:
        digests = [*session.scalars(select(Base.metadata.tables["sign_in"].c.digest))]
        digests += session.scalars(select(Base.metadata.tables["one_time_link"].c.digest))
    assert not any(digest in json.dumps(copy_of(town, town.ida)) for digest in digests)


def test_a_copy_gives_the_decision_and_not_who_made_it(town):
    town.change(Listing, town.idea, by_id=town.ida)
    decisions = copy_of(town, town.ida)["decisions"]
    assert [(row["new_state"], row["by_you"]) for row in decisions] == [("published", False)]
    assert "by_id" not in decisions[0]


def test_who_has_left_an_organisation_takes_no_copy_of_its_drafts(town):
    with writing(town.database) as session:
        memberships.leave(session, town.ida, NOW)
    copy = copy_of(town, town.ida)
    assert "Shared draft" not in json.dumps(copy)
    assert copy["introductions"] == []
    assert any(row["text"].startswith("Ring me") for row in copy["messages"])
