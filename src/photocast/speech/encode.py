"""The audio file a listener gets: encoded, heard again, and only then there under its name."""

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from photocast._optional import require
from photocast.runs import cannot_write
from photocast.schema import InputError
from photocast.speech.container import Chapter, Labels, write_container, write_wav
from photocast.speech.heard import (
    AGAIN,
    HIGHEST_PEAK,
    SUFFIXES,
    Heard,
    check_audio,
    decode,
    hear,
    unknown_suffix,
    what_is_wrong,
)
from photocast.speech.id3 import picture_chapters
from photocast.speech.limiter import limited
from photocast.speech.loudness import Sound, envelope, measure

__all__ = ["Chapter", "Heard", "check_audio", "decode", "encode"]

_ROUNDS = 5
_SPARE_DB = 0.2  # a new encoding moves peaks a little differently


def encode(
    path: Path,
    samples: Sound,
    rate: int,
    *,
    title: str,
    chapters: Sequence[Chapter],
    tags: Mapping[str, str],
    bitrate_kbps: int = 96,
    cover: bytes | None = None,
) -> Heard:
    """Write sound as .wav, .mp3, .m4a or .opus, whichever the name ends in, and say what it is when decoded.

    An encoder moves peaks. Where it lifts them above -1 dBTP they are limited a little more and it is written again.
    The file is whole, and as long and as loud as the samples, or it is not there: nothing temporary is left either.

    Args:
        path: its folder is made if it is not there; an older file of this name is replaced at the end.
        samples: mastered sound, (n,) in mono or (n, 2) in stereo.
        rate: samples a second.
        title: of the episode.
        chapters: in order; .wav has no place for them, nor for title and tags, and .mp3 alone for their pictures.
        tags: artist, album, comment, as FFmpeg names them.
        bitrate_kbps: kilobits a second; of no meaning to .wav.
        cover: a JPEG, which .mp3 and .m4a carry.

    Raises:
        InputError: the place may not be written to, the disk is full, the samples have no loudness, or what was
            encoded is not what was meant.
        ModelError: the extra `speech` is not installed.
        UsageError: the name ends in something else.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise unknown_suffix(path)
    av = require("av", extra="speech", purpose="writing audio")
    labels = Labels({**tags, "title": title}, tuple(chapters), cover)
    part = path.with_name(f".{path.stem[:100]}.{secrets.token_hex(4)}.partial{path.suffix.lower()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            heard = _written(part, samples, rate, labels, bitrate_kbps)
            if wrong := what_is_wrong(heard, len(samples) / rate, measure(samples, rate)[0]):
                raise InputError(f"{path} was not written", wrong, AGAIN)
            _keep(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    except av.FFmpegError as error:
        why = f"the encoder refuses this sound ({error.strerror}, {rate} samples a second, {bitrate_kbps} kb/s)"
        raise InputError(f"cannot write {path}", why, "Choose another bitrate, or another kind of file") from error
    return heard


def _written(part: Path, samples: Sound, rate: int, labels: Labels, bitrate_kbps: int) -> Heard:
    """Write, hear, and limit the peaks by as much as they came out too high; the last attempt may still be wrong."""
    encoded, ceiling = samples, measure(samples, rate)[1]
    highest = envelope(samples)
    for _ in range(_ROUNDS):
        if part.suffix == ".wav":
            write_wav(part, encoded, rate)
        else:
            write_container(part, encoded, rate, labels, bitrate_kbps)
        if part.suffix == ".mp3" and any(chapter.image for chapter in labels.chapters):
            picture_chapters(part, [chapter.image for chapter in labels.chapters])
        heard = hear(part)
        if heard.true_peak <= HIGHEST_PEAK:
            break
        ceiling -= heard.true_peak - HIGHEST_PEAK + _SPARE_DB
        encoded = limited(samples, highest, rate, gain=0, ceiling=ceiling)
    return heard


def _keep(part: Path) -> None:
    """Have the bytes on the disk: or a power cut could leave the name with nothing behind it."""
    with part.open("r+b") as file:
        os.fsync(file.fileno())
