"""People at work: they post, edit, moderate and withdraw through the real use-cases; knows no fault and no check."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from random import Random

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from benchmarks.faults.ledger import Item, Ledger
from benchmarks.faults.verdict import Verdict
from exchange.content import Content, Kind, Outcome
from exchange.database import writing
from exchange.listing.listings import NewListing, close, conclude, draft, post, revise, submit, withdraw
from exchange.models import Account, OrgKind, State
from exchange.moderating.moderation import (
    Ruling,
    appeal,
    approve,
    approve_revision,
    ask_changes,
    decide_appeal,
    refuse,
    refuse_revision,
)
from exchange.organisation.organisations import OrganisationDetails, add_organisation, change_organisation
from exchange.people.accounts import operator
from exchange.taxonomy import load_taxonomy, seed_taxonomy
from indexer.engine import Entry

TOPICS = "respite", "lunch club", "sailing", "gardening", "befriending", "job coaching", "family therapy", "meals"
PEOPLE = "carers", "veterans", "young people", "older people", "people leaving prison", "new parents"
POSTS = 0.3
"""The share of new listings among all acts while there are some to post."""
BIG_ACTS_EVERY = 450
"""Acts between two that touch hundreds of listings: an organisation's new name, a new version of the areas."""
LATE = 30
"""Listings of which an old document is kept when they are withdrawn, for a worker that comes very late."""


