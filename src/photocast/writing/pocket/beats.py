"""Exchanges of a script that was written before, looked up in the grammar and in the facts again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from photocast.schema import InputError
from photocast.writing.pocket.compose import Beat
from photocast.writing.pocket.material import Focus, Material
from photocast.writing.pocket.realise import Said, say
from photocast.writing.pocket.slots import Moment
from photocast.writing.pocket.talk import Line, grammar


def moment_of(beat: Beat, material: Material, variant: int) -> Moment:
    """The moment of an exchange, as it was."""
    return Moment(material, focus_of(beat, material), beat.roles, Random(variant), beat.new_photo)


def lines_of(beat: Beat) -> Sequence[Line]:
    """The lines of an exchange in the grammar."""
    bit = next((one for one in grammar() if one.id == beat.bit), None)
    if bit is None or beat.part >= len(bit.parts) or len(bit.parts[beat.part].lines) != len(beat.turns):
        raise InputError(
            "this episode was written by another version",
            f"its exchange {beat.bit!r} is not in the grammar any more",
            "Run `photocast write` to write the episode anew",
        )
    return bit.parts[beat.part].lines


def focus_of(beat: Beat, material: Material) -> Focus:
    """What an exchange is about, in the facts as they are now."""
    index = material.position.get(beat.photo)
    for focus in material.focuses(index) if index is not None else ():
        about = focus.observation.id if focus.observation else None
        same = focus.moment == beat.moment or {focus.moment, beat.moment} == {"first", "again"}
        if same and about == beat.observation:
            return replace(focus, moment=beat.moment)
    raise InputError(
        "what this turn is about is gone",
        f"{beat.observation or beat.photo} is not in the facts any more",
        "Run `photocast write` to write the episode anew",
    )


def words_in(beat: Beat, turn_id: str) -> list[str]:
    """The words of an exchange that went into one turn."""
    return [words for words, turn in zip(beat.said, beat.turns, strict=True) if turn == turn_id]


def joined(beats: Sequence[Beat], material: Material, turn_id: str) -> Said:
    """All lines that went into a turn, said again with their claims; a line keeps its words if it can."""
    said = [one for beat in beats for one in _resaid(beat, material, turn_id)]
    whole = said[0]
    for one in said[1:]:
        whole = one.after(whole)
    return whole


def _resaid(beat: Beat, material: Material, turn_id: str) -> Iterator[Said]:
    moment = moment_of(beat, material, beat.variant)
    for line, words, turn in zip(lines_of(beat), beat.said, beat.turns, strict=True):
        if turn == turn_id and words:
            one = say(line, moment, beat.variant)
            # A way of moving on to the photo is chosen afresh each time; the words that were said win.
            yield one if one and one.text == words else Said(moment.roles[line.role], words, ())
