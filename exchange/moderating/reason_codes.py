"""Why a listing is refused or withdrawn: the closed list, each with what its author reads; knows no listing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from exchange.content import clean
from exchange.errors import InputError


class ReasonCode(StrEnum):
    """The reasons for which a moderator says no; kept with the decision."""

    OUT_OF_SCOPE = "out_of_scope"
    ADVERTISING = "advertising"
    UNLAWFUL = "unlawful"
    PERSONAL_DATA = "personal_data"
    MISLEADING = "misleading"
    DUPLICATE = "duplicate"
    INCOMPLETE = "incomplete"
    OTHER = "other"


LABELS: Mapping[ReasonCode, str] = {
    ReasonCode.OUT_OF_SCOPE: "Out of scope",
    ReasonCode.ADVERTISING: "Advertising, not an innovation or a need",
    ReasonCode.UNLAWFUL: "Unlawful or harmful",
    ReasonCode.PERSONAL_DATA: "Personal data",
    ReasonCode.MISLEADING: "Misleading claim",
    ReasonCode.DUPLICATE: "Duplicate",
    ReasonCode.INCOMPLETE: "Incomplete",
    ReasonCode.OTHER: "Another reason",
}

DEFAULT_TEXTS: Mapping[ReasonCode, str] = {
    ReasonCode.OUT_OF_SCOPE: (
        "The exchange is for public services that charities and social enterprises provide or want to provide. This "
        "listing is about something else."
    ),
    ReasonCode.ADVERTISING: (
        "This listing advertises a product or an organisation. A listing says what changes, for whom, and how."
    ),
    ReasonCode.UNLAWFUL: "This listing describes something that is unlawful, or that could harm people.",
    ReasonCode.PERSONAL_DATA: (
        "This listing holds details by which a person can be known. Take out names, addresses and anything else that "
        "points to one person."
    ),
    ReasonCode.MISLEADING: "This listing claims something that its evidence does not show.",
    ReasonCode.DUPLICATE: "The same is listed already. Change the listing that is there instead of posting it again.",
    ReasonCode.INCOMPLETE: "This listing does not say enough for others to judge what it is, for whom and where.",
    ReasonCode.OTHER: "",
}
"""What the author reads where a moderator writes nothing; another reason must be written."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a reason of the list, and what the author reads, which is the reason's own text where it is blank."""

    code: ReasonCode
    text: str | None = None

    @property
    def words(self) -> str:
        """Give what the author reads; empty where another reason was not written."""
        return clean(self.text or "") or DEFAULT_TEXTS[self.code]


def label_of(code: str | None) -> str | None:
    """Give the label of a code as it is kept; None where none is, or it is of an older list."""
    try:
        return LABELS[ReasonCode(code)] if code else None
    except ValueError:
        return None


def short_enough(text: str | None, longest: int, field: str) -> str | None:
    """Give a text without NUL and without blanks around it; None where nothing is left.

    Raises:
        InputError: it is longer than allowed; the sentence says how long it is.
    """
    given = clean(text or "").replace("\r\n", "\n")
    if len(given) > longest:
        raise InputError(f"This text has {len(given):,} characters; cut it to {longest:,} or fewer.", field=field)
    return given or None
