"""The writer that asks a model: a conversation in as many parts as it needs, checked, and repaired once."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil, log2

from photocast import __version__
from photocast.models import Finish, Request, VisionModel
from photocast.schema import BudgetError, Fault, ModelError, Provenance, Script, Speaker, Turn, Way
from photocast.writing.check import check
from photocast.writing.draft import Draft
from photocast.writing.habits import one_line
from photocast.writing.keeping import locked, same_cast, with_kept
from photocast.writing.language import spoken_language
from photocast.writing.problem import Problem
from photocast.writing.prompted.answer import Answer
from photocast.writing.prompted.events import Event, Heard, Listener, TakenBack
from photocast.writing.prompted.linking import Linker
from photocast.writing.prompted.listen import Told, listen
from photocast.writing.prompted.parts import MOST_PHOTOS, Part, halved, in_parts
from photocast.writing.prompted.rewrite import rewrite
from photocast.writing.prompted.said import Said
from photocast.writing.prompted.work import Work

_DISCLOSURE = {
    Way.DIRECT: "Made by a machine: the language model {model} looked at the photos and wrote this conversation.",
    Way.FACTS: "Made by a machine: the language model {model} wrote this conversation from notes about the photos.",
}
_INVENTED = " The hosts do not exist; what they tell of themselves is invented."
_REPAIRED = frozenset(
    {"opening", "sign_off", "cliche", "photo_talk", "direction", "giant", "said_before", "repeated", "sensitive"}
    | {"ungrounded", "unsupported", "struck", "unused", "label"}
)
"""Rules whose breaking a turn written anew can mend."""
_MOST_REPAIRED = 0.5
"""Share of the turns beyond which the model is what has to be changed, not the turns."""
_ENOUGH = 0.7
"""Share of the words asked for at which an answer that was cut off counts as whole."""
_MOST_CUT = 3
"""How often the rest of an answer that was cut off is asked for."""
_RUNAWAY = 2
"""How many times the words asked for are listened to."""


def _silent(event: Event) -> None:
    """Listens to nothing."""


@dataclass
class _Manuscript:
    """The script so far."""

    work: Work
    linker: Linker
    tell: Listener
    taken: frozenset[str]
    """Ids of turns that stay from an earlier script."""
    turns: list[Turn] = field(default_factory=list)
    strangers: dict[str, str] = field(default_factory=dict)
    """Speakers that the model made up, by the turn that a host says in their place."""
    notes: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Photos that the model will not speak of."""
    refusals: int = 0
    """Refused answers in a row."""
    answered_by: str | None = None

    def take(self, said: Said) -> None:
        said = self.work.restored(said)
        names = [host.name for host in self.work.hosts]
        stranger = said.speaker not in names
        turn = self.linker.turn(
            said,
            self._next_id(),
            speaker=self._stand_in(names) if stranger else said.speaker,
            near=next((turn.photos for turn in reversed(self.turns) if turn.photos), ()),
        )
        if turn is None:
            return
        if stranger:
            self.strangers[turn.id] = said.speaker
        self.turns.append(turn)
        self.tell(Heard(turn))

    def take_back(self, count: int) -> None:
        """Forget all turns after the first `count`."""
        dropped = tuple(turn.id for turn in self.turns[count:])
        del self.turns[count:]
        if dropped:
            self.tell(TakenBack(dropped))

    def words(self, since: int) -> int:
        return sum(len(turn.text.split()) for turn in self.turns[since:])

    def _next_id(self) -> str:
        number = int(self.turns[-1].id[1:]) + 1 if self.turns else 1
        while f"t{number:03d}" in self.taken:
            number += 1
        return f"t{number:03d}"

    def _stand_in(self, names: Sequence[str]) -> str:
        """A host to say what somebody says who is none: whoever did not speak last."""
        last = self.turns[-1].speaker if self.turns else ""
        return next(name for name in names if name != last)


