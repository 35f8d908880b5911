"""A film is written, looked at, and only then there under its name."""

import os
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from photocast._cover_art import attach
from photocast._optional import require
from photocast.publish.captions import captions
from photocast.publish.chapters import chapters
from photocast.publish.film.captioned import Writing, shown, undrawn
from photocast.publish.film.picture import Picture
from photocast.publish.film.shots import shots
from photocast.publish.film.sound import sound_into
from photocast.publish.film.stills import title_card
from photocast.publish.film.subtitles import hide_subtitles, subtitles_into
from photocast.publish.lettering import Letters
from photocast.publish.timed import in_milliseconds, one_line
from photocast.runs import cannot_write
from photocast.schema import InputError, Script, Timeline, UsageError

_ENCODERS = {
    "libx264": {"preset": "superfast", "crf": "22", "x264-params": "b-adapt=0:rc-lookahead=0:weightp=0:scenecut=0"},
    "libopenh264": {"b": "3000000"},
    "mpeg4": {"q": "4"},
}
"""The first that is there is taken. x264 need not look ahead: nothing here moves fast, or cuts."""
_KEY_EVERY_S = 2
_MADE_AHEAD = 6
_PICTURE_OFF, _SOUND_OFF = 0.05, 0.15
_AGAIN = "Make the audio again: photocast speak"


@dataclass(frozen=True, slots=True)
class Filmed:
    """What came of making a film."""

    seconds: float
    frames: int
    photos: int
    """That are seen in it."""
    size: tuple[int, int]
    copied: bool
    """Whether the audio is the episode's own, and not encoded once more."""
    undrawn: int
    """Captions that are in the track of subtitles alone, because the typeface lacks their letters."""


