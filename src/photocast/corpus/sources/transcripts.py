"""Transcripts of podcasts in files: an episode a file, a podcast a folder."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath

import msgspec

from photocast.corpus.nouns import Dropped, Origin, PodcastEpisode
from photocast.corpus.parts import key_of
from photocast.corpus.sources.checks import fingerprint_of
from photocast.corpus.sources.cues import turns_of_json, turns_of_subtitles
from photocast.corpus.sources.dealing import forget_split
from photocast.corpus.sources.episodes import DUPLICATE_ID, episode_id, podcast_id
from photocast.corpus.sources.records import BAD_JSON, WRONG_ENCODING, TurnRecord
from photocast.corpus.sources.source import Early, SourcePart, Told
from photocast.corpus.sources.turns import put_together
from photocast.corpus.store import Store
from photocast.schema import InputError, TranscriptError, parse_transcript
from photocast.schema.transcript import UNTITLED

ENDINGS = (".json", ".vtt", ".srt", ".txt", ".md")
"""Of files that are read; the same talk in two of them is taken from the first."""
EPISODES_A_PART = 50
LARGEST = 50 << 20
"""Bytes: an hour of talk is 0.1 MB, and no transcript is 500 hours long."""

NO_SPEAKERS, EMPTY, TOO_LARGE, UNREADABLE = "no_speakers", "empty", "too_large", "unreadable"


@dataclass(frozen=True)
class Transcripts:
    """Files below a folder.

    Attributes:
        folder: that names are relative to.
        files: their names, `/` between folders.
        licence: of the texts, as far as known.
        dataset: as in `Origin.dataset`.
    """

    folder: Path
    files: tuple[str, ...]
    licence: str = ""
    dataset: str = "transcripts"

    @property
    def hosted(self) -> None:
        """They are the user's: nobody else's terms are known."""
        return None

    def parts(self, store: Store, early: Early, told: Told) -> Sequence[SourcePart]:
        """Fifty episodes a part, in the order of their names."""
        forget_split(store)  # of another source that was here before: its counts would be added to the funnel
        names = sorted(self.files, key=lambda name: (_episode(name), ENDINGS.index(PurePosixPath(name).suffix.lower())))
        episodes = [list(same) for _, same in groupby(names, key=_episode)]
        lots = [episodes[at : at + EPISODES_A_PART] for at in range(0, len(episodes), EPISODES_A_PART)]
        return [self._part(number, [name for same in lot for name in same]) for number, lot in enumerate(lots)]

    def read(self, store: Store, part: SourcePart) -> Iterator[PodcastEpisode | Dropped]:
        """The episodes of a part."""
        for _, (first, *others) in groupby(part.files, key=_episode):
            yield self._read(first)
            yield from (self._dropped(name, DUPLICATE_ID) for name in others)

    def _part(self, number: int, names: list[str]) -> SourcePart:
        size = 0
        prints = []
        for name in names:
            try:
                prints.append(fingerprint_of(self.folder / name))
                size += (self.folder / name).stat().st_size
            except (InputError, OSError):
                prints.append(UNREADABLE)  # it is dropped with that reason when it is read
        return SourcePart(f"{number:05d}", tuple(names), key_of(names, prints, self.licence), size)

    def _read(self, name: str) -> PodcastEpisode | Dropped:
        path = self.folder / name
        notes = Counter[str]()
        try:
            if path.stat().st_size > LARGEST:
                return self._dropped(name, TOO_LARGE)
            title, turns = _turns(path, notes)
        except _Unusable as unusable:
            return self._dropped(name, str(unusable))
        except OSError as error:
            return self._dropped(name, UNREADABLE, error.strerror or str(error))
        talk, _ = put_together(turns, None, lambda what: notes.update((what,)))
        if not talk:
            return self._dropped(name, EMPTY)
        return PodcastEpisode(
            origin=self._origin(name, title),
            turns=talk,
            seconds=max((turn.end for turn in talk if turn.end is not None), default=None),
            labels=sum(len(turn.sources) for turn in talk),
            mended=dict(sorted(notes.items())),
        )

    def _origin(self, name: str, title: str) -> Origin:
        podcast = PurePosixPath(name).parent.name or self.folder.name
        return Origin(
            episode=episode_id(_episode(name)),
            podcast=podcast_id(podcast),
            dataset=self.dataset,
            title=title or PurePosixPath(name).stem,
            podcast_title=podcast,
            url=name,
            licence=self.licence,
        )

    def _dropped(self, name: str, reason: str, detail: str = "") -> Dropped:
        return Dropped(episode_id(_episode(name)), reason, f"{name}: {detail}" if detail else name)


class _Unusable(Exception):
    """Why there is no talk in a file."""


def _episode(name: str) -> str:
    """A file's name without its ending."""
    return os.path.splitext(name)[0]


def _turns(path: Path, notes: Counter[str]) -> tuple[str, list[TurnRecord]]:
    """The title, if the text has one, and the turns."""
    data = path.read_bytes()
    if not data.strip():
        raise _Unusable(EMPTY)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unusable(WRONG_ENCODING) from None
    if path.suffix.lower() in (".txt", ".md"):
        return _plain(text)
    turns = _timed(path.suffix.lower().removeprefix("."), text, notes)
    if not any(turn.speaker for turn in turns):
        raise _Unusable(NO_SPEAKERS if turns else EMPTY)
    return "", turns


def _plain(text: str) -> tuple[str, list[TurnRecord]]:
    try:
        script = parse_transcript(text, title=None)
    except TranscriptError:
        raise _Unusable(NO_SPEAKERS) from None
    turns = [TurnRecord([turn.speaker], turn.text, None, None, at) for at, turn in enumerate(script.turns)]
    return ("" if script.title == UNTITLED else script.title), turns


def _timed(form: str, text: str, notes: Counter[str]) -> list[TurnRecord]:
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    if form == "json":
        try:
            return turns_of_json(text.encode("utf-8"))
        except msgspec.MsgspecError:
            raise _Unusable(BAD_JSON) from None
    try:
        return turns_of_subtitles(text, form, lambda what: notes.update((what,)))
    except (MalformedFileError, MalformedCaptionError):
        raise _Unusable(NO_SPEAKERS) from None
