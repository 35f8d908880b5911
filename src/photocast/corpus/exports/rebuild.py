"""Making a dataset again from its recipe and one's own copy of the source."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from photocast.corpus.exports.outline import Outline, OutlineScene, read_outlines, shipped_name, voices_of
from photocast.corpus.nouns import (
    Dropped,
    Excerpt,
    Illustration,
    Pair,
    PodcastEpisode,
    Scene,
    StagedExcerpt,
    count_words,
    cut,
)
from photocast.corpus.packing.samples import turns_of
from photocast.corpus.parts import Count
from photocast.corpus.sources.source import Facts, Source, Told
from photocast.corpus.store import Store
from photocast.runs import sha256_of_bytes

Draw = Callable[[Illustration], bytes | None]
"""Makes a picture again from its prompt and its seed; None where it cannot."""
Keep = Callable[[Illustration, bytes], None]
"""Puts the file of a picture where packing will look for it."""


@dataclass(frozen=True)
class Rebuilt:
    """What came of it.

    Attributes:
        pairs: in the order of the recipe.
        count: taken, kept, dropped by reason; `noted` has what differs and is no reason to drop a pair.
        dropped: pairs that could not be made again, and why.
    """

    pairs: tuple[Pair, ...]
    count: Count
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True)
class OnlyEpisodes:
    """A rule on episodes: these, and no others."""

    ids: frozenset[str]

    @property
    def settings(self) -> Any:
        """The ids."""
        return sorted(self.ids)

    def facts(self, facts: Facts) -> str | None:
        """Whether an episode is not one of them."""
        return None if facts.origin.episode in self.ids else "not_in_recipe"

    def main_speakers(self, number: int) -> str | None:
        """Any number will do."""
        return None


def rebuild(
    recipe: Store,
    source: Source,
    scratch: Store,
    *,
    draw: Draw | None = None,
    keep: Keep = lambda one, file: None,
    told: Told = lambda stage, done, of: None,
) -> Rebuilt:
    """The pairs that a recipe is of.

    An excerpt is the same if its characters are, and if its turns are spoken by the same voices; whatever else has
    changed in its episode is noted. Dropped are pairs whose episode is not in the source (`episode_missing`), whose
    words are others (`excerpt_changed`), or whose voices are (`speakers_changed`).

    Args:
        recipe: as `export` wrote it.
        source: one's own copy of the talk.
        scratch: where the source may put pieces of itself while it is read.
        draw: makes pictures that do not come with the recipe; without it they are left to be fetched by their hashes.
        keep: is given every picture that is there.
        told: hears of progress.

    Raises:
        InputError: the recipe or the source cannot be read.
    """
    outlines = list(read_outlines(recipe))
    wanted = defaultdict(list)
    for outline in outlines:
        wanted[outline.episode].append(outline)
    count, found = Count("rebuild"), dict[str, Pair | Dropped]()
    maker = _Maker(recipe, draw, keep, count)
    for episode in _episodes(source, scratch, wanted, told):
        for outline in wanted[episode.id]:
            found.setdefault(outline.id, maker.pair(outline, episode))
    results = [found.get(one.id, Dropped(one.id, "episode_missing", one.episode)) for one in outlines]
    for result in results:
        count.drop(result.reason) if isinstance(result, Dropped) else count.keep()
    pairs = tuple(one for one in results if isinstance(one, Pair))
    return Rebuilt(pairs, count, tuple(one for one in results if isinstance(one, Dropped)))


def _episodes(
    source: Source, scratch: Store, wanted: Mapping[str, list[Outline]], told: Told
) -> Iterator[PodcastEpisode]:
    """The episodes that are wanted, each once."""
    parts = source.parts(scratch, OnlyEpisodes(frozenset(wanted)), told)
    seen: set[str] = set()
    for done, part in enumerate(parts):
        told("rebuild", done, len(parts))
        for episode in source.read(scratch, part):
            if isinstance(episode, PodcastEpisode) and episode.id in wanted and episode.id not in seen:
                seen.add(episode.id)
                yield episode
    told("rebuild", len(parts), len(parts))


class _Maker:
    """Makes pairs again, and notes what differs."""

    def __init__(self, recipe: Store, draw: Draw | None, keep: Keep, count: Count) -> None:
        self._recipe, self._draw, self._keep, self._count = recipe, draw, keep, count

    def pair(self, outline: Outline, episode: PodcastEpisode) -> Pair | Dropped:
        """The pair, or why there is none."""
        place = outline.place
        if place.last >= len(episode.turns) or cut(episode, place.first, place.last) != place:
            return Dropped(outline.id, "excerpt_changed", outline.episode)
        said = episode.turns[place.first : place.last + 1]
        if voices_of(turns_of(said, episode.origin, place.first)) != outline.voices:
            return Dropped(outline.id, "speakers_changed", outline.episode)
        self._note(outline, episode)
        excerpt = Excerpt(
            id=outline.id,
            origin=episode.origin,
            episode_sha256=episode.text_sha256,
            place=place,
            turns=said,
            words=count_words(said),
            richness=outline.richness,
            window=outline.window,
            model=outline.excerpt_model,
            prompts=outline.excerpt_prompts,
            safety=outline.safety,
            quality=outline.quality,
        )
        scenes = tuple(Scene(one.prompt, one.first, one.last) for one in outline.scenes)
        staged = StagedExcerpt(excerpt, scenes, outline.scenes_model, outline.scenes_prompts)
        return Pair(staged, tuple(self._illustrations(outline.scenes)), outline.image_model)

    def _note(self, outline: Outline, episode: PodcastEpisode) -> None:
        if episode.text_sha256 != outline.episode_sha256:
            self._count.note("episode_changed")
        if episode.origin.dataset != outline.dataset:
            self._count.note("other_version_of_source")
        if withheld := sum(scene.withheld for scene in outline.scenes):
            self._count.note("prompt_withheld", withheld)

    def _illustrations(self, scenes: Iterable[OutlineScene]) -> Iterator[Illustration]:
        for number, scene in enumerate(scenes):
            one = Illustration(
                scene=number,
                prompt=scene.drawn or scene.prompt,
                image=scene.sha256 or None,
                format=scene.format,
                width=scene.width,
                height=scene.height,
                seed=scene.seed,
                gap=scene.gap,
                tries=scene.tries,
            )
            yield self._with_picture(one) if one.image else one

    def _with_picture(self, one: Illustration) -> Illustration:
        """The illustration with a picture that comes with the recipe, or is made again."""
        file = self._shipped(one)
        if file is None and self._draw is None:
            self._count.note("picture_not_there")
            return one
        if file is None and self._draw is not None:
            file = self._draw(one) if one.prompt else None
        if file is None:
            self._count.note("picture_failed")
            return Illustration(one.scene, one.prompt, gap="failed", tries=one.tries)
        if (sha256 := sha256_of_bytes(file)) != one.image:
            self._count.note("picture_changed")
            one = _as_drawn(one, sha256, file)
        self._keep(one, file)
        return one

    def _shipped(self, one: Illustration) -> bytes | None:
        name = shipped_name(one.image or "")
        if not self._recipe.has(name):
            return None
        file = self._recipe.read(name)
        return file if sha256_of_bytes(file) == one.image else None


def _as_drawn(one: Illustration, sha256: str, file: bytes) -> Illustration:
    """The illustration of a picture that came out otherwise than before."""
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(file)) as picture:
        kind, (width, height) = (picture.format or "").lower(), picture.size
    return Illustration(one.scene, one.prompt, sha256, kind, width, height, one.seed, tries=one.tries)
