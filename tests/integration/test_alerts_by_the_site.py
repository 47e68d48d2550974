"""The site itself finds what is to be told; a command that indexes leaves it to the site."""

from datetime import UTC, datetime

from people import enrol
from sqlalchemy import select

from exchange.alerting import checks
from exchange.alerting.saved_searches import Cadence, SavedQuestion, save
from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.listing.listings import NewListing, post
from exchange.models_alerts import Alert
from exchange.moderating.moderation import approve
from exchange.people.accounts import operator
from exchange.settings import load_settings
from web.housekeeping import ALERTS, searching
from web.runtime import Runtime, open_runtime


def publish(runtime: Runtime, title: str) -> int:
    now = datetime.now(UTC)
    with writing(runtime.database) as session:
        by = operator(session, "Test")
        new = NewListing(kind=Kind.INNOVATION, content=Content(title=title))
        return approve(session, post(session, new, by, now).id, by, "checked", now).id


def waiting(runtime: Runtime) -> int:
    with reading(runtime.database) as session:
        return checks.pending(session).waiting


def test_what_a_command_indexed_is_tested_by_the_site_in_a_turn_of_its_own(demonstration, cli):
    with open_runtime(load_settings()) as runtime:
        with writing(runtime.database) as session:
            ann = enrol(session, "Ann")
            saved = SavedQuestion("Hens", {"q": ["hens in gardens"]}, None, Cadence.AT_ONCE)
            search = save(session, ann, saved, [], datetime.now(UTC)).id
        before = waiting(runtime)
        number = publish(runtime, "Hens in gardens")
    assert cli("index", "work").exit_code == 0
    with open_runtime(load_settings()) as runtime:
        assert waiting(runtime) == before + 1
        (periodic,) = [one for one in searching(runtime) if one.name == ALERTS]
        while periodic._turn():
            pass
        assert (periodic.error, waiting(runtime)) == (None, 0)
        with reading(runtime.database) as session:
            assert (search, number) in session.execute(select(Alert.search_id, Alert.listing_id)).all()
