"""A folder of spoken episodes becomes a podcast."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from photocast.pipeline.listing import spoken_episodes
from photocast.publish.feed import DISCLOSURE, FEED, FeedEpisode, Show, feed_xml
from photocast.publish.podcasting import ITUNES, show_guid
from photocast.runs import write_atomically
from photocast.schema import InputError, UsageError

_COVERS = ("cover.jpg", "cover.png")
_LINK = re.compile(
    r"https?://(?:[a-z0-9.-]*[a-z0-9]|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:/[\w.~!$&'()*+,;=:@%/-]*)?",
    re.IGNORECASE | re.ASCII,
)
"""Neither a query nor a fragment, after which no path can come; and no password, which every subscriber would read."""


@dataclass(frozen=True)
class MadeFeed:
    """What was written, and what was left out."""

    path: Path
    url: str
    """Where the feed will be found once the folder is served."""
    guid: str
    """Of the show."""
    episodes: tuple[FeedEpisode, ...]
    """Those in the feed, by name of their folder."""
    notes: tuple[str, ...]
    """A sentence for each episode that was left out, and for whatever else one should know."""


def make_feed(
    folder: Path,
    *,
    link: str,
    title: str | None = None,
    author: str | None = None,
    description: str | None = None,
) -> MadeFeed:
    """Write `feed.xml` into a folder of episode folders, with every episode that has been spoken.

    The date of an episode is that of its audio file. The feed is parsed again before it is under its name.

    Args:
        folder: where the episode folders lie, and `cover.jpg` or `cover.png` if there is one.
        link: where the folder will be served, an http(s) URL.
        title: of the show; the name of the folder by default.
        author: of the show; photocast by default.
        description: of the show.

    Raises:
        UsageError: the link is no such URL, or the title is empty.
        InputError: there is no episode that has been spoken, two episodes are one and the same, an episode cannot be
            read, or the feed cannot be written.
        ModelError: feedgen is not installed.
    """
    if not _LINK.fullmatch(link) or link.rstrip("/").endswith(f"/{FEED}"):
        raise UsageError(
            f"cannot use the link {link}",
            "it is not the http(s) URL of a folder",
            "Write it as a browser shows it: --link https://example.org/podcast",
        )
    if title is not None and not title.strip():
        raise UsageError("cannot give the show no title", "players list shows by their titles", "Write --title TITLE")
    folder = folder.expanduser()
    episodes, notes = spoken_episodes(folder)
    _all_different(folder, episodes)
    show = Show(
        title=title or folder.resolve().name or "Photocast",
        link=link,
        description=description or "Conversations about photos.",
        author=author or "photocast",
        language=Counter(one.language for one in episodes).most_common(1)[0][0],
        image=next((name for name in _COVERS if (folder / name).is_file()), None),
    )
    if not show.image:
        notes.append(f"there is no cover: put a square {' or '.join(_COVERS)} of 1400 to 3000 pixels into {folder}")
    written = feed_xml(show, episodes)
    _reads_back(written, episodes)
    write_atomically(folder / FEED, written)
    return MadeFeed(folder / FEED, show.url, show_guid(show.url), tuple(episodes), tuple(notes))


def renew_feed(folder: Path, *, link: str) -> MadeFeed:
    """Write the feed of a folder anew: as it was, when there is one.

    Args:
        folder: where the episode folders lie.
        link: where the folder will be served, if no feed says so already.

    Raises:
        InputError, UsageError, ModelError: as `make_feed`.
    """
    said = _said(folder / FEED)
    return make_feed(
        folder,
        link=said.get("link") or link,
        title=said.get("title"),
        author=said.get(f"{{{ITUNES}}}author"),
        description=said.get("description", "").removesuffix(DISCLOSURE).strip() or None,
    )


def _said(path: Path) -> dict[str, str]:
    """What the channel of a feed says, by tag; empty where there is no feed that can be read."""
    try:
        channel = ElementTree.parse(path).find("channel")
    except (OSError, ElementTree.ParseError):
        return {}
    return {} if channel is None else {child.tag: child.text for child in channel if child.text}


def _all_different(folder: Path, episodes: Sequence[FeedEpisode]) -> None:
    first: dict[str, str] = {}
    for one in episodes:
        other = first.setdefault(one.guid, one.folder)
        if other != one.folder:
            raise InputError(
                f"cannot tell {other} and {one.folder} apart",
                "both are made of the same photos with the same settings, and players would take them for one episode",
                f"Move one of them out of {folder}, or make one again with another --seed",
            )


def _reads_back(feed: bytes, episodes: Sequence[FeedEpisode]) -> None:
    """Parse the feed with another library than the one that wrote it."""
    found = [item.findtext("guid") for item in ElementTree.fromstring(feed).iterfind("channel/item")]
    if sorted(map(str, found)) != sorted(one.guid for one in episodes):
        raise RuntimeError(f"the feed says {found}, which are not its episodes")
