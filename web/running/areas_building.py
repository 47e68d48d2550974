"""Building what the pages of areas show: trees, differences, previews, the form of a term; knows no request."""

from collections.abc import Iterable, Mapping

from exchange.running.term_changes import Draft, TermText
from exchange.running.term_differences import Change, Difference
from exchange.running.term_rules import MOST_LEVELS, SCHEME_WORDS, folded
from exchange.taxonomy import AREA, GROUP, SCHEMES, Entry, Taxonomy
from indexer.results import Facet
from indexer.word_preview import Preview, PreviewQuery, PreviewRow
from web.cards import Fact
from web.forms import Form
from web.running.areas_pages import DifferenceRow, Measure, MovedQuery, MovedRow, Option, Scheme, TermNode

HEADINGS = {AREA: "Areas", GROUP: "Groups of people"}
FACETS = {AREA: Facet.AREA, GROUP: Facet.GROUP}
BECAME = {Change.ADDED: "added", Change.REMOVED: "removed", Change.CHANGED: "changed"}
AT_THE_TOP = "Nothing: it stands at the top"
FIRST = 10
Counts = Mapping[Facet, Mapping[str, int]]


def schemes_of(taxonomy: Taxonomy, counts: Counts, home: str | None = None) -> tuple[Scheme, ...]:
    """Build the trees of both schemes; `home` is the change whose forms the terms lead to."""
    return tuple(
        Scheme(
            heading=HEADINGS[scheme],
            what=SCHEME_WORDS[scheme],
            add=f"{home}/add/{scheme}" if home else None,
            terms=_nodes(taxonomy, scheme, None, counts.get(FACETS[scheme]), home),
        )
        for scheme in SCHEMES
    )


def _nodes(
    taxonomy: Taxonomy, scheme: str, parent: str | None, counts: Mapping[str, int] | None, home: str | None
) -> tuple[TermNode, ...]:
    return tuple(
        TermNode(
            label=entry.label,
            code=entry.code,
            synonyms=", ".join(entry.synonyms),
            count=None if counts is None else counts.get(entry.code, 0),
            href=f"{home}/terms/{scheme}/{entry.code}" if home else None,
            children=_nodes(taxonomy, scheme, entry.code, counts, home),
        )
        for entry in taxonomy.children(parent, scheme)
    )


def difference_rows(found: Iterable[Difference], home: str | None = None) -> tuple[DifferenceRow, ...]:
    """Put differences into words; those that can still be changed lead to their form in the change `home`."""
    return tuple(
        DifferenceRow(
            heading=f"{one.label} ({SCHEME_WORDS[one.scheme]}): {BECAME[one.change]}",
            sentences=one.told,
            href=None if home is None or one.change is Change.REMOVED else f"{home}/terms/{one.scheme}/{one.code}",
        )
        for one in found
    )


def filled(draft: Draft, entry: Entry) -> Form:
    """Give the form of a term as it stands."""
    labels = draft.taxonomy()
    confused = [labels.label(entry.scheme, code) for code in entry.differs_from]
    return Form(
        {
            "label": [entry.label],
            "definition": [entry.definition],
            "synonyms": ["\n".join(entry.synonyms)],
            "differs_from": ["\n".join(confused)],
            "parent": [entry.parent or ""],
            "place": [str(draft.place(entry))],
        }
    )


def read_term(form: Form, draft: Draft, scheme: str, place: int) -> TermText:
    """Read the form of a term; what cannot be read is noted in the form. `place` is meant where none is typed."""
    number = form.whole("place", "The place")
    return TermText(
        label=form.text("label"),
        definition=form.text("definition"),
        synonyms=tuple(_lines(form.text("synonyms"))),
        differs_from=_codes(form, draft, scheme),
        parent=form.stated("parent"),
        place=number or place,
        shared=form.has("shared", "yes"),
    )


