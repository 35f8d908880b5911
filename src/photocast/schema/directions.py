"""Stage directions: what stands in a transcript about the sound and manner of speech without being spoken."""

import re
from dataclasses import dataclass

SOUNDS = {
    "applause": "applause clap claps clapping applauds",
    "beat": "beat pause pauses pausing silence",
    "cheer": "cheer cheers cheering",
    "chuckle": "chuckle chuckles chuckling",
    "cough": "cough coughs coughing",
    "gasp": "gasp gasps gasping",
    "giggle": "giggle giggles giggling",
    "groan": "groan groans groaning",
    "hum": "hum hums humming",
    "laugh": "laugh laughs laughing laughter laugher",
    "music": "music song jingle",
    "sigh": "sigh sighs sighing",
    "sing": "sing sings singing",
    "sniff": "sniff sniffs sniffing",
    "snort": "snort snorts snorting",
    "whistle": "whistle whistles whistling",
    "yawn": "yawn yawns yawning",
}
"""Words that name a sound, by the name that `Delivery.events` gives it."""

_SOUND_OF = {word: sound for sound, words in SOUNDS.items() for word in words.split()}
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


def fold(text: str) -> str:
    """The text as one paragraph: every run of white space becomes one space."""
    return " ".join(text.split())


def sound_of(text: str) -> str | None:
    """The sound that a direction names, or none: `laughs softly` is a `laugh`."""
    words = re.findall(r"[a-z]+", text.lower())
    return next((_SOUND_OF[word] for word in words if word in _SOUND_OF), None) if len(words) <= 6 else None


def read_speech(text: str) -> Speech:
    """Part the spoken words of a turn from its directions.

    At the start of a turn whatever short thing stands in square brackets is a direction; elsewhere, and in round
    brackets or asterisks, only what names a sound (`(laughs)`, `*sighs*`). Time marks, `[unintelligible 00:12]` and
    `[End of transcript]` are left out. A text after a bar (`| `) is spoken exactly as it stands.
    """
    manner: str | None = None
    events: list[str] = []
    rest, at = fold(text), 0
    while not rest.startswith("| ", at):
        opening = _OPENING.match(rest, at)
        if opening is None or not _opens_as_direction(opening):
            words, found = _without_sounds(rest[at:])
            return Speech(words, manner, (*events, *found))
        said, event = _classify(_inside(opening))
        events.extend([event] if event else [])
        manner, at = said or manner, opening.end()
    return Speech(rest[at + 2 :], manner, tuple(events))


def _without_sounds(text: str) -> tuple[str, list[str]]:
    """The text without the sounds named in it, and these."""
    events: list[str] = []

    def take(match: re.Match[str]) -> str:
        if not _is_direction_anywhere(match):
            return match.group()
        _, event = _classify(_inside(match))
        events.extend([event] if event else [])
        return _GAP

    words = fold(_ANYWHERE.sub(take, _ESCAPED.sub(r"\1", text)))
    words = re.sub(rf"[ {_GAP}]*{_GAP}[ {_GAP}]*", _GAP, words)
    words = re.sub(rf"{_GAP}(?=[,.;:!?…](?:\s|$))", "", words)
    return fold(words.replace(_GAP, " ")), events


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
        return first in _SOUND_OF and first.endswith("s") and _names_only_a_sound(inside)
    return _names_only_a_sound(inside)


def _names_only_a_sound(text: str) -> bool:
    return sound_of(text) is not None and len(text.split()) <= 3 and not re.search(r"[?!;:\"]", text)


def _is_manner(text: str) -> bool:
    words = text.split()
    return 1 <= len(words) <= 3 and words[0][0].islower() and words[-1].endswith(("ly", "ing"))


def _classify(text: str) -> tuple[str | None, str | None]:
    """Manner and event that a direction stands for; both none for a time mark."""
    if _MARKS.fullmatch(text.strip()):
        return None, None
    sound = sound_of(text)
    if sound:
        return None, sound
    return (text.strip(), None) if _is_manner(text.strip()) else (None, text.strip().rstrip(".").lower())
