"""The run itself: look at every item once, show the plan, write what is not written yet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from photocast.bench.evaluation_set import EvaluationSet, Item
from photocast.bench.generating.plan import RunPlan, SystemPlan
from photocast.bench.generating.request import pin, request_of
from photocast.bench.generating.systems import System
from photocast.bench.generating.workspace import Workspace
from photocast.bench.results import Generation
from photocast.bench.seen import Seen, opened
from photocast.pipeline import Front, Settings, Studio
from photocast.runs import ModelUse, write_atomically
from photocast.schema import (
    BudgetError,
    FactSheet,
    Fault,
    InputError,
    LocalOnlyError,
    ModelError,
    PhotocastError,
    Sending,
    UsageError,
    Writer,
    print_transcript,
)

POCKET = "pocket"
_SETUP = 3
"""Exit code of errors that every item would meet again: a package or a key is missing."""


@dataclass(frozen=True)
class SystemRun:
    """What a system has written.

    Attributes:
        name: of the system.
        files: transcripts by item.
        generations: how they were made, and why some were not; empty for transcripts that were there before.
    """

    name: str
    files: dict[str, Path]
    generations: tuple[Generation, ...] = ()


@dataclass(frozen=True)
class Generated:
    """What a run has left in its folder.

    Attributes:
        folder: of the run.
        systems: in the order asked for.
        seen: what was seen in the photos that were looked at, by item.
        notes: what a reader of the figures must know, a sentence each.
    """

    folder: Path
    systems: tuple[SystemRun, ...]
    seen: Mapping[str, Seen] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def generate(
    systems: Sequence[System],
    albums: EvaluationSet,
    folder: Path,
    *,
    settings: Settings,
    front: Front | None = None,
    approve: Callable[[RunPlan], bool] | None = None,
    again_failed: bool = False,
) -> Generated | None:
    """Let every system write about every item, and go on where an earlier run was stopped.

    An item that fails is written down, and the others are written all the same. A system is asked through
    `photocast.pipeline`, as for a user: what is measured is what is served.

    Args:
        systems: who writes, or has written; each with a name of its own.
        albums: the items.
        folder: of the run.
        settings: the brief of all items; the writer's `max_cost` is that of the whole run.
        front: watches, and is asked before something may be paid for twice.
        approve: is shown the plan before anything leaves this machine or is written; no means that nothing is.
        again_failed: whether items that failed before are tried again.

    Returns:
        None when it was not approved.

    Raises:
        InputError: the folder holds another run, is used by another process, or cannot be written to.
        UsageError: a system cannot do what the brief asks for, or would leave this machine although it must not.
        ModelError: a model is not set up, or its account is empty; what is written stays.
        BudgetError: the next call could cost more than is left; what is written stays.
        LocalOnlyError: something tried to leave this machine although it must not.
    """
    space = Workspace(folder, albums, settings, front or Front(), again_failed)
    with space.locked():
        pin(folder, request_of(albums, systems, settings.brief))
        plan = _planned(space, systems)
        _stays_here(plan, space.front)
        if approve and not approve(plan):
            return None
        runs = tuple(_run(space, system) for system in systems)
    seen = {item.id: seen for item in albums.items if (seen := space.seen(item))}
    return Generated(folder, runs, seen, tuple(_notes(space, systems, runs)))


def _planned(space: Workspace, systems: Sequence[System]) -> RunPlan:
    return RunPlan(
        items=len(space.albums.items),
        systems=tuple(_system_plan(space, system) for system in systems),
        max_cost=space.settings.writer.max_cost,
    )


def _system_plan(space: Workspace, system: System) -> SystemPlan:
    if system.writer is None:
        return SystemPlan(system.name, None, to_do=0, done=len(system.files))
    due = space.due(system)
    done = len(space.albums.items) - len(due)
    if _is_pocket(system):
        _check_pocket(space, system.writer, system, due)
        return SystemPlan(system.name, system.writer, to_do=len(due), done=done)
    sendings = _sendings(space, system.writer, system, due)
    return SystemPlan(
        name=system.name,
        writer=system.writer,
        to_do=len(sendings),
        done=done,
        hopeless=len(due) - len(sendings),
        sendings=tuple(sendings),
    )


def _is_pocket(system: System) -> bool:
    return system.model is None and system.writer is not None and system.writer.model == POCKET


def _check_pocket(space: Workspace, writer: Writer, system: System, due: Sequence[Item]) -> None:
    """Refuse what only a model can do before a model has been paid for it.

    Raises:
        UsageError: the brief asks for such a thing.
    """
    for item in due:
        try:
            with opened(item) as album:
                studio = space.studio(system, writer)
                studio.preflight(album, studio.plan(album, brief=space.settings.brief), FactSheet(observations=()))
                return
        except InputError:
            continue


def _sendings(space: Workspace, writer: Writer, system: System, due: Sequence[Item]) -> list[Sending]:
    """What each item would send that can be written about. It depends on what is in the photos: they are looked at."""
    if not due:
        return []
    studio, sendings = space.studio(system, writer), list[Sending]()
    for done, item in enumerate(due, start=1):
        try:
            with opened(item) as album:
                plan, facts = space.looked(studio, album, item)
                sending = studio.preflight(album, plan, facts).sending
        except InputError:
            sending = None
        sendings += [sending] if sending else []
        space.front.stages("Looking", done, len(due))
    return sendings


def _stays_here(plan: RunPlan, front: Front) -> None:
    if front.guard and plan.hosts:
        sender = next(one for one in plan.systems if one.host)
        raise UsageError(
            f"--local and {sender.name} exclude each other",
            f"photos and words would be sent to {sender.host}",
            "Leave out --local, or measure pocket, hf: or a server on this machine",
        )


def _run(space: Workspace, system: System) -> SystemRun:
    if system.writer is None:
        return _taken(space, system)
    due = space.due(system)
    if due:
        studio = space.studio(system, system.writer)
        for done, item in enumerate(due):
            space.front.stages(f"Writing {system.name}", done, len(due))
            _one(space, system, studio, item)
        space.front.stages(f"Writing {system.name}", len(due), len(due))
        use = studio.pen.use
        space.spent += (use.usd or 0.0) + use.possibly_paid_usd if use else 0.0
    made = [space.generation(system, item.id) for item in space.albums.items]
    generations = tuple(one for one in made if one)
    files = {one.item: space.transcript(system, one.item) for one in generations if not one.error}
    return SystemRun(system.name, files, generations)


def _taken(space: Workspace, system: System) -> SystemRun:
    """Copies of transcripts that are there, byte for byte: the folder of the run holds all that it measures."""
    files = {item.id: space.transcript(system, item.id) for item in space.albums.items if item.id in system.files}
    for item, path in files.items():
        data = system.files[item].read_bytes()
        if not path.is_file() or path.read_bytes() != data:
            write_atomically(path, data)
    return SystemRun(system.name, files)


def _one(space: Workspace, system: System, studio: Studio, item: Item) -> None:
    """Write about one item, or write down why that cannot be."""
    before, start = studio.pen.use, perf_counter()
    try:
        made = _written(space, system, studio, item)
    except (LocalOnlyError, BudgetError, UsageError):
        raise
    except PhotocastError as error:
        if isinstance(error, ModelError) and (error.exit_code == _SETUP or error.fault is Fault.QUOTA):
            raise
        made = Generation(
            item=item.id,
            writer=studio.writer.model,
            words=0,
            seconds=round(perf_counter() - start, 3),
            photos=len(item.photos),
            error=f"{error.what}: {error.why}",
        )
    if space.front.guard:
        space.front.guard.check()
    space.note(system, made.model_copy(update=_counted(before, studio.pen.use)))


def _written(space: Workspace, system: System, studio: Studio, item: Item) -> Generation:
    """Write the transcript.

    The seconds are those of the writer, with its own looking: what all systems share is not in them.
    """
    with opened(item) as album:
        plan, facts = space.looked(studio, album, item)
        start = perf_counter()
        facts = studio.look_closer(album, plan, facts)
        script = studio.write(album, plan, facts).script
        seconds = round(perf_counter() - start, 3)
        count = len(album.photos)
    write_atomically(space.transcript(system, item.id), print_transcript(script))
    return Generation(item=item.id, writer=studio.writer.model, words=script.words(), seconds=seconds, photos=count)


def _counted(before: ModelUse | None, after: ModelUse | None) -> dict[str, int | float | None]:
    """Tokens and dollars of one item; no tokens when an answer came from the journal, where nobody counts them."""
    if before is None or after is None:
        return {}
    replayed = after.from_journal > before.from_journal
    paid = None if after.usd is None or before.usd is None else round(after.usd - before.usd, 9)
    return {"output_tokens": None if replayed else after.output_tokens - before.output_tokens, "cost_usd": paid}


def _notes(space: Workspace, systems: Sequence[System], runs: Sequence[SystemRun]) -> Iterator[str]:
    """What was left out, and what the figures of a system do not mean."""
    for problem in space.albums.problems:
        place = "/".join(part for part in (problem.item, problem.file) if part)
        yield f"not part of the evaluation set: {place}: {problem.reason}"
    for item in space.albums.items:
        yield from (f"shown to no system: {item.id}/{aside}" for aside in space.set_aside(item))
    for system, run in zip(systems, runs, strict=True):
        if system.writer is None:
            missing = [item.id for item in space.albums.items if item.id not in run.files]
            yield from _about(system.name, "there is no transcript of", missing)
        yield from _about(system.name, "transcripts that are about no item are not measured", system.strangers)
        yield from _about(
            system.name,
            "from the journal, so that seconds mean nothing and tokens are unknown",
            [one.item for one in run.generations if one.cost_usd is not None and one.output_tokens is None],
        )


def _about(system: str, what: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"{system}: {what}: {', '.join(items)}"
