"""Why an alert fired, in one to three plain sentences; decides nothing and knows no engine."""

from collections.abc import Sequence

from indexer.constraints import Reading
from indexer.explain_hit import explain_hit
from indexer.results import Reason
from indexer.scoring import Citation
from indexer.sides import Side

MOST = 3
LONGEST_QUOTE = 160
FILTERS = "It fits the filters of your search."
NAMED = "Its title, or the number of its organisation, is what you searched for."
MEANING = "Its text is close in meaning to your search."
MATCHES = "It is close to your listing."


def why_found(side: Side, reading: Reading, closest: Citation | None, *, exact: bool) -> tuple[str, ...]:
    """Say why a listing passed a search: the constraints read in the text, the closest sentence, the words found."""
    told = [_sentence(reason) for reason in explain_hit(side, reading, closest).reasons]
    if exact:
        told.insert(0, NAMED)
    if not told:
        return (MEANING if reading.text.strip() else FILTERS,)
    return tuple(told[:MOST])


def why_matched(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """Say why a listing matches another."""
    return tuple(_sentence(reason) for reason in reasons[:MOST]) or (MATCHES,)


def _sentence(reason: Reason) -> str:
    if reason.quote is None:
        return f"{reason.text.rstrip('.')}."
    return f"{reason.text}: \u201c{_cut(reason.quote)}\u201d."


def _cut(quote: str) -> str:
    text = " ".join(quote.split()).rstrip(".")
    if len(text) <= LONGEST_QUOTE:
        return text
    return f"{text[:LONGEST_QUOTE].rsplit(' ', 1)[0]}\u2026"
