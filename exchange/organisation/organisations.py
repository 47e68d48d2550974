"""Organisations: who stands behind a listing, how they are known, and their register entry; knows no index."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import LARGEST_KEY, take_turn
from exchange.errors import ConflictError, InputError, NotFoundError
from exchange.listing.changes import touch_found
from exchange.listing.states import FOUND
from exchange.models import Listing, Organisation, OrgKind, SizeBand, State
from exchange.people.permissions import Action
from exchange.people.sign_ins import Person

LONGEST_KEY, LONGEST_ORG_ID = 300, 100
"""Characters: PostgreSQL's index takes about 2,700 bytes a row."""

_BANDS = (
    (10_000, SizeBand.MICRO),
    (100_000, SizeBand.SMALL),
    (1_000_000, SizeBand.MEDIUM),
    (10_000_000, SizeBand.LARGE),
)

_REGISTERS = (
    (
        r"GB-CHC-([1-9][0-9]{5,6})",
        "Charity Commission register",
        "https://register-of-charities.charitycommission.gov.uk/charity-details/?regid={}&subid=0",
    ),
    (
        r"GB-SC-(SC[0-9]{6})",
        "Scottish Charity Register (OSCR)",
        "https://www.oscr.org.uk/about-charities/search-the-register/charity-details?number={}",
    ),
    (
        r"GB-NIC-([0-9]{6})",
        "Charity Commission for Northern Ireland register",
        "https://www.charitycommissionni.org.uk/charity-details/?regId={}&subId=0",
    ),
    (
        r"GB-COH-([0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}R)",
        "Companies House",
        "https://find-and-update.company-information.service.gov.uk/company/{}",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDetails:
    """What is known of an organisation; income in GBP a year, places as gazetteer codes; None is "not stated"."""

    name: str
    kind: OrgKind
    org_id: str | None = None
    income: int | None = None
    places: tuple[str, ...] | None = None
    about: str | None = None
    website: str | None = None
    email: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """An organisation with its listings that the public may see: published ones first, then the newest."""

    organisation: Organisation
    listings: tuple[Listing, ...]


def size_band(income: int | None) -> SizeBand | None:
    """Give the band of a yearly income in GBP; None when it is not stated."""
    if income is None:
        return None
    return next((band for limit, band in _BANDS if income < limit), SizeBand.MAJOR)


def name_key(name: str) -> str:
    """Give the name as it is looked up: one space between words, no case, at most 300 characters."""
    return " ".join(clean(name).split()).casefold()[:LONGEST_KEY]


def add_organisation(session: Session, details: OrganisationDetails) -> Organisation:
    """Keep a new organisation.

    Raises:
        InputError: it has no name, or a negative income.
        ConflictError: an organisation with the same org-id exists.
    """
    take_turn(session)
    organisation = Organisation(**_columns(session, details, None))
    session.add(organisation)
    session.flush()
    return organisation


def change_organisation(session: Session, organisation_id: int, details: OrganisationDetails, now: datetime) -> bool:
    """Replace what is known of an organisation and have its listings looked at again; False when nothing differs.

    Raises:
        NotFoundError, InputError, ConflictError: as for a new one.
    """
    take_turn(session)
    organisation = _get(session, organisation_id)
    session.refresh(organisation)  # it may have been changed while we waited
    columns = _columns(session, details, organisation_id)
    changed = {name: value for name, value in columns.items() if getattr(organisation, name) != value}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(organisation, name, value)
    touch_found(session, now, Listing.organisation_id == organisation_id)
    return True


def find_organisation(session: Session, org_id: str | None = None, name: str | None = None) -> Organisation | None:
    """Find an organisation by its org-id, else by its name whatever the case.

    One of the same name that bears another org-id is another organisation. Of several of one name, the one without
    an org-id comes first, then the oldest.
    """
    known = _one(session, Organisation.org_id == org_id) if org_id else None
    if known is not None or not name or not name.strip():
        return known
    same_name = Organisation.name_key == name_key(name)
    nameless = Organisation.org_id.is_(None)
    return _one(session, same_name, nameless) or (None if org_id else _one(session, same_name))


def organisation_page(session: Session, organisation_id: int, person: Person | None = None) -> OrganisationPage:
    """Read an organisation with what the public may see of it.

    An organisation is public once a listing of it was published: a moderator saw its profile beside that listing.
    Until then its page is for its members, moderators and administrators.

    Raises:
        NotFoundError: there is no such organisation, or the person may not see it; the sentence is the same for both.
    """
    organisation = _get(session, organisation_id)
    if not is_public(session, organisation_id) and not _may_see(person, organisation_id):
        raise _not_there(organisation_id)
    theirs = select(Listing).where(Listing.organisation_id == organisation_id, Listing.state.in_(FOUND))
    open_first = (Listing.state != State.PUBLISHED, Listing.published_at.desc(), Listing.id.desc())
    return OrganisationPage(organisation, tuple(session.scalars(theirs.order_by(*open_first))))


def is_public(session: Session, organisation_id: int) -> bool:
    """Say whether a listing of the organisation was ever published, and so whether the public may see its page."""
    theirs = select(Listing.id).where(Listing.organisation_id == organisation_id, Listing.published_at.is_not(None))
    return session.scalar(theirs.limit(1)) is not None


def details_of(organisation: Organisation) -> OrganisationDetails:
    """Give what is known of an organisation as a value."""
    names = OrganisationDetails.__dataclass_fields__
    fields = {name: getattr(organisation, name) for name in names}
    places = tuple(organisation.places) if organisation.places else None
    return OrganisationDetails(**(fields | {"places": places, "kind": OrgKind(organisation.kind)}))


def register_link(org_id: str | None) -> tuple[str, str] | None:
    """Give label and address of the organisation's register entry; None unless the org-id is well formed.

    Source: the list of registers at org-id.guide.
    """
    for pattern, label, address in _REGISTERS:
        if found := re.fullmatch(pattern, org_id or ""):
            return label, address.format(found[1])
    return None


def _get(session: Session, organisation_id: int) -> Organisation:
    known = 0 < organisation_id <= LARGEST_KEY
    organisation = session.get(Organisation, organisation_id) if known else None
    if organisation is None:
        raise _not_there(organisation_id)
    return organisation


def _not_there(organisation_id: int) -> NotFoundError:
    return NotFoundError(f"There is no organisation {organisation_id}; check the number.")


def _may_see(person: Person | None, organisation_id: int) -> bool:
    if person is None:
        return False
    inside = person.organisation_id == organisation_id
    return inside or person.may(Action.MODERATE) or person.may(Action.ADMINISTER)


def _one(session: Session, *conditions: ColumnElement[bool]) -> Organisation | None:
    return session.scalar(select(Organisation).where(*conditions).order_by(Organisation.id).limit(1))


def _columns(session: Session, details: OrganisationDetails, own_id: int | None) -> dict[str, Any]:
    """Turn the details into columns: blanks to "not stated", the band derived, the org-id nobody else's."""
    columns: dict[str, Any] = {
        name: clean(value) or None if isinstance(value, str) else value for name, value in asdict(details).items()
    }
    if columns["name"] is None:
        raise InputError("Give the organisation a name.", field="name")
    if details.income is not None and not 0 <= details.income <= 10**11:
        raise InputError(f"The income is {details.income}; give whole pounds a year, from 0.", field="income")
    org_id = columns["org_id"]
    if org_id and len(org_id) > LONGEST_ORG_ID:
        raise InputError(f"Shorten the org-id to {LONGEST_ORG_ID} characters or fewer.", field="org_id")
    other = _one(session, Organisation.org_id == org_id) if org_id else None
    if other is not None and other.id != own_id:
        raise ConflictError(f"{other.name} (organisation {other.id}) has the org-id {org_id} already; use that one.")
    band, key = size_band(details.income), name_key(columns["name"])
    places = list(details.places) if details.places else None
    return columns | {"places": places, "size_band": band, "name_key": key}
