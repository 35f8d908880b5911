"""All the steps in a row: what `photocast make` does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.pipeline.episode import Episode
from photocast.pipeline.front import Front, Stages
from photocast.pipeline.interview import as_told
from photocast.pipeline.marking import Marking
from photocast.pipeline.moved import gone, moved_facts, moved_script, new_ids
from photocast.pipeline.pen import POCKET, Looked
from photocast.pipeline.settings import Settings
from photocast.pipeline.studio import Studio
from photocast.publish import EpisodeFiles, EpisodeFolder
from photocast.runs import Clock, write_atomically
from photocast.schema import AlbumRecord, FactSheet, InputError, Plan, Way

if TYPE_CHECKING:
    from photocast.album import Album


OUT = "photocast-out"
"""The folder that episodes go into unless another is named."""


@dataclass(frozen=True)
class Made:
    """What came of a run."""

    episode: Episode
    folder: Path
    page: Path
    notes: tuple[str, ...]
    """What the user should know, a sentence each."""


def make_episode(
    sources: Sequence[Path], folder: Path, settings: Settings, front: Front | None = None, *, sign: bool = True
) -> Made | None:
    """Make an episode of photos in a folder.

    Made again in the same folder, it takes over what was locked, struck or added in its facts and its script.

    Args:
        sources: A folder, a zip or a glob; or several files.
        folder: Where the episode goes.
        settings: The brief, the writer, and how the album is opened.
        front: Watches, agrees and answers while the run is under way.
        sign: Whether the pictures of the page get C2PA marks, where the extra `provenance` is installed.

    Returns:
        None when it was not approved.

    Raises:
        InputError: the photos or the folder cannot be used.
        ConfigError: the certificate to sign with cannot be used.
        ModelError: the model cannot be had, or gives no conversation.
        BudgetError: a call could cost more than is left.
        LocalOnlyError: the guard has seen something.
    """
    front = front or Front()
    EpisodeFolder(folder).check()  # before the work, not after it
    marking = Marking(wanted=sign)
    clock = Clock()
    studio = Studio.of(settings, label=str(folder), clock=clock, front=front)
    with clock.step("read"):
        photos = opened(sources, settings, front.stages)
    with photos as album:
        plan = studio.plan(album, brief=settings.brief)
        earlier, notes = _earlier(folder, plan.album)
        sheet, script = (earlier.facts, earlier.script) if earlier else (None, None)
        ready = _prepared(studio, album, plan, sheet, front)
        if ready is None:
            return None
        plan, facts = ready
        facts = _interviewed(studio, album, plan, facts, front)
        facts = studio.look_closer(album, plan, facts)
        episode = studio.write(album, plan, facts, previous=script, on_turn=front.tell)
        if front.guard:
            front.guard.check()
        page = episode.save(folder, progress=partial(front.stages, "Saving"), marking=marking)
    return Made(episode, folder, page, (*notes, *episode.notes()))


def _prepared(
    studio: Studio, album: "Album", plan: Plan, sheet: FactSheet | None, front: Front
) -> tuple[Plan, FactSheet] | None:
    """The plan in full and the facts, once they are approved; None when they are not.

    What a model is sent depends on what is in the photos, so these are looked at first. `pocket` sends nothing, and
    does nothing before it is told to.
    """
    if plan.writer.model == POCKET:
        plan = studio.preflight(album, plan, FactSheet(observations=()))
        if not front.approves(plan):
            return None
        return plan, studio.look(album, plan, previous=sheet, progress=partial(front.stages, "Looking"))
    facts = studio.look(album, plan, previous=sheet, progress=partial(front.stages, "Looking"))
    plan = studio.preflight(album, plan, facts, task="interview" if front.interview else "make")
    return (plan, facts) if front.approves(plan) else None


def _interviewed(studio: Studio, album: "Album", plan: Plan, facts: FactSheet, front: Front) -> FactSheet:
    """The facts with the user's answers to three questions, if they want to be asked."""
    questions = studio.questions(album, plan, facts) if front.interview else ()
    return as_told(plan.album, facts, front.interview(questions)) if front.interview and questions else facts


def plan_for(sources: Sequence[Path], settings: Settings, front: Front) -> Plan:
    """What would be done with these photos; for a model, with what it would be sent and what that may cost.

    Raises:
        InputError: there is no photo that can be used.
        ModelError: there is no such model, or something that it needs is missing.
    """
    studio = Studio.of(settings, label="a plan")
    with opened(sources, settings, front.stages) as album:
        plan = studio.plan(album, brief=settings.brief)
        if settings.writer.model == POCKET:
            return studio.preflight(album, plan, FactSheet(observations=()))
        facts = studio.look(album, plan, progress=partial(front.stages, "Looking"))
        return studio.preflight(album, plan, facts)


def opened(sources: Sequence[Path], settings: Settings, stages: Stages) -> "Album":
    """The album of a folder, a zip or a glob; or of several files.

    Raises:
        InputError: there is no photo in it that can be used.
    """
    from photocast.album import Album

    source = sources[0] if len(sources) == 1 else list(sources)
    return Album.open(source, keep=settings.keep, order=settings.order, progress=partial(stages, "Reading"))


def look_at(
    sources: Sequence[Path], settings: Settings, *, out: Path | None = None, front: Front | None = None
) -> Looked | None:
    """What is known about the photos, also written into the file `out`, which must be new.

    A model looks too if its way is facts; that has to be approved like everything that leaves this machine.

    Returns:
        None when it was not approved.

    Raises:
        InputError: there is no photo that can be used, or the file is there already or cannot be written.
        ModelError: the model cannot be had.
        LocalOnlyError: the guard has seen something; no file is written then.
    """
    if out and out.exists():
        raise InputError(f"cannot write {out}", "it is there already, and may hold your edits", "Choose another name")
    front = front or Front()
    closer = settings.writer.way is Way.FACTS and settings.writer.model != POCKET
    studio = Studio.of(settings, label="a look", front=front) if closer else Studio(seed=settings.brief.seed)
    with opened(sources, settings, front.stages) as album:
        plan = studio.plan(album, brief=settings.brief)
        facts = studio.look(album, plan, progress=partial(front.stages, "Looking"))
        if closer:
            if not front.approves(studio.preflight(album, plan, facts, task="look")):
                return None
            facts = studio.look_closer(album, plan, facts)
        looked = Looked(facts, studio.notes)
    if front.guard:
        front.guard.check()
    if out:
        write_atomically(out, facts.model_dump_json(indent=2) + "\n")
    return looked


def default_folder(sources: Sequence[Path]) -> Path:
    """`photocast-out/` and the name of the album."""
    first = sources[0].expanduser()
    named = first if len(sources) == 1 and not _is_pattern(first) else first.parent
    name = named.resolve().name if named.is_dir() else named.stem
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")
    return Path(OUT, plain or "album")


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
