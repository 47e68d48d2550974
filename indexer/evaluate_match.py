"""Evaluation of the match over judged pairs, beside plain search, and of "met" over passages; knows no page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.database import reading
from exchange.errors import InputError
from exchange.listing.listings import listings_by_source
from indexer.analysis import sentences
from indexer.explain import met
from indexer.judgements import Pair, Passage, grades_by_need, read_pairs, read_passages
from indexer.matching import Matcher
from indexer.metrics import Agreement, agreement, match_ndcg, mean
from indexer.results import Query
from indexer.scoring import cite
from indexer.sides import Side, side_of
from indexer.sync import subject_of
from indexer.texts import Sentence, Source
from indexer.vectors import embed_texts

BOTH = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFigures:
    """nDCG@10 of the match and of plain search with the need's title and summary, over the needs of one split."""

    split: str
    needs: int
    match: float | None
    search: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetFigures:
    """How "met" agrees with the labels of one split; `wrong` are the passages wrongly called met."""

    split: str
    agreement: Agreement
    wrong: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEvaluation:
    """All figures of one evaluation; `met` is empty where no passages were given."""

    matches: tuple[MatchFigures, ...]
    met: tuple[MetFigures, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give all figures as plain values, unrounded."""
        return {
            "match": [
                {"split": f.split, "needs": f.needs, "ndcg@10": f.match, "search_ndcg@10": f.search}
                for f in self.matches
            ],
            "met": [
                {
                    "split": f.split,
                    "precision": f.agreement.precision,
                    "recall": f.agreement.recall,
                    "wrong": [{"outcome": p.outcome, "passage": p.passage, "why": p.why} for p in f.wrong],
                }
                for f in self.met
            ],
        }


def evaluate_match(pairs: Path, passages: Path | None, matcher: Matcher, source: str = "fixtures") -> MatchEvaluation:
    """Judge the match on pairs of listings of one source that the index holds.

    Raises:
        InputError: a file cannot be read, or names a listing that is not public here.
    """
    judged = read_pairs(pairs)
    keys = {key for pair in judged for key in (pair.need, pair.innovation)}
    with reading(matcher.database) as session:
        sides = _sides(session, matcher, source, keys)
    if missing := sorted(keys - set(sides)):
        raise InputError(f"{pairs} names listings that are not public here: {', '.join(missing[:5])}; load them first.")
    orders = _orders(matcher, judged, sides)
    splits = [*dict.fromkeys(pair.split for pair in judged), BOTH]
    return MatchEvaluation(
        matches=tuple(_figures(split, judged, orders) for split in splits),
        met=tuple(_met_figures(matcher, read_passages(passages))) if passages else (),
    )


def _sides(session: Session, matcher: Matcher, source: str, keys: set[str]) -> dict[str, Side]:
    builder = matcher.builder(session)
    found = listings_by_source(session, source, keys)
    return {key: side_of(subject_of(listing), builder) for key, listing in found.items()}


def _orders(
    matcher: Matcher, judged: Sequence[Pair], sides: Mapping[str, Side]
) -> dict[str, tuple[list[str], list[str]]]:
    """Order each need's judged innovations by the match, and by plain search.

    Those that cannot match come last, best first, as the page names them.
    """
    key_of = {side.subject.id: key for key, side in sides.items()}
    orders = {}
    for need, grades in grades_by_need(list(judged)).items():
        others = [sides[key] for key in grades]
        scored, excluded = matcher.score(sides[need], others)
        wanted = {side.subject.id for side in others}
        found = [key_of[number] for number in _plain_search(matcher, sides[need]) if number in wanted]
        orders[need] = ([key_of[one.side.subject.id] for one in (*scored, *excluded)], found)
    return orders


def _plain_search(matcher: Matcher, need: Side) -> list[int]:
    text = ". ".join(filter(None, (need.content.title, need.content.summary)))
    query = Query(text=text, kind=Kind.INNOVATION, read_constraints=False)
    ranked = matcher.finder.ranked(query, lambda plan: replace(plan, everything=True, count_facets=False))
    return [int(number) for number in ranked.found.ids[ranked.rows]]


def _figures(split: str, judged: Sequence[Pair], orders: Mapping[str, tuple[list[str], list[str]]]) -> MatchFigures:
    grades = grades_by_need([pair for pair in judged if split in {pair.split, BOTH}])
    by_match = match_ndcg(grades, {need: orders[need][0] for need in grades})
    by_search = match_ndcg(grades, {need: orders[need][1] for need in grades})
    return MatchFigures(split=split, needs=len(grades), match=mean(by_match.values()), search=mean(by_search.values()))


def _met_figures(matcher: Matcher, passages: Sequence[Passage]) -> list[MetFigures]:
    said = {passage.id: _said_met(matcher, passage) for passage in passages}
    figures = []
    for split in (*dict.fromkeys(passage.split for passage in passages), BOTH):
        part = [passage for passage in passages if split in {passage.split, BOTH}]
        agreed = agreement({p.id: p.label for p in part}, {p.id: said[p.id] for p in part})
        figures.append(
            MetFigures(split=split, agreement=agreed, wrong=tuple(p for p in part if p.id in set(agreed.wrong)))
        )
    return figures


def _said_met(matcher: Matcher, passage: Passage) -> bool:
    found = tuple(Sentence(text, Source.DESCRIPTION) for text in sentences(passage.passage))
    vectors = embed_texts(matcher.database, matcher.embedder, [passage.outcome, *(one.text for one in found)])
    return met(cite((passage.outcome,), vectors[:1], found, vectors[1:])[0])
