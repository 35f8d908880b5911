"""What language models do that people do not, or should not: found in a script, a turn at a time."""

from collections.abc import Iterable, Iterator, Sequence

from photocast.schema import Brief, FactSheet, Script, Source, Turn
from photocast.schema.language import other_language
from photocast.writing.phrases import phrases
from photocast.writing.problem import Problem
from photocast.writing.repeats import said_before
from photocast.writing.sensitive import guesses_about_people

_LONGEST = {"banter": 200, "bedtime": 200}
"""Words that a turn may have by style: beyond them goes one turn in twenty of people who banter on a podcast. In an
interview people speak for as long as they like."""
_GIANT_SHARE = 0.5
_LEAST_FOR_SHARE = 60
"""Words of a turn that can be too much of a conversation."""
_NAMED_SHARE = 1 / 3
"""Turns that name their photos, for each photo, from which those that are not named are not spoken of."""
_OFF = 0.35
"""Share by which a conversation may be longer or shorter than asked for."""


def habits(script: Script, facts: FactSheet, brief: Brief, photos: Sequence[str] = ()) -> Iterator[Problem]:
    """What is wrong with a script that a model wrote, turn by turn; what concerns the whole is laid to one turn.

    Args:
        script: what is said.
        facts: what it may rest on.
        brief: what was asked for.
        photos: those that it should speak of, in order; otherwise those that the facts are about.
    """
    yield from phrases(script, brief)
    yield from said_before(script)
    yield from guesses_about_people(script, facts)
    yield from _giants(script, brief)
    yield from _ungrounded(script)
    yield from _unused(script, photos or sorted({photo for one in facts.usable() for photo in one.photos}))
    yield from _wrong_language(script, brief)
    yield from _wrong_length(script, brief)
    yield from _silent(script)


def one_line(problems: Iterable[Problem]) -> str:
    """What is wrong, as one sentence for whoever writes the turn anew."""
    return "; ".join(dict.fromkeys(problem.detail for problem in problems))


def _giants(script: Script, brief: Brief) -> Iterator[Problem]:
    """Turns that leave the others less than half of the words, or are too long for banter."""
    total = script.words()
    longest = _LONGEST.get(brief.style, total)
    for turn in script.turns:
        words = len(turn.text.split())
        if words > longest or (words > _LEAST_FOR_SHARE and words > _GIANT_SHARE * total):
            yield _problem(turn, "giant", f"{words} of {total} words in one breath; say what matters in 60 at most")


def _ungrounded(script: Script) -> Iterator[Problem]:
    """Claims that name no observation although the model had nothing but the fact sheet to go by."""
    if script.provenance is None or script.provenance.writer != "facts":
        return
    for turn in script.turns:
        for claim in turn.claims:
            if claim.source is not Source.INVENTED and not claim.observations:
                words = turn.text[claim.start : claim.end]
                yield _problem(turn, "ungrounded", f"“{words}” is said as {claim.source}, and no fact says it")


def _unused(script: Script, photos: Sequence[str]) -> Iterator[Problem]:
    """Photos that nobody speaks of, each laid to the turn at its place in the order of photos.

    A model that hardly ever names a photo may speak of them all the same: then nothing can be said.
    """
    place = {photo: at for at, photo in enumerate(photos)}
    known = ((turn, [place[one] for one in turn.photos if one in place]) for turn in script.turns)
    linked = [(turn, max(places)) for turn, places in known if places]
    named = sum(bool(turn.photos) and not turn.photos_inferred for turn in script.turns)
    used = {photo for turn in script.turns for photo in turn.photos}
    for photo in photos if linked and named >= _NAMED_SHARE * len(photos) else ():
        if photo not in used:
            turn = next((turn for turn, last in linked if last > place[photo]), linked[-1][0])
            yield _problem(turn, "unused", f"nobody says anything about {photo}; bring it in here")


def _wrong_language(script: Script, brief: Brief) -> Iterator[Problem]:
    if spoken := other_language(" ".join(turn.text for turn in script.turns), brief.language):
        detail = f"the conversation is in the language {spoken}, and {brief.language} was asked for"
        yield _problem(script.turns[0], "language", detail)


def _wrong_length(script: Script, brief: Brief) -> Iterator[Problem]:
    words = script.words()
    if brief.words and abs(words - brief.words) > _OFF * brief.words:
        detail = f"the conversation has {words} words, and {brief.words} were asked for"
        yield _problem(script.turns[-1], "length", detail)


def _silent(script: Script) -> Iterator[Problem]:
    """Hosts who never speak, laid to the last turn."""
    heard = {turn.speaker for turn in script.turns}
    for speaker in script.speakers:
        if speaker.name not in heard:
            yield _problem(script.turns[-1], "silent", f"{speaker.name} is one of the hosts and says nothing")


def _problem(turn: Turn, rule: str, detail: str) -> Problem:
    return Problem(turn=turn.id, rule=rule, detail=detail)
