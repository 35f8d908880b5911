"""Some turns written anew by a model, the others as they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from photocast.models import Request, VisionModel
from photocast.schema import Fault, InputError, ModelError, Script, Turn
from photocast.writing.keeping import turn_to_redo
from photocast.writing.prompted.answer import Answer
from photocast.writing.prompted.linking import Linker
from photocast.writing.prompted.listen import listen
from photocast.writing.prompted.manuscript import shown
from photocast.writing.prompted.said import Said
from photocast.writing.prompted.work import Work

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
        BudgetError: the call could cost too much.
    """
    said: list[Said] = []
    request = work.turns(script, wanted, purpose)
    told = await listen(
        model, _fresh(request, script, wanted), Answer(list(work.told_hosts)), said.append, most=_MOST_WORDS
    )
    named = [one for one in said if one.id]
    if not named and told.declined:
        raise ModelError(
            Fault.REFUSED,
            f"{model.name} will not write this",
            "it or its provider refused",
            "Edit the turn in script.md",
        )
    if not named and len(said) == len(wanted) == 1:  # one was asked for, and one came: it needs no number
        named = [replace(said[0], id=next(iter(wanted)))]
    return tuple(_turns(named, work, script, wanted))


def _fresh(request: Request, script: Script, wanted: Mapping[str, str]) -> Request:
    """The request with a seed that depends on the words as they are now, so that asking again gives others."""
    words = " ".join(turn.text for turn in script.turns if turn.id in wanted)
    seed = int(sha256(words.encode()).hexdigest()[:7], 16)
    return replace(request, sampling=replace(request.sampling, seed=seed))


def _turns(named: Sequence[Said], work: Work, script: Script, wanted: Mapping[str, str]) -> Iterator[Turn]:
    linker = Linker(work.photos, work.facts)
    before = {turn.id: turn for turn in script.turns if turn.id in wanted}
    for said in named:
        old = before.pop(said.id or "", None)
        if old is None:
            continue
        turn = linker.turn(shown(said, work), old.id, speaker=old.speaker)
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
        BudgetError: the call could cost too much.
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
    turns = tuple(new[0] if one.id == turn_id else one for one in script.turns)
    return script.model_copy(update={"turns": turns}), new
