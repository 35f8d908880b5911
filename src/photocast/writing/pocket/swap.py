"""Another exchange in the place of one that has no other words."""

from collections.abc import Sequence
from itertools import chain
from random import Random

from photocast.schema import Script, Turn
from photocast.writing.cast import cast
from photocast.writing.check import check
from photocast.writing.keeping import same_cast
from photocast.writing.pocket.beats import focus_of, joined, lines_of, words_in
from photocast.writing.pocket.compose import VARIANTS, Beat
from photocast.writing.pocket.material import Material
from photocast.writing.pocket.realise import say
from photocast.writing.pocket.repertoire import Repertoire
from photocast.writing.pocket.slots import Moment
from photocast.writing.pocket.talk import Bit, grammar

_MOST_TRIED = 24


def another_exchange(
    script: Script, outline: Sequence[Beat], beat: Beat, material: Material, asked: Turn, rng: Random
) -> tuple[Script, tuple[Beat, ...]] | None:
    """The script with another exchange of the same kind about the same thing; none when that cannot be done.

    It begins and ends with the same speakers, so that it sits between its neighbours as the old one did. An exchange
    that is spoken of again elsewhere, or in which a person locked or edited a turn, is not replaced.
    """
    if not _replaceable(script, outline, beat, asked):
        return None
    problems = len(check(script, material.facts))
    for bit in _others(script, outline, beat, material, rng):
        new = _performed(beat, bit, material, script, rng)
        if new is None:
            continue
        changed = _spliced(script, outline, beat, new, material)
        as_before = asked.id not in new.turns or asked in changed.turns
        if not as_before and len(check(changed, material.facts)) <= problems:
            return changed, tuple(new if one.id == beat.id else one for one in outline)
    return None


def _replaceable(script: Script, outline: Sequence[Beat], beat: Beat, asked: Turn) -> bool:
    if not beat.purpose.endswith(" main") or any(one.bit == beat.bit and one.id != beat.id for one in outline):
        return False
    by_id = {turn.id: turn for turn in script.turns}
    for turn_id in filter(None, beat.turns):
        turn = by_id.get(turn_id)
        as_written = " ".join(words for one in outline for words in words_in(one, turn_id))
        if turn is None or turn.locked or (turn.id != asked.id and turn.text != as_written):
            return False
    return True


def _others(script: Script, outline: Sequence[Beat], beat: Beat, material: Material, rng: Random) -> Sequence[Bit]:
    """Bits of the same type for the same focus that are not in the script, the most fitting first."""
    repertoire = Repertoire(material, cast(same_cast(material.brief, script), rng), grammar())
    used = {one.bit for one in outline}
    old = next((bit for bit in grammar() if bit.id == beat.bit), None)
    found = repertoire.near(beat.purpose.partition(" ")[0], focus_of(beat, material))
    fresh = [
        (bit, near * rng.uniform(0.5, 1)) for bit, near in found if bit.id not in used and old and bit.by == old.by
    ]
    return [bit for bit, _ in sorted(fresh, key=lambda row: -row[1])][:_MOST_TRIED]


def _performed(beat: Beat, bit: Bit, material: Material, script: Script, rng: Random) -> Beat | None:
    """The bit in the roles and the turns of the old exchange; none when it begins or ends with the wrong speaker."""
    variant = rng.randrange(VARIANTS)
    moment = Moment(material, focus_of(beat, material), beat.roles, Random(variant), beat.new_photo)
    said = [say(line, moment, variant) if line.role in beat.roles else None for line in bit.parts[0].lines]
    spoken = [one for one in said if one]
    old = list(dict.fromkeys(filter(None, beat.turns)))
    speakers = {turn.id: turn.speaker for turn in script.turns}
    if min(len(spoken), len(old)) < 2:
        return None
    if (spoken[0].speaker, spoken[-1].speaker) != (speakers[old[0]], speakers[old[-1]]):
        return None
    ids = iter(_ids(script, old, len(spoken)))
    return beat.model_copy(
        update={
            "bit": bit.id,
            "part": 0,
            "variant": variant,
            "said": tuple(one.text if one else "" for one in said),
            "turns": tuple(next(ids) if one else "" for one in said),
        }
    )


def _ids(script: Script, old: Sequence[str], count: int) -> list[str]:
    """Ids for so many turns: the first and the last as before, the old ones between, then fresh ones."""
    free = max(int(turn.id[1:]) for turn in script.turns)
    fresh = [f"t{free + number:03d}" for number in range(1, count + 1)]
    return [old[0], *list(chain(old[1:-1], fresh))[: count - 2], old[-1]]


def _spliced(script: Script, outline: Sequence[Beat], beat: Beat, new: Beat, material: Material) -> Script:
    """The script with the turns of the old exchange replaced; what neighbours said in its outer turns stays."""
    by_id = {turn.id: turn for turn in script.turns}
    places = [index for index, turn in enumerate(script.turns) if turn.id in beat.turns]
    beats = [new if one.id == beat.id else one for one in outline]
    lines = zip(lines_of(new), new.turns, strict=True)
    names = {turn_id: new.roles[line.role] for line, turn_id in lines if turn_id}
    turns = []
    for turn_id, speaker in names.items():
        old = by_id.get(turn_id) if turn_id in beat.turns else None
        here = (beat.photo,) if beat.purpose.startswith(("notice", "quarrel")) else ()
        photos = old.photos if old and old.photos else here
        said = joined([one for one in beats if turn_id in one.turns], material, turn_id)
        turns.append(Turn(id=turn_id, speaker=speaker, text=said.text, claims=said.claims, photos=photos))
    whole = (*script.turns[: places[0]], *turns, *script.turns[places[-1] + 1 :])
    return script.model_copy(update={"turns": whole})
