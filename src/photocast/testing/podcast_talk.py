"""Made-up talk: sentences about things that can be seen and things that cannot, good talk and bad, by a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from photocast.testing.podcast_words import (
    ADVERTISEMENTS,
    BACKS,
    FOREIGN,
    FRONTS,
    NAMES,
    OPENING,
    SAYING,
    SEEN,
    SHAPES,
    SHORT,
    UNSEEN,
)

TOPICS = (*SEEN, *UNSEEN)
_POOL = 500
_MORE = 20
_MOST = 4000
"""Sentences about a topic: some, more for each episode, and how many at most. Two stretches of a thousand words about
one topic share some two of so many."""
_SHORT = 0.22
"""Share of turns that only answer."""
_LONGEST = 9
_WORDS = {kind: [word.replace("-", " ") for word in words.split()] for kind, words in SAYING.items()} | {
    "name": NAMES.split(),
    "surname": [front + back for front in FRONTS.split() for back in BACKS.split()],
    "number": [str(number) for number in range(2, 90)],
    "year": [str(year) for year in range(1930, 2020)],
}
_WORDS["place"] = _WORDS["surname"]
_OPENING = OPENING.split()
_OPENED = 0.75
"""Share of sentences that begin so: half of what people say are the hundred most frequent words."""
_SHAPES = [shape.split() for shape in SHAPES]
_SHORTS = SHORT.split("|")


@dataclass(frozen=True)
class Flaws:
    """Shares of episodes that nobody would want in a corpus, or not twice."""

    near_duplicates: float = 0.02
    """The talk of the episode before, with a few other words, in another feed."""
    advertisements: float = 0.1
    monologues: float = 0.05
    """One speaker says nearly everything."""
    gibberish: float = 0.01
    inaudible: float = 0.02
    """`[inaudible]` all over."""
    repetition: float = 0.02
    """A sentence over and over, as speech recognition does on music."""
    foreign: float = 0.03


NONE = Flaws(0, 0, 0, 0, 0, 0, 0)


class Talker:
    """Makes talk, always the same by the same seed; for more episodes, out of more sentences."""

    def __init__(self, seed: int, episodes: int = 0) -> None:
        self._pool_size = min(_MOST, _POOL + _MORE * episodes)
        self._random = random.Random(f"talk {seed}")
        self._pools: dict[str, list[str]] = {}

    def said(self, topic: str, turns: int) -> list[str]:
        """What is said in turns about a topic."""
        choose, chance = self._random.choices, self._random.random
        pool = self._pool(topic)
        texts = []
        for _ in range(turns):
            if chance() < _SHORT:
                texts.append(self._random.choice(_SHORTS))
            else:
                texts.append(" ".join(choose(pool, k=min(_LONGEST, 1 + int(self._random.expovariate(0.42))))))
        return texts

    def spoilt(self, texts: list[str], flaw: str, topic: str) -> list[str]:
        """The same number of turns with a flaw, named as in `Flaws`."""
        if flaw == "foreign":
            words = FOREIGN[self._random.choice(sorted(FOREIGN))].split()
            return [self._strung(words, len(text.split())) for text in texts]
        if flaw == "gibberish":
            return [self._strung(self._syllables(), len(text.split())) for text in texts]
        if flaw == "inaudible":
            return [text.replace(" the ", " [inaudible] ") for text in texts]
        if flaw == "repetition":
            line = self._pool(topic)[0]
            return [" ".join([line] * (1 + len(text) // len(line))) for text in texts]
        if flaw == "advertisements":
            for at in (0, len(texts) // 2):
                texts[at] = self._advertisement()
            return texts
        if flaw == "near_duplicates":
            return [self._changed(text) for text in texts]
        return texts

    def speakers(self, turns: int, speakers: int, *, monologue: bool) -> list[int]:
        """Who says each turn: mostly another one than before, but a turn of a speaker is often cut into several."""
        chance = self._random.random
        now = 0
        order = []
        for _ in range(turns):
            order.append(now)
            if chance() > (0.97 if monologue else 0.2):
                now = (now + self._random.randrange(1, speakers)) % speakers if speakers > 1 else 0
                continue
            now = 0 if monologue else now
        return order

    def name(self) -> str:
        """A first name."""
        return self._random.choice(_WORDS["name"])

    def _pool(self, topic: str) -> list[str]:
        if topic not in self._pools:
            kin = SEEN if topic in SEEN else UNSEEN
            own = [words.split() for words in kin[topic]]
            others = [" ".join(all_words).split() for all_words in zip(*kin.values(), strict=True)]
            drawn = [
                mine * (len(all_words) // len(mine)) + all_words for mine, all_words in zip(own, others, strict=True)
            ]
            words = {**_WORDS, **dict(zip(("noun", "adj", "verb"), drawn, strict=True))}
            self._pools[topic] = [self._sentence(words) for _ in range(self._pool_size)]
        return self._pools[topic]

    def _sentence(self, words: dict[str, list[str]]) -> str:
        """Nearly every word is drawn on its own: only then does it compress as talk does."""
        place = self._random.random
        shape = _SHAPES[int(place() * len(_SHAPES))]
        if shape[-1] != "?" and place() < _OPENED:
            shape = _OPENING + shape
        drawn = [(kind := words.get(slot, (slot,)))[int(place() * len(kind))] for slot in shape]
        text = " ".join(drawn)
        return text[0].upper() + text[1:].removesuffix(" ?") + ("?" if text[-1] == "?" else ".")

    def _advertisement(self) -> str:
        word, number = self._random.choice(_WORDS["name"]).upper(), self._random.randrange(5, 50)
        return self._random.choice(ADVERTISEMENTS).format(word=word, number=number)

    def _strung(self, words: Sequence[str], number: int) -> str:
        return " ".join(self._random.choices(words, k=number)).capitalize() + "."

    def _syllables(self) -> list[str]:
        return [
            "".join(self._random.choices("bdfgklmnprstvwzaeiou", k=self._random.randrange(2, 9))) for _ in range(99)
        ]

    def _changed(self, text: str) -> str:
        """A word in thirty is another one."""
        words = text.split()
        for at in range(len(words)):
            if self._random.random() < 1 / 30:
                words[at] = self._random.choice(_WORDS["name"])
        return " ".join(words)
