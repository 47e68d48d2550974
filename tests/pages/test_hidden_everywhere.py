"""Hidden means hidden: no page, feed, program, search, calendar, mail or copy shows what is hidden or withdrawn."""

from datetime import timedelta

import pytest
from hidden_words import READ, Walk
from meeting import Meeting, meeting
from people import enrol
from real_site import indexer_of
from small_exchange import publish
from sqlalchemy import select

from exchange import letters
from exchange.alerting import alerts, digests
from exchange.alerting.saved_searches import Cadence, SavedQuestion, save
from exchange.content import Content, Kind, Outcome
from exchange.database import writing
from exchange.discussing import hiding, speaking
from exchange.discussing.hiding import Measure, Ruling
from exchange.discussing.speaking import Words
from exchange.models import Account
from exchange.models_alerts import Alert
from exchange.models_people import Letter
from exchange.moderating import moderation, reports
from exchange.moderating.reason_codes import ReasonCode, Refusal
from exchange.people.permissions import Role
from exchange.people.personal_export import export

HIDDEN, ANSWER, TAKEN, GONE = "quaggaword", "okapiword", "zorillaword", "addaxword"
"""The words of a hidden question, of a hidden answer, of a comment that was taken back, and of a withdrawn listing."""
COMMENTS = {HIDDEN, ANSWER, TAKEN}
TEXT = Content(
    title=f"Shepherds walking with {GONE}",
    summary=f"Lonely shepherds walk together, says {GONE}.",
    description=f"Every week. {GONE}",
    areas=("short-breaks",),
    groups=("carers",),
    outcomes=(Outcome(statement=f"Shepherds rest {GONE}"),),
    delivers_in=("E08000035",),
)


@pytest.fixture
def town(own, exchange) -> Meeting:
    town = meeting(own, exchange)
    with writing(own.database) as session:
        town.people["mo"] = enrol(session, "Mo", Role.MODERATOR).id
        town.people["ada"] = enrol(session, "Ada", Role.ADMINISTRATOR).id
    return town


class Story:
    """What is said and posted in public, and then hidden, taken back and withdrawn."""

    def __init__(self, town: Meeting) -> None:
        self.town, self.database = town, town.site.database
        self.now = town.site.client.app.state.site.clock()
        with writing(self.database) as session:
            by = {name: session.get_one(Account, number) for name, number in town.people.items()}
            self.listing = publish(session, Kind.INNOVATION, TEXT, town.numbers.circle, 30)
            say = (session, town.numbers.sitters)
            self.hidden = self._ask(*say, f"Is {HIDDEN} so?", by["noah"])
            kept = self._ask(*say, "Who pays?", by["noah"])
            self.answer = speaking.reply(session, kept, f"The {ANSWER} pays.", by["ida"], self.now).id
            self.taken = self._ask(*say, f"Hm, {TAKEN}.", by["noah"])
            below = self._ask(session, self.listing, f"How is {GONE}?", by["noah"])
            for number in (self.hidden, self.taken):
                speaking.reply(session, number, "Said below it.", by["carla"], self.now)
            question = SavedQuestion("Walks", {"q": ["shepherds walking"]}, None, Cadence.DAILY)
            search = save(session, by["carla"], question, [], self.now)
            session.flush()
            alerts.fire(session, search.id, self.listing, ["Its title is of shepherds."], self.now)
            self.report = reports.report_comment(session, self.hidden, "It is rude.", by["carla"], self.now).id
            self.comments = (self.hidden, self.answer, self.taken, below)
        indexer_of(town.site.service).catch_up()

    def _ask(self, session, listing: int, text: str, by: Account) -> int:
        return speaking.speak(session, listing, Words("question", text, "outcomes"), by, self.now).id

    def hide(self) -> None:
        with writing(self.database) as session:
            mo, noah = (session.get_one(Account, self.town.people[name]) for name in ("mo", "noah"))
            for number in (self.hidden, self.answer):
                hiding.rule(session, number, Ruling(Measure.HIDE, "It is rude."), mo, self.now)
            speaking.take_back(session, self.taken, noah, self.now)
            moderation.withdraw(session, self.listing, mo, Refusal(ReasonCode.ADVERTISING), self.now)
        indexer_of(self.town.site.service).catch_up()

    def walk(self, *people: str) -> Walk:
        """A walk of some people; the last letters are among the numbers, for the pages of mail."""
        with writing(self.database) as session:
            mail = set(session.scalars(select(Letter.id).order_by(Letter.id.desc()).limit(2)))
        numbers = {self.listing, self.town.numbers.sitters, self.town.numbers.need, self.town.numbers.circle}
        known = numbers | {self.hidden, self.report, self.town.people["noah"]} | mail
        return Walk(
            self.town.site,
            {name: self.town.people[name] for name in people},
            sorted(known),
            self.comments,
            ("shepherds+walking", "said+below+it"),
        )


