"""A discussion below a listing of one charity, and short ways to say something in it and to hide it."""

from dataclasses import dataclass
from datetime import datetime

from moderating import NOW, Scene
from sqlalchemy.orm import Session

from exchange.discussing import comments, hiding, speaking
from exchange.discussing.comments import Asked, Discussion
from exchange.discussing.hiding import Measure, Ruling
from exchange.discussing.speaking import Words
from exchange.models import Account
from exchange.models_discussion import Comment


@dataclass(frozen=True)
class Talk:
    """The scene of the moderators with a published listing of Ida's and Ivo's charity."""

    at: Scene
    listing: int

    @property
    def session(self) -> Session:
        return self.at.session

    def ask(
        self, text: str = "How many?", by: Account | None = None, kind: str = "question", about: str | None = None
    ) -> Comment:
        return speaking.speak(self.session, self.listing, Words(kind, text, about), by or self.at.noah, NOW)

    def reply(self, comment: Comment, text: str = "Forty.", by: Account | None = None, when: datetime = NOW) -> Comment:
        return speaking.reply(self.session, comment.id, text, by or self.at.ida, when)

    def rule(self, comment: Comment, measure: Measure, reason: str | None = "It insults.", by: Account | None = None):
        return hiding.rule(self.session, comment.id, Ruling(measure, reason), by or self.at.mo, NOW)

    def hide(self, comment: Comment) -> Comment:
        return self.rule(comment, Measure.HIDE)

    def shown(self, number: int = 1) -> Discussion:
        return comments.shown(self.session, self.listing, number)

    @property
    def count(self) -> Asked:
        return comments.counts(self.session, [self.listing])[self.listing]

    def texts(self) -> list[list[str | None]]:
        """Give each thread as its text and those of its replies."""
        return [[one.text, *(reply.text for reply in one.replies)] for one in self.shown().threads]


def talk(at: Scene) -> Talk:
    """Open a discussion."""
    return Talk(at, at.publish().id)
