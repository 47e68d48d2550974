"""A charity's innovator and two moderators, and short ways to put something before them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from people import enrol, found
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import Content, Kind
from exchange.listing import listings
from exchange.models import Account, Decision, Listing, Revision
from exchange.models_people import Letter
from exchange.moderating.moderation import approve
from exchange.people.permissions import Role

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
"""A Monday."""
TEXT = Content(title="Lunch club", summary="Hot meals.")


@dataclass(frozen=True)
class Scene:
    """Ida and Ivo of one charity, Noah of none, Mo and Max who moderate, and the database."""

    session: Session
    circle: int
    ida: Account
    ivo: Account
    noah: Account
    mo: Account
    max: Account

    def post(self, by: Account | None = None, at: datetime = NOW, **stated: Any) -> Listing:
        """Put a listing before the moderators, Ida's unless somebody else is named."""
        by = by or self.ida
        kind = stated.pop("kind", Kind.INNOVATION)
        content = Content(**({"title": TEXT.title, "summary": TEXT.summary} | stated))
        new = listings.NewListing(kind=kind, content=content, organisation_id=by.organisation_id)
        return listings.post(self.session, new, by, at)

    def publish(self, by: Account | None = None, at: datetime = NOW, **stated: Any) -> Listing:
        """The same, and Mo approves it; the letters of it are thrown away."""
        listing = approve(self.session, self.post(by, at, **stated).id, self.mo, None, at)
        for letter in self.session.scalars(select(Letter)):
            self.session.delete(letter)
        return listing

    def revise(self, listing: Listing, title: str = "Breakfast club", at: datetime = NOW) -> Revision:
        """Put a change of a published listing before the moderators."""
        by = self.session.get_one(Account, listing.by_id)
        revision = listings.revise(self.session, listing.id, Content(title=title, summary="Porridge."), by, at)
        assert revision is not None
        return revision

    def letters(self) -> dict[str, Letter]:
        """Give the newest letter of each person by their name."""
        written = select(Account.name, Letter).join(Account, Account.id == Letter.account_id).order_by(Letter.id)
        return dict(self.session.execute(written).all())

    def last(self) -> Decision:
        """Give the newest decision."""
        return self.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()


def scene(session: Session) -> Scene:
    """Make the people."""
    circle = found(session, "Carers' Circle")
    return Scene(
        session=session,
        circle=circle,
        ida=enrol(session, "Ida", organisation_id=circle),
        ivo=enrol(session, "Ivo", organisation_id=circle),
        noah=enrol(session, "Noah"),
        mo=enrol(session, "Mo", Role.MODERATOR),
        max=enrol(session, "Max", Role.MODERATOR),
    )
