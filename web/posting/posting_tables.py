"""The steps in which a listing is written, as one table a kind; knows no request and no listing's row."""

from collections.abc import Mapping

from exchange.content import Kind, Stage
from exchange.errors import NotFoundError
from web import wording
from web.posting.posting_choices import OneOf, PlaceNames, YesNo
from web.posting.posting_fields import Area, Day, FirstOutcome, Number
from web.posting.posting_questions import (
    AREAS,
    DELIVERS,
    OUTCOME_HINT,
    PLACES_HINT,
    PROBLEM,
    REQUIRED,
    SUMMARY,
    TITLE,
    WHO,
    description,
    money,
)
from web.posting.posting_rows import STATEMENT, EvidenceItems, Outcomes, ValueGrid
from web.posting.posting_steps import Chapter, Step

QUICK: Mapping[Kind, Step] = {
    Kind.INNOVATION: Step(
        name="innovation",
        task="Describe it",
        heading="Describe it in two minutes",
        lead="When you save, you see needs that it could meet and ideas that are near to it. The rest can wait.",
        fields=(
            TITLE,
            SUMMARY,
            FirstOutcome(name="outcome", label="What changes?", hint=OUTCOME_HINT, lines=2, most=STATEMENT),
            *WHO,
            DELIVERS,
        ),
    ),
    Kind.NEED: Step(
        name="need",
        task="Describe it",
        heading="Describe the need in two minutes",
        lead="When you save, you see innovations that could meet it and needs that are near to it, before anybody else "
        "sees yours. The rest can wait.",
        fields=(
            TITLE,
            PROBLEM,
            FirstOutcome(
                name="outcome",
                label="What should change?",
                hint="The most important change, not the way to it.",
                lines=2,
                most=STATEMENT,
            ),
            *WHO,
            REQUIRED,
        ),
    ),
}
"""The first page of each kind: fields of several steps, so that matches can be shown as soon as it is saved."""

_INNOVATION = (
    Chapter(
        "What it is",
        (
            Step(
                name="describe",
                task="Title, summary and who it is for",
                heading="What is it, and who is it for?",
                fields=(TITLE, SUMMARY, *WHO),
            ),
            Step(
                name="description",
                task="Description",
                heading="How does it work?",
                fields=(
                    description(
                        "Description",
                        "What people get, how often, from whom; what makes it different. Contact details belong on "
                        "your organisation's page.",
                    ),
                ),
            ),
            Step(
                name="stage",
                task="Stage",
                heading="How far has it come?",
                fields=(OneOf(name="stage", label="Stage", words=Stage, labels=wording.STAGES),),
            ),
            AREAS,
        ),
    ),
    Chapter(
        "What it changes",
        (
            Step(
                name="outcomes",
                task="Outcomes",
                heading="What changes, and how do you know?",
                lead=OUTCOME_HINT,
                fields=(Outcomes(name="outcomes", label="Outcomes"),),
            ),
            Step(
                name="evidence",
                task="Evidence",
                heading="What evidence do you have?",
                lead="Say of each item which kind it is. The level of your listing follows from the kinds.",
                fields=(EvidenceItems(name="evidence", label="Evidence"),),
            ),
            Step(
                name="value",
                task="Full value",
                heading="What is its full value?",
                lead="List first what it gives to whom; then say which evidence you have. A cell left empty reads “Not "
                "claimed”: that is better than a claim nobody believes.",
                fields=(ValueGrid(name="full_value", label="Full value"),),
            ),
        ),
    ),
    Chapter(
        "Buying it and working with you",
        (
            Step(
                name="money",
                task="Money and way of funding",
                heading="What does it cost a buyer?",
                fields=money("Cost to a buyer"),
            ),
            Step(
                name="places",
                task="Places",
                heading="Where do you work, and where would you?",
                fields=(
                    DELIVERS,
                    PlaceNames(
                        name="would_deliver_in",
                        label="Where else would you deliver it?",
                        hint=f"{PLACES_HINT} Buyers there find you too, below those who are there already.",
                    ),
                ),
            ),
            Step(
                name="partners",
                task="Partners",
                heading="Would you work with partners?",
                fields=(
                    YesNo(
                        name="open_to_partners",
                        label="Are you open to partners?",
                        hint="Several organisations together can answer what one cannot carry.",
                        yes="Yes, we are open to partners",
                        no="No, we deliver it ourselves",
                    ),
                ),
            ),
        ),
    ),
)

