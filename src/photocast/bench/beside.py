"""Measures transcripts beside the albums they are about: captions of people, what was seen, and photos themselves.

A likeness says nothing by itself: some scripts are like anything. So every figure of it stands beside its null, the
same figure on albums that the script is not about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from photocast.bench.as_published import body_of
from photocast.bench.evaluation_set import EvaluationSet, Item
from photocast.bench.seen import Seen, look_at
from photocast.bench.transcripts import Transcript
from photocast.metrics import Figures, Needs, characters, grounding, noun_phrases, objects
from photocast.metrics.grounding import AgainstNull, Encoder, Similarities
from photocast.metrics.measure import add_to_each
from photocast.metrics.reading import read as reading_of
from photocast.metrics.registry import of
from photocast.models.encoders import TextImageEncoder, published_clip_score
from photocast.schema import InputError, Script, UndefinedMetric

Progress = Callable[[str, int, int], None]
Photos = NDArray[np.float32]

_REPORTED_RAW = frozenset({"clip_score", "clip_score_torchmetrics"})
"""Figures whose definition has no null: it stands beside them. All others are reported minus theirs."""


@dataclass
class Beside:
    """Albums, and what reads them.

    Args:
        albums: the evaluation set.
        encoder: reads photos and texts; without one, nothing is compared with pixels.
        seen: what is known of albums already, by item; the others are looked at.
        progress: is told the stage, how many albums are done, and how many there are.
    """

    albums: EvaluationSet
    encoder: TextImageEncoder | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict)
    progress: Progress = field(default=lambda stage, done, total: None)

    @property
    def items(self) -> tuple[str, ...]:
        """Ids of the items, after which transcripts are named."""
        return tuple(item.id for item in self.albums.items)

    def add(self, read: Sequence[Transcript], figures: Sequence[Figures]) -> tuple[str, ...]:
        """Add the figures of every transcript whose album is there; what a reader must know is returned.

        Raises:
            InputError: no transcript is about an album of the set.
        """
        pairs = [(one, found, item) for one, found in zip(read, figures, strict=True) if (item := self._item(one.item))]
        if read and not pairs:
            raise InputError(
                f"No transcript is about an album in {self.albums.folder}",
                f"the first is taken to be about {read[0].item!r}, and the albums are {', '.join(self.items[:5])}"
                + (", …" if len(self.items) > 5 else ""),
                "Name each transcript, or the folder it is in, after the folder of its album",
            )
        told = [(one.script, " ".join(item.captions), found) for one, found, item in pairs if item.captions]
        if told:
            add_caption_figures(*zip(*told, strict=True))
        self._add_facts(pairs)
        if self.encoder:
            self._add_likeness(pairs, self.encoder)
        return tuple(self._notes(read, pairs))

    def published_clip_score(self, name: str, text: str) -> float:
        """The CLIPScore of SPoRC-VIST as it was computed, of a transcript file and the item it is about.

        Raises:
            UndefinedMetric: there is no such album, or it has no photos.
            ModelError: the encoder is of another kind than the published one.
        """
        item = self._item(name)
        if item is None or self.encoder is None:
            raise UndefinedMetric("The published CLIPScore is undefined", "there is no such album", "Leave it out")
        return published_clip_score(self.encoder, body_of(text), item.photos)

    def _item(self, name: str) -> Item | None:
        """The item that a transcript is about; a set of one album is what all transcripts are about."""
        return self.albums.items[0] if len(self.albums.items) == 1 else self.albums.item(name)

    def _notes(self, read: Sequence[Transcript], pairs: "Sequence[_Pair]") -> list[str]:
        about = {id(one) for one, _, _ in pairs}
        notes = [
            f"{one.file}: no album is called {one.item!r}, so it is not compared with one."
            for one in read
            if id(one) not in about
        ]
        notes += [
            f"Album {problem.item}{f'/{problem.file}' if problem.file else ''}: {problem.reason}."
            for problem in self.albums.problems
        ]
        looked = {item.id: self._seen[item.id] for _, _, item in pairs if item.photos}
        return notes + [
            f"Album {name}/{aside.source}: {aside.detail}"
            for name, seen in looked.items()
            if isinstance(seen, Seen)
            for aside in seen.album.set_aside
        ]

    @cached_property
    def _seen(self) -> dict[str, Seen | str]:
        """What looking knows of every album with photos, or why it knows nothing."""
        with_photos = [item for item in self.albums.items if item.photos]
        found: dict[str, Seen | str] = {}
        for done, item in enumerate(with_photos, start=1):
            found[item.id] = self.seen.get(item.id) or _look_at(item)
            self.progress("Looking", done, len(with_photos))
        return found

    def _add_facts(self, pairs: "Sequence[_Pair]") -> None:
        """What is said beside what was seen."""
        for one, found, item in pairs:
            if not item.photos:
                continue
            own = self._seen[item.id]
            if isinstance(own, str):
                found.undefined |= dict.fromkeys(_OF_FACTS, own)
                continue
            script, album, facts = one.script, own.album, own.facts
            others = [seen.facts for name, seen in self._seen.items() if name != item.id and isinstance(seen, Seen)]
            who = characters.recurring_characters(album, facts)
            ids = [photo.id for photo in album.photos]
            found.add("hallucinated_object_share", partial(objects.hallucinated_object_share, script, facts))
            _add_beside_null(found, "fact_coverage", partial(objects.fact_coverage_against_null, script, facts, others))
            found.add("text_continuity", partial(characters.text_continuity, script, who))
            found.add("image_continuity", partial(characters.image_continuity, who, ids))
            found.add("character_continuity", partial(characters.character_continuity, script, who, ids))
            found.add("character_coherence", partial(characters.character_coherence, script, who))

    def _add_likeness(self, pairs: "Sequence[_Pair]", encoder: Encoder) -> None:
        """How like the photos the words are, beside the photos of all other albums."""
        photos = self._embedded(encoder)
        plain = [self._likeness(one, photos, encoder, prefix="") for one, _, _ in pairs]
        hessel = [self._likeness(one, photos, encoder, prefix=grounding.CLIP_SCORE_PREFIX) for one, _, _ in pairs]
        strangers = [
            row for (_, _, item), all_rows in zip(pairs, plain, strict=True) for row in _others(all_rows, item)
        ]
        theta = grounding.coverage_threshold(strangers) if strangers else None
        for (_, found, item), rows, prefixed in zip(pairs, plain, hessel, strict=True):
            if item.id not in rows:
                found.undefined |= dict.fromkeys(_OF_PHOTOS, "the album has no photo that can be read")
                continue
            _add_grounding(found, rows[item.id], _others(rows, item), theta)
            nulls = [partial(grounding.clip_score, one) for one in _others(prefixed, item)]
            raw = grounding.clip_score(prefixed[item.id])
            _add_beside_null(found, "clip_score", partial(grounding.against_null, raw, nulls))
        self._add_noun_phrases(pairs, photos, encoder)

    def _embedded(self, encoder: Encoder) -> dict[str, Photos]:
        with_photos = [item for item in self.albums.items if item.photos]
        found = {}
        for done, item in enumerate(with_photos, start=1):
            found[item.id] = encoder.images(item.photos)
            self.progress("Reading photos", done, len(with_photos))
        return found

    def _likeness(
        self, one: Transcript, photos: dict[str, Photos], encoder: Encoder, *, prefix: str
    ) -> dict[str, Similarities]:
        turns = grounding.embed_turns([turn.text for turn in reading_of(one.script).turns], encoder, prefix=prefix)
        return {item: grounding.similarities(turns, rows) for item, rows in photos.items()}

    def _add_noun_phrases(self, pairs: "Sequence[_Pair]", photos: dict[str, Photos], encoder: Encoder) -> None:
        """Theta is the level of chance: what phrases reach beside the photos of other albums."""
        scored: list[tuple[Figures, str, list[str], dict[str, NDArray[np.float64]]]] = []
        for one, found, item in pairs:
            phrases = noun_phrases.noun_phrases(reading_of(one.script).text)
            scores = {
                name: noun_phrases.noun_phrase_scores(phrases, rows, encoder)
                for name, rows in photos.items()
                if phrases
            }
            scored.append((found, item.id, phrases, scores))
        chance = [row for _, own, _, scores in scored for name, row in scores.items() if name != own]
        for found, own, phrases, scores in scored:
            found.add("noun_phrase_grounding", partial(_noun_phrases, phrases, scores.get(own), chance))


_Pair = tuple[Transcript, Figures, Item]
_OF_FACTS = (
    "hallucinated_object_share",
    "fact_coverage",
    "text_continuity",
    "image_continuity",
    "character_continuity",
    "character_coherence",
)
_OF_PHOTOS = (
    "grounding",
    "clip_score",
    "clip_score_torchmetrics",
    "photo_coverage",
    "order_fidelity",
    "noun_phrase_grounding",
)


def add_caption_figures(scripts: Sequence[Script], captions: Sequence[str], figures: Sequence[Figures]) -> None:
    """Whether the words lead back to what people wrote about the album; a caption and a `Figures` for each script."""
    said = [reading_of(script).text for script in scripts]
    for metric in of(Needs.CAPTIONS):
        add_to_each(figures, metric.name, partial(metric.function, said, captions))


def _look_at(item: Item) -> Seen | str:
    try:
        return look_at(item)
    except InputError as error:
        return f"the photos of the album cannot be used: {error.why}"


def _others(rows: dict[str, Similarities], item: Item) -> list[Similarities]:
    return [row for name, row in rows.items() if name != item.id]


def _add_grounding(found: Figures, own: Similarities, others: Sequence[Similarities], theta: float | None) -> None:
    try:
        figures = grounding.grounded(own, others, theta=theta)
    except UndefinedMetric as error:
        found.undefined |= dict.fromkeys(_OF_PHOTOS, error.why)
        return
    for name in ("grounding", "clip_score_torchmetrics", "photo_coverage", "order_fidelity"):
        value: AgainstNull | None = getattr(figures, name)
        if value is None:
            found.undefined[name] = figures.undefined[name]
        else:
            _keep(found, name, value)


def _add_beside_null(found: Figures, name: str, work_out: Callable[[], AgainstNull]) -> None:
    try:
        _keep(found, name, work_out())
    except UndefinedMetric as error:
        found.undefined[name] = error.why


def _keep(found: Figures, name: str, value: AgainstNull) -> None:
    found.values[name] = value.raw if name in _REPORTED_RAW else value.lift
    found.nulls[name] = value.null


def _noun_phrases(
    phrases: Sequence[str], scores: NDArray[np.float64] | None, chance: Sequence[NDArray[np.float64]]
) -> float:
    theta = noun_phrases.noun_phrase_theta(chance)
    return noun_phrases.noun_phrase_grounding(phrases, scores if scores is not None else np.array([]), theta)
