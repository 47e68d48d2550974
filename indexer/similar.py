"""Near-duplicates on one page of results: one organisation's say nearly the same only once at the top; no engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from exchange.content import Content
from exchange.listing.duplicates import ALIKE, likeness
from indexer.results import Hit

Said = tuple[int | None, Content]
"""Who posted a listing, and what it says."""


def demoted(
    hits: Sequence[Hit], said: Mapping[int, Said], alike: Callable[[Content, Content], float] = likeness
) -> tuple[Hit, ...]:
    """Put behind all others of the page what says nearly the same as a result of the same organisation above it.

    The result above says how many there are. None is dropped, and no other page or count changes; a listing without an
    organisation is nobody's duplicate.
    """
    first: list[Hit] = []
    last: list[Hit] = []
    for hit in hits:
        at = next((at for at, above in enumerate(first) if _same(said[above.id], said[hit.id], alike)), None)
        if at is None:
            first.append(hit)
        else:
            first[at] = replace(first[at], similar=first[at].similar + 1)
            last.append(replace(hit, similar_to=first[at].id))
    return (*first, *last)


def _same(one: Said, other: Said, alike: Callable[[Content, Content], float]) -> bool:
    return one[0] is not None and one[0] == other[0] and alike(one[1], other[1]) >= ALIKE
