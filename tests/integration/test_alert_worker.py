"""What is published is told once to who asked for it, on each engine; a worker that fails loses and doubles none."""

from datetime import timedelta

import pytest
from published import LEEDS, NOW, YORK, Town
from watching import LATER, Watch

from exchange.alerting import alerts, checks, saved_searches
from exchange.content import Content, Gender, Tier
from exchange.database import writing
from exchange.errors import UnavailableError
from exchange.models import Account, Listing
from exchange.taxonomy import seed_taxonomy
from indexer.alert_plans import AGAIN


@pytest.fixture
def watch(engine, tmp_path, open_index) -> Watch:
    """Give a town with one listing, indexed."""
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
    town = Town(engine, tmp_path / "index", open_index=open_index)
    town.publish("Lunch club for older people")
    return Watch(town)


@pytest.fixture
def ann(watch) -> Account:
    return watch.person("Ann")


def test_a_listing_that_passes_a_search_is_told_once(watch, ann):
    search = watch.save(ann, q="respite for carers")
    number = watch.town.publish("Respite for carers", summary="Sitters come at night so that carers sleep.")
    watch.town.publish("Sailing boats")
    watch.look()
    assert watch.fired() == {(search, number): 1}
    watch.town.revise(number, Content(title="Respite for carers at night"))
    watch.look()
    assert watch.fired() == {(search, number): 1}
    assert watch.waiting() == (0, 0)


def test_it_is_searchable_when_its_outbox_row_is_done(watch, ann):
    search = watch.save(ann, q="respite")
    for turn in range(3):
        number = watch.town.publish(f"Respite {turn}")
        assert watch.indexer.work(lambda: NOW) == 1
        assert watch.worker.work() == 1
        assert watch.fired()[search, number] == 1


def test_what_a_search_found_when_it_was_saved_is_no_news_even_when_it_is_changed(watch, ann):
    number = watch.town.publish("Respite for carers")
    watch.look()
    search = watch.save(ann, q="respite for carers")
    watch.town.revise(number, Content(title="Respite for carers, better than before"))
    watch.look()
    assert watch.fired() == {}
    news = watch.town.publish("Respite for carers elsewhere")
    watch.look()
    assert watch.fired() == {(search, news): 1}


def test_a_listing_is_told_when_a_change_first_makes_it_pass(watch, ann):
    number = watch.town.publish("Gardening for veterans")
    watch.look()
    search = watch.save(ann, q="respite for carers")
    watch.town.revise(number, Content(title="Respite for carers"), approved=False)
    watch.look()
    assert watch.fired() == {}
    watch.town.revise(number, Content(title="Respite for carers"))
    watch.look()
    assert watch.fired() == {(search, number): 1}


def test_a_rebuild_and_a_start_tell_nothing_anew(watch, ann):
    number = watch.town.publish("Respite for carers")
    watch.look()
    watch.save_as(ann, {"q": ["respite for carers"]}, [], None)
    watch.indexer.rebuild()
    assert watch.checks() == []
    watch.indexer.settle()
    watch.test()
    assert watch.fired() == {}
    watch.town.revise(number, Content(title="Respite for carers again"))
    watch.indexer.settle()  # as at a start: the site was away while it was approved
    assert [row.listing_id for row in watch.checks()] == [number]
    watch.test()
    assert list(watch.fired().values()) == [1]


def test_what_is_not_open_to_the_public_is_not_told(watch, ann):
    watch.save(ann, q="respite for carers")
    gone, closed = watch.town.publish("Respite for carers"), watch.town.need("Respite for carers")
    waits = watch.town.submit("Respite for carers")
    watch.town.withdraw(gone)
    watch.town.close(closed)
    watch.index()
    assert watch.checks() == []
    later = watch.town.publish("Respite for carers at home")
    watch.index()
    watch.town.withdraw(later)
    watch.test()
    assert watch.fired() == {}
    watch.town.approve(waits)
    watch.look()
    assert [listing for _, listing in watch.fired()] == [waits]


