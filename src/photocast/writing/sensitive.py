"""What must not be said about people in photos: guesses that no picture can settle."""

import re
from collections.abc import Iterator

from photocast.schema import FactSheet, Known, Script, Source, Turn
from photocast.writing.phrases import straight
from photocast.writing.problem import Problem

_ONE = r"(?:man|woman|guy|girl|boy|lady|lad|person|couple|family|kid|child|gentleman)(?!'s)"
_SEVERAL = r"(?:men|women|guys|girls|boys|ladies|lads|people|kids|children|couples|families)"
_THESE = r"(?:the|these|those|both|two|three|four|five|six|some|several|all the|(?:couple|group|bunch|row) of)"
_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,3})"
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|\d\d)"
_DECADES = r"(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|\d0s)"
_KIN = (
    r"(?:wife|husband|girlfriend|boyfriend|partner|mother|mum|mom|father|dad|son|daughter|sister|brother|"
    r"grand(?:ma|pa|mother|father|parents?|son|daughter|kids?|children|child)s?|fianc[eé]e?|ex)"
)
_BODY = r"(?:overweight|obese|pregnant|disabled|chubby|skinny|fat|ugly|sexy|attractive|beautiful|handsome)"
_FROM = r"(?:Asian|Caucasian|Hispanic|Latin[oax]|Arab|African|Middle[- ]Eastern|Indian|[Ww]hite|[Bb]lack)"
_FAITH = r"(?:Muslim|Christian|Jewish|Hindu|Buddhist|Catholic|religious)"
_MONEY = r"(?:rich|wealthy|poor|homeless|lower-class|upper-class)"
_AGE = rf"(?:elderly|middle-aged|teenaged?|{_NUMBER}[- ]years?[- ]old)"


def _people(said: str) -> str:
    """Somebody of whom it is said; of several only where certain ones are meant, not a whole people."""
    return rf"\b{said} {_ONE}\b|\b{_THESE} (?:\w+ )?{said} {_SEVERAL}\b"


_GUESSES = {
    "an age": (
        rf"\bin (?:his|her|their) (?:(?:early|mid|late)[- ])?{_DECADES}\b",
        _people(_AGE),
        rf"\b(?:this|that|the|a) (?:little )?{_NUMBER}-year-old\b",
        rf"\b(?:he|she|they) (?:looks?|must be|is|are) (?:about |around |maybe )?{_TENS}\b(?! \w+s\b)",
    ),
    "an origin": (_people(rf"{_FROM}(?:-looking)?"), rf"\bof {_FROM} (?:descent|origin)\b"),
    "a faith": (_people(_FAITH),),
    "a body or its health": (
        _people(_BODY),
        rf"\b(?:he|she)(?:'s| is| looks| must be| might be)(?: so| very| rather)? (?:{_BODY}|ill|sick|drunk)\b",
    ),
    "who belongs to whom": (
        rf"\b(?:his|her|their) {_KIN}\b(?!'s basement)",
        r"\b(?:mother|father|mum|mom|dad) and (?:son|daughter)\b|\bhusband and wife\b|\bbrother and sister\b",
        r"\b(?:they|the two of them)(?:'re| are)(?: clearly| obviously)? "
        r"(?:married|dating|siblings|related(?! to)|in love|a couple(?! of))\b",
    ),
    "money": (_people(_MONEY),),
}
_PATTERNS = {
    # Names of peoples are told by their capital: `black` before a coat is a colour.
    what: re.compile("|".join(forms), 0 if what == "an origin" else re.IGNORECASE)
    for what, forms in _GUESSES.items()
}
_OWN = re.compile(r"\b(?:my|our)\b", re.IGNORECASE)


def guesses_about_people(script: Script, facts: FactSheet) -> Iterator[Problem]:
    """Turns about photos that guess age, origin, faith, health, relation or money, unless the user told just that.

    Turns without a photo are about the hosts' own lives, unless the model named no photos at all; so is what is marked
    as invented. What is guessed in other words is not found: this reads words, not meaning.
    """
    told = " ".join(one.what for one in facts.usable() if one.known is Known.TOLD).casefold()
    marked = any(turn.photos and not turn.photos_inferred for turn in script.turns)
    for turn in script.turns:
        found: dict[str, str] = {}
        for what, place in guesses(turn.text) if turn.photos or not marked else ():
            if what not in found and not _is_covered(turn, place, told):
                found[what] = turn.text[place.start() : place.end()]
        for what, words in found.items():
            detail = f"“{words}” guesses {what}, which a picture cannot tell"
            yield Problem(turn=turn.id, rule="sensitive", detail=detail)


def guesses(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """What a text guesses about people, and where; what hosts say of their own people is no guess."""
    text = straight(text)
    for what, pattern in _PATTERNS.items():
        for found in pattern.finditer(text):
            sentence = max(text.rfind(mark, 0, found.start()) for mark in ".?!") + 1
            if not _OWN.search(text, sentence, found.start()):
                yield what, found


def _is_covered(turn: Turn, found: re.Match[str], told: str) -> bool:
    """Whether the user said so, or a host says it of a life that is made up."""
    last = re.escape(found[0].split()[-1].casefold())
    invented = any(one.source is Source.INVENTED and one.start <= found.start() < one.end for one in turn.claims)
    return invented or re.search(rf"\b{last}\b", told) is not None
