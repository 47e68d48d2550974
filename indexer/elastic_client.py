"""Clients of an Elasticsearch cluster, and its failures as sentences that name the setting; knows no index."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elastic_transport import ConnectionError as NoConnectionError
from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, Elasticsearch

from exchange.errors import InputError, SettingsError, UnavailableError
from indexer.engine import ReplacedError
from indexer.patience import asking

PATIENCE, BULK_PATIENCE = 2.0, 60.0
"""Seconds that a person waits for one answer, and that a batch of writes may take.

What is not answered in time is not tried again: a live node may have sent the request on to a frozen one, and the page
has a fallback. Only where a node cannot be reached, or breaks off, another is asked: that costs no time.
"""


class RefusedError(UnavailableError):
    """Say that the cluster answered, but not with what was asked for; perhaps the index was being replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where the cluster is, who asks, and for how many seconds a person waits; `ca` is the path of a file in PEM."""

    urls: tuple[str, ...]
    username: str | None = None
    password: str | None = None
    api_key: str | None = None
    ca: str | None = None
    patience: float = PATIENCE


@dataclass(frozen=True, slots=True)
class Clients:
    """One client for people, who do not wait long, and one for batches, which may take their time."""

    people: Elasticsearch
    bulk: Elasticsearch
    patience: float = PATIENCE

    @contextmanager
    def person(self) -> Iterator[Elasticsearch]:
        """Give people's client for one question, which may take no more than is left of a page's patience.

        Raises:
            UnavailableError: nothing is left.
        """
        with asking(self.patience) as seconds:
            yield self.people if seconds >= self.patience else self.people.options(request_timeout=seconds)

    def close(self) -> None:
        """Close the connections."""
        self.people.close()
        self.bulk.close()


def connect(access: Access) -> Clients:
    """Make the clients; nothing is sent yet.

    Raises:
        SettingsError: an address or the certificate authority cannot be used.
    """
    return Clients(_client(access, access.patience), _client(access, BULK_PATIENCE), access.patience)


def _client(access: Access, patience: float) -> Elasticsearch:
    options: dict[str, Any] = {
        "request_timeout": patience,
        "max_retries": len(access.urls) - 1,
        "retry_on_timeout": False,
        "retry_on_status": (),
    }
    if access.api_key:
        options["api_key"] = access.api_key
    elif access.username:
        options["basic_auth"] = (access.username, access.password or "")
    if access.ca:
        options["ca_certs"] = access.ca
    try:
        return Elasticsearch(list(access.urls), **options)
    except (ValueError, OSError) as error:
        raise SettingsError(
            f"Elasticsearch cannot be reached with these settings ({error}); "
            "look at EXCHANGE_ELASTICSEARCH_URL and EXCHANGE_ELASTICSEARCH_CA."
        ) from error


@contextmanager
def told() -> Iterator[None]:
    """Turn the client's errors into one sentence that says what does not work and which setting to look at."""
    try:
        yield
    except TlsError as error:
        raise UnavailableError(_untrusted(_short(error))) from error
    except ConnectionTimeout as error:
        raise UnavailableError("Elasticsearch did not answer in time.") from error
    except NoConnectionError as error:
        raise UnavailableError(
            f"Elasticsearch cannot be reached; look at EXCHANGE_ELASTICSEARCH_URL ({_short(error)})."
        ) from error
    except TransportError as error:
        raise UnavailableError(
            f"This is no answer of Elasticsearch; look at EXCHANGE_ELASTICSEARCH_URL ({_short(error)})."
        ) from error
    except ApiError as error:
        if error.status_code == 413:
            raise InputError("This is more than Elasticsearch takes at once; shorten the listing.") from error
        raise _refused(error) from error


def _untrusted(reason: str) -> str:
    if "WRONG_VERSION_NUMBER" in reason:
        return f"What answers speaks no TLS; look at EXCHANGE_ELASTICSEARCH_URL, which says https ({reason})."
    authority = "set EXCHANGE_ELASTICSEARCH_CA to the file of its authority"
    return f"The certificate of Elasticsearch is not trusted; {authority} ({reason})."


def _refused(error: ApiError) -> UnavailableError:
    kind = _kind(error)
    if error.status_code == 401:
        return UnavailableError(
            "Elasticsearch does not accept the name and password or the API key; look at "
            "EXCHANGE_ELASTICSEARCH_USERNAME, EXCHANGE_ELASTICSEARCH_PASSWORD and EXCHANGE_ELASTICSEARCH_API_KEY."
        )
    if kind == "cluster_block_exception":
        return UnavailableError(f"Elasticsearch refuses writes or reads for now ({_reason(error)}).")
    if error.status_code == 403:
        return UnavailableError(
            f"The account of EXCHANGE_ELASTICSEARCH_USERNAME or _API_KEY may not do this ({_reason(error)})."
        )
    if kind in {"index_not_found_exception", "alias_not_found_exception"}:
        return ReplacedError("The index was replaced by another one meanwhile.")
    if error.status_code == 429:
        return UnavailableError("Elasticsearch has too much to do and refused this; try again in a moment.")
    return RefusedError(f"Elasticsearch answered with an error ({kind}: {_reason(error)}).")


def _kind(error: ApiError) -> str:
    body = error.body
    told_kind = body.get("error") if isinstance(body, dict) else None
    return str(told_kind.get("type", "")) if isinstance(told_kind, dict) else str(error.message)


def _reason(error: ApiError) -> str:
    body = error.body
    told_kind = body.get("error") if isinstance(body, dict) else None
    if isinstance(told_kind, dict):
        causes = told_kind.get("root_cause") or [told_kind]
        return str(causes[0].get("reason") or told_kind.get("reason") or "")[:300]
    return str(error.message)[:300]


def _short(error: TransportError) -> str:
    return str(error.message).splitlines()[0][:200]
