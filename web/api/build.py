"""Rows and results made into the interface's types, with no more than the pages show; knows no request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exchange.content import Content, Evidence, Tier, ValueCell, evidence_level
from exchange.discussing.comments import Asked
from exchange.introducing.needs import WORDS, CameOfIt
from exchange.listing.still_true import unconfirmed_since
from exchange.models import Listing, Organisation, OrgKind, SizeBand
from exchange.models_introductions import Conclusion
from exchange.organisation.organisations import register_link
from exchange.taxonomy import AREA, GROUP
from indexer import results as found
from web import links, wording
from web.api import found_types as out
from web.api import types
from web.cards import Words
from web.listing_page import web_address
from web.search_page import label_of

NOBODY_ASKED = types.Questions(asked=0, answered=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """What a listing needs beside its row: the site's address, the names of codes, and what stands in other rows."""

    base_url: str
    words: Words
    asked: Mapping[int, Asked]
    conclusions: Mapping[int, Conclusion]

    def listing(self, row: Listing) -> types.Listing:
        """Give a public listing with everything that its page states."""
        content, today = row.content, self.words.today
        conclusion = self.conclusions.get(row.id)
        return types.Listing(
            id=row.id,
            kind=row.side,
            state=_STATES[row.state],
            address=self.base_url + links.listing(row.id),
            published_at=row.published_at,
            not_confirmed_since=unconfirmed_since(row, today) if today else None,
            organisation=self._publisher(row.organisation),
            source=types.Source(name=row.source, id=row.source_id) if row.source else None,
            conclusion=_conclusion(conclusion) if conclusion else None,
            questions=self._questions(row.id),
            areas=self._terms(AREA, content.areas),
            groups=self._terms(GROUP, content.groups),
            outcomes=_outcomes(content),
            tiers=_listed(content.tiers),
            full_value=_full_value(content),
            evidence=[_evidence(item) for item in content.evidence] if content.evidence else None,
            evidence_level=_level(content),
            delivers_in=self.places(content.delivers_in),
            would_deliver_in=self.places(content.would_deliver_in),
            required_in=self.places(content.required_in),
            office_in=self.places(content.office_in),
            **{name: getattr(content, name) for name in _AS_STATED},
        )

    def organisation(self, row: Organisation) -> types.Organisation:
        """Give a public organisation with what its page shows: the income stays out, its band does not."""
        register = register_link(row.org_id)
        return types.Organisation(
            id=row.id,
            name=row.name,
            kind=OrgKind(row.kind),
            address=self.base_url + links.organisation(row.id),
            org_id=row.org_id,
            register=types.Register(name=register[0], address=register[1]) if register else None,
            size=SizeBand(row.size_band) if row.size_band else None,
            places=self.places(row.places),
            about=row.about,
            website=web_address(row.website),
            email=row.email,
            telephone=row.telephone,
            listings=f"{self.base_url}/api/v1/listings?organisation={row.id}&closed=1",
        )

    def places(self, codes: Iterable[str] | None) -> list[types.Place] | None:
        """Give places with their names; None where none is stated."""
        return [types.Place(code=code, name=self.words.gazetteer.label(code)) for code in codes or ()] or None

    def _publisher(self, row: Organisation | None) -> types.Publisher | None:
        if row is None:
            return None
        address = self.base_url + links.organisation(row.id)
        return types.Publisher(id=row.id, name=row.name, kind=OrgKind(row.kind), org_id=row.org_id, address=address)

    def _questions(self, listing_id: int) -> types.Questions:
        asked = self.asked.get(listing_id)
        return types.Questions(asked=asked.asked, answered=asked.answered) if asked else NOBODY_ASKED

    def _terms(self, scheme: str, codes: tuple[str, ...] | None) -> list[types.Term] | None:
        return [types.Term(code=code, name=self.words.taxonomy.label(scheme, code)) for code in codes or ()] or None


_AS_STATED = (
    *("title", "summary", "description", "method", "age_min", "age_max", "gender", "stage"),
    *("money_min", "money_max", "money_basis", "term_months", "start_on", "closes_on", "reply_by"),
    *("price_weight", "quality_weight", "open_to_partners", "grant_received"),
)
"""Fields of the content that go out under their own names as they are."""

_STATES: Mapping[str, types.PublicState] = {"published": "published", "closed": "closed", "concluded": "concluded"}


