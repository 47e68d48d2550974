"""What pages say of the reply promise: concluding a need, what came of it, figures, still true; knows no request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from exchange.introducing.needs import WORDS, CameOfIt
from exchange.introducing.reply_rate import Figures
from exchange.introducing.respondents import ANSWERING
from exchange.models import Listing, State
from exchange.models_introductions import Conclusion, Introduction
from exchange.working_days import london_date
from web import links, wording
from web.cards import Card
from web.forms import Form
from web.rendering import Page

CHOICES = (
    (CameOfIt.RESPONDENT, "We chose one or more of those who answered"),
    (CameOfIt.SOMEBODY_ELSE, "We chose somebody else"),
    (CameOfIt.OURSELVES, "We do it ourselves"),
    (CameOfIt.NOT_GOING_AHEAD, "It does not go ahead"),
)
NEUTRAL = "Thank you, {}, for answering our need. Our decision and the reason for it are given with this line."
CHOSEN = "Thank you, {}, for answering our need. We have chosen you and will be in touch about what comes next."
NOT_CHOSEN = (
    "Thank you, {}, for answering our need and for the work that went into it. We have not chosen you this time; the "
    "reason is given with this line."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """One who waits: who it is, what they wrote, and the lines that may stand ready for them."""

    id: int
    name: str
    text: str
    href: str
    field: str
    box: str
    neutral: str
    chosen: str
    not_chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcludePage(Page):
    """What `/my/listings/{id}/conclude` shows; `together` are those with whom it goes ahead already."""

    template: ClassVar[str] = "pages/conclude.html"

    caption: str
    action: str
    overview: str
    still_open: str | None
    form: Form
    choices: tuple[tuple[str, str], ...]
    respondents: tuple[Respondent, ...]
    together: tuple[str, ...]
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StillTruePage(Page):
    """What `/my/listings/{id}/still-true` shows."""

    template: ClassVar[str] = "pages/still_true.html"

    card: Card
    action: str
    told_on: str
    overview: str
    close: str


@dataclass(frozen=True, slots=True)
class Concluded:
    """What came of a need, as everybody may read it; names no respondent."""

    day: str
    came_of_it: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replies:
    """The two figures of a public body in words; `rate` is None where no reply was due yet."""

    rate: str | None
    days: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Everybody in an introduction over a need, with the names of their organisations."""

    open: Sequence[Introduction]
    together: Sequence[Introduction]
    names: dict[int, str]
    said: dict[int, str]
    """What each of them said first."""

    @property
    def answering(self) -> list[Introduction]:
        """Give those to whom an answer is owed."""
        return [row for row in self.open if row.state in ANSWERING]

    def name(self, introduction: Introduction) -> str:
        """Name the innovator's organisation."""
        return self.names[introduction.innovator_organisation_id]


def conclude_page(need: Listing, waiting: Waiting, form: Form) -> ConcludePage:
    """Build the page; a line that was not typed yet stands ready, and one that was emptied stays empty."""
    respondents = tuple(_respondent(row, waiting, first=at == 0) for at, row in enumerate(waiting.answering))
    for respondent in respondents:
        form.values.setdefault(respondent.field, [respondent.neutral])
    somebody = bool(respondents or waiting.together)
    title = "What came of this need?"
    return ConcludePage(
        title=f"Error: {title}" if form.problems else title,
        caption=need.title,
        action=f"{links.my_listing(need.id)}/conclude",
        overview=links.my_listing(need.id),
        still_open=_still_open(need),
        form=form,
        choices=tuple((value, label) for value, label in CHOICES if somebody or value is not CameOfIt.RESPONDENT),
        respondents=respondents,
        together=tuple(waiting.name(row) for row in waiting.together),
        unanswered=len(waiting.open) - len(respondents),
    )


def concluded(conclusion: Conclusion | None) -> Concluded | None:
    """Say what came of a need; None where nothing was said."""
    if conclusion is None:
        return None
    day = wording.day(london_date(conclusion.at))
    return Concluded(day, WORDS[CameOfIt(conclusion.outcome)], conclusion.reason)


def replies(figures: Figures) -> Replies:
    """Say how a public body keeps its reply promise."""
    if figures.rate is None:
        return Replies(None, None)
    answered = round(figures.rate * figures.counted)
    percent = 100 * answered // figures.counted  # never rounded up to all
    rate = f"{percent}% answered by the reply date ({answered:,} of {wording.plural(figures.counted, 'respondent')})"
    days = None if figures.median_days is None else f"{figures.median_days:g}"
    return Replies(rate, days and f"{days} {'day' if days == '1' else 'days'} (median)")


def _respondent(introduction: Introduction, waiting: Waiting, *, first: bool) -> Respondent:
    name = waiting.name(introduction)
    return Respondent(
        id=introduction.id,
        name=name,
        text=waiting.said.get(introduction.id, introduction.text),
        href=f"/my/introductions/{introduction.id}",
        field=f"line-{introduction.id}",
        box="chosen" if first else f"chosen-{introduction.id}",
        neutral=NEUTRAL.format(name),
        chosen=CHOSEN.format(name),
        not_chosen=NOT_CHOSEN.format(name),
    )


def _still_open(need: Listing) -> str | None:
    if need.state != State.PUBLISHED:
        return None
    until = f" until {wording.day(need.closes_on)}" if need.closes_on else ""
    return f"This need takes answers{until}. If you conclude it now, it takes no more."