_NEED = (
    Chapter(
        "What you need",
        (
            Step(
                name="describe",
                task="Title and summary",
                heading="What do you need?",
                fields=(TITLE, PROBLEM),
            ),
            Step(
                name="outcomes",
                task="Outcomes required",
                heading="Which outcomes do you require?",
                lead="Be tight on outcomes: they are what answers are judged by.",
                fields=(Outcomes(name="outcomes", label="Outcomes required"),),
            ),
            Step(
                name="how",
                task="Method",
                heading="Must it be done in a certain way?",
                lead="Be tight on outcomes, loose on how. Leave this empty unless law or safety asks for a method.",
                fields=(
                    Area(name="method", label="Method (optional)", hint="What must be so, and why.", lines=6),
                    YesNo(
                        name="open_to_partners",
                        label="May several organisations answer together?",
                        yes="Yes, partners may answer together",
                        no="No, one organisation only",
                    ),
                ),
            ),
            Step(
                name="description",
                task="The problem",
                heading="What is the problem?",
                fields=(
                    description(
                        "The problem",
                        "Who lives with it, how many they are, what was tried, and what it costs now.",
                    ),
                ),
            ),
            AREAS,
        ),
    ),
    Chapter(
        "For whom and where",
        (
            Step(name="who", task="Who it is for", heading="Who is it for?", fields=WHO),
            Step(name="where", task="Places", heading="Where is it required?", fields=(REQUIRED,)),
        ),
    ),
    Chapter(
        "Money, dates and weights",
        (
            Step(
                name="money",
                task="Money, way of funding and term",
                heading="What money is there, for how long?",
                fields=money("Budget"),
            ),
            Step(
                name="dates",
                task="Dates",
                heading="Until when can people answer, and when do they hear from you?",
                lead="Give at least six weeks to answer, and more where organisations must find partners first.",
                fields=(
                    Day(
                        name="closes_on", label="Closing date", hint="The last day to answer.", what="The closing date"
                    ),
                    Day(
                        name="reply_by",
                        label="Reply date",
                        hint="By this day you have told everybody who answered what became of it. You are reminded, "
                        "and your reply rate is public.",
                        what="The reply date",
                    ),
                    Day(name="start_on", label="Start of the work, if known", what="The start"),
                ),
            ),
            Step(
                name="weights",
                task="Weights",
                heading="How do you weigh price and quality?",
                lead="The two together make 100.",
                fields=(
                    Number(name="price_weight", label="Price", what="The weight of price", width=3),
                    Number(name="quality_weight", label="Quality", what="The weight of quality", width=3),
                ),
            ),
        ),
    ),
)

CHAPTERS: Mapping[Kind, tuple[Chapter, ...]] = {Kind.INNOVATION: _INNOVATION, Kind.NEED: _NEED}
STEP_NAMES = tuple(dict.fromkeys(s.name for chapters in CHAPTERS.values() for c in chapters for s in c.steps))
"""The names of all steps, for the table of routes."""


def steps_of(kind: Kind) -> tuple[Step, ...]:
    """Give the steps of a kind in their order."""
    return tuple(step for chapter in CHAPTERS[kind] for step in chapter.steps)


def step_named(kind: Kind, name: str) -> Step:
    """Give a step by its name.

    Raises:
        NotFoundError: a listing of this kind has no such step.
    """
    for step in steps_of(kind):
        if step.name == name:
            return step
    raise NotFoundError("This listing has no such step; choose one from its list.")


def step_with(kind: Kind, part: str | None) -> Step:
    """Give the step that changes a part of the content; the first where none does."""
    steps = steps_of(kind)
    return next((step for step in steps if part in step.parts), steps[0])


def step_after(kind: Kind, step: Step) -> Step | None:
    """Give the step that follows, None after the last."""
    steps = steps_of(kind)
    at = steps.index(step) + 1
    return steps[at] if at < len(steps) else None
