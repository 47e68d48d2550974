"""Fields of which something is chosen or named: words of a list, codes of the taxonomy, places; knows no step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from exchange.errors import InputError
from exchange.place.place_names import codes_of, names_of
from web.cards import Words
from web.forms import Form
from web.posting.posting_fields import Desk, One, Option, Values

NOT_STATED: Option = ("", "Not stated")


def _kept_first(before: Sequence[Any] | None, chosen: Sequence[Any]) -> tuple[Any, ...] | None:
    """Give what was chosen, what stood before in its old order: a form sent back as it was changes nothing."""
    kept = [value for value in before or () if value in chosen]
    return (*kept, *(value for value in chosen if value not in kept)) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(One):
    """One word of a closed list, or "not stated"."""

    macro: ClassVar[str] = "radios"
    words: type[StrEnum]
    labels: Mapping[Any, str]

    def options(self, desk: Desk) -> tuple[Option, ...]:
        """Give the words."""
        del desk
        return (*((word.value, self.labels[word]) for word in self.words), NOT_STATED)

    def shown(self, desk: Desk) -> Values:
        """Give the word."""
        return {self.name: [getattr(desk.content, self.name) or ""]}

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the word."""
        del desk
        return {self.name: form.choice(self.words, self.name, self.label)}

    def said(self, value: Any, words: Words) -> str | None:
        """Say the word's label."""
        del words
        return self.labels[value] if value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyOf(OneOf):
    """Words of a closed list."""

    macro: ClassVar[str] = "boxes"

    def options(self, desk: Desk) -> tuple[Option, ...]:
        """Give the words."""
        del desk
        return tuple((word.value, self.labels[word]) for word in self.words)

    def shown(self, desk: Desk) -> Values:
        """Give the words."""
        return {self.name: [word.value for word in getattr(desk.content, self.name) or ()]}

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the words that are on offer."""
        chosen = form.many(self.name)
        return {self.name: _kept_first(getattr(desk.content, self.name), [w for w in self.words if w.value in chosen])}

    def said(self, value: Any, words: Words) -> str | None:
        """Say the words' labels."""
        del words
        return "; ".join(self.labels[word] for word in value) if value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo(One):
    """Yes, no, or "not stated"."""

    macro: ClassVar[str] = "radios"
    yes: str = "Yes"
    no: str = "No"

    def options(self, desk: Desk) -> tuple[Option, ...]:
        """Give yes, no and "not stated"."""
        del desk
        return (("yes", self.yes), ("no", self.no), NOT_STATED)

    def shown(self, desk: Desk) -> Values:
        """Give the answer."""
        return {self.name: [{True: "yes", False: "no", None: ""}[getattr(desk.content, self.name)]]}

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the answer."""
        del desk
        return {self.name: {"yes": True, "no": False}.get(form.text(self.name))}

    def said(self, value: Any, words: Words) -> str | None:
        """Say the answer."""
        del words
        return {True: self.yes, False: self.no}.get(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes(One):
    """Areas or groups of the taxonomy; a code that it has no more stays until its box is cleared."""

    macro: ClassVar[str] = "boxes"
    scheme: str

    def options(self, desk: Desk) -> tuple[Option, ...]:
        """Give every entry, each below its parent, with what it means."""
        entries = desk.words.taxonomy.scheme(self.scheme)
        known = {entry.code for entry in entries}
        former = [code for code in getattr(desk.content, self.name) or () if code not in known]
        return (*((entry.code, entry.label) for entry in entries), *((code, code) for code in former))

    def shown(self, desk: Desk) -> Values:
        """Give the codes."""
        return {self.name: list(getattr(desk.content, self.name) or ())}

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the codes that are on offer."""
        chosen = form.many(self.name)
        offered = [option[0] for option in self.options(desk) if option[0] in chosen]
        return {self.name: _kept_first(getattr(desk.content, self.name), offered)}

    def said(self, value: Any, words: Words) -> str | None:
        """Say the labels."""
        return "; ".join(words.taxonomy.label(self.scheme, code) for code in value) if value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNames(One):
    """Places by name, one a line."""

    macro: ClassVar[str] = "area"
    lines: int = 3
    words: None = None

    def shown(self, desk: Desk) -> Values:
        """Give the names."""
        return {self.name: [names_of(getattr(desk.content, self.name), desk.words.gazetteer)]}

    def read(self, form: Form, desk: Desk) -> dict[str, Any]:
        """Give the codes."""
        try:
            return {self.name: codes_of(form.text(self.name), desk.words.gazetteer, self.name)}
        except InputError as error:
            form.refuse_error(error, self.name)
            return {}

    def said(self, value: Any, words: Words) -> str | None:
        """Say the places."""
        return words.places(value)
