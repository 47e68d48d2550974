"""Beside a draft: matches and near listings for what is not published, on every engine, and while parts are down."""

from dataclasses import replace
from typing import Any

import pytest
from published import BRADFORD, LEEDS, Double, Town

import indexer.service as services
from exchange.content import Basis, Content, Kind, Outcome, Tier
from exchange.errors import UnavailableError
from indexer.fallback import MATCHES
from indexer.matching import NO_MODEL
from indexer.nearby import SAME_MEANING
from indexer.results import Matches

NOTHING = Matches(matches=(), total=0)
RESPITE = Content(title="Respite for carers of people with dementia", summary="Carers choose their own short breaks.")


@pytest.fixture
def town(engine, tmp_path, open_index) -> Town:
    return Town(engine, tmp_path / "index", open_index=open_index)


def ids(found) -> list[int]:
    return [one.id for one in (found.matches if isinstance(found, Matches) else found)]


class DownEngine:
    """An engine that does not answer."""

    def __getattr__(self, name: str) -> Any:
        def fail(*_given: object, **_named: object) -> None:
            raise UnavailableError(f"The search engine does not answer ({name}).")

        return fail


def without_engine(service):
    return replace(service, engine=DownEngine(), finder=replace(service.finder, engine=DownEngine()))


class Refusing(Double):
    """The double for the model, out of order."""

    def encode(self, texts, progress=None):
        raise RuntimeError(f"out of memory for {len(texts)} texts ({progress})")


def without_model(service):
    broken = Refusing()
    return replace(service, embedder=broken, finder=replace(service.finder, embedder=broken))


# --- matches of a draft -----------------------------------------------------------------------------------------------


def test_a_draft_is_matched_as_it_would_be_once_published(town):
    town.publish("Bicycle repair")
    stated = {"summary": "Sitters so that carers rest.", "delivers_in": (LEEDS, BRADFORD), "tiers": (Tier.GRANT,)}
    meets = town.publish("Short breaks", **stated)
    outcomes = (Outcome(statement="Carers rest"),)
    draft = Content(title="Respite for carers", outcomes=outcomes, required_in=(LEEDS,), tiers=(Tier.GRANT,))
    before = town.open().draft_matches(Kind.NEED, draft, None, 10)
    assert ids(before) == [meets]
    assert {"place", "tier", "what"} <= set(before.matches[0].parts)
    number = town.need("Respite for carers", outcomes=["Carers rest"], required_in=(LEEDS,), tiers=(Tier.GRANT,))
    assert town.open().match(number, 10) == before


def test_a_title_alone_is_enough_and_both_kinds_are_asked(town):
    need, idea = town.need("Respite for carers"), town.publish("Respite for carers")
    service = town.open()
    assert ids(service.draft_matches(Kind.INNOVATION, Content(title="Respite carers"), None, 10)) == [need]
    assert ids(service.draft_matches(Kind.NEED, Content(title="Respite carers"), None, 10)) == [idea]


@pytest.mark.parametrize(
    "content",
    [
        Content(title="", summary="Respite for carers."),
        Content(title=" ", outcomes=(Outcome(statement="Respite for carers"),)),
        Content(title="", description="Respite for carers."),
    ],
)
def test_a_draft_without_a_title_goes_by_its_first_words(town, content):
    need = town.need("Respite for carers")
    service = town.open()
    assert ids(service.draft_matches(Kind.INNOVATION, content, None, 10)) == [need]
    twin = town.publish("Respite for carers")
    assert ids(town.open().near(Kind.INNOVATION, content, None, 10)) == [twin]


@pytest.mark.parametrize("content", [Content(title=""), Content(title="?!"), Content(title=" ", summary="...")])
def test_a_draft_that_says_nothing_has_nothing_beside_it(town, content):
    town.need("Respite")
    town.publish("Respite")
    service = town.open()
    assert service.draft_matches(Kind.INNOVATION, content, None, 10) == NOTHING
    assert service.near(Kind.INNOVATION, content, None, 10) == ()


def test_what_the_same_organisation_posted_cannot_match(town):
    ours = town.organisation("Ours")
    need = town.need("Respite for carers", organisation=ours)
    service = town.open()
    found = service.draft_matches(Kind.INNOVATION, RESPITE, ours, 10)
    assert (ids(found), found.cannot) == ([], {"posted by the same organisation": 1})
    assert ids(service.draft_matches(Kind.INNOVATION, RESPITE, None, 10)) == [need]


def test_a_draft_that_still_breaks_rules_is_matched(town):
    need = town.need("Respite for carers", money_max=10_000, money_basis=Basis.YEAR, required_in=(LEEDS,))
    broken = replace(RESPITE, age_min=90, age_max=18, delivers_in=("nowhere",), groups=("unheard-of",), money_min=5)
    assert ids(town.open().draft_matches(Kind.INNOVATION, broken, None, 10)) == [need]


def test_the_limit_cuts_the_list_and_not_the_count(town):
    for minute in range(3):
        town.need("Respite for carers", minutes=minute)
    found = town.open().draft_matches(Kind.INNOVATION, RESPITE, None, 2)
    assert (len(found.matches), found.total) == (2, 3)


