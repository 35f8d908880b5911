"""A spoken episode becomes a film, with a cover."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from photocast.pipeline.marking import Marking
from photocast.publish import EpisodeFiles, EpisodeFolder
from photocast.publish.cover import cover
from photocast.publish.film import Filmed, write_film
from photocast.publish.reading import read_record
from photocast.runs import alone_in, write_atomically
from photocast.schema import InputError, Timeline, as_heard, fingerprint

Size = Literal["720p", "1080p", "square", "portrait"]
SIZES: dict[Size, tuple[int, int]] = {
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "square": (1080, 1080),
    "portrait": (1080, 1920),
}
FILM, COVER = "episode.mp4", "cover.jpg"
_AUDIO = ("episode.m4a", "episode.mp3", "episode.wav", "episode.opus")
"""In this order: that of an .m4a is copied, and of the others the less it lost before the better."""
_HIDDEN, _LOCK = ".cache", "filming.lock"


@dataclass(frozen=True)
class FilmedEpisode:
    """What was written beside the audio."""

    video: Path
    audio: Path
    """That it was made from."""
    cover: Path
    filmed: Filmed
    signer: str | None
    """Whose C2PA mark the film carries; None when it carries none."""
    notes: tuple[str, ...] = ()
    """What the user should know, a sentence each."""


def film_episode(
    path: Path,
    *,
    size: Size = "720p",
    font: Path | None = None,
    sign: bool = True,
    stages: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> FilmedEpisode:
    """Make `episode.mp4` out of a spoken episode, and `cover.jpg` where there is none.

    Args:
        path: the episode folder.
        size: name of a size.
        font: file of a typeface, for languages whose letters the one that comes along lacks.
        sign: whether the film gets a C2PA mark.
        stages: hears of progress.

    Raises:
        ConfigError: the certificate to sign with cannot be used.
        InputError: it is no episode, was not spoken, or was edited since; or the film cannot be written.
        ModelError: the extra `speech` is not installed.
    """
    path = path.expanduser()
    files, marking = EpisodeFolder(path).read(), Marking(wanted=sign)
    audio, timeline = _spoken(path, files)
    video = path / FILM
    with alone_in(path / _HIDDEN, _LOCK):
        for left in path.glob(f".{video.stem}.*.partial.mp4"):
            left.unlink()  # of a run that was killed
        art = cover_of(path, files, font)
        filmed = write_film(
            video,
            title=files.script.title,
            script=as_heard(files.script, timeline),
            timeline=timeline,
            images=files.images,
            audio=audio,
            cover=art.read_bytes(),
            size=SIZES[size],
            font=font,
            progress=lambda done, total: stages("Filming", done, total),
        )
        marking.film(video, files.script.title)
    notes = [*marking.notes]
    if filmed.undrawn:
        notes.append(f"{filmed.undrawn} captions are in the subtitles alone: the font lacks their letters; give --font")
    return FilmedEpisode(video, audio, art, filmed, marking.signer, tuple(notes))


def cover_of(path: Path, files: EpisodeFiles, font: Path | None = None) -> Path:
    """The cover in an episode folder, which is made if there is none: one that somebody put there stays.

    Raises:
        InputError: a photo cannot be read, or the cover cannot be written.
    """
    art = path / COVER
    if not art.is_file():
        write_atomically(art, cover(files.script.title, list(files.images.values()), font=font))
    return art


def _spoken(path: Path, files: EpisodeFiles) -> tuple[Path, Timeline]:
    """The audio and its times, which are those of the script as it is now."""
    audio = next((file for name in _AUDIO if (file := path / name).is_file()), None)
    times = path / "timeline.json"
    if audio is None or not times.is_file():
        raise InputError(f"{path} cannot be filmed", "it has not been spoken yet", f"Run: photocast speak {path}")
    timeline = read_record(times, Timeline)
    if timeline.script != fingerprint(files.script):
        why = "the audio is older than the conversation"
        raise InputError(f"{path} cannot be filmed", why, f"Run: photocast speak {path}")
    return audio, timeline
