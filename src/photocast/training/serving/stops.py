"""Strings that end an answer, found while it comes in pieces."""

from collections.abc import Sequence


class Stops:
    """Passes on an answer up to the first of some strings, which may come in several pieces.

    What could be the beginning of one is held back until more is known.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = stops
        self._held = ""
        self.met = False
        """Whether one was found: what comes after it is not passed on."""

    def hear(self, piece: str) -> str:
        """Take a piece; returns what can be passed on."""
        self._held += piece
        found = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            self.met = True
            said, self._held = self._held[: min(found)], ""
            return said
        keep = max((self._beginning(stop) for stop in self._stops), default=0)
        said, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return said

    def rest(self) -> str:
        """What was held back, when the answer is over: it was no beginning."""
        said, self._held = self._held, ""
        return said

    def _beginning(self, stop: str) -> int:
        """How many of the last letters are the first of a string."""
        longest = min(len(stop) - 1, len(self._held))
        return next((size for size in range(longest, 0, -1) if self._held.endswith(stop[:size])), 0)
