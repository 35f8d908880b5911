"""What a script must not do, whoever wrote it: claims without ground, loose ends, repeated and broken lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from photocast.schema import Brief, FactSheet, Known, Script, Source
from photocast.writing.habits import habits
from photocast.writing.problem import Problem

_WORDS = re.compile(r"[\w’'-]+")
_SENTENCE_END = re.compile(r"(?<=[.?!…])[”\"]?\s+")
_ARTICLE = re.compile(r"\b(?:a (?:[aeio]|u(?!ni|s|te|k))|an (?:[bcdfgjklmnpqrstvwxyz]|uni(?!n)|h(?!on|our|eir)))", re.I)
_BROKEN = re.compile(r"[<>{}|]|\s[,.;!?]|\.\.|,,|\b(\w{3,}) \1\b(?<!that that)(?<!had had)|  ")
_HEDGE = re.compile(
    r"\?|\b(?:might|maybe|perhaps|possibly|probably|seems?|suppose|guess|reckon|think|swear|unless|if|call|say|tell|"
    r"looks? like|a lot like|(?:some )?sort of|kind of|could be|not sure|as far as|or so|or something|take for|"
    r"doubtful|either|more or less)\b",
    re.I,
)
_SAME_LINE = 4
"""Words of a sentence that a grammar must not say twice."""
_SAME_LINE_OF_PEOPLE = 8
"""Words below which people say a sentence twice as often as models do, and mean it."""

SURE = 0.85
"""Confidence from which a thing may be stated without a hedge."""


def check(
    script: Script, facts: FactSheet, brief: Brief | None = None, *, photos: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """All problems, rule by rule; an empty tuple when there is none.

    A script by a grammar is read for what a grammar gets wrong, one by a language model for the habits of models.

    Args:
        script: what is said.
        facts: what it may rest on.
        brief: what was asked for; none for a script from elsewhere.
        photos: those that a model was to speak of, in order; otherwise those that the facts are about.
    """
    by_model = script.provenance is not None and script.provenance.model is not None
    rules = (
        _claims(script, facts),
        _certainty(script, facts),
        _interruptions(script),
        _repetitions(script, _SAME_LINE_OF_PEOPLE if by_model else _SAME_LINE),
        habits(script, facts, brief or Brief(), photos) if by_model else _grammar(script),
    )
    return _each_once(problem for rule in rules for problem in rule)


def _each_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems without a second word about one thing: a turn that repeats a sentence says it again."""
    found = dict.fromkeys(problems)
    repeated = {one.turn for one in found if one.rule == "repeated"}
    return tuple(one for one in found if not (one.rule == "said_before" and one.turn in repeated))


def _claims(script: Script, facts: FactSheet) -> Iterator[Problem]:
    usable = {one.id for one in facts.usable()}
    known = {one.id for one in facts.observations}
    for turn in script.turns:
        for claim in turn.claims:
            if claim.source is Source.INVENTED:
                continue
            words = turn.text[claim.start : claim.end]
            for one in claim.observations:
                if one not in known:
                    yield Problem(
                        turn=turn.id, rule="unsupported", detail=f"{words!r} rests on {one}, which is unknown"
                    )
                elif one not in usable:
                    yield Problem(turn=turn.id, rule="struck", detail=f"{words!r} rests on {one}: struck out")


def _certainty(script: Script, facts: FactSheet) -> Iterator[Problem]:
    """What is not certain is hedged, asked or doubted where it is first said, or in the turn before or after."""
    unsure = {one.id for one in facts.usable() if one.confidence < SURE and one.known is Known.SEEN}
    said: set[str] = set()
    for index, turn in enumerate(script.turns):
        around = " ".join(one.text for one in script.turns[max(0, index - 1) : index + 2])
        for claim in turn.claims:
            new = set(claim.observations) & unsure - said
            if new and not claim.inferred and len(claim.observations) == 1 and not _HEDGE.search(around):
                words = turn.text[claim.start : claim.end]
                yield Problem(turn=turn.id, rule="flat", detail=f"{words!r} is not certain and is stated flatly")
            said |= new


def _interruptions(script: Script) -> Iterator[Problem]:
    for before, after in pairwise(script.turns):
        if before.text.endswith("—") and after.speaker == before.speaker:
            yield Problem(turn=before.id, rule="cut_off", detail="the speaker cuts off nobody but themselves")
    if script.turns[-1].text.endswith("—"):
        yield Problem(turn=script.turns[-1].id, rule="cut_off", detail="the last words are cut off by nobody")
    for index, turn in enumerate(script.turns):
        recent = script.turns[max(0, index - 4) : index]
        if turn.text.startswith("—") and not any(
            one.text.endswith("—") and one.speaker == turn.speaker for one in recent
        ):
            yield Problem(turn=turn.id, rule="resumed", detail="the turn goes on with nothing")


def _repetitions(script: Script, least: int) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for turn in script.turns:
        for sentence in _SENTENCE_END.split(turn.text):
            words = _WORDS.findall(sentence.casefold())
            key = " ".join(words)
            if len(words) >= least and key in seen:
                detail = f"“{sentence}” was said in {seen[key]}; say something new"
                yield Problem(turn=turn.id, rule="repeated", detail=detail)
            seen.setdefault(key, turn.id)


def _grammar(script: Script) -> Iterator[Problem]:
    if script.turns[-1].text.endswith("?"):
        yield Problem(turn=script.turns[-1].id, rule="open_end", detail="the last words are a question")
    for turn in script.turns:
        own = _without_quotes(turn.text)
        if found := _ARTICLE.search(own):
            yield Problem(turn=turn.id, rule="article", detail=f"{own[found.start() : found.end() + 8]!r}")
        if found := _BROKEN.search(own):
            yield Problem(turn=turn.id, rule="broken", detail=f"{own[max(0, found.start() - 12) : found.end() + 12]!r}")


def _without_quotes(text: str) -> str:
    """The text without quoted words: what a sign or a caption says is not ours to correct."""
    return re.sub(r"“[^”]*”", "“…”", text)
