"""A podcast feed: what players subscribe to."""

import html
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from photocast import __version__
from photocast._optional import require
from photocast.publish.podcasting import EpisodeWords, ShowWords, show_guid
from photocast.publish.words import clean
from photocast.schema.record import Record

FEED = "feed.xml"
DISCLOSURE = "The words and the voices are made by a machine; nobody here said them."
"""Stands in the description of the show and of every episode."""
TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "opus": "audio/ogg", "wav": "audio/wav"}
"""Media type of the audio, by the kind of file."""
_CATEGORY = ("Society & Culture", "Personal Journals")
_NO_XML = {0xFFFE: None, 0xFFFF: None}
"""Two characters that are no control characters, and that XML cannot hold either."""


class Show(Record):
    """What a feed is about."""

    title: str = Field(pattern=r"\S")
    link: str
    """Where the folder with the feed and the episodes is served: an http(s) URL, with or without a slash at its end."""
    description: str
    author: str
    language: str
    explicit: bool = False
    image: str | None = None
    """Name of the cover in the folder, a .jpg or .png."""

    @property
    def url(self) -> str:
        """Of the feed itself."""
        return self.at(FEED)

    def at(self, *names: str) -> str:
        """The address of a file in the folder, whatever letters its path has."""
        return "/".join([self.link.rstrip("/"), *(quote(name, safe="") for name in names)])


class FeedEpisode(Record):
    """An item of a feed. Names of files are names in the folder of the episode."""

    folder: str = Field(pattern=r"\S")
    title: str
    guid: str = Field(pattern=r"\S")
    """By which players know the episode for good; no two episodes share one."""
    description: str
    date: AwareDatetime
    audio: str
    size: int = Field(gt=0)
    """Bytes of the audio."""
    seconds: float = Field(gt=0)
    kind: Literal["mp3", "m4a", "opus", "wav"]
    language: str = "en"
    speakers: tuple[str, ...] = ()
    page: str | None = None
    captions: tuple[str, ...] = ()
    """Those that are there of WebVTT and SubRip."""
    transcript: str | None = None
    chapters: str | None = None
    image: str | None = None
    """The cover, a .jpg or .png."""
    video: str | None = None
    """The film, an MP4."""
    video_size: int = Field(default=0, ge=0)
    """Bytes of the film."""


def feed_xml(show: Show, episodes: Sequence[FeedEpisode]) -> bytes:
    """The feed as RSS 2.0 with the namespaces of iTunes and of Podcasting 2.0, newest episode first.

    The same show and episodes give the same bytes, at any time and in any order.

    Args:
        show: what it is about.
        episodes: one or more.

    Raises:
        ModelError: feedgen is not installed.
    """
    newest_first = sorted(sorted(episodes, key=lambda one: one.folder), key=lambda one: one.date, reverse=True)
    feed = _channel(show)
    feed.lastBuildDate(newest_first[0].date)  # feedgen would take the clock's
    for episode in newest_first:
        _fill(feed.add_entry(order="append"), episode, show)
    written: bytes = feed.rss_str(pretty=True)
    return written


def _channel(show: Show) -> Any:
    feed = require("feedgen.feed", extra="feed", purpose="a podcast feed").FeedGenerator()
    feed.load_extension("podcast", atom=False)
    feed.register_extension("podcasting", ShowWords, EpisodeWords, atom=False)
    feed.title(_line(show.title) or show.link)
    feed.link(href=show.url, rel="self", type="application/rss+xml")
    feed.link(href=show.at(""), rel="alternate")  # the last one is the <link> of the channel
    feed.description(f"{_line(show.description)} {DISCLOSURE}".strip())
    feed.language(_line(show.language))
    feed.generator(f"photocast {__version__}")
    feed.podcast.itunes_author(_line(show.author))
    feed.podcast.itunes_type("episodic")
    feed.podcast.itunes_category(*_CATEGORY)
    if show.image:
        feed.podcast.itunes_image(show.at(show.image))
    feed.podcasting.guid = show_guid(show.url)
    feed.podcasting.explicit = show.explicit
    return feed


def _fill(entry: Any, episode: FeedEpisode, show: Show) -> None:
    entry.title(_line(episode.title) or _line(episode.folder))
    entry.guid(episode.guid, permalink=False)
    entry.description(_told(episode.description))
    entry.pubDate(episode.date)
    entry.enclosure(show.at(episode.folder, episode.audio), str(episode.size), TYPES[episode.kind])
    if episode.page:
        entry.link(href=show.at(episode.folder, episode.page))
    entry.podcast.itunes_duration(max(1, round(episode.seconds)))
    entry.podcast.itunes_episode_type("full")
    if episode.image:
        entry.podcast.itunes_image(show.at(episode.folder, episode.image))
    said = entry.podcasting
    said.explicit, said.language = show.explicit, _line(episode.language)
    written = (*episode.captions, *([episode.transcript] if episode.transcript else []))
    said.transcripts = tuple(show.at(episode.folder, name) for name in written)
    said.chapters = show.at(episode.folder, episode.chapters) if episode.chapters else None
    said.video = (show.at(episode.folder, episode.video), episode.video_size) if episode.video else None
    said.speakers = tuple(dict.fromkeys(name for one in episode.speakers if (name := _line(one))))


def _told(description: str) -> str:
    """What is told of an episode, with the disclosure, in HTML: players take it for that, so no words become tags."""
    said = [line for part in description.splitlines() if (line := _line(part))]
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in (*said, DISCLOSURE))


def _line(text: str) -> str:
    """Text in one line, without what XML cannot hold and what would turn its direction around."""
    return " ".join(clean(text).translate(_NO_XML).split())
