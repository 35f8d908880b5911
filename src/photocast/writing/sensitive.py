"""What must not be said about people in photos: guesses that no picture can settle."""

import re
from collections.abc import Iterator

from photocast.schema import FactSheet, Known, Script, Source, Turn
from photocast.writing.phrases import straight
from photocast.writing.problem import Problem

_ONE = r"(?:man|woman|guy|girl|boy|lady|lad|person|couple|family|kid|child|gentleman)(?!'s)"
_SEVERAL = r"(?:men|women|guys|girls|boys|ladies|lads|people(?! carrier)|kids|children|couples|families)"
_THESE = r"(?:the|these|those|both|two|three|four|five|six|some|several|all the|(?:couple|group|bunch|row) of)"
_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,3})"
_TENS = r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|\d\d)"
_DECADES = r"(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|\d0s)"
_KIN = (
    r"(?:wife|husband|girlfriend|boyfriend|partner|spouse|mother|mum|mom|father|dad|parents?|son|daughter|sister|"
    r"brother|siblings?|twin|fianc[eé]e?|ex|"
    r"grand(?:ma|pa|mum|mom|mother|dad|father|parents?|son|daughter|kids?|children|child)s?)"
)
_BODY = r"(?:overweight|obese|pregnant|disabled|chubby|skinny|fat|ugly|sexy|attractive|beautiful|handsome)"
_PEOPLES = r"(?:Asian|Caucasian|Hispanic|Latin[oax]|Arab|African|Middle[- ]Eastern|Indian|Chinese|Japanese|Korean)"
_FROM = rf"(?:{_PEOPLES}|[Ww]hite|[Bb]lack)"
_FAITH = r"(?:Muslim|Christian|Jewish|Hindu|Buddhist|Catholic|religious)"
_MONEY = r"(?:rich|wealthy|homeless|lower-class|upper-class|working-class)"
_AGE = rf"(?:elderly|middle-aged|teenaged?|{_NUMBER}[- ]years?[- ]old)"
_SURELY = r"(?: (?:clearly|obviously|definitely|probably|maybe|about|around|like|perhaps|at least|so|very|rather))"
_LOOKS = r"(?:'s| is| looks| must be| might be)"


def _people(said: str) -> str:
    """Somebody of whom it is said; of several only where certain ones are meant, not a whole people."""
    return rf"(?<!-)\b{said} {_ONE}\b|\b(?i:{_THESE}) (?:\w+ )?{said} {_SEVERAL}\b"


_GUESSES = {
    "an age": (
        rf"\bin (?:his|her|their) (?:(?:early|mid|late)[- ])?{_DECADES}\b",
        _people(_AGE),
        rf"\b(?:this|that|the) (?:little )?{_NUMBER}-year-old(?=[.,;:?!…—–]|$| (?:in|on|with|who|is|looks)\b)",
        # `She is 15` is an age, `she is 15 minutes late` is not.
        rf"\b(?:he|she){_LOOKS}{_SURELY}{{0,2}} {_TENS}(?= years old| or\b| if\b|[.,;:?!…—–]|$)",
    ),
    "an origin": (
        _people(rf"{_FROM}(?:-looking)?"),
        rf"\bof {_PEOPLES} (?:descent|origin)\b",
        rf"\b(?:[Hh]e|[Ss]he){_LOOKS}{_SURELY}? {_PEOPLES}\b",
    ),
    "a faith": (_people(_FAITH),),
    "a body or its health": (
        _people(_BODY),
        rf"\b(?:he|she){_LOOKS}{_SURELY}? (?:{_BODY}|ill|sick|drunk)\b",
    ),
    "who belongs to whom": (
        rf"\b(?:his|her|their) (?:(?:little|big|older|younger|new|own) )?{_KIN}\b(?! tongue| figure)",
        r"\b(?:mother|father|mum|mom|dad) and (?:son|daughter)\b|\bhusband and wife\b|\bbrother and sister\b",
        rf"\b(?:they|these two|the two of them|the two)(?:'re| are| must be| look){_SURELY}? "
        r"(?:married|dating|siblings|brothers|sisters|twins|related(?! to)|in love|a couple(?! of))\b",
    ),
    "money": (_people(_MONEY), r"\bpoor famil(?:y|ies)\b"),  # a poor man may be one to be sorry for
}
_PATTERNS = {
    # Names of peoples are told by their capital: `black` before a coat is a colour.
    what: re.compile("|".join(forms), 0 if what == "an origin" else re.IGNORECASE)
    for what, forms in _GUESSES.items()
}
_OWN = re.compile(
    rf"\b(?:my|our) (?:\w+ ){{0,2}}(?:{_KIN}|{_ONE}|{_SEVERAL}|friends?|neighbou?rs?|cousins?|uncle|aunt(?:ie)?|nephew|"
    r"niece|gran|nan|boss|colleagues?|teacher|roommate|flatmate|mates?|budd(?:y|ies)|doctor|dentist|landlord)\b|"
    r"\ban? (?:friend|guy|bloke|girl|woman|man|neighbou?r|colleague) (?:of mine|i (?:know|knew))\b|"
    rf"\bwe had (?:this|a) \w+\b|\bi(?:'m|'d be| am) an? (?:\w+ ){{0,2}}{_ONE}\b",
    re.IGNORECASE,
)
"""Where a host has come to speak of people of their own."""
_OWN_BEFORE = 300
"""Characters for which they go on speaking of them."""
_EMPTY = frozenset(
    re.findall(r"\w+", "a an and are he her his in is it like looks maybe must of or s she the their these they two")
)


def guesses_about_people(script: Script, facts: FactSheet) -> Iterator[Problem]:
    """Turns about photos that guess age, origin, faith, health, relation or money, unless the user told just that.

    Turns without a photo are about the hosts' own lives, unless the model named no photos at all; so is what is marked
    as invented. What is guessed in other words is not found: this reads words, not meaning.
    """
    told = _words(" ".join(one.what for one in facts.usable() if one.known is Known.TOLD))
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
    """What a text guesses about people, and where; what hosts say of people whom they know is no guess."""
    text = straight(text)
    for what, pattern in _PATTERNS.items():
        for found in pattern.finditer(text):
            if not _OWN.search(text, max(0, found.start() - _OWN_BEFORE), found.end()):
                yield what, found


def _is_covered(turn: Turn, found: re.Match[str], told: frozenset[str]) -> bool:
    """Whether the user said so, or a host says it of a life that is made up."""
    if any(one.source is Source.INVENTED and one.start <= found.start() < one.end for one in turn.claims):
        return True
    said = {word for word in _words(found[0]) if not re.fullmatch(f"{_ONE}|{_SEVERAL}", word)}
    return bool((said - _EMPTY) & told)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", straight(text).casefold()))
