"""Phrases by which one knows a language model: how it opens and closes, announces pictures, and turns a sentence.

Each comes from reading published transcripts of SPoRC-VIST (arXiv:2601.01062) beside those of people;
`benchmarks/habits.py` counts how often it is found in either. What people say nearly as often is not here.
"""

import re
from collections.abc import Iterator

from photocast.schema import Brief, Script, Turn
from photocast.writing.problem import Problem

_STRAIGHT = str.maketrans("’‘“”", "''\"\"")

_PICTURE = r"(?:photo(?:graph)?s?|pictures?|pics?|images?|snapshots?)(?! (?:op|album|booth|of health)\b)"
_SHOT = r"shots?(?! (?:glass|of (?:water|espresso|coffee|whisk|vodka|gin|rum|tequila)))"
_NTH = r"(?:first|second|third|fourth|fifth|sixth|next|last|final|previous|opening|closing)"
_KIND = r"(?:old|other|same|single|new|few|two|three|four|five|lovely|beautiful|great|amazing|black-and-white)"
_SHOWS = r"(?:shows?|features?|captures?|depicts?|is of|are of)"
_ANNOUNCED = (
    rf"(?:this|that|these|those|the|our) (?:{_NTH} )?{_PICTURE} {_SHOWS}|"
    rf"(?:in|looking at|look at|see in|move on to|on to) (?:this|that|these|those|the|our) (?:{_NTH} )?{_PICTURE}|"
    rf"(?:this|that|the|our) {_NTH} (?:{_PICTURE}|{_SHOT})|here,? we (?:can )?see|now,? we (?:can )?see (?:an?|the|two)"
)
_MENTIONED = (
    rf"(?:this|that|these|those|the|our|another|some|single|{_NTH}) (?:{_KIND} ){{0,2}}{_PICTURE}|these {_SHOT}|"
    r"(?:image|photo|picture) of(?! health)"
)
_ANNOUNCING = re.compile(rf"\b(?:{_ANNOUNCED})\b", re.IGNORECASE)
_MENTIONING = re.compile(rf"\b(?:{_ANNOUNCED}|{_MENTIONED})\b", re.IGNORECASE)
_TAKING = re.compile(
    r"\b(?:tak(?:e|es|ing|en)|took|snap(?:s|ped|ping)?|pos(?:e|ed|ing)|get|gets|got|paint(?:s|ed|ing)?|out of|into)"
    r"\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
"""What stands before pictures that are taken or posed for, before `get the picture` and `out of the picture`."""
_BEFORE = 50
"""Characters in which that stands."""

_SPEAKS_UP = r"(?:^|[.!?…] )(?:(?:hey|hi|hello|and|so|well|okay|alright|everyone|everybody|folks)[,!]? ){0,4}"
_WELCOME = re.compile(
    rf"{_SPEAKS_UP}(?:welcome (?:back )?to|i'm your host|joining (?:me|us) today)\b|"
    r"\b(?:hi|hey|hello|good (?:morning|evening)),? (?:everyone|everybody|listeners|folks)\b(?! \w)|"
    r"\b(?:in|on) today's (?:episode|show)\b|"
    r"\btoday,? we(?:'re| are)(?: going to be)? (?:talking|diving|exploring|discussing|looking at|joined)\b",
    re.IGNORECASE,
)
_AS_MODELS_BEGIN = re.compile(
    r"^(?:(?:so|okay,? so|alright,? so),? i (?:was|'ve been) (?:just )?\w+ing\b|"
    rf"i (?:was|'ve been) (?:just )?(?:looking|going|flipping|scrolling) (?:at|through) (?:\w+ ){{1,3}}{_PICTURE}|"
    r"(?:(?:so|man|dude|you know|okay|honestly),? )?i still can't believe\b)",
    re.IGNORECASE,
)
_GOODBYE = re.compile(
    r"\b(?:thank(?:s| you)(?: all| everyone)?(?: so much)? for (?:listening|joining us|joining|tuning in)|"
    r"thank you,? listeners|see you (?:all )?next (?:time|week|episode)|until next time|"
    r"that's (?:all|it) for (?:today|this (?:week|time|episode))|that's (?:all|it) from us|signing off|"
    r"tune in (?:next|again)|stay tuned(?! for)|goodbye,? (?:everyone|listeners))\b",
    re.IGNORECASE,
)
_OPENING_TURNS, _CLOSING_TURNS = 2, 3

_IT = r"(?:it|this|that|they|he|she|you|we|these|those)"
_IS = r"(?:'s|'re| is| are| was| were)"
_CLICHES = (
    (
        re.compile(
            rf"(?:\b{_IT}{_IS}? (?:really )?not|(?:is|are|was|were)n't) (?:just|only|merely|simply) (?=\w)"
            rf"[^.?!;—–]{{2,60}}?(?:[,;.]| ?[—–]| --?) ?{_IT}{_IS}\b(?! not|n't)",
            re.IGNORECASE,
        ),
        "says what it is not before what it is; say the second half alone",
    ),
    (
        re.compile(r"^(?:exactly|absolutely|totally)[!.,?—–]+ ?(?:and|i (?:love|think)|it's|that's)\b", re.IGNORECASE),
        "agrees before it goes on; go on at once, or disagree",
    ),
    (
        re.compile(
            r"\b(?:that's|it's) what (?:makes|made) (?:[\w'-]+ ){1,5}?"
            r"(?:special|memorable|unforgettable|beautiful|magical|powerful|meaningful|real)\b",
            re.IGNORECASE,
        ),
        "draws a moral; leave it to whoever listens",
    ),
    (
        re.compile(r"\byou can almost (?:hear|feel|smell|taste|imagine)\b", re.IGNORECASE),
        "promises a feeling; say what it brings to mind",
    ),
)
_DIRECTION = re.compile(
    r"\[[^\[\]\n]{1,60}\]|(?:^|(?<=[.!?…—] ))\*[^*\n]{1,40}\*(?=$|[.!?…]| [A-Z\"])|"
    r"\((?:laugh|chuckl|sigh|paus|smil|giggl|grin|whisper)(?:s|es|e|ing|ed|ter)?\b[^()\n]{0,40}\)|"
    r"\((?:[a-z]{1,12} ){0,2}music\b[^()\n]{0,40}\)",
    re.IGNORECASE,
)
"""What stands in brackets, and what stands in asterisks as a sentence of its own: `a *real* one` is stress."""


def straight(text: str) -> str:
    """The text with straight quotation marks and apostrophes, which models and people mix; as long as before."""
    return text.translate(_STRAIGHT)


def phrases(script: Script, brief: Brief) -> Iterator[Problem]:
    """The phrases of models in a script, turn by turn."""
    for index, turn in enumerate(script.turns):
        text = straight(turn.text)
        if index == 0 and (found := _AS_MODELS_BEGIN.search(text)):
            yield _problem(turn, "opening", found, "is how models begin; begin in mid-talk, with something particular")
        if index < _OPENING_TURNS and (found := _WELCOME.search(text)):
            yield _problem(turn, "opening", found, "opens a show; begin in mid-talk")
        if index >= len(script.turns) - _CLOSING_TURNS and (found := _GOODBYE.search(text)):
            yield _problem(turn, "sign_off", found, "says goodbye to listeners; end because something ended")
        for pattern, advice in _CLICHES:
            if found := pattern.search(text):
                yield _problem(turn, "cliche", found, advice)
        if found := picture_talk(text, paper=brief.style == "paper"):
            yield _problem(turn, "photo_talk", found, "talks about a picture instead of what is in it")
        if found := _DIRECTION.search(text):
            yield _problem(turn, "direction", found, "is a direction, and would be read out; leave it out")


def picture_talk(text: str, *, paper: bool) -> re.Match[str] | None:
    """Where a text announces a picture, or where it speaks of one at all if it is to be as SPoRC-VIST wants it.

    That somebody takes pictures, or poses for one, is part of what happens.
    """
    found = (_MENTIONING if paper else _ANNOUNCING).finditer(text)
    return next((one for one in found if not _TAKING.search(text[max(0, one.start() - _BEFORE) : one.start()])), None)


def _problem(turn: Turn, rule: str, found: re.Match[str], what: str) -> Problem:
    words = turn.text[found.start() : found.end()].strip(" .!?…")
    return Problem(turn=turn.id, rule=rule, detail=f"“{words}” {what}")
