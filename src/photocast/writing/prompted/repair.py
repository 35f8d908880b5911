"""The end of writing: the script is checked, what fails is written anew once, and what still fails is said."""

from collections.abc import Mapping, Sequence

from photocast.models import VisionModel
from photocast.schema import PhotocastError, Script
from photocast.writing.check import check
from photocast.writing.draft import Draft
from photocast.writing.habits import one_line
from photocast.writing.problem import Problem
from photocast.writing.prompted.manuscript import Manuscript
from photocast.writing.prompted.rewrite import rewrite

_MENDED = frozenset(
    {"opening", "sign_off", "cliche", "photo_talk", "direction", "giant", "said_before", "repeated", "sensitive"}
    | {"ungrounded", "unsupported", "struck", "unused", "label"}
)
"""Rules whose breaking a turn written anew can mend."""
_MOST_MENDED = 0.5
"""Share of the turns that are written anew at most: with more, hardly a turn would have one that stays beside it."""


async def finished(model: VisionModel, script: Manuscript) -> Draft:
    """The whole script, checked, its failing turns written anew once, and what still fails.

    The script is there and paid for: that it cannot be mended is no error, but said in the notes.
    """
    whole = script.script(model.name)
    problems = _problems(whole, script)
    failing = _failing(problems, script)
    if wanted := _worst(failing, most=max(1, int(_MOST_MENDED * len(whole.turns)))):
        if len(wanted) < len(failing):
            script.notes.append(
                f"{len(failing)} of {len(whole.turns)} turns fail a check; only the worst {len(wanted)} were asked for "
                "anew, and another model may do better"
            )
        await _mend(model, script, whole, {turn: one_line(failing[turn]) for turn in wanted})
        whole = script.script(model.name)
        problems = _problems(whole, script)
    script.notes.extend(_on_names(script))
    return Draft(script=whole, outline=(), problems=problems, notes=tuple(script.notes))


def _failing(problems: Sequence[Problem], script: Manuscript) -> dict[str, list[Problem]]:
    """The problems that can be mended, by turn; a turn that stays is never one of them."""
    settled = {turn.id for turn in script.kept}
    failing: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.rule in _MENDED and problem.turn not in settled:
            failing.setdefault(problem.turn, []).append(problem)
    return failing


def _worst(failing: Mapping[str, Sequence[Problem]], *, most: int) -> list[str]:
    """The turns with most problems, in their order."""
    ranked = sorted(failing, key=lambda turn: -len(failing[turn]))[:most]
    return [turn for turn in failing if turn in ranked]


async def _mend(model: VisionModel, script: Manuscript, whole: Script, wanted: Mapping[str, str]) -> None:
    """Put turns in new words in the place of those that fail, as far as they are better for it."""
    try:
        new = await rewrite(model, script.work, whole, wanted, purpose="repair")
    except PhotocastError as error:
        script.notes.append(f"{_turns(len(wanted))} that fail a check could not be written anew: {error.why}")
        return
    left, problems = len(wanted), _weight(_problems(whole, script))
    for turn in new:
        before = script.turns, dict(script.strangers)
        script.put(turn)
        now = _weight(_problems(script.script(model.name), script))
        if now < problems:
            problems, left = now, left - 1
            script.tell_again(turn)
        else:
            script.turns, script.strangers = before
    if left:
        script.notes.append(f"{_turns(left)} that fail a check were no better in other words, and stay as they were")


def _weight(problems: Sequence[Problem]) -> tuple[int, int]:
    """How bad a script is, by what other words can mend.

    A turn that names its photo shows that others are not spoken of: that counts last.
    """
    rules = [one.rule for one in problems if one.rule in _MENDED]
    return len(rules) - rules.count("unused"), rules.count("unused")


def _problems(whole: Script, script: Manuscript) -> tuple[Problem, ...]:
    labels = (
        Problem(turn=turn, rule="label", detail=f"the model had “{who}” say this, who is no host; say it as a host")
        for turn, who in script.unknown().items()
    )
    brief = script.work.brief.model_copy(update={"words": script.work.words})
    spoken_of = [photo for photo in script.work.photos if photo not in script.refused]
    return (*labels, *check(whole, script.work.facts, brief, photos=spoken_of))


def _on_names(script: Manuscript) -> Sequence[str]:
    """What the user should know about who speaks."""
    unknown = script.unknown()
    own = list(dict.fromkeys(who for turn, who in script.strangers.items() if turn not in unknown))
    notes = [f"the model calls the hosts {' and '.join(own)}; the names in the script are yours"] if own else []
    others = list(dict.fromkeys(unknown.values()))
    if others:
        notes.append(f"the model also had {' and '.join(others)} speak, who are no hosts; a host says it instead")
    return notes


def _turns(count: int) -> str:
    return "1 turn" if count == 1 else f"{count} turns"