def _codes(form: Form, draft: Draft, scheme: str) -> tuple[str, ...]:
    entries = draft.taxonomy().scheme(scheme)
    known = {folded(entry.code): entry.code for entry in entries} | {folded(e.label): e.code for e in entries}
    found = []
    for name in _lines(form.text("differs_from")):
        if folded(name) in known:
            found.append(known[folded(name)])
        else:
            what = SCHEME_WORDS[scheme]
            form.refuse("differs_from", f"There is no {what} called “{name[:60]}”; write its name as in the list.")
    return tuple(found)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def parents_of(draft: Draft, scheme: str, code: str | None) -> tuple[Option, ...]:
    """Give what a term may stand below: not itself, nor one below it, nor one that is too deep."""
    taxonomy = draft.taxonomy()
    below = set() if code is None else set(taxonomy.with_descendants(code, scheme))
    fit = (
        (entry, taxonomy.ancestors(entry.code, scheme))
        for entry in taxonomy.scheme(scheme)
        if entry.code not in below and len(taxonomy.ancestors(entry.code, scheme)) + 1 < MOST_LEVELS
    )
    named = ((entry.code, " > ".join([*(a.label for a in reversed(above)), entry.label])) for entry, above in fit)
    return (("", AT_THE_TOP), *named)


def facts_of(draft: Draft, entry: Entry) -> tuple[Fact, ...]:
    """Give what a term says, to compare with what somebody typed."""
    taxonomy = draft.taxonomy()
    return (
        Fact("Name", entry.label),
        Fact("Definition", entry.definition),
        Fact("Synonyms", ", ".join(entry.synonyms)),
        Fact("Not the same as", ", ".join(taxonomy.label(entry.scheme, code) for code in entry.differs_from)),
        Fact("Stands below", taxonomy.label(entry.scheme, entry.parent) if entry.parent else AT_THE_TOP),
        Fact("Place", str(draft.place(entry))),
    )


def measure_of(found: Preview, *, old: bool) -> Measure:
    """Sum a preview up; figures have three places, as the evaluation prints them."""
    return Measure(
        before=figure(found.before),
        after=figure(found.after),
        told=_changed(len(found.changed), found.queries),
        old=old,
    )


def _changed(changed: int, queries: int) -> str:
    if not changed:
        return f"None of the {queries} judged queries changes in its first {FIRST} results."
    verb = "changes" if changed == 1 else "change"
    return f"{changed} of the {queries} judged queries {verb} in the first {FIRST} results."


def figure(value: float) -> str:
    """Write an nDCG with three places."""
    return f"{value:.3f}"


def moved_queries(found: Preview) -> tuple[MovedQuery, ...]:
    """Put the queries that change into words, those that lose most first."""
    return tuple(_moved_query(one) for one in sorted(found.changed, key=lambda one: one.after - one.before))


def _moved_query(one: PreviewQuery) -> MovedQuery:
    way = "better" if one.after > one.before else "worse"
    if figure(one.before) == figure(one.after):
        way = "neither better nor worse"
    return MovedQuery(
        heading=one.text,
        told=f"nDCG@10 {figure(one.before)} before, {figure(one.after)} after: {way}.",
        rows=tuple(map(_moved_row, one.rows)),
    )


def _moved_row(row: PreviewRow) -> MovedRow:
    within = row.after is not None and row.after <= FIRST
    return MovedRow(
        place=str(row.after) if within else "Left",
        title=row.title,
        moved=_movement(row.before, row.after),
        grade="Not judged" if row.grade is None else str(row.grade),
    )


def _movement(before: int | None, after: int | None) -> str:
    if after is None or after > FIRST:
        return f"Was {before}, now {'not among the first hundred' if after is None else after}"
    if before is None or before > FIRST:
        return "New" if before is None else f"New: was {before}"
    if before == after:
        return "Same place"
    return f"Up from {before}" if after < before else f"Down from {before}"
