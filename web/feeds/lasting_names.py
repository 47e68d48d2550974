"""Names of feeds, entries and events that stay what they are when the site moves; knows no address and no format."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

NAMESPACE = UUID("6f0dbb63-1e6b-4d0c-9b5e-6f2f8a3f7c51")
"""Of all exchanges; the day on which one was set up tells it from the others."""


@dataclass(frozen=True, slots=True)
class LastingNames:
    """Names made from the moment an exchange was set up and from what is named.

    A reader shows an entry again whose name changed (RFC 4287, 4.2.6: a name must not change when it moves), so no
    name holds the site's host, as a `tag:` of RFC 4151 would.
    """

    founded: datetime

    def uuid(self, what: str) -> UUID:
        """Name one thing, such as `listing/12`."""
        return uuid5(uuid5(NAMESPACE, self.founded.isoformat()), what)

    def urn(self, what: str) -> str:
        """Name one thing as an address."""
        return self.uuid(what).urn
