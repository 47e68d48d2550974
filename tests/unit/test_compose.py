"""What is shipped for containers: the compose file, its example of an environment, and the Dockerfile.

Nothing here starts a container: the compose file is held against the specification's schema and our own rules.
"""

import json
import re
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from shutil import copytree
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from exchange.database import POOL_SIZE, SESSIONS_A_PAGE, open_database
from exchange.schema import migrate
from exchange.settings import Settings, load_settings
from web.metrics import Metrics, Outbox, State

ROOT = Path(__file__).parents[2]
PASSWORDS = ("ELASTIC_PASSWORD", "EXCHANGE_DB_PASSWORD", "EXCHANGE_ELASTICSEARCH_PASSWORD")
SERVERS = ("elasticsearch", "postgres", "indexer", "web")
ONCE = ("setup", "account")
OURS = ("indexer", "web")
VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>[A-Z_]+)(?::(?P<how>[-?])(?P<word>[^}]*))?\})")


class RefusedError(Exception):
    """Compose would stop here: a variable that must be set is not."""


def interpolated(value: Any, given: Mapping[str, str]) -> Any:
    """Put variables into a part of the file by compose's rules, as far as the file uses them."""

    def one(match: re.Match[str]) -> str:
        name, how, word = match["name"], match["how"], match["word"]
        if name is None:
            return "$"
        if how == "?" and not given.get(name):
            raise RefusedError(word)
        return given.get(name) or (word or "" if how == "-" else "")

    match value:
        case dict():
            return {key: interpolated(part, given) for key, part in value.items()}
        case list():
            return [interpolated(part, given) for part in value]
        case str():
            return VARIABLE.sub(one, value)
    return value


@cache
def written() -> dict[str, Any]:
    """Give the file as it is written; a key that stands twice is an error."""
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(ROOT / "docker-compose.yml")
    return found


def compose(**given: str) -> dict[str, Any]:
    """Give the file as compose reads it with the three passwords and these variables."""
    found: dict[str, Any] = interpolated(written(), {**dict.fromkeys(PASSWORDS, "s3cret"), **given})
    return found


