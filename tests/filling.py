"""Filling in forms as a browser without JavaScript does: the page is read, its fields changed, the form sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from starlette.responses import Response
from starlette.testclient import TestClient

Value = str | Iterable[str] | None


@dataclass
class Found:
    """One form of a page: where it goes and what it would send as it stands; a button sends only when pressed."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path, self.forms, self.by_id = path, [], {}
        self.current: Found | None = None
        self.area: tuple[Found, str] | None = None
        self.choice: tuple[Found, str] | None = None
        self.text = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.current = Found(given.get("action") or self.path, (given.get("method") or "get").lower())
            self.forms.append(self.current)
            self.by_id[given.get("id")] = self.current
        form = self.by_id.get(given["form"]) if "form" in given else self.current
        if form is None or (tag == "option" and self.choice is None):
            return
        name = given.get("name")
        if tag == "input" and name:
            self._input(form, name, given)
        elif tag == "textarea" and name:
            form.names.add(name)
            self.area, self.text = (form, name), ""
        elif tag == "select" and name:
            form.names.add(name)
            self.choice = form, name
        elif tag == "option" and self.choice and ("selected" in given or self.choice[1] not in form.values):
            form.values[self.choice[1]] = [given.get("value") or ""]
        elif tag == "button" and given.get("type", "submit") == "submit" and name:
            form.buttons.append((name, given.get("value") or ""))

    def _input(self, form, name, given):
        kind = (given.get("type") or "text").lower()
        form.names.add(name)
        if kind in {"submit", "button"}:
            form.buttons.append((name, given.get("value") or ""))
        elif kind not in {"checkbox", "radio"} or "checked" in given:
            form.values.setdefault(name, []).append(given.get("value") or "")

    def handle_data(self, data):
        if self.area:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            form, name = self.area
            form.values.setdefault(name, []).append(self.text.removeprefix("\n"))
            self.area = None
        elif tag == "select":
            self.choice = None
        elif tag == "form":
            self.current = None


def forms_in(page: str, path: str = "/") -> list[Found]:
    """Give the forms of a page that are posted."""
    reader = _Reader(path)
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]


def send(
    client: TestClient,
    path: str,
    changes: Mapping[str, Value] | None = None,
    *,
    action: str | None = None,
    press: tuple[str, str] | None = None,
) -> Response:
    """Open the page at a path, change fields of its form and send it; `action` says which form, None empties a field.

    A field that the form does not have fails the test: what is tested must be what a person can do.
    """
    opened = client.get(path)
    assert opened.status_code == 200, (path, opened.status_code, opened.text[:300])
    return send_from(client, opened.text, changes, path=path, action=action, press=press)


def send_from(
    client: TestClient,
    page: str,
    changes: Mapping[str, Value] | None = None,
    *,
    path: str = "/",
    action: str | None = None,
    press: tuple[str, str] | None = None,
) -> Response:
    """The same from a page that is open already."""
    forms = [form for form in forms_in(page, path) if form.action != "/sign-out" or action == "/sign-out"]
    if action is not None:
        forms = [form for form in forms if form.action == action]
    assert len(forms) == 1, (path, action, [form.action for form in forms])
    form = forms[0]
    values = {name: list(given) for name, given in form.values.items()}
    for name, value in (changes or {}).items():
        assert name in form.names, (name, sorted(form.names))
        values[name] = [] if value is None else [value] if isinstance(value, str) else list(value)
    if press is not None:
        assert press in form.buttons, (press, form.buttons)
        values.setdefault(press[0], []).append(press[1])
    return client.post(form.action, data=values)
