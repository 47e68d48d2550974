"""A listing as the engines see it: fields of text, facets, places, passages; knows no engine."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

import msgspec

from exchange.content import Basis, Content, Gender, Kind, evidence_level
from exchange.place.places import Gazetteer
from exchange.taxonomy import Taxonomy
from indexer.analysis import sentences
from indexer.results import NOT_STATED, Facet

PASSAGE_WORDS = 160
PASSAGE_CHARACTERS = 1_100
"""A passage of whole sentences within these bounds stays under MiniLM's 256 tokens."""

MONEY_BANDS = ("under-10k", 10_000), ("10k-50k", 50_000), ("50k-250k", 250_000), ("250k-1m", 1_000_000)
LARGEST_BAND = "over-1m"


class Field(StrEnum):
    """Fields of text that are searched; each engine weights them alike."""

    TITLE = "title"
    SUMMARY = "summary"
    BODY = "body"
    OUTCOMES = "outcomes"
    ORGANISATION = "organisation"
    LABELS = "labels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a document is built from: the standing content and what SQL knows beside it."""

    id: int
    revision: int
    kind: Kind
    content: Content
    open: bool = True
    visible: bool = True
    posted: date | None = None
    organisation_id: int | None = None
    organisation: str | None = None
    org_id: str | None = None
    size_band: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Districts by what the listing states of them; empty means not stated. A need's required places are `now`."""

    now: frozenset[str] = frozenset()
    would: frozenset[str] = frozenset()
    office: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One listing for an engine; `passages` are embedded, each whole sentences; `content_hash` covers all of it."""

    id: int
    revision: int
    visible: bool
    places: Places
    kind: Kind = Kind.INNOVATION
    open: bool = False
    texts: dict[Field, str] = field(default_factory=dict)
    facets: dict[Facet, tuple[str, ...]] = field(default_factory=dict)
    age_min: int | None = None
    age_max: int | None = None
    gender: Gender | None = None
    posted: date | None = None
    closes: date | None = None
    org_id: str | None = None
    passages: tuple[str, ...] = ()
    content_hash: bytes = b""


@dataclass(frozen=True, slots=True)
class DocumentBuilder:
    """Build documents with one version of the taxonomy and one gazetteer."""

    taxonomy: Taxonomy
    gazetteer: Gazetteer

    def build(self, subject: Subject) -> Document:
        """Build the document of one listing; the same subject always gives the same hash."""
        content = subject.content
        document = Document(
            id=subject.id,
            revision=subject.revision,
            kind=subject.kind,
            visible=subject.visible,
            open=subject.open,
            texts=texts_of(content, subject.organisation) | self._labels(content),
            facets=self._facets(subject),
            places=self.places(content),
            age_min=content.age_min,
            age_max=content.age_max,
            gender=content.gender,
            posted=subject.posted,
            closes=content.closes_on,
            org_id=subject.org_id,
            passages=passages_of(content, self.about(content)),
        )
        plain = msgspec.json.encode(document, order="sorted")
        return replace(document, content_hash=hashlib.blake2b(plain, digest_size=16).digest())

    def about(self, content: Content) -> str:
        """Name areas and groups in one sentence for the embedding: +.03 nDCG@10 on the fixtures' queries."""
        areas = [self.taxonomy.label("area", code) for code in content.areas or ()]
        groups = [self.taxonomy.label("group", code) for code in content.groups or ()]
        parts = [", ".join(areas), f"For {', '.join(groups)}" if groups else ""]
        return " ".join(f"{part}." for part in parts if part)

    def _labels(self, content: Content) -> dict[Field, str]:
        """Give the words for the listing's areas and groups: labels with the phrases that mean the same."""
        stated = [("area", code) for code in content.areas or ()] + [("group", code) for code in content.groups or ()]
        entries = [entry for scheme, code in stated if (entry := self.taxonomy.get(scheme, code))]
        words = [phrase for entry in entries for phrase in (entry.label, *entry.synonyms)]
        return {Field.LABELS: "\n".join(words)} if words else {}

    def _districts(self, codes: tuple[str, ...] | None) -> frozenset[str]:
        places = (self.gazetteer.get(code) for code in codes or ())
        return frozenset().union(*(place.districts for place in places if place))

    def places(self, content: Content) -> Places:
        """Give the districts that the content names, by what it says of them."""
        return Places(
            now=self._districts((content.delivers_in or ()) + (content.required_in or ())),
            would=self._districts(content.would_deliver_in),
            office=self._districts(content.office_in),
        )

    def _regions(self, places: Places) -> tuple[str, ...]:
        reach = places.now | places.would or places.office
        return tuple(region.code for region in self.gazetteer.regions() if region.districts & reach)

    def _with_ancestors(self, scheme: str, codes: tuple[str, ...] | None) -> tuple[str, ...]:
        found = dict.fromkeys(codes or ())
        for code in codes or ():
            found.update(dict.fromkeys(entry.code for entry in self.taxonomy.ancestors(code, scheme)))
        return tuple(found)

    def _facets(self, subject: Subject) -> dict[Facet, tuple[str, ...]]:
        content = subject.content
        level = evidence_level(content)
        genders = {Gender.WOMEN: ("women",), Gender.MEN: ("men",), Gender.ANY: ("women", "men"), None: ()}
        return {
            Facet.KIND: (subject.kind.value,),
            Facet.AREA: self._with_ancestors("area", content.areas),
            Facet.GROUP: self._with_ancestors("group", content.groups) + genders[content.gender],
            Facet.PLACE: self._regions(self.places(content)),
            Facet.TIER: tuple(tier.value for tier in content.tiers or ()),
            Facet.MONEY: money_bands(content),
            Facet.STAGE: (content.stage.value,) if content.stage else (),
            Facet.SIZE: (subject.size_band,) if subject.size_band else (),
            Facet.EVIDENCE: (str(level),) if level else (),
            Facet.PARTNERS: () if content.open_to_partners is None else ("yes" if content.open_to_partners else "no",),
        }