def test_a_draft_is_embedded_once_and_ahead_of_any_batch(town):
    town.need("Respite for carers")
    service = town.open()
    asked = []

    class Waiting(Double):
        def encode_query(self, texts):
            asked.extend(texts)
            return super().encode_query(texts)

    model = Waiting()
    service = replace(service, embedder=model, finder=replace(service.finder, embedder=model))
    first = service.draft_matches(Kind.INNOVATION, RESPITE, None, 10)
    assert RESPITE.title in asked
    service.near(Kind.INNOVATION, RESPITE, None, 10)
    count = len(asked)
    assert sorted(model.embedded) == sorted(asked)  # nothing went as a batch
    assert service.draft_matches(Kind.INNOVATION, RESPITE, None, 10) == first
    service.near(Kind.INNOVATION, RESPITE, None, 10)
    assert len(asked) == count


# --- near listings ----------------------------------------------------------------------------------------------------


def test_near_listings_are_of_the_same_kind_and_the_nearest_first(town):
    far = town.publish("Carers sing")
    near = town.publish("Respite for carers of people with dementia")
    town.publish("Bicycle repair")
    town.need("Respite for carers of people with dementia")
    found = town.open().near(Kind.INNOVATION, RESPITE, None, 10)
    assert ids(found)[0] == near
    assert set(ids(found)) <= {near, far}
    assert [one.cosine for one in found] == sorted((one.cosine for one in found), reverse=True)


def test_a_revision_is_not_near_itself(town):
    number = town.publish(RESPITE.title, summary=RESPITE.summary)
    twin = town.publish(RESPITE.title, summary=RESPITE.summary)
    service = town.open()
    assert set(ids(service.near(Kind.INNOVATION, RESPITE, None, 10))) == {number, twin}
    assert ids(service.near(Kind.INNOVATION, RESPITE, number, 10)) == [twin]


def test_what_is_closed_withdrawn_or_waiting_is_not_shown_as_near(town):
    closed, withdrawn, later = (town.publish(RESPITE.title) for _ in range(3))
    town.submit(RESPITE.title)
    town.close(closed)
    town.withdraw(withdrawn)
    service = town.open()
    assert ids(service.near(Kind.INNOVATION, RESPITE, None, 10)) == [later]
    town.close(later)  # the index does not know yet
    assert service.near(Kind.INNOVATION, RESPITE, None, 10) == ()


def test_near_in_words_or_in_meaning_may_be_a_duplicate(town):
    same = town.publish(RESPITE.title, summary=RESPITE.summary)
    loose = town.publish("Carers of people with asthma", summary="Respite that pays for swimming, cinema and trains.")
    found = {one.id: one for one in town.open().near(Kind.INNOVATION, RESPITE, None, 10)}
    assert found[same].duplicate
    assert found[same].cosine >= SAME_MEANING
    assert not found[loose].duplicate
    assert found[loose].cosine < SAME_MEANING
    reworded = Content(title="Dementia: respite, for the carers of people", summary="Trains. Swimming. A cinema.")
    (twin,) = [one for one in town.open().near(Kind.INNOVATION, reworded, None, 10) if one.id == same]
    assert twin.duplicate  # by its title


def test_the_limit_gives_the_nearest(town):
    numbers = [town.publish(f"Respite for carers {'sometimes ' * n}", minutes=n) for n in range(4)]
    found = town.open().near(Kind.INNOVATION, Content(title="Respite for carers"), None, 2)
    assert ids(found) == numbers[:2]


# --- parts that are down ----------------------------------------------------------------------------------------------


def test_without_the_engine_a_draft_is_matched_by_words_and_it_is_said(town):
    need = town.need("Respite for carers of people with dementia")
    service = without_engine(town.open())
    found = service.draft_matches(Kind.INNOVATION, RESPITE, None, 10)
    assert (ids(found), found.notices) == ([need], (MATCHES,))
    assert service.near(Kind.INNOVATION, RESPITE, None, 10) == ()


def test_an_engine_that_failed_a_moment_ago_is_left_alone(town):
    town.need("Respite for carers")
    service = without_engine(town.open())
    service.near(Kind.INNOVATION, RESPITE, None, 10)
    assert service.breaker.broken


def test_an_engine_too_slow_for_a_draft_gives_way_to_words(town, monkeypatch):
    town.need("Respite for carers of people with dementia")
    service = town.open()
    monkeypatch.setattr(services, "PATIENCE", -1.0)
    assert service.draft_matches(Kind.INNOVATION, RESPITE, None, 10).notices == (MATCHES,)


def test_without_the_model_it_is_said_that_a_draft_cannot_be_matched(town):
    town.need("Respite for carers")
    town.publish(RESPITE.title)
    service = without_model(town.open())
    found = service.draft_matches(Kind.INNOVATION, RESPITE, None, 10)
    assert (found.matches, found.notices) == ((), (NO_MODEL,))
    assert service.near(Kind.INNOVATION, RESPITE, None, 10) == ()
    assert without_engine(service).draft_matches(Kind.INNOVATION, RESPITE, None, 10).notices == (NO_MODEL,)
