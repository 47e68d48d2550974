"""`exchange serve` as a process of its own: it answers, indexes what others publish, and stops in good order."""

import json
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from http.client import HTTPConnection

import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from exchange import letters
from exchange.database import open_database, reading, writing
from exchange.letters import Note
from exchange.settings import load_settings
from web.commands import serve
from web.lock import Role, WriterLock

ENTRY = "from web.cli import main; main()"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A running site."""

    def __init__(self, port) -> None:
        self.port = port
        command = [sys.executable, "-c", ENTRY, "serve", "--port", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.first_line = self.process.stdout.readline()

    def get(self, path):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def stop(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.communicate(timeout=60)


@pytest.fixture
def site(demonstration):
    """Give a site that serves the demonstration listings."""
    site = Site(free_port())
    yield site
    site.stop()


def test_a_site_says_where_it_is_when_it_answers_and_stops_in_good_order(site, cli):
    assert site.first_line == f"Innovation Exchange at http://127.0.0.1:{site.port}\n"
    assert site.get("/ready") == (200, '{"ready":true}')
    assert site.get("/search?q=" + "respite+" * 20_000)[0] == 200
    assert "the site" in cli("index", "status").stdout
    out, err = site.stop()
    assert (site.process.returncode, out) == (0, "The site has stopped; nothing is lost.\n")
    assert "Traceback" not in err
    assert "nobody" in cli("index", "status").stdout


def test_what_a_command_publishes_is_found_by_the_site_and_kept_when_it_stops(site, cli, tmp_path):
    file = tmp_path / "teas.jsonl"
    file.write_text(json.dumps({"_id": "1", "title": "Lighthouse keepers choir"}))
    told = cli("import", "--kind", "need", file, "--publish-as", "Me", "--reason", "open")
    assert told.stdout.endswith("Indexed.\n")
    assert "The site is running and will index this." in told.stderr
    assert "Lighthouse" in site.get("/search?q=lighthouse+keepers+choir")[1]
    site.stop(signal.SIGINT)
    status = json.loads(cli("index", "status", "--json").stdout)
    assert (status["late"], status["waiting"]) == (0, 0)


def test_the_site_rebuilds_its_index_when_a_command_asks(site, cli, data):
    before = json.loads((data / "index" / "current.json").read_text())["generation"]
    assert cli("index", "rebuild").stdout.endswith("The index is rebuilt.\n")
    assert json.loads((data / "index" / "current.json").read_text())["generation"] != before
    assert site.get("/ready")[0] == 200


def test_a_second_site_on_the_same_index_is_refused(site, cli):
    result = cli("serve", "--port", free_port())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("exchange: The site is running already on the index in")
    assert site.get("/ready")[0] == 200


def test_a_port_in_use_is_said_before_any_work(cli, demonstration):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = cli("serve", "--port", port)
    assert result.exit_code == 1
    assert result.stderr == (
        f"exchange: Port {port} is in use at 127.0.0.1; stop what listens there, or give another by --port.\n"
    )
    lock = WriterLock(demonstration / "index")
    assert lock.take(Role.COMMAND)
    lock.release()


@pytest.mark.parametrize("host", ["192.0.2.7", "no such host"])
def test_an_address_of_another_machine_is_refused(cli, host):
    result = cli("serve", "--host", host, "--port", free_port())
    assert result.exit_code == 1
    assert "--host" in result.stderr


def test_mail_that_waits_is_shown_by_the_site_with_its_link_and_noted_as_sent(demonstration, cli):
    database = open_database(f"sqlite:///{demonstration / 'exchange.db'}")
    with writing(database) as session:
        note = Note(subject="Confirm your address", body="Open the link.", path="/confirm?code=abc", secret=True)
        letters.write(session, "ann@people.example", note, datetime.now(UTC))
    site = Site(free_port())
    parts = json.loads(site.get("/health")[1])["parts"]
    assert (parts["mail"], parts["chores"]) == ("up", "up")
    assert any(not letters_left(database) or time.sleep(0.05) for _ in range(1_000))
    out, err = site.stop()
    shown = site.first_line + out
    assert f"| http://127.0.0.1:{site.port}/confirm?code=abc\n" in shown
    assert "| To: ann@people.example\n" in shown
    assert "No mail server is set, so mail is shown here" in err
    database.dispose()


def letters_left(database) -> int:
    with reading(database) as session:
        return letters.pending(session).waiting


@pytest.mark.parametrize(
    ("trusted", "peer", "seen"),
    [
        ("", "10.0.0.7", ["10.0.0.7", "http"]),
        ("10.0.0.7", "10.0.0.7", ["192.0.2.9", "https"]),
        ("10.0.0.0/24,127.0.0.1", "10.0.0.7", ["192.0.2.9", "https"]),
        ("10.0.0.7", "10.0.0.8", ["10.0.0.8", "http"]),
    ],
)
def test_only_a_trusted_proxy_is_believed_about_who_asks_and_how(trusted, peer, seen, monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own variable has no say

    async def told(scope, receive, send):
        await JSONResponse([scope["client"][0], scope["scheme"]])(scope, receive, send)

    config = serve._config(told, load_settings({"EXCHANGE_TRUSTED_PROXIES": trusted}))
    config.load()
    client = TestClient(config.loaded_app, client=(peer, 50_000))
    answer = client.get("/", headers={"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "https"})
    assert answer.json() == seen
