"""Words of an Elasticsearch index that are spelt alike; knows no text and no suggestion."""

from rapidfuzz.distance import OSA

from indexer.analysis import LONGEST, terms
from indexer.elastic_index import ElasticIndex


def similar_words(index: ElasticIndex, word: str) -> list[tuple[str, int]]:
    """Give words spelt like `word`, nearest first, then commonest, each with the visible listings that hold its term.

    The server's own suggester gives the candidates; a word that only hidden listings hold is not told.
    """
    furthest = 1 if len(word) < 5 else 2
    if len(word) > LONGEST + furthest:
        return []  # no word of an index is as long, and the server would take a second to find that out
    nearest: dict[str, tuple[int, int, str]] = {}
    for surface, written in index.suggest(word, furthest):
        distance = OSA.distance(word, surface)
        if distance <= furthest:
            term, told_as = terms(surface)[0], (int(distance), -written, surface)
            nearest[term] = min(told_as, nearest.get(term, told_as))
    if not nearest:
        return []
    holders = index.count_holders(list(nearest))
    ranked = sorted((nearest[term][0], -count, nearest[term][2]) for term, count in holders.items() if count)
    return [(surface, -count) for _, count, surface in ranked]
