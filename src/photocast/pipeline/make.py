"""All the steps in a row: what `photocast make` does."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.pipeline.episode import Episode
from photocast.pipeline.moved import gone, moved_facts, moved_script, new_ids
from photocast.pipeline.settings import Settings
from photocast.pipeline.studio import Studio
from photocast.publish import EpisodeFiles, EpisodeFolder
from photocast.runs import Clock, write_atomically
from photocast.schema import AlbumRecord, FactSheet, InputError, Plan

if TYPE_CHECKING:
    from photocast._guard import Guard
    from photocast.album import Album

Stages = Callable[[str, int, int], None]
"""Called with the name of the stage, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Made:
    """What came of a run."""

    episode: Episode
    folder: Path
    page: Path
    notes: tuple[str, ...]
    """What the user should know, a sentence each."""


def make_episode(
    sources: Sequence[Path],
    folder: Path,
    settings: Settings,
    *,
    approve: Callable[[Plan], bool] | None = None,
    stages: Stages | None = None,
    guard: "Guard | None" = None,
) -> Made | None:
    """Make an episode of photos in a folder.

    Made again in the same folder, it takes over what was locked, struck or added in its facts and its script.

    Args:
        sources: A folder, a zip or a glob; or several files.
        folder: Where the episode goes.
        settings: The brief, and how the album is opened.
        approve: Asked before anything is done; no means that nothing is.
        stages: Told how far the run is.
        guard: Asked before anything is written whether something tried to leave this machine.

    Returns:
        None when it was not approved.

    Raises:
        InputError: the photos or the folder cannot be used.
        LocalOnlyError: the guard has seen something.
    """
    EpisodeFolder(folder).check()  # before the work, not after it
    clock, tell = Clock(), stages or nobody
    studio = Studio(seed=settings.brief.seed, clock=clock)
    with clock.step("read"):
        photos = opened(sources, settings, tell)
    with photos as album:
        plan = studio.plan(album, brief=settings.brief)
        earlier, notes = _earlier(folder, plan.album)
        if approve and not approve(plan):
            return None
        sheet, script = (earlier.facts, earlier.script) if earlier else (None, None)
        facts = studio.look(album, plan, previous=sheet, progress=partial(tell, "Looking"))
        episode = studio.write(album, plan, facts, previous=script)
        if guard:
            guard.check()
        page = episode.save(folder, progress=partial(tell, "Saving"))
    return Made(episode, folder, page, (*notes, *episode.notes()))


def opened(sources: Sequence[Path], settings: Settings, stages: Stages) -> "Album":
    """The album of a folder, a zip or a glob; or of several files.

    Raises:
        InputError: there is no photo in it that can be used.
    """
    from photocast.album import Album

    source = sources[0] if len(sources) == 1 else list(sources)
    return Album.open(source, keep=settings.keep, order=settings.order, progress=partial(stages, "Reading"))


def look_at(
    sources: Sequence[Path],
    settings: Settings,
    *,
    out: Path | None = None,
    stages: Stages | None = None,
    guard: "Guard | None" = None,
) -> FactSheet:
    """What is known about the photos, also written into the file `out`, which must be new.

    Raises:
        InputError: there is no photo that can be used, or the file is there already or cannot be written.
        LocalOnlyError: the guard has seen something; no file is written then.
    """
    if out and out.exists():
        raise InputError(f"cannot write {out}", "it is there already, and may hold your edits", "Choose another name")
    studio, tell = Studio(seed=settings.brief.seed), stages or nobody
    with opened(sources, settings, tell) as album:
        plan = studio.plan(album, brief=settings.brief)
        facts = studio.look(album, plan, progress=partial(tell, "Looking"))
    if guard:
        guard.check()
    if out:
        write_atomically(out, facts.model_dump_json(indent=2) + "\n")
    return facts


def default_folder(sources: Sequence[Path]) -> Path:
    """`photocast-out/` and the name of the album."""
    first = sources[0].expanduser()
    named = first if len(sources) == 1 and not _is_pattern(first) else first.parent
    name = named.resolve().name if named.is_dir() else named.stem
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")
    return Path("photocast-out", plain or "album")


def _earlier(folder: Path, album: AlbumRecord) -> tuple[EpisodeFiles | None, tuple[str, ...]]:
    """The episode already in the folder, if its edits can be taken over.

    Raises:
        InputError: it is about other photos altogether, or a file of it cannot be understood.
    """
    if not (folder / "script.json").is_file():
        return None, ()
    files = EpisodeFolder(folder).read()
    ids = new_ids(files.plan.album, album)
    if not ids:
        raise InputError(
            f"cannot write into {folder}",
            "it holds an episode of other photos",
            "Choose another folder with -o, or delete this one",
        )
    facts, script = moved_facts(files.facts, ids), moved_script(files.script, ids)
    return replace(files, facts=facts, script=script), _left_behind(files, ids)


def _left_behind(files: EpisodeFiles, ids: Mapping[str, str]) -> tuple[str, ...]:
    lost = gone(files.plan.album.photos, ids)
    if not lost or not {"facts.json", "script.md"} & set(files.edited):
        return ()
    return (f"What you decided about photos that are not in the album any more is left behind: {', '.join(lost)}",)


def _is_pattern(path: Path) -> bool:
    return not path.exists() and any(sign in path.name for sign in "*?[")


def nobody(stage: str, done: int, total: int) -> None:
    """Listens to no stage."""
