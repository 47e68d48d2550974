"""The filters of `exchange search`: names or codes become the query of the search page; knows no engine."""

from collections.abc import Iterable
from difflib import get_close_matches

import typer

from exchange.database import reading
from exchange.place.places import normalise
from exchange.taxonomy import AREA, GROUP, Taxonomy, load_taxonomy
from indexer.results import Facet, Query
from web.params import Problem, read_search
from web.runtime import Runtime
from web.site import known_values
from web.wording import EVIDENCE_LEVELS, MONEY_BANDS, PARTNERS, SIZES, STAGES, TIERS, listed

SCHEMES = (AREA, GROUP)
CHOICES: dict[str, tuple[str, ...]] = {
    Facet.TIER: tuple(TIERS),
    Facet.MONEY: tuple(MONEY_BANDS),
    Facet.STAGE: tuple(STAGES),
    Facet.SIZE: tuple(SIZES),
    Facet.EVIDENCE: tuple(str(level) for level in EVIDENCE_LEVELS),
    Facet.PARTNERS: tuple(PARTNERS),
}
"""The filters with so few values that a mistake is answered with all of them."""


def read_query(runtime: Runtime, pairs: Iterable[tuple[str, str]]) -> Query:
    """Read option names and values into a query; areas and groups may be given by name.

    Raises:
        typer.BadParameter: a value cannot be used; the sentence says what may be given.
    """
    with reading(runtime.database) as session:
        taxonomy = load_taxonomy(session)
    known = known_values(taxonomy, runtime.context.gazetteer)
    coded = [(name, _code(taxonomy, name, value) if name in SCHEMES else value) for name, value in pairs]
    asked = read_search(coded, known)
    for problem in asked.problems:
        raise typer.BadParameter(_sentence(problem, taxonomy), param_hint=f"--{problem.name}")
    return asked.query


def _code(taxonomy: Taxonomy, scheme: str, text: str) -> str:
    """Give the code of an entry that bears the text as its label or synonym, or the text as it is."""
    wanted, entries = normalise(text), taxonomy.scheme(scheme)
    names = [(entry.label, entry.code) for entry in entries]
    names += [(synonym, entry.code) for entry in entries for synonym in entry.synonyms]
    return next((code for name, code in names if normalise(name) == wanted), text.strip())


def _sentence(problem: Problem, taxonomy: Taxonomy) -> str:
    if problem.name in CHOICES:
        return f"“{problem.value}” is not a choice; give {' or '.join(CHOICES[problem.name])}."
    if problem.name in SCHEMES:
        labels = [entry.label for entry in taxonomy.scheme(problem.name)]
        near = get_close_matches(problem.value, labels, n=3, cutoff=0.4) or labels[:5]
        return f"“{problem.value}” is not a choice; there are {listed(near)}, for instance."
    return problem.sentence
