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


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's environment).

    Raises:
        SettingsError: a value cannot be used; the sentence names it and what it may be.
    """
    env = os.environ if environ is None else environ
    data_dir = Path(env.get(PREFIX + "DATA_DIR", "var")).absolute()
    url = env.get(PREFIX + "DATABASE_URL", f"sqlite:///{data_dir / 'exchange.db'}")
    if not url.startswith(("sqlite:///", "postgresql")):
        raise SettingsError(f"{PREFIX}DATABASE_URL is {url!r}; start it with sqlite:/// or postgresql+psycopg://.")
    engine = env.get(PREFIX + "ENGINE", "embedded")
    if engine != "embedded":
        raise SettingsError(f"{PREFIX}ENGINE is {engine!r}; set it to embedded.")
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
    )
