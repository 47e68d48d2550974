"""The two sides of a match part by part: who, place, tier and term, money, and what makes a match impossible.

Each part is a number in [0,1] for one direction, or None where either side does not state it. Clearing a field never
raises its part: what is not stated is neither "no" nor an advantage (design, ruling 5).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange.content import Basis, Content, Gender, Kind
from indexer.document import DocumentBuilder, Places, Subject, yearly

KIN = 0.7
"""A broader or narrower group counts so much of the same one (older people for people with dementia)."""
WOULD = 0.8
"""A proven idea that would come counts nearly as much as one that is there (issue: must not be hidden)."""
ELSEWHERE, NEXT_DOOR = 0.2, 0.4
OLDEST = 100
"""The oldest age where no upper one is stated."""
UNKNOWN_TOP = 0.5
"""The dearest it may cost is not stated: half, the least that any stated sum within the budget gives."""
REFINED = 0.9
"""A second field (ages, term) refines the first: unstated gives this much of it, full agreement all of it."""

SAME_ORGANISATION = "posted by the same organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a match: the listing, the districts that it names, each of its groups with the broader ones.

    `areas` are those that it states and every broader one.
    """

    subject: Subject
    places: Places
    above: Mapping[str, frozenset[str]]
    labels: Mapping[str, str] = field(default_factory=dict)
    areas: frozenset[str] = frozenset()

    @property
    def content(self) -> Content:
        """Give what the listing states."""
        return self.subject.content

    @property
    def groups(self) -> frozenset[str]:
        """Give the groups that the listing states."""
        return frozenset(self.above)

    @property
    def broader(self) -> frozenset[str]:
        """Give every group that is broader than one of them."""
        return frozenset().union(*self.above.values())


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and an innovation."""

    need: Side
    innovation: Side


def side_of(subject: Subject, builder: DocumentBuilder) -> Side:
    """Build one side of a match."""
    above = {
        code: frozenset(entry.code for entry in builder.taxonomy.ancestors(code, "group"))
        for code in subject.content.groups or ()
    }
    stated = subject.content.areas or ()
    labels = {code: builder.taxonomy.label("group", code) for code in above}
    labels |= {code: builder.taxonomy.label("area", code) for code in stated}
    broader = {entry.code for code in stated for entry in builder.taxonomy.ancestors(code, "area")}
    return Side(
        subject=subject,
        places=builder.places(subject.content),
        above=above,
        labels=labels,
        areas=frozenset(stated) | broader,
    )


def pair_of(one: Side, other: Side) -> Pair:
    """Put two sides in order."""
    return Pair(one, other) if one.subject.kind is Kind.NEED else Pair(other, one)


def areas(pair: Pair) -> float | None:
    """Give the part of the need's areas, and of those above them, that the innovation is about as well, in [0,1].

    What else the innovation is about costs it nothing: a wide service answers a narrow need. None where one of
    them states no area.
    """
    need, innovation = pair.need.areas, pair.innovation.areas
    return len(need & innovation) / len(need) if need and innovation else None


def who(asker: Side, other: Side) -> float | None:
    """Say how far the other side is for the asker's people: the mean over its groups, refined by ages."""
    if not asker.groups or not other.groups:
        return None
    scores = [_group_score(code, asker, other) for code in asker.groups]
    return sum(scores) / len(scores) * _refined(age_overlap(asker.content, other.content))


def _group_score(code: str, asker: Side, other: Side) -> float:
    if code in other.groups:
        return 1.0
    related = code in other.broader or bool(asker.above[code] & other.groups)
    return KIN if related else 0.0


def _refined(agreement: float | None) -> float:
    return REFINED if agreement is None else REFINED + (1 - REFINED) * agreement


def age_overlap(asker: Content, other: Content) -> float | None:
    """Give the part of the asker's ages that the other side covers; None where either states no age."""
    if (asker.age_min is None and asker.age_max is None) or (other.age_min is None and other.age_max is None):
        return None
    low, high = _ages(asker)
    other_low, other_high = _ages(other)
    shared = min(high, other_high) - max(low, other_low) + 1
    return max(0.0, min(1.0, shared / max(high - low + 1, 1)))


