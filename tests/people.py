"""People for tests: accounts with roles, made by hand, and browsers that they have signed in with."""

from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from exchange.database import writing
from exchange.models import Account, OrgKind
from exchange.models_people import RoleGrant
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people import sign_ins
from exchange.people.permissions import Role
from web.visit import COOKIE, SECURE_COOKIE

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def enrol(
    session: Session, name: str, *roles: Role, organisation_id: int | None = None, confirmed: bool = True
) -> Account:
    """Make an account that may sign in, its address made of its name; the roles are granted by itself."""
    account = Account(
        name=name,
        email=f"{name.lower().replace(' ', '.')}@people.example",
        can_sign_in=True,
        organisation_id=organisation_id,
        created_at=LONG_AGO,
        confirmed_at=LONG_AGO if confirmed else None,
    )
    session.add(account)
    session.flush()
    session.add_all(RoleGrant(account_id=account.id, role=role, by_id=account.id, at=LONG_AGO) for role in roles)
    session.flush()
    return account


def found(session: Session, name: str, kind: OrgKind = OrgKind.THIRD_SECTOR) -> int:
    """Make an organisation; give its number."""
    return add_organisation(session, OrganisationDetails(name=name, kind=kind)).id


def enter(client: TestClient, database: Engine, account_id: int, now: datetime | None = None) -> None:
    """Sign a client in as the account, as its cookie would."""
    with writing(database) as session:
        secret = sign_ins.start(session, account_id, now or datetime.now(UTC))
    secure = client.app.state.site.settings.base_url.startswith("https://")
    client.cookies.clear()
    client.cookies.set(SECURE_COOKIE if secure else COOKIE, secret)
