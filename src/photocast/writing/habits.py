"""What language models do that people do not, or should not: found in a script, a turn at a time.

The habits are those counted in the published transcripts of SPoRC-VIST (arXiv:2601.01062): every second opening alike,
photos announced as photos, agreement in chorus, nothing but praise, and the forbidden welcome and goodbye.
"""

import re
from collections.abc import Iterable, Iterator

from photocast.schema import Brief, FactSheet, Script, Source, Turn
from photocast.writing.language import spoken_language
from photocast.writing.problem import Problem
from photocast.writing.sensitive import guesses_about_people

_PICTURE = r"(?:photo(?:graph)?s?|pictures?|pics?|images?|snapshots?|shots?)"
_NTH = r"(?:first|second|third|fourth|fifth|next|last|final|previous|one)"
_ANNOUNCED = re.compile(
    rf"\b(?:(?:this|that|the|our|{_NTH}) {_PICTURE} (?:shows?|features?|captures?|depicts?|is of)|"
    rf"(?:in|looking at|see in|move on to|on to) (?:this|that|these|the|our)(?: {_NTH})? {_PICTURE}|"
    rf"(?:this|that|the) {_NTH} {_PICTURE}|(?:here|now),? we (?:can )?see)\b",
    re.IGNORECASE,
)
_ANY_PICTURE = re.compile(rf"\b{_PICTURE}\b(?! (?:of (?:water|espresso|whisk|vodka|gin|tequila)|glass))", re.IGNORECASE)
_WELCOME = re.compile(
    r"\b(?:welcome (?:back )?to|hello,? (?:and welcome|everyone|listeners)|hi,? everyone|good (?:morning|evening),? "
    r"(?:everyone|listeners)|in (?:today's|this) episode|today we(?:'re| are| will| have)|i'm your host|joining me)\b|"
    r"^(?:so,? )?i (?:was|'ve been) (?:just )?(?:looking|going|flipping|scrolling) (?:at|through)",
    re.IGNORECASE,
)
_GOODBYE = re.compile(
    r"\b(?:thanks? (?:you )?(?:so much )?for (?:listening|joining|tuning)|thank you,? listeners|see you (?:next|all)|"
    r"until next time|that's (?:all|it) (?:for|from) (?:today|us|this)|signing off|tune in|stay tuned|"
    r"goodbye,? (?:everyone|listeners))\b",
    re.IGNORECASE,
)
_DIRECTION = re.compile(
    r"\[[^\]\n]{1,60}\]|\*[^*\n]{1,40}\*|\((?:laugh|chuckl|sigh|paus|music|smil|giggl)[^)]*\)", re.I
)
_IT = r"(?:it|this|that|they|he|she)"
_ONLY_JUST = re.compile(
    rf"\b{_IT}(?:'s| is|'re| are|n't| isn't| aren't)? (?:not|isn't|aren't)? ?(?:just|only|merely) "
    rf"(?:a |an |the |about )?[^.?!]{{2,40}}?[,;—–-]+ ?{_IT}(?:'s| is|'re| are)\b",
    re.IGNORECASE,
)
_NEVER = re.compile(r"\b(?:not|n't|isn't|aren't)\b", re.IGNORECASE)

_OPENING_TURNS, _CLOSING_TURNS = 2, 3
_GIANT_WORDS, _GIANT_SHARE = 130, 0.4
_LEAST_FOR_SHARE = 60
_GRAM = 5
_REPEATED_SHARE = 0.5
_LEAST_REPEATED = 8
"""Words of a turn from which having said the same before is no habit of speech."""
_OFF = 0.35


def habits(script: Script, facts: FactSheet, brief: Brief) -> Iterator[Problem]:
    """What is wrong with a script that a model wrote, turn by turn; what concerns the whole is laid to one turn."""
    for rule in (_openings, _photo_talk, _directions, _giants, _said_before):
        yield from rule(script, brief)
    yield from guesses_about_people(script, facts)
    yield from _ungrounded(script, facts)
    yield from _unused(script, facts)
    yield from _wrong_language(script, brief)
    yield from _wrong_length(script, brief)


