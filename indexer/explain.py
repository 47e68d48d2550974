"""Reasons and gaps in plain words, each tied to the field and the sentences it came from; decides no order.

The numbers cited are the ones that the ranking uses: a reason's share is what its part adds to the score.
"""

import re
from dataclasses import dataclass

from exchange.content import Kind, evidence_level
from exchange.place.places import Gazetteer
from indexer.document import yearly
from indexer.results import Gap, Reason
from indexer.scoring import OUTCOMES, TEXTS, Citation, Score
from indexer.sides import Pair, Side, pair_of

MET = 0.60
"""Cosine at which a sentence that reports a figure is said to meet an outcome; without a figure it only may help.

On the tuning half of the outcome-passage pairs: precision 1.0, recall .09 (4 of 45). At .58 the first wrong one appears
("cut the number of over-70s taken into hospital after a fall" for shorter waits to leave it). Cosine alone would need
.83 for precision .9 and find 2 of 45: the pairs are made of near misses that share more words than the right ones.
"""
FIGURE = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|half|halved|thirds?|quarters?|twice|doubled|most)\b",
    re.IGNORECASE,
)
HELPS = 0.40
"""Cosine below which nothing is said of an outcome: it is a gap."""
SMALLEST_SHARE = 0.05
"""What adds less than this to the score is not shown."""
MOST_OUTCOMES_TOLD = 4
MOST_GAPS_TOLD = 2
MOST_GROUPS_TOLD = 3
MOST_AREAS_TOLD = 3
PLACE_REACHED = 0.5
TIER_WORDS = {
    "grant": "grant",
    "contract": "contract or service level agreement",
    "partnership": "partnership agreement",
}
UNSTATED = {
    "areas": "Does not state an area",
    "who": "Does not state who it is for",
    "place": "Does not state where",
    "tier": "Does not state a way of funding",
    "money": "Does not state a sum of money",
}
UNLIKE = "Its sum and the budget cover unlike spans of time"
BANDS = {"micro": 10_000, "small": 100_000, "medium": 1_000_000, "large": 10_000_000}
"""The top of each band of yearly income, GBP."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a listing is here and what is missing."""

    reasons: tuple[Reason, ...]
    gaps: tuple[Gap, ...]


def explain_match(asker: Side, other: Side, score: Score, gazetteer: Gazetteer) -> Explained:
    """Explain one match of the asking listing."""
    pair = pair_of(asker, other)
    told = [reason for reason in _outcome_reasons(asker, score) if reason.share >= SMALLEST_SHARE]
    stated = sorted(_stated_reasons(pair, score, gazetteer), key=lambda reason: -reason.share)
    reasons = [*(told or _closest_text(score)), *stated]
    shown = [reason for reason in reasons if reason.share >= SMALLEST_SHARE]
    return Explained(tuple(shown), tuple(_gaps(asker, pair, score)))


def _outcome_reasons(asker: Side, score: Score) -> list[Reason]:
    cited = score.evidence.outcomes
    portion, units = (OUTCOMES, "outcomes") if cited else (TEXTS, "summary")
    told = cited or score.evidence.texts
    what = max(score.parts["what"], 1e-9)
    best = sorted((c for c in told if c.cosine >= HELPS), key=lambda c: -c.cosine)[:MOST_OUTCOMES_TOLD]
    return [
        Reason(
            text=_outcome_text(asker.subject.kind, citation, outcome=bool(cited)),
            field=units,
            quote=citation.sentence.text,
            against=citation.unit,
            share=score.share("what", portion * citation.value / len(told) / what),
        )
        for citation in best
    ]


def _closest_text(score: Score) -> list[Reason]:
    """Cite what is nearest to title and summary, where no outcome stands out."""
    texts = score.evidence.texts
    best = max(texts, key=lambda citation: citation.cosine)
    portion = TEXTS * best.value / len(texts) / max(score.parts["what"], 1e-9)
    return [
        Reason(
            text="Close as a whole; nearest to it",
            field="summary",
            quote=best.sentence.text,
            against=best.unit,
            share=score.share("what", portion),
        )
    ]


def _outcome_text(kind: Kind, citation: Citation, *, outcome: bool) -> str:
    if not outcome:
        return "Close to what is described"
    if kind is Kind.NEED:
        return "Meets a required outcome" if met(citation) else "May help with a required outcome"
    return "Asks for what it achieves" if met(citation) else "May ask for what it achieves"


def met(citation: Citation) -> bool:
    """Say whether the cited sentence meets the outcome: near enough, and it reports a figure."""
    return citation.cosine >= MET and FIGURE.search(citation.sentence.text) is not None


def _stated_reasons(pair: Pair, score: Score, gazetteer: Gazetteer) -> list[Reason]:
    need, innovation = pair.need, pair.innovation
    reasons = _area_reasons(pair, score)
    if score.there["place"] is not None and score.parts["place"] >= PLACE_REACHED:
        text = _place_text(need.places.now, pair, gazetteer)
        reasons.append(Reason(text=text, field="place", share=score.share("place")))
    shared = need.groups & (innovation.groups | innovation.broader) | innovation.groups & need.broader
    if score.there["who"] is not None and shared:
        reasons.append(Reason(text=_people_text(pair), field="who", share=score.share("who")))
    tiers = set(need.content.tiers or ()) & set(innovation.content.tiers or ())
    if tiers:
        text = f"Both would work by {' or '.join(TIER_WORDS[tier] for tier in sorted(tiers))}"
        reasons.append(Reason(text=text, field="tier", share=score.share("tier")))
    if (score.there["money"] or 0) >= 1.0:
        reasons.append(Reason(text="Its cost is within the budget", field="money", share=score.share("money")))
    return reasons


