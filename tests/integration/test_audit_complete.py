"""Whatever order people act in, the audit trail tells exactly what the tables say: every change once, and no other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from audited import Checked
from hashing import quick_hashing
from hypothesis import settings
from hypothesis.stateful import invariant
from letterbox import code_for
from people import enrol, found
from proposing import Desk
from sqlalchemy import select
from test_introduction_machine import Introductions
from test_listing_states import DEEP, ListingStates

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.discussing import hiding, speaking
from exchange.discussing.hiding import Measure, Ruling
from exchange.discussing.speaking import Words
from exchange.listing import listings
from exchange.models import Account, Decision, Organisation
from exchange.models_introductions import IntroductionEvent
from exchange.models_running import AuditEntry
from exchange.moderating import moderation
from exchange.organisation import join_requests, memberships, profile_changes
from exchange.organisation.organisation_profiles import mark
from exchange.people import accounts, personal_data, roles
from exchange.people.accounts import Registration
from exchange.people.permissions import Role
from exchange.running import api_keys
from exchange.running import taxonomy_proposals as proposals
from exchange.taxonomy import seed_taxonomy

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHALLOW = settings(DEEP, max_examples=15, stateful_step_count=20)


class AuditedListings(ListingStates):
    """The machine of listings, with the trail checked after every step."""

    checked: Checked | None = None

    @invariant()
    def the_trail_leads_from_what_was_to_what_is(self) -> None:
        self.checked = self.checked or Checked(self.engine)
        self.checked.step()

    @invariant()
    def each_entry_names_who_decided(self) -> None:
        moved = select(Decision.listing_id, Decision.revision_id, Decision.old_state, Decision.new_state)
        decided = moved.add_columns(Decision.by_id, Decision.at).where(Decision.old_state != Decision.new_state)
        told = select(AuditEntry).where(AuditEntry.subject.in_(("listing", "revision")), AuditEntry.old.is_not(None))
        with reading(self.engine) as session:
            made = sorted(
                (row.revision_id is not None, row.revision_id or row.listing_id, *row[2:])
                for row in session.execute(decided)
            )
            entries = sorted(
                (row.subject == "revision", row.subject_id, row.old, row.new, row.by_id, row.at)
                for row in session.scalars(told.where(AuditEntry.new.is_not(None)))
            )
        assert entries == made


class AuditedIntroductions(Introductions):
    """The machine of introductions, likewise."""

    checked: Checked | None = None

    @invariant()
    def the_trail_leads_from_what_was_to_what_is(self) -> None:
        self.checked = self.checked or Checked(self.town.database)
        self.checked.step()

    @invariant()
    def each_entry_names_who_took_the_step(self) -> None:
        with reading(self.town.database) as session:
            events = session.scalars(select(IntroductionEvent))
            taken = sorted(
                (event.introduction_id, str(event.old_state), event.new_state, event.by_id, event.at)
                for event in events
                if event.old_state != event.new_state
            )
            told = session.scalars(select(AuditEntry).where(AuditEntry.subject == "introduction"))
            assert sorted((row.subject_id, str(row.old), row.new, row.by_id, row.at) for row in told) == taken


TestAuditedListings = AuditedListings.TestCase
TestAuditedListings.settings = SHALLOW
TestAuditedIntroductions = AuditedIntroductions.TestCase
TestAuditedIntroductions.settings = SHALLOW


@pytest.fixture
def step(engine):
    """Give what does one thing in a transaction and checks the trail, with the number of entries that it must leave."""
    checked = Checked(engine)

    def do(number, act, *given: object, **named: object):
        checked.step()
        with writing(engine) as session:
            known = [session.get_one(Account, one.id) if isinstance(one, Account) else one for one in given]
            result = act(session, *known, **named)
        assert checked.step() == number, act
        return result

    do.checked = checked
    return do


@pytest.fixture
def people(engine, monkeypatch):
    quick_hashing(monkeypatch)
    with writing(engine) as session:
        circle = found(session, "Carers' Circle")
        return circle, [
            enrol(session, "Ida", organisation_id=circle),
            enrol(session, "Noah"),
            enrol(session, "Mo", Role.MODERATOR),
            enrol(session, "Ada", Role.ADMINISTRATOR),
        ]


def test_an_accounts_whole_life_is_told(engine, people, step):
    circle, (ida, _, _, ada) = people
    step.checked.step()
    given = Registration(name="Ann", email="ann@example.org", password="gravel lantern teapot", client="203.0.113.9")
    accounts.register(engine, given, NOW)
    assert step.checked.step() == 1
    ann = step(1, accounts.confirm, code_for(engine, "ann@example.org"), NOW)
    step(0, accounts.change_details, ann.id, "Anne", "", NOW)
    key = step(1, api_keys.make, ann.id, "Laptop", NOW)
    step(1, api_keys.make, ann.id, "Phone", NOW)
    step(1, api_keys.end, key.id, ann.id, NOW)
    step(1, join_requests.ask, circle, ann.id, NOW)
    step(2, join_requests.approve, 1, ida.id, NOW)
    step(1, roles.grant, ann.id, Role.COMMISSIONER, ada, NOW)
    step(2, memberships.leave, ann.id, NOW)
    step(1, join_requests.ask, circle, ann.id, NOW)
    step(1, roles.grant, ann.id, Role.MODERATOR, ada, NOW)
    step(4, personal_data.close_account, ann.id, NOW)


def hands(engine, subject):
    with reading(engine) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id))
        return [(row.new, row.by_id, row.at) for row in told]


def test_a_discussion_is_told_with_who_hid_and_took_back(engine, people, step):
    _, (ida, noah, mo, _) = people
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Lunch club", summary="Meals."))
    listing = step(1, listings.post, new, ida, NOW)
    step(1, moderation.approve, listing.id, mo, None, NOW)
    asked = step(1, speaking.speak, listing.id, Words(kind="question", text="For whom?"), noah, NOW)
    step(1, speaking.reply, asked.id, "For everybody.", ida, NOW)
    step(0, hiding.rule, asked.id, Ruling(Measure.WARN, "Mind it."), mo, NOW + HOUR)
    step(1, hiding.rule, asked.id, Ruling(Measure.HIDE, "Rude."), mo, NOW + HOUR)
    step(1, hiding.rule, asked.id, Ruling(Measure.RESTORE), mo, NOW + 2 * HOUR)
    step(1, speaking.take_back, asked.id, noah, NOW + 3 * HOUR)
    assert hands(engine, "comment") == [
        ("shown", noah.id, NOW),
        ("shown", ida.id, NOW),
        ("hidden", mo.id, NOW + HOUR),
        ("shown", mo.id, NOW + 2 * HOUR),
        ("taken_back", noah.id, NOW + 3 * HOUR),
    ]


def test_changes_of_a_profile_are_told_with_who_decided(engine, people, step):
    circle, (ida, _, mo, _) = people
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="L", summary="M"), organisation_id=circle)
    listing = step(1, listings.post, new, ida, NOW)
    step(1, moderation.approve, listing.id, mo, None, NOW)

    def propose(session, about):
        standing = profile_changes.proposed(session, session.get_one(Organisation, circle))
        return profile_changes.propose(session, replace(standing, about=about), mark(standing), ida.id, NOW)

    step(1, propose, "We care.")
    change = step(2, propose, "We care a lot.")
    step(1, profile_changes.approve, change.id, mo.id, NOW + HOUR)
    change = step(1, propose, "Nothing.")
    step(1, profile_changes.refuse, change.id, "It says nothing.", mo.id, NOW + HOUR)
    step(1, propose, "Something.")
    step(1, profile_changes.take_back, ida.id, NOW + 2 * HOUR)
    told = hands(engine, "profile_change")
    assert [new for new, _, _ in told] == [
        *("waiting", "replaced", "waiting", "approved", "waiting", "refused", "waiting", "cancelled"),
    ]
    assert [by for _, by, _ in told if by == mo.id] == [mo.id] * 2


def test_proposals_for_the_areas_and_their_versions_are_told(engine, people, step):
    _, (_, _, _, ada) = people
    step(1, seed_taxonomy, NOW)
    first = step(1, proposals.begin, ada.id, NOW)
    step(1, proposals.discard, first.id, ada.id, NOW + HOUR)
    assert hands(engine, "taxonomy_proposal") == [("draft", ada.id, NOW), ("discarded", ada.id, NOW + HOUR)]
    assert hands(engine, "taxonomy_version") == [("published", None, NOW)]


def test_publishing_a_proposal_is_told(engine, step):
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
    desk = Desk(engine)
    number = desk.begin()
    desk.add(number, "sheds", synonyms=("men's sheds",))
    step.checked.step()
    desk.publish(number, "People ask for it.")
    assert step.checked.step() == 2
    assert [(new, by) for new, by, _ in hands(engine, "taxonomy_version")] == [
        ("published", None),
        ("published", desk.id),
    ]
    assert hands(engine, "taxonomy_proposal")[-1][:2] == ("published", desk.id)