def write_film(
    path: Path,
    *,
    title: str,
    script: Script,
    timeline: Timeline,
    images: Mapping[str, Path],
    audio: Path,
    cover: bytes | None = None,
    size: tuple[int, int] = (1280, 720),
    fps: int = 25,
    font: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Filmed:
    """Write an MP4: the photos in slow motion as they are talked about, captions, chapters, and the audio.

    The audio is copied where it is AAC (.m4a); of other kinds it is encoded as AAC. The film is whole and as long as
    the timeline, or it is not there.

    Args:
        path: its folder is made if it is not there; an older file of this name is replaced at the end.
        title: of the episode.
        script: what is said.
        timeline: when; of this script.
        images: the pictures that are there, by photo id.
        audio: a file of as many seconds as the timeline, .m4a, .mp3, .opus or .wav.
        cover: a JPEG that players show for the file.
        size: of the picture in pixels; multiples of four.
        fps: pictures a second.
        font: file of a typeface for languages whose letters the one that comes along lacks.
        progress: hears of the frames that are done, and of all.

    Raises:
        InputError: the audio or a picture cannot be read, the audio is of another length, the timeline is of other
            turns, or the film cannot be written.
        UsageError: the size cannot be, or the audio is of another kind.
        ModelError: the extra `speech` is not installed.
    """
    av = require("av", extra="speech", purpose="making a film")
    _check_size(size)
    letters = Letters(font)
    said = captions(script, timeline)
    stretches = shown(said, timeline.seconds)
    seen = shots(script, timeline, images)
    names = " · ".join(one_line(speaker.name) for speaker in script.speakers)
    first = next((shot.photo for shot in seen if shot.photo), None) or next(iter(images), None)
    picture = Picture(
        seen,
        stretches,
        images,
        lambda: title_card(title, names, images[first] if first else None, size, letters),
        Writing(size, [one_line(speaker.name) for speaker in script.speakers], letters),
        _notice(script),
        size,
    )
    total = ceil(timeline.seconds * fps)
    part = path.with_name(f".{path.stem[:100]}.{secrets.token_hex(4)}.partial.mp4")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with av.open(str(part.absolute()), "w", format="mp4", options={"movflags": "+faststart"}) as film:
                film.metadata.update(_tags(title, script))
                film.set_chapters(_chapters(script, timeline))
                video = _video(film, size, fps)
                beside = [sound_into(film, audio), subtitles_into(film, stretches, script.language)]
                if cover:
                    attach(film, cover)
                _mux(film, video, picture, beside, total, fps, progress)
            hide_subtitles(part)
            _check(part, path, audio, timeline.seconds)
            with part.open("r+b") as file:
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except av.FFmpegError as error:
        raise _refused(error, path, part, audio) from error
    except OSError as error:
        raise cannot_write(path, error) from error
    photos = len({shot.photo for shot in seen if shot.photo})
    return Filmed(total / fps, total, photos, size, audio.suffix.lower() == ".m4a", undrawn(said, letters))


def _check_size(size: tuple[int, int]) -> None:
    if any(side % 4 or not 64 <= side <= 4096 for side in size):
        why = "each side is a multiple of 4, from 64 to 4096"
        raise UsageError(f"no film can be {size[0]} x {size[1]} pixels", why, "Choose another size")


def _notice(script: Script) -> str:
    """What a viewer is told at first."""
    said = script.provenance.disclosure if script.provenance else ""
    return f"{said} Spoken by synthetic voices.".strip()


def _tags(title: str, script: Script) -> Mapping[str, str]:
    speakers = ", ".join(one_line(speaker.name) for speaker in script.speakers)
    return {"title": title, "artist": speakers, "comment": f"{_notice(script)} Made with photocast."}


def _chapters(script: Script, timeline: Timeline) -> list[dict[str, Any]]:
    entries = []
    for number, mark in enumerate(chapters(script, timeline)):
        start, end = in_milliseconds(mark.start, mark.end)
        title = {"title": mark.title}
        entries.append({"id": number, "start": start, "end": end, "time_base": Fraction(1, 1000), "metadata": title})
    return entries


def _video(film: Any, size: tuple[int, int], fps: int) -> Any:
    av = require("av", extra="speech", purpose="making a film")
    encoder = next(name for name in _ENCODERS if name in av.codecs_available)
    video = film.add_stream(encoder, rate=fps, options=_ENCODERS[encoder])
    video.width, video.height, video.pix_fmt = *size, "yuv420p"
    context = video.codec_context
    context.gop_size = _KEY_EVERY_S * fps
    context.color_range, context.colorspace = 1, 1  # limited, BT.709
    context.color_primaries, context.color_trc = 1, 1
    return video


def _mux(
    film: Any,
    video: Any,
    picture: Picture,
    beside: list[Iterator[tuple[float, Any]]],
    total: int,
    fps: int,
    progress: Callable[[int, int], None],
) -> None:
    """Sound and text go in beside the frames of the same time: a player need not look for them far off."""
    waiting = [next(packets, None) for packets in beside]
    for number, frame in enumerate(_drawn(picture, total, fps)):
        frame.pts, frame.time_base = number, Fraction(1, fps)
        film.mux(video.encode(frame))
        _catch_up(film, beside, waiting, (number + 1) / fps)
        progress(number + 1, total)
    film.mux(video.encode(None))
    _catch_up(film, beside, waiting, float("inf"))


def _catch_up(film: Any, beside: list[Iterator[tuple[float, Any]]], waiting: list[Any], until: float) -> None:
    for number, packets in enumerate(beside):
        while waiting[number] and waiting[number][0] < until:
            film.mux(waiting[number][1])
            waiting[number] = next(packets, None)


def _drawn(picture: Picture, total: int, fps: int) -> Iterator[Any]:
    """All frames in order, a few of them made ahead, in a thread of their own, while the encoder is at work."""
    with ThreadPoolExecutor(1) as artist:
        ahead: deque[Future[Any]] = deque()
        for number in range(total):
            ahead.append(artist.submit(lambda at: picture.at(at).frame(), number / fps))
            if len(ahead) > _MADE_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _check(part: Path, path: Path, audio: Path, seconds: float) -> None:
    """Read what was written: picture and sound are there, are as long as they should be, and decode to their ends."""
    av = require("av", extra="speech", purpose="making a film")
    with av.open(str(part.absolute()), format="mov") as film:
        video = next((one for one in film.streams.video if one.average_rate), None)
        sound = next(iter(film.streams.audio), None)
        if video is None or sound is None:
            raise InputError(f"{path} was not written", "there is no picture or no sound in it", _AGAIN)
        for what, stream, off in (("picture", video, _PICTURE_OFF), ("sound", sound, _SOUND_OFF)):
            lasts = float(stream.duration * stream.time_base)
            if abs(lasts - seconds) > off:
                why = f"the {what} lasts {lasts:.2f} s instead of {seconds:.2f} s"
                raise InputError(f"{path} was not written", f"{why} (audio: {audio.name})", _AGAIN)
            film.seek(max(0, round((seconds - 1) / stream.time_base)), stream=stream)
            if next(film.decode(stream), None) is None:
                raise InputError(f"{path} was not written", f"the {what} cannot be decoded to its end", _AGAIN)


def _refused(error: Any, path: Path, part: Path, audio: Path) -> InputError:
    """Which file it was that FFmpeg would not read or write."""
    if error.filename and Path(error.filename).name == audio.name:
        why = (error.strerror or "it is damaged, or not what its name says").lower()
        return InputError(f"{audio} cannot be heard", why, _AGAIN)
    if isinstance(error, OSError) and error.errno and 0 < error.errno < 200:
        return cannot_write(path, error)
    why = f"the encoder refuses ({error.strerror})"
    return InputError(f"cannot write {path}", why, "Choose another size, or make the audio again: photocast speak")
