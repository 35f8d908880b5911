"""Personal data: names become other names, addresses and numbers become ones that belong to nobody.

Whatever is put in reads like talk, since a model is to learn from it: `Thanks, Alice` becomes `Thanks, Robin`, not
`Thanks, [guest]`, which a trained model would say aloud. Mail goes to example.com, numbers begin with 555-01; both are
kept free for such use.

What it finds: the names of hosts and guests that the source predicts, whole and in parts, in the possessive, whatever
their letters; addresses of mail, also spoken ones (`at gmail dot com`); telephone numbers in digits; handles, and
addresses of somebody's page. With `others`, also who is introduced as somebody's wife, as Doctor somebody and the like.

What it cannot do: it does not know people whom the source does not name, misspelt or bent names, nicknames, numbers
spelt out, streets, employers, or a life that can be recognised by what is told of it. A name that is also a word is
replaced wherever it has a capital, even at the head of a sentence. And the ids, which are hashes of public addresses,
lead whoever has the source back to the episode: the text is pseudonymous, not anonymous.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from photocast.prompts.stand_ins import StandIns

_GIVEN = (
    *("Robin", "Alex", "Jamie", "Casey", "Jordan", "Taylor", "Morgan", "Riley", "Avery", "Quinn", "Rowan", "Sidney"),
    *("Kerry", "Leslie", "Dana", "Emery", "Harley", "Marlow", "Lennox", "Sasha", "Toby", "Ashby", "Kendall", "Ellis"),
)
"""Given names that tell neither sex nor origin."""
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_MAIL = re.compile(
    r"(?<![\w.])(?:\w+(?: dot | underscore | dash ))*[\w.]+ at (?:gmail|hotmail|outlook|yahoo|icloud|proton ?mail|aol)"
    r" dot (?:com|net|org|me|co(?: dot uk)?)\b",
    re.IGNORECASE,
)
_PAGES = (
    r"(?:twitter|x|instagram|facebook|tiktok|linkedin|youtube|twitch|patreon|medium|reddit|snapchat|soundcloud|github|"
    r"venmo|threads)\.(?:com|net|tv)"
)
_PAGE = re.compile(
    rf"(?:https?://)?(?:www\.|m\.)?{_PAGES}/[\w@./?=&%~+-]*[\w/~]|https?://[^\s/@]+@\S*\w|https?://\S*/[@~][\w./-]*\w",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@./])@\w[\w.]*\w")
_PHONE = re.compile(
    r"(?<![\w.,$€£-])(?:"
    r"\+\d[\d ().-]{6,16}\d"
    r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"
    r"|\d{3}[.-]\d{4}"
    r"|0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}"
    r")(?![\w-]|[.,]\d)"
)
_INTRODUCED = re.compile(
    r"\b(?:[Mm]y name is|[Mm]y name's|[Mm]r\.?|[Mm]rs\.?|[Mm]s\.?|[Dd]r\.?|[Pp]rofessor|"
    r"(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir) "
    r"(?:wife|husband|partner|girlfriend|boyfriend|son|daughter|brother|sister|mother|father|mom|dad|uncle|aunt|cousin|"
    r"friend|neighbou?r|boss|colleague)),? "
    r"(?P<name>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?)"
)
_STAND_IN = re.compile(r"\bPerson ([A-Z]{1,2})(?=\b|s\b)")


class Replaced(msgspec.Struct, frozen=True):
    """How much was replaced because it tells who somebody is."""

    names: int = 0
    emails: int = 0
    phones: int = 0
    accounts: int = 0
    """Handles, and addresses of somebody's page."""


class Scrubber:
    """Replaces personal data, the same name by the same other one.

    Args:
        names: of people, as the source writes them.
        key: the id of the excerpt; another one gives other names. What is put in is not made of what is taken out.
        texts: all that is said, so that nobody gets the name of somebody else who is in it.
        others: whether people who are introduced in the texts are replaced as well.
    """

    def __init__(self, names: Iterable[str], key: str, texts: Sequence[str], *, others: bool = False) -> None:
        known = list(dict.fromkeys(name for name in names if name.strip()))
        whole = "\n".join(texts)
        if others:
            known += [name for name in _introduced(whole) if name not in known]
        self._stand_ins = StandIns(known)
        self._given = dict(zip(self._stand_ins, _free(key, f"{whole} {' '.join(known)}"), strict=False))
        self._counts = dict.fromkeys(Replaced.__struct_fields__, 0)

    @property
    def replaced(self) -> Replaced:
        """How much was replaced so far."""
        return Replaced(**self._counts)

    def __call__(self, text: str) -> str:
        """The text without personal data."""
        text = self._put("emails", _MAIL, "someone@example.com", text)
        text = self._put("emails", _SPOKEN_MAIL, "someone at example dot com", text)
        text = self._put("accounts", _PAGE, "example.com/someone", text)
        text = self._put("accounts", _HANDLE, "@someone", text)
        text = self._put("phones", _PHONE, "555-0100", text)
        return self._without_names(text)

    def _put(self, kind: str, pattern: re.Pattern[str], stand_in: str, text: str) -> str:
        text, number = pattern.subn(stand_in, text)
        self._counts[kind] += number
        return text

    def _without_names(self, text: str) -> str:
        """Hide the names in each stretch between words that only look like a stand-in."""
        pieces, at = [], 0
        for found in [*_STAND_IN.finditer(text), None]:
            end = found.start() if found else len(text)
            hidden, number = _STAND_IN.subn(self._name, self._stand_ins.hide(text[at:end]))
            self._counts["names"] += number
            pieces += [hidden, found[0] if found else ""]
            at = found.end() if found else end
        return "".join(pieces)

    def _name(self, found: re.Match[str]) -> str:
        return self._given.get(found[0], found[0])


def _free(key: str, taken: str) -> Iterator[str]:
    """Names to give, in an order that hangs on the key; those that are in the text come last of all, with a letter."""
    words = set(re.findall(r"\w+", taken.casefold()))
    order = sorted(_GIVEN, key=lambda name: hashlib.sha256(f"{key} {name}".encode()).digest())
    yield from (name for name in order if name.casefold() not in words)
    yield from (f"{name} {letter}." for letter in "BCDFGHKLMNPRSTVW" for name in order)


def _introduced(text: str) -> list[str]:
    names = (found["name"].removesuffix("'s").removesuffix("’s") for found in _INTRODUCED.finditer(text))
    return list(dict.fromkeys(names))
