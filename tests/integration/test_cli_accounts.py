"""`exchange accounts`: the first administrator, roles given and taken, the list, and what is said of mistakes."""

import json
import os
import pty
import subprocess
import sys

import pytest
from people import enrol
from sqlalchemy import select
from typer.testing import CliRunner

from exchange.database import open_database, reading, writing
from exchange.models_people import Letter
from exchange.people.accounts import by_email
from exchange.people.passwords import matches
from web.cli import app

PASSWORD = "copper kettle meadow"
ADA = "ada@site.example"
CREATE = "accounts", "create-admin", ADA, "--name", "Ada Admin"


@pytest.fixture
def database(data):
    """Give the database that the commands work on."""
    database = open_database(f"sqlite:///{data / 'exchange.db'}")
    yield database
    database.dispose()


@pytest.fixture
def carla(database) -> str:
    """Give the address of somebody without a role."""
    with writing(database) as session:
        return enrol(session, "Carla Bell").email


def create(*arguments: str, given: bytes | str = PASSWORD):
    return CliRunner().invoke(app, [*(arguments or CREATE), "--password-stdin"], input=given)


def listed(cli, *text: str):
    return {row["email"]: row["roles"] for row in json.loads(cli("accounts", "list", *text, "--json").stdout)}


# --- the first administrator ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\r\nanother line\n"])
def test_the_first_administrator_is_made_with_the_password_from_standard_input(cli, data, database, given):
    result = create(given=given)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "The account is made and may administer; sign in with it at /sign-in.\n"
    assert listed(cli) == {ADA: ["administrator"]}
    with reading(database) as session:
        assert matches(by_email(session, ADA).password_hash, PASSWORD)


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(data, database):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from web.cli import main; main()", *CREATE]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=dict(os.environ))
    os.close(theirs)
    seen = b""
    try:
        for asked in (b"Password: ", b"The same password again: "):
            while not seen.endswith(asked):
                seen += os.read(ours, 1000)
            os.write(ours, f"{PASSWORD}\n".encode())
        while b"/sign-in.\r\n" not in seen:
            seen += os.read(ours, 1000)
    finally:
        assert process.wait(timeout=60) == 0
        os.close(ours)
    assert PASSWORD.encode() not in seen
    with reading(database) as session:
        assert by_email(session, ADA) is not None


def test_a_known_address_is_refused_with_the_command_to_use_instead(cli, data, carla):
    result = create("accounts", "create-admin", carla.upper(), "--name", "Ada")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{carla} has an account already" in result.stderr
    assert f"`exchange accounts grant {carla} administrator`" in result.stderr
    assert listed(cli) == {carla: []}


BAD = {
    "an address that is none": (["accounts", "create-admin", "ada", "--name", "Ada"], PASSWORD, "name@example.org"),
    "a blank name": (["accounts", "create-admin", ADA, "--name", " "], PASSWORD, "Enter your name."),
    "no password": (CREATE, "", "Standard input holds no password"),
    "an empty line": (CREATE, f"\n{PASSWORD}", "Standard input holds no password"),
    "a short password": (CREATE, "tea", "use at least 10"),
    "a guessable password": (CREATE, "ada admin 123", "easy to guess"),
    "a very long password": (CREATE, "x" * 100_000, "use 200 or fewer"),
    "a password that is no text": (CREATE, b"\xff\xfe\xfa", "not text in UTF-8"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_said_and_no_account_is_made(cli, data, case):
    arguments, given, said = BAD[case]
    result = create(*arguments, given=given)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("exchange: ")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert listed(cli) == {}


MISUSED = {
    "nobody to type a password": (CREATE, "nobody is at a terminal to type the password"),
    "no name": (["accounts", "create-admin", ADA], "--name"),
    "a password as an option": ([*CREATE, "--password", "x"], "No such option"),
    "no address": (["accounts", "grant"], "EMAIL"),
    "no role": (["accounts", "grant", ADA], "ROLE"),
    "a role that is none": (["accounts", "grant", ADA, "god"], "'commissioner', 'moderator', 'administrator'"),
    "a role that nobody gives": (
        ["accounts", "grant", ADA, "confirmed"],
        "'commissioner', 'moderator', 'administrator'",
    ),
    "no such command": (["accounts", "delete", ADA], "No such command"),
}


@pytest.mark.parametrize("case", MISUSED)
def test_a_command_that_is_not_understood_ends_with_two(cli, case):
    arguments, said = MISUSED[case]
    result = cli(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())


# --- roles ------------------------------------------------------------------------------------------------------------


def test_roles_are_given_and_taken_and_a_second_time_says_so(cli, database, carla):
    for said in ("now has", "has already"):
        result = cli("accounts", "grant", carla.upper(), "commissioner")
        assert (result.exit_code, result.stdout) == (0, f"Carla Bell {said} the role commissioner.\n")
    assert listed(cli) == {carla: ["commissioner"]}
    for said in ("no longer has", "does not have"):
        result = cli("accounts", "revoke", carla, "commissioner")
        assert (result.exit_code, result.stdout) == (0, f"Carla Bell {said} the role commissioner.\n")
    with reading(database) as session:
        subjects = list(session.scalars(select(Letter.subject)))
    assert subjects == ["Your new role: commissioner", "You no longer have the role commissioner"]


@pytest.mark.parametrize("verb", ["grant", "revoke"])
@pytest.mark.parametrize(
    ("email", "said"), [("nobody@site.example", "Nobody has registered with the address"), ("ada", "name@example.org")]
)
def test_an_address_without_an_account_is_said(cli, carla, verb, email, said):
    result = cli("accounts", verb, email, "moderator")
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


def test_the_last_administrator_stays_also_on_the_command_line(cli, data):
    create()
    result = cli("accounts", "revoke", ADA, "administrator")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Ada Admin is the only administrator" in result.stderr
    assert listed(cli) == {ADA: ["administrator"]}


def test_an_address_that_is_not_confirmed_gets_no_role(cli, database):
    with writing(database) as session:
        una = enrol(session, "Una", confirmed=False).email
    result = cli("accounts", "grant", una, "moderator")
    assert result.exit_code == 1
    assert "Una has not confirmed the email address yet" in result.stderr


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_names_each_account_on_a_line(cli, database, carla):
    cli("accounts", "grant", carla, "moderator")
    with writing(database) as session:
        enrol(session, "Una \x1b[2J", confirmed=False)
    lines = cli("accounts", "list").stdout.splitlines()
    assert lines[0] == f"{carla}  Carla Bell: moderator"
    assert lines[1].endswith("  Una [2J: no role (address not confirmed)")
    assert cli("accounts", "list", "carla").stdout.splitlines() == lines[:1]


def test_a_long_list_is_whole(cli, database, monkeypatch):
    monkeypatch.setattr("exchange.people.account_list.PER_PAGE", 2)
    with writing(database) as session:
        for n in range(5):
            enrol(session, f"Person {n}")
    assert len(listed(cli)) == 5


def test_where_there_is_nobody_that_is_said_with_what_to_do(cli):
    result = cli("accounts", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "`exchange accounts create-admin`" in result.stderr
    assert "No account has this" in cli("accounts", "list", "ada").stderr


def test_help_names_every_command(cli):
    told = cli("accounts", "--help").stdout
    for command in ("create-admin", "grant", "revoke", "list"):
        assert f"  {command} " in told
        assert cli("accounts", command, "--help").exit_code == 0
