"""The operator's account, and the taxonomy's way from the file through the tables."""

import json
from datetime import UTC, datetime
from importlib.resources import files

import msgspec
import pytest
from sqlalchemy import func, select

from exchange import outbox
from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import InputError
from exchange.listing import listings
from exchange.models import Account, TaxonomyVersion
from exchange.moderating import moderation
from exchange.people.accounts import operator
from exchange.taxonomy import AREA, GROUP, load_taxonomy, seed_taxonomy

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


def seed(version: int, *codes: str) -> bytes:
    terms = [
        {"code": code, "label": code.upper(), "parent": None, "definition": "d", "synonyms": ["s"], "not": []}
        for code in codes
    ]
    return json.dumps({"version": version, "schemes": {"area": terms, "group": []}}).encode()


def test_an_operator_is_made_once_and_cannot_sign_in(session):
    first = operator(session, " Importer\x00 ")
    assert operator(session, "Importer") is first
    assert (first.name, first.can_sign_in, first.email) == ("Importer", False, None)
    assert operator(session, "Other").id != first.id


def test_a_persons_account_of_the_same_name_is_never_taken_for_the_operator(session):
    person = Account(name="Importer", email="ann@example.org", can_sign_in=True)
    session.add(person)
    session.flush()
    assert operator(session, "Importer").id != person.id


def test_an_operator_without_a_name_is_refused(session):
    with pytest.raises(InputError, match="Give the name in which to decide"):
        operator(session, "  ")


def test_the_packaged_taxonomy_is_published_once(session):
    assert seed_taxonomy(session, NOW) is True
    assert seed_taxonomy(session, NOW) is False
    assert session.scalar(select(func.count()).select_from(TaxonomyVersion)) == 1


def test_the_packaged_taxonomy_comes_back_as_it_is_in_the_file(session):
    seed_taxonomy(session, NOW)
    taxonomy = load_taxonomy(session)
    packaged = json.loads(files("exchange").joinpath("data", "taxonomy.json").read_text(encoding="utf-8"))
    assert taxonomy.version == packaged["version"]
    for scheme in (AREA, GROUP):
        terms = packaged["schemes"][scheme]
        assert [entry.code for entry in taxonomy.scheme(scheme)] == [term["code"] for term in terms]
        for term in terms:
            entry = taxonomy.get(scheme, term["code"])
            assert (entry.label, entry.parent, entry.definition) == (term["label"], term["parent"], term["definition"])
            assert (list(entry.synonyms), list(entry.differs_from)) == (term["synonyms"], term["not"])


def test_every_parent_in_the_packaged_taxonomy_is_there(session):
    seed_taxonomy(session, NOW)
    taxonomy = load_taxonomy(session)
    assert all(taxonomy.get(e.scheme, e.parent) for e in taxonomy.entries.values() if e.parent is not None)


def test_a_newer_version_is_seen_at_once_and_the_older_one_never_comes_back(session):
    assert seed_taxonomy(session, NOW, seed(1, "care", "youth")) is True
    before = load_taxonomy(session)
    assert seed_taxonomy(session, NOW, seed(2, "youth", "justice")) is True
    assert seed_taxonomy(session, NOW, seed(1, "care")) is False
    after = load_taxonomy(session)
    assert (before.version, [entry.code for entry in before.top_areas()]) == (1, ["care", "youth"])
    assert (after.version, [entry.code for entry in after.top_areas()]) == (2, ["youth", "justice"])
    assert after.label(AREA, "care") == "care"


def test_a_new_version_has_the_public_listings_that_it_concerns_looked_at_again(session):
    by = operator(session, "Operator")
    contents = (
        Content(title="Public", areas=("care",)),
        Content(title="Not yet", areas=("care",)),
        Content(title="Of something else", areas=("youth",), description='He said "care" and meant it.'),
    )
    numbers = [
        listings.post(session, listings.NewListing(kind=Kind.NEED, content=content), by, NOW).id for content in contents
    ]
    for number in (numbers[0], numbers[2]):
        moderation.approve(session, number, by, None, NOW)
    waiting = outbox.pending(session).waiting
    seed_taxonomy(session, NOW, seed(1, "care"))
    assert listings.index_revisions(session, numbers) == dict(zip(numbers, (3, 1, 2), strict=True))
    assert outbox.pending(session).waiting == waiting + 1


def test_a_file_of_another_shape_publishes_nothing(engine):
    with pytest.raises(msgspec.ValidationError), writing(engine) as session:
        seed_taxonomy(session, NOW, b'{"version": 9, "schemes": {"area": [{"code": "x"}]}}')
    with reading(engine) as session:
        assert load_taxonomy(session).version == 0
