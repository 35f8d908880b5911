"""Transcripts in SSML 1.1 (W3C, 2010), also as engines bend it: `<voice name="Maya">…</voice>` is a turn of Maya's."""

import re
from html import unescape

from photocast.schema.directions import Speech, fold, read_speech
from photocast.schema.errors import TranscriptError
from photocast.schema.script import Delivery, Script, Speaker, Turn

_SPEAKS = re.compile(
    r"\s*(?:<\?xml.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>\s*)*<speak\b", re.IGNORECASE | re.DOTALL
)
_VOICE = re.compile(
    r"<voice\b[^>]*?\bname\s*=\s*(?P<quote>[\"'])(?P<name>[^\"'<>]*[^\"'<>\s][^\"'<>]*)(?P=quote)[^>]*>(?P<said>.*?)(?=</voice\s*>|<voice\b|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_VOICE_ENDS = re.compile(r"</voice\s*>", re.IGNORECASE)
_DEFINES = re.compile(r"<!ENTITY|<!DOCTYPE[^>\[]*\[", re.IGNORECASE)


def from_ssml(text: str) -> tuple[str, Delivery]:
    """The words of a piece of SSML, and how they are said: what `Turn.text` and `Turn.delivery` hold.

    `<break>` before the words is a pause, `<emphasis>` stress, the rate and volume of `<prosody>` a manner; `<sub>`
    gives its alias, all other elements give their words. A break among words has no place in a turn.
    """
    speech = read_speech(text, tagged=True)
    return speech.words, _delivery(speech)


def speaks_for_itself(text: str) -> bool:
    """Whether a transcript is SSML with voices; without voices it is labelled lines with tags in them."""
    return _SPEAKS.match(text.lstrip("\ufeff")) is not None and _VOICE.search(text) is not None


def script_of(text: str, *, title: str) -> Script:
    """The turns of a document in SSML, one for every `<voice>` with words in it.

    Raises:
        TranscriptError: it defines entities, nobody says some of its words, or it has none.
    """
    if _DEFINES.search(text):
        raise TranscriptError(
            "The transcript is SSML with definitions of its own",
            "it defines entities in its DOCTYPE, which nothing that is spoken needs",
            "Delete the DOCTYPE",
        )
    turns: list[Turn] = []
    at, unsaid = 0, ""
    for voice in _VOICE.finditer(text):
        _check_nobody_speaks(text[at : voice.start()])
        unsaid += _VOICE_ENDS.sub("", text[at : voice.start()])
        speech = read_speech(unsaid + voice["said"], tagged=True)
        if speech.words:
            turn_id, speaker = f"t{len(turns) + 1:03d}", fold(unescape(voice["name"]))
            turns.append(Turn(id=turn_id, speaker=speaker, text=speech.words, delivery=_delivery(speech)))
        unsaid = "" if speech.words else unsaid + voice["said"]
        at = voice.end()
    _check_nobody_speaks(text[at:])
    if not turns:
        raise TranscriptError("The transcript has no words", "its voices say nothing", "Write what each voice says")
    cast = dict.fromkeys(turn.speaker for turn in turns)
    return Script(title=title, speakers=tuple(Speaker(name=name) for name in cast), turns=tuple(turns))


def _check_nobody_speaks(between: str) -> None:
    words = read_speech(between, tagged=True).words
    if words:
        raise TranscriptError(
            "Some words of the transcript are nobody's",
            f"“{words[:40]}” stands outside of every <voice>",
            "Put it into a <voice> with a name, or delete it",
        )


def _delivery(speech: Speech) -> Delivery:
    return Delivery(
        pause_before_ms=speech.pause_ms, manner=speech.manner, events=speech.events, emphasis=speech.emphasis
    )
