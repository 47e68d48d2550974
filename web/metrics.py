"""The figures of one site in Prometheus' format, in a registry of its own; knows no request and asks nobody."""

from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics import Info

from indexer.timing import Purpose, Step

REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
STEP_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
"""The people's client of the engine gives up after 2 seconds."""
ENGINE, SQL = "engine", "sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Rows that wait, rows that were given up, and the age in seconds of the oldest that waits, 0 when none does.

    Beside them the mail that waits and the mail that was given up.
    """

    waiting: int
    parked: int
    lag: float
    mail_waiting: int = 0
    mail_parked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What holds at the moment of a scrape; `outbox` is None while SQL does not answer."""

    engine_up: bool
    model: str
    outbox: Outbox | None


class Metrics:
    """Count and time what one site does; hears searches and embeddings as `indexer.timing` tells them."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Histogram(
            "exchange_request_seconds",
            "Time from a request to the end of its answer, by route, method and class of status.",
            ("route", "method", "status"),
            registry=registry,
            buckets=REQUEST_SECONDS,
        )
        self._steps = Histogram(
            "exchange_search_step_seconds",
            "Time of each step of a search; engine is the whole round trip, lexical and dense the passes within.",
            ("step",),
            registry=registry,
            buckets=STEP_SECONDS,
        )
        self._searches = _counter(
            registry, "searches", "Searches for words, each once, by what answered.", "answered_by"
        )
        self._empty = _counter(registry, "searches_without_result", "Those of them that found nothing.", "answered_by")
        self._texts = _counter(registry, "embedded_texts", "Texts that the model embedded.", "purpose")
        self._seconds = _counter(registry, "embedding_seconds", "Seconds that the model took for them.", "purpose")
        for counter, values in (
            (self._searches, (ENGINE, SQL)),
            (self._empty, (ENGINE, SQL)),
            (self._texts, Purpose),
            (self._seconds, Purpose),
        ):
            for value in values:
                counter.labels(value)  # stands at 0 from the beginning: a rate needs a first value

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Note an answered request; `route` is the template of its address, never the address."""
        self._requests.labels(route, method, f"{status // 100}xx").observe(seconds)

    def took(self, step: Step, seconds: float) -> None:
        """Note how long a step of a search took."""
        self._steps.labels(step).observe(seconds)

    def embedded(self, purpose: Purpose, texts: int, seconds: float) -> None:
        """Note a run of the model."""
        self._texts.labels(purpose).inc(texts)
        self._seconds.labels(purpose).inc(seconds)

    def searched(self, total: int, *, fallback: bool) -> None:
        """Note a search and whether it found anything."""
        answered_by = SQL if fallback else ENGINE
        self._searches.labels(answered_by).inc()
        if not total:
            self._empty.labels(answered_by).inc()

    def page(self, state: State) -> bytes:
        """Give everything counted so far, and what holds now, in the text format 0.0.4."""
        return generate_latest(self._registry) + generate_latest(_now(state))


def _counter(registry: CollectorRegistry, name: str, told: str, label: str) -> Counter:
    return Counter(f"exchange_{name}", told, (label,), registry=registry)


def _now(state: State) -> CollectorRegistry:
    """Give the gauges of this moment; what is not known is left out rather than shown as it was before."""
    registry = CollectorRegistry()
    Info("exchange_model", "The model that embeds queries.", registry=registry).info({"name": state.model})
    Info("exchange_build", "The installed code.", registry=registry).info({"version": version("innovation-exchange")})
    gauges: dict[str, tuple[str, float]] = {
        "engine_up": ("1 while the search engine answers.", state.engine_up),
        "database_up": ("1 while the database answers.", state.outbox is not None),
    }
    if state.outbox is not None:
        gauges |= {
            "outbox_waiting_rows": ("Rows that wait for the index or are under way.", state.outbox.waiting),
            "outbox_parked_rows": ("Rows that failed too often and wait for somebody.", state.outbox.parked),
            "mail_waiting": ("Mails that wait to be sent.", state.outbox.mail_waiting),
            "mail_parked": (
                "Mails that were refused or failed too often and wait for somebody.",
                state.outbox.mail_parked,
            ),
            "outbox_lag_seconds": ("Age of the oldest waiting row; 0 when none waits.", state.outbox.lag),
        }
    for name, (told, value) in gauges.items():
        Gauge(f"exchange_{name}", told, registry=registry).set(value)
    return registry
