"""What saved searches and alerts hold of a person: nobody else needs any of it; knows no account."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exchange.models_alerts import Alert, AlertMute, SavedSearch


def erase(session: Session, account_id: int) -> None:
    """Delete a person's saved searches, all that they found, and what was muted."""
    mine = SavedSearch.account_id == account_id
    session.scalars(select(SavedSearch.id).where(mine).order_by(SavedSearch.id).with_for_update()).all()
    session.execute(delete(Alert).where(Alert.search_id.in_(select(SavedSearch.id).where(mine))))
    session.execute(delete(SavedSearch).where(mine))
    session.execute(delete(AlertMute).where(AlertMute.account_id == account_id))
