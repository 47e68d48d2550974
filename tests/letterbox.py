"""The letters that somebody was sent, and the secret in the last of them."""

from sqlalchemy import Engine, select

from exchange.database import reading
from exchange.models_people import Letter


def letters_to(database: Engine, email: str) -> list[Letter]:
    """Give the letters to an address, oldest first."""
    with reading(database) as session:
        return list(session.scalars(select(Letter).where(Letter.address == email).order_by(Letter.id)))


def subjects(database: Engine, email: str) -> list[str]:
    """Give what the letters to an address are about."""
    return [letter.subject for letter in letters_to(database, email)]


def code_for(database: Engine, email: str) -> str:
    """Give the secret of the last link that was mailed to an address."""
    path = [letter.path for letter in letters_to(database, email) if letter.secret][-1]
    return path.partition("?code=")[2]
