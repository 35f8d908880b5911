"""Bytes that leave for a model: told with answers and errors in such a way that a sum of them misses none."""

from dataclasses import replace

from photocast.models.remote.setting import Tally
from photocast.models.vision import Ending
from photocast.schema import ModelError, PhotocastError


class Sent:
    """What one model was sent and nobody was told of yet.

    Args:
        host: where it is; what is sent to None has not left this machine.
    """

    def __init__(self, host: str | None) -> None:
        self._host, self._untold = host, 0

    def stopped(self, tally: Tally) -> None:
        """An attempt was ended from outside, so that what it sent can only be told with the next answer."""
        self._untold += self._left(tally)

    def told(self, outcome: Ending | PhotocastError, tally: Tally) -> Ending:
        """The ending, with all that left for it and was not told before.

        Raises:
            PhotocastError: the outcome, if it is one; a `ModelError` with what its own attempt sent.
        """
        if isinstance(outcome, ModelError):
            outcome.bytes_sent = self._left(tally)
        if not isinstance(outcome, Ending):
            raise outcome
        sent, self._untold = self._untold + self._left(tally), 0
        return replace(outcome, bytes_sent=sent)

    def _left(self, tally: Tally) -> int:
        return 0 if self._host is None else tally.sent
