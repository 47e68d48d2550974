"""The audit trail: each change of state has its line, whose hand it was, and no line is ever changed."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from people import enrol, found
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import StateError
from exchange.listing import listings, submitting
from exchange.listing.listings import NewListing
from exchange.models import Account, Listing, State
from exchange.models_people import RoleGrant
from exchange.models_running import AuditEntry
from exchange.moderating import moderation, reports
from exchange.moderating.reports import Finding
from exchange.organisation import join_requests, memberships
from exchange.people import personal_data, roles
from exchange.people.accounts import operator
from exchange.people.permissions import Role
from exchange.people.sign_ins import person
from exchange.running import audit
from exchange.taxonomy import seed_taxonomy

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TEXT = Content(title="Lunch club", summary="Hot meals.")


@pytest.fixture
def who(engine):
    """Give the numbers of people; what made them is not looked at."""
    with writing(engine) as session:
        circle = found(session, "Carers' Circle")
        people = {
            "ida": enrol(session, "Ida", organisation_id=circle).id,
            "noah": enrol(session, "Noah").id,
            "mo": enrol(session, "Mo", Role.MODERATOR).id,
            "ada": enrol(session, "Ada", Role.ADMINISTRATOR).id,
            "bea": enrol(session, "Bea", Role.ADMINISTRATOR).id,
        }
    return people | {"circle": circle}


class Trail:
    """Does one thing in one transaction and gives the lines that it left."""

    def __init__(self, engine) -> None:
        self.engine = engine

    def after(self, act):
        before = self.count()
        with writing(self.engine) as session:
            act(session)
        with reading(self.engine) as session:
            rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id).offset(before)).all()
        return [(row.subject, row.subject_id, row.what, row.old, row.new, row.by_id) for row in rows]

    def count(self):
        with reading(self.engine) as session:
            return len(session.scalars(select(AuditEntry.id)).all())

    def last(self):
        with reading(self.engine) as session:
            return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


@pytest.fixture
def trail(engine):
    return Trail(engine)


def by(session, number):
    return session.get_one(Account, number)


def post(session, number, state="post"):
    account = by(session, number)
    new = NewListing(kind=Kind.INNOVATION, content=TEXT, organisation_id=account.organisation_id)
    return getattr(listings, state)(session, new, account, NOW).id


def test_a_listings_way_to_its_end_is_told_with_who_took_each_step(trail, who):
    ida, mo = who["ida"], who["mo"]
    assert trail.after(lambda s: post(s, ida)) == [("listing", 1, "state", None, "submitted", ida)]
    approved = trail.after(lambda s: moderation.approve(s, 1, by(s, mo), None, LATER))
    assert approved == [("listing", 1, "state", "submitted", "published", mo)]
    assert (trail.last().at, trail.last().listing_id) == (LATER, 1)
    changed = trail.after(lambda s: listings.revise(s, 1, Content(title="Tea", summary="Tea."), by(s, ida), LATER))
    assert changed == [("revision", 1, "state", None, "submitted", ida)]
    withdrawn = trail.after(lambda s: listings.withdraw(s, 1, by(s, ida), "moved", LATER))
    assert sorted(withdrawn) == [
        ("listing", 1, "state", "published", "withdrawn", ida),
        ("revision", 1, "state", "submitted", "withdrawn", ida),
    ]


def test_what_happens_as_time_passes_is_the_exchanges_own_hand(trail, who, engine):
    with writing(engine) as session:
        need = NewListing(kind=Kind.NEED, content=Content(title="Sitters", summary="Now.", closes_on=NOW.date()))
        listings.post(session, need, by(session, who["ida"]), NOW)
        moderation.approve(session, 1, by(session, who["mo"]), None, NOW)
    tomorrow = NOW + timedelta(days=1)
    closed = trail.after(lambda s: listings.close_due(s, operator(s, "The exchange"), tomorrow.date(), tomorrow))
    with reading(engine) as session:
        exchange = session.scalars(select(Account.id).where(Account.name == "The exchange")).one()
    assert closed == [
        ("account", exchange, "state", None, "operator", None),
        ("listing", 1, "state", "published", "closed", exchange),
    ]


def test_what_is_refused_or_rolled_back_leaves_no_line(trail, who, engine):
    trail.after(lambda s: post(s, who["ida"]))
    with pytest.raises(StateError):
        trail.after(lambda s: listings.close(s, 1, by(s, who["ida"]), "over", NOW))

    def cut(session):
        moderation.approve(session, 1, by(session, who["mo"]), None, NOW)
        session.flush()
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        trail.after(cut)
    assert trail.last().new == "submitted"


def test_what_a_savepoint_undoes_leaves_no_line_and_the_rest_does(trail, who):
    def act(session):
        post(session, who["ida"])
        with suppress(RuntimeError), session.begin_nested():
            post(session, who["ida"])
            with session.begin_nested():
                post(session, who["ida"])
            raise RuntimeError("undone")
        with session.begin_nested():
            post(session, who["noah"])

    assert [line[5] for line in trail.after(act)] == [who["ida"], who["noah"]]


def test_steps_in_one_transaction_are_told_each(trail, who):
    def act(session):
        number = post(session, who["ida"])
        moderation.approve(session, number, by(session, who["mo"]), None, LATER)
        listings.close(session, number, by(session, who["ida"]), "over", LATER)

    assert [line[3:] for line in trail.after(act)] == [
        (None, "submitted", who["ida"]),
        ("submitted", "published", who["mo"]),
        ("published", "closed", who["ida"]),
    ]


def test_a_draft_that_is_thrown_away_is_told_with_who_threw_it(trail, who):
    trail.after(lambda s: post(s, who["ida"], "draft"))
    gone = trail.after(lambda s: submitting.discard(s, 1, person(s, by(s, who["ida"])), LATER))
    assert gone == [("listing", 1, "state", "draft", None, who["ida"])]
    assert trail.last().at == LATER


def test_roles_are_told_with_who_gave_and_took_them(trail, who):
    noah, ada = who["noah"], who["ada"]
    given = trail.after(lambda s: roles.grant(s, noah, Role.MODERATOR, by(s, ada), NOW))
    taken = trail.after(lambda s: roles.revoke(s, noah, Role.MODERATOR, by(s, ada), LATER))
    assert given == [("role", noah, "state", None, "moderator", ada)]
    assert taken == [("role", noah, "state", "moderator", None, ada)]
    assert trail.last().at == LATER


def test_memberships_and_requests_are_told(trail, who):
    noah, ida, circle = who["noah"], who["ida"], who["circle"]
    asked = trail.after(lambda s: join_requests.ask(s, circle, noah, NOW))
    assert asked == [("join_request", 1, "state", None, "waiting", noah)]
    approved = trail.after(lambda s: join_requests.approve(s, 1, ida, NOW))
    assert sorted(approved) == [
        ("account", noah, "organisation", None, str(circle), ida),
        ("join_request", 1, "state", "waiting", "approved", ida),
    ]
    removed = trail.after(lambda s: memberships.remove(s, noah, ida, NOW))
    assert removed == [("account", noah, "organisation", str(circle), None, ida)]


def test_reports_are_told_with_who_decided(trail, who):
    trail.after(lambda s: post(s, who["ida"]))
    trail.after(lambda s: moderation.approve(s, 1, by(s, who["mo"]), None, NOW))
    made = trail.after(lambda s: reports.report(s, 1, "It is wrong.", by(s, who["noah"]), NOW))
    decided = trail.after(lambda s: reports.decide_report(s, 1, Finding(True), by(s, who["mo"]), LATER))
    assert made == [("report", 1, "state", None, "open", who["noah"])]
    assert decided == [("report", 1, "state", "open", "upheld", who["mo"])]
    assert (trail.last().listing_id, trail.last().at) == (1, LATER)


def test_the_packages_areas_are_nobodys_hand(trail):
    assert trail.after(lambda s: seed_taxonomy(s, NOW))[0][:5] == ("taxonomy_version", 1, "state", None, "published")
    assert (trail.last().by_id, trail.last().at) == (None, NOW)


def test_closing_an_account_is_told_and_the_trail_keeps_its_number_and_no_word(trail, who, engine):
    bea = who["bea"]
    trail.after(lambda s: post(s, bea, "draft"))
    gone = trail.after(lambda s: personal_data.close_account(s, bea, LATER))
    assert sorted(gone, key=str) == sorted(
        [
            ("role", bea, "state", "administrator", None, bea),
            ("listing", 1, "state", "draft", None, bea),
            ("account", bea, "state", "confirmed", "closed", bea),
        ],
        key=str,
    )
    with reading(engine) as session:
        rows = session.execute(select(*AuditEntry.__table__.columns)).all()
    assert not any("bea" in str(value).lower() for row in rows for value in row)


def test_who_acts_is_forgotten_with_the_transaction(trail, who, engine):
    with writing(engine) as session:
        audit.acting(session, who["ida"], LATER)
    made = trail.after(lambda s: s.add(Account(name="Loader")))
    assert made[0][5] is None


# --- no way past it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        update(Listing).values(state=State.WITHDRAWN),
        update(Account).values({Account.closed_at: NOW}),
        delete(RoleGrant).where(RoleGrant.role == Role.MODERATOR),
        insert(RoleGrant).values(account_id=1, role="moderator", by_id=1, at=NOW),
    ],
)
def test_a_statement_over_many_rows_that_would_leave_no_line_is_refused(engine, who, statement):
    with pytest.raises(LookupError, match="change them row by row"), writing(engine) as session:
        session.execute(statement)


def test_a_statement_over_many_rows_that_changes_no_state_passes(engine, who):
    with writing(engine) as session:
        session.execute(update(Listing).values(index_revision=5))
        session.execute(update(Account), [{"id": who["ida"], "telephone": "01632 960 001"}])
    with pytest.raises(LookupError), writing(engine) as session:
        session.execute(update(Account), [{"id": who["ida"], "can_sign_in": False}])


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET by_id = NULL", "DELETE FROM audit_entry WHERE id > 0"])
def test_the_database_itself_refuses_to_change_or_delete_a_line(trail, who, engine, statement):
    trail.after(lambda s: post(s, who["ida"]))
    before = trail.count()
    with pytest.raises(DBAPIError, match="the audit trail is only ever added to"), engine.begin() as connection:
        connection.execute(text(statement))
    assert trail.count() == before


def test_the_table_cannot_be_emptied_at_once_either(trail, who, engine):
    statement = "DELETE FROM audit_entry" if engine.dialect.name == "sqlite" else "TRUNCATE audit_entry"
    before = trail.count()
    with pytest.raises(DBAPIError, match="the audit trail is only ever added to"), engine.begin() as connection:
        connection.execute(text(statement))
    assert trail.count() == before > 0


def test_a_session_of_any_kind_writes_it(engine, who):
    with Session(engine.execution_options(writes=True)) as session:
        session.add(RoleGrant(account_id=who["noah"], role="moderator", by_id=who["ada"], at=NOW))
        session.commit()
        session.delete(session.get_one(RoleGrant, (who["noah"], "moderator")))
        session.commit()
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
    assert [(row.old, row.new, row.by_id) for row in last] == [
        ("moderator", None, None),
        (None, "moderator", who["ada"]),
    ]


def test_a_process_that_knows_no_more_than_the_tables_writes_it_too(tmp_path, template_database):
    path = tmp_path / "exchange.db"
    shutil.copyfile(template_database, path)
    program = f"""
from exchange.database import open_database, writing
from exchange.models import Account
with writing(open_database("sqlite:///{path}")) as session:
    session.add(Account(name="Loader"))
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    with sqlite3.connect(path) as connection:
        told = connection.execute("SELECT subject, new FROM audit_entry").fetchall()
    connection.close()
    assert told == [("account", "operator")]


def test_what_was_set_for_the_first_time_since_its_row_was_made_is_told(trail, who, engine):
    with writing(engine) as session:
        number = operator(session, "Loader").id

    def act(session):
        made = Account(name="Late", can_sign_in=True)
        session.add(made)
        session.flush()
        made.organisation_id = who["circle"]
        session.flush()
        made.confirmed_at = NOW

    assert [line[2:5] for line in trail.after(act)] == [
        ("state", None, "unconfirmed"),
        ("organisation", None, str(who["circle"])),
        ("state", "unconfirmed", "confirmed"),
    ]
    assert trail.after(lambda s: setattr(by(s, number), "name", "Loader 2")) == []