def facet_values(document: Document, facet: Facet) -> tuple[str, ...]:
    """Give the buckets of a facet where the document is counted: what it states, each once, or "not stated".

    One that is only based somewhere is counted there, and as not stated.
    """
    values = tuple(dict.fromkeys(document.facets.get(facet, ())))
    reach_unknown = facet is Facet.PLACE and not (document.places.now or document.places.would)
    return values + ((NOT_STATED,) if reach_unknown or not values else ())


def yearly(content: Content, amount: int) -> float:
    """Turn a sum of the content's basis into GBP a year (a total over its term, or one year where none is stated)."""
    if content.money_basis is Basis.TOTAL and content.term_months:
        return amount * 12 / max(content.term_months, 12)
    return float(amount)


def money_bands(content: Content) -> tuple[str, ...]:
    """Name the bands that the stated sums touch; empty when no sum is stated."""
    if content.money_min is None and content.money_max is None:
        return ()
    low = content.money_min if content.money_min is not None else content.money_max or 0
    high = content.money_max if content.money_max is not None else low
    found, floor = [], 0
    for name, top in MONEY_BANDS:
        if low < top and high >= floor:
            found.append(name)
        floor = top
    return (*found, LARGEST_BAND) if high >= floor else tuple(found)


def texts_of(content: Content, organisation: str | None) -> dict[Field, str]:
    """Collect the searched text of each field; a full-value cell and an evidence item count as body."""
    outcomes = [" ".join(filter(None, (o.statement, o.measure, o.for_whom))) for o in content.outcomes or ()]
    value = [cell.statement for cell in (content.full_value or {}).values()]
    evidence = [item.text for item in content.evidence or ()]
    found = {
        Field.TITLE: content.title,
        Field.SUMMARY: content.summary or "",
        Field.BODY: "\n".join(filter(None, (content.description, *value, *evidence))),
        Field.OUTCOMES: "\n".join(outcomes),
        Field.ORGANISATION: organisation or "",
    }
    return {name: text for name, text in found.items() if text}


def pack(pieces: list[str]) -> tuple[str, ...]:
    """Pack whole sentences into passages; only a sentence longer than a passage is split, at a space."""
    packed: list[str] = []
    words = characters = 0
    for piece in (part for whole in pieces for part in _within_bounds(whole)):
        count = len(piece.split())
        if packed and words + count <= PASSAGE_WORDS and characters + len(piece) < PASSAGE_CHARACTERS:
            packed[-1] = f"{packed[-1]} {piece}"
            words, characters = words + count, characters + len(piece) + 1
        else:
            packed.append(piece)
            words, characters = count, len(piece)
    return tuple(packed)


def _within_bounds(sentence: str) -> list[str]:
    if len(sentence) <= PASSAGE_CHARACTERS and len(sentence.split()) <= PASSAGE_WORDS:
        return [sentence]
    pieces = [""]
    for word in (w[i : i + PASSAGE_CHARACTERS] for w in sentence.split() for i in range(0, len(w), PASSAGE_CHARACTERS)):
        joined = f"{pieces[-1]} {word}".strip()
        if len(joined) <= PASSAGE_CHARACTERS and len(joined.split()) <= PASSAGE_WORDS:
            pieces[-1] = joined
        else:
            pieces.append(word)
    return pieces


def passages_of(content: Content, about: str = "") -> tuple[str, ...]:
    """Give the passages that are embedded: title, summary and `about`, then the rest in reading order, whole sentences.

    The summary stands apart because it is the decisive short text, and a long passage blurs it.
    """
    body = content.summary or content.description or ""
    first = [] if body.startswith(content.title) else [f"{content.title.rstrip('.')}."]
    rest = [o.statement for o in content.outcomes or ()]
    rest += sentences(content.description or "")
    rest += [cell.statement for cell in (content.full_value or {}).values()]
    if content.summary:
        return pack([*first, *sentences(content.summary), *filter(None, [about])]) + pack(rest)
    return pack([*first, *rest, *filter(None, [about])])
