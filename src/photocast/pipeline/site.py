"""A folder of episodes becomes a site."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit

from photocast.pipeline.feed import MadeFeed, check_words, default_title, make_feed
from photocast.pipeline.listing import episode_folders, heard_episode, not_yet
from photocast.pipeline.show import AUTHOR, DESCRIPTION, Said, is_ours, said_in, show_cover, write_ours
from photocast.publish import EpisodeFiles, EpisodeFolder
from photocast.publish.feed import FEED, FeedEpisode
from photocast.publish.pictures import Picture
from photocast.publish.site import (
    OURS,
    SITE,
    SiteEpisode,
    SiteLink,
    SiteView,
    about,
    cover_picture,
    episode_picture,
    first_line,
    newest_first,
    site_bytes,
)
from photocast.publish.sound import OlderSound, sound_of
from photocast.publish.view import language_tag
from photocast.publish.words import clean, listed
from photocast.schema import InputError, ModelError

_HERE = ("localhost", "127.0.0.1", "::1")
_COVER, _SCRIPT, _PAGE = "cover.jpg", "script.json", "index.html"


@dataclass(frozen=True)
class MadeSite:
    """What was written, and what one should know about it."""

    path: Path
    episodes: tuple[SiteEpisode, ...]
    """Newest first."""
    feed: MadeFeed | None
    """None where it was not written, for nobody said where the folder is served, or nothing can be heard."""
    notes: tuple[str, ...]
    """A sentence each."""


def make_site(
    folder: Path,
    *,
    link: str | None = None,
    title: str | None = None,
    author: str | None = None,
    description: str | None = None,
) -> MadeSite:
    """Write `index.html` into a folder of episode folders, and its feed where the link is known.

    What is not given is as the feed in the folder says, if there is one.

    Args:
        folder: where the episode folders lie, and `cover.jpg` or `cover.png` if there is one.
        link: where the folder will be served, an http(s) URL.
        title: of the show; the name of the folder by default.
        author: of the show; photocast by default.
        description: of the show.

    Raises:
        UsageError: the link is no such URL, or the title is empty.
        InputError: there is no episode, one cannot be read, `index.html` is somebody else's, or nothing can be written.
    """
    folder = folder.expanduser()
    check_words(link, title)
    folders = episode_folders(folder)
    _may_write(folder / SITE)
    before = said_in(folder)
    said = Said(
        title=title or before.title,
        link=link or before.link,
        author=author or before.author,
        description=description or before.description,
    )
    feed, notes = _feed(folder, folders, said)
    path, episodes, more = _written(folder, folders, said)
    return MadeSite(path, episodes, feed, (*notes, *more))


def renew_site(folder: Path) -> MadeSite:
    """Write `index.html` anew as the feed beside it says, and leave the feed as it is.

    Raises:
        InputError: as `make_site`.
    """
    folder = folder.expanduser()
    folders = episode_folders(folder)
    _may_write(folder / SITE)
    path, episodes, notes = _written(folder, folders, said_in(folder))
    return MadeSite(path, episodes, None, notes)


def _may_write(path: Path) -> None:
    """Make sure that no page of somebody else is written over."""
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            ours = OURS.encode() in file.read(1 << 14)
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise InputError(f"cannot read {path}", why, "Make it a readable file, or move it away") from error
    if not ours:
        why = "it was not made by photocast, and would be lost"
        raise InputError(f"cannot write {path}", why, "Move or rename it, and run this again")


def _feed(folder: Path, folders: list[Path], said: Said) -> tuple[MadeFeed | None, tuple[str, ...]]:
    """The feed, where the link is known and there is something to hear; a site is whole without one."""
    if said.link is None or all(not_yet(path) for path in folders):
        return None, ()
    try:
        made = make_feed(folder, link=said.link, title=said.title, author=said.author, description=said.description)
    except ModelError as error:
        return None, (f"the feed was not written: {error.what}, for {error.why}. {error.do}",)
    return made, tuple(f"feed: {note}" for note in made.notes)


def _written(folder: Path, folders: list[Path], said: Said) -> tuple[Path, tuple[SiteEpisode, ...], tuple[str, ...]]:
    dates = said_in(folder).dates
    shown = newest_first([_episode(path, dates) for path in folders])
    title = said.title or default_title(folder)
    on_cover = sorted([one for one in shown if one.audio] or shown, key=lambda one: (one.date, one.name))
    cover, notes = show_cover(folder, title, [folder / one.name for one in on_cover])
    link = said.link if said.link and urlsplit(said.link).hostname not in _HERE else None
    base = f"{link.rstrip('/')}/" if link else None
    view = SiteView(
        title=clean(title),
        description=clean(said.description or DESCRIPTION),
        author=clean(said.author or AUTHOR),
        cover=cover_picture(folder / cover) if cover else None,
        episodes=shown,
        feed=FEED if (folder / FEED).is_file() else None,
        link=base,
        image=f"{base}{cover}" if base and cover else None,
    )
    kept = _set_aside(folder)
    write_ours(folder, SITE, site_bytes(view))
    return folder / SITE, shown, (*notes, *kept)


def _set_aside(folder: Path) -> tuple[str, ...]:
    """Give a page that was changed by hand another name."""
    page = folder / SITE
    if not page.exists() or is_ours(folder, SITE):
        return ()
    names = (f"index.edited{number or ''}.html" for number in count())
    free = next(name for name in names if not (folder / name).exists())
    page.rename(folder / free)
    return (f"{SITE} was edited by hand; your version is now {free}",)


def _episode(path: Path, dates: Mapping[str, datetime]) -> SiteEpisode:
    files = EpisodeFolder(path).read()
    heard = None if not_yet(path) else heard_episode(path, files)
    script, names = files.script, [speaker.name for speaker in files.script.speakers]
    written = datetime.fromtimestamp(int((path / _SCRIPT).stat().st_mtime), UTC)
    return SiteEpisode(
        name=path.name,
        title=clean(script.title) or clean(path.name),
        language=language_tag(script),
        date=dates.get(heard.guid, heard.date) if heard else written,
        speakers=clean(listed(names)),
        about=about(script, files.plan.album),
        line=first_line(script),
        picture=_picture(path, files),
        page=_address(path, _PAGE) if (path / _PAGE).is_file() else None,
        audio=_address(path, heard.audio) if heard else None,
        seconds=heard.seconds if heard else 0.0,
        links=_links(path, heard),
        older=heard is not None and isinstance(sound_of(path, script), OlderSound),
    )


def _picture(path: Path, files: EpisodeFiles) -> Picture | None:
    """The cover, or else the first photo; a picture that cannot be shown is not worth an error."""
    for picture in (path / _COVER, *list(files.images.values())[:1]):
        if picture.is_file():
            with suppress(InputError):
                return episode_picture(picture)
    return None


def _links(path: Path, heard: FeedEpisode | None) -> tuple[SiteLink, ...]:
    if heard is None:
        return ()
    named = [("Video", heard.video), ("Audio file", heard.audio)]
    named += [("Captions", next(iter(heard.captions), None)), ("Transcript (JSON)", heard.transcript)]
    return tuple(SiteLink(label, _address(path, name)) for label, name in named if name)


def _address(path: Path, name: str) -> str:
    """From the folder around the episode, whatever bytes the name of its folder has."""
    return f"{quote(os.fsencode(path.name), safe='')}/{quote(name)}"
