"""Saved searches stand ready as plans: made once, and anew when what they depend on changes."""

import pytest
from published import NOW, Town
from watching import Watch

from exchange.alerting import saved_searches
from exchange.alerting.alerts import AND_OTHERS
from exchange.content import Content
from exchange.database import reading, writing
from exchange.errors import NotFoundError, UnavailableError
from exchange.models import Account, Listing
from exchange.taxonomy import seed_taxonomy
from indexer import alerts as module
from indexer.results import Query


@pytest.fixture
def watch(engine, tmp_path) -> Watch:
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
    town = Town(engine, tmp_path / "index")
    for title in ("Lunch club for older people", "Respite for carers", "Respite at night"):
        town.publish(title)
    return Watch(town)


@pytest.fixture
def ann(watch) -> Account:
    return watch.person("Ann")


def texts(watch: Watch) -> list[str]:
    return [one.asks[0].reading.text for one in watch.worker.sieve().wanted]


def test_a_saved_search_is_planned_once_and_embedded_once(watch, ann):
    watch.save(ann, q="respite for carers")
    first = watch.worker.sieve()
    embedded = len(watch.town.embedder.embedded)
    assert watch.worker.sieve() is first
    watch.save_as(ann, {"q": ["lunch club"]}, [], None)
    second = watch.worker.sieve()
    assert second.wanted[0] is first.wanted[0]
    assert texts(watch) == ["respite for carers", "lunch club"]
    assert watch.town.embedder.embedded[embedded:] == ["lunch club"]


def test_who_is_not_to_be_told_is_not_watched_for(watch, ann):
    bea = watch.person("Bea")
    mine, theirs = watch.save(ann, q="respite"), watch.save(bea, q="lunch")
    assert texts(watch) == ["respite", "lunch"]
    with writing(watch.town.database) as session:
        saved_searches.stop(session, mine, ann, NOW)
    assert texts(watch) == ["lunch"]
    with writing(watch.town.database) as session:
        session.get_one(Account, bea.id).closed_at = NOW
        saved_searches.begin_again(session, mine, [], ann, NOW)
    assert texts(watch) == ["respite"]
    assert theirs not in {one.search_id for one in watch.worker.sieve().wanted}


def test_new_statistics_and_new_areas_make_every_plan_anew(watch, ann):
    watch.save(ann, q="respite")
    first = watch.worker.sieve()
    watch.indexer.rebuild()
    second = watch.worker.sieve()
    assert second.wanted[0] is not first.wanted[0]
    assert watch.worker.plans.statistics is watch.service.engine.statistics()
    watch.worker.plans._version = 0
    assert watch.worker.sieve().wanted[0] is not second.wanted[0]


def test_the_matches_of_a_listing_are_planned_anew_when_it_changes(watch, ann):
    number = watch.town.need("Respite for carers", outcomes=["Carers sleep"])
    with writing(watch.town.database) as session:
        session.get_one(Listing, number).by_id = ann.id
    watch.save(ann, number)
    assert [ask.reading.text for ask in watch.worker.sieve().wanted[0].asks] == ["Respite for carers", "Carers sleep"]
    watch.town.revise(number, Content(title="Sitters for carers"))
    assert [ask.reading.text for ask in watch.worker.sieve().wanted[0].asks] == ["Sitters for carers"]
    watch.town.withdraw(number)
    assert watch.worker.sieve().wanted == ()


def test_an_index_that_is_replaced_during_a_test_puts_the_checks_back(watch, ann, monkeypatch):
    search = watch.save(ann, q="sitters")
    number = watch.town.publish("Sitters")
    watch.index()
    passed = module.Membership.passed

    def meanwhile(self, tested, asked):
        watch.indexer.rebuild()
        return passed(self, tested, asked)

    with monkeypatch.context() as patched:
        patched.setattr(module.Membership, "passed", meanwhile)
        with pytest.raises(UnavailableError, match="replaced"):
            watch.worker.work()
    assert watch.fired() == {}
    watch.skip(watch.worker.lease)
    assert watch.test() == 1
    assert watch.fired() == {(search, number): 1}


# --- what is known when a search is saved -----------------------------------------------------------------------------


def test_what_passes_now_is_known_closed_and_elsewhere_not(watch):
    closed = watch.town.need("Respite for carers")
    watch.town.close(closed)
    elsewhere = watch.town.publish("Respite in York", delivers_in=("E06000014",))
    watch.look()
    rule = watch.rule
    assert rule.passing(Query(text="respite for carers", include_closed=True)) == [2, 3, elsewhere]
    assert rule.passing(Query(text="respite in Leeds")) == [2, 3]
    assert rule.passing(Query()) == [1, 2, 3, elsewhere]


def test_more_than_can_be_named_are_marked(watch, monkeypatch):
    monkeypatch.setattr(module, "MOST_KNOWN", 2)
    assert watch.rule.passing(Query()) == [AND_OTHERS, 1]


def test_the_known_matches_of_a_listing_leave_out_what_cannot_match(watch):
    need = watch.town.need("Respite for carers")
    watch.look()
    assert watch.rule.matching(need) == [2, 3]
    with pytest.raises(NotFoundError):
        watch.rule.matching(99_999)


def test_nothing_is_known_while_the_model_does_not_work(watch):
    with pytest.raises(UnavailableError, match="language model"):
        watch.rule.passing(Query(text="POISON"))


def test_a_person_whose_address_is_not_confirmed_is_not_watched_for(watch, ann):
    watch.save(ann, q="respite")
    with writing(watch.town.database) as session:
        session.get_one(Account, ann.id).confirmed_at = None
    with reading(watch.town.database) as session:
        assert list(saved_searches.active(session)) == []
    assert watch.worker.sieve().wanted == ()