async def write_with(
    model: VisionModel, work: Work, *, previous: Script | None = None, tell: Listener | None = None
) -> Draft:
    """A conversation by a model about the photos or the facts of `work`.

    Args:
        model: who writes.
        work: what about.
        previous: a script about the same photos: its locked turns stay.
        tell: hears each turn as soon as it is whole, and what becomes of it.

    Raises:
        ModelError: no conversation could be had; nothing partial is handed over.
        BudgetError: the next call could cost too much.
    """
    kept = locked(previous)
    if previous and kept:  # whoever says a turn that stays has to be there
        work = replace(work, brief=same_cast(work.brief, previous))
    script = _Manuscript(
        work,
        Linker([photo.id for photo in work.album.photos], work.facts),
        tell or _silent,
        frozenset(turn.id for turn in kept),
    )
    words = max(60, work.words - sum(len(turn.text.split()) for turn in kept))
    parts = deque(in_parts([photo.id for photo in work.album.photos], words))
    while parts:
        part = parts.popleft()
        parts.extendleft(reversed(await _part(model, script, part, parts, kept)))
    if not script.turns:
        raise _refused(model, "every photo was refused")
    return await _finished(model, script, previous, kept)


async def _part(
    model: VisionModel, script: _Manuscript, part: Part, later: Sequence[Part], kept: Sequence[Turn]
) -> Sequence[Part]:
    """Write one part; returns the parts to do instead or after it, if any."""
    work, before = script.work, len(script.turns)
    request = work.part(part, script.turns, [photo for one in later for photo in one.photos], kept)
    try:
        told = await _heard(model, script, request, part)
    except ModelError as error:
        if error.fault is Fault.TOO_LONG and len(part.photos) > 1:
            return halved(part)
        raise
    if len(script.turns) == before and told.ending.finish in {Finish.REFUSED, Finish.FILTERED}:
        return _without_refused(model, script, part, told)
    script.refusals = 0
    if complaint := _unusable(script, before, told):
        script.take_back(before)
        told = await _heard(model, script, work.again(request, complaint), part)
        if still := _unusable(script, before, told):
            raise _useless(model, still, told)
    if told.stopped:
        script.notes.append(f"the model was stopped: {told.stopped}")
    return _rest_of(part, script, before, told)


async def _heard(model: VisionModel, script: _Manuscript, request: Request, part: Part) -> Told:
    answer = Answer([script.work.telling.hide(host.name) for host in script.work.hosts])
    told = await listen(model, request, answer, script.take, most=_RUNAWAY * part.words + 200)
    script.answered_by = told.ending.answered_by or script.answered_by
    return told


def _unusable(script: _Manuscript, before: int, told: Told) -> str | None:
    """Why an answer is no conversation; none when it is one."""
    turns = script.turns[before:]
    if told.stopped and len(turns) < 2:
        return told.stopped
    if not turns:
        return "it has no line that begins with the name of a host" if told.text.strip() else "it was empty"
    if len({turn.speaker for turn in turns}) < 2 and (len(turns) > 2 or script.words(before) > 80):
        return "only one of the hosts speaks in it"
    asked = script.work.brief.language.partition("-")[0]
    spoken = spoken_language(" ".join(turn.text for turn in turns))
    return f"it is in the language {spoken}, and {asked} was asked for" if spoken and spoken != asked else None


def _without_refused(model: VisionModel, script: _Manuscript, part: Part, told: Told) -> Sequence[Part]:
    """What to do about a refused part: ask for its halves, down to the one photo that is left out."""
    script.refusals += 1
    if len(part.photos) == 1 and len(script.work.album.photos) > 1:
        script.refused.add(part.photos[0])
        script.notes.append(f"the provider refused photo {part.photos[0]}; nobody speaks of it")
    if len(part.photos) <= 1:
        if len(script.work.album.photos) == 1 or not part.photos:
            raise _refused(model, told.ending.detail or told.text)
        return ()
    # One photo of a part is found in so many steps; when more are refused in a row, it is not about a photo.
    if script.refusals > ceil(log2(min(MOST_PHOTOS, len(script.work.album.photos)))) + 2:
        raise _refused(model, told.ending.detail or told.text)
    return halved(part)


