"""A folder of spoken episodes becomes a podcast."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from photocast.pipeline.listing import spoken_episodes
from photocast.pipeline.make import OUT
from photocast.pipeline.show import AUTHOR, DESCRIPTION, said_in, show_cover
from photocast.publish.chapters import with_addresses
from photocast.publish.feed import FEED, FeedEpisode, Show, feed_xml
from photocast.publish.podcasting import show_guid
from photocast.publish.reading import read_text
from photocast.runs import write_atomically
from photocast.schema import InputError, UsageError

FEED_CHAPTERS = "chapters.feed.json"
"""The chapters of an episode with whole addresses: a player knows no folder in which to look for a picture."""
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

    An episode is dated by its audio file when it comes into the feed, and keeps that date. Where there is no cover, one
    is made of the photos. The feed is parsed again before it is under its name.

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
    check_words(link, title)
    folder = folder.expanduser()
    episodes, notes = spoken_episodes(folder)
    _all_different(folder, episodes)
    dates = said_in(folder).dates
    episodes = [one.model_copy(update={"date": dates.get(one.guid, one.date)}) for one in episodes]
    title = title or default_title(folder)
    in_order = sorted(episodes, key=lambda one: (one.date, one.folder))
    image, more = show_cover(folder, title, [folder / one.folder for one in in_order])
    show = Show(
        title=title,
        link=link,
        description=description or DESCRIPTION,
        author=author or AUTHOR,
        language=Counter(one.language for one in episodes).most_common(1)[0][0],
        image=image,
    )
    episodes = [_with_chapters(folder, show, one) for one in episodes]
    written = feed_xml(show, episodes)
    _reads_back(written, episodes)
    write_atomically(folder / FEED, written)
    return MadeFeed(folder / FEED, show.url, show_guid(show.url), tuple(episodes), (*notes, *more))


def renew_feed(folder: Path, *, link: str) -> MadeFeed:
    """Write the feed of a folder anew: as it was, when there is one.

    Args:
        folder: where the episode folders lie.
        link: where the folder will be served, if no feed says so already.

    Raises:
        InputError, UsageError, ModelError: as `make_feed`.
    """
    said = said_in(folder.expanduser())
    return make_feed(folder, link=said.link or link, title=said.title, author=said.author, description=said.description)


def check_words(link: str | None, title: str | None) -> None:
    """Refuse a link or a title that no show can have; what is not given is not looked at.

    Raises:
        UsageError: the link is no http(s) URL of a folder, or the title is empty.
    """
    if link is not None and (not _LINK.fullmatch(link) or link.rstrip("/").endswith(f"/{FEED}")):
        raise UsageError(
            f"cannot use the link {link}",
            "it is not the http(s) URL of a folder",
            "Write it as a browser shows it: --link https://example.org/podcast",
        )
    if title is not None and not title.strip():
        raise UsageError("cannot give the show no title", "players list shows by their titles", "Write --title TITLE")


def default_title(folder: Path) -> str:
    """The name of the folder, unless photocast gave it that name."""
    name = folder.resolve().name
    return "Photocast" if name in ("", OUT) else name


def _with_chapters(folder: Path, show: Show, episode: FeedEpisode) -> FeedEpisode:
    """Write the chapters for players, and name them instead of those of the folder."""
    if not episode.chapters:
        return episode
    source = folder / episode.folder / episode.chapters
    try:
        written = with_addresses(read_text(source), show.at(episode.folder, ""))
    except ValueError as error:
        why = "it holds no chapters"
        raise InputError(f"cannot read {source}", why, f"Run: photocast speak {source.parent}") from error
    write_atomically(source.with_name(FEED_CHAPTERS), written)
    return episode.model_copy(update={"chapters": FEED_CHAPTERS})


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
