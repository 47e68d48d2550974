"""The fields of the forms in which a listing is written, each shown from the content and read back; knows no step."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from exchange.content import Content, Outcome
from web import wording
from web.cards import Fact, Words
from web.forms import Form, show_date

LINE = 300
LONG = 5_000
LONGEST = 20_000
"""Characters of a description: several pages."""

Values = dict[str, list[str]]
Option = tuple[str, str] | tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The text that is worked on, the names of its codes, and how many rows to show at least where rows are added."""

    content: Content
    words: Words
    rows: int = 0


class Field(Protocol):
    """A field of a form that stands for one or more parts of the content; `macro` names what draws it."""

    @property
    def macro(self) -> str:
        """Name the macro of `components/posting.html` that draws it."""

    @property
    def name(self) -> str:
        """Give its name in the form."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the parts of the content that it changes."""

    @property
    def first(self) -> str:
        """Give the id of the control at which what is wrong is shown."""

    def shown(self, desk: Desk) -> Values:
        """Give what the form shows."""

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give what was typed, as parts of the content; what cannot be used is noted in the form."""

    def options(self, desk: Desk) -> tuple[Option, ...]:
        """Give what can be chosen: value, label and hint."""

    def told(self, content: Content, words: Words) -> tuple[Fact, ...]:
        """Say in words what the content states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """What all fields have that stand for one part of the content, under the part's own name."""

    macro: ClassVar[str]
    name: str
    label: str
    hint: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the part of the content."""
        return (self.name,)

    @property
    def first(self) -> str:
        """Give the id of the control."""
        return self.name

    def options(self, desk: Desk) -> tuple[Option, ...]:
        """Give no options: most fields are typed into."""
        del desk
        return ()

    def told(self, content: Content, words: Words) -> tuple[Fact, ...]:
        """Say the part in words."""
        return (Fact(self.label, self.said(getattr(content, self.name), words)),)

    def said(self, value: Any, words: Words) -> str | None:
        """Say a value in words."""
        del words
        return None if value is None else str(value)


def within(form: Form, name: str, most: int, what: str) -> str | None:
    """Give a field's text; a longer one than `most` characters is noted."""
    text = form.text(name)
    if len(text) > most:
        form.refuse(name, f"{what} has {len(text):,} characters; cut it to {most:,} or fewer.")
    return text or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(One):
    """A line of text; `required` is said where nothing was typed."""

    macro: ClassVar[str] = "line"
    required: str | None = None
    most: int = LINE

    def shown(self, desk: Desk) -> Values:
        """Give the text."""
        return {self.name: [getattr(desk.content, self.name) or ""]}

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the text."""
        del desk
        text = within(form, self.name, self.most, f"“{self.label}”")
        if self.required is not None and text is None:
            form.refuse(self.name, self.required)
        return {self.name: text or ("" if self.required is not None else None)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Area(Line):
    """A longer text, with the number of words that it may have."""

    macro: ClassVar[str] = "area"
    most: int = LONG
    lines: int = 5
    words: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOutcome(Area):
    """One outcome's statement, where nothing else is asked of it yet."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the outcomes."""
        return ("outcomes",)

    def shown(self, desk: Desk) -> Values:
        """Give the statement of the first."""
        first = (desk.content.outcomes or (Outcome(statement=""),))[0]
        return {self.name: [first.statement]}

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the outcome."""
        del desk
        text = within(form, self.name, self.most, f"“{self.label}”")
        return {"outcomes": (Outcome(statement=text),) if text else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(One):
    """A whole number from 0; `what` begins the sentence that says what is wrong with it."""

    macro: ClassVar[str] = "number"
    what: str
    width: int = 5
    prefix: str | None = None

    def shown(self, desk: Desk) -> Values:
        """Give the number, with commas."""
        value = getattr(desk.content, self.name)
        return {self.name: [f"{value:,}" if value is not None else ""]}

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the number."""
        del desk
        return {self.name: form.whole(self.name, self.what)}

    def said(self, value: Any, words: Words) -> str | None:
        """Say the number."""
        del words
        return f"{self.prefix or ''}{value:,}" if value is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(One):
    """A date in three fields."""

    macro: ClassVar[str] = "day"
    what: str

    def shown(self, desk: Desk) -> Values:
        """Give day, month and year."""
        empty: Values = {f"{self.name}-{part}": [""] for part in ("day", "month", "year")}
        return empty | show_date(getattr(desk.content, self.name), self.name)

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the date."""
        del desk
        return {self.name: form.day(self.name, self.what)}

    def said(self, value: Any, words: Words) -> str | None:
        """Say the date."""
        del words
        return wording.day(value) if value else None
