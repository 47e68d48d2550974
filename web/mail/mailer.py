"""Letters that wait taken to whoever carries them, and what became of each noted; knows no mail server's language."""

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from exchange import letters
from exchange.database import reading, writing
from exchange.errors import InputError, UnavailableError
from exchange.models_people import Letter
from exchange.settings import Settings
from web.mail.carriers import Carrier, Refusal
from web.mail.mail_message import message_of

log = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(minutes=10)
LAST_START = timedelta(minutes=5)
"""A letter is begun no later after the claim: the slowest server needs less for it than what is left of the lease."""
TOO_SLOW = "The mail server was too slow to take it with the others; it comes next."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailer:
    """Sends what is due, in any number of processes at once; `carrier` opens no connection before the first mail.

    A letter goes out twice only where a process dies between the server's answer and the note of it.
    """

    database: Engine
    settings: Settings
    carrier: Callable[[], Carrier]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def work(self) -> int:
        """Send one batch over one connection; give the number of letters that were looked at.

        Raises:
            UnavailableError: nobody carries mail just now; what was not sent waits, and the attempt is not counted.
        """
        began = self.clock()
        with reading(self.database) as session:
            if not letters.due(session, began):
                return 0
        with writing(self.database) as session:
            claimed = letters.claim(session, BATCH, began, LEASE)
        left = [letter.id for letter in claimed]
        with closing(self.carrier()) as carrier:
            for letter in claimed:
                if self.clock() - began > LAST_START:
                    self._put_back(left, TOO_SLOW)
                    break
                try:
                    refusal = self._carried(carrier, letter)
                except UnavailableError as error:
                    self._put_back(left, str(error))
                    raise
                self._note(letter, refusal)
                left.remove(letter.id)
        return len(claimed)

    def _carried(self, carrier: Carrier, letter: Letter) -> Refusal | None:
        try:
            message = message_of(letter, self.settings)
        except InputError as error:
            return Refusal(str(error), final=True)
        return carrier.carry(message)

    def _note(self, letter: Letter, refusal: Refusal | None) -> None:
        with writing(self.database) as session:
            if refusal is None:
                letters.sent(session, letter.id, self.clock())
            else:
                letters.failed(session, letter.id, refusal.reason, self.clock(), final=refusal.final)
        if refusal is not None:
            log.warning("mail %s was not taken: %s", letter.id, refusal.reason)

    def _put_back(self, letter_ids: list[int], reason: str) -> None:
        with writing(self.database) as session:
            letters.put_back(session, letter_ids, reason, self.clock())
