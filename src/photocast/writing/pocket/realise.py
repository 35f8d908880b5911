"""From lines of the grammar to turns: alternatives chosen, slots filled, claims marked."""

import re
from dataclasses import dataclass

from photocast.schema import Claim, Source
from photocast.writing.pocket.english import sentence_case
from photocast.writing.pocket.slots import Moment
from photocast.writing.pocket.talk import Line

_ALTERNATIVES = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([^<>]+)>")


@dataclass(frozen=True, slots=True)
class Said:
    """A turn, or a part of one, with its speaker and what it claims."""

    speaker: str
    text: str
    claims: tuple[Claim, ...]

    def after(self, before: "Said") -> "Said":
        """Both as one stretch of speech by one speaker."""
        shift = len(before.text) + 1
        moved = tuple(
            claim.model_copy(update={"start": claim.start + shift, "end": claim.end + shift}) for claim in self.claims
        )
        return Said(self.speaker, f"{before.text} {self.text}", before.claims + moved)


def can_say(line: Line, moment: Moment) -> bool:
    """Whether every slot of the line has something to stand for."""
    rest = _ALTERNATIVES.sub("", line.text)
    if any(moment.piece(slot) is None for slot in _SLOT.findall(rest)):
        return False
    return all(_sayable(group, moment) for group in _ALTERNATIVES.findall(line.text))


def say(line: Line, moment: Moment, variant: int) -> Said | None:
    """The line as it is said here; none when nothing is left of it.

    `variant` decides among alternatives. All lines of an exchange share it, so that the second answer is given to the
    second question: choices of the same number of alternatives go together.
    """
    chosen = _ALTERNATIVES.sub(lambda group: _alternative(group[1], moment, variant), line.text)
    text, claims = "", []
    for index, piece in enumerate(_SLOT.split(chosen)):
        if index % 2 == 0:
            text = _joined(text, piece)
            continue
        filled = moment.piece(piece)
        if filled is None:
            raise KeyError(f"<{piece}> stands for nothing in {line.text!r}")
        start = len(text)
        text += _quoted_inside(text, filled.text)
        if filled.source and filled.text:
            claims.append(Claim(start=start, end=len(text), source=filled.source, observations=filled.observations))
    text, claims = _trimmed(text, claims)
    if not any(map(str.isalnum, text)):
        return None
    if line.invented:
        claims = [Claim(start=0, end=len(text), source=Source.INVENTED)]
    return Said(moment.roles[line.role], sentence_case(text), tuple(claims))


def _alternative(group: str, moment: Moment, variant: int) -> str:
    choices = group.split("|")
    wanted = choices[variant % len(choices)]
    sayable = _sayable(group, moment)
    return wanted if wanted in sayable else sayable[variant % len(sayable)]


def _sayable(group: str, moment: Moment) -> list[str]:
    return [
        choice for choice in group.split("|") if all(moment.piece(slot) is not None for slot in _SLOT.findall(choice))
    ]


def _quoted_inside(before: str, words: str) -> str:
    """Quoted words with single marks when they stand inside a quotation."""
    inside = before.count("“") > before.count("”")
    return words.replace("“", "‘").replace("”", "’") if inside else words


def _joined(text: str, piece: str) -> str:
    """Text and what follows a slot, without the blanks or the doubled full stop an empty or quoted slot leaves."""
    if text.endswith((" ", "")) and not text.strip():
        return piece.lstrip()
    if text.endswith(" ") or not text:
        piece = piece.lstrip()
    if text.endswith(("…”", "…")) and piece.startswith("."):
        piece = piece[1:]
    return text + piece


def _trimmed(text: str, claims: list[Claim]) -> tuple[str, list[Claim]]:
    """The text without blanks at either end or doubled inside, and the claims where they lie then."""
    kept = [
        index
        for index, letter in enumerate(text)
        if letter != " " or (0 < index < len(text.rstrip()) and text[index - 1] != " ")
    ]
    if len(kept) == len(text):
        return text, claims
    place = {old: new for new, old in enumerate(kept)}
    moved = [
        claim.model_copy(update={"start": place[claim.start], "end": place[claim.end - 1] + 1}) for claim in claims
    ]
    return "".join(text[index] for index in kept), moved
