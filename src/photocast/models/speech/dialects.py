"""A line as different engines want it: SSML is in `ssml`; here are tags between the words, and directions in words.

What a dialect has no word for is left out of the text; `abilities_of` says what it has, so that whoever asks can tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from photocast.models.speech.reading import readable
from photocast.models.speech.voice import Abilities, Line


@dataclass(frozen=True, slots=True)
class Tags:
    """Marks between the words that an engine does not read out."""

    sounds: Mapping[str, str]
    """Tags of sounds, by the names in `schema.delivery.SOUNDS`."""
    manners: Mapping[str, str] = field(default_factory=dict)
    """Tags of manners, by the names in `schema.delivery.MANNERS`."""
    capitals: bool = False
    """Whether it stresses words in capitals."""


ELEVENLABS_V3 = Tags(
    sounds={
        "applause": "[applause]",
        "chuckle": "[chuckles]",
        "gasp": "[gasps]",
        "giggle": "[giggles]",
        "laugh": "[laughs]",
        "sigh": "[sighs]",
        "sing": "[sings]",
        "snort": "[snorts]",
    },
    manners={
        "angry": "[angry]",
        "curious": "[curious]",
        "dry": "[sarcastic]",
        "excited": "[excited]",
        "happy": "[happy]",
        "laughing": "[laughing]",
        "loud": "[shouts]",
        "quiet": "[quietly]",
        "sad": "[sad]",
        "slow": "[slowly]",
        "surprised": "[surprised]",
        "teasing": "[mischievously]",
        "warm": "[warmly]",
        "whispering": "[whispers]",
    },
    capitals=True,
)
"""Eleven v3, whose tags are words of one's own in square brackets; capitals stress. It takes no SSML."""
ORPHEUS = Tags(
    sounds={name: f"<{name}>" for name in ("chuckle", "cough", "gasp", "groan", "laugh", "sigh", "yawn")}
    | {"sniff": "<sniffle>"}
)
"""Orpheus: eight tags in angle brackets, and no others."""
DIA = Tags(
    sounds={
        "applause": "(applause)",
        "chuckle": "(chuckle)",
        "cough": "(coughs)",
        "gasp": "(gasps)",
        "groan": "(groans)",
        "hum": "(humming)",
        "laugh": "(laughs)",
        "sigh": "(sighs)",
        "sing": "(sings)",
        "sniff": "(sniffs)",
        "whistle": "(whistles)",
    }
)
"""Dia: sounds in round brackets."""
CHATTERBOX = Tags(
    sounds={name: f"[{name}]" for name in ("chuckle", "cough", "gasp", "groan", "laugh", "sigh", "sniff")}
)
"""Chatterbox Turbo: sounds in square brackets."""
BARK = Tags(sounds={"gasp": "[gasps]", "laugh": "[laughs]", "music": "[music]", "sigh": "[sighs]"}, capitals=True)
"""Bark: sounds in square brackets; capitals stress."""
GEMINI_3_8 = Tags(sounds={"cough": "<cough>", "gasp": "<gasp>", "sigh": "<sigh>"})
"""Gemini 3.8 TTS: sounds in angle brackets; its text is read out as it stands, and a manner goes into `style`."""

_ADVERBS = {
    "angry": "angrily",
    "curious": "curiously",
    "dry": "drily",
    "excited": "excitedly",
    "fast": "fast",
    "happy": "happily",
    "hesitant": "hesitantly",
    "laughing": "laughing",
    "loud": "loudly",
    "quiet": "quietly",
    "sad": "sadly",
    "serious": "seriously",
    "slow": "slowly",
    "surprised": "with surprise",
    "teasing": "teasingly",
    "tired": "tiredly",
    "warm": "warmly",
    "whispering": "in a whisper",
}
_MASSES = {"applause", "music"}


def plain(line: Line) -> str:
    """The words alone."""
    return readable(line.text)


def tagged(line: Line, tags: Tags) -> str:
    """The words behind the tags that an engine has for their sounds and their manner."""
    before = [tags.sounds[event] for event in line.events if event in tags.sounds]
    before += [tags.manners[line.manner]] if line.manner and line.manner in tags.manners else []
    return " ".join([*before, readable(_in_capitals(line) if tags.capitals else line.text)])


def instructions(line: Line) -> str:
    """How to say it, as a person would be told; empty where there is nothing to say about it.

    For engines with a field of its own for it (`instructions` of gpt-4o-mini-tts). A manner that is no name of ours is
    told in its own words.
    """
    manner = _ADVERBS.get(line.manner, line.manner) if line.manner else None
    sounds = " and ".join(event if event in _MASSES else f"a short {event}" for event in line.events)
    stressed = ", ".join(f"“{readable(line.text[start:end])}”" for start, end in line.emphasis)
    said = ", ".join(filter(None, [f"Say it {manner}" if manner else "", f"with {sounds} before it" if sounds else ""]))
    said = f"Say it {said}" if said.startswith("with") else said
    return " ".join(f"{one}." for one in (said, f"Stress {stressed}" if stressed else "") if one)


def told(line: Line) -> str:
    """The words behind the instructions in one text, for engines that are told both at once (Gemini 2.5 TTS).

    Such engines take the words before the colon for a direction: `Say it excitedly: We made it.`
    """
    how = instructions(line).rstrip(".")
    return f"{how}: {readable(line.text)}" if how else readable(line.text)


def abilities_of(tags: Tags, *, speed: bool = False, streams: bool = False) -> Abilities:
    """What an engine does that is given these tags."""
    return Abilities(speed, streams, frozenset(tags.manners), frozenset(tags.sounds), tags.capitals)


def _in_capitals(line: Line) -> str:
    """The text with what is stressed in capitals."""
    text = line.text
    for start, end in sorted(line.emphasis, reverse=True):  # from the end: capitals may be longer, as in `SS`
        text = text[:start] + text[start:end].upper() + text[end:]
    return text
