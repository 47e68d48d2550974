"""Short ways to prepare and publish changes of the areas, for tests."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from people import enrol
from sqlalchemy import Engine

from exchange.database import reading, writing
from exchange.people.permissions import Role
from exchange.running import taxonomy_proposals as proposals
from exchange.running.proposal_list import proposal_for
from exchange.running.taxonomy_proposals import Ruling, Target
from exchange.running.taxonomy_versions import go_back
from exchange.running.term_changes import Draft, TermText, draft_mark, draft_of, term_mark
from exchange.taxonomy import AREA, Taxonomy, load_taxonomy

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def text_of_term(draft: Draft, code: str, scheme: str = AREA) -> TermText:
    """Give what the form of a term holds."""
    one = draft.term(scheme, code)
    return TermText(
        label=one.label,
        definition=one.definition,
        synonyms=one.synonyms,
        differs_from=one.differs_from,
        parent=one.parent,
        place=draft.place(one),
    )


@dataclass
class Desk:
    """An administrator before a database; each act is a transaction of its own, a minute after the last one."""

    database: Engine
    name: str = "Ada Admin"
    now: datetime = NOW

    def __post_init__(self) -> None:
        with writing(self.database) as session:
            self.id = enrol(session, self.name, Role.ADMINISTRATOR).id

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def begin(self) -> int:
        with writing(self.database) as session:
            return proposals.begin(session, self.id, self.later()).id

    def draft(self, number: int) -> Draft:
        with reading(self.database) as session:
            return draft_of(proposal_for(session, number).data)

    def target(self, number: int, code: str, scheme: str = AREA) -> Target:
        return Target(number, scheme, code, term_mark(self.draft(number), scheme, code))

    def change(self, number: int, code: str, target: Target | None = None, **changes: object) -> None:
        """Change fields of an area, as from a page that was opened now or, with `target`, before."""
        text = replace(text_of_term(self.draft(number), code), **changes)
        with writing(self.database) as session:
            proposals.change_term(session, target or self.target(number, code), text, self.id, self.later())

    def add(self, number: int, code: str, **fields: object) -> None:
        text = TermText(**({"label": code.title(), "definition": f"All of {code}."} | fields))
        with writing(self.database) as session:
            proposals.add_term(session, Target(number, AREA, code, ""), text, self.id, self.later())

    def remove(self, number: int, code: str) -> None:
        target = self.target(number, code)
        with writing(self.database) as session:
            proposals.remove_term(session, target, self.id, self.later())

    def publish(self, number: int, reason: str = "It was time.") -> int:
        ruling = Ruling(reason, draft_mark(self.draft(number)))
        with writing(self.database) as session:
            return proposals.publish(session, number, ruling, self.id, self.later())

    def go_back(self, number: int) -> int:
        ruling = Ruling("It was better before.", str(self.published().version))
        with writing(self.database) as session:
            return go_back(session, number, ruling, self.id, self.later())

    def published(self) -> Taxonomy:
        with reading(self.database) as session:
            return load_taxonomy(session)

    def published_with(self, code: str, **changes: object) -> int:
        """Publish a change of one area."""
        number = self.begin()
        self.change(number, code, **changes)
        return self.publish(number)