def _ages(content: Content) -> tuple[int, int]:
    low = content.age_min or 0
    return low, max(low, OLDEST) if content.age_max is None else content.age_max


def place(pair: Pair, neighbours: frozenset[str]) -> float | None:
    """Say how far the innovation reaches the places required: 1 there now, 0.8 would come, little elsewhere.

    To reach a small part of them is never less than to be elsewhere.
    """
    required, reach = pair.need.places.now, pair.innovation.places
    if not required or not (reach.now or reach.would):
        return None
    now = len(required & reach.now) / len(required)
    would = len(required & reach.would - reach.now) / len(required)
    return max(now + WOULD * would, NEXT_DOOR if reach.now & neighbours else ELSEWHERE)


def tier_and_term(asker: Content, other: Content) -> float | None:
    """Give the part of the asker's funding tiers that the other side takes, refined by how near the terms are."""
    if not asker.tiers or not other.tiers:
        return None
    shared = len(set(asker.tiers) & set(other.tiers)) / len(set(asker.tiers))
    terms = sorted((asker.term_months or 0, other.term_months or 0))
    return shared * _refined(terms[0] / terms[1] if terms[0] else None)


def money(pair: Pair) -> float | None:
    """Say how well the innovation's cost fits the need's budget; None where they cannot be compared.

    Sums of unlike bases are compared as GBP a year where a term is stated.
    """
    budget, cost = pair.need.content, pair.innovation.content
    sums = _comparable(budget, cost)
    if sums is None:
        return None
    most, low, high = sums
    if low is not None and low > most:
        return 0.0
    if high is None or (high > most and low is None):
        return UNKNOWN_TOP
    if high <= most:
        return 1.0
    return UNKNOWN_TOP + (1 - UNKNOWN_TOP) * (most - (low or 0)) / (high - (low or 0))


def _comparable(budget: Content, cost: Content) -> tuple[float, float | None, float | None] | None:
    if budget.money_max is None or (cost.money_min is None and cost.money_max is None):
        return None
    if budget.money_basis is None or cost.money_basis is None:
        return None
    if budget.money_basis is cost.money_basis:
        return float(budget.money_max), _float(cost.money_min), _float(cost.money_max)
    if any(side.money_basis is Basis.TOTAL and not side.term_months for side in (budget, cost)):
        return None
    low, high = (None if s is None else yearly(cost, s) for s in (cost.money_min, cost.money_max))
    return yearly(budget, budget.money_max), low, high


def _float(amount: int | None) -> float | None:
    return None if amount is None else float(amount)


def cannot(pair: Pair) -> tuple[str, ...]:
    """Give every reason why the two can never match; none where they may. Only what both sides state excludes."""
    need, innovation = pair.need.content, pair.innovation.content
    owners = pair.need.subject.organisation_id, pair.innovation.subject.organisation_id
    tiers = set(need.tiers or ()), set(innovation.tiers or ())
    wanted, reach = pair.need.places.now, pair.innovation.places
    excluded = {
        SAME_ORGANISATION: owners[0] is not None and owners[0] == owners[1],
        "no way of funding in common": bool(tiers[0] and tiers[1]) and not tiers[0] & tiers[1],
        "cost more than the budget": _too_dear(need, innovation),
        "for other ages": age_overlap(need, innovation) == 0.0,
        "for the other sex": {need.gender, innovation.gender} == {Gender.WOMEN, Gender.MEN},
        "would not deliver there": bool(reach.would and wanted) and not wanted & (reach.now | reach.would),
    }
    return tuple(reason for reason, holds in excluded.items() if holds)


def _too_dear(need: Content, innovation: Content) -> bool:
    if need.money_max is None or innovation.money_min is None or need.money_basis is None:
        return False
    return need.money_basis is innovation.money_basis and need.money_max < innovation.money_min
