"""One turn said again in other words, the rest of the script as it is."""

import re
from collections.abc import Iterator, Sequence
from random import Random

from photocast.schema import AlbumRecord, Brief, FactSheet, InputError, Script, Turn, UsageError
from photocast.writing.pocket.compose import REACTIONS, Beat
from photocast.writing.pocket.material import Focus, Material
from photocast.writing.pocket.realise import Said, say
from photocast.writing.pocket.slots import Moment
from photocast.writing.pocket.talk import Line, grammar

_TRIES = 60


def redo(
    script: Script, outline: Sequence[Beat], album: AlbumRecord, facts: FactSheet, brief: Brief, turn_id: str
) -> Script:
    """The script with one turn in other words. Doing it again gives yet others.

    Raises:
        UsageError: no such turn, or it is locked.
        InputError: the grammar has only one way to say it, or what it is about was struck out of the facts.
    """
    turn = _turn(script, turn_id)
    material = Material(album, facts, brief)
    lines = list(_lines(outline, material, turn))
    rng = Random(f"{brief.seed} {turn.id} {turn.text}")
    used = {one.text for one in script.turns}
    for _ in range(_TRIES):
        said = _again(lines, rng) if lines else _reaction(turn, rng)
        if said and said.text not in used:
            new = turn.model_copy(update={"text": said.text, "claims": said.claims})
            turns = tuple(new if one.id == turn.id else one for one in script.turns)
            return script.model_copy(update={"turns": turns})
    raise InputError(
        f"{turn.id} cannot be said otherwise",
        "the grammar of the pocket writer has no other words for it",
        "Edit the turn in script.md, or run `photocast write` with another --seed for another conversation",
    )


def _turn(script: Script, turn_id: str) -> Turn:
    turn = next((one for one in script.turns if one.id == turn_id), None)
    if turn is None:
        ids = f"{script.turns[0].id} to {script.turns[-1].id}"
        raise UsageError(f"there is no turn {turn_id}", f"the turns of this episode are {ids}", "Name one of them")
    if turn.locked:
        raise UsageError(f"{turn_id} is locked", "it was marked as final", "Unlock it in script.json first")
    return turn


def _lines(outline: Sequence[Beat], material: Material, turn: Turn) -> Iterator[tuple[Line, Moment]]:
    """The lines of the grammar that the turn was made of, each with its moment."""
    bits = {bit.id: bit for bit in grammar()}
    for beat in outline:
        if turn.id not in beat.turns:
            continue
        part = bits[beat.bit].parts[beat.part] if beat.bit in bits else None
        if part is None or len(part.lines) != len(beat.turns):
            raise InputError(
                f"{turn.id} was written by another version",
                "its exchange is not in the grammar any more",
                "Run `photocast write` to write the episode anew",
            )
        # A rng of its own for slots that choose among hedges, so that these too may come out otherwise.
        moment = Moment(material, _focus(beat, material, turn), beat.roles, Random(turn.text), beat.new_photo)
        for line, said_in in zip(part.lines, beat.turns, strict=True):
            if said_in == turn.id:
                yield line, moment


def _focus(beat: Beat, material: Material, turn: Turn) -> Focus:
    index = material.position.get(beat.photo)
    for focus in material.focuses(index) if index is not None else ():
        if focus.moment == beat.moment and (focus.observation.id if focus.observation else None) == beat.observation:
            return focus
    raise InputError(
        f"{turn.id} has lost what it is about",
        f"{beat.observation or beat.photo} is not in the facts any more",
        "Run `photocast write` to write the episode anew",
    )


def _again(lines: Sequence[tuple[Line, Moment]], rng: Random) -> Said | None:
    said = [one for line, moment in lines if (one := say(line, moment, rng))]
    if not said:
        return None
    whole = said[0]
    for one in said[1:]:
        whole = one.after(whole)
    return whole


def _reaction(turn: Turn, rng: Random) -> Said | None:
    """Another word of listening, for turns that are nothing else."""
    if len(re.findall(r"\w+", turn.text)) > 4:
        return None
    return Said(turn.speaker, rng.choice(REACTIONS), ())
