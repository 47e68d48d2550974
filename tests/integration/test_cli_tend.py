"""`exchange tend`: what is due is done from the command line, and the index takes it up."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from exchange.content import Content, Kind
from exchange.database import open_database, reading, writing
from exchange.listing.listings import NewListing, post
from exchange.models import Listing, OutboxRow, State
from exchange.moderating.moderation import approve
from exchange.people.accounts import operator


def a_need(data, days: int) -> int:
    """Publish a need that closed so many days ago."""
    database = open_database(f"sqlite:///{data / 'exchange.db'}")
    now = datetime.now(UTC)
    with writing(database) as session:
        by = operator(session, "Test")
        new = NewListing(kind=Kind.NEED, content=Content(title="Breaks", closes_on=now.date() - timedelta(days=days)))
        number = approve(session, post(session, new, by, now).id, by, None, now).id
    database.dispose()
    return number


def test_needs_past_their_date_are_closed_and_the_index_is_told(cli, data):
    number = a_need(data, days=2)
    result = cli("tend")
    assert result.exit_code == 0, result.output
    assert "Everything that was due is done" in result.output
    assert "indexed" in result.output
    database = open_database(f"sqlite:///{data / 'exchange.db'}")
    with reading(database) as session:
        assert session.get_one(Listing, number).state == State.CLOSED
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    database.dispose()


def test_without_waiting_it_says_who_takes_it_up_and_a_second_time_does_nothing(cli, data):
    a_need(data, days=2)
    assert "the site takes it up when it starts" in cli("tend", "--no-wait").output
    assert cli("tend").exit_code == 0
    assert "The index is up to date." in cli("tend").output


def test_a_chore_that_fails_ends_with_its_sentence(cli, data):
    number = a_need(data, days=2)
    database = open_database(f"sqlite:///{data / 'exchange.db'}")
    with writing(database) as session:
        session.execute(update(Listing).where(Listing.id == number).values(data={"title": ["no text"]}))
    database.dispose()
    result = cli("tend", "--no-wait")
    assert result.exit_code == 1
    assert "exchange: The listing cannot be read" in result.output
