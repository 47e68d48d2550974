"""A saved search that is deleted on PostgreSQL while alerts of it are noted: one waits, and neither fails the other."""

from people import enrol
from published import NOW, Town
from together import meanwhile

from exchange.alerting import saved_searches
from exchange.alerting.alerts import fire
from exchange.alerting.saved_searches import Cadence, SavedQuestion, save
from exchange.database import writing

WHY = ["Has your words: respite."]


def test_who_deletes_a_search_waits_for_who_notes_its_alerts(postgres, tmp_path):
    with postgres.engine() as database:
        town = Town(database, tmp_path / "index")
        first, second = town.publish("Respite"), town.publish("Respite too")
        with writing(database) as session:
            ann = enrol(session, "Ann")
            question = SavedQuestion("respite", {"q": ["respite"]}, None, Cadence.DAILY)
            search = save(session, ann, question, [], NOW).id
            assert fire(session, search, first, WHY, NOW)

        def delete() -> None:
            with writing(database) as other:
                saved_searches.remove(other, search, ann)

        with writing(database) as session:
            assert fire(session, search, second, WHY, NOW)
            with meanwhile(database, delete) as late:
                # Noted before: it would be waited for, had the deletion begun with the alerts.
                assert not fire(session, search, first, WHY, NOW)
                session.commit()
            assert late.exception() is None
        with writing(database) as session:
            assert not fire(session, search, first, WHY, NOW)
