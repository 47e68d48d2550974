"""What happened to an account, written down in the transaction in which it happens; knows no use-case."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange.models_people import AccountEvent

ROLE_TAKEN = "role revoked"


def record(  # noqa: PLR0913  the columns of a row
    session: Session, account_id: int, by_id: int, what: str, now: datetime, *, detail: str | None = None
) -> None:
    """Note what was done to an account, by whom and when, in few words ("password changed"); no secret, no address."""
    session.add(AccountEvent(account_id=account_id, by_id=by_id, at=now, what=what, detail=detail))
    session.flush()
