"""The errors photocast raises on purpose: what happened, why, and what to do."""

from typing import ClassVar


class PhotocastError(Exception):
    """Base of every error photocast raises on purpose.

    Positional arguments only, so that it survives pickling between worker processes.
    """

    exit_code: ClassVar[int] = 1

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


class TranscriptError(InputError):
    """A transcript in which no speaker can be found, with the place where reading stopped."""


class LocalOnlyError(PhotocastError):
    """A connection beyond this machine was attempted although `--local` forbids it."""

    exit_code = 5


class UndefinedMetric(PhotocastError):
    """The metric has no value for this input; it is counted, never averaged as zero."""
