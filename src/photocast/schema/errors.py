"""The errors photocast raises on purpose: what happened, why, and what to do."""

from enum import StrEnum


class PhotocastError(Exception):
    """Base of every error photocast raises on purpose.

    Positional arguments only, so that it survives pickling between worker processes.
    """

    exit_code: int = 1

    def __init__(self, what: str, why: str, do: str) -> None:
        super().__init__(what, why, do)
        self.what, self.why, self.do = what, why, do

    def __str__(self) -> str:
        return f"{self.what}: {self.why}. {self.do}."


class UsageError(PhotocastError):
    """A flag, a brief or a call that cannot be meant as written."""

    exit_code = 2


class ConfigError(PhotocastError):
    """The machine is not set up for what was asked."""

    exit_code = 3


class InputError(PhotocastError):
    """Photos, folders or files that cannot be used as they are."""

    exit_code = 4


class AnswerLost(InputError):
    """What a model answered could not be kept on this machine; it may have been paid for."""


class TranscriptError(InputError):
    """A transcript in which no speaker can be found, with the place where reading stopped."""


class LocalOnlyError(PhotocastError):
    """A connection beyond this machine was attempted although `--local` forbids it."""

    exit_code = 5


class UndefinedMetric(PhotocastError):
    """The metric has no value for this input; it is counted, never averaged as zero."""


class Fault(StrEnum):
    """What is wrong with a call to a model. The table in docs/models.md says what each means for the user."""

    UNKNOWN_MODEL = "unknown_model"
    NOT_INSTALLED = "not_installed"
    BROKEN_INSTALL = "broken_install"
    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    QUOTA = "quota"
    """The account has no money or no allowance left."""
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    BAD_ANSWER = "bad_answer"
    """What came back is not what the provider's interface promises."""
    REJECTED = "rejected"
    """The provider will not take the request as it is."""
    TOO_LONG = "too_long"
    """Photos and words are more than the model can take in."""
    NO_IMAGES = "no_images"
    """The model, or its chat template, has no place for photos."""
    OUT_OF_MEMORY = "out_of_memory"
    WRONG_ADAPTER = "wrong_adapter"
    BROKEN_FILES = "broken_files"
    """The files of a model are missing or damaged."""
    REFUSED = "refused"
    FILTERED = "filtered"
    EMPTY = "empty"
    """Nothing was said."""
    UNUSABLE = "unusable"
    """Something was said, and no conversation can be made of it."""


_PASSES = frozenset({Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.UNREACHABLE, Fault.TIMED_OUT, Fault.BAD_ANSWER})
_SETUP = frozenset(
    {Fault.UNKNOWN_MODEL, Fault.NOT_INSTALLED, Fault.BROKEN_INSTALL, Fault.NO_KEY, Fault.WRONG_KEY, Fault.WRONG_ADAPTER}
    | {Fault.BROKEN_FILES, Fault.NO_IMAGES}
)


class ModelError(PhotocastError):
    """A model could not be loaded, reached or used."""

    bytes_sent: int | None = None
    """What left this machine before it failed; None when nobody counted. If nothing did, nobody can charge for it."""

    def __init__(self, fault: Fault, what: str, why: str, do: str, retry_after: float | None = None) -> None:
        super().__init__(what, why, do)
        self.args = (fault, what, why, do, retry_after)  # so that it survives pickling
        self.fault, self.retry_after = fault, retry_after
        self.exit_code = 3 if fault in _SETUP else 5  # whether this machine or the other side has to change

    @property
    def retryable(self) -> bool:
        """Whether the same call may go well a little later."""
        return self.fault in _PASSES


class BudgetError(PhotocastError):
    """The next call could cost more than `--max-cost` leaves."""

    exit_code = 6
