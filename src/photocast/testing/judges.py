"""Judges with known faults, to see whether they are found: of position, of length, of kinship, of not answering."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from photocast.bench.judging.questions import BEGIN, END
from photocast.bench.judging.verdicts import VERDICTS
from photocast.models.fake import Answer
from photocast.models.vision import Ending, Finish, Request
from photocast.testing.behaviours import Behaviour, Say
from photocast.testing.server import Received

UNREADABLE = "Both of them have their moments, and I would listen to either."
REFUSAL = "I will not compare these."
_MUCH = 0.3
"""Share of the verdicts without a tie that say `much better`."""
_SIDES = {
    side: re.compile(rf"^{re.escape(BEGIN[side])}\n(.*?)\n{re.escape(END[side])}$", re.MULTILINE | re.DOTALL)
    for side in BEGIN
}


_ASKS_FOR_QUOTES = re.compile(r'^- "quotes":|^First: "', re.MULTILINE)


@dataclass(frozen=True)
class PlantedJudge:
    """Answers questions of a panel by lot, with chances that are known.

    A share of the answers goes by position, a share by length, a share by kinship; the rest goes by quality, and a part
    of that is ties. The lot is drawn from the words of the question: the same question has the same answer, the two
    orders of a pair have answers that do not depend on one another, and a question that is asked again because its
    answer could not be read is no other question.

    Attributes:
        name: judges of different names draw differently.
        marker: words by which the better transcript is known.
        quality: chance that the better one wins where quality decides.
        ties: chance of a tie where quality decides; a text and itself are always tied there.
        position: share that goes to the conversation that is shown first; below 0, to the second.
        length: share that goes to the one with more words; to either, where both have as many.
        kin: words by which the transcripts of its own family are known.
        kinship: share that goes to one of these, where exactly one of the two is.
        unreadable: share of the answers from which no verdict can be read.
        refused: share that is refused.
        invented: share of the quotes that are in neither text.
    """

    name: str = "planted"
    marker: str = ""
    quality: float = 0.5
    ties: float = 0.0
    position: float = 0.0
    length: float = 0.0
    kin: str = ""
    kinship: float = 0.0
    unreadable: float = 0.0
    refused: float = 0.0
    invented: float = 0.0

    def say(self, question: str, *, as_json: bool) -> Say:
        """The answer to the words of a question.

        Raises:
            ValueError: there are no two conversations in it.
        """
        first, second = transcripts(question)
        key = question[: question.rindex(END["second"])]
        fate = self._lot(key, "fate")
        if fate < self.refused:
            return Say(REFUSAL, finish="refusal")
        if fate < self.refused + self.unreadable:
            return Say(UNREADABLE)
        verdict = _words(self._preference(key, first, second), much=self._lot(key, "much") < _MUCH)
        reason = f"drawn from {hashlib.sha256(key.encode()).hexdigest()[:16]}"
        quotes = [(side, self._quote(key, text)) for side, text in (("first", first), ("second", second))]
        quotes = quotes if _ASKS_FOR_QUOTES.search(question) else []
        if as_json:
            said = [{"conversation": side, "quote": quote} for side, quote in quotes]
            return Say(json.dumps({"reason": reason, "quotes": said, "verdict": verdict}))
        lines = [f'{side.title()}: "{quote}"' for side, quote in quotes]
        return Say("\n".join([f"Reason: {reason}", *lines, f"Verdict: {verdict}"]))

    def answer(self, request: Request) -> Answer:
        """The same for `ScriptedModel`."""
        words = "\n".join([request.system, *(part for part in request.parts if isinstance(part, str))])
        said = self.say(words, as_json=request.schema is not None)
        return (said.text, Ending(Finish.REFUSED)) if said.finish == "refusal" else said.text

    def _preference(self, key: str, first: str, second: str) -> int:
        """1 for the first, 0 for a tie, -1 for the second."""
        lot = self._lot(key, "why")
        if lot < abs(self.position):
            return 1 if self.position > 0 else -1
        lot -= abs(self.position)
        if lot < self.length:
            return self._more(key, len(first.split()), len(second.split()))
        lot -= self.length
        kin = [bool(self.kin) and self.kin in text for text in (first, second)]
        if lot < self.kinship and kin[0] != kin[1]:
            return 1 if kin[0] else -1
        return self._by_quality(key, first, second)

    def _by_quality(self, key: str, first: str, second: str) -> int:
        if first == second or self._lot(key, "tie") < self.ties:
            return 0
        better = [bool(self.marker) and self.marker in text for text in (first, second)]
        if better[0] == better[1]:
            return self._more(key, 0, 0)
        right = self._lot(key, "right") < self.quality
        return 1 if better[0] == right else -1

    def _more(self, key: str, first: int, second: int) -> int:
        if first == second:
            return 1 if self._lot(key, "coin") < 0.5 else -1
        return 1 if first > second else -1

    def _quote(self, key: str, text: str) -> str:
        if self._lot(key + text, "quote") < self.invented:
            return "words that nobody has ever said about these photos"
        return " ".join(text.splitlines()[0].partition(": ")[2].split()[:8])

    def _lot(self, key: str, what: str) -> float:
        """A number from 0 up to 1 that depends on nothing but the judge, the question and what it is drawn for."""
        digest = hashlib.sha256(f"{self.name}\0{what}\0{key}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64


def transcripts(question: str) -> tuple[str, str]:
    """The two conversations in a question of a panel, the one that is shown first first.

    Raises:
        ValueError: they are not there.
    """
    found = {side: pattern.search(question) for side, pattern in _SIDES.items()}
    if (first := found["first"]) is None or (second := found["second"]) is None:
        raise ValueError("there are no two conversations in the question")
    return first[1], second[1]


def panel(judges: Mapping[str, PlantedJudge]) -> Callable[[Received], Behaviour]:
    """What `FakeProvider` answers under the names of several judges: each model as its own judge says."""

    def answer(received: Received) -> Behaviour:
        asked = received.asked
        return judges[asked.model].say(asked.text, as_json=asked.schema is not None)

    return answer


def _words(preference: int, *, much: bool) -> str:
    strength = preference * (2 if much else 1)
    return next(words for words, value in VERDICTS.items() if value == strength)