def found_in_search(
    builder: Builder, results: found.Results, rows: Mapping[int, Listing], following: str | None
) -> out.Search:
    """Give a page of results; hits whose listing is no longer visible are left out."""
    suggestion = results.suggestion
    return out.Search(
        total=results.total,
        total_is="at least" if results.at_least else "about" if results.about else "exact",
        results=[_result(builder, hit, rows[hit.id]) for hit in results.hits if hit.id in rows],
        next=following,
        facets=[_facet(facet, buckets, builder.words) for facet, buckets in results.facets.items()],
        chips=[out.Chip(key=chip.key, label=chip.label, words=chip.words) for chip in results.chips],
        suggestion=out.Suggestion(text=suggestion.text, total=suggestion.total) if suggestion else None,
        hidden=results.hidden,
        degraded=results.degraded,
        banner=results.banner,
        notices=list(results.notices),
    )


def found_in_match(builder: Builder, matches: found.Matches, rows: Mapping[int, Listing]) -> out.Matches:
    """Give the matches of a listing; those whose listing is no longer visible are left out."""
    return out.Matches(
        total=matches.total,
        results=[_match(builder, match, rows[match.id]) for match in matches.matches if match.id in rows],
        cannot=[out.Cannot(reason=reason, count=count) for reason, count in matches.cannot.items()],
        near_misses=[
            out.NearMiss(score=_share(near.score), reason=near.reason, listing=builder.listing(rows[near.id]))
            for near in matches.near_misses
            if near.id in rows
        ],
        notices=list(matches.notices),
    )


def _result(builder: Builder, hit: found.Hit, row: Listing) -> out.Result:
    return out.Result(
        score=hit.score,
        strong=hit.strong,
        tier=hit.tier,
        reasons=_reasons(hit.reasons),
        gaps=_gaps(hit.gaps),
        similar=hit.similar,
        similar_to=hit.similar_to,
        listing=builder.listing(row),
    )


def _match(builder: Builder, match: found.Match, row: Listing) -> out.Match:
    return out.Match(
        score=_share(match.score),
        parts=out.Parts(**match.parts),
        reasons=_reasons(match.reasons),
        gaps=_gaps(match.gaps),
        listing=builder.listing(row),
    )


def _share(score: float) -> float:
    return min(1.0, max(0.0, score))


def _reasons(reasons: Iterable[found.Reason]) -> list[out.Reason]:
    return [
        out.Reason(text=one.text, field=one.field, quote=one.quote, against=one.against, share=round(one.share, 4))
        for one in reasons
    ]


def _gaps(gaps: Iterable[found.Gap]) -> list[out.Gap]:
    return [out.Gap(text=gap.text, field=gap.field) for gap in gaps]


def _facet(facet: found.Facet, buckets: Iterable[found.Bucket], words: Words) -> out.FacetCounts:
    def label(value: str) -> str:
        return wording.NOT_STATED if value == found.NOT_STATED else label_of(facet, value, words)

    values = [
        out.Bucket(value=one.value, label=label(one.value), count=one.count, chosen=one.chosen) for one in buckets
    ]
    return out.FacetCounts(name=facet, label=wording.FACETS[facet], values=values)


def _conclusion(row: Conclusion) -> types.Conclusion:
    return types.Conclusion(at=row.at, outcome=WORDS[CameOfIt(row.outcome)], reason=row.reason)


def _outcomes(content: Content) -> list[types.Outcome] | None:
    return [
        types.Outcome(statement=one.statement, measure=one.measure, for_whom=one.for_whom)
        for one in content.outcomes or ()
    ] or None


def _evidence(item: Evidence) -> types.EvidenceItem:
    return types.EvidenceItem(text=item.text, kind=item.kind, link=web_address(item.link))


def _level(content: Content) -> types.EvidenceLevel:
    level = evidence_level(content)
    meaning = wording.EVIDENCE_LEVELS[level] if level else wording.NOT_STATED
    return types.EvidenceLevel(level=level, meaning=meaning, raised_by=wording.RAISED_BY[level])


def _full_value(content: Content) -> dict[ValueCell, types.FullValue] | None:
    cells = (content.full_value or {}).items()
    return {
        cell: types.FullValue(statement=one.statement, beneficiary=one.beneficiary, evidence=one.evidence)
        for cell, one in cells
    } or None


def _listed(values: tuple[Tier, ...] | None) -> list[Tier] | None:
    return list(values) if values else None
