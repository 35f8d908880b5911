"""Phrases by which one knows a language model: how it opens and closes, announces pictures, and turns a sentence.

Each comes from reading published transcripts of SPoRC-VIST (arXiv:2601.01062) beside those of people;
`benchmarks/habits.py` counts how often it is found in either.
"""

import re
from collections.abc import Iterator

from photocast.schema import Brief, Script, Turn
from photocast.writing.problem import Problem

_STRAIGHT = str.maketrans("’‘“”", "''\"\"")

_NTH = r"(?:first|second|third|fourth|fifth|sixth|next|last|final|previous|one)"
_PICTURE = r"(?:photo(?:graph)?s?|pictures?|pics?|images?|snapshots?|shots?)"
_KNOWN_BY = rf"(?:old|other|single|same|few|black-and-white|{_NTH})"
_ANNOUNCED = re.compile(
    rf"\b(?:(?:this|that|the|our|{_NTH}) {_PICTURE} (?:shows?|features?|captures?|depicts?|is of)|"
    rf"(?:in|looking at|see in|move on to|on to) (?:this|that|these|the|our)(?: {_NTH})? {_PICTURE}|"
    rf"(?:this|that|the) {_NTH} {_PICTURE}|(?:here|now),? we (?:can )?see)\b",
    re.IGNORECASE,
)
_ANY_PICTURE = re.compile(
    rf"\b(?:this|that|these|those|the|our|some|{_KNOWN_BY})(?: {_KNOWN_BY})* {_PICTURE}\b"
    r"(?! (?:op|album|booth|of (?:water|espresso|whisky?|vodka|gin|tequila)))",
    re.IGNORECASE,
)
_TAKEN = re.compile(
    r"\b(?:t(?:ake|akes|ook|aken|aking)|snapp?\w*|pos\w+ for|shoot\w*|get|got|best) (?:\w+ ){0,2}$", re.I
)
"""Whoever took a picture, or posed for one, speaks of what happened."""
_BEFORE = 30
"""Characters in which that stands."""

_WELCOME = re.compile(
    r"\b(?:welcome (?:back )?to|hello,? (?:and welcome|everyone|listeners)|hi,? everyone|"
    r"good (?:morning|evening),? (?:everyone|listeners)|in (?:today's|this) episode|"
    r"today we(?:'re| are| will| have)|i'm your host|joining me)\b|"
    r"^(?:so,? )?i (?:was|'ve been) (?:just )?(?:looking|going|flipping|scrolling) (?:at|through)",
    re.IGNORECASE,
)
_GOODBYE = re.compile(
    r"\b(?:thanks? (?:you )?(?:so much )?for (?:listening|joining|tuning)|thank you,? listeners|see you (?:next|all)|"
    r"until next time|that's (?:all|it) (?:for|from) (?:today|us|this)|signing off|tune in|"
    r"stay tuned(?! for)|goodbye,? (?:everyone|listeners))\b",
    re.IGNORECASE,
)
_OPENING_TURNS, _CLOSING_TURNS = 2, 3

_DIRECTION = re.compile(r"\[[^\]\n]{1,60}\]|\((?:laugh|chuckl|sigh|paus|music|smil|giggl)[^)\n]{0,60}\)", re.IGNORECASE)
_IT = r"(?:it|this|that|they|he|she|you|we|these|those)"
_NOT_JUST = re.compile(
    rf"\b{_IT}(?:'s| is|'re| are| was| were)?(?: really)?(?: not|n't| isn't| aren't| wasn't| weren't) "
    rf"(?:just|only|merely|simply)\b[^?!]{{2,80}}?(?:[.;,]| ?[—–]| --?) "
    rf"?{_IT}(?:'s|'re| is| are| was| were)\b(?! not|n't)",
    re.IGNORECASE,
)


def straight(text: str) -> str:
    """The text with straight quotation marks and apostrophes, which models and people mix; as long as before."""
    return text.translate(_STRAIGHT)


def phrases(script: Script, brief: Brief) -> Iterator[Problem]:
    """The phrases of models in a script, at most one of a kind in each turn."""
    for index, turn in enumerate(script.turns):
        text = straight(turn.text)
        if index < _OPENING_TURNS and (found := _WELCOME.search(text)):
            yield _problem(turn, "opening", found, "opens a show or begins as models do; begin in mid-talk")
        if index >= len(script.turns) - _CLOSING_TURNS and (found := _GOODBYE.search(text)):
            yield _problem(turn, "sign_off", found, "says goodbye to listeners; end because something ended")
        if found := _NOT_JUST.search(text):
            yield _problem(turn, "cliche", found, "says what it is not before what it is; say the second half alone")
        if found := picture_talk(text, paper=brief.style == "paper"):
            yield _problem(turn, "photo_talk", found, "talks about a picture instead of what is in it")
        if found := _DIRECTION.search(text):
            yield _problem(turn, "direction", found, "is a direction, and would be read out; leave it out")


def picture_talk(text: str, *, paper: bool) -> re.Match[str] | None:
    """Where a text announces a picture, or where it mentions one at all if it is to be as SPoRC-VIST wants it."""
    if not paper:
        return _ANNOUNCED.search(text)
    found = _ANY_PICTURE.finditer(text)
    return next((one for one in found if not _TAKEN.search(text[max(0, one.start() - _BEFORE) : one.start()])), None)


def _problem(turn: Turn, rule: str, found: re.Match[str], what: str) -> Problem:
    words = turn.text[found.start() : found.end()]
    return Problem(turn=turn.id, rule=rule, detail=f"“{words}” {what}")
