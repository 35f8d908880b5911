"""Look at an album once and write down what can be said of it, and how sure that is."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from photocast.album import Album
from photocast.looking import clock
from photocast.looking.change import changes
from photocast.looking.colours import Colours, colours_of
from photocast.looking.fusion import Finding, Looked, find_subjects
from photocast.looking.glimpses import Glimpse, glimpse, probability
from photocast.looking.keep import carry_over
from photocast.looking.light import light
from photocast.looking.naming import identify
from photocast.looking.people import people
from photocast.looking.private import private
from photocast.looking.recur import recurring
from photocast.looking.scenes import scenes
from photocast.looking.setting import outdoors, setting
from photocast.looking.signs import signs
from photocast.looking.told import from_brief, from_file, words_beside
from photocast.models import Box, Eyes, Line
from photocast.schema import Brief, FactSheet, Kind, Known, Observation, Photo, State, concepts

Progress = Callable[[int, int], None]

_MOST_THREADS = 4
_MOST_SUBJECTS = 4
_CUT_OUT = 0.45
"""Share of white pixels."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the eyes report of one photo: some kilobytes, so that 300 photos fit."""

    probabilities: Mapping[str, float]
    glimpse: Glimpse
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    colours: Colours


def look(
    album: Album, brief: Brief, *, previous: FactSheet | None = None, progress: Progress | None = None
) -> FactSheet:
    """Look at every photo of the album and gather what is seen, recorded and told.

    What the user struck, locked, added or edited in `previous` is kept as it is; see `photocast.looking.keep`.

    Args:
        album: the photos, decoded.
        brief: what the user told.
        previous: the fact sheet of an earlier look at the same album.
        progress: called with the photos done and the photos in all.

    Raises:
        ConfigError: the weights that come with photocast are missing or damaged.
    """
    photos = album.photos
    sights = _look_at_all([album.model_image(photo.id) for photo in photos], progress)
    return gather(photos, album.title, sights, brief, previous)


def gather(
    photos: Sequence[Photo], title: str, sights: Sequence[Sight], brief: Brief, previous: FactSheet | None = None
) -> FactSheet:
    """The fact sheet out of what the eyes reported; no pixel is touched any more."""
    ids = [photo.id for photo in photos]
    single = carry_over(_about_single_photos(photos, title, sights, brief), previous, ids)
    usable = [one for one in single if one.state is not State.STRUCK]
    across = carry_over([*recurring(usable), *changes(photos, usable)], previous, ids)
    known = {one.id for one in single}
    return FactSheet(observations=(*single, *(one for one in across if one.id not in known)))


def _look_at_all(images: Sequence[Path], progress: Progress | None) -> list[Sight]:
    eyes = Eyes()
    sights: list[Sight] = []
    with ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1)) as pool:
        for sight in pool.map(lambda image: _sight(eyes, image), images):
            sights.append(sight)
            if progress:
                progress(len(sights), len(images))
    return sights


def _sight(eyes: Eyes, image: Path) -> Sight:
    return Sight(
        probabilities=eyes.classify(image),
        glimpse=glimpse(eyes.features(image)),
        boxes=tuple(eyes.detect(image)),
        lines=tuple(eyes.read(image)),
        colours=colours_of(image),
    )


def _about_single_photos(
    photos: Sequence[Photo], title: str, sights: Sequence[Sight], brief: Brief
) -> Iterator[Observation]:
    """Photo by photo, in the order in which one would speak of them; what the user told comes last."""
    open_air = [_open_air(sight) for sight in sights]
    subjects = find_subjects(
        [
            Looked(sight.probabilities, sight.boxes, words_beside(photo, title))
            for photo, sight in zip(photos, sights, strict=True)
        ]
    )
    believed = _clock_is_believable(photos, sights, open_air)
    before: Photo | None = None
    for photo, sight, outside, findings in zip(photos, sights, open_air, subjects, strict=True):
        yield from from_file(photo)
        yield from _by_the_clock(before, photo, hours=believed)
        yield from _seen(photo.id, sight, outside, findings)
        before = photo
    yield from from_brief(brief, photos)


def _open_air(sight: Sight) -> float:
    """Probability of the open air; even for a thing cut out on white, which is in no place."""
    if sight.colours.glare > _CUT_OUT:
        return 0.5
    return outdoors(sight.glimpse.outdoors, sight.probabilities, sight.boxes)


def _seen(photo: str, sight: Sight, outside: float, findings: Sequence[Finding]) -> Iterator[Observation]:
    yield from filter(None, (setting(photo, outside),))
    said: set[str] = set()
    for concept, confidence, sources in scenes(sight.probabilities, sight.boxes, sight.colours, outside, sight.glimpse):
        said.add(concept)
        yield _thing(photo, concept, confidence, sources)
    for one in [one for one in findings if one.concept not in said][:_MOST_SUBJECTS]:
        yield _thing(photo, one.concept, one.confidence, one.sources, one.boxes)
    yield from filter(
        None,
        (people(photo, sight.boxes, probability(sight.glimpse.people), outside), light(photo, sight.colours, outside)),
    )
    yield from signs(photo, sight.lines)
    yield from private(photo, sight.probabilities, sight.boxes, sight.lines)


def _thing(photo: str, concept: str, confidence: float, sources: tuple[str, ...], boxes: int = 0) -> Observation:
    kind = Kind.SCENE if "scene" in concepts()[concept].kinds else Kind.SUBJECT
    return Observation(
        id=identify(photo, kind, concept),
        photos=(photo,),
        kind=kind,
        what=concept,
        known=Known.SEEN,
        sources=sources,
        confidence=confidence,
        quantity=boxes if boxes > 1 else None,
    )


def _clock_is_believable(photos: Sequence[Photo], sights: Sequence[Sight], open_air: Sequence[float]) -> bool:
    """Whether no photo shows daylight outdoors at an hour that the clock calls night."""
    return not any(
        photo.taken_at is not None
        and clock.tells_hour(photo.taken_at)
        and clock.part_of_day(photo.taken_at) == "night"
        and outside > 0.9
        and sight.colours.brightness > 0.4
        for photo, sight, outside in zip(photos, sights, open_air, strict=True)
    )


def _by_the_clock(before: Photo | None, photo: Photo, *, hours: bool) -> Iterator[Observation]:
    if photo.taken_at is None:
        return
    season = clock.season(photo.taken_at, photo.place)
    if season:
        yield _timed(photo, Kind.SEASON, season)
    if hours and clock.tells_hour(photo.taken_at):
        yield _timed(photo, Kind.TIME, clock.part_of_day(photo.taken_at))
    if before and before.taken_at:
        gap = clock.gap_in_words(before.taken_at, photo.taken_at)
        if gap:
            yield _timed(photo, Kind.GAP, gap, clock.seconds_between(before.taken_at, photo.taken_at))


def _timed(photo: Photo, kind: Kind, what: str, quantity: float | None = None) -> Observation:
    return Observation(
        id=identify(photo.id, kind, what),
        photos=(photo.id,),
        kind=kind,
        what=what,
        known=Known.METADATA,
        sources=("exif",),
        confidence=0.9,
        quantity=quantity,
    )
