"""Organisations of imported rows: found, made or filled in once an import; knows no row and no listing."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from exchange.models import Organisation
from exchange.organisation.organisations import (
    OrganisationDetails,
    add_organisation,
    change_organisation,
    details_of,
    find_organisation,
    name_key,
)


class KnownOrganisations:
    """What one import has met, so that a name is looked up once and, of two incomes, the first stands.

    Were it the last, a second import of the same file would change the organisation twice.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._ids: dict[tuple[str | None, str], int] = {}
        self._with_income: set[int] = set()

    def keep(self, session: Session, details: OrganisationDetails | None) -> int | None:
        """Give the id of the organisation that the row names, None where it names none.

        One that is known already keeps its name and kind; what it lacks, and a newer income, is taken from the row.
        """
        if details is None:
            return None
        key = details.org_id, name_key(details.name)
        number = self._ids.get(key)
        news = details.income is not None and number not in self._with_income
        if number is None or news:
            number = self._stored(session, details, number)
            self._ids[key] = number
            if details.income is not None:
                self._with_income.add(number)
        return number

    def _stored(self, session: Session, details: OrganisationDetails, number: int | None) -> int:
        known = session.get(Organisation, number) if number else None
        known = known or find_organisation(session, details.org_id, details.name)
        if known is None:
            return add_organisation(session, details).id
        income = known.income if details.income is None or known.id in self._with_income else details.income
        filled = replace(details_of(known), org_id=known.org_id or details.org_id, income=income)
        change_organisation(session, known.id, filled, self._now)
        return known.id
