"""Settings: one frozen dataclass, read once from the environment; knows no other part."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exchange.errors import SettingsError

PREFIX = "EXCHANGE_"
PACKAGED_MODEL = "all-MiniLM-L6-v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elasticsearch:
    """Where the cluster is, who asks it, and how the indexes there are called and shaped."""

    urls: tuple[str, ...]
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    ca: str | None = None
    index: str = "exchange"
    shards: int = 1
    replicas: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that may differ between two machines."""

    database_url: str
    data_dir: Path
    engine: str = "embedded"
    model: str = PACKAGED_MODEL
    threads: int = 2
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    log: str = ""
    metrics_token: str = field(default="", repr=False)
    lease: int = 120
    elasticsearch: Elasticsearch | None = None

    @property
    def index_dir(self) -> Path:
        """Give the folder of the embedded engine's files."""
        return self.data_dir / "index"

    @property
    def postcodes_dir(self) -> Path:
        """Give the folder of the compiled postcode table."""
        return self.data_dir / "postcodes"


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = environ.get(PREFIX + name, str(default))
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise SettingsError(f"{PREFIX}{name} is {raw!r}; set it to a whole number from {low} to {high}.")
    return int(raw)


def _log(environ: Mapping[str, str]) -> str:
    form = environ.get(PREFIX + "LOG", "")
    if form not in {"", "text", "json"}:
        raise SettingsError(f"{PREFIX}LOG is {form!r}; set it to text or json, or leave it out.")
    return form


def _metrics_token(environ: Mapping[str, str]) -> str:
    token = environ.get(PREFIX + "METRICS_TOKEN", "")
    if token and not re.fullmatch(r"[!-~]{16,}", token):
        raise SettingsError(f"{PREFIX}METRICS_TOKEN cannot be used; set it to at least 16 letters, digits or signs.")
    return token


def _elasticsearch(environ: Mapping[str, str]) -> Elasticsearch:
    name = PREFIX + "ELASTICSEARCH_"
    keys = "URL", "USERNAME", "PASSWORD", "API_KEY", "CA", "INDEX"
    given = {key: environ.get(name + key) or None for key in keys}
    if "@" in (given["URL"] or ""):
        raise SettingsError(f"{name}URL holds a name or password; set {name}USERNAME and {name}PASSWORD instead.")
    urls = tuple(url.strip() for url in (given["URL"] or "").split(",") if url.strip())
    if not urls or not all(re.fullmatch(r"https?://[^\s/:@]+(:[0-9]+)?(/\S*)?", url) for url in urls):
        raise SettingsError(
            f"{name}URL is {given['URL'] or ''!r}; set it to one or more addresses such as "
            "https://search.example:9200, with commas between them."
        )
    if given["API_KEY"] and given["USERNAME"]:
        raise SettingsError(f"{name}API_KEY and {name}USERNAME are both set; set one of them.")
    if bool(given["USERNAME"]) != bool(given["PASSWORD"]):
        raise SettingsError(f"{name}USERNAME and {name}PASSWORD go together; set both or neither.")
    if given["CA"] and not Path(given["CA"]).is_file():
        raise SettingsError(f"{name}CA is {given['CA']!r}, which is no file; name the authority's certificate in PEM.")
    index = given["INDEX"] or "exchange"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,60}", index):
        raise SettingsError(f"{name}INDEX is {index!r}; set it to small letters, digits and hyphens.")
    return Elasticsearch(
        urls=urls,
        username=given["USERNAME"],
        password=given["PASSWORD"],
        api_key=given["API_KEY"],
        ca=given["CA"],
        index=index,
        shards=_number(environ, "ELASTICSEARCH_SHARDS", 1, 1, 1_024),
        replicas=_number(environ, "ELASTICSEARCH_REPLICAS", 0, 0, 20),
    )


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's environment).

    Raises:
        SettingsError: a value cannot be used; the sentence names it and what it may be.
    """
    env = os.environ if environ is None else environ
    data_dir = Path(env.get(PREFIX + "DATA_DIR", "var")).absolute()
    url = env.get(PREFIX + "DATABASE_URL", f"sqlite:///{data_dir / 'exchange.db'}")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError(f"{PREFIX}DATABASE_URL is {url!r}; start it with sqlite:/// or postgresql+psycopg://.")
    engine = env.get(PREFIX + "ENGINE", "embedded")
    if engine not in {"embedded", "elasticsearch"}:
        raise SettingsError(f"{PREFIX}ENGINE is {engine!r}; set it to embedded or elasticsearch.")
    host = env.get(PREFIX + "HOST", "127.0.0.1")
    port = _number(env, "PORT", 8000, 1, 65535)
    return Settings(
        database_url=url,
        data_dir=data_dir,
        engine=engine,
        model=env.get(PREFIX + "MODEL", PACKAGED_MODEL),
        threads=_number(env, "THREADS", min(os.cpu_count() or 1, 8), 1, 256),
        host=host,
        port=port,
        base_url=env.get(PREFIX + "BASE_URL", f"http://{host}:{port}").rstrip("/"),
        log=_log(env),
        metrics_token=_metrics_token(env),
        lease=_number(env, "LEASE", 120, 1, 86_400),
        elasticsearch=_elasticsearch(env) if engine == "elasticsearch" else None,
    )
