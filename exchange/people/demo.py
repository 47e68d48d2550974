"""Demonstration sign-ins: whom one may try the site as, and that only the machine itself may; knows no file of them."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.models import Account, Organisation
from exchange.models_people import RoleGrant
from exchange.settings import Settings

PASSWORD = "copper kettle meadow"  # noqa: S105  shown on the sign-in page, and refused where others can reach the site
LOCAL_NAMES = frozenset({"localhost", "ip6-localhost"})


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person whom a visitor may try the site as."""

    name: str
    email: str
    roles: tuple[str, ...]
    organisation: str | None


def on_loopback(settings: Settings) -> bool:
    """Say whether the site listens on this machine alone and is called so: only then do demo sign-ins work."""
    return _local(settings.host) and _local(urlsplit(settings.base_url).hostname or "")


def demo_people(session: Session) -> list[DemoPerson]:
    """Give the people of the demonstration in the order in which they were loaded."""
    mine = select(Account, Organisation.name).outerjoin(Organisation, Organisation.id == Account.organisation_id)
    mine = mine.where(Account.demo.is_(True), Account.closed_at.is_(None), Account.email.is_not(None))
    rows = session.execute(mine.order_by(Account.id)).all()
    grants = select(RoleGrant).join(Account, Account.id == RoleGrant.account_id).where(Account.demo.is_(True))
    roles: dict[int, list[str]] = {}
    for grant in session.scalars(grants.order_by(RoleGrant.role)):
        roles.setdefault(grant.account_id, []).append(grant.role)
    return [
        DemoPerson(account.name, account.email or "", tuple(roles.get(account.id, ())), organisation)
        for account, organisation in rows
    ]


def _local(host: str) -> bool:
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
