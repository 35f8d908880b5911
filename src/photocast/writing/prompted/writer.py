"""The writer that asks a model: a conversation in as many parts as it needs, checked, and repaired once."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from math import ceil, log2

from photocast.models import Ending, Finish, Request, VisionModel
from photocast.schema import Fault, ModelError, Script, Turn
from photocast.schema.language import other_language
from photocast.writing.draft import Draft
from photocast.writing.keeping import locked, same_cast
from photocast.writing.prompted.answer import Answer
from photocast.writing.prompted.events import Listener
from photocast.writing.prompted.listen import Told, listen
from photocast.writing.prompted.manuscript import Manuscript, silent
from photocast.writing.prompted.parts import MOST_PHOTOS, Part, halved, in_parts
from photocast.writing.prompted.repair import finished
from photocast.writing.prompted.work import Work

_LEAST = 60
"""Words that are written anew even when the user locked nearly everything."""
_ENOUGH = 0.7
"""Share of the words asked for at which an answer that broke off counts as whole."""
_TOO_FEW = 4
"""Turns below which an answer that had to be stopped is not worth going on from."""
_RUNAWAY = 2
"""How many times the words asked for are listened to, and some more."""
_MOST_GOING_ON = 3
"""How often a part is gone on with whose answer broke off."""
_LAST_WORDS = 60
"""Words to end a conversation with, when the model refused what was to end it."""
_SPARE_REFUSALS = 2
"""Refusals in a row beyond those that it takes to find one photo among many: so two may be refused, side by side."""


async def write_with(
    model: VisionModel, work: Work, *, previous: Script | None = None, tell: Listener | None = None
) -> Draft:
    """A conversation by a model about the photos or the facts of `work`.

    Args:
        model: who writes.
        work: what about.
        previous: a script about the same photos: its locked turns stay, said by the same hosts.
        tell: hears each new turn as soon as it is whole, and what becomes of it; turns that stay are not told.

    Raises:
        ModelError: no conversation could be had; nothing partial is handed over.
        BudgetError: the next call could cost too much.
    """
    kept = locked(previous)
    if previous and kept:
        work = replace(work, brief=same_cast(work.brief, previous))
    script = Manuscript(work, kept, tell or silent)
    words = max(_LEAST, work.words - sum(len(turn.text.split()) for turn in kept))
    todo = deque(in_parts(work.photos, words))
    while todo:
        part = todo.popleft()
        number = script.written + 1
        part = replace(part, number=number, of=number + len(todo))
        todo.extendleft(reversed(await _part(model, script, part, tuple(todo))))
    return await finished(model, script)


async def _part(model: VisionModel, script: Manuscript, part: Part, later: Sequence[Part]) -> Sequence[Part]:
    """Write one part; returns the parts to do in its place or after it, if any."""
    before = len(script.turns)
    request = script.work.part(
        part, script.turns, [photo for one in later for photo in one.photos], _kept(script, part)
    )
    try:
        told, complaint = await _told(model, script, request, part)
    except ModelError as error:
        if error.fault is Fault.TOO_LONG and len(part.photos) > 1:
            return halved(part)
        raise
    if told.declined:
        return _without_refused(model, script, part, later, told)
    if complaint and part.gone_on:
        script.notes.append(f"the model did not go on where it was asked to: {complaint}")
        return ()
    if complaint:
        raise _useless(model, complaint, told)
    script.refusals = 0
    script.written += 1
    return _rest_of(part, script, before, told)


async def _told(model: VisionModel, script: Manuscript, request: Request, part: Part) -> tuple[Told, str | None]:
    """The answer, and why it cannot be used if it cannot; asked for once more unless it goes on from an earlier one."""
    before = len(script.turns)
    told = await _heard(model, script, request, part)
    complaint = _unusable(script, before, told)
    if complaint:
        script.take_back(before)
    if complaint and not part.gone_on:
        told = await _heard(model, script, script.work.again(request, complaint), part)
        complaint = _unusable(script, before, told)
    return told, complaint


def _kept(script: Manuscript, part: Part) -> list[Turn]:
    """The turns that stay and belong to a part by their photos; those without any belong to the first."""
    everywhere = set(script.work.photos)
    return [
        turn
        for turn in script.kept
        if set(turn.photos) & set(part.photos) or (not set(turn.photos) & everywhere and part.number == 1)
    ]


async def _heard(model: VisionModel, script: Manuscript, request: Request, part: Part) -> Told:
    answer = Answer(list(script.work.told_hosts))
    before = len(script.turns)
    try:
        told = await listen(model, request, answer, script.take, most=_RUNAWAY * part.words + 200)
    except ModelError as error:
        if error.fault not in {Fault.REFUSED, Fault.FILTERED}:
            raise
        return Told("", Ending(Finish.REFUSED, detail=error.why), 0)
    if told.stopped:
        script.drop_echo(before)
        script.notes.append(f"the model was stopped: {told.stopped}")
    script.answered_by = told.ending.answered_by or script.answered_by
    return told


def _unusable(script: Manuscript, before: int, told: Told) -> str | None:
    """Why an answer is no conversation; none when it is one."""
    if told.declined:
        return None
    turns, words = script.turns[before:], script.words(before)
    if told.stopped and len(turns) < _TOO_FEW:
        return told.stopped
    if not turns:
        return _why_nothing(told)
    if len({turn.speaker for turn in turns}) < 2 and (len(turns) > 2 or words > 80):
        return "only one of the hosts speaks in it"
    asked = script.work.brief.language
    spoken = other_language(" ".join(turn.text for turn in turns), asked)
    return f"it is in the language {spoken}, and {asked} was asked for" if spoken else None


def _why_nothing(told: Told) -> str:
    if not told.text.strip():
        return "it was empty"
    return "it has no line that begins with the name of a host" if told.whole else "it broke off in its first line"


def _without_refused(
    model: VisionModel, script: Manuscript, part: Part, later: Sequence[Part], told: Told
) -> Sequence[Part]:
    """What to do about a refused part: ask for its halves, down to the one photo that is left out."""
    script.refusals += 1
    reason = told.ending.detail or told.text
    if not part.photos and script.turns:
        script.notes.append("the provider refused to write on at one place, and the conversation has a seam there")
        return ()
    # One photo among n is found in so many steps; when more are refused in a row, it is not about a photo.
    steps = ceil(log2(max(1, min(len(script.work.photos), MOST_PHOTOS))))
    is_last = len(part.photos) <= 1 and not later
    if script.refusals > steps + _SPARE_REFUSALS or (is_last and not script.turns):
        raise _refused(model, reason)
    if len(part.photos) > 1:
        return halved(part)
    script.refused.append(part.photos[0])
    script.notes.append(f"the provider refused photo {part.photos[0]}; nobody speaks of it")
    if later:
        return ()
    return (Part(part.number, part.of, (), min(part.words, _LAST_WORDS), gone_on=1),)


def _rest_of(part: Part, script: Manuscript, before: int, told: Told) -> Sequence[Part]:
    """The rest of a part that was cut off early: so many words more, about the photos that were not come to."""
    words = script.words(before)
    if told.whole:
        return ()
    if words >= _ENOUGH * part.words:
        return ()
    if part.gone_on >= _MOST_GOING_ON:
        script.notes.append(
            f"the answers of the model were cut off {part.gone_on + 1} times; the conversation is shorter"
        )
        return ()
    used = {photo for turn in script.turns[before:] for photo in turn.photos}
    rest = tuple(photo for photo in part.photos if photo not in used)
    return (Part(part.number, part.of, rest, part.words - words, part.gone_on + 1),)


def _refused(model: VisionModel, reason: str) -> ModelError:
    said = " ".join(reason.split())[:160].rstrip(".")
    return ModelError(
        Fault.REFUSED,
        f"{model.name} will not write about these photos",
        f"it or its provider refused: {said}" if said else "it or its provider refused, and gives no reason",
        "Leave out the photos it may object to, say more with --about, or choose another --model",
    )


def _useless(model: VisionModel, why: str, told: Told) -> ModelError:
    said = " ".join(told.text.split())[:120]
    return ModelError(
        Fault.UNUSABLE if said else Fault.EMPTY,
        f"{model.name} gave no conversation",
        f"asked twice, {why}" + (f"; it begins “{said}”" if said else ""),
        "Choose a larger --model, or another --seed for another try",
    )
