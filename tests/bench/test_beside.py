"""Transcripts beside their albums: captions, what was seen, and pixels, each against albums they are not about."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photocast.bench.beside import Beside
from photocast.bench.evaluation_set import EvaluationSet
from photocast.bench.score import score, score_as_published
from photocast.bench.seen import Seen
from photocast.metrics import METRICS, Needs
from photocast.models.encoders import TextImageEncoder, open_encoder
from photocast.schema import AlbumRecord, FactSheet, InputError, Kind, Known, Observation, Photo
from photocast.testing import torchvision_shim

STORIES = {
    "bus": ("a rusty bus in a field .", "old tyres in a shed ."),
    "cake": ("a cake with candles .", "children round a table ."),
    "dog": ("a dog in the sea .", "a dog shakes itself dry ."),
}
TALK = "Speaker 1: {0} Did you see it?\n\nSpeaker 2: I did. {1} What a day.\n\nSpeaker 1: {1} Yes.\n"


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> TextImageEncoder:
    torchvision_shim.install()
    from photocast.testing.tiny_encoders import build_tiny_clip

    folder = tmp_path_factory.mktemp("clip")
    build_tiny_clip(folder)
    return open_encoder(f"hf:{folder}")


@pytest.fixture
def albums(tmp_path: Path) -> Path:
    """Three albums of two photos with what somebody wrote about them."""
    chance = np.random.default_rng(7)
    for name, story in STORIES.items():
        folder = tmp_path / "albums" / name
        folder.mkdir(parents=True)
        for at in range(2):
            colours = chance.integers(0, 255, (6, 8, 3), dtype=np.uint8)
            Image.fromarray(colours).resize((640, 480), Image.Resampling.NEAREST).save(folder / f"{at}.jpg")
        (folder / "human_story.txt").write_text("".join(f"[Image {at}]: {text}\n" for at, text in enumerate(story, 1)))
    return tmp_path / "albums"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "talks"
    folder.mkdir()
    for name, story in STORIES.items():
        (folder / f"{name}.txt").write_text(TALK.format(*story))
    return sorted(folder.iterdir())


@pytest.fixture
def seen(albums: Path) -> dict[str, Seen]:
    """What looking would know of them: a dog in both photos of one album, and a table in one of another."""
    things = {"bus": [], "cake": [("p01", "table")], "dog": [("p01", "dog"), ("p02", "dog")]}
    return {name: known(name, found) for name, found in things.items()}


def known(name: str, things: list[tuple[str, str]]) -> Seen:
    photos = tuple(
        Photo(id=f"p0{at + 1}", source=f"{at}.jpg", sha256=f"{name}{at}", width=640, height=480) for at in range(2)
    )
    observations = tuple(
        Observation(
            id=f"{photo}.subject.{what}",
            photos=(photo,),
            kind=Kind.SUBJECT,
            what=what,
            known=Known.SEEN,
            sources=("detector",),
            confidence=0.9,
        )
        for photo, what in things
    )
    return Seen(album=AlbumRecord(title=name, photos=photos), facts=FactSheet(observations=observations))


def figures_of(scores: Any) -> dict[str, dict[str, float]]:
    return {one.item: one.values for one in scores.files}


def test_captions_lead_back(albums: Path, files: list[Path], seen: dict[str, Seen]) -> None:
    beside = Beside(EvaluationSet.open(albums), seen=seen)
    scores = score(files, beside=beside)
    assert scores.metrics["caption_first"].mean == 1
    assert scores.metrics["caption_reciprocal_rank"].mean == 1
    # bus: rusty, bus, field, old, tyres, shed are all said; none of the words of the other stories is
    assert figures_of(scores)["bus"]["caption_word_recall"] == 1
    files[0].write_text(TALK.format(*STORIES["dog"]))  # the talk about the bus is about a dog now
    swapped = figures_of(score(files, beside=beside))
    assert swapped["bus"]["caption_first"] == 0
    # bus and cake are equally far, behind the dog: ranks 1, 2.5, 2.5
    assert swapped["bus"]["caption_reciprocal_rank"] == pytest.approx(1 / 2.5)
    assert swapped["bus"]["caption_word_recall"] == pytest.approx(-0.5)  # 0, less the mean of 0 and 1


def test_what_was_seen(albums: Path, files: list[Path], seen: dict[str, Seen]) -> None:
    figures = score(files, beside=Beside(EvaluationSet.open(albums), seen=seen))
    by_item = figures_of(figures)
    # Things named beside the dog album: dog, sea | dog, sea... each turn and thing once; only the dog was seen.
    assert 0 < by_item["dog"]["hallucinated_object_share"] < 1
    assert by_item["bus"]["hallucinated_object_share"] == 1  # of the bus nothing is known
    # Both photos of the dog are covered; the table of the other album is not said: 1 less 0
    assert by_item["dog"]["fact_coverage"] == 1
    assert by_item["dog"]["image_continuity"] == 1  # in both of two photos
    assert by_item["dog"]["text_continuity"] == 1  # named in all three turns
    assert by_item["dog"]["character_continuity"] == pytest.approx(math.tanh(1))
    (cake,) = (one for one in figures.files if one.item == "cake")
    assert "no character" in cake.undefined["text_continuity"]


def test_albums_are_looked_at_once(albums: Path, files: list[Path], seen: dict[str, Seen]) -> None:
    told: list[tuple[str, int, int]] = []
    beside = Beside(EvaluationSet.open(albums), seen={"bus": seen["bus"], "cake": seen["cake"]})
    beside.progress = lambda *step: told.append(step)
    score(files, beside=beside)
    score(files, beside=beside)
    assert told == [("Looking", 1, 3), ("Looking", 2, 3), ("Looking", 3, 3)]


def test_pixels(albums: Path, files: list[Path], encoder: TextImageEncoder, seen: dict[str, Seen]) -> None:
    scores = score(files, beside=Beside(EvaluationSet.open(albums), encoder, seen))
    names = {metric.name for metric in METRICS.values() if metric.needs is Needs.ENCODER}
    for one in scores.files:
        assert names <= set(one.values) | set(one.undefined)
        assert -2 <= one.values["grounding"] <= 2
        assert 0 <= one.values["clip_score"] <= 2.5
        assert "clip_score" in one.nulls
    assert scores.metrics["clip_score"].null == pytest.approx(
        np.mean([one.nulls["clip_score"] for one in scores.files])
    )
    # On the scale of torchmetrics, without Hessel's words before it, the raw likeness is grounding and its null.
    for one in scores.files:
        raw = one.values["grounding"] + one.nulls["grounding"]
        if raw > 0:
            assert one.values["clip_score_torchmetrics"] >= 100 * raw - 1e-6


def test_the_words_count(albums: Path, files: list[Path], encoder: TextImageEncoder, seen: dict[str, Seen]) -> None:
    """Other words about the same photos have another score, also beyond the first 77 tokens; not so as published."""
    beside = Beside(EvaluationSet.open(albums), encoder, seen)
    long = "Speaker 1: " + "so I was looking through some old things the other day and " * 12
    files[0].write_text(f"{long} a bus.\n\nSpeaker 2: A red one.\n")
    files[1].write_text(f"{long.replace('old', 'new')} a boat.\n\nSpeaker 2: A green one.\n")
    for folder in ("cake", "dog"):
        for at in range(2):
            (albums / folder / f"{at}.jpg").write_bytes((albums / "bus" / f"{at}.jpg").read_bytes())
    one, two = (figures_of(score(files[:2], beside=beside))[name] for name in ("bus", "cake"))
    assert one["clip_score"] != two["clip_score"]
    published = figures_of(score_as_published(files[:2], beside=beside))
    assert published["bus"]["clip_score"] == published["cake"]["clip_score"]


def test_one_album_for_all_transcripts_has_no_null(
    albums: Path, files: list[Path], encoder: TextImageEncoder, seen: dict[str, Seen]
) -> None:
    scores = score(files[:1], beside=Beside(EvaluationSet.open(albums / "dog"), encoder, seen))
    (only,) = scores.files
    assert "photos of another album" in only.undefined["grounding"]
    assert "fewer than two" in only.undefined["caption_first"]
    assert "grounding" not in scores.metrics


def test_albums_that_do_not_fit(albums: Path, files: list[Path], seen: dict[str, Seen]) -> None:
    (albums / "dog" / "1.jpg").write_bytes(b"no photo")
    stranger = files[0].rename(files[0].with_name("stranger.txt"))
    scores = score([stranger, *files[1:]], beside=Beside(EvaluationSet.open(albums), seen=seen))
    assert any("stranger.txt: no album is called 'stranger'" in note for note in scores.notes)
    assert any("dog/1.jpg" in note for note in scores.notes)
    assert "caption_first" not in figures_of(scores)["stranger"]
    with pytest.raises(InputError, match="No transcript is about an album"):
        score([stranger], beside=Beside(EvaluationSet.open(albums), seen=seen))


def test_photos_that_nobody_can_decode(albums: Path, files: list[Path], seen: dict[str, Seen]) -> None:
    for at in range(2):
        path = albums / "cake" / f"{at}.jpg"
        path.write_bytes(path.read_bytes()[:200])  # the head of a JPEG and nothing of the picture
    del seen["cake"]
    scores = score(files, beside=Beside(EvaluationSet.open(albums), seen=seen))
    (cake,) = (one for one in scores.files if one.item == "cake")
    assert "cannot be used" in cake.undefined["fact_coverage"]
    assert scores.metrics["hallucinated_object_share"].undefined >= 1


def test_a_photo_that_cannot_be_decoded_is_named(albums: Path, files: list[Path], seen: dict[str, Seen]) -> None:
    path = albums / "cake" / "1.jpg"
    path.write_bytes(path.read_bytes()[:200])
    del seen["cake"]
    scores = score(files, beside=Beside(EvaluationSet.open(albums), seen=seen))
    assert any(note.startswith("Album cake/") and "1.jpg" in note for note in scores.notes)
    assert "fact_coverage" not in figures_of(scores)["bus"]  # nothing was seen there, and that is said
