"""An author's own listings that say nearly the same: which are told, which are left out, and in what order."""

from datetime import UTC, datetime
from typing import Any

import pytest
from people import enrol, found

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.listing.duplicates import ALIKE, Duplicate, likeness, own
from exchange.listing.listings import NewListing, draft
from exchange.models import Account, State

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SITTERS = Content(
    title="Thursday sitters: four hours off, every week",
    summary="The same trained sitter comes every Thursday so that the husband, wife or daughter can go out.",
)
REWORDED = Content(
    title="Thursday sitters, four hours off each week",
    summary="On Thursdays the same trained sitter comes, so that wives, husbands and daughters can go out.",
)
OTHER = Content(title="A choir for foster carers", summary="Singing on Mondays, with supper, for those who foster.")


@pytest.fixture
def shelf(engine):
    """Give a database with a member, another member, an outsider, and a way to keep listings of theirs."""

    class Shelf:
        database = engine

        def __init__(self) -> None:
            with writing(engine) as session:
                self.ours, self.theirs = found(session, "Ours"), found(session, "Theirs")
                self.ida = enrol(session, "Ida", organisation_id=self.ours).id
                self.noah, self.uma = enrol(session, "Noah").id, enrol(session, "Uma").id

        def keep(self, content: Content, state: State = State.DRAFT, **given: Any) -> int:
            settings = {"by": self.ida, "organisation_id": self.ours, "kind": Kind.INNOVATION} | given
            with writing(engine) as session:
                by = session.get_one(Account, settings["by"])
                new = NewListing(kind=settings["kind"], content=content, organisation_id=settings["organisation_id"])
                row = draft(session, new, by, NOW)
                row.state = state
                return row.id

        def own(self, content: Content, **given: Any) -> tuple[Duplicate, ...]:
            asked = {"organisation_id": self.ours, "by_id": self.ida, "exclude_id": None} | given
            with reading(engine) as session:
                return own(session, content, asked.pop("kind", Kind.INNOVATION), **asked)

    return Shelf()


def test_a_listing_reworded_is_told_with_its_state_and_likeness(shelf):
    number = shelf.keep(SITTERS, State.PUBLISHED)
    shelf.keep(OTHER)
    (told,) = shelf.own(REWORDED)
    assert (told.listing_id, told.title, told.state) == (number, SITTERS.title, State.PUBLISHED)
    assert ALIKE <= told.ratio < 100


def test_the_listing_that_is_being_written_is_no_duplicate_of_itself(shelf):
    number = shelf.keep(SITTERS)
    assert shelf.own(SITTERS, exclude_id=number) == ()
    assert [one.listing_id for one in shelf.own(SITTERS)] == [number]


@pytest.mark.parametrize("state", list(State))
def test_refused_and_withdrawn_listings_are_past(shelf, state):
    shelf.keep(SITTERS, state)
    assert bool(shelf.own(SITTERS)) is (state not in {State.REFUSED, State.WITHDRAWN})


def test_what_colleagues_posted_counts_and_what_others_posted_does_not(shelf):
    mine = shelf.keep(SITTERS, by=shelf.noah)  # of our organisation, by somebody else
    shelf.keep(SITTERS, by=shelf.uma, organisation_id=shelf.theirs)
    shelf.keep(SITTERS, by=shelf.ida, organisation_id=None)
    assert [one.listing_id for one in shelf.own(SITTERS)] == [mine]


def test_without_an_organisation_an_author_s_own_count(shelf):
    mine = shelf.keep(SITTERS, by=shelf.noah, organisation_id=None)
    shelf.keep(SITTERS, by=shelf.uma, organisation_id=None)
    shelf.keep(SITTERS, by=shelf.noah)
    assert [one.listing_id for one in shelf.own(SITTERS, organisation_id=None, by_id=shelf.noah)] == [mine]


def test_needs_and_innovations_are_not_compared(shelf):
    shelf.keep(SITTERS, kind=Kind.NEED)
    assert shelf.own(SITTERS) == ()
    assert len(shelf.own(SITTERS, kind=Kind.NEED)) == 1


def test_the_nearest_comes_first_and_among_equals_the_newest(shelf):
    reworded, older, newer = shelf.keep(REWORDED), shelf.keep(SITTERS), shelf.keep(SITTERS)
    assert [one.listing_id for one in shelf.own(SITTERS)] == [newer, older, reworded]


# --- how alike two texts are ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (SITTERS, SITTERS, True),
        (SITTERS, REWORDED, True),
        (SITTERS, OTHER, False),
        (SITTERS, Content(title="four hours OFF every week - Thursday sitters"), True),
        (Content(title="Sitters"), Content(title="Sitters", summary=SITTERS.summary), True),
        (
            Content(title="Flexible respite for informal carers"),
            Content(
                title="Flexible replacement care for informal carers of people with dementia, Leeds",
                summary="The Board seeks a provider of regular, home-based respite for unpaid carers.",
            ),
            False,
        ),
        (Content(title="Sitters at noon", summary="A sitter comes so that carers can go out."), SITTERS, False),
        (Content(title="Sitters"), Content(title="Bicycles"), False),
        (
            SITTERS,
            Content(title="An evening off", summary=f"{SITTERS.summary} Now also on Saturdays, with a meal."),
            True,
        ),
        (Content(title=""), Content(title=""), False),
        (Content(title="?!"), Content(title="?!"), False),
    ],
)
def test_likeness_goes_by_the_title_where_little_is_said_and_by_the_whole_elsewhere(one, other, near):
    assert (likeness(one, other) >= ALIKE) is near
    assert likeness(one, other) == pytest.approx(likeness(other, one))
