"""Names of people that stay on this machine: stand-ins go out in their place, and the names come back."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from string import ascii_uppercase


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RUN_ON = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of scripts that put no space between a name and what follows it."""
_WORD = re.compile(r"[^\W_]+")
_NOT_NAMES = _words(
    "a an and as at by de del der di do du el for in is la le my no of on or so the to van von y "
    "aunt auntie baby boy brother captain cousin dad daddy daughter doctor dr father friend girl gran grandad grandma "
    "grandpa granny jr lady madame miss mom mother mr mrs ms mum mummy nan nanny nephew niece old papa professor sir "
    "sister son sr st uncle"
)
"""Words that stand in names and are none by themselves."""
_ALSO_WORDS = _words(
    "amber angel april art ash august autumn baker banks bay bear bell berry bill bird black blue bob brook brooks "
    "brown bush buddy carter chance charity chase cherry clay cliff cook coral crystal daisy dale dawn dean destiny "
    "drew duke earl eve faith fern fields fish flora forest foster fox frank garnet gene ginger glen grace grant gray "
    "green guy harmony hazel heath heather hill holly hope hunter iris ivy jack jade jasmine jay jewel josh joy june "
    "king lamb lance lane laurel lily mark mason may melody mercy miles mint misty nick noble olive parks pat patience "
    "peace pearl penny pepper pierce piper poppy prince prudence queen ray reed reef rice rich river rivers rob robin "
    "rocky rod rose rosemary ruby rusty sage sandy scarlet scout serenity skip sky sonny star stone storm sue summer "
    "sunny swan tiger trinity victor violet wade walker ward wells west white will willow winter wolf wood woods woody "
    "young"
)
"""Names that are taken for words where they are written small."""


class StandIns:
    """`Person A` for the first name, `Person B` for the second, and back.

    A name is found whole and in its parts, in capitals or small letters, with or without accents, in the plural and
    the possessive, and run together as in `anna_smith.jpg`. What is not found is a nickname, or a form of the name in
    a language that bends it.

    Args:
        names: as the user writes them. A single letter names nobody.
    """

    def __init__(self, names: Sequence[str]) -> None:
        named = [" ".join(_composed(name).split()) for name in names]
        self._names = {f"Person {letters(at)}": name for at, name in enumerate(named)}
        wanted: dict[str, str] = {}
        for stand_in, name in self._names.items():
            wanted.setdefault(_pattern(_WORD.findall(_plain(name))), stand_in)
        for stand_in, name in self._names.items():
            for part in _parts(name):
                wanted.setdefault(_pattern(_WORD.findall(_plain(part))), stand_in)
        wanted.pop("", None)
        # The longest first: `Anna Smith` before `Anna`, whoever else has that name.
        patterns = sorted(wanted, key=len, reverse=True)
        self._of_group = {f"n{at}": wanted[pattern] for at, pattern in enumerate(patterns)}
        self._any = re.compile("|".join(f"(?P<n{at}>{pattern})" for at, pattern in enumerate(patterns)))
        self._back = re.compile(r"\b(Person|PERSON)[ -]([A-Z]{1,2})(?=\b|s\b)")

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def hide(self, text: str) -> str:
        """The text with stand-ins for the names."""
        if not self._of_group:
            return text
        text, at, pieces = _composed(text), 0, []
        for found in self._any.finditer(_plain(text)):
            written = text[found.start() : found.end()]
            if written.islower() and found[0] in _ALSO_WORDS:
                continue
            pieces += [text[at : found.start()], self._of_group[found.lastgroup or ""]]
            at = found.end()
        return "".join([*pieces, text[at:]])

    def show(self, text: str) -> str:
        """The text with the names in the place of their stand-ins."""
        return self._back.sub(lambda found: self._names.get(f"Person {found[2]}", found[0]), text)


def _pattern(words: Sequence[str]) -> str:
    """What finds a name in plain text; empty for what is too short to name anybody."""
    if len("".join(words)) < 2:
        return "" if not words or not _RUN_ON.match(words[0]) else re.escape(words[0])
    before = "" if _RUN_ON.match(words[0][0]) else r"(?<![^\W\d_])"
    after = "" if _RUN_ON.match(words[-1][-1]) else r"(?=(?:e?s)?(?![^\W\d_]))"
    return before + r"[\W_]*".join(map(re.escape, words)) + after


def _parts(name: str) -> Iterator[str]:
    """The words of a name that name somebody by themselves: `Anna` and `O'Brien`, but not `van` and not `Aunt`."""
    is_cased = any(letter.isupper() for letter in name)
    for word in (*name.split(), *re.split(r"[\s-]+", name), *_WORD.findall(name)):
        if len(word) > 1 and not (is_cased and word[0].islower()) and _plain(word).strip(".") not in _NOT_NAMES:
            yield word


def letters(at: int) -> str:
    """A to Z, then AA, AB and so on."""
    return ascii_uppercase[at] if at < 26 else letters(at // 26 - 1) + ascii_uppercase[at % 26]


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _plain(text: str) -> str:
    """The text in small letters without accents, letter for letter: positions in it are positions in the text."""
    return "".join(map(_plain_letter, text))


@cache
def _plain_letter(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    small = parts[0].lower() if all(map(unicodedata.combining, parts[1:])) else letter
    return small if len(small) == 1 else letter
