"""The questions that both kinds of listing ask, each as a field; knows no request and no listing's row."""

from exchange.content import SUMMARY_WORDS, Basis, Gender, Tier
from exchange.taxonomy import AREA, GROUP
from web import wording
from web.posting.posting_choices import Codes, ManyOf, OneOf, PlaceNames
from web.posting.posting_fields import LONGEST, Area, Field, Line, Number
from web.posting.posting_steps import Step

PLACES_HINT = "Councils, counties, regions or countries, one a line, such as Leeds or Kent."
OUTCOME_HINT = "Write what happens, not what you hope: “Carers sleep through four nights a week.”"


def _summary(hint: str) -> Area:
    return Area(name="summary", label="Summary", hint=hint, lines=4, words=SUMMARY_WORDS)


def description(label: str, hint: str) -> Area:
    """Ask for the long text."""
    return Area(name="description", label=label, hint=hint, lines=14, most=LONGEST)


def money(legend: str) -> tuple[Field, ...]:
    """Ask for ways of funding, sums and term; the legend says whose money it is."""
    return (
        ManyOf(
            name="tiers",
            label="How could it be funded?",
            hint="A grant suits small, short and new things; a partnership agreement several organisations together.",
            words=Tier,
            labels=wording.TIERS,
        ),
        Number(name="money_min", label=f"{legend}: from", what="The lowest sum", width=10, prefix="£"),
        Number(name="money_max", label=f"{legend}: to", what="The highest sum", width=10, prefix="£"),
        OneOf(
            name="money_basis",
            label="What does the sum cover?",
            words=Basis,
            labels={Basis.YEAR: "One year", Basis.TOTAL: "The whole term"},
        ),
        Number(
            name="term_months",
            label="Term in months",
            hint="Longer terms make new ways possible: 36 is three years.",
            what="The term",
            width=3,
        ),
    )


TITLE = Line(name="title", label="What is it called?", required="Give it a title.")
SUMMARY = _summary("What it does, for whom, and what changes. Many people read no further.")
PROBLEM = _summary("What is wrong now, for whom, and what should change. Many people read no further.")
WHO: tuple[Field, ...] = (
    Codes(
        name="groups",
        label="Who is it for?",
        hint="Tick all that it is made for, not everybody who could gain from it.",
        scheme=GROUP,
    ),
    Number(name="age_min", label="Youngest age, if age matters", what="The youngest age", width=3),
    Number(name="age_max", label="Oldest age, if age matters", what="The oldest age", width=3),
    OneOf(name="gender", label="Is it for women or men only?", words=Gender, labels=wording.GENDERS),
)
DELIVERS = PlaceNames(
    name="delivers_in", label="Where do you deliver it now?", hint=f"{PLACES_HINT} Leave it empty if nowhere yet."
)
REQUIRED = PlaceNames(name="required_in", label="Where is it required?", hint=PLACES_HINT)
AREAS = Step(
    name="areas",
    task="Areas of work",
    heading="Which areas of work is it in?",
    fields=(Codes(name="areas", label="Areas", hint="Tick all that apply.", scheme=AREA),),
)