def _rest_of(part: Part, script: _Manuscript, before: int, told: Told) -> Sequence[Part]:
    """The rest of a part that was cut off early: so many words more, about the photos that were not come to."""
    words = script.words(before)
    if told.ending.finish not in {Finish.LENGTH, Finish.CUT} or told.stopped or words >= _ENOUGH * part.words:
        return ()
    if part.cut >= _MOST_CUT:
        script.notes.append(f"the answers of the model were cut off {part.cut + 1} times; the conversation is shorter")
        return ()
    used = {photo for turn in script.turns[before:] for photo in turn.photos}
    rest = tuple(photo for photo in part.photos if photo not in used)
    return (Part(part.number, part.of, rest, part.words - words, part.cut + 1),)


async def _finished(model: VisionModel, script: _Manuscript, previous: Script | None, kept: Sequence[Turn]) -> Draft:
    """The whole script, checked, its failing turns written anew once, and what still fails."""
    whole = _script(model, script, previous, kept)
    problems = _problems(whole, script)
    failing: dict[str, list[Problem]] = {}
    locked_ids = {turn.id for turn in kept}
    for problem in problems:
        if problem.rule in _REPAIRED and problem.turn not in locked_ids:
            failing.setdefault(problem.turn, []).append(problem)
    if failing and len(failing) <= max(1, _MOST_REPAIRED * len(whole.turns)):
        whole = await _repaired(model, script, whole, {turn: one_line(found) for turn, found in failing.items()})
        problems = _problems(whole, script)
    return Draft(script=whole, outline=(), problems=problems, notes=tuple(script.notes))


async def _repaired(model: VisionModel, script: _Manuscript, whole: Script, wanted: dict[str, str]) -> Script:
    """The script with those turns in new words that are better for it."""
    try:
        new = await rewrite(model, script.work, whole, wanted, purpose="repair")
    except (ModelError, BudgetError) as error:
        # The script is there and paid for: what is wrong with it is said in the report.
        script.notes.append(f"{len(wanted)} turns that fail a check could not be written anew: {error.why}")
        return whole
    for turn in new:
        turns = tuple(turn if one.id == turn.id else one for one in whole.turns)
        changed = whole.model_copy(update={"turns": turns})
        strangers = {name: who for name, who in script.strangers.items() if name != turn.id}
        if _to_mend(_problems(changed, script, strangers)) < _to_mend(_problems(whole, script)):
            whole, script.strangers = changed, strangers
            script.tell(Heard(turn, again=True))
    return whole


def _to_mend(problems: Sequence[Problem]) -> int:
    """How many of the problems a turn written anew could mend."""
    return sum(one.rule in _REPAIRED for one in problems)


def _problems(whole: Script, script: _Manuscript, strangers: dict[str, str] | None = None) -> tuple[Problem, ...]:
    unknown = script.strangers if strangers is None else strangers
    labels = (
        Problem(turn=turn, rule="label", detail=f"the model had {who!r} say this, who is no host")
        for turn, who in unknown.items()
    )
    found = check(whole, script.work.facts, script.work.brief)
    return (*labels, *(one for one in found if not any(f"about {photo};" in one.detail for photo in script.refused)))


def _script(model: VisionModel, script: _Manuscript, previous: Script | None, kept: Sequence[Turn]) -> Script:
    work = script.work
    speakers = [Speaker(name=host.name, character=host.character) for host in work.hosts]
    named = script.answered_by
    name = model.name if not named or named in model.name else f"{model.name} ({named})"
    return Script(
        title=work.album.title[:1].upper() + work.album.title[1:],
        speakers=tuple(speakers),
        turns=tuple(with_kept(script.turns, kept)),
        language=work.brief.language,
        provenance=Provenance(
            writer=work.way.value,
            writer_version=__version__,
            model=name,
            prompts=work.prompts.version,
            seed=work.brief.seed,
            disclosure=_DISCLOSURE[work.way].format(model=name) + _INVENTED,
        ),
    )


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
    empty = not told.text.strip()
    return ModelError(
        Fault.EMPTY if empty else Fault.UNUSABLE,
        f"{model.name} gave no conversation",
        f"asked twice, {why}" + ("" if empty else f"; it begins “{said}”"),
        "Choose a larger --model, or another --seed for another try",
    )
