"""Two transcripts made to look alike, so that nothing but what is said can tell which system said it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from photocast.schema import Script, Turn
from photocast.schema.directions import fold, read_speech
from photocast.schema.labels import label_on

_TYPOGRAPHY = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    **dict.fromkeys("\u2014\u2015", "--"),
    "\u2026": "...",
    "\uff1a": ":",
}
_PLAIN = str.maketrans(_TYPOGRAPHY)
_ROLE = r"(?:speakers?|hosts?|co-?hosts?|guests?|voices?|persons?|spk)"
_PLACES = ("1", "2", "3", "4", "5", "6")
_MENTION = rf"\b{_ROLE}[\s_#-]*(?P<place>\d{{1,2}}|(?-i:[A-Z])|one|two|three|four)\b"
_MENTIONED = re.compile(_MENTION, re.IGNORECASE)
_ROLE_LABEL = re.compile(rf"{_MENTION}\s*:\s*", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_SQUARE = re.compile(r"\\?\[[^\[\]]{0,120}\\?\]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,60}>")
_MARKS = re.compile(r"(?<!\d)\*+|\*+(?!\d)|(?<!\w)_+|_+(?!\w)|`+|~~")
_OPENING = re.compile(r"\A(?:(?:#{1,6}|[-*>•|]|\d{1,3}[.)])\s+)+(?=\S)")
_ENDS_IN_COLON = re.compile(r"[^:]{1,60}:(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Blinded:
    """A transcript as judges see it: one line `Speaker N: words` for each turn.

    Attributes:
        text: the lines.
        words: spoken words in it.
        changes: what was done to it beyond new labels, and what was left although it names somebody.
    """

    text: str
    words: int
    changes: tuple[str, ...] = ()


def blinded(script: Script, turns: Sequence[Turn] | None = None) -> Blinded:
    """A script without anything that only its form says.

    Speakers are numbered in the order in which they first speak. Titles, headers and stage directions are not part of
    a script; what is left of them, of markup, labels, emoji and typography inside the words goes or becomes plain.
    Words are neither added nor replaced, but for names such as `Speaker 2` or `Host 2`, which become the number that
    this speaker has here. Names of persons stay, and are listed: to take them out would change what is said.

    Args:
        script: the transcript; it is not changed.
        turns: some of its turns, as `cut` gives them; by default all.
    """
    shown = script.turns if turns is None else turns
    numbers = {name: f"Speaker {at}" for at, name in enumerate(dict.fromkeys(turn.speaker for turn in shown), start=1)}
    cleaner = _Cleaner(script, numbers)
    said = [(numbers[turn.speaker], text) for turn in shown if (text := cleaner.clean(turn.text))]
    words = " ".join(text for _, text in said)
    lines = "\n".join(f"{speaker}: {text}" for speaker, text in said)
    return Blinded(lines, len(words.split()), (*cleaner.told(), *_named(words, numbers)))


def plain(text: str) -> str:
    """Text with one form of quotation marks, dashes and dots."""
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def cut(first: Script, second: Script, words: int) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """The beginnings of two scripts, of the same length as nearly as whole turns allow.

    Both end at the turn after which they are nearest to `words`, or to the length of the shorter script.
    """
    target = min(words, first.words(), second.words())
    return _cut(first, target), _cut(second, target)


def _cut(script: Script, target: int) -> tuple[Turn, ...]:
    lengths = accumulate(len(turn.text.split()) for turn in script.turns)
    _, turns = min((abs(length - target), at) for at, length in enumerate(lengths, start=1))
    return script.turns[:turns]


class _Cleaner:
    """Makes the words of turns plain, and counts what it does."""

    def __init__(self, script: Script, numbers: dict[str, str]) -> None:
        in_order = [numbers.get(speaker.name) for speaker in script.speakers]
        self._by_place = dict(zip(_PLACES, in_order, strict=False))
        self._numbers = {_key(name): number for name, number in numbers.items()}
        self._names = {_key(speaker.name) for speaker in script.speakers}
        self._done: Counter[str] = Counter()

    def clean(self, text: str) -> str:
        """The words of a turn on one line."""
        words = self._counted("typography", text, plain)
        words = self._counted("emoji and invisible characters", words, _visible)
        before = ""
        while before != words:  # what is taken away may have hidden more of the same
            before = words
            words = self._counted("markup", words, _without_markup)
            words = self._counted("stage directions", words, _without_directions)
            words = self._counted("labels inside a turn", words, self._without_label)
        return self._counted("names of roles", words, lambda now: _MENTIONED.sub(self._renumbered, now))

    def told(self) -> Iterator[str]:
        """What was changed, with the number of turns."""
        for what, turns in self._done.items():
            yield f"{what}: {turns} turn{'' if turns == 1 else 's'}"

    def _counted(self, what: str, text: str, change: Callable[[str], str]) -> str:
        changed = fold(change(text))
        self._done[what] += changed != fold(text)
        self._done += Counter()  # without zeros
        return changed

    def _without_label(self, text: str) -> str:
        """Without a label at the beginning that names somebody who speaks, and without any that names a role."""
        label = label_on(text) if _ENDS_IN_COLON.match(text) else None
        if label and (label.role or _key(label.name) in self._names):
            text = label.rest
        return _ROLE_LABEL.sub("", text)

    def _renumbered(self, found: re.Match[str]) -> str:
        """`Speaker 2` as the number that this speaker has now; `Host 2` of a cast with names is the second of it."""
        by_place = self._by_place.get(found["place"].casefold())
        return self._numbers.get(_key(found.group())) or by_place or found.group()


def _key(name: str) -> str:
    return re.sub(r"[\s_#-]+", " ", name).strip().casefold()


def _visible(text: str) -> str:
    """Without control characters, marks that nobody sees, and pictures."""
    return "".join(letter for letter in text if letter.isspace() or not _is_hidden(letter))


def _is_hidden(letter: str) -> bool:
    if unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs"}:
        return True
    return "\u2190" <= letter <= "\u2bff" or "\ufe00" <= letter <= "\ufe0f" or letter >= "\U0001f000"


def _without_markup(text: str) -> str:
    text = _TAG.sub(" ", _LINK.sub(r"\1", text))
    return _MARKS.sub("", _OPENING.sub("", fold(text), count=1))


def _without_directions(text: str) -> str:
    spoken = read_speech(text).words
    return _SQUARE.sub(" ", spoken).replace("[", "").replace("]", "")


def _named(words: str, numbers: dict[str, str]) -> Iterator[str]:
    """The names of speakers that are said, and stay."""
    for name in numbers:
        if not _MENTIONED.fullmatch(name) and (said := len(re.findall(rf"\b{re.escape(name)}\b", words))):
            yield f"left: the name {name}, said {said} time{'' if said == 1 else 's'}"
