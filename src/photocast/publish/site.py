"""The page of a whole series: every episode to hear, to see and to read, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from photocast._page import filled
from photocast.publish import words
from photocast.publish.pictures import Picture, small
from photocast.publish.player import clock
from photocast.schema import AlbumRecord, Script

SITE = "index.html"
OURS = '<meta name="generator" content="photocast '
"""By which a page of photocast is known."""
DISCLOSURE = "The words and the voices in these episodes are made by machines. The hosts do not exist."
READ_DISCLOSURE = "The words in these episodes are made by machines. The hosts do not exist."
_COVER_SIDE, _EPISODE_SIDE = 640, 352
_LONGEST_LINE = 180
_FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class SiteLink:
    """What leads from an episode to one of its files."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class SiteEpisode:
    """An episode in the list. Addresses are from the folder of the site, and already quoted."""

    name: str
    """Of its folder."""
    title: str
    language: str
    date: datetime
    speakers: str
    about: str
    """In a sentence."""
    line: str
    """What is said first about a photo; empty when nothing is."""
    picture: Picture | None
    page: str | None
    audio: str | None
    seconds: float
    links: tuple[SiteLink, ...]
    older: bool
    """Whether the audio is older than the conversation."""

    @property
    def day(self) -> str:
        """The date as people write it."""
        return words.day(self.date)

    @property
    def length(self) -> str:
        """`3:55`."""
        return clock(self.seconds)


@dataclass(frozen=True, slots=True)
class SiteView:
    """All that the page shows."""

    title: str
    description: str
    author: str
    cover: Picture | None
    episodes: tuple[SiteEpisode, ...]
    """Newest first."""
    feed: str | None
    """File name of the feed, which lies beside the page; None where there is none."""
    link: str | None
    """Where the page is served, with a slash at its end; None where nobody but this machine finds it."""
    image: str | None
    """Address of the cover, for those who link to the page."""

    @property
    def heard(self) -> bool:
        """Whether there is anything to hear."""
        return any(one.audio for one in self.episodes)

    @property
    def disclosure(self) -> str:
        """That machines made it."""
        return DISCLOSURE if self.heard else READ_DISCLOSURE

    @property
    def counted(self) -> str:
        """`12 episodes, 1:02:09`."""
        count, seconds = len(self.episodes), sum(one.seconds for one in self.episodes if one.audio)
        return f"{count} episode{'' if count == 1 else 's'}" + (f" · {clock(seconds)} to hear" if self.heard else "")


def site_bytes(view: SiteView) -> bytes:
    """The page as one HTML document in UTF-8. It loads the audio beside it when somebody plays it, and nothing else."""
    return filled("photocast.publish", "site", site=view)


def cover_picture(path: Path) -> Picture:
    """The cover of the show, as large as the page shows it.

    Raises:
        InputError: the file is not a picture.
    """
    return small(path, _COVER_SIDE)


def episode_picture(path: Path) -> Picture:
    """A cover or a photo, as large as the list shows it.

    Raises:
        InputError: the file is not a picture.
    """
    return small(path, _EPISODE_SIDE)


def about(script: Script, album: AlbumRecord) -> str:
    """Who talks about how many photos, taken when and where, in a sentence."""
    names = [speaker.name for speaker in script.speakers]
    said = f"{words.listed(names)} {'talk' if len(names) > 1 else 'talks'} about {words.photo_count(album)}"
    known = [part for part in (words.when(album.photos), words.where(album.photos)) if part]
    return words.clean(f"{said}: {', '.join(known)}." if known else f"{said}.")


def first_line(script: Script) -> str:
    """The first turn of more than a few words that talks about a photo, cut at the end of a word."""
    for turn in script.turns:
        text = " ".join(words.clean(words.typeset(turn.text)).split())
        if turn.photos and len(text.split()) >= _FEWEST_WORDS:
            return (
                text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE].rsplit(' ', 1)[0].rstrip('.,;:—–- ')}…"
            )
    return ""


def newest_first(episodes: Sequence[SiteEpisode]) -> tuple[SiteEpisode, ...]:
    """By date, and by name where that is the same."""
    return tuple(sorted(sorted(episodes, key=lambda one: one.name), key=lambda one: one.date, reverse=True))