def _area_reasons(pair: Pair, score: Score) -> list[Reason]:
    """Name the areas that both state; where one is only wider than the other, name what the innovation states."""
    if not score.there["areas"]:
        return []
    stated = pair.innovation.content.areas or ()
    both = [code for code in stated if code in (pair.need.content.areas or ())]
    named = [pair.innovation.labels[code] for code in (both or stated)[:MOST_AREAS_TOLD]]
    text = f"{'Both are about' if both else 'Near in area:'} {', '.join(map(_lowered, named))}"
    return [Reason(text=text, field="areas", share=score.share("areas"))]


def _lowered(name: str) -> str:
    return name if name[1:2].isupper() else name[0].lower() + name[1:]


def _people_text(pair: Pair) -> str:
    """Name the groups that both state; where one is only wider than the other, name what the innovation states."""
    both = sorted(pair.need.groups & pair.innovation.groups)
    named = [pair.innovation.labels.get(code, code) for code in both or sorted(pair.innovation.groups)]
    text = f"For {', '.join(map(_lowered, named[:MOST_GROUPS_TOLD]))}"
    if not both:
        return f"{text}: near to the people asked for"
    return f"{text}: some of the people asked for" if len(both) < len(pair.need.groups) else text


def _place_text(required: frozenset[str], pair: Pair, gazetteer: Gazetteer) -> str:
    now = required & pair.innovation.places.now
    where = place_words(pair.need.content.required_in or (), gazetteer)
    if now == required:
        return f"Delivers in {where} now"
    if now:
        return f"Delivers in part of {where} now"
    return (
        f"Would deliver in {where}" if required <= pair.innovation.places.would else f"Would deliver in part of {where}"
    )


def place_words(codes: tuple[str, ...], gazetteer: Gazetteer, most: int = 3) -> str:
    """Name some places, and say how many more there are."""
    names = [gazetteer.label(code) for code in codes[:most]]
    if len(codes) > most:
        names.append(f"{len(codes) - most} more")
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _gaps(asker: Side, pair: Pair, score: Score) -> list[Gap]:
    gaps = _outcome_gaps(asker, score)
    other = pair.innovation if asker is pair.need else pair.need
    unstated = {
        "areas": not other.areas,
        "who": not other.groups,
        "place": not (other.places.now or other.places.would),
        "tier": not other.content.tiers,
        "money": other.content.money_min is None and other.content.money_max is None,
    }
    gaps += [Gap(text=UNSTATED[name], field=name) for name, holds in unstated.items() if holds]
    if score.there["areas"] == 0.0:
        gaps.append(Gap(text="States that it is about other areas", field="areas"))
    if score.there["who"] == 0.0 and score.back["who"] == 0.0:
        gaps.append(Gap(text="States that it is for others", field="who"))
    place = score.there["place"]
    if place is not None and place < PLACE_REACHED:
        gaps.append(Gap(text=_far_text(pair), field="place"))
    money = score.there["money"]
    if money is None and pair.need.content.money_max is not None and not unstated["money"]:
        cost = pair.innovation.content
        silent = cost.money_min is None and cost.money_max is None
        text = "No cost is stated to hold against its budget" if silent else UNLIKE
        gaps.append(Gap(text=text, field="money"))
    if money is not None and money < 1.0:
        gaps.append(Gap(text="May cost more than the budget", field="money"))
    if asker is pair.need and evidence_level(pair.innovation.content) is None:
        gaps.append(Gap(text="No evidence is stated", field="evidence"))
    return gaps + _size_gap(pair)


def _outcome_gaps(asker: Side, score: Score) -> list[Gap]:
    if not asker.content.outcomes:
        whose = "need" if asker.subject.kind is Kind.NEED else "innovation"
        return [Gap(text=f"The {whose} states no outcome to compare with", field="outcomes")]
    missed = [citation.unit for citation in score.evidence.outcomes if citation.cosine < HELPS]
    told = [f"Says nothing near to \u201c{unit}\u201d" for unit in missed[:MOST_GAPS_TOLD]]
    if len(missed) > MOST_GAPS_TOLD:
        told.append(f"Says nothing near to {len(missed) - MOST_GAPS_TOLD} more of the outcomes")
    return [Gap(text=text, field="outcomes") for text in told]


def _far_text(pair: Pair) -> str:
    reach = pair.innovation.places
    if pair.need.places.now & (reach.now | reach.would):
        return "Reaches only a part of where it is required"
    return "Runs elsewhere, and does not say that it would deliver there"


def _size_gap(pair: Pair) -> list[Gap]:
    need, top = pair.need.content, BANDS.get(pair.innovation.subject.size_band or "")
    if top is None or need.money_max is None or yearly(need, need.money_max) <= top:
        return []
    return [Gap(text="A year of this need is larger than the organisation's yearly income", field="size")]
