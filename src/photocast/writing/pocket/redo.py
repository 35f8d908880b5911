"""An exchange said again in other words, the rest of the script as it is."""

import re
from collections.abc import Sequence
from random import Random

from photocast.schema import AlbumRecord, Brief, FactSheet, InputError, Script, Turn
from photocast.writing.check import check
from photocast.writing.keeping import turn_to_redo
from photocast.writing.pocket.beats import joined, lines_of, moment_of, words_in
from photocast.writing.pocket.compose import REACTIONS, VARIANTS, Beat
from photocast.writing.pocket.material import Material
from photocast.writing.pocket.realise import Said, say
from photocast.writing.pocket.swap import another_exchange

_TRIES = 60


def redo(
    script: Script, outline: Sequence[Beat], album: AlbumRecord, facts: FactSheet, brief: Brief, turn_id: str
) -> tuple[Script, tuple[Beat, ...]]:
    """The script with one turn in other words, and the outline that goes with it. Again gives yet others.

    Turns of the same exchange that answer it change with it, unless they are locked or were edited by hand. Where the
    exchange has no other words for the turn, another exchange about the same thing takes its place.

    Raises:
        UsageError: no such turn, or it is locked.
        InputError: the grammar has only one way to say it, or what it is about was struck out of the facts.
    """
    turn = turn_to_redo(script, turn_id)
    beat = next((one for one in reversed(outline) if turn.id in one.turns), None)
    rng = Random(f"{brief.seed} {turn.id} {turn.text}")
    if beat is None:
        return _replaced(script, {turn.id: _reaction(script, turn, rng)}), tuple(outline)
    material = Material(album, facts, brief)
    problems = len(check(script, facts))
    for _ in range(_TRIES):
        again = _again(beat, material, rng)
        if words_in(again, turn.id) == words_in(beat, turn.id):
            continue
        changed = _exchanged(script, outline, beat, again, material, turn)
        if len(check(changed, facts)) <= problems:
            return changed, tuple(again if one.id == beat.id else one for one in outline)
    if other := another_exchange(script, outline, beat, material, turn, rng):
        return other
    raise _no_other(turn)


def _again(beat: Beat, material: Material, rng: Random) -> Beat:
    """The same exchange in another variant."""
    variant = rng.randrange(VARIANTS)
    moment = moment_of(beat, material, variant)
    said = [
        (say(line, moment, variant) if before else None) for line, before in zip(lines_of(beat), beat.said, strict=True)
    ]
    return beat.model_copy(update={"variant": variant, "said": tuple(one.text if one else "" for one in said)})


def _exchanged(
    script: Script, outline: Sequence[Beat], beat: Beat, again: Beat, material: Material, asked: Turn
) -> Script:
    """The script with the exchange in its new words; what a person changed elsewhere in it stays."""
    by_id = {one.id: one for one in script.turns}
    new = {}
    for turn_id in dict.fromkeys(filter(None, beat.turns)):
        turn = by_id.get(turn_id)
        as_written = " ".join(words for one in outline for words in words_in(one, turn_id))
        if turn and not turn.locked and (turn.id == asked.id or turn.text == as_written):
            beats = [again if one.id == beat.id else one for one in outline if turn_id in one.turns]
            new[turn_id] = joined(beats, material, turn_id)
    return _replaced(script, new)


def _replaced(script: Script, new: dict[str, Said]) -> Script:
    turns = tuple(_in_words_of(turn, new[turn.id]) if turn.id in new else turn for turn in script.turns)
    return script.model_copy(update={"turns": turns})


def _in_words_of(turn: Turn, said: Said) -> Turn:
    """The turn in other words: what was stressed in the old ones is not stressed any more."""
    delivery = turn.delivery.model_copy(update={"emphasis": ()})
    return turn.model_copy(update={"text": said.text, "claims": said.claims, "delivery": delivery})


def _reaction(script: Script, turn: Turn, rng: Random) -> Said:
    """Another word of listening, for turns that are nothing else."""
    used = {one.text for one in script.turns}
    fresh = [text for text in REACTIONS if text not in used]
    if len(re.findall(r"\w+", turn.text)) > 4 or not fresh:
        raise _no_other(turn)
    return Said(turn.speaker, rng.choice(fresh), ())


def _no_other(turn: Turn) -> InputError:
    return InputError(
        f"{turn.id} cannot be said otherwise",
        "the grammar of the pocket writer has no other words for it",
        "Edit the turn in script.md, or run `photocast write` with another --seed for another conversation",
    )
