"""`exchange accounts`: the first administrator, who has which role, giving and taking roles; knows no page."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from exchange.database import reading, writing
from exchange.errors import InputError
from exchange.people.account_list import Found, account_page, person_called
from exchange.people.accounts import email_of, name_of, operator
from exchange.people.permissions import Role
from exchange.people.roles import NewAdministrator, create_administrator
from exchange.people.roles import grant as give
from exchange.people.roles import revoke as take
from exchange.settings import load_settings
from web.commands.options import AsJson
from web.commands.output import say, say_json, warn
from web.opening import open_and_migrate

app = typer.Typer(no_args_is_help=True, help="Accounts: the first administrator, and who has which role.")

OPERATOR = "Command line"
"""In whose name it is done: the events of an account name somebody."""

LONGEST_LINE = 4_096
"""Bytes of a password that are read: far more than it may have, so that the sentence says it is too long."""
NOBODY = "There are no accounts yet; make the first administrator by `exchange accounts create-admin`."


class Granted(StrEnum):
    """The roles that are given."""

    COMMISSIONER = Role.COMMISSIONER.value
    MODERATOR = Role.MODERATOR.value
    ADMINISTRATOR = Role.ADMINISTRATOR.value


Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address of the account.")]
RoleArgument = Annotated[Granted, typer.Argument(metavar="ROLE", help="commissioner, moderator or administrator.")]


@app.command("create-admin")
def create_admin(
    email: Email,
    *,
    name: Annotated[str, typer.Option(help="The name that others see.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
    ] = False,
) -> None:
    """Make an account that may administer; its password is asked for, and never given as an option."""
    name_of(name), email_of(email)  # before anybody types a password in vain
    password = _from_stdin() if password_stdin else _typed()
    given = NewAdministrator(name=name, email=email, password=password)
    with _opened() as database:
        create_administrator(database, given, OPERATOR, datetime.now(UTC))
    say("The account is made and may administer; sign in with it at /sign-in.")


@app.command()
def grant(email: Email, role: RoleArgument) -> None:
    """Give a person a role; they are told by mail."""
    with _opened() as database, writing(database) as session:
        account = person_called(session, email)
        done = give(session, account.id, Role(role), operator(session, OPERATOR), datetime.now(UTC))
    say(f"{account.name} {'now has' if done else 'has already'} the role {role}.")


@app.command()
def revoke(email: Email, role: RoleArgument) -> None:
    """Take a role from a person; they are told by mail."""
    with _opened() as database, writing(database) as session:
        account = person_called(session, email)
        done = take(session, account.id, Role(role), operator(session, OPERATOR), datetime.now(UTC))
    say(f"{account.name} {'no longer has' if done else 'does not have'} the role {role}.")


@app.command("list")
def list_accounts(
    search: Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of a name or address.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Name the accounts that are open, with their roles."""
    with _opened() as database:
        found = list(_all(database, search))
    if as_json:
        say_json([_facts(one) for one in found])
        return
    for one in found:
        say(_line(_facts(one)))
    if not found:
        warn("No account has this in its name or address." if search else NOBODY)


@contextmanager
def _opened() -> Iterator[Engine]:
    database = open_and_migrate(load_settings())
    try:
        yield database
    finally:
        database.dispose()


def _all(database: Engine, text: str) -> Iterator[Found]:
    number, last = 1, 1
    while number <= last:
        with reading(database) as session:
            page = account_page(session, text, number)
        yield from page.accounts
        number, last = number + 1, page.last


def _facts(found: Found) -> dict[str, Any]:
    return {
        "email": found.account.email,
        "name": found.account.name,
        "organisation": found.organisation,
        "roles": [role.value for role in found.roles],
        "confirmed": found.account.confirmed_at is not None,
    }


def _line(facts: dict[str, Any]) -> str:
    who = ", ".join(filter(None, (facts["name"], facts["organisation"])))
    roles = ", ".join(facts["roles"]) or "no role"
    return f"{facts['email']}  {who}: {roles}{'' if facts['confirmed'] else ' (address not confirmed)'}"


def _typed() -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody is at a terminal to type the password.", param_hint="--password-stdin")
    text: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same password again")
    return text


def _from_stdin() -> str:
    try:
        text = sys.stdin.buffer.readline(LONGEST_LINE).decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError("Standard input is not text in UTF-8; give the password so.") from error
    if not text:
        raise InputError("Standard input holds no password; give it on the first line.")
    return text
