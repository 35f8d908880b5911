"""What of the grammar can be said about an album, and how particular each fit is."""

from collections.abc import Iterable, Sequence
from random import Random

from photocast.writing.cast import Member, roles_of
from photocast.writing.pocket.conditions import holds
from photocast.writing.pocket.material import Focus, Material
from photocast.writing.pocket.realise import can_say
from photocast.writing.pocket.slots import Moment
from photocast.writing.pocket.talk import TYPES, Bit, Part


class Repertoire:
    """What of the grammar can be said about one album by one cast, and where. Shared by all drafts of a script."""

    def __init__(self, material: Material, members: Sequence[Member], grammar: Iterable[Bit]) -> None:
        style = material.brief.style
        self.material, self.members = material, members
        self.bits: dict[str, list[Bit]] = {type: [] for type in TYPES}
        for bit in grammar:
            if style in bit.style if bit.style else style != "bedtime":
                self.bits[bit.type].append(bit)
        self._fits: dict[tuple[str, int, Focus], bool] = {}
        self._near: dict[tuple[str, Focus], list[tuple[Bit, float]]] = {}

    def near(self, type: str, focus: Focus) -> list[tuple[Bit, float]]:
        """Bits of a type whose first part can be said at a focus, with how particular the fit is."""
        key = (type, focus)
        if key not in self._near:
            found = ((bit, closeness(bit.on or ("photo any",), focus)) for bit in self.bits[type])
            self._near[key] = [
                (bit, near * (1.15 - bit.parts[0].volley) ** 2)
                for bit, near in found
                if near and self.fits(bit.parts[0], bit, focus)
            ]
        return self._near[key]

    def fits(self, part: Part, bit: Bit, focus: Focus) -> bool:
        """Whether a part may be said at a focus: its conditions hold and its slots can be filled."""
        key = (bit.id, bit.parts.index(part), focus)
        if key not in self._fits:
            self._fits[key] = self._can_be_said(part, bit, focus)
        return self._fits[key]

    def holds(self, conditions: Iterable[str], focus: Focus) -> bool:
        """Whether all conditions are met at a focus."""
        moment = self._moment(focus)
        return all(holds(condition, moment, hosts=len(self.members)) for condition in conditions)

    def _can_be_said(self, part: Part, bit: Bit, focus: Focus) -> bool:
        if not self.holds((*bit.when, *part.when) if part.name == "main" else part.when, focus):
            return False
        if self.material.brief.playful == 0 and any(line.invented for line in part.lines):
            return False
        moment = self._moment(focus)
        lines = [line for line in part.lines if line.role in moment.roles]
        return bool(lines) and all(can_say(line, moment) for line in lines)

    def _moment(self, focus: Focus) -> Moment:
        # Any cast will do to see whether slots can be filled; a rng of its own keeps the choice of steps apart.
        return Moment(self.material, focus, roles_of(self.members, None, None, Random(0)), Random(0))


def matches(on: Sequence[str], focus: Focus) -> bool:
    """Whether a focus is one of the moments; no moments means any."""
    return not on or closeness(on, focus) > 0


def closeness(on: Sequence[str], focus: Focus) -> float:
    """How particular the fit between a bit's moments and a focus is: 0 for none, the more the more particular."""
    best = 0.0
    for wanted in on:
        moment, _, tag = wanted.partition(" ")
        if moment == focus.moment and tag in focus.tags:
            general = focus.tags.index(tag)
            best = max(best, 0.05 if tag == "any" and len(focus.tags) > 1 else 1.0 / (1 + 2.5 * general))
    return best
