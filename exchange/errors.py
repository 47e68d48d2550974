"""The one error tree of the exchange; every message is a sentence that says what to do.

ExchangeError
    InputError          what a person or a file gave cannot be used as it is
        NotFoundError   it names something that is not there, or that they may not see
        StateError      the state of a thing does not allow this step
        TooManyError    it was tried too often of late
    ForbiddenError      it is there, they may see it, and it is not for them to do
    ConflictError       somebody else changed it first
    SettingsError       the environment holds a value that cannot be used
    UnavailableError    a part (engine, model, database) does not answer now
"""


class ExchangeError(Exception):
    """Stand at the root; never raised itself."""


class InputError(ExchangeError):
    """Say what is wrong with what was given and how to mend it."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFoundError(InputError):
    """Say that the thing named is not there."""


class StateError(InputError):
    """Say which state the thing is in and which steps that state allows."""


class TooManyError(InputError):
    """Say when to try again; `seconds` is the same for a program."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class ForbiddenError(ExchangeError):
    """Say who may do this."""


class ConflictError(ExchangeError):
    """Say that a newer change exists, and keep both."""


class SettingsError(ExchangeError):
    """Name the setting, its value and what it may be."""


class UnavailableError(ExchangeError):
    """Name the part that does not answer and what still works."""
