"""What a person typed into a form: read, kept as typed, and told what is wrong with it; knows no use-case."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from exchange.content import clean
from exchange.errors import InputError

LARGEST = 500_000
"""Bytes of a form: more than ten times the longest description that fits."""
LARGEST_KEPT = 900_000
"""Bytes of the form that signs in and brings along what was typed before, encoded once more."""
MOST_FIELDS = 2_000

TOO_LARGE = (
    "What you sent is larger than a form may be ({:,} bytes). Nothing was saved. Go back in your browser, where the "
    "text still is, and shorten it."
)
UNREADABLE = "The form could not be read. Go back in your browser and send it again."

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, in a sentence that says what to do."""

    field: str
    sentence: str


@dataclass(slots=True)
class Form:
    """A form as it was typed, or as it is first shown, with what is wrong.

    Reading a field that cannot be used notes a problem and gives None; `problems` is looked at once, at the end.
    """

    values: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Give a field's text without blanks around it and without NUL; empty where it is not there."""
        return clean(self.values.get(name, [""])[-1]).replace("\r\n", "\n")

    def stated(self, name: str) -> str | None:
        """Give a field's text, None where nothing was typed."""
        return self.text(name) or None

    def many(self, name: str) -> list[str]:
        """Give all values of a field, blanks left out, each once."""
        return list(dict.fromkeys(value for raw in self.values.get(name, []) if (value := clean(raw))))

    def has(self, name: str, value: str) -> bool:
        """Say whether a box or button of that value was chosen: for the template."""
        return value in self.values.get(name, [])

    def required(self, name: str, sentence: str) -> str:
        """Give a field's text; note the sentence where nothing was typed."""
        text = self.text(name)
        if not text:
            self.refuse(name, sentence)
        return text

    def whole(self, name: str, what: str) -> int | None:
        """Give a whole number from 0, typed with or without £, commas and spaces."""
        text = self.text(name).replace(",", "").replace("£", "").replace(" ", "")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 12):
            self.refuse(name, f"{what} must be a whole number, such as 25,000.")
            return None
        return int(text)

    def day(self, name: str, what: str) -> date | None:
        """Give a date from three fields, `name-day`, `name-month` and `name-year`."""
        parts = [self.text(f"{name}-{part}") for part in ("day", "month", "year")]
        if not any(parts):
            return None
        try:
            day, month, year = (int(part) for part in parts)
            value = date(year, month, day)
        except ValueError:
            value = date.min
        if 2000 <= value.year <= 2100:
            return value
        self.refuse(name, f"{what} must be a real date with day, month and year, such as 27 3 2027.")
        return None

    def choice(self, words: type[Word], name: str, what: str) -> Word | None:
        """Give the chosen word of a closed list; None where nothing was chosen."""
        text = self.text(name)
        if not text:
            return None
        try:
            return words(text)
        except ValueError:
            self.refuse(name, f"{what}: choose one of the list.")
            return None

    def refuse(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(Problem(name, sentence))

    def refuse_error(self, error: InputError, otherwise: str) -> None:
        """Note what a use-case refused, at its field or at the one named."""
        self.refuse(error.field or otherwise, str(error))

    def problem(self, name: str) -> str | None:
        """Give the first thing that is wrong with a field: for the template."""
        return next((problem.sentence for problem in self.problems if problem.field == name), None)

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Give every pair as it was typed, but the fields named."""
        return [(name, value) for name, values in self.values.items() if name not in without for value in values]


def form_of(request: Request) -> Form:
    """Give the form that a POST brought; an empty one otherwise."""
    form: Form | None = getattr(request.state, "form", None)
    return form if form is not None else Form()


def show_date(value: date | None, name: str) -> dict[str, list[str]]:
    """Give the values of the three fields of a date, to show it in a form."""
    if value is None:
        return {}
    return {f"{name}-day": [str(value.day)], f"{name}-month": [str(value.month)], f"{name}-year": [str(value.year)]}


async def read_form(request: Request, largest: int = LARGEST) -> Form:
    """Read the body of a POST, of so many bytes at most.

    Raises:
        InputError: it is too large, or no form.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise InputError(TOO_LARGE.format(largest))
    return parse(bytes(body))


def parse(body: bytes) -> Form:
    """Read an urlencoded form.

    Raises:
        InputError: it cannot be read.
    """
    form = Form()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError as error:
        raise InputError(UNREADABLE) from error
    for name, value in pairs:
        form.values.setdefault(name, []).append(value.replace("\x00", ""))
    return form
