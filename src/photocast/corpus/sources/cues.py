"""Who says what and when, in subtitles and in the JSON transcripts of Podcasting 2.0."""

import html
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from photocast.corpus.sources.records import TurnRecord
from photocast.schema.labels import find_labels

Note = Callable[[str], None]

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?(?:[ \t]+([^>]*))?>")
_TAG = re.compile(r"</?[^<>]{0,100}>")


class Segment(msgspec.Struct, rename="camel"):
    """A stretch of a Podcasting 2.0 transcript; any field may be absent."""

    speaker: Any = None
    start_time: Any = None
    end_time: Any = None
    body: Any = None


class SegmentedTranscript(msgspec.Struct):
    """A Podcasting 2.0 transcript, https://github.com/Podcastindex-org/podcast-namespace, transcripts.md, JSON."""

    segments: list[Segment]


def turns_of_json(data: bytes) -> list[TurnRecord]:
    """Turns of a Podcasting 2.0 transcript. A segment that names nobody goes on with the speaker before it.

    Raises:
        msgspec.MsgspecError: it is no such transcript.
    """
    found = msgspec.json.decode(data, type=SegmentedTranscript).segments
    speaker = None
    turns = []
    for at, segment in enumerate(found):
        if isinstance(segment.speaker, str) and segment.speaker.strip():
            speaker = segment.speaker.strip()
        turns.append(TurnRecord(speaker, segment.body, segment.start_time, segment.end_time, at))
    return turns


def turns_of_subtitles(text: str, form: str, note: Note) -> list[TurnRecord]:
    """Turns of WebVTT (`vtt`) or SubRip (`srt`): by voice spans, or else by names before colons.

    A cue that names nobody goes on with the speaker before it. Cues that cannot be read are noted.

    Raises:
        webvtt.errors.MalformedFileError: these are no subtitles.
    """
    import webvtt

    cues = webvtt.from_buffer(io.StringIO(text.replace("\0", "")), format=form).captions
    for _ in range(text.count("-->") - len(cues)):
        note("bad_cue")
    pieces = _by_voice(cues) if _VOICE.search(text) else _by_label(cues)
    return [
        TurnRecord(speaker, said, cue.start_time.in_milliseconds() / 1000, cue.end_time.in_milliseconds() / 1000, at)
        for at, (cue, speaker, said) in enumerate(pieces)
    ]


def _by_voice(cues: Sequence[Any]) -> Iterator[tuple[Any, str | None, str]]:
    speaker = None
    for cue in cues:
        before, *voices = _VOICE.split(cue.raw_text)
        if before.strip() or not voices:
            yield cue, speaker, _plain(before)
        for name, said in zip(voices[::2], voices[1::2], strict=True):
            speaker = _plain(name) if name and name.strip() else speaker
            yield cue, speaker, _plain(said)


def _by_label(cues: Sequence[Any]) -> Iterator[tuple[Any, str | None, str]]:
    texts = [[_plain(line) for line in cue.raw_text.split("\n")] for cue in cues]
    labels = find_labels(
        [line for text in texts for line in (*text, "")]
    )  # a blank line behind each: a paragraph a cue
    speaker = None
    at = 0
    for cue, text in zip(cues, texts, strict=True):
        said: list[str] = []
        for line in text:
            if label := labels.get(at):
                if said:
                    yield cue, speaker, " ".join(said)
                speaker, said = label.name, [label.rest.strip()]
            else:
                said.append(line)
            at += 1
        at += 1
        yield cue, speaker, " ".join(said)


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()
