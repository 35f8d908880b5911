"""Turns that the user locked: kept word for word when a script is written anew, and never redone."""

from collections.abc import Sequence

from photocast.schema import Brief, Host, Script, Turn, UsageError


def locked(previous: Script | None) -> tuple[Turn, ...]:
    """The turns of a script that the user locked."""
    return tuple(turn for turn in previous.turns if turn.locked) if previous else ()


def turn_to_redo(script: Script, turn_id: str) -> Turn:
    """The turn of that name.

    Raises:
        UsageError: no such turn, or it is locked.
    """
    turn = next((one for one in script.turns if one.id == turn_id), None)
    if turn is None:
        ids = f"{script.turns[0].id} to {script.turns[-1].id}"
        raise UsageError(f"there is no turn {turn_id}", f"the turns of this episode are {ids}", "Name one of them")
    if turn.locked:
        raise UsageError(
            f"{turn_id} is locked",
            "it was marked as final",
            "Unlock it where you locked it: in its comment in script.md, or in script.json",
        )
    return turn


def same_cast(brief: Brief, previous: Script) -> Brief:
    """The brief with the hosts of the previous script: whoever said a locked turn has to be there."""
    cast = tuple(Host(name=speaker.name, character=speaker.character) for speaker in previous.speakers)
    return brief.model_copy(update={"cast": cast, "hosts": max(2, len(cast))})


def with_kept(turns: Sequence[Turn], kept: Sequence[Turn]) -> list[Turn]:
    """The new turns with the kept ones among them, each after the talk about its photos.

    A kept turn keeps its id; a new turn that had it gets a fresh one. Where a kept turn would answer itself or come
    between a question and its answer, it moves to the next place where it does not.
    """
    result = list(turns)
    for turn in kept:
        result.insert(_place(result, turn), turn)
    return result


def renamed(turns: Sequence[Turn], kept: Sequence[Turn]) -> dict[str, str]:
    """New ids for the new turns whose ids belong to kept ones."""
    ids = {turn.id for turn in kept}
    free = max((int(turn.id[1:]) for turn in (*turns, *kept)), default=0)
    return {turn.id: f"t{free + number:03d}" for number, turn in enumerate((t for t in turns if t.id in ids), start=1)}


def _place(turns: Sequence[Turn], kept: Turn) -> int:
    about = [index + 1 for index, turn in enumerate(turns) if set(turn.photos) & set(kept.photos)]
    start = about[-1] if about else round(int(kept.id[1:]) / (len(turns) + 1) * len(turns))
    places = [index for index in range(1, len(turns) + 1) if _fits(turns, kept, index)]
    return min(places, key=lambda index: (abs(index - start), index), default=min(start, len(turns)))


def _fits(turns: Sequence[Turn], kept: Turn, index: int) -> bool:
    before = turns[index - 1]
    after = turns[index] if index < len(turns) else None
    waits = before.text.endswith(("?", "—")) or kept.text.endswith("—") or (after and after.text.startswith("—"))
    return not waits and before.speaker != kept.speaker and (after is None or after.speaker != kept.speaker)
