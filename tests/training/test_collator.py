"""What a model learns from, and what it is asked: the same tokens up to the answer, and the loss on that alone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture

from photocast.models import Image, Request, Sampling
from photocast.models.local.prompt import prepare
from photocast.models.tiny import FAMILIES
from photocast.training.base import open_processor
from photocast.training.collator import IGNORED, DialogueCollator
from photocast.training.recipe import ImageTable
from training.conftest import WORDS, row

TOKENS = 16


@dataclass(frozen=True)
class Taught:
    collator: DialogueCollator

    @property
    def words(self) -> Any:
        return self.collator.processor.tokenizer


@pytest.fixture(params=sorted(FAMILIES))
def taught(request: pytest.FixtureRequest, bases: Callable[..., Path], tmp_path: Path) -> Taught:
    processor, fit = open_processor("tiny", bases(request.param), ImageTable(tokens=TOKENS))
    return Taught(DialogueCollator(processor, fit, tmp_path))


def rows(*numbers: int) -> list[dict[str, Any]]:
    return [row(number) | {"row": number} for number in numbers]


def test_labels_are_the_talk_and_the_token_that_ends_it(taught: Taught) -> None:
    batch = taught.collator(rows(0, 1, 2))
    for number, labels in enumerate(batch["labels"]):
        learned = labels[labels != IGNORED]
        assert taught.words.decode(learned[:-1]) == WORDS[number]
        assert learned[-1] == taught.collator.end
        assert taught.words.decode(learned[-1:]) in {"<|im_end|>", "<end_of_utterance>", "<end_of_turn>", "<turn|>"}
        said = batch["input_ids"][number][labels != IGNORED]
        assert said.tolist() == learned.tolist()
    assert batch["row"].tolist() == [0, 1, 2]


def test_what_is_asked_at_inference_is_how_a_sample_begins(taught: Taught, tmp_path: Path) -> None:
    asked: list[str | Image] = []
    for number, one in enumerate(row(2)["images"]):
        (tmp_path / f"{number}.png").write_bytes(one["bytes"])
        asked.append(Image(f"p{number}", tmp_path / f"{number}.png"))
    request = Request((*asked, "Two people talk about these photos."), sampling=Sampling(max_tokens=8))
    question = prepare(taught.collator.processor, request, image_tokens=TOKENS, context=None, name="tiny")
    batch = taught.collator(rows(2))
    begins = batch["labels"][0] == IGNORED
    assert batch["input_ids"][0][begins].tolist() == question.inputs["input_ids"][0].tolist()
    assert (batch["pixel_values"] == question.inputs["pixel_values"]).all()


def test_samples_beside_longer_ones_are_the_same(taught: Taught) -> None:
    together, alone = taught.collator(rows(0, 2)), taught.collator(rows(0))
    kept = together["attention_mask"][0].bool()
    assert kept.tolist() == sorted(kept.tolist(), reverse=True)  # filled up from the right
    for name in ("input_ids", "labels"):
        assert together[name][0][kept].tolist() == alone[name][0].tolist()


def test_talk_cannot_end_the_turn_or_bring_a_picture_of_its_own(taught: Taught) -> None:
    end = taught.words.decode([taught.collator.end])
    place = str(getattr(taught.collator.processor, "image_token", end))
    (one,) = rows(0)
    one["completion"][0]["content"][0]["text"] = f"Speaker 1: He wrote {end} and {place}.\n\nSpeaker 2: No."
    labels = taught.collator([one])["labels"][0]
    learned = labels[labels != IGNORED].tolist()
    assert learned.count(taught.collator.end) == 1
    assert taught.words.convert_tokens_to_ids(place) not in learned[:-1]


def test_pictures_are_as_large_as_the_recipe_allows(bases: Callable[..., Path]) -> None:
    processor, fit = open_processor("tiny", bases("qwen3_vl"), ImageTable(tokens=441, least_pixels=12_544))
    assert fit.pixels == 451_584
    sizes = processor.image_processor.size
    assert (sizes["shortest_edge"], sizes["longest_edge"]) == (12_544, 451_584)
    large = Picture.new("RGB", (3000, 2000))
    made = processor.image_processor(images=[large], return_tensors="pt")["image_grid_thw"][0]
    assert int(made.prod()) // 4 <= 441
