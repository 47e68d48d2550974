"""The profile of an organisation as a member types it: checked, marked, compared; a new one is kept; knows no page."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import take_turn
from exchange.errors import InputError
from exchange.models import Account, Organisation, OrgKind
from exchange.organisation.memberships import DAY, check_free, join
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people import account_events, limits
from exchange.people.accounts import email_of

NEW_A_DAY = 3
LONGEST_LINE, LONGEST_TEXT, MOST_INCOME = 300, 5_000, 10**11

_ORG_ID = re.compile(r"[A-Z]{2}-[A-Z0-9_]{2,20}-\S{1,60}")
_WEBSITE = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)
_TELEPHONE = re.compile(r"[0-9+(][0-9 ()+.-]{5,30}(?: ?(?:ext|x)\.? ?[0-9]{1,6})?")


def make_new(session: Session, details: OrganisationDetails, account_id: int, now: datetime) -> Organisation:
    """Make an organisation, whose first member is whoever makes it; nothing of it is public before a listing is.

    Raises:
        InputError: a field cannot be used; too many were made today.
        ConflictError: the org-id is another's, or the person is a member of one already.
    """
    take_turn(session)
    account = session.get_one(Account, account_id, populate_existing=True)
    check_free(session, account, None)
    details = checked(details, None)
    limits.count(session, f"organisations by {account_id}", NEW_A_DAY, DAY, now)
    organisation = add_organisation(session, details)
    account_events.record(
        session, account_id, account_id, "organisation made", now, detail=f"organisation {organisation.id}"
    )
    join(session, account, organisation.id, account_id, now)
    return organisation


def mark(details: OrganisationDetails) -> str:
    """Give a short mark of a profile: a form brings back that of what its person saw."""
    return hashlib.sha256(json.dumps(asdict(details), sort_keys=True).encode()).hexdigest()[:16]


def with_change(details: OrganisationDetails, data: Mapping[str, Any]) -> OrganisationDetails:
    """Give a profile with the fields of a change in place."""
    read = dict(data)
    if "kind" in read:
        read["kind"] = OrgKind(read["kind"])
    if read.get("places") is not None:
        read["places"] = tuple(read["places"])
    return replace(details, **read)


def difference(standing: OrganisationDetails, details: OrganisationDetails) -> dict[str, Any]:
    """Give the fields that differ, as JSON keeps them."""
    old, new = asdict(standing), asdict(details)
    new["places"] = list(details.places) if details.places else None
    old["places"] = list(standing.places) if standing.places else None
    return {name: value for name, value in new.items() if value != old[name]}


def checked(details: OrganisationDetails, standing: OrganisationDetails | None) -> OrganisationDetails:
    """Give a profile without stray blanks, blank fields as "not stated"; what stands already is not judged again.

    Raises:
        InputError: with its field, where one cannot be used.
    """
    texts = {name: clean(value) for name, value in asdict(details).items() if isinstance(value, str)}
    texts |= {name: " ".join(value.split()) for name, value in texts.items() if name != "about"}
    org_id = texts.get("org_id", "")
    if "-" in org_id:  # its register is in capitals; what follows may not be
        texts["org_id"] = "-".join([*(part.upper() for part in org_id.split("-")[:2]), *org_id.split("-")[2:]])
    if details.income is not None and not 0 <= details.income <= MOST_INCOME:
        raise InputError("Give the income in whole pounds a year, from 0.", field="income")
    given: dict[str, Any] = {name: value or None for name, value in texts.items() if name != "kind"}
    details = replace(details, **(given | {"name": texts["name"]}))
    for name, text in texts.items():
        if standing is None or getattr(standing, name) != text:
            _check(name, text)
    return details


def _check(name: str, text: str) -> None:
    most = LONGEST_TEXT if name == "about" else LONGEST_LINE
    if len(text) > most:
        raise InputError(f"This has {len(text):,} characters; cut it to {most:,} or fewer.", field=name)
    if name == "name" and not text:
        raise InputError("Give the organisation a name.", field="name")
    if name == "name" and _LINK.search(text):  # it stands in mail that goes to anybody who is invited
        raise InputError("Leave web addresses out of the name; there is a field for the website.", field="name")
    sentences = {
        "org_id": (_ORG_ID, "Give the org-id as list and number, such as GB-CHC-1104417, or leave it empty."),
        "website": (_WEBSITE, "Give the website's address, such as www.example.org.uk, or leave it empty."),
        "telephone": (_TELEPHONE, "Give the telephone number in figures, such as 0113 496 0000, or leave it empty."),
    }
    if text and name in sentences and not sentences[name][0].fullmatch(text):
        raise InputError(sentences[name][1], field=name)
    if text and name == "email":
        email_of(text)
