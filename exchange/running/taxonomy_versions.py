"""Going back to an earlier version of the areas: its terms published once more; knows no page."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange.database import take_turn
from exchange.errors import ConflictError, InputError
from exchange.running.taxonomy_proposals import SAVED_SINCE, Ruling, check_administrator
from exchange.taxonomy import Issue, load_taxonomy, publish_version, taxonomy_at

SAME = "Version {number} says what is published now, so there is nothing to go back to. Choose another one."


def go_back(session: Session, number: int, ruling: Ruling, by_id: int, now: datetime) -> int:
    """Publish the terms of an earlier version as a new one; the mark seen is the published version's number.

    Give the number of the new version.

    Raises:
        ForbiddenError: the person is no administrator.
        NotFoundError: there was never such a version.
        ConflictError: another version was published since they looked.
        InputError: no reason is given, or the two versions are the same.
    """
    check_administrator(session, by_id)
    take_turn(session)
    published, wanted = load_taxonomy(session), taxonomy_at(session, number)
    if ruling.seen != str(published.version):
        raise ConflictError(SAVED_SINCE)
    why = ruling.why
    if list(published.entries.values()) == list(wanted.entries.values()):
        raise InputError(SAME.format(number=number), field="reason")
    return publish_version(session, wanted.entries.values(), Issue(at=now, by_id=by_id, reason=why))
