"""Long queries: what of a pasted page counts, and how much its words count beside its meaning; knows no engine."""

from collections.abc import Sequence

from indexer.analysis import terms
from indexer.engine import TermGroup

LONG = 16
"""Topic words from which a query is a page rather than a need in a person's words."""
LONGER = 32
LEXICAL, LEXICAL_OF_PAGES = 0.58, 0.9
"""Weight of the words beside the meaning: a page's one vector blurs (dense alone finds 25% of `need2charity`'s winners
among the first 100, words alone 46%)."""

PROCEDURE = frozenset(
    terms(
        """
    appoint appointed applicant application apply april august authority award awarded bid bidder bidding bids borough
    call city click clarification clarifications commence commencement commencing commission commissioned commissioner
    commissioning conditions contract contracted contracting contractor contracts cost costs council county criteria
    date deadline december details district document documentation documents dps dynamic duration email engagement
    estimated evaluate evaluated evaluation event expression extend extension extensions february framework further
    gov html http https include included includes including information initial interested invitation itt january july
    june link lot lots march market maximum metropolitan minimum monday months net notice november number october off
    open option optional options organisation org party pdf period portal potential pqq price procedure process procure
    procured procurement procuring provide provided provider providers provides provision purchasing purpose quality
    questionnaire regime register registered registration regulation relevant required requirement requirements
    respond response restricted seeking september service services specification stage subject submission submissions
    submit submitted supplier suppliers system tender tendered tenderer tendering tenders term total uk value via
    website wish www year years
    """
    )
)
"""Words of buying that say nothing of what is bought; common in notices, rare in listings, so their idf misleads."""


def lexical_weight(words: int, short: float = LEXICAL) -> float:
    """Give the weight of the lexical part for a query of so many topic words: `short` up to 16, rising to .9 at 32."""
    along = min(max((words - LONG) / (LONGER - LONG), 0.0), 1.0)
    return short + along * (LEXICAL_OF_PAGES - short)


def without_procedure(groups: Sequence[TermGroup]) -> tuple[TermGroup, ...]:
    """Take the words of buying out of a long query, unless nothing else is there; a short one keeps all."""
    if len(groups) <= LONG:
        return tuple(groups)
    return tuple(group for group in groups if group.typed not in PROCEDURE) or tuple(groups)
