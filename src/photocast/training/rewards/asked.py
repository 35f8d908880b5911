"""What a talk was asked to be, and what a reward is."""

from dataclasses import dataclass
from typing import Protocol

from photocast.metrics import reference
from photocast.metrics.reading import UNSPACED
from photocast.metrics.reference import Reference, fitting
from photocast.schema import InputError, Script

LIMIT = 2048
"""Tokens up to which a talk is not too long: R_L of AVoCaDO, arXiv:2510.10395."""

NEEDED = frozenset({"turn_length_w1", "rep_4"})
"""Figures that a human reference must have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a talk was asked to be, and what is known about it.

    What is not known leaves out the rewards that need it.

    Attributes:
        speakers: how many are to talk, as `Speaker 1`, `Speaker 2`, …
        words: how long the talk is to be, without labels.
        captions: what each picture shows, in words.
        others: captions of pictures that the talk is not about, for the null of `coverage`.
        language: of the talk, as an ISO 639-1 code.
        reference: the people whose talk is the model; by default `interview` for two speakers, `panel` for more.
        limit: tokens up to which the talk is not too long, for `length_limit`.
        dialogue: what is really said, as lines of `speaker: utterance`, for the rewards of DiaDem.
        aliases: descriptions that mean one speaker, a group for each, for `ref`.
        task: of visual storytelling, where something else than talk was asked for; see `rewards.closed`.
        label: the one right answer to it.
    """

    speakers: int | None = None
    words: int | None = None
    captions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    language: str = "en"
    reference: str = ""
    limit: int = LIMIT
    dialogue: tuple[str, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()
    task: str = ""
    label: str = ""

    @property
    def spaced(self) -> bool:
        """Whether the language puts spaces between words, without which words cannot be counted."""
        return self.language not in UNSPACED

    def people(self, script: Script) -> Reference:
        """The people that a talk is compared with; by its own speakers where no number was asked for.

        Raises:
            UsageError: there is no reference of this name.
            InputError: it is a file, and no reference that rewards can use.
        """
        by_number = fitting(script) if self.speakers is None else "interview" if self.speakers <= 2 else "panel"
        return people_of(self.reference or by_number)


def people_of(name: str) -> Reference:
    """The human reference of a name, with the figures that no reward of likeness can do without.

    Raises:
        UsageError: there is none of this name.
        InputError: it is a file, and no reference, or one without these figures.
    """
    people = reference(name)
    if lacking := NEEDED - people.figures.keys():
        raise InputError(
            f"the reference {name} cannot reward talk",
            f"it has no {' and no '.join(sorted(lacking))}",
            "Build it again with photocast bench reference build, from more talk",
        )
    return people


class Reward(Protocol):
    """How good a talk is in one respect, from 0 to 1.

    None where it does not apply. Whether it applies depends on what was asked, never on the text: trainers add up
    what is there, so a text that could escape a reward would be treated as one that earned nothing of it.
    """

    def __call__(self, text: str, asked: Asked) -> float | None:
        """The reward of a text as the model wrote it, whatever it is."""
        ...
