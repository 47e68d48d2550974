"""Settings: one frozen dataclass, read once from the environment; knows no other part."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from exchange.errors import SettingsError

PREFIX = "EXCHANGE_"
PACKAGED_MODEL = "all-MiniLM-L6-v2"
SMTP_PORTS = {"smtp": 25, "smtps": 465}
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAILBOX = re.compile(
    rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:(?:{_LABEL}\.){{0,60}}{_LABEL}|\[[0-9A-Za-z.:]{{1,60}}\])"
)
"""An address of plain letters: what is sent from must be taken by every mail server."""


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
class Smtp:
    """The server that takes mail, and who asks it; `tls` from the first byte, else by STARTTLS where it is offered."""

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that may differ between two machines."""

    database_url: str = field(repr=False)
    data_dir: Path
    engine: str = "embedded"
    model: str = PACKAGED_MODEL
    threads: int = 2
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies whose word about the client and the scheme is taken; nobody else's is."""
    smtp: Smtp | None = None
    mail_from: str = "exchange@[127.0.0.1]"
    promise_days: int = 5
    """Working days within which a moderator decides (the service promise)."""
    api_rate: int = 600
    """Requests an hour that a key of the programming interface may make."""
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


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get(PREFIX + "DATABASE_URL", f"sqlite:///{data_dir / 'exchange.db'}")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        shown = re.sub(r"//.*@", "//...@", url)
        raise SettingsError(f"{PREFIX}DATABASE_URL is {shown!r}; start it with sqlite:/// or postgresql+psycopg://.")
    return url


def _base_url(environ: Mapping[str, str], host: str, port: int) -> str:
    url = environ.get(PREFIX + "BASE_URL")
    if url is None:
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    url = url.rstrip("/")
    parts = _split(url)
    if not parts or parts.scheme not in {"http", "https"} or parts.username is not None or parts.query:
        shown = re.sub(r"//.*@", "//...@", url)
        raise SettingsError(
            f"{PREFIX}BASE_URL is {shown!r}; set it to the address that people see, such as https://exchange.example, "
            "in plain letters and without a name or password."
        )
    return url


def _split(url: str) -> SplitResult | None:
    """Split an address; None where it has no host or signs that no address has."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.hostname and re.fullmatch(r"[!$-;=?-\[\]-~]+", url) else None


def _trusted_proxies(environ: Mapping[str, str]) -> tuple[str, ...]:
    given = [part.strip() for part in environ.get(PREFIX + "TRUSTED_PROXIES", "").split(",") if part.strip()]
    for part in given:
        try:
            everybody = ip_network(part).prefixlen == 0
        except ValueError:
            everybody = True
        if everybody:
            raise SettingsError(
                f"{PREFIX}TRUSTED_PROXIES holds {part!r}; set it to the addresses of your own proxies, such as "
                "10.0.0.7 or 10.0.0.0/24, with commas between them."
            )
    return tuple(given)


def _smtp(environ: Mapping[str, str]) -> Smtp | None:
    url = environ.get(PREFIX + "SMTP_URL", "").strip()
    if not url:
        return None
    parts = _split(url)
    usable = parts is not None and parts.scheme in SMTP_PORTS and parts.path in {"", "/"} and not parts.query
    name, word = (unquote(part or "") for part in (parts.username, parts.password)) if parts else ("", "")
    if parts is None or not usable or bool(name) != bool(word) or not re.fullmatch(r"[ -~]*", name + word):
        raise SettingsError(  # what was given may hold a password, so it is not repeated
            f"{PREFIX}SMTP_URL cannot be used; set it to an address such as smtp://NAME:PASSWORD@mail.example:587 or "
            "smtps://mail.example, with other signs than letters and digits percent-encoded in name and password."
        )
    return Smtp(
        host=parts.hostname or "",
        port=parts.port or SMTP_PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        username=name or None,
        password=word or None,
    )


def _mail_from(environ: Mapping[str, str], base_url: str) -> str:
    address = environ.get(PREFIX + "MAIL_FROM", "").strip() or f"exchange@{mail_host(base_url)}"
    if not MAILBOX.fullmatch(address):
        raise SettingsError(
            f"{PREFIX}MAIL_FROM is {address!r}; set it to the address that mail comes from, such as post@site.example."
        )
    return address


def mail_host(base_url: str) -> str:
    """Give the host of an address as mail writes it: a number stands in brackets (RFC 5321, 4.1.3)."""
    host = urlsplit(base_url).hostname or ""
    try:
        number = ip_address(host)
    except ValueError:
        return host if MAILBOX.fullmatch(f"exchange@{host}") else "localhost"
    return f"[IPv6:{number}]" if number.version == 6 else f"[{number}]"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's environment).

    Raises:
        SettingsError: a value cannot be used; the sentence names it and what it may be.
    """
    env = os.environ if environ is None else environ
    data_dir = Path(env.get(PREFIX + "DATA_DIR", "var")).absolute()
    engine = env.get(PREFIX + "ENGINE", "embedded")
    if engine not in {"embedded", "elasticsearch"}:
        raise SettingsError(f"{PREFIX}ENGINE is {engine!r}; set it to embedded or elasticsearch.")
    host = env.get(PREFIX + "HOST", "127.0.0.1")
    port = _number(env, "PORT", 8000, 1, 65535)
    base_url = _base_url(env, host, port)
    return Settings(
        database_url=_database_url(env, data_dir),
        data_dir=data_dir,
        engine=engine,
        model=env.get(PREFIX + "MODEL", PACKAGED_MODEL),
        threads=_number(env, "THREADS", min(os.cpu_count() or 1, 8), 1, 256),
        host=host,
        port=port,
        base_url=base_url,
        trusted_proxies=_trusted_proxies(env),
        smtp=_smtp(env),
        mail_from=_mail_from(env, base_url),
        promise_days=_number(env, "PROMISE_DAYS", 5, 1, 60),
        api_rate=_number(env, "API_RATE", 600, 1, 1_000_000),
        log=_log(env),
        metrics_token=_metrics_token(env),
        lease=_number(env, "LEASE", 120, 1, 86_400),
        elasticsearch=_elasticsearch(env) if engine == "elasticsearch" else None,
    )
