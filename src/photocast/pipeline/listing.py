"""The episodes of a folder, as a feed and a site list them."""

import json
from datetime import UTC, datetime
from pathlib import Path

from photocast.publish import EpisodeFiles, EpisodeFolder
from photocast.publish.feed import TYPES, FeedEpisode
from photocast.publish.reading import read_record
from photocast.publish.sound import OlderSound, sound_of
from photocast.publish.words import listed, photo_count
from photocast.runs import sha256_of_bytes
from photocast.schema import InputError, Plan, Timeline

_SCRIPT, _TIMELINE, _PAGE, _COVER, _FILM = "script.json", "timeline.json", "index.html", "cover.jpg", "episode.mp4"
_CAPTIONS, _TRANSCRIPT, _CHAPTERS = ("captions.vtt", "captions.srt"), "transcript.json", "chapters.json"
_ASKED = ("about", "hosts", "language", "playful", "seed", "style", "words")


def spoken_episodes(folder: Path) -> tuple[list[FeedEpisode], list[str]]:
    """The episodes that can be heard, by name of their folder, and a note for each that cannot.

    Raises:
        InputError: there is none, or one cannot be read.
    """
    folders = episode_folders(folder)
    episodes: list[FeedEpisode] = []
    notes: list[str] = []
    for path in folders:
        if why := not_yet(path):
            notes.append(f"{path.name} is left out, for {why}")
        else:
            audio, *others = _audio(path)
            files = EpisodeFolder(path).read()
            episodes.append(heard_episode(path, files))
            notes.extend(f"{path.name} has {other.name} too; {audio.name} is newer and is used" for other in others)
            if isinstance(sound_of(path, files.script), OlderSound):
                notes.append(f"{path.name} has audio that is older than the conversation. Run: photocast speak {path}")
    if not episodes:
        raise InputError(
            f"cannot make a podcast of {folder}",
            "no episode in it has been spoken",
            f"Run: photocast speak {folders[0]}",
        )
    return episodes, notes


def episode_folders(folder: Path) -> list[Path]:
    """The folders of the episodes in a folder, by name, spoken or not.

    Raises:
        InputError: there is none, or the folder is something else.
    """
    if not folder.is_dir():
        why = "it is a file" if folder.exists() else "it does not exist"
        raise InputError(f"cannot make a podcast of {folder}", why, "Give the folder that holds the episode folders")
    if (folder / _SCRIPT).is_file():
        raise InputError(
            f"cannot make a podcast of {folder}",
            "it is one episode",
            f"Give the folder around it: {folder.absolute().parent}",
        )
    found = sorted(path.parent for path in folder.glob(f"*/{_SCRIPT}") if not path.parent.name.startswith("."))
    if not found:
        raise InputError(
            f"cannot make a podcast of {folder}",
            "there is no episode in it",
            f"Make one: photocast make ALBUM -o {folder / 'NAME'}",
        )
    return found


def not_yet(path: Path) -> str | None:
    """Why an episode cannot be in a feed, and what to do; None when it can."""
    speak = f"Run: photocast speak {path}"
    if any("\ud800" <= letter <= "\udfff" for letter in path.name):
        return "its name is not written in UTF-8, as an address is. Rename it"
    files = _audio(path)
    if not files:
        return f"it has no audio. {speak}"
    if not files[0].stat().st_size:
        return f"its {files[0].name} is empty. {speak}"
    return None if (path / _TIMELINE).is_file() else f"it has no {_TIMELINE}, which tells how long it is. {speak}"


def _audio(path: Path) -> list[Path]:
    """The audio files of an episode, newest first: that is the one of which the times and captions are."""
    there = [file for kind in TYPES if (file := path / f"episode.{kind}").is_file()]
    return sorted(there, key=lambda file: file.stat().st_mtime_ns, reverse=True)


def heard_episode(path: Path, files: EpisodeFiles) -> FeedEpisode:
    """An episode that can be heard, dated by its audio.

    Raises:
        InputError: its times cannot be read.
    """
    audio, film = _audio(path)[0], path / _FILM
    names = [speaker.name for speaker in files.script.speakers]
    return FeedEpisode(
        folder=path.name,
        title=files.script.title,
        guid=_guid(files.plan),
        description=f"{listed(names)} {'talk' if len(names) > 1 else 'talks'} about {photo_count(files.plan.album)}.",
        date=datetime.fromtimestamp(int(audio.stat().st_mtime), UTC),
        audio=audio.name,
        size=audio.stat().st_size,
        seconds=read_record(path / _TIMELINE, Timeline).seconds,
        kind=audio.suffix.removeprefix("."),  # type: ignore[arg-type]  # one of TYPES, by which it was found
        language=files.script.language,
        speakers=tuple(names),
        page=_there(path, _PAGE),
        captions=tuple(name for name in _CAPTIONS if _there(path, name)),
        transcript=_there(path, _TRANSCRIPT),
        chapters=_there(path, _CHAPTERS),
        image=_there(path, _COVER),
        video=_there(path, _FILM),
        video_size=film.stat().st_size if film.is_file() else 0,
    )


def _there(path: Path, name: str) -> str | None:
    return name if (file := path / name).is_file() and file.stat().st_size else None


def _guid(plan: Plan) -> str:
    """From the photos, what was asked about them, and who wrote.

    None of it changes when an episode gets another title, is edited, moved or spoken anew, so that players go on taking
    it for the same one. The fields are named one by one: one that a later version adds must not make old episodes new.
    """
    asked = plan.brief.model_dump(mode="json", include=set(_ASKED))
    said = {
        "photos": [photo.sha256 for photo in plan.album.photos],
        "asked": asked | {"cast": [host.name for host in plan.brief.cast]},
        "writer": plan.writer.model,
    }
    return f"photocast:{sha256_of_bytes(json.dumps(said, sort_keys=True).encode())}"
