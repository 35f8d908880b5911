"""What must not be said about people in photos: guesses that no picture can settle."""

import re
from collections.abc import Iterator

from photocast.schema import FactSheet, Known, Script, Source, Turn
from photocast.writing.problem import Problem

_WHO = r"(?:man|men|woman|women|guys?|girls?|boys?|lad(?:y|ies|s)?|people|person|couple|family|kids?|child(?:ren)?)"
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|\d\d)"
_DECADES = r"(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties)"
_KIN = (
    r"(?:wife|husband|girlfriend|boyfriend|partner|mother|mum|mom|father|dad|son|daughter|sister|brother|grand\w+|"
    r"fianc\w+|ex)"
)
_BODY = r"(?:overweight|obese|pregnant|disabled|chubby|skinny|fat|ugly|sexy|attractive|beautiful|handsome)"
_FROM = r"(?:Asian|Caucasian|Hispanic|Latin[oax]|Arab|African|Middle[- ]Eastern|Indian|[Ww]hite|[Bb]lack)"
_GUESSES = {
    "an age": (
        rf"\bin (?:his|her|their) (?:early |mid |late )?{_DECADES}\b",
        rf"\b(?:elderly|middle-aged|teenaged?|\d{{1,2}}[- ]years?[- ]old) {_WHO}\b",
        rf"\b(?:he|she) (?:looks|must be|is) (?:about |around |maybe )?{_TENS}\b",
    ),
    "an origin": (rf"\b{_FROM}(?:-looking)? {_WHO}\b", rf"\bof {_FROM} (?:descent|origin)\b"),
    "a faith": (rf"\b(?:Muslim|Christian|Jewish|Hindu|Buddhist|Catholic|religious) {_WHO}\b",),
    "a body or its health": (
        rf"\b{_BODY} {_WHO}\b",
        rf"\b(?:he|she)(?:'s| is| looks)(?: so| very| rather)? (?:{_BODY}|ill|sick|drunk)\b",
    ),
    "who belongs to whom": (
        rf"\b(?:his|her|their) {_KIN}\b",
        r"\b(?:they|the two of them)(?:'re| are)?(?: clearly| obviously)? "
        r"(?:married|dating|siblings|related|in love|a couple)\b",
    ),
    "money": (rf"\b(?:rich|wealthy|poor|homeless|lower-class|upper-class) {_WHO}\b",),
}
_PATTERNS = {
    # Names of peoples are told by their capital: `black` before a coat is a colour.
    what: re.compile("|".join(forms), 0 if what == "an origin" else re.IGNORECASE)
    for what, forms in _GUESSES.items()
}


def guesses_about_people(script: Script, facts: FactSheet) -> Iterator[Problem]:
    """Turns about photos that guess age, origin, faith, health, relation or money, unless the user told just that.

    Turns without a photo are about the hosts' own lives, and so is what is marked as invented. What is guessed in
    other words is not found: this reads words, not meaning.
    """
    told = " ".join(one.what for one in facts.usable() if one.known is Known.TOLD).casefold()
    for turn in script.turns:
        for what, pattern in _PATTERNS.items() if turn.photos else ():
            found = next((one for one in pattern.finditer(turn.text) if not _is_covered(turn, one, told)), None)
            if found:
                detail = f"{found[0]!r} guesses {what}, which a picture cannot tell"
                yield Problem(turn=turn.id, rule="sensitive", detail=detail)


def _is_covered(turn: Turn, found: re.Match[str], told: str) -> bool:
    """Whether the user said so, or a host says it of a life that is made up."""
    last = re.escape(found[0].split()[-1].casefold())
    invented = any(one.source is Source.INVENTED and one.start <= found.start() < one.end for one in turn.claims)
    return invented or re.search(rf"\b{last}\b", told) is not None
