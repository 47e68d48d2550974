"""What the owners of a listing hear of a decision, and that nobody learns who made it."""

from datetime import timedelta

import pytest
from moderating import NOW, Scene, scene
from sqlalchemy import func, select

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.listing import listings
from exchange.listing.states import Step
from exchange.models_people import Letter
from exchange.moderating import moderation
from exchange.moderating.moderation import Ruling, Verdict, ask_live_changes, decide
from exchange.moderating.reason_codes import DEFAULT_TEXTS, ReasonCode, Refusal
from exchange.people.accounts import operator

LATER = NOW + timedelta(hours=1)
EVIL = '<script>alert("x")</script>'


@pytest.fixture
def at(engine):
    with writing(engine) as session:
        yield scene(session)


def number_of_letters(at: Scene) -> int:
    return at.session.scalar(select(func.count()).select_from(Letter))


def approve(at, listing):
    moderation.approve(at.session, listing.id, at.mo, "Well put.", NOW)


def ask(at, listing):
    moderation.ask_changes(at.session, listing.id, at.mo, "Name the people.", NOW)


def refuse(at, listing):
    moderation.refuse(at.session, listing.id, at.mo, Refusal(ReasonCode.DUPLICATE), NOW)


def uphold(at, listing):
    refuse(at, listing)
    moderation.appeal(at.session, listing.id, at.ida, "It is not.", NOW)
    moderation.decide_appeal(at.session, listing.id, at.max, Ruling(upheld=True, reason="You are right."), NOW)


def dismiss(at, listing):
    refuse(at, listing)
    moderation.appeal(at.session, listing.id, at.ida, "It is not.", NOW)
    moderation.decide_appeal(at.session, listing.id, at.max, Ruling(upheld=False, reason="It is a copy."), NOW)


def withdraw(at, listing):
    approve(at, listing)
    moderation.withdraw(at.session, listing.id, at.mo, Refusal(ReasonCode.UNLAWFUL, "The court said so."), NOW)


def ask_live(at, listing):
    approve(at, listing)
    ask_live_changes(at.session, listing.id, Verdict(step=Step.ASK_CHANGES, text="Take the name out."), at.mo, NOW)


def approve_revision(at, listing):
    approve(at, listing)
    moderation.approve_revision(at.session, at.revise(listing).id, at.mo, None, NOW)


def ask_revision(at, listing):
    approve(at, listing)
    moderation.ask_revision_changes(at.session, at.revise(listing).id, at.mo, "Lunch or breakfast?", NOW)


def refuse_revision(at, listing):
    approve(at, listing)
    moderation.refuse_revision(at.session, at.revise(listing).id, at.mo, Refusal(ReasonCode.MISLEADING), NOW)


WORDS = {
    approve: ("“Lunch club” is published", "  Well put."),
    ask: ("Changes are asked for: “Lunch club”", "by 31 March 2027"),
    refuse: ("“Lunch club” is not published", f"Duplicate.\n\n  {DEFAULT_TEXTS[ReasonCode.DUPLICATE]}"),
    uphold: ("Your appeal succeeded: “Lunch club” is published", "  You are right."),
    dismiss: ("Your appeal was decided: “Lunch club” stays unpublished", "  It is a copy."),
    withdraw: ("“Lunch club” was withdrawn by a moderator", "Unlawful or harmful.\n\n  The court said so."),
    ask_live: ("Please change “Lunch club”", "It stays public meanwhile."),
    approve_revision: ("Your change of “Breakfast club” is published", "The new text is public now."),
    ask_revision: ("Changes are asked for: your change of “Lunch club”", "by 31 March 2027"),
    refuse_revision: ("Your change of “Lunch club” is not published", "the earlier text stays public"),
}


@pytest.mark.parametrize("act", WORDS)
def test_everybody_of_the_organisation_hears_the_decision_and_nobody_who_made_it(at, act):
    listing = at.post()
    act(at, listing)
    letters = at.letters()
    subject, part = WORDS[act]
    assert set(letters) == {"Ida", "Ivo"}
    for letter in letters.values():
        assert letter.subject == subject
        assert part in letter.body
    public = act in {approve, uphold, approve_revision}
    assert {letter.path for letter in letters.values()} == {
        f"/listings/{listing.id}" if public else f"/my/listings/{listing.id}"
    }
    written = " ".join(f"{one.subject} {one.body}" for one in at.session.scalars(select(Letter)))
    for name in (at.mo.name, at.max.name, at.mo.email, at.max.email):
        assert name not in written.split()


