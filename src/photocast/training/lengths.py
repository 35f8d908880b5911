"""How long every sample is, found before the first step: nothing is cut in silence, no broken picture ends a run."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image as Picture
from PIL import UnidentifiedImageError

from photocast.models.local.chat import parts_of, template_settings
from photocast.models.local.photos import read_photo
from photocast.schema import InputError, UsageError
from photocast.schema.record import Record
from photocast.training.collator import DialogueCollator
from photocast.training.dataset import pictures_of, words_of

_SHOWN = 5


class Length(Record):
    """Tokens of one sample."""

    pictures: int
    """Of all its pictures, with the marks around them."""
    words: int
    """Of the question without them."""
    answer: int
    """With the token that ends it."""
    shown: int
    """Pictures."""

    @property
    def all(self) -> int:
        """Tokens that the model is fed."""
        return self.pictures + self.words + self.answer


class Lengths(Record):
    """Every sample of a split, in order."""

    fingerprint: str
    """SHA-256 of the split's questions, answers and pictures."""
    texts: str
    """SHA-256 of its questions and answers alone, which is soon worked out again."""
    rows: tuple[Length, ...]

    @property
    def longest(self) -> int:
        """Tokens of the longest sample."""
        return max(row.all for row in self.rows)

    @property
    def tokens(self) -> int:
        """Of all samples together."""
        return sum(row.all for row in self.rows)

    @property
    def text_share(self) -> float:
        """Share of the tokens that are words."""
        return 1 - sum(row.pictures for row in self.rows) / self.tokens

    def beyond(self, most: int) -> list[int]:
        """Numbers of the samples that are longer."""
        return [number for number, row in enumerate(self.rows) if row.all > most]


def measure(split: Any, collator: DialogueCollator, told: Callable[[int], None] = lambda number: None) -> Lengths:
    """Measure every sample of a split, and open every picture.

    Args:
        split: rows of a dataset.
        collator: makes batches of them later.
        told: is called with how many have been measured.

    Raises:
        InputError: rows cannot be used; the first few are named with what is wrong.
    """
    ruler = _Ruler(collator)
    content, rows, faults = hashlib.sha256(), [], []
    for number, row in enumerate(split):
        try:
            rows.append(ruler.measure(row, content))
        except (ValueError, OSError, Picture.DecompressionBombError) as error:
            faults.append(f"{_name(row, number)}: {_said(error)}")
        told(number + 1)
    if faults:
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise InputError(
            f"{len(faults)} of {len(rows) + len(faults)} samples cannot be used",
            "; ".join(faults[:_SHOWN]) + more,
            "Mend the dataset, or leave them out of it",
        )
    return Lengths(fingerprint=content.hexdigest(), texts=texts_of(split), rows=tuple(rows))


def texts_of(split: Any) -> str:
    """SHA-256 of the questions and answers of a split."""
    content = hashlib.sha256()
    for row in split.select_columns(["prompt", "completion"]):
        content.update(json.dumps([row["prompt"], row["completion"]], ensure_ascii=False).encode())
    return content.hexdigest()


def kept_rows(lengths: Lengths, most: int, too_long: str, *, split: str) -> list[int]:
    """Numbers of the samples that are trained on: all of them, or all that are not too long.

    Args:
        lengths: of the split.
        most: tokens of a sample.
        too_long: `stop` or `leave out`, as in a recipe.
        split: its name, for messages.

    Raises:
        UsageError: samples are too long and are not to be left out, or none is left.
    """
    long = lengths.beyond(most)
    if long and (too_long == "stop" or len(long) == len(lengths.rows)):
        worst = lengths.rows[max(long, key=lambda number: lengths.rows[number].all)]
        raise UsageError(
            f"{len(long)} of {len(lengths.rows)} samples of {split} are longer than {most:,} tokens",
            f"the longest has {worst.all:,}: {worst.pictures:,} of {worst.shown} pictures, {worst.words:,} of the "
            f"question and {worst.answer:,} of the answer, and cutting it would cut off its end",
            f"Allow more with --set data.max_length={lengths.longest}, show smaller pictures with --set "
            "images.tokens=…, or leave them out with --set 'data.too_long=leave out'",
        )
    return [number for number in range(len(lengths.rows)) if number not in set(long)]


@dataclass(frozen=True, eq=False)
class _Ruler:
    """Measures samples without making tensors of their pictures: what one costs depends on its size alone."""

    collator: DialogueCollator
    prices: dict[tuple[int, int], int] = field(default_factory=dict)

    def measure(self, row: Mapping[str, Any], content: Any) -> Length:
        parts, answer = words_of(row)
        content.update(repr((parts, answer)).encode())
        pictures = 0
        for file in pictures_of(row, self.collator.folder):
            content.update(file.read_bytes() if isinstance(file, Path) else file.read())
            if not isinstance(file, Path):
                file.seek(0)
            pictures += self._price(read_photo(file, self.collator.fit).size)
        chat = self.collator.chat(tuple(part for part in parts if part is not None))
        return Length(
            pictures=pictures,
            words=self._tokens(chat),
            answer=len(self.collator.answer(answer)),
            shown=parts.count(None),
        )

    def _price(self, size: tuple[int, int]) -> int:
        """Tokens that a picture of a size adds to a question."""
        if size not in self.prices:
            chat = self.collator.chat((None, "?"))
            next(part for part in parts_of(chat) if part["type"] == "image")["image"] = Picture.new("RGB", size)
            self.prices[size] = self._tokens(chat, self.collator.fit.settings) - self._without_picture
        return self.prices[size]

    @cached_property
    def _without_picture(self) -> int:
        return self._tokens(self.collator.chat(("?",)))

    def _tokens(self, chat: list[dict[str, Any]], pictures: Mapping[str, Any] | None = None) -> int:
        processor = self.collator.processor
        asked = processor.apply_chat_template(
            chat,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            processor_kwargs={"images_kwargs": dict(pictures)} if pictures is not None else {},
            **template_settings(processor),
        )
        ids: Sequence[Any] = asked["input_ids"]
        return len(ids[0] if isinstance(ids[0], Sequence) or hasattr(ids[0], "__len__") else ids)


def _name(row: Mapping[str, Any], number: int) -> str:
    return str(row.get("id") or f"sample {number + 1}")


def _said(error: BaseException) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{Path(str(error.filename)).name} is not there"
    if isinstance(error, UnidentifiedImageError):
        return "a picture is no picture that can be read"
    return (str(error).splitlines() or [type(error).__name__])[0]
