"""Which listings name an area or a group, as a condition that both databases understand; knows no taxonomy."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from exchange.listing.states import FOUND
from exchange.models import Listing

FIELDS = {"area": "areas", "group": "groups"}
"""Where a listing's content names the codes of each scheme."""


def names_code(session: Session, scheme: str, codes: Collection[str]) -> ColumnElement[bool]:
    """Give the condition that a listing's content names one of these codes itself, not one above or below it."""
    field = FIELDS[scheme]
    if session.get_bind().dialect.name == "sqlite":
        named = func.json_each(Listing.data, f"$.{field}").table_valued("value")
    else:
        stated = Listing.data[field]
        listed = case((func.json_typeof(stated) == "array", stated), else_=literal("[]").cast(Listing.data.type))
        named = func.json_array_elements_text(listed).table_valued("value")
    return select(literal(1)).select_from(named).where(named.c.value.in_(sorted(codes))).exists()


def count_naming(session: Session, scheme: str, code: str) -> int:
    """Count the listings that the public may find and that name this code themselves."""
    query = select(func.count()).select_from(Listing).where(Listing.state.in_(FOUND))
    return session.scalar(query.where(names_code(session, scheme, [code]))) or 0