def test_a_need_past_its_closing_date_is_not_told(watch, ann):
    search = watch.save(ann, kind="need")
    watch.town.need("Respite", closes_on=NOW.date() - timedelta(days=1))
    today = watch.town.need("Respite", closes_on=NOW.date())
    watch.look()
    assert watch.fired() == {(search, today): 1}


def test_filters_hide_as_on_the_page_and_a_place_in_the_text_too(watch, ann):
    by_filter = watch.save(ann, place=LEEDS)
    strictly = watch.save(ann, place=LEEDS, **{"unstated.place": "hide"})
    in_text = watch.save(ann, q="respite in Leeds")
    women = watch.save(ann, q="respite for women")
    there = watch.town.publish("Respite", delivers_in=(LEEDS,))
    elsewhere = watch.town.publish("Respite", delivers_in=(YORK,))
    unstated = watch.town.publish("Respite", gender=Gender.MEN)
    watch.look()
    assert watch.fired() == {
        (by_filter, there): 1,
        (by_filter, unstated): 1,
        (strictly, there): 1,
        (in_text, there): 1,
        (in_text, unstated): 1,
        (women, there): 1,
        (women, elsewhere): 1,
    }


def test_the_matches_of_a_listing_are_told_but_those_that_cannot_be(watch, ann):
    need = watch.town.need("Respite for carers", outcomes=["Carers sleep through the night"], tiers=(Tier.GRANT,))
    watch.look()
    search = own_matches(watch, ann, need)
    by_title = watch.town.publish("Respite for carers", tiers=(Tier.GRANT,))
    by_outcome = watch.town.publish("Night sitters", summary="Carers sleep through the night.")
    watch.town.publish("Respite for carers", tiers=(Tier.CONTRACT,))
    watch.town.publish("Sailing boats", tiers=(Tier.GRANT,))
    watch.town.need("Respite for carers", tiers=(Tier.GRANT,))
    watch.look()
    assert watch.fired() == {(search, by_title): 1, (search, by_outcome): 1}
    for number in (by_title, by_outcome):
        assert 1 <= len(watch.why(search, number)) <= 3


def own_matches(watch: Watch, account: Account, listing: int) -> int:
    """Save the matches of a listing as its owner does."""
    with writing(watch.town.database) as session:
        session.get_one(Listing, listing).by_id = account.id
    return watch.save(account, listing)


def test_reasons_are_sentences_that_say_why(watch, ann):
    words = watch.save(ann, q="respite for carers in Leeds")
    filters = watch.save(ann, kind="innovation")
    number = watch.town.publish(
        "Respite for carers", summary="Sitters give carers respite at night.", delivers_in=(LEEDS,)
    )
    watch.look()
    assert watch.why(words, number) == [
        "Delivers in Leeds now.",
        "Closest to what you describe: \u201cSitters give carers respite at night\u201d.",
        "Has your words: respite, carers.",
    ]
    assert watch.why(filters, number) == ["It fits the filters of your search."]


def test_a_search_that_is_stopped_or_deleted_is_told_nothing(watch, ann):
    stopped, deleted, other = (watch.save(ann, q=text) for text in ("respite", "respite carers", "carers respite"))
    watch.town.publish("Respite for carers")
    watch.look()
    assert len(watch.fired()) == 3
    with writing(watch.town.database) as session:
        saved_searches.stop(session, stopped, ann, NOW)
        saved_searches.remove(session, deleted, ann)
    number = watch.town.publish("Respite for carers at home")
    watch.look()
    assert [search for search, listing in watch.fired() if listing == number] == [other]


def test_a_question_that_cannot_be_read_any_more_is_passed_over_and_named(watch, ann):
    good = watch.save(ann, q="respite")
    bad = watch.save_as(ann, {"area": ["no-such-area"]}, [], None)
    number = watch.town.publish("Respite")
    watch.look()
    assert watch.fired() == {(good, number): 1}
    assert watch.worker.plans.unreadable == {bad}