@pytest.fixture
def story(town) -> Story:
    return Story(town)


def test_before_it_is_hidden_the_words_are_read_on_every_surface_that_this_test_watches(story):
    walk = story.walk("carla", "ida")
    found = {(pattern, word) for _, pattern, word in walk.found(COMMENTS | {GONE})}
    sitters = {pattern for pattern, word in found if word == HIDDEN}
    assert sitters >= {"/listings/{id}", "/listings/{id}/discussion", "/my/data.json"}
    gone = {pattern for pattern, word in found if word == GONE}
    expected = {"/", "/search", "/newest", "/browse/areas/{code}", "/listings/{id}", "/organisations/{id}"}
    expected |= {"/feeds/search.atom", "/feeds/newest.atom", "/feeds/areas/{code}.atom"}
    expected |= {"/api/v1/search", "/api/v1/listings", "/api/v1/listings/{id}", "/my/listings", "/my/data.json"}
    assert gone >= expected


def test_what_is_hidden_is_read_nowhere_by_nobody_by_members_by_the_owner_and_by_an_administrator(story):
    story.hide()
    walk = story.walk("carla", "ida", "ada")
    found = walk.found(COMMENTS | {GONE})
    # Ida is the author of the answer, and her own copy of her data holds it.
    assert {one for one in found if one[2] in COMMENTS} == {("ida", "/my/data.json", ANSWER)}
    theirs = {"/my/listings", "/my/listings/{id}", "/my/data.json", "/my/organisation"}
    # The owner has what they posted; an administrator its title in the record and in the mail that told its owner.
    left = {one for one in found if not (one[0] == "ida" and (one[1] in theirs or one[1].startswith("/my/listings/")))}
    record = ("/administration/mail", "/administration/audit")
    assert {one for one in left if not (one[0] == "ada" and one[1].startswith(record))} == set()
    assert {route.path for route in READ} == set(walk.answered), "every address was asked"
    answered = {pattern for pattern, statuses in walk.answered.items() if 200 in statuses}
    assert answered >= {"/search", "/listings/{id}/discussion", "/my/data.json", "/administration/mail/{id}"}
    assert any(pattern.startswith("/feeds/") for pattern in answered)
    assert any(pattern.startswith("/api/v1/") for pattern in answered)


def test_moderators_and_the_author_alone_still_read_it(story):
    story.hide()
    walk = story.walk("mo", "noah")
    found = {one for one in walk.found(COMMENTS) if one[2] != ANSWER}
    assert {one[1] for one in found if one[0] == "mo"} == {
        "/moderation",
        "/moderation/comments/{id}",
        "/moderation/reports/{id}",
    }
    assert {one for one in found if one[0] != "mo"} == {("noah", "/my/data.json", HIDDEN)}


def test_no_mail_that_waits_or_was_sent_holds_it_and_no_copy_of_anybody_else(story):
    story.hide()
    with writing(story.database) as session:
        claimed = letters.claim(session, 100, story.now + timedelta(days=2), timedelta(minutes=5))
        told = [letter for letter in claimed if GONE in letter.subject + letter.body]
        assert {letter.account_id for letter in told} <= {story.town.people["ida"]}, "its owner is told that it went"
        every = session.scalars(select(Letter)).all()
        assert not [letter for letter in every if any(word in letter.body for word in COMMENTS)]
        for name, number in story.town.people.items():
            copy = str(export(session, number))
            read = {word for word in COMMENTS if word in copy}
            assert read == {"noah": {HIDDEN}, "ida": {ANSWER}}.get(name, set())
            assert (GONE in copy) is (name in {"noah", "ida"}), name


def test_a_digest_of_what_was_found_before_it_was_withdrawn_says_nothing_of_it(story):
    story.hide()
    digests.tend(story.database, "https://exchange.example", story.now + timedelta(days=2))
    with writing(story.database) as session:
        assert [alert.state for alert in session.scalars(select(Alert))] == ["dropped"]
        carla = session.scalars(select(Letter).where(Letter.account_id == story.town.people["carla"])).all()
        assert not [letter for letter in carla if GONE in letter.subject + letter.body]


def test_print_is_the_page_itself_so_nothing_is_hidden_by_styles_alone(story):
    story.hide()
    page = story.town.page(f"/listings/{story.town.numbers.sitters}")
    assert "Hidden by a moderator." in page
    assert HIDDEN not in page
