"""Samples as the tensors that a model learns from: asked as `photocast make` asks, answered as people did.

The question is rendered by the same functions that render it when the model is used. The answer's tokens and the token
that ends a turn are put behind it, and the loss is on those alone. So no marker has to be found in the text, what is
learned is exactly what has to be said, and a question at inference is, token by token, how a sample begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from photocast.models.local.chat import chat_of, control_tokens, end_of_turn, harmless, parts_of, template_settings
from photocast.models.local.photos import Fit, read_photo
from photocast.models.vision import Image, Request
from photocast.schema import ConfigError
from photocast.training.dataset import ROW, pictures_of, words_of

IGNORED = -100
"""Label of a token that is not learned."""


@dataclass(frozen=True, eq=False)
class DialogueCollator:
    """Makes rows of a dataset into a batch.

    Attributes:
        processor: of the model.
        fit: how large pictures are.
        folder: of the dataset; names of picture files are relative to it.
    """

    processor: Any
    fit: Fit
    folder: Path

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The batch: `input_ids`, `attention_mask`, `labels` (rows, tokens), what pictures became, `row` (rows,)."""
        import torch

        asked = self.asked(rows)
        answers = [self.answer(words_of(row)[1]) for row in rows]
        shape = asked["input_ids"].shape
        batch = {name: value for name, value in asked.items() if getattr(value, "shape", None) != shape}
        kept = asked["attention_mask"].bool()
        for name, value in asked.items():
            if name not in batch:
                fill = self.processor.tokenizer.pad_token_id if name == "input_ids" else 0
                more = {"input_ids": answers, "attention_mask": [[1] * len(one) for one in answers]}.get(name)
                batch[name] = _joined(value, kept, more or [[0] * len(one) for one in answers], fill)
        unlearned = torch.full(shape, IGNORED)
        batch["labels"] = _joined(unlearned, kept, answers, IGNORED)
        batch[ROW] = torch.tensor([row[ROW] for row in rows])
        return batch

    def asked(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        """The questions alone, filled up from the left, ready to be answered."""
        settings: dict[str, Any] = {"text_kwargs": {"padding": True}}
        if any(row["images"] for row in rows):
            settings["images_kwargs"] = self.fit.settings
        return self.processor.apply_chat_template(
            [self.question(row) for row in rows],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs=settings,
            **template_settings(self.processor),
        )

    def question(self, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What is asked as messages, with its pictures, read no larger than needed."""
        chat = self.chat(words_of(row)[0])
        places = [part for part in parts_of(chat) if part["type"] == "image"]
        for place, file in zip(places, pictures_of(row, self.folder), strict=True):
            place["image"] = read_photo(file, self.fit)
        return chat

    def answer(self, text: str) -> list[int]:
        """The tokens of an answer, and the one that ends it."""
        words = self.processor.tokenizer(harmless(text, self._control), add_special_tokens=False)["input_ids"]
        return [*words, self.end]

    def chat(self, parts: Sequence[str | None]) -> list[dict[str, Any]]:
        """A question as messages, with an empty place for every picture (None)."""
        shown = tuple(Image("", Path()) if part is None else part for part in parts)
        return chat_of(self.processor, Request(shown))

    @cached_property
    def end(self) -> int:
        """The token that the chat template writes behind an answer.

        Raises:
            ConfigError: the template ends an answer in no way that could be learned.
        """
        end = end_of_turn(self.processor)
        end = self.processor.tokenizer.eos_token_id if end is None else end
        if end is None:
            why = "its chat template writes no token behind an answer, and its tokenizer has none that ends a text"
            raise ConfigError(
                "this model cannot be trained", why, "Take one of the families that docs/training.md names"
            )
        return int(end)

    @cached_property
    def _control(self) -> list[str]:
        return control_tokens(self.processor)


def _joined(asked: Any, kept: Any, answers: Sequence[Sequence[int]], fill: int) -> Any:
    """Questions without their filling, each with its answer behind it, filled up from the right."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    rows = [
        torch.cat([row[keep], torch.tensor(answer, dtype=row.dtype)])
        for row, keep, answer in zip(asked, kept, answers, strict=True)
    ]
    return pad_sequence(rows, batch_first=True, padding_value=fill)