def test_a_refusal_says_that_one_can_appeal_and_a_dismissal_does_not(at):
    refuse(at, at.post())
    assert "you can appeal once" in at.letters()["Ida"].body
    dismiss(at, at.post())
    assert "you can appeal" not in at.letters()["Ida"].body


def test_who_has_no_organisation_hears_it_alone(at):
    approve(at, at.post(at.noah))
    assert set(at.letters()) == {"Noah"}


def test_who_left_the_organisation_or_closed_the_account_hears_nothing(at):
    listing = at.post()
    at.ida.organisation_id = None
    at.ivo.closed_at = NOW
    approve(at, listing)
    assert at.letters() == {}


def test_an_author_without_an_address_gets_no_letter(at):
    by = operator(at.session, "Importer")
    approve(at, at.post(by))
    moderation.approve(at.session, at.post(by).id, by, "open data", NOW)
    assert number_of_letters(at) == 0


def test_an_import_into_an_organisation_does_not_write_to_its_members(at):
    by = operator(at.session, "Importer")
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Lunch club"), organisation_id=at.circle)
    listing = listings.post(at.session, new, by, NOW)
    moderation.approve(at.session, listing.id, by, "open data", NOW)
    assert number_of_letters(at) == 0
    moderation.withdraw(at.session, listing.id, at.mo, Refusal(ReasonCode.DUPLICATE), NOW)
    assert set(at.letters()) == {"Ida", "Ivo"}


def test_a_long_title_leaves_what_happened_in_the_subject(at):
    approve(at, at.post(title="Lunch club and more " * 14))
    assert at.letters()["Ida"].subject.endswith("…” is published")


def test_a_title_of_two_lines_or_with_a_header_in_it_stays_one_line_of_text(at):
    approve(at, at.post(title=f"Lunch\r\nBcc: all@people.example\r\n\r\n{EVIL} {{0}} %s"))
    letter = at.letters()["Ida"]
    assert letter.subject == f"“Lunch Bcc: all@people.example {EVIL} {{0}} %s” is published"
    assert f"read “Lunch Bcc: all@people.example {EVIL} {{0}} %s”" in letter.body


def test_what_a_moderator_writes_is_quoted_line_by_line(at):
    moderation.ask_changes(at.session, at.post().id, at.mo, "One.\r\n\r\nTwo {day}.", NOW)
    assert "\n\n  One.\n\n  Two {day}.\n\nPlease send" in at.letters()["Ida"].body


@pytest.mark.parametrize("end", [listings.close, listings.withdraw])
def test_who_wrote_a_change_hears_that_it_went_with_its_listing(at, end):
    listing = at.publish()
    at.revise(listing)
    end(at.session, listing.id, at.ivo, "We have stopped.", LATER)
    letters = at.letters()
    assert set(letters) == {"Ida"}
    assert letters["Ida"].subject == "Your change of “Lunch club” is withdrawn"
    assert letters["Ida"].path == f"/my/listings/{listing.id}"


def test_who_ends_a_listing_whose_change_they_wrote_is_not_told_what_they_did(at):
    listing = at.publish()
    at.revise(listing)
    listings.withdraw(at.session, listing.id, at.ida, "We have stopped.", LATER)
    assert at.letters() == {}


def test_a_moderators_withdrawal_tells_of_the_listing_and_of_the_change_that_went_with_it(at):
    listing = at.publish()
    at.revise(listing)
    moderation.withdraw(at.session, listing.id, at.mo, Refusal(ReasonCode.UNLAWFUL), LATER)
    subjects = at.session.scalars(select(Letter.subject).where(Letter.account_id == at.ida.id)).all()
    assert sorted(subjects) == ["Your change of “Lunch club” is withdrawn", "“Lunch club” was withdrawn by a moderator"]


def test_a_decision_that_fails_writes_nothing(engine):
    with writing(engine) as session:
        at = scene(session)
        number, mo = at.post().id, at.mo

    def decide_and_fail() -> None:
        with writing(engine) as session:
            decide(session, number, Verdict(step=Step.APPROVE), mo, NOW)
            raise RuntimeError("the power failed")

    with pytest.raises(RuntimeError):
        decide_and_fail()
    with writing(engine) as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 0
