"""What a feed says in the words of Podcasting 2.0, and in those of Apple that feedgen does not know."""

from typing import Any
from uuid import UUID, uuid5

PODCAST = "https://podcastindex.org/namespace/1.0"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_SHOWS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of all podcasts, fixed by the specification of `podcast:guid`."""
_TYPES = {".vtt": "text/vtt", ".srt": "application/x-subrip", ".json": "application/json"}
_LONGEST_NAME = 128
"""Characters of a person's name; programs cut off what is longer."""


def show_guid(url: str) -> str:
    """The id that a show keeps for life: from the address of its feed, whatever the scheme and the slash at its end."""
    return str(uuid5(_SHOWS, url.partition("://")[2].rstrip("/")))


class ShowWords:
    """An extension of feedgen for the channel."""

    guid: str
    explicit: bool

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that the root declares."""
        return {"podcast": PODCAST, "itunes": ITUNES}

    def extend_rss(self, rss: Any) -> None:
        """Add what there is to say of the show."""
        _add(rss[0], PODCAST, "guid", self.guid)
        _add(rss[0], ITUNES, "explicit", _truth(self.explicit))  # feedgen has the yes and no that Apple gave up


class EpisodeWords:
    """An extension of feedgen for an item."""

    explicit: bool
    language: str
    transcripts: tuple[str, ...]
    """Addresses, each of a file whose ending tells what it is."""
    chapters: str | None
    video: tuple[str, int] | None
    """Address and bytes of an MP4."""
    speakers: tuple[str, ...]

    def extend_ns(self) -> dict[str, str]:
        """Nothing: the root declares the prefixes."""
        return {}

    def extend_rss(self, item: Any) -> None:
        """Add what there is to say of the episode; that a machine made it is said always."""
        _add(item, ITUNES, "explicit", _truth(self.explicit))
        for url in self.transcripts:
            kind = _TYPES[url[url.rindex(".") :]]
            _add(item, PODCAST, "transcript", url=url, type=kind, language=self.language, rel="captions")
        if self.chapters:
            _add(item, PODCAST, "chapters", url=self.chapters, type="application/json+chapters")
        if self.video:
            url, size = self.video
            film = _add(item, PODCAST, "alternateEnclosure", type="video/mp4", length=str(size), title="Video")
            _add(film, PODCAST, "source", uri=url)
        for name in self.speakers:
            _add(item, PODCAST, "person", name[:_LONGEST_NAME], role="host")
        _add(item, PODCAST, "txt", "true", purpose="ai-content")


def _add(parent: Any, namespace: str, name: str, text: str | None = None, **attributes: str) -> Any:
    element = parent.makeelement(f"{{{namespace}}}{name}", attributes)
    element.text = text
    parent.append(element)
    return element


def _truth(value: bool) -> str:
    return "true" if value else "false"
