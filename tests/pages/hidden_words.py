"""A walk over every address of the site as different people, which says where any of some words can be read."""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from people import enter
from real_site import BASE_URL, RealSite
from seen import LEEDS
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from exchange.database import writing
from exchange.running import api_keys
from web.routes import routes

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
CODES = ("short-breaks", "dementia", LEEDS, "area", "group", "innovation", "need", "needs", "innovations")
"""What stands for a parameter that no number fits."""
READ = [route for route in routes() if isinstance(route, Route) and "GET" in (route.methods or ())]


def turned_away(answer: Response) -> bool:
    """Say whether an address is not for this person at all, whatever number stands in it."""
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in?next=")
    return to_sign_in or (answer.status_code == 403 and "for people with the role" in answer.text)


@dataclass
class Walk:
    """The site, the numbers that addresses are filled with, and the searches that find what is hidden.

    A search is for other words of the same texts: the page of a search shows what was typed.
    """

    site: RealSite
    people: Mapping[str, int]
    numbers: Collection[int]
    comments: Collection[int]
    searches: Collection[str]
    answered: dict[str, set[int]] = field(default_factory=dict)

    def found(self, words: Collection[str]) -> set[tuple[str, str, str]]:
        """Give (person, address pattern, word) wherever a word can be read, by nobody and by each of the people."""
        found = set()
        for who in (None, *self.people):
            client, headers = self._browser(who)
            shut = set()
            for pattern, path in self._paths():
                if pattern in shut:
                    continue
                answer = client.get(path, headers=headers if pattern.startswith("/api/v1") else {})
                assert answer.status_code < 500, (who, path, answer.text[:300])
                self.answered.setdefault(pattern, set()).add(answer.status_code)
                if turned_away(answer):
                    shut.add(pattern)
                text = answer.content.decode(errors="replace") + str(answer.headers)
                found |= {(who or "nobody", pattern, word) for word in words if word.lower() in text.lower()}
        return found

    def _paths(self) -> Iterator[tuple[str, str]]:
        for route in READ:
            names = PARAMETER.findall(route.path)
            for values in itertools.product(*[self._values(name) for name in names]):
                path = route.path
                for value in values:
                    path = PARAMETER.sub(str(value), path, count=1)
                yield route.path, path
                if not names:
                    yield from ((route.path, f"{path}?q={text}&closed=1") for text in self.searches)

    def _values(self, name: str) -> Collection[int | str]:
        if name == "comment":
            return self.comments
        return self.numbers if name in {"id", "number"} else CODES

    def _browser(self, who: str | None) -> tuple[TestClient, dict[str, str]]:
        client = TestClient(self.site.client.app, BASE_URL, follow_redirects=False)
        if who is None:
            return client, {}
        now = self.site.client.app.state.site.clock()
        enter(client, self.site.database, self.people[who], now)
        with writing(self.site.database) as session:
            number = len(self.answered) + int(now.timestamp())
            key = api_keys.make(session, self.people[who], f"walk {number}", now + timedelta(seconds=1))
        return client, {"authorization": f"Bearer {key.secret}"}
