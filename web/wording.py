"""The words for values: stages, tiers, sizes, evidence, money, ages and dates, in plain English; knows no page."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from exchange.content import Basis, Content, EvidenceKind, Gender, Kind, Stage, Tier, ValueCell
from exchange.models import SizeBand
from indexer.results import Facet, Sort

NOT_STATED = "Not stated"

KINDS = {Kind.INNOVATION: "Innovation", Kind.NEED: "Need"}
KINDS_MANY = {Kind.INNOVATION: "innovations", Kind.NEED: "needs"}
STAGES = {
    Stage.IDEA: "Idea, not tried yet",
    Stage.PILOT: "Pilot",
    Stage.RUNNING: "Running",
    Stage.SCALED: "Running in several places",
}
TIERS = {
    Tier.GRANT: "Grant",
    Tier.CONTRACT: "Service level agreement or contract",
    Tier.PARTNERSHIP: "Partnership agreement",
}
SIZES = {
    SizeBand.MICRO: "Micro (income under £10,000)",
    SizeBand.SMALL: "Small (£10,000 to £100,000)",
    SizeBand.MEDIUM: "Medium (£100,000 to £1 million)",
    SizeBand.LARGE: "Large (£1 million to £10 million)",
    SizeBand.MAJOR: "Major (over £10 million)",
}
EVIDENCE_LEVELS = {
    1: "says what it does and why",
    2: "before-and-after data",
    3: "comparison group",
    4: "independent replication",
    5: "proven elsewhere, with a manual",
}
EVIDENCE_KINDS = {
    EvidenceKind.DESCRIBES: "Says what it does and why",
    EvidenceKind.BEFORE_AFTER: "Before-and-after data",
    EvidenceKind.COMPARISON: "Comparison group",
    EvidenceKind.REPLICATION: "Independent replication",
    EvidenceKind.MANUAL: "Manual",
}
RAISED_BY = {
    None: "Any item that says what it does and why would make this level 1.",
    1: "Data from before and after would raise this to level 2.",
    2: "A comparison with people who did not take part would raise this to level 3.",
    3: "A repeat by somebody independent would raise this to level 4.",
    4: "A manual that lets others run it would raise this to level 5.",
    5: "This is the highest level.",
}
MONEY_BANDS = {
    "under-10k": "Under £10,000",
    "10k-50k": "£10,000 to £50,000",
    "50k-250k": "£50,000 to £250,000",
    "250k-1m": "£250,000 to £1 million",
    "over-1m": "£1 million and over",
}
PARTNERS = {"yes": "Open to partners", "no": "Not looking for partners"}
GENDERS = {Gender.WOMEN: "Women", Gender.MEN: "Men", Gender.ANY: "Any gender"}
SORTS = {Sort.RELEVANCE: "Best match", Sort.NEWEST: "Newest", Sort.CLOSING: "Closing soonest"}
FACETS = {
    Facet.KIND: "Kind of listing",
    Facet.AREA: "Area of work",
    Facet.GROUP: "Who it is for",
    Facet.PLACE: "Place",
    Facet.TIER: "Way of funding",
    Facet.MONEY: "Money",
    Facet.STAGE: "Stage",
    Facet.SIZE: "Size of organisation",
    Facet.EVIDENCE: "Evidence level",
    Facet.PARTNERS: "Open to partners",
}
PARTS = {
    "what": "What: outcomes and text",
    "areas": "Areas",
    "who": "Who it is for",
    "place": "Place",
    "tier": "Funding and term",
    "money": "Money",
}
"""The parts of a match's score, as the page about ranking names them."""
VALUE_CELLS = {
    ValueCell.USERS_OUTCOMES: "Outcomes for users",
    ValueCell.USERS_SATISFACTION: "Satisfaction of users",
    ValueCell.OTHERS_OUTCOMES: "Outcomes for others",
    ValueCell.OTHERS_SATISFACTION: "Satisfaction of others",
}


def day(value: date) -> str:
    """Write a date as "9 March 2027"."""
    return f"{value.day} {value:%B %Y}"


def pounds(value: int) -> str:
    """Write whole GBP as "£78,000"."""
    return f"£{value:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: "1 result", "1,204 results"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(items: Sequence[str], most: int | None = None) -> str:
    """Join items as people do: "a, b and c"; beyond `most`, "a, b and 4 more".

    An item that holds an "and" (Yorkshire and The Humber) sets them all apart with semicolons.
    """
    if most is not None and len(items) > most + 1:
        items = [*items[:most], f"{len(items) - most} more"]
    if len(items) > 1 and any(" and " in item for item in items):
        return "; ".join(items)
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def money(content: Content) -> str | None:
    """Say the stated sums with their basis; None when none is stated."""
    low, high = content.money_min, content.money_max
    if low is None and high is None:
        return None
    basis = {Basis.YEAR: " a year", Basis.TOTAL: " in all", None: ""}[content.money_basis]
    if low is not None and high is not None:
        return f"{pounds(low)}{'' if low == high else f' to {pounds(high)}'}{basis}"
    return f"Up to {pounds(high)}{basis}" if high is not None else f"From {pounds(low or 0)}{basis}"


def ages(content: Content) -> str | None:
    """Say the age range; None when none is stated."""
    low, high = content.age_min, content.age_max
    if low is not None and high is not None:
        return f"aged {low} to {high}"
    if low is not None:
        return f"aged {low} and over"
    return f"aged up to {high}" if high is not None else None


def term(months: int | None) -> str | None:
    """Say a term in years where it is whole years, else in months."""
    if months is None:
        return None
    years, rest = divmod(months, 12)
    return plural(years, "year") if years and not rest else plural(months, "month")


def evidence_badge(level: int | None) -> str:
    """Say a level with what it means, as a card does."""
    return f"Evidence level {level}: {EVIDENCE_LEVELS[level]}" if level else "Evidence: not stated"


FILTERS: dict[str, Callable[..., Any]] = {"day": day, "pounds": pounds, "plural": plural, "listed": listed}