@dataclass(slots=True)
class Person:
    """One who acts as owner and moderator, always in the same order for the same random numbers."""

    database: Database
    ledger: Ledger
    verdict: Verdict
    random: Random
    entries: Callable[[Iterable[int]], list[Entry]]
    posts: int
    pause: float
    organisations: list[int] = field(default_factory=list)
    mine: list[Item] = field(default_factory=list)
    _acts: int = 0

    def work(self, stop: threading.Event) -> None:
        """Act again and again until told to stop and all is posted."""
        with writing(self.database) as session:
            for number in range(4):
                details = OrganisationDetails(name=self._name(number), kind=OrgKind.THIRD_SECTOR)
                self.organisations.append(add_organisation(session, details).id)
        while self.posts or not stop.is_set():
            self._act()
            self._acts += 1
            if self._acts % BIG_ACTS_EVERY == 0:
                self._big_act()
            time.sleep(self.pause * self.random.uniform(0.2, 1.8))

    def _act(self) -> None:
        open_ones = [item for item in self.mine if item.state not in {State.WITHDRAWN, State.CONCLUDED}]
        if self.posts and (self.random.random() < POSTS or not open_ones):
            self._post()
            return
        if not open_ones:
            return
        item = self.random.choice(open_ones)
        acts = ACTS[item.state]
        chosen, _ = self.random.choices(acts, [weight for _, weight in acts])[0]
        with self.ledger.at(item):
            with writing(self.database) as session:
                after = chosen(self, session, item)
            after()

    def _post(self) -> None:
        kind = self.random.choice((Kind.INNOVATION, Kind.NEED))
        word = self.ledger.word()
        organisation = self.random.choice((None, *self.organisations))
        new = NewListing(kind=kind, content=self._content(word), organisation_id=organisation)
        with writing(self.database) as session:
            if self.random.random() < 0.5:
                number = post(session, new, self._me(session), _now()).id
            else:
                number = draft(session, new, self._me(session), _now()).id
                submit(session, number, self._me(session), _now())
        item = Item(number, kind, word, State.SUBMITTED)
        self.mine.append(item)
        self.ledger.add(item)
        self.posts -= 1
        self.verdict.count("listings posted")

    def _big_act(self) -> None:
        with writing(self.database) as session:
            if self.random.random() < 0.5:
                details = OrganisationDetails(name=self._name(self._acts), kind=OrgKind.THIRD_SECTOR)
                change_organisation(session, self.random.choice(self.organisations), details, _now())
                self.verdict.count("organisations renamed")
            else:
                seed_taxonomy(session, _now(), _newer_areas(session))
                self.verdict.count("new versions of the areas")

    def _name(self, number: int) -> str:
        return f"House {self.random.randrange(10**9)} {number}"

    def _content(self, word: str) -> Content:
        topic, people = self.random.choice(TOPICS), self.random.choice(PEOPLE)
        return Content(
            title=f"{topic.capitalize()} for {people} {word}",
            summary=f"We offer {topic} to {people}, every week, near where they live.",
            outcomes=(Outcome(statement=f"{people.capitalize()} feel less alone after {topic}."),),
            description=f"The {topic} began in a church hall. Volunteers lead it. {people.capitalize()} asked for it.",
        )

    def _me(self, session: Session, name: str = "Owner") -> Account:
        return operator(session, name)

    # --- acts: each gives what becomes of the ledger once the transaction is committed --------------------------------

    def approve(self, session: Session, item: Item) -> Callable[[], None]:
        """Publish it."""
        approve(session, item.number, self._me(session), None, _now())
        return self._now_in(item, State.PUBLISHED, "approved")

    def refuse(self, session: Session, item: Item) -> Callable[[], None]:
        """Refuse it."""
        refuse(session, item.number, self._me(session), "not for the public", _now())
        return self._now_in(item, State.REFUSED, "refused")

    def ask_changes(self, session: Session, item: Item) -> Callable[[], None]:
        """Send it back."""
        ask_changes(session, item.number, self._me(session), "say for whom", _now())
        return self._now_in(item, State.CHANGES_ASKED, "sent back")

    def edit(self, session: Session, item: Item) -> Callable[[], None]:
        """Change the text of one that is not public."""
        word = self.ledger.word()
        revise(session, item.number, self._content(word), self._me(session), _now())
        return self._now_in(item, item.state, "edits", word)

    def submit(self, session: Session, item: Item) -> Callable[[], None]:
        """Put it before the moderators again."""
        submit(session, item.number, self._me(session), _now())
        return self._now_in(item, State.SUBMITTED, "submitted again")

    def appeal(self, session: Session, item: Item) -> Callable[[], None]:
        """Appeal; another moderator decides at once, and an appeal that is dismissed is not made again."""
        upheld = self.random.random() < 0.7
        appeal(session, item.number, self._me(session), "look again", _now())
        decide_appeal(session, item.number, self._me(session, "Second"), Ruling(upheld, "as before"), _now())
        if not upheld:
            self.mine.remove(item)
        return self._now_in(item, State.PUBLISHED if upheld else State.REFUSED, "appeals decided")

    def revise(self, session: Session, item: Item) -> Callable[[], None]:
        """Change the text of a public one: a revision that is approved, most times."""
        word = self.ledger.word()
        revision = revise(session, item.number, self._content(word), self._me(session), _now())
        if revision is None:
            raise RuntimeError(f"Listing {item.number} was changed in public without a decision.")
        if self.random.random() < 0.2:
            refuse_revision(session, revision.id, self._me(session), "not better", _now())
            return self._now_in(item, item.state, "revisions refused")
        approve_revision(session, revision.id, self._me(session), None, _now())
        return self._now_in(item, item.state, "revisions approved", word)

    def close(self, session: Session, item: Item) -> Callable[[], None]:
        """Close it."""
        close(session, item.number, self._me(session), "it is over", _now())
        return self._now_in(item, State.CLOSED, "closed")

    def conclude(self, session: Session, item: Item) -> Callable[[], None]:
        """Say what became of a need; an innovation is withdrawn instead."""
        if item.kind is not Kind.NEED:
            return self.withdraw(session, item)
        conclude(session, item.number, self._me(session), "a provider was found", _now())
        return self._now_in(item, State.CONCLUDED, "concluded")

    def withdraw(self, session: Session, item: Item) -> Callable[[], None]:
        """Take it away from the public; of the first ones a worker keeps the old document."""
        if self.verdict.counts["withdrawn"] < LATE:
            item.late = self.entries([item.number])
        withdraw(session, item.number, self._me(session), "asked to", _now())

        def after() -> None:
            item.withdrawn = time.monotonic()
            self._now_in(item, State.WITHDRAWN, "withdrawn")()

        return after

    def _now_in(self, item: Item, state: State, figure: str, word: str = "") -> Callable[[], None]:
        def after() -> None:
            item.state, item.word = state, word or item.word
            self.verdict.count(figure)

        return after


Act = Callable[[Person, Session, Item], Callable[[], None]]

ACTS: dict[State, list[tuple[Act, int]]] = {
    State.SUBMITTED: [(Person.approve, 70), (Person.refuse, 8), (Person.ask_changes, 8), (Person.edit, 14)],
    State.CHANGES_ASKED: [(Person.edit, 40), (Person.submit, 60)],
    State.REFUSED: [(Person.appeal, 100)],
    State.PUBLISHED: [(Person.revise, 78), (Person.withdraw, 13), (Person.close, 9)],
    State.CLOSED: [(Person.conclude, 60), (Person.withdraw, 40)],
}
"""What may be done in each state, with how often."""


def _now() -> datetime:
    return datetime.now(UTC)


def _newer_areas(session: Session) -> bytes:
    """Give the packaged areas as a newer version, in which one phrase differs."""
    seed = json.loads(files("exchange").joinpath("data", "taxonomy.json").read_bytes())
    seed["version"] = load_taxonomy(session).version + 1
    next(iter(seed["schemes"].values()))[0]["synonyms"].append(f"version {seed['version']}")
    return json.dumps(seed).encode()
