"""What in talk is no talk: adverts that are read out, and marks of what a transcriber did not hear."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

LISTS_VERSION = 1
"""Raised when a list here changes: what was selected with an older one is made again then."""


class _Phrase(NamedTuple):
    """Something to look for in a turn. The signs are looked for first: they are quick to miss."""

    signs: tuple[str, ...]
    """One of them is in all that the pattern finds."""
    pattern: re.Pattern[str] | None = None
    """None where the signs are the phrases."""

    def within(self, text: str) -> bool:
        for sign in self.signs:
            if sign in text:
                return self.pattern is None or self.pattern.search(text) is not None
        return False


def _phrase(pattern: str, *signs: str) -> _Phrase:
    return _Phrase(signs, re.compile(pattern))


_SPONSORED = ("brought to you", "made possible", "supported", "sponsored", "presented")
_ADVERTS = (
    _Phrase(("promo code", "coupon code", "discount code", "offer code", "referral code")),
    _phrase(
        r"(?:episode|podcast|show|program|programme|segment|week|today|month) (?:is |was |are )?(?:also )?"
        rf"(?:{'|'.join(_SPONSORED)})(?: in part)? by\b",
        *_SPONSORED,
    ),
    _phrase(
        r"support for (?:this|the|our|today'?s) (?:show|podcast|episode)[\w ,]{0,30} (?:comes|is)\b", "support for"
    ),
    _phrase(r"(?:word|message|hear|break) from (?:our|the|today'?s|this week'?s) sponsors?\b", "sponsor"),
    _phrase(r"thank(?:s|ing)?(?: you)?[\w ]{0,15} (?:our|today'?s|this week'?s) (?:\w+ )?sponsors?\b", "sponsor"),
    _phrase(r"(?:today'?s|this (?:week|episode|month|show)'?s?)(?: show| episode)?'?s? sponsors?\b", "sponsor"),
    _phrase(r"dot (?:com|org|net|co|io|fm) (?:forward |back)?slash", "slash"),
    _Phrase(("terms and conditions apply",)),
    _Phrase(("easiest way to make a podcast", "download the free anchor app", "anchor.fm to get started")),
)
"""What hardly anybody says outside an advert. The last three are phrases that Anchor had its hosts read in 2020."""
_HINTS = (
    _Phrase(("brought to you by", "our sponsor")),
    _phrase(r"\b(?:use|using|enter|with) (?:the |my |our |your )?code\b", " code"),
    _phrase(r"(?:percent|%) off\b", "percent off", "% off"),
    _phrase(r"\bat (?:the )?check ?out\b", "checkout", "check out"),
    _Phrase(("free shipping", "free trial", "free month", "free delivery")),
    _Phrase(("first month", "first order", "first box", "first purchase")),
    _Phrase(("money back guarantee", "money-back guarantee", "limited time", "limited-time")),
    _Phrase(("exclusive offer", "exclusive deal", "exclusive discount", "special offer")),
    _phrase(
        r"\b(?:go|head|over|visit|sign up|get started|check \w+ out)\b[\w ,]{0,25}"
        r" \w+(?:\.| dot )(?:com|org|net|co|io|fm)\b",
        *(".com", ".org", ".net", ".co", ".io", ".fm", " dot "),
    ),
    _phrase(r"\w\.(?:com|org|net|co|io|fm)/\w", ".com/", ".org/", ".net/", ".co/", ".io/", ".fm/"),
    _phrase(r"\blisteners? (?:of (?:this|the|our)|get|can get|receive|save)\b", "listener"),
)
"""Phrases that also come up elsewhere; two different ones in a turn make it an advert."""

_OPENING = "[(<*♪"
_MARK = re.compile(
    rf"[{re.escape(_OPENING)}]\s*(?:(?:speak\w*|talk\w*) (?:in )?(?:a )?(?:foreign|non-english)[\w ]*|inaudible|"
    r"unintelligible|indistinct|cross-?talk|foreign|blank[_ ]audio|no audio|silence|noise|static|garbled|"
    r"muffled|music)\b[^\])>*♪]*[\])>*♪]"
)


def is_advert(text: str) -> bool:
    """Whether a turn reads an advert out: a phrase that only adverts have, or two that they have more than others.

    The lists are English, and were made for this project after how hosts read adverts in 2020.
    Weakness: talk about discounts or sponsors is taken for an advert, and one without a code, an address or a sponsor
    is not seen. A long turn is an advert as a whole.
    """
    return _is_advert(_plain(text), _ADVERTS, _HINTS)


def adverts_among(texts: Sequence[str], words: Sequence[str]) -> list[bool]:
    """Which of the turns of an episode read an advert out, as `is_advert` says, but many times as fast.

    What is nowhere in the whole of them is in none of them, and most phrases are nowhere.

    Args:
        texts: of the turns.
        words: all that are said in them, see `spoken.py`.
    """
    there = _signs_in(_plain("\n".join(texts)), " ".join(words))
    adverts, hints = ([one for one in few if not there.isdisjoint(one.signs)] for few in (_ADVERTS, _HINTS))
    if not adverts and len(hints) < 2:
        return [False] * len(texts)
    return [_is_advert(_plain(text), adverts, hints) for text in texts]


def _is_advert(plain: str, adverts: Iterable[_Phrase], hints: Iterable[_Phrase]) -> bool:
    return any(one.within(plain) for one in adverts) or sum(one.within(plain) for one in hints) > 1


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def _signs_in(plain: str, words: str) -> set[str]:
    """The signs that are in a text. Those are looked for whose words are among its words, which are much shorter.

    And none that holds another one which is not there.
    """
    signs, parts = _signs()
    missing = {part for part in parts if part not in words}
    there = {""}
    for sign, inside, own in signs:
        if inside in there and missing.isdisjoint(own) and sign in plain:
            there.add(sign)
    return there


@cache
def _signs() -> tuple[list[tuple[str, str, list[str]]], set[str]]:
    """All signs, the shortest first, each with one that it holds and the runs of letters in it; and all those runs."""
    signs = sorted({sign for one in (*_ADVERTS, *_HINTS) for sign in one.signs}, key=lambda sign: (len(sign), sign))
    parts = {sign: re.findall("[a-z]+", sign) for sign in signs}
    inside = {sign: next((one for one in signs if one != sign and one in sign), "") for sign in signs}
    return [(sign, inside[sign], parts[sign]) for sign in signs], {part for own in parts.values() for part in own}


def count_marks(text: str) -> int:
    """Marks in brackets of what is no speech or could not be heard: `[inaudible]`, `(crosstalk)`, `[Music]`, `♪music♪`.

    `[laughs]` is none: it belongs to the talk.
    """
    return len(_MARK.findall(text.lower())) if any(map(text.__contains__, _OPENING)) else 0


def marks_among(texts: Sequence[str]) -> list[int]:
    """How many marks there are in each of many turns, as `count_marks` says; mostly none of them has a bracket."""
    whole = "".join(texts)
    return [count_marks(text) for text in texts] if any(map(whole.__contains__, _OPENING)) else [0] * len(texts)
