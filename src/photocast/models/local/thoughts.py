"""Models that think before they answer: what they think is not what they say."""

from collections.abc import Callable

OPEN, CLOSE = "<think>", "</think>"


class Spoken:
    """Passes on what is said, and keeps to itself what stands between the marks of a thought at the beginning.

    Args:
        told: gets every piece of what is said.
        thinking: whether the question has opened a thought already, as some chat templates do.
    """

    def __init__(self, told: Callable[[str], None], *, thinking: bool) -> None:
        self._told = told
        self._held = OPEN if thinking else ""
        self._speaking = False

    def hear(self, piece: str) -> None:
        """Take a piece of the answer."""
        if self._speaking:
            self._told(piece)
            return
        self._held += piece
        begun = self._held.lstrip()
        if begun.startswith(OPEN):
            _, closed, said = begun.partition(CLOSE)
            said = said.lstrip()
            if closed and said:
                self._speak(said)
        elif not OPEN.startswith(begun):
            self._speak(self._held)

    def finish(self) -> None:
        """The answer is over: what looked like the beginning of a thought was none."""
        if not self._speaking and not self._held.lstrip().startswith(OPEN):
            self._speak(self._held)

    def _speak(self, text: str) -> None:
        self._speaking = True
        if text:
            self._told(text)
