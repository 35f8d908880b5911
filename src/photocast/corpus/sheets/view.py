"""What a sheet shows of each pair, ready for its template."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from photocast.corpus.packing import Sample, SampleScene
from photocast.corpus.sheets.thumbnails import Thumbnail, thumbnail

_VOICES = 4
"""Colours of speakers."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """A scene: its picture, or a gap in its place."""

    number: int
    """From 1, over pictures and gaps."""
    thumbnail: Thumbnail | None
    gap: str
    prompt: str
    drawn: str
    """What the picture was made from, where that is not the prompt."""
    turns: tuple[int, int]
    """First and last turn on the sheet that it shows, from 1."""


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn of the talk."""

    number: int
    speaker: str
    role: str
    colour: int
    text: str
    pictures: tuple[PictureView, ...]
    """Those that begin here."""


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair on a sheet."""

    number: int
    """From 1, over all sheets."""
    id: str
    split: str
    podcast: str
    title: str
    facts: tuple[str, ...]
    pictures: tuple[PictureView, ...]
    turns: tuple[TurnView, ...]

    @property
    def gaps(self) -> int:
        """Scenes without a picture."""
        return sum(one.thumbnail is None for one in self.pictures)


def pair_view(number: int, split: str, sample: Sample, files: Sequence[bytes]) -> PairView:
    """A pair as the template wants it."""
    pictures = tuple(_picture(at, scene, sample, files) for at, scene in enumerate(sample.scenes, start=1))
    return PairView(
        number=number,
        id=sample.id,
        split=split,
        podcast=sample.origin.podcast_title or sample.podcast,
        title=sample.origin.title,
        facts=tuple(_facts(sample)),
        pictures=pictures,
        turns=tuple(_turns(sample, pictures)),
    )


def _picture(number: int, scene: SampleScene, sample: Sample, files: Sequence[bytes]) -> PictureView:
    return PictureView(
        number=number,
        thumbnail=None if scene.image is None else thumbnail(files[scene.image]),
        gap=scene.gap.replace("_", " "),
        prompt=scene.prompt,
        drawn=scene.drawn if scene.drawn != scene.prompt else "",
        turns=(_turn_at(sample, scene.first), _turn_at(sample, scene.last)),
    )


def _turn_at(sample: Sample, number: int) -> int:
    """Which turn of the sample, from 1, a turn of the episode is in."""
    firsts = [turn.first for turn in sample.turns]
    return min(max(bisect_right(firsts, number), 1), len(firsts))


def _facts(sample: Sample) -> list[str]:
    speakers = f"{sample.speakers} speakers" if sample.speakers != 1 else "1 speaker"
    facts = [f"{sample.words:,} words", f"{len(sample.turns)} turns", speakers]
    if sample.scrubbed:
        facts.append("names replaced")
    return facts


def _turns(sample: Sample, pictures: Sequence[PictureView]) -> list[TurnView]:
    colours: dict[str, int] = {}
    return [
        TurnView(
            number=number,
            speaker=turn.speaker,
            role=turn.role if turn.role != "unknown" else "",
            colour=colours.setdefault(turn.speaker, len(colours) % _VOICES + 1),
            text=turn.text,
            pictures=tuple(one for one in pictures if one.turns[0] == number),
        )
        for number, turn in enumerate(sample.turns, start=1)
    ]
