"""A reply on PostgreSQL while a moderator hides what it answers: it waits, and is then refused."""

from moderating import NOW, scene
from sqlalchemy import func, select
from talking import talk
from together import meanwhile

from exchange.database import reading, writing
from exchange.discussing import hiding, speaking
from exchange.discussing.hiding import Measure, Ruling
from exchange.errors import NotFoundError
from exchange.models import Account
from exchange.models_discussion import Comment


def test_a_reply_waits_for_the_moderator_and_is_then_refused(postgres):
    with postgres.engine() as database:
        with writing(database) as session:
            here = talk(scene(session))
            question, at = here.ask().id, here.at

        def reply() -> object:
            with writing(database) as other:
                return speaking.reply(other, question, "Forty.", other.get_one(Account, at.ida.id), NOW)

        with writing(database) as session:
            ruling = Ruling(Measure.HIDE, "It insults.")
            hiding.rule(session, question, ruling, session.get_one(Account, at.mo.id), NOW)
            with meanwhile(database, reply) as late:
                session.commit()
            assert isinstance(late.exception(), NotFoundError)
        with reading(database) as session:
            assert session.scalar(select(func.count()).select_from(Comment)) == 1
