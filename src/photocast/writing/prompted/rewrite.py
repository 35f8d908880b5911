"""Some turns written anew by a model, the others as they are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from photocast.models import Finish, Request, VisionModel
from photocast.schema import Fault, InputError, ModelError, Script, Turn
from photocast.writing.keeping import turn_to_redo
from photocast.writing.prompted.answer import Answer
from photocast.writing.prompted.linking import Linker
from photocast.writing.prompted.listen import listen
from photocast.writing.prompted.said import Said, photo_marks
from photocast.writing.prompted.work import Work

_LINE = re.compile(r"\W*(?P<id>t\d{3,})\W+(?:(?P<name>[^:：]{1,40}?)\W*[:：]\W*?)?\s*(?P<text>.*)")
_MOST_WORDS = 2000


async def rewrite(
    model: VisionModel, work: Work, script: Script, wanted: Mapping[str, str], *, purpose: str
) -> tuple[Turn, ...]:
    """The wanted turns in other words; those that the model left out or did not change are missing.

    Args:
        model: who writes.
        work: what the script is about.
        script: all turns.
        wanted: why each turn is to be written anew, by its id.
        purpose: what the call is for.

    Raises:
        ModelError: nothing can be had.
    """
    answer = Answer([work.telling.hide(host.name) for host in work.hosts])
    said: list[Said] = []
    request = work.turns(script, wanted, purpose)
    told = await listen(model, _fresh(request, script, wanted), answer, said.append, most=_MOST_WORDS)
    if told.ending.finish in {Finish.REFUSED, Finish.FILTERED}:
        raise ModelError(
            Fault.REFUSED,
            f"{model.name} will not write this",
            "it or its provider refused",
            "Edit the turn in script.md",
        )
    named = [one for one in said if one.id] or list(_lines(told.text))
    return tuple(_turns(named, work, script, wanted))


def _fresh(request: Request, script: Script, wanted: Mapping[str, str]) -> Request:
    """The request with a seed that depends on the words as they are now, so that asking again gives others."""
    words = " ".join(turn.text for turn in script.turns if turn.id in wanted)
    seed = int(sha256(words.encode()).hexdigest()[:7], 16)
    return replace(request, sampling=replace(request.sampling, seed=seed))


def _lines(text: str) -> Iterator[Said]:
    for line in text.splitlines():
        if match := _LINE.fullmatch(line):
            words, photos = photo_marks(match["text"])
            if words:
                yield Said(match["name"] or "", words, photos, id=match["id"])


def _turns(named: Sequence[Said], work: Work, script: Script, wanted: Mapping[str, str]) -> Iterator[Turn]:
    linker = Linker([photo.id for photo in work.album.photos], work.facts)
    before = {turn.id: turn for turn in script.turns}
    for said in named:
        old = before.get(said.id or "")
        if old is None or old.id not in wanted:
            continue
        turn = linker.turn(work.restored(said), old.id, speaker=old.speaker)
        if turn is None or turn.text == old.text:
            continue
        photos = turn.photos or old.photos
        yield turn.model_copy(
            update={"photos": photos, "photos_inferred": turn.photos_inferred if turn.photos else old.photos_inferred}
        )


async def redo_with(
    model: VisionModel, work: Work, script: Script, turn_id: str, wish: str | None
) -> tuple[Script, tuple[Turn, ...]]:
    """The script with one turn anew, and the turns that changed.

    Raises:
        UsageError: no such turn, or it is locked.
        InputError: the model gave the same words again, or none.
        ModelError: nothing can be had.
    """
    turn = turn_to_redo(script, turn_id)
    wanted = {turn.id: wish.rstrip(".") if wish else "say it quite differently"}
    new = await rewrite(model, work, script, wanted, purpose="redo")
    if not new:
        raise InputError(
            f"{turn_id} cannot be said otherwise",
            f"{model.name} gave no other words for it",
            "Say how you would like it, as in: photocast redo EPISODE TURN “shorter, funnier”; or edit script.md",
        )
    turns = tuple(new[-1] if one.id == turn_id else one for one in script.turns)
    return script.model_copy(update={"turns": turns}), (new[-1],)
