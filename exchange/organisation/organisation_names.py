"""Finding an organisation by what somebody types of its name or org-id; knows no membership."""

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.models import Listing, Organisation, OrgKind
from exchange.organisation.organisations import name_key

MOST = 20
NEAR = 75
"""rapidfuzz's WRatio: "carers circle" (95) and "carres circle" (77) find "Carers' Circle CIO"; "elm court" (33) not
"Oak House"."""
SAME = 85
"""The same of a new name, whatever the order of its words: "Carers Circle Ltd" (87) may be "Carers Circle", and "Age UK
Leeds" (59) is not "Age UK Bradford"."""
SHORTEST_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that may be meant: what tells it from others, and whether its page is public."""

    id: int
    name: str
    kind: OrgKind
    org_id: str | None
    public: bool


def candidates(session: Session, text: str) -> tuple[Candidate, ...]:
    """Find organisations by name, near spellings too, or by org-id or its number; at most 20, exact ones first."""
    text = " ".join(clean(text).split())
    if len(text) < 2:
        return ()
    named = [number for number, _ in _near(session, text, fuzz.WRatio, NEAR)]
    return _read(session, [*_bearing(session, text), *named])


def alike(session: Session, name: str) -> tuple[Candidate, ...]:
    """Find organisations of the same or nearly the same name: what a new one may be by mistake."""
    return _read(session, [number for number, _ in _near(session, name, fuzz.token_sort_ratio, SAME)])


def by_org_id(session: Session, org_id: str) -> tuple[Candidate, ...]:
    """Find the organisation with exactly this org-id."""
    return _read(session, list(session.scalars(select(Organisation.id).where(Organisation.org_id == org_id))))


def _near(session: Session, text: str, scorer: Callable[..., float], least: float) -> list[tuple[int, float]]:
    """Give numbers and scores of organisations by nearness of name, the same name first, then by name."""
    key = name_key(text)
    keys = {row.id: row.name_key for row in session.execute(select(Organisation.id, Organisation.name_key))}
    found = process.extract(key, keys, scorer=scorer, processor=utils.default_process, limit=MOST, score_cutoff=least)
    ranked = sorted(found, key=lambda hit: (hit[0] != key, not hit[0].startswith(key), -hit[1], hit[0], hit[2]))
    return [(number, score) for _, score, number in ranked]


def _bearing(session: Session, text: str) -> list[int]:
    """Give the organisations of an org-id, or of the number in it ("1104417" of GB-CHC-1104417)."""
    same = Organisation.org_id == text.upper()
    if text.isalnum() and len(text) >= SHORTEST_NUMBER:
        same = same | Organisation.org_id.endswith(f"-{text.upper()}", autoescape=True)
    return list(session.scalars(select(Organisation.id).where(same).order_by(Organisation.id).limit(MOST)))


def _read(session: Session, numbers: list[int]) -> tuple[Candidate, ...]:
    wanted = list(dict.fromkeys(numbers))[:MOST]
    rows = {row.id: row for row in session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))}
    shown = select(Listing.organisation_id).where(
        Listing.organisation_id.in_(wanted), Listing.published_at.is_not(None)
    )
    public = set(session.scalars(shown.distinct()))
    return tuple(
        Candidate(row.id, row.name, OrgKind(row.kind), row.org_id, row.id in public)
        for number in wanted
        if (row := rows.get(number)) is not None
    )
