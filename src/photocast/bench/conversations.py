"""Reads what people said, out of the files in which transcripts of conversations come."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from photocast.metrics.reading import plain_words
from photocast.schema import InputError, Script, Speaker, TranscriptError, Turn, parse_transcript
from photocast.schema.directions import read_speech

Said = tuple[str, str]
"""Speaker and words."""

_TRANSCRIPTS = frozenset({".txt", ".md", ".vtt", ".srt"})
_LINES = (".jsonl", ".jsonl.gz", ".ndjson")
_SPEAKER = ("inferredSpeakerName", "speaker")
_TEXT = ("turnText", "content", "text", "utterance")
_TURNS = ("turns", "meeting_transcripts", "dialogue")
_UNKNOWN = frozenset({"", "NO_INFERRED_SPEAKER"})
_BROKEN_OFF = re.compile(r"\{disfmarker\}\s*$")
_MARK = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation between people."""

    id: str
    turns: tuple[Said, ...]


def conversations(path: Path) -> Iterator[Conversation]:
    """All conversations of a file or folder, in a stable order.

    Read are transcripts as `photocast.schema.parse_transcript` takes them (`.txt`, `.md`, `.vtt`, `.srt`), and JSON
    lines, also compressed, in three forms: a conversation a line with its turns under `turns` (Changelog),
    `meeting_transcripts` (QMSum) or `dialogue`; or a turn a line with the `mp3url` of its episode (SPoRC), in order of
    `startTime`.

    Raises:
        InputError: a file cannot be read, or holds no conversation.
    """
    if path.is_dir():
        for file in sorted(one for one in path.rglob("*") if one.is_file() and _readable(one)):
            yield from conversations(file)
    elif not path.is_file():
        raise InputError(f"{path} is not there", "it is neither a file nor a folder", "Give transcripts of people")
    elif path.name.endswith(_LINES):
        yield from _from_lines(path)
    else:
        yield _from_transcript(path)


def script_of(turns: tuple[Said, ...] | list[Said], title: str = "people") -> Script:
    """The turns as a script, ready to be measured."""
    return Script(
        title=title,
        speakers=tuple(Speaker(name=name) for name in dict.fromkeys(speaker for speaker, _ in turns)),
        turns=tuple(Turn(id=f"t{at:03d}", speaker=who, text=text) for at, (who, text) in enumerate(turns, start=1)),
    )


def _readable(path: Path) -> bool:
    return path.suffix in _TRANSCRIPTS or path.name.endswith(_LINES)


def _from_transcript(path: Path) -> Conversation:
    try:
        script = parse_transcript(path.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read", "it is not text in UTF-8", "Convert or remove it") from error
    except TranscriptError as error:
        raise TranscriptError(f"{path}: {error.what}", error.why, error.do) from error
    return Conversation(str(path), tuple((turn.speaker, turn.text) for turn in script.turns))


def _from_lines(path: Path) -> Iterator[Conversation]:
    records = _records(path)
    first = next(records, None)
    if first is None:
        raise InputError(f"{path} is empty", "it has no line", "Give transcripts of people")
    if "mp3url" in first and not _turns_of(first):
        yield from _by_episode(first, records)
        return
    for at, record in enumerate((first, *records), start=1):
        turns = _turns_of(record)
        if turns is None:
            raise InputError(
                f"{path}, line {at}: no turns", f"none of {', '.join(_TURNS)} is a list", "Give conversations"
            )
        yield Conversation(str(record.get("epTitle", f"{path.name}:{at}")), _cleaned(turns))


def _records(path: Path) -> Iterator[dict[str, Any]]:
    at = 0
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        try:
            for line in file:
                at += 1
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise ValueError("it is not an object")
                yield record
        except (ValueError, OSError, EOFError) as error:
            raise InputError(f"{path}, line {at}: not readable", str(error), "Repair or remove it") from error


def _turns_of(record: dict[str, Any]) -> list[dict[str, Any]] | None:
    return next((record[key] for key in _TURNS if isinstance(record.get(key), list)), None)


def _by_episode(first: dict[str, Any], records: Iterator[dict[str, Any]]) -> Iterator[Conversation]:
    """Turns of SPoRC, which stand together by episode but not always in the order in which they were said."""

    def everything() -> Iterator[dict[str, Any]]:
        yield first
        yield from records

    for episode, turns in groupby(everything(), key=lambda turn: str(turn.get("mp3url"))):
        ordered = sorted(turns, key=lambda turn: float(turn.get("startTime") or 0))
        yield Conversation(episode, _cleaned(ordered))


def _cleaned(turns: list[dict[str, Any]]) -> tuple[Said, ...]:
    """Speaker and words of each turn, without directions and marks; those without words are left out."""
    said = [(_speaker(turn), _words(str(next((turn[key] for key in _TEXT if key in turn), "")))) for turn in turns]
    return tuple((speaker, words) for speaker, words in said if speaker and plain_words(words))


def _speaker(turn: dict[str, Any]) -> str:
    for key in _SPEAKER:
        value = turn.get(key)
        name = str(value[0] if value else "") if isinstance(value, list) else str(value or "")
        if name.strip() not in _UNKNOWN:
            return name.strip()
    return ""


def _words(text: str) -> str:
    """The words as they are written in print: meetings come with spaces before commas and with marks in braces."""
    text = _MARK.sub(" ", _BROKEN_OFF.sub("—", text))
    return re.sub(r"\s+([.,?!;:—])", r"\1", read_speech(text).words)