def _openings(script: Script, brief: Brief) -> Iterator[Problem]:
    for turn in script.turns[:_OPENING_TURNS]:
        if found := _WELCOME.search(turn.text):
            yield _problem(turn, "opening", f"{found[0]!r} opens a show or begins as models do; begin in mid-talk")
    for turn in script.turns[-_CLOSING_TURNS:]:
        if found := _GOODBYE.search(turn.text):
            yield _problem(turn, "sign_off", f"{found[0]!r} says goodbye to listeners; end because something ended")
    for turn in script.turns:
        found = _ONLY_JUST.search(turn.text)
        if found and _NEVER.search(found[0]):
            yield _problem(turn, "cliche", f"{found[0]!r}: say the second half alone")


def _photo_talk(script: Script, brief: Brief) -> Iterator[Problem]:
    pattern = _ANY_PICTURE if brief.style == "paper" else _ANNOUNCED
    for turn in script.turns:
        if found := pattern.search(turn.text):
            yield _problem(turn, "photo_talk", f"{found[0]!r} talks about a picture instead of what is in it")


def _directions(script: Script, brief: Brief) -> Iterator[Problem]:
    for turn in script.turns:
        if found := _DIRECTION.search(turn.text):
            yield _problem(turn, "direction", f"{found[0]!r} is a direction, and would be read out; leave it out")


def _giants(script: Script, brief: Brief) -> Iterator[Problem]:
    total = script.words()
    for turn in script.turns:
        words = len(turn.text.split())
        if words > _GIANT_WORDS or (words > _LEAST_FOR_SHARE and words > _GIANT_SHARE * total):
            yield _problem(turn, "giant", f"{words} words in one breath; say what matters in 60 words at most")


def _said_before(script: Script, brief: Brief) -> Iterator[Problem]:
    """Turns half of whose words, in runs of five, have been said before by anybody, or by themselves."""
    heard: dict[tuple[str, ...], str] = {}
    for turn in script.turns:
        words = re.findall(r"[\w’']+", turn.text.casefold())
        grams = list(zip(*(words[at:] for at in range(_GRAM)), strict=False))
        before = [gram for gram in grams if gram in heard]
        twice = len(grams) - len(set(grams))
        if len(words) >= _LEAST_REPEATED and len(before) + twice >= _REPEATED_SHARE * len(grams):
            where = heard[before[0]] if before else turn.id
            yield _problem(turn, "said_before", f"it says again what was said in {where}; say something new")
        heard.update((gram, turn.id) for gram in grams if gram not in heard)


def _ungrounded(script: Script, facts: FactSheet) -> Iterator[Problem]:
    """Claims that name no observation although the model had nothing but the fact sheet to go by."""
    if script.provenance is None or script.provenance.writer != "facts":
        return
    for turn in script.turns:
        for claim in turn.claims:
            if claim.source is not Source.INVENTED and not claim.observations:
                words = turn.text[claim.start : claim.end]
                yield _problem(turn, "ungrounded", f"{words!r} is said as {claim.source}, and no fact says it")


def _unused(script: Script, facts: FactSheet) -> Iterator[Problem]:
    """Photos that nobody speaks of, each laid to the turn at its place in the order of photos."""
    known = dict.fromkeys(photo for one in facts.usable() for photo in one.photos)
    linked = [(turn, max(turn.photos)) for turn in script.turns if turn.photos]
    used = {photo for turn in script.turns for photo in turn.photos}
    if not linked:
        return
    for photo in sorted(known.keys() - used):
        turn = next((turn for turn, last in linked if last > photo), linked[-1][0])
        yield _problem(turn, "unused", f"nobody says anything about {photo}; bring it in here")


def _wrong_language(script: Script, brief: Brief) -> Iterator[Problem]:
    spoken = spoken_language(" ".join(turn.text for turn in script.turns))
    if spoken and spoken != brief.language.partition("-")[0]:
        yield _problem(
            script.turns[0], "language", f"the conversation is in {spoken}, and {brief.language} was asked for"
        )


def _wrong_length(script: Script, brief: Brief) -> Iterator[Problem]:
    words = script.words()
    if brief.words and abs(words - brief.words) > _OFF * brief.words:
        yield _problem(
            script.turns[-1], "length", f"the conversation has {words} words, and {brief.words} were asked for"
        )


def one_line(problems: Iterable[Problem]) -> str:
    """What is wrong, as one sentence for whoever writes the turn anew."""
    return "; ".join(dict.fromkeys(problem.detail for problem in problems))


def _problem(turn: Turn, rule: str, detail: str) -> Problem:
    return Problem(turn=turn.id, rule=rule, detail=detail)
