"""A request as the tensors that a model is fed, every photo in its place and within its budget."""

from dataclasses import dataclass
from typing import Any

from photocast.models.local.chat import chat_of, check_photos_are_kept, parts_of, template_settings
from photocast.models.local.photos import fit_to, read_photo
from photocast.models.local.thoughts import OPEN
from photocast.models.vision import Request
from photocast.schema import Fault, ModelError

_SHORT_ANSWER = 256
"""Tokens without which asking is no use."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is fed to the model."""

    inputs: Any
    """Tensors by name."""
    tokens: int
    photos: int
    words: int
    """Tokens of the words alone."""
    thinking: bool
    """Whether the chat template has opened a thought for the model to go on with."""

    @property
    def each(self) -> int:
        """Tokens that a photo costs, the mean."""
        return (self.tokens - self.words) // self.photos if self.photos else 0


def prepare(processor: Any, request: Request, *, image_tokens: int, context: int | None, name: str) -> Question:
    """Make a request into tensors; photos are decoded here, each made small before the next is read.

    Raises:
        ModelError: the chat template leaves photos out, or the question and the answer are longer than the context.
    """
    chat = chat_of(processor, request)
    written = check_photos_are_kept(processor, chat, name)
    fit = fit_to(processor, image_tokens)
    empty = [part for part in parts_of(chat) if part["type"] == "image"]
    for part, image in zip(empty, request.images, strict=True):
        part["image"] = read_photo(image.path, fit)
    inputs = processor.apply_chat_template(
        chat,
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"images_kwargs": fit.settings} if empty else {},
        **template_settings(processor),
    )
    words = [part["text"] for part in parts_of(chat) if part["type"] == "text"]
    question = Question(
        inputs=inputs,
        tokens=int(inputs["input_ids"].shape[1]),
        photos=len(empty),
        words=sum(len(processor.tokenizer(text, add_special_tokens=False)["input_ids"]) for text in words),
        thinking=written.rstrip().endswith(OPEN),
    )
    _check_length(question, request.sampling.max_tokens, context, name)
    return question


def _check_length(question: Question, max_tokens: int, context: int | None, name: str) -> None:
    """Make sure that there is room for a short answer at least; a long one gets what is left."""
    max_tokens = min(max_tokens, _SHORT_ANSWER)
    if context is None or question.tokens + max_tokens <= context:
        return
    why = f"the question has {question.tokens:,} tokens, the answer may have {max_tokens:,}, the limit is {context:,}"
    fit = (context - max_tokens - question.words) // max(1, question.each)
    if question.photos and fit > 0:
        do = f"Use at most {fit} photos, which have {question.each} tokens each, or smaller ones with ?image_tokens="
    else:
        do = "Ask for a shorter answer, or take a model with a longer context"
    raise ModelError(Fault.TOO_LONG, f"this is too much for {name}", why, do)
