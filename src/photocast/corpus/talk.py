"""From a source to windows: stages that take one item after the other, joined in one pass over each part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from photocast.corpus.engines import Engine
from photocast.corpus.nouns import PodcastEpisode, Window
from photocast.corpus.parts import Count, Marker, Part, forget_others, key_of
from photocast.corpus.select import Select, Tally
from photocast.corpus.sources.source import Early, Source, SourcePart, Told
from photocast.corpus.stages import Passing, Stage
from photocast.corpus.store import Store

KINDS: dict[str, type[Any]] = {"read": PodcastEpisode, "select": PodcastEpisode, "window": Window}
"""What the lines of each stage's parts are."""


@dataclass(frozen=True)
class _Job:
    """One part of the source, and the part to make of it; it can be sent to another process."""

    store: Store
    source: Source
    piece: SourcePart
    stages: tuple[Stage[Any, Any], ...]
    chain: tuple[Part[Any], ...]
    """The part after reading, and after each stage; the last one is to be made."""


def make_talk(
    store: Store,
    source: Source,
    early: Early,
    stages: Sequence[Stage[Any, Any]],
    *,
    engine: Engine,
    told: Told,
) -> tuple[Part[Any], ...]:
    """Bring every part of a source through the stages; what is there already stays.

    Only the results of the last stage are written. Results of an earlier one that are there, because it was run alone,
    are read instead of the source.

    Returns:
        The parts of the last stage, in order.
    """
    pieces = source.parts(store, early, told)
    jobs = [_Job(store, source, piece, tuple(stages), _chain(source, piece, early, stages)) for piece in pieces]
    made = [job.chain[-1] for job in jobs]
    forget_others(store, made[0].stage if made else "window", made)
    todo = [job for job in jobs if job.chain[-1].marker(store) is None]
    stage = stages[-1].name if stages else "read"
    done = len(jobs) - len(todo)
    told(stage, done, len(jobs))
    for _ in engine.map(_make, todo):
        done += 1
        told(stage, done, len(jobs))
    return tuple(made)


def _chain(source: Source, piece: SourcePart, early: Early, stages: Sequence[Stage[Any, Any]]) -> tuple[Part[Any], ...]:
    key = key_of("read", source.dataset, piece.fingerprint, early.settings)
    parts = [Part("read", piece.name, key, KINDS["read"])]
    for stage in stages:
        key = key_of(key, stage.name, stage.settings)
        parts.append(Part(stage.name, piece.name, key, KINDS[stage.name]))
    return tuple(parts)


def _make(job: _Job) -> Marker:
    begun = _begun(job)
    items, rules = begun.items, dict(begun.rules)
    for stage in begun.stages:
        if isinstance(stage, Select) and stage.compare:
            tally = Tally(stage.compare)
            items, rules = tally.watch(items), tally.counts
        items = begun.passing.through(items, stage)
    return job.chain[-1].write(job.store, items, begun.passing.dropped, begun.passing.counts, rules)


@dataclass(frozen=True)
class _Begun:
    """What the next stage takes, and the stages that are still to come."""

    passing: Passing
    items: Iterator[Any]
    stages: Sequence[Stage[Any, Any]]
    rules: Mapping[str, list[Count]] = field(default_factory=dict)


def _begun(job: _Job) -> _Begun:
    for done in range(len(job.stages) - 1, -1, -1):
        part = job.chain[done]
        if marker := part.marker(job.store):
            passing = Passing(marker.counts, part.drops(job.store))
            return _Begun(passing, part.read(job.store), job.stages[done:], marker.rules)
    passing = Passing()
    return _Begun(passing, passing.begin(job.source.read(job.store, job.piece)), job.stages)
