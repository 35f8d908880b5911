"""Names in talk and in what is asked of a picture, told by their capitals: rough, cheap, and on the careful side."""

import re
from collections import Counter
from collections.abc import Iterator

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_BEGINS = re.compile(
    r"(?:^|(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bSt)(?<!\bMrs)[.!?…:;\n]|[.!?…]?[\"'“‘(])\s*$",
)
"""What stands before a word with which a sentence begins."""
_MOSTLY = 0.4
"""Share of words with capitals from which on they say nothing, as in headings."""
_ORDINARY = frozenset(
    re.findall(
        r"\S+",
        "i i'm i'd i'll i've ok okay tv dvd cd led suv atv bbq diy usb gps dj mr mrs ms dr st monday tuesday wednesday "
        "thursday friday saturday sunday january february march april may june july august september october november "
        "december christmas easter halloween thanksgiving hanukkah diwali ramadan valentine's african american asian "
        "australian austrian belgian brazilian british canadian chinese cuban danish dutch egyptian english ethiopian "
        "european filipino finnish french german greek hawaiian indian indonesian iranian iraqi irish israeli italian "
        "jamaican japanese kenyan korean latin lebanese mexican moroccan nepalese nigerian nordic norwegian pakistani "
        "persian peruvian polish portuguese roman russian scandinavian scottish spanish swedish swiss thai tibetan "
        "turkish ukrainian vietnamese welsh arctic antarctic mediterranean caribbean alpine andean victorian georgian "
        "edwardian gothic baroque tudor medieval western eastern northern southern god lord bible t-shirt t-shirts "
        "x-ray a-frame v-shaped u-shaped l-shaped y-shaped labrador labradors retriever dalmatian chihuahua yorkshire "
        "terrier doberman rottweiler siamese holstein angus ferris adirondack polaroid bunsen petri molotov "
        "celtic native new old north south east west big little great grand high long young white black red green blue "
        "golden street road avenue square park bay lake river mount mountain island beach area building ",
    )
)
"""Words that have a capital and name nobody, no firm and no one place."""


def names_in(text: str) -> frozenset[str]:
    """Words that look like names in a talk, in small letters.

    They have a capital within a sentence, and never come without one. Nothing is found in a text that has capitals
    everywhere, or nowhere.
    """
    inside: set[str] = set()
    small: set[str] = set()
    seen = Counter[bool]()
    for word, begins in _words(text):
        seen[word[0].isupper()] += 1
        if not word[0].isupper():
            small.add(word.casefold())
        elif not begins and len(word) > 1:
            inside.add(bare(word))
    return frozenset() if seen[True] > _MOSTLY * seen.total() else frozenset(inside - small - _ORDINARY)


def capitals_in(text: str) -> frozenset[str]:
    """Words that have a capital within a sentence and could be names, in small letters."""
    found = {bare(word) for word, begins in _words(text) if word[0].isupper() and len(word) > 1 and not begins}
    return frozenset(found - _ORDINARY)


def words_in(text: str) -> list[str]:
    """The words of a text as they are written."""
    return _WORD.findall(text)


def bare(word: str) -> str:
    """A word in small letters without what makes it a possessive."""
    small = word.casefold().replace("’", "'")
    return small.removesuffix("'s")


def _words(text: str) -> Iterator[tuple[str, bool]]:
    for found in _WORD.finditer(text):
        yield found[0], bool(_BEGINS.search(text, max(0, found.start() - 8), found.start()))
