"""Annotators of talk with known faults, for tests of the corpus: they mark excerpts and describe pictures by lot."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from photocast.corpus.scene_words import BRANDS, TELLING, UNSEEN, WRITING
from photocast.corpus.shown import BEGIN, END, LINE
from photocast.corpus.visual_words import visual_words
from photocast.models.fake import Answer
from photocast.models.vision import Ending, Finish, Request
from photocast.testing.behaviours import Behaviour, Draw, Fail, Say
from photocast.testing.server import Received

REFUSAL = "I will not go through this conversation."
PROSE = "I would take the middle of it, where they speak about the dog, and show a garden."
NAME = "Wilhelmina"
"""Whom prompts name that name somebody."""
_LIMITS = re.compile(r"has ([\d,]+) to ([\d,]+) words")
_COUNT = re.compile(r"Describe (\d+) to (\d+) photographs")
_AGAIN = "Answer once more"
_TALK = re.compile(rf"^{re.escape(BEGIN)}\n(.*?)\n{re.escape(END)}$", re.MULTILINE | re.DOTALL)
_THINGS = (
    *(
        "kettle",
        "bench",
        "bicycle",
        "lantern",
        "basket",
        "ladder",
        "dog",
        "barrel",
        "umbrella",
        "cake",
        "rope",
        "tractor",
    ),
    *("piano", "canoe", "suitcase", "tent", "hammock", "bucket", "wheelbarrow", "pumpkin", "candle", "horse", "drum"),
)
_PLACES = (
    "on a wooden kitchen table near a window",
    "in wet grass behind a stone house",
    "on the concrete floor of an open garage",
    "beneath tall pine trees in fog",
    "at the edge of a muddy river",
    "against a whitewashed brick wall in harsh sunshine",
    "between parked trucks on gravel",
    "along a sandy beach at dusk",
    "amid snow beside an iron gate",
)
_SEEN = 0.6
"""Weight of words that are taken for things that can be seen."""


@dataclass(frozen=True)
class PlantedAnnotator:
    """Answers the questions of the stages `excerpt` and `scenes`, with chances that are known.

    The lot is drawn from the talk in the question: the same talk is answered in the same way. Shares are of all
    questions of a stage; what is left is answered well: with the longest stretch that may be marked from some turn on,
    and with pictures of things that the turns speak of.

    Attributes:
        name: annotators of different names draw differently.
        not_visual: share of windows in which nothing can be seen.
        unsafe: share that is unsafe.
        poor: share that is poor talk.
        outside: share of answers with numbers of turns that are not there.
        misjudged: share of marks of a stretch that is too short.
        retyped: share of answers with words in place of numbers.
        prose: share of answers without JSON.
        cut: share of answers that end in the middle.
        refused: share that the model refuses.
        filtered: share that the provider's filter stops.
        throttled: share that is sent away the first time, to come back at once; only by `annotator`.
        few: share of answers with one scene.
        named: share of scenes that name somebody.
        wrapped: share of good answers in a fence with words around it.
        repents: share of bad answers that are good when the question is put again.
    """

    name: str = "planted"
    not_visual: float = 0.0
    unsafe: float = 0.0
    poor: float = 0.0
    outside: float = 0.0
    misjudged: float = 0.0
    retyped: float = 0.0
    prose: float = 0.0
    cut: float = 0.0
    refused: float = 0.0
    filtered: float = 0.0
    throttled: float = 0.0
    few: float = 0.0
    named: float = 0.0
    wrapped: float = 0.0
    repents: float = 0.0

    def say(self, question: str) -> Say:
        """The answer to the words of a question.

        Raises:
            ValueError: it is none of a stage that asks about talk.
        """
        talk = _Shown.of(question)
        fate = self._fate(talk, question)
        if fate == "refused":
            return Say(REFUSAL, finish="refusal")
        if fate == "filtered":
            return Say("", finish="content_filter")
        if fate == "prose":
            return Say(PROSE)
        said = self._scenes(talk, fate) if talk.asks_for_scenes else self._mark(talk, fate)
        text = json.dumps(said, ensure_ascii=False)
        if fate == "cut":
            return Say(text[: len(text) // 2], finish="length")
        if self._lot(talk, "wrapped") < self.wrapped:
            text = f"Here is what I would do.\n```json\n{text}\n```\nI hope that it helps {{you}}."
        return Say(text)

    def answer(self, request: Request) -> Answer:
        """The same for `ScriptedModel`."""
        said = self.say("\n".join([request.system, *(part for part in request.parts if isinstance(part, str))]))
        ends = {"refusal": Finish.REFUSED, "content_filter": Finish.FILTERED, "length": Finish.LENGTH}
        ending = Ending(ends.get(said.finish or "", Finish.DONE))
        return (said.text, ending) if said.text else ending

    def is_throttled(self, question: str) -> bool:
        """Whether the provider sends the question away the first time."""
        return self._lot(_Shown.of(question), "throttled") < self.throttled

    def _fate(self, talk: "_Shown", question: str) -> str:
        bad = ("refused", "filtered", "prose", "cut", "outside", "retyped")
        own = ("few",) if talk.asks_for_scenes else ("misjudged", "not_visual", "unsafe", "poor")
        lot = self._lot(talk, "fate")
        for what in (*bad, *own):
            lot -= getattr(self, what)
            if lot < 0:
                is_verdict = what in {"not_visual", "unsafe", "poor"}
                repents = _AGAIN in question and self._lot(talk, "repents") < self.repents
                return "" if repents and not is_verdict else what
        return ""

    def _mark(self, talk: "_Shown", fate: str) -> dict[str, Any]:
        first, last = talk.stretch(self._lot(talk, "first"))
        if fate == "outside":
            first, last = first, len(talk.lines) + 1 + int(9 * self._lot(talk, "outside"))
        if fate == "misjudged":
            last = first
        if fate == "not_visual":
            first = last = 0
        said: dict[str, Any] = {
            "why": "they have nothing that can be seen" if fate == "not_visual" else "things can be seen all along",
            "visual": fate != "not_visual",
            "first": first,
            "last": last,
            "safety": {"unsafe": ["violent"] if fate == "unsafe" else [], "why": ""},
            "quality": {"flaws": ["garbled"] if fate == "poor" else [], "why": ""},
        }
        if fate == "retyped":
            said["excerpt"] = "\n".join(talk.lines)
            del said["first"], said["last"]
        return said

    def _scenes(self, talk: "_Shown", fate: str) -> dict[str, Any]:
        least, most = talk.limits
        number = min(len(_PLACES), least + round((most - least) * self._lot(talk, "number")))
        scenes = list(self._pictures(talk, 1 if fate == "few" else number))
        if fate == "outside":
            scenes = [{**one, "last": len(talk.lines) + 1} for one in scenes]
        return {"scenes": [one["prompt"] for one in scenes] if fate == "retyped" else scenes}

    def _pictures(self, talk: "_Shown", number: int) -> Iterator[dict[str, Any]]:
        """Scenes over the whole talk, each with two things of its turns, none twice."""
        used: set[str] = set()
        begin = int(len(_PLACES) * self._lot(talk, "place"))
        for at in range(number):
            first = 1 + at * len(talk.lines) // number
            last = max(first, (at + 1) * len(talk.lines) // number)
            things = [one for one in (*_seen(talk.lines[first - 1 : last]), *_THINGS) if one not in used][:2]
            used.update(things)
            who = f"A woman called {NAME} carries" if self._lot(talk, f"named {at}") < self.named else "A woman carries"
            place = _PLACES[(begin + at) % len(_PLACES)]
            yield {"first": first, "last": last, "prompt": f"{who} one {things[0]} and one {things[1]} {place}."}

    def _lot(self, talk: "_Shown", what: str) -> float:
        """A number from 0 up to 1 that depends on nothing but the annotator, the talk and what it is drawn for."""
        stage = "scenes" if talk.asks_for_scenes else "excerpt"
        digest = hashlib.sha256("\0".join([self.name, stage, what, *talk.lines]).encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64


@dataclass(frozen=True)
class _Shown:
    """What a question shows and asks for."""

    lines: tuple[str, ...]
    """What is said in each turn."""
    counts: tuple[int, ...]
    """Words until the end of each turn."""
    limits: tuple[int, int]
    """Fewest and most words, or scenes."""
    asks_for_scenes: bool

    @classmethod
    def of(cls, question: str) -> "_Shown":
        talk, count, limits = _TALK.search(question), _COUNT.search(question), _LIMITS.search(question)
        asked = count or limits
        if talk is None or asked is None:
            raise ValueError("the question shows no talk, or asks for neither an excerpt nor scenes")
        turns = list(LINE.finditer(talk[1]))
        least, most = (int(number.replace(",", "")) for number in asked.groups())
        lines, counts = (turn["text"] for turn in turns), (int(turn["words"]) for turn in turns)
        return cls(tuple(lines), tuple(counts), (least, most), count is not None)

    def stretch(self, lot: float) -> tuple[int, int]:
        """The longest stretch that may be marked, from the turn on that a lot from 0 to 1 decides; numbers from 1."""
        before = (0, *self.counts)
        found = [
            (first, last)
            for first in range(1, len(self.lines) + 1)
            if (last := max((at for at, words in enumerate(before) if words - before[first - 1] <= self.limits[1])))
            and before[last] - before[first - 1] >= self.limits[0]
        ]
        return found[int(lot * len(found))] if found else (1, len(self.lines))


def annotator(planted: PlantedAnnotator) -> Callable[[Received], Behaviour]:
    """What `FakeProvider` answers when its model is an annotator."""
    sent_away: set[str] = set()
    lock = threading.Lock()

    def answer(received: Received) -> Behaviour:
        question = received.asked.text
        with lock:
            is_new = question not in sent_away
            sent_away.add(question)
        if is_new and planted.is_throttled(question):
            return Fail("rate_limited", retry_after=0.0)
        return planted.say(question)

    return answer


def annotator_who_draws(planted: PlantedAnnotator | None = None) -> Callable[[Received], Behaviour]:
    """What `FakeProvider` answers to all questions of a corpus: it marks and describes talk, and draws the rest."""
    marks = annotator(planted or PlantedAnnotator())

    def answer(received: Received) -> Behaviour:
        return marks(received) if BEGIN in received.asked.text else Draw()

    return answer


def _seen(lines: Sequence[str]) -> list[str]:
    """Words that can be seen, in the order in which they come, without those that no prompt may hold."""
    words = dict.fromkeys(word for line in lines for word in re.findall(r"\b[a-z]{4,}\b", line))
    forbidden = (WRITING, TELLING, UNSEEN, BRANDS)
    return [
        word
        for word in words
        if visual_words().get(word, 0.0) >= _SEEN and not any(pattern.search(f"one {word}") for pattern in forbidden)
    ]
