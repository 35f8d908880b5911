"""Whether what is asked of a picture can be used: pure functions of a prompt and of the talk that it belongs to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from photocast.corpus.names_in_talk import bare, capitals_in, names_in, words_in
from photocast.corpus.nouns import Excerpt
from photocast.corpus.scene_words import BRANDS, TELLING, UNSEEN, WRITING
from photocast.prompts.stand_ins import StandIns

CHECKS = 1
"""Raised whenever a check changes: scenes that were chosen with another one are chosen anew."""
_STOP = frozenset(
    re.findall(
        r"\S+",
        "a an and are as at back be behind below beside by down for from front has have her his in inside into is it "
        "its near next of off on onto one other out outside over some that the their them there they to top two under "
        "up while who with ",
    )
)
"""Words that two pictures may share and be different."""
_CLEARLY = 0.25
"""Weight in the lexicon from which on a word is one that a camera sees."""


class Flaw(StrEnum):
    """Why a scene is left out."""

    LENGTH = "length"
    OUTSIDE = "outside"
    """It belongs to turns that are not there."""
    NAME = "name"
    BRAND = "brand"
    WRITING = "writing"
    TELLING = "telling"
    """It shows people who talk or record, instead of what they talk about."""
    UNSEEN = "unseen"
    """It is about nothing that a camera sees, or it is no photograph."""
    ALIKE = "alike"
    """It is nearly the same as one before it."""
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A picture that a model asks for: what is to be seen, and the turns it belongs to, numbered from 1."""

    prompt: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture may be like.

    Attributes:
        words: fewest and most of a prompt.
        seen: how many different words of it have to be ones that a camera sees.
        alike: share of words that two prompts have in common from which on they are one.
    """

    words: tuple[int, int] = (5, 80)
    seen: int = 2
    alike: float = 0.6


@dataclass(frozen=True)
class Talk:
    """What a prompt is checked against.

    Attributes:
        turns: how many there are.
        said: all of the words.
        people: names of who speaks, as the source has them.
        visual: words that can be seen, in small letters, with weights up to 1.
    """

    turns: int
    said: str
    people: tuple[str, ...]
    visual: Mapping[str, float] = field(repr=False)

    @classmethod
    def of(cls, excerpt: Excerpt, visual: Mapping[str, float]) -> "Talk":
        """That of an excerpt."""
        people = (*excerpt.origin.hosts, *excerpt.origin.guests)
        return cls(len(excerpt.turns), excerpt.text, people, visual)

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that look like names in it, in small letters."""
        return names_in(self.said)

    @cached_property
    def stand_ins(self) -> StandIns:
        """Finds the names of who speaks in any form."""
        return StandIns(self.people)

    def sees(self, word: str) -> bool:
        """Whether a word is one that a camera sees."""
        return self.visual.get(word.casefold(), 0.0) >= _CLEARLY


def sorted_out(
    proposals: Sequence[Proposal], talk: Talk, most: int, limits: Limits
) -> tuple[list[Proposal], list[tuple[Proposal, Flaw]]]:
    """The proposals that can be used, in the order of the talk, and the others, each with its flaw."""
    kept: list[Proposal] = []
    flawed: list[tuple[Proposal, Flaw]] = []
    for one in sorted(proposals, key=lambda one: (one.first, one.last)):
        flaw = flaw_of(one, talk, limits)
        if flaw is None and any(overlap(one.prompt, other.prompt) >= limits.alike for other in kept):
            flaw = Flaw.ALIKE
        if flaw is None and len(kept) == most:
            flaw = Flaw.TOO_MANY
        if flaw is None:
            kept.append(one)
        else:
            flawed.append((one, flaw))
    return kept, flawed


def flaw_of(one: Proposal, talk: Talk, limits: Limits) -> Flaw | None:
    """What is wrong with a proposal by itself; None where nothing is."""
    prompt = one.prompt
    checks = (
        (Flaw.OUTSIDE, not 1 <= one.first <= one.last <= talk.turns),
        (Flaw.LENGTH, not limits.words[0] <= len(prompt.split()) <= limits.words[1]),
        (Flaw.BRAND, BRANDS.search(prompt)),
        (Flaw.TELLING, TELLING.search(prompt)),
        (Flaw.WRITING, WRITING.search(prompt)),
        (Flaw.NAME, names_somebody(prompt, talk)),
        (Flaw.UNSEEN, UNSEEN.search(prompt) or not is_seen(prompt, talk, limits)),
    )
    return next((flaw for flaw, found in checks if found), None)


def names_somebody(prompt: str, talk: Talk) -> bool:
    """Whether a prompt holds a name: of who speaks, one that is said, or any word with a capital that looks like one.

    A word in small letters that can be seen is none, even if somebody is called so (`bridge`, `baker`).
    """
    words = words_in(prompt)
    if any(talk.stand_ins.hide(word) != word and not (word.islower() and talk.sees(word)) for word in words):
        return True
    said = {bare(word) for word in words if word[0].isupper()}
    return bool(capitals_in(prompt) or said & talk.names)


def is_seen(prompt: str, talk: Talk, limits: Limits) -> bool:
    """Whether enough different words of a prompt are ones that a camera sees."""
    return len({word.casefold() for word in words_in(prompt) if talk.sees(word)}) >= limits.seen


def overlap(one: str, other: str) -> float:
    """Jaccard similarity of the words of two prompts, without such as `the`. Range [0, 1]."""
    first, second = (frozenset(map(str.casefold, words_in(text))) - _STOP for text in (one, other))
    return len(first & second) / len(first | second) if first | second else 1.0
