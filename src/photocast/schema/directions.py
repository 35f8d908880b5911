"""Stage directions: what stands in a transcript about the sound and manner of speech without being spoken."""

import re
from dataclasses import dataclass

from photocast.schema.delivery import names_only_a_manner, sound_of
from photocast.schema.markup import has_tags, read_tags, unmarked

_MARKS = re.compile(
    r"(unintelligible|inaudible|cross-?talk|bleep|beep|(the )?end( of .*)?)?\s*(\d{1,3}(:\d{2}){1,2}(\.\d+)?)?",
    re.IGNORECASE,
)
_BRACKETED = (
    r"(?P<emphasis>[*_]{0,3})"
    r"(?:\\?\[(?P<square>[^\[\]\\]{1,60})\\?\](?!\()|\((?P<round>[^()]{1,60})\))"
    r"(?P=emphasis)"
)
_OPENING = re.compile(rf"(?:{_BRACKETED}|\*(?P<starred>[^*]{{1,40}})\*)\s*")
_ANYWHERE = re.compile(rf"{_BRACKETED}|(?<!\*)\*(?P<starred>[^*]{{1,40}})\*(?!\*)")
_GAP = "\0"
_ESCAPED = re.compile(r"\\([\[\]*_()])")


@dataclass(frozen=True, slots=True)
class Speech:
    """The words of a stretch of transcript, and the directions found among them."""

    words: str
    manner: str | None = None
    events: tuple[str, ...] = ()
    pause_ms: int | None = None
    """Before the words, where a tag says so."""
    emphasis: tuple[tuple[int, int], ...] = ()
    """Stretches of the words that a tag stresses."""


def fold(text: str) -> str:
    """The text as one paragraph: every run of white space becomes one space."""
    return " ".join(text.split())


def read_speech(text: str, *, tagged: bool = False) -> Speech:
    """Part the spoken words of a turn from its directions.

    At the start of a turn whatever short thing stands in square brackets is a direction; elsewhere, and in round
    brackets or asterisks, only what names a sound (`(laughs)`, `*sighs*`) or, in brackets, a manner (`[whispers]`).
    Time marks, `[unintelligible 00:12]` and `[End of transcript]` are left out. Tags of SSML, and `<laugh>`, are read
    as what they say. A text after a bar (`| `) is spoken exactly as it stands.

    Args:
        text: of the turn.
        tagged: whether it is known to be SSML, also where no tag stands in it.
    """
    speech, as_it_stands = _read(fold(text))
    if as_it_stands or not (tagged or has_tags(speech.words)):
        return speech
    told = read_tags(speech.words)
    inner, _ = _read(fold(told.text))
    words, emphasis = unmarked(inner.words)
    manner = speech.manner or inner.manner or told.manner
    return Speech(words, manner, (*speech.events, *told.events, *inner.events), told.pause_ms, emphasis)


def _read(rest: str) -> tuple[Speech, bool]:
    """What is said in a text without tags, and whether it is to be said exactly as it stands."""
    manner: str | None = None
    events: list[str] = []
    at = 0
    while not rest.startswith("| ", at):
        opening = _OPENING.match(rest, at)
        if opening is None or not _opens_as_direction(opening):
            inside = _without_directions(rest[at:])
            return Speech(inside.words, manner or inside.manner, (*events, *inside.events)), False
        said, event = _classify(_inside(opening))
        events.extend([event] if event else [])
        manner, at = said or manner, opening.end()
    return Speech(rest[at + 2 :], manner, tuple(events)), True


def _without_directions(text: str) -> Speech:
    """The words of a text, and the sounds and the first manner that are named among them."""
    manner: str | None = None
    events: list[str] = []

    def take(match: re.Match[str]) -> str:
        nonlocal manner
        if not _is_direction_anywhere(match):
            return match.group()
        said, event = _classify(_inside(match))
        events.extend([event] if event else [])
        manner = manner or said
        return _GAP

    words = fold(_ANYWHERE.sub(take, _ESCAPED.sub(r"\1", text)))
    words = re.sub(rf"[ {_GAP}]*{_GAP}[ {_GAP}]*", _GAP, words)
    words = re.sub(rf"{_GAP}(?=[,.;:!?…](?:\s|$))", "", words)
    return Speech(fold(words.replace(_GAP, " ")), manner, tuple(events))


def direction_on_its_own(line: str) -> Speech | None:
    """The direction that a whole line consists of, with no words, or none when the line is speech."""
    bare = _ESCAPED.sub(r"\1", line.strip()).strip("*_ ")
    emphasised = bare != line.strip()
    bracketed = re.fullmatch(r"\[([^\[\]]+)\]|\(([^()]+)\)", bare)
    inside = (bracketed.group(1) or bracketed.group(2)) if bracketed else bare
    if not inside or len(inside.split()) > 12:
        return None
    square = bool(bracketed and bracketed.group(1))
    if square or ((bracketed or emphasised) and (sound_of(inside) or _MARKS.fullmatch(inside))):
        manner, event = _classify(inside)
        return Speech("", manner, (event,) if event else ())
    return None


def _inside(match: re.Match[str]) -> str:
    return (match["square"] or match["round"] or match["starred"]).strip()


def _opens_as_direction(match: re.Match[str]) -> bool:
    if match["square"]:
        return 1 <= len(match["square"].split()) <= 6
    return _names_only_a_sound(_inside(match)) or (match["round"] is not None and _is_manner(_inside(match)))


def _is_direction_anywhere(match: re.Match[str]) -> bool:
    inside = _inside(match)
    if match["square"] and inside and _MARKS.fullmatch(inside):
        return True
    if match["starred"]:  # `*laughs*` is a direction, `*music*` is stressed
        first = inside.split()[0].lower() if inside else ""
        return sound_of(first) is not None and first.endswith("s") and _names_only_a_sound(inside)
    return _names_only_a_sound(inside) or (match["square"] is not None and names_only_a_manner(inside))


def _names_only_a_sound(text: str) -> bool:
    return sound_of(text) is not None and len(text.split()) <= 3 and not re.search(r"[?!;:\"]", text)


def _is_manner(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 4 or not words[0][0].islower():
        return False
    return names_only_a_manner(text) or (len(words) <= 3 and words[-1].endswith(("ly", "ing")))


def _classify(text: str) -> tuple[str | None, str | None]:
    """Manner and event that a direction stands for; both none for a time mark."""
    if _MARKS.fullmatch(text.strip()):
        return None, None
    sound = sound_of(text)
    if sound:
        return None, sound
    return (text.strip(), None) if _is_manner(text.strip()) else (None, text.strip().rstrip(".").lower())
