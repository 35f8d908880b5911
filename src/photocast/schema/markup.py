"""Tags in what people and models write: SSML 1.1 and what engines made of it, read without trusting any of it.

The reader takes tags as they come and never fails: what is open at the end is closed; what is unknown is left out, and
its words stay. There are no entities beyond those of characters, and no document is fetched.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from photocast.schema.delivery import SOUNDS, manner_of, sound_of

_OPEN, _CLOSE = "\x01", "\x02"
"""Around stressed words while a text is worked on; no text holds them, for they are taken out first."""
_SPEECH_TAGS = "speak|voice|break|emphasis|prosody|say-as|phoneme|sub|mark|mstts:express-as|amazon:effect"
_TAG = re.compile(rf"</?(?:{_SPEECH_TAGS}|{'|'.join(SOUNDS)})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_STRAY = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_UNSPOKEN = frozenset({"metadata", "meta", "lexicon", "lookup", "desc"})
"""Elements whose content is not said."""
_APART = frozenset({"p", "s", "paragraph", "sentence", "speak", "voice", "br"})
"""Elements that part words from those before and after."""
_STRENGTHS = {"none": 0, "x-weak": 100, "weak": 200, "medium": 400, "strong": 700, "x-strong": 1200}
"""Milliseconds of a break that gives no time; SSML leaves them to the engine, and these are ours."""
_LONGEST_MS = 10_000
_RATES = {"x-slow": "slow", "slow": "slow", "fast": "fast", "x-fast": "fast"}
_VOLUMES = {"silent": "quiet", "x-soft": "quiet", "soft": "quiet", "loud": "loud", "x-loud": "loud"}


@dataclass(frozen=True, slots=True)
class Marked:
    """What a text with tags says."""

    text: str
    """The words, stressed ones between marks that `unmarked` takes away."""
    manner: str | None
    events: tuple[str, ...]
    pause_ms: int | None
    """Of the breaks before the first word; none where there is no such break."""


def has_tags(text: str) -> bool:
    """Whether there are tags of speech in a text: others, such as those of HTML, are words like any."""
    return _TAG.search(text) is not None


def read_tags(text: str) -> Marked:
    """The words of a text and what its tags say about them. A break between words has no place in a turn."""
    reader = _Reader()
    reader.feed(_whole_tags(text.replace(_OPEN, "").replace(_CLOSE, "")))
    reader.close()
    return reader.read()


def stressed(words: str) -> str:
    """Words with marks around them."""
    return f"{_OPEN}{words}{_CLOSE}"


def marked(words: str, stretches: Sequence[tuple[int, int]]) -> str:
    """The words with marks around stretches of them; the stretches do not overlap."""
    text = words
    for start, end in sorted(stretches, reverse=True):
        text = text[:start] + stressed(text[start:end]) + text[end:]
    return text


def unmarked(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The words without marks, white space folded, and the stretches that stood between them."""
    text = re.sub(rf"(\s+)({_CLOSE}+)", r"\2\1", re.sub(rf"({_OPEN}+)(\s+)", r"\2\1", text))
    words, depth, start = "", 0, 0
    stretches: list[tuple[int, int]] = []
    for one in text.strip():
        if one == _OPEN:
            start = start if depth else len(words)
            depth += 1
        elif one == _CLOSE:
            depth = max(0, depth - 1)
            if not depth and start < len(words):
                stretches.append((start, len(words)))
                start = len(words)
        elif not one.isspace():
            words += one
        elif words and not words.endswith(" "):
            words += " "
    return words, tuple(stretches)


def _whole_tags(text: str) -> str:
    """The text without comments and instructions to programs, and with nothing that looks like a tag and is none."""
    text = _CDATA.sub(lambda found: escape(found[1]), _COMMENT.sub("", text))
    return _STRAY.sub("&lt;", text)


class _Reader(HTMLParser):
    """Gathers words and what is said about them, tag by tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[tuple[str, str]] = []
        """Open elements, each with what closes it."""
        self._unspoken = 0
        self._events: list[str] = []
        self._manner: str | None = None
        self._pause: int | None = None

    def read(self) -> Marked:
        """What was gathered; what is still open is closed."""
        while self._open:
            self._shut()
        return Marked("".join(self._parts), self._manner, tuple(self._events), self._pause)

    def set_cdata_mode(self, elem: str, **_: bool) -> None:
        """Do nothing: words of an element called `script` are words like any."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attrs}
        if tag == "break":
            self._break(given)
        elif tag in SOUNDS:
            self._events.append(sound_of(tag) or tag)
        elif tag not in {"mark", "br", "meta"}:
            self._manner = self._manner or _manner(tag, given)
            self._begin(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        depth = len(self._open)
        self.handle_starttag(tag, attrs)
        if len(self._open) > depth:
            self._shut()

    def handle_endtag(self, tag: str) -> None:
        if tag in {name for name, _ in self._open}:
            while self._shut() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._unspoken:
            self._parts.append(data)

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        closing = " " if tag in _APART else ""
        if tag == "sub" and given.get("alias"):
            self.handle_data(given["alias"])
            self._unspoken, closing = self._unspoken + 1, "unspoken"
        elif tag in _UNSPOKEN:
            self._unspoken, closing = self._unspoken + 1, "unspoken"
        elif tag == "emphasis" and given.get("level", "moderate") in {"moderate", "strong"}:
            self._parts.append(_OPEN)
            closing = _CLOSE
        elif tag in _APART:
            self._parts.append(" ")
        self._open.append((tag, closing))

    def _shut(self) -> str:
        tag, closing = self._open.pop()
        if closing == "unspoken":
            self._unspoken -= 1
        else:
            self._parts.append(closing)
        return tag

    def _break(self, given: dict[str, str]) -> None:
        self._parts.append(" ")
        if not any(one.isalnum() for one in "".join(self._parts)):
            self._pause = min((self._pause or 0) + _milliseconds(given), _LONGEST_MS)


def _milliseconds(given: dict[str, str]) -> int:
    """How long a break is."""
    time = re.fullmatch(r"\+?(\d{0,6}(?:\.\d{1,6})?)\s*(m?s)", given.get("time", "").lower())
    if time and time[1] not in {"", "."}:
        return round(float(time[1]) * (1 if time[2] == "ms" else 1000))
    return _STRENGTHS.get(given.get("strength", "medium").lower(), _STRENGTHS["medium"])


def _manner(tag: str, given: dict[str, str]) -> str | None:
    """The manner that an element asks for."""
    if tag == "prosody":
        return _RATES.get(given.get("rate", ""), _rate(given.get("rate", ""))) or _VOLUMES.get(given.get("volume", ""))
    if tag == "amazon:effect":
        return manner_of(given.get("name", ""))
    return manner_of(given.get("style", "")) if tag == "mstts:express-as" else None


def _rate(text: str) -> str | None:
    """`slow` or `fast` for a rate in per cent: `80%` of the usual, or `-20%` off it."""
    found = re.fullmatch(r"([+-]?)(\d{1,4}(?:\.\d{1,3})?)%", text)
    if found is None:
        return None
    change = float(found[1] + found[2]) - (0 if found[1] else 100)
    return "slow" if change <= -10 else "fast" if change >= 10 else None
