"""Writing transcripts: the inverse of reading them."""

from photocast.schema.directions import fold, read_speech
from photocast.schema.errors import TranscriptError
from photocast.schema.labels import is_ordinary
from photocast.schema.script import Script, Turn
from photocast.schema.transcript import parse_transcript


def print_transcript(script: Script) -> str:
    """The script as plain text that `parse_transcript` reads back: speakers, their order, and the texts.

    The title as a heading, then a paragraph `Name: text` for each turn, with the white space of the text folded
    into single spaces, so that a paragraph is a line and no text can be taken for a label. Two rules keep the rest:

    - where the bare names would not all be read as labels (a speaker called `Note`, or one with a colon in the name),
      every name is written in brackets, `[Name]: text`, and brackets inside it, or the first letter of a name like
      `Note`, after a backslash;
    - a text that would lose words because they look like a direction (`(laughs) and other sounds`) is written after
      a bar, `Name: | text`, and spoken exactly as it stands.

    The manner of a turn stands in brackets behind the name and its events before the text; photos, claims, timing
    and speakers who say nothing are not part of a transcript.
    """
    for in_brackets in (False, True):
        text = _render(script, in_brackets=in_brackets)
        if _reads_back(text, script):
            return text
    raise TranscriptError(
        "The script cannot be written as a transcript",
        "the name of a speaker is made of characters that have no place in a line of text",
        "Give the speakers plain names",
    )


def _render(script: Script, *, in_brackets: bool) -> str:
    title = [f"# {fold(script.title)}"] if fold(script.title) else []
    return "\n\n".join([*title, *(_paragraph(turn, in_brackets=in_brackets) for turn in script.turns)]) + "\n"


def _paragraph(turn: Turn, *, in_brackets: bool) -> str:
    name = fold(turn.speaker)
    if in_brackets:
        escaped = "".join(f"\\{letter}" if letter in "\\[]()" else letter for letter in name)
        name = f"[\\{escaped}]" if is_ordinary(name) and escaped == name else f"[{escaped}]"
    manner = f" ({turn.delivery.manner})" if _can_stand_in_brackets(turn.delivery.manner) else ""
    events = "".join(f"[{event}] " for event in turn.delivery.events if read_speech(f"[{event}] x").events == (event,))
    text = fold(turn.text)
    bar = "" if read_speech(text).words == text and not read_speech(text).events else "| "
    return f"{name}{manner}: {events}{bar}{text}"


def _can_stand_in_brackets(manner: str | None) -> bool:
    return bool(manner and manner[0].islower() and manner == fold(manner) and not set(manner) & set("()[]:："))


def _reads_back(text: str, script: Script) -> bool:
    try:
        read = parse_transcript(text)
    except TranscriptError:
        return False
    said = [(fold(turn.speaker), fold(turn.text)) for turn in script.turns]
    return [(turn.speaker, turn.text) for turn in read.turns] == said