def strings(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for part in value.values():
                yield from strings(part)
        case list():
            for part in value:
                yield from strings(part)
        case str():
            yield value


def settings_of(service: str, tmp_path: Path, **given: str) -> Settings:
    """Read a service's environment as its process would; the authority's certificate is a file here."""
    environment = {name: str(value) for name, value in compose(**given)["services"][service]["environment"].items()}
    certificate = tmp_path / "ca.crt"
    certificate.write_text("-----BEGIN CERTIFICATE-----\n")
    return load_settings({**environment, "EXCHANGE_ELASTICSEARCH_CA": str(certificate)})


class Asked(dict[str, str]):
    """An environment that remembers which of its names were asked for."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return super().__getitem__(key)


@cache
def known_settings() -> frozenset[str]:
    environ = Asked({"EXCHANGE_ENGINE": "elasticsearch", "EXCHANGE_ELASTICSEARCH_URL": "https://node:9200"})
    load_settings(environ)
    return frozenset(environ.names)


def variables() -> set[str]:
    return {match["name"] for text in strings(written()) for match in VARIABLE.finditer(text) if match["name"]}


def dockerfile() -> list[tuple[str, str]]:
    """Give the Dockerfile's instructions as (word, rest), lines joined and comments left out."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    parts = (line.split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(word, rest) for word, rest in parts]


def last_stage() -> list[tuple[str, str]]:
    found = dockerfile()
    start = max(i for i, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


def test_the_compose_file_fits_the_specification_as_written_and_as_read():
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text())
    jsonschema.validate(written(), schema)
    jsonschema.validate(compose(), schema)


@pytest.mark.parametrize("missing", PASSWORDS)
def test_compose_refuses_to_start_without_a_password_and_names_it(missing):
    with pytest.raises(RefusedError, match=f"set {missing} in .env"):
        compose(**{missing: ""})


def test_no_password_is_written_down():
    held = [(name, value) for one in written()["services"].values() for name, value in one["environment"].items()]
    secrets = [value for name, value in held if name.endswith("PASSWORD")]
    assert len(secrets) >= len(PASSWORDS)
    assert all(re.fullmatch(r"\$\{(\w+):\?set \1 in \.env\}", value) for value in secrets)
    addresses = [value for value in strings(written()) if "://" in value and "@" in value]
    assert addresses
    assert all("exchange:${EXCHANGE_DB_PASSWORD:?" in address for address in addresses)


def test_the_example_names_every_variable_and_sets_no_secret():
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = dict(re.fullmatch(r"#?([A-Z_]+)=(.*)", line).groups() for line in lines if re.match(r"#?[A-Z_]+=", line))
    assert set(named) == variables()
    assert {name for name, value in named.items() if f"{name}=" in lines} == set(PASSWORDS)
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_every_port_is_on_this_machine_alone_and_only_the_site_has_one():
    ports = {name: one["ports"] for name, one in compose()["services"].items() if "ports" in one}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    assert compose(EXCHANGE_PUBLISH="8000-8003")["services"]["web"]["ports"] == ["127.0.0.1:8000-8003:8000"]


def test_every_image_is_pinned_to_a_full_version():
    images = {name: one["image"] for name, one in compose()["services"].items()}
    assert all(re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)?$", image) for image in images.values())
    elastic = {images[name] for name in ("setup", "elasticsearch", "account")}
    assert elastic == {"docker.elastic.co/elasticsearch/elasticsearch:8.19.8"}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert images["web"] == images["indexer"] == f"innovation-exchange:{version}"


def test_every_setting_that_compose_sets_is_one_that_the_exchange_knows(tmp_path):
    for name in OURS:
        given = {key for key in compose()["services"][name]["environment"] if key.startswith("EXCHANGE_")}
        assert given <= known_settings()
    site = settings_of("web", tmp_path, EXCHANGE_BASE_URL="https://exchange.example.org/")
    assert site.engine == settings_of("indexer", tmp_path).engine == "elasticsearch"
    assert site.database_url == "postgresql+psycopg://exchange:s3cret@postgres:5432/exchange"
    assert site.base_url == "https://exchange.example.org"


def test_servers_restart_have_a_health_check_and_a_limit_and_what_runs_once_does_not_restart():
    services = compose()["services"]
    assert set(services) == {*SERVERS, *ONCE}
    for name in SERVERS:
        assert services[name]["restart"] == "unless-stopped"
        assert {"healthcheck", "stop_grace_period"} <= set(services[name])
    assert not [name for name in ONCE if "restart" in services[name]]
    assert all({"mem_limit", "logging"} <= set(one) for one in services.values())


def test_the_indexer_is_healthy_while_no_change_waits_too_long(tmp_path):
    path = tmp_path / "exchange.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.dispose()
    asked, _, *arguments = compose()["services"]["indexer"]["healthcheck"]["test"]

    def health(*waits: timedelta) -> int:
        with closing(sqlite3.connect(path)) as rows, rows:  # it does not ask for the row's listing
            rows.execute("DELETE FROM outbox")
            for wait in waits:
                since = (datetime.now(UTC) - wait).strftime("%F %T.%f")
                rows.execute(
                    "INSERT INTO outbox (listing_id, created_at, due_at, attempts, parked) VALUES (1, ?, ?, 0, 0)",
                    (since, since),
                )
        environment = {"EXCHANGE_DATABASE_URL": f"sqlite:///{path}", "PYTHONPATH": str(ROOT)}
        return subprocess.run([sys.executable, *arguments], env=environment, check=False).returncode

    assert asked == "CMD"
    assert [health(), health(timedelta(minutes=14)), health(timedelta(minutes=16))] == [0, 0, 1]


def test_each_part_waits_for_what_it_needs():
    services = compose()["services"]
    after = {
        name: {
            of: one["condition"].removeprefix("service_") for of, one in services[name].get("depends_on", {}).items()
        }
        for name in services
    }
    parts = {"postgres": "healthy", "account": "completed_successfully"}
    assert after == {
        "setup": {},
        "elasticsearch": {"setup": "completed_successfully"},
        "account": {"elasticsearch": "healthy"},
        "postgres": {},
        "indexer": parts,
        "web": parts,
    }


def test_data_is_in_named_volumes_and_the_exchange_never_sees_a_private_key():
    services, volumes = compose()["services"], set(compose()["volumes"])
    mounted = {name: {mount.split(":")[0] for mount in one.get("volumes", [])} for name, one in services.items()}
    assert set().union(*mounted.values()) == volumes
    assert mounted["account"] == {"elasticsearch-ca"}
    for name in OURS:
        assert services[name]["volumes"] == [
            "elasticsearch-ca:/run/elasticsearch-ca:ro",
            "exchange-work:/var/lib/exchange/work",
        ]
    (environment,) = [rest for word, rest in last_stage() if word == "ENV"]
    assert "TMPDIR=/var/lib/exchange/work" in environment


def test_postgres_takes_all_the_connections_that_the_exchange_may_open():
    settings = dict(re.findall(r"(\w+)=(\w+)", " ".join(compose()["services"]["postgres"]["command"])))
    assert int(settings["max_connections"]) >= len(OURS) * POOL_SIZE * SESSIONS_A_PAGE + 10


def test_only_the_site_can_be_reached_from_outside():
    services = compose()["services"]
    assert compose()["networks"]["inside"] == {"internal": True}
    assert {name for name in services if services[name].get("networks", ["inside"]) != ["inside"]} == {"web"}
    assert services["setup"]["network_mode"] == "none"


def test_the_exchange_runs_without_privileges_on_a_read_only_file_system():
    for name in OURS:
        one = compose()["services"][name]
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in one["security_opt"]


def test_the_image_runs_as_a_numbered_user_who_is_not_root_and_asks_itself_whether_it_is_ready():
    stage = last_stage()
    users = [rest for word, rest in stage if word == "USER"]
    assert users == ["10001:10001"]
    after = stage[stage.index(("USER", users[0])) :]
    assert not [word for word, _ in after if word in {"RUN", "COPY", "ADD"}]
    (check,) = [rest for word, rest in stage if word == "HEALTHCHECK"]
    assert "'/ready'" in json.loads(check.partition(" CMD ")[2])[-1]
    (command,) = [rest for word, rest in stage if word == "CMD"]
    assert json.loads(command) == compose()["services"]["web"]["command"][:-1]
    assert compose()["services"]["indexer"]["command"] == ["exchange", "index", "work", "--follow"]


def test_the_image_is_built_in_stages_from_a_pinned_base_and_node_stays_in_the_first():
    found = dockerfile()
    bases = [rest.split()[0] for word, rest in found if word == "FROM"]
    stages = {rest.split()[-1] for word, rest in found if word == "FROM" and " AS " in rest}
    assert ("ARG", "PYTHON_IMAGE=python:3.11.16-slim-bookworm") in found
    assert set(bases) - {"${PYTHON_IMAGE}"} <= stages
    copied = {rest.split()[0] for word, rest in last_stage() if word == "COPY"}
    assert copied == {"--from=packages", "--from=postcodes", "--from=code"}
    assert not [rest for word, rest in last_stage() if word == "RUN" and re.search(r"\b(pip|npm|apt-get)\b", rest)]


def test_torch_is_the_one_of_the_makefile_and_its_index_is_empty_unless_given():
    arguments = dict(rest.split("=", 1) for word, rest in dockerfile() if word == "ARG")
    assert arguments["TORCH_INDEX"] == '""'
    assert f"\nTORCH = {arguments['TORCH']}\n" in (ROOT / "Makefile").read_text()
    assert written()["x-exchange"]["build"]["args"] == {"TORCH_INDEX": "${TORCH_INDEX:-}"}


def test_only_what_the_image_needs_is_sent_to_the_build():
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule.removeprefix("!").rstrip("/") for rule in rules if rule.startswith("!")}
    copied = {
        source.rstrip("/")
        for word, rest in dockerfile()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert {source.split("/")[0] for source in copied} == let_in
    assert all((ROOT / source).exists() for source in copied)


def test_the_stage_of_the_styles_holds_every_module_that_it_runs(tmp_path):
    first = [
        rest for word, rest in dockerfile()[: dockerfile().index(("RUN", "python -m web.assets"))] if word == "COPY"
    ]
    for rest in first:
        *sources, folder = rest.split()
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for source in sources:
            if source.endswith("/"):
                copytree(ROOT / source, tmp_path / folder, dirs_exist_ok=True)
            else:
                (tmp_path / folder / Path(source).name).write_bytes((ROOT / source).read_bytes())
    told = "import web.assets; web.assets.fingerprint(dev=False)"
    done = subprocess.run([sys.executable, "-S", "-c", told], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_the_guide_for_operators_has_every_setting_and_no_other():
    table = (ROOT / "docs/operations.md").read_text().split("\n## Settings\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([A-Z_]+)`", "".join(rows))) == known_settings()


def test_the_guide_names_only_figures_that_the_site_gives():
    state = State(engine_up=True, model="m", outbox=Outbox(waiting=0, parked=0, lag=0.0))
    given = re.findall(r"^# TYPE (\w+)", Metrics().page(state).decode(), re.MULTILINE)
    named = set(re.findall(r"`(exchange_\w+)`", (ROOT / "docs/operations.md").read_text()))
    assert len(named) >= 10
    assert named <= set(given)
