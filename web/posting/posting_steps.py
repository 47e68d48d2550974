"""What a step of writing a listing is: fields of a form on one page; knows no question and no request."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.content import Content, edition
from exchange.errors import InputError
from exchange.listing.drafts import StepText
from web.cards import Fact, Words
from web.forms import Form
from web.posting.posting_fields import Desk, Field, Values
from web.posting.posting_rows import marks_chosen, marks_shown

SEEN = "seen"
"""The hidden field with the mark of what a person saw of a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of questions: its name in the address, in the list of steps and above the page."""

    name: str
    task: str
    heading: str
    lead: str | None = None
    fields: tuple[Field, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """Name the parts of the content that it changes."""
        return tuple(dict.fromkeys(part for field in self.fields for part in field.fields))

    def mark(self, content: Content) -> str:
        """Give the mark of what a person sees of it."""
        return edition(content, *self.parts)

    def shown(self, desk: Desk) -> Form:
        """Give its form as it is first shown."""
        values: Values = {SEEN: [self.mark(desk.content)]}
        for field in self.fields:
            values |= field.shown(desk)
        return Form(values)

    def read(self, form: Form, desk: Desk) -> StepText:
        """Give what was typed; what cannot be used is noted in the form."""
        values: dict[str, Any] = {}
        for field in self.fields:
            values |= field.read(form, desk)
        return StepText(values=values, seen=form.text(SEEN), was=marks_shown(form), named=marks_chosen(form))

    def note(self, form: Form, problems: Sequence[InputError]) -> None:
        """Note in the form, at their controls, those problems that are this step's."""
        for problem in problems:
            if problem.field in self.parts:
                form.refuse(self.control(problem.field), str(problem))

    def control(self, part: str | None) -> str:
        """Give the id of the control of a part of the content; the first one's where no part is named."""
        field = next((field for field in self.fields if part in field.fields), self.fields[0])
        return field.first

    def told(self, content: Content, words: Words) -> Iterator[Fact]:
        """Say in words what the content states in this step."""
        for field in self.fields:
            yield from field.told(content, words)

    def begun(self, content: Content) -> bool:
        """Say whether anything is stated in it."""
        stated = (getattr(content, part) for part in self.parts)
        return any(value is not None and value != "" for value in stated)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Steps under one heading of the list."""

    heading: str
    steps: tuple[Step, ...]