def test_a_search_of_an_unknown_word_is_told_of_the_word_that_it_is_spelt_like(watch, ann):
    ticks = [0.0]
    watch.worker.plans.clock = lambda: ticks[0]
    search = watch.save(ann, q="sailnig")
    watch.town.publish("Lunch")
    watch.look()  # the plan is made while no listing has a word like it
    number = watch.town.publish("Sailing")
    watch.index()
    ticks[0] += AGAIN
    watch.test()
    assert watch.fired() == {(search, number): 1}


def test_the_engine_that_does_not_answer_puts_checks_back_and_blames_none(watch, ann, monkeypatch):
    search = watch.save(ann, q="respite")
    number = watch.town.publish("Respite")
    watch.index()
    engine = watch.service.engine

    def down(_plan):
        raise UnavailableError("The search engine does not answer.")

    for _ in range(10):
        with monkeypatch.context() as patched:
            patched.setattr(engine, "search", down)
            with pytest.raises(UnavailableError):
                watch.worker.work()
        (row,) = watch.checks()
        assert (row.attempts, row.parked, row.last_error) == (0, False, "The search engine does not answer.")
        watch.worker.now = lambda at=row.due_at: at
    assert watch.test() == 1
    assert watch.fired() == {(search, number): 1}


def test_a_model_that_does_not_work_puts_checks_back(watch, ann):
    watch.town.embedder.error = UnavailableError
    search = watch.save_as(ann, {"q": ["POISON respite"]}, [], None)
    number = watch.town.publish("Respite")
    watch.index()
    with pytest.raises(UnavailableError, match="cannot read"):
        watch.worker.work()
    watch.town.embedder.sick = False
    watch.worker.now = lambda: LATER + timedelta(minutes=1)
    assert watch.test() == 1
    assert watch.fired() == {(search, number): 1}


def test_a_search_that_the_model_cannot_read_does_not_stop_the_others(watch, ann):
    watch.save_as(ann, {"q": ["POISON respite"]}, [], None)
    good = watch.save(ann, q="respite")
    number = watch.town.publish("Respite")
    watch.look()
    assert watch.fired() == {(good, number): 1}


def test_a_listing_that_cannot_be_tested_is_put_off_and_does_not_stop_the_others(watch, ann, monkeypatch):
    search = watch.save(ann, q="respite")
    bad, good = watch.town.publish("Respite one"), watch.town.publish("Respite two")
    watch.index()
    tested = type(watch.worker.membership).tested

    def faulty(self, session, taxonomy, listing_id):
        if listing_id == bad:
            raise RuntimeError("a fault of ours")
        return tested(self, session, taxonomy, listing_id)

    with monkeypatch.context() as patched:
        patched.setattr(type(watch.worker.membership), "tested", faulty)
        assert watch.worker.work() == 1
    assert watch.fired() == {(search, good): 1}
    (row,) = watch.checks()
    assert (row.listing_id, row.attempts, row.last_error) == (bad, 1, "RuntimeError: a fault of ours")
    watch.worker.now = lambda: row.due_at
    assert watch.test() == 1
    assert watch.fired() == {(search, good): 1, (search, bad): 1}


@pytest.mark.parametrize("where", ["fire", "done"])
def test_a_worker_that_dies_loses_none_and_doubles_none(watch, ann, monkeypatch, where):
    searches = [watch.save(ann, q=text) for text in ("respite", "respite carers")]
    numbers = [watch.town.publish("Respite for carers") for _ in range(3)]
    watch.index()
    module = {"fire": alerts, "done": checks}[where]
    real, calls = getattr(module, where), []

    def dies(*given: object) -> object:
        calls.append(None)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(module, where, dies)
        with pytest.raises(KeyboardInterrupt):
            watch.worker.work()
    another = watch.start()
    assert another.work() == 0  # the dead one's lease stands
    another.now = lambda: LATER + another.lease
    assert another.work() in {2, 3}
    assert watch.fired() == {(search, number): 1 for search in searches for number in numbers}
