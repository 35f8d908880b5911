"""A request as a model of transformers takes it: a chat in which every photo stands in its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from photocast.models.local.kind import SEEING, template_of
from photocast.models.local.photos import fit_to, read_photo
from photocast.models.vision import Image, Request
from photocast.schema import Fault, ModelError

Chat = list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Question:
    """What is fed to the model."""

    inputs: Any
    """Tensors by name."""
    tokens: int
    photos: int
    words: int
    """Tokens of the words alone."""

    @property
    def each(self) -> int:
        """Tokens that a photo costs, the mean."""
        return (self.tokens - self.words) // self.photos if self.photos else 0


def prepare(processor: Any, request: Request, *, image_tokens: int, context: int | None, name: str) -> Question:
    """Make a request into tensors; each photo is decoded here, and made small before the next.

    Raises:
        ModelError: the chat template leaves photos out, or the question and the answer are longer than the context.
    """
    chat = chat_of(processor, request)
    check_photos_are_kept(processor, chat, name)
    fit = fit_to(processor, image_tokens)
    photos = iter([read_photo(image.path, fit) for image in request.images])
    for part in _parts(chat):
        if part["type"] == "image":
            part["image"] = next(photos)
    inputs = processor.apply_chat_template(
        chat,
        chat_template=template_of(processor),
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"images_kwargs": fit.settings} if request.images else {},
    )
    words = [part["text"] for part in _parts(chat) if part["type"] == "text"]
    alone = sum(len(processor.tokenizer(text, add_special_tokens=False)["input_ids"]) for text in words)
    question = Question(inputs, int(inputs["input_ids"].shape[1]), len(request.images), alone)
    _check_length(question, request.sampling.max_tokens, context, name)
    return question


def chat_of(processor: Any, request: Request) -> Chat:
    """The request as messages, photos still empty.

    Models whose template knows no system message get its words before those of the user.
    """
    asked = [_part(processor, part) for part in request.parts]
    if not request.system:
        return [{"role": "user", "content": asked}]
    rules = _part(processor, request.system)
    chat = [{"role": "system", "content": [rules]}, {"role": "user", "content": asked}]
    if rules["text"].strip() in (render(processor, chat) or ""):
        return chat
    return [{"role": "user", "content": [{"type": "text", "text": rules["text"] + "\n\n"}, *asked]}]


def render(processor: Any, chat: Chat, *, answering: bool = True) -> str | None:
    """The chat as the one text that the model continues; None when the template refuses it."""
    from jinja2 import TemplateError

    try:
        return str(
            processor.apply_chat_template(
                chat, chat_template=template_of(processor), add_generation_prompt=answering, tokenize=False
            )
        )
    except TemplateError:
        return None


def check_photos_are_kept(processor: Any, chat: Chat, name: str) -> None:
    """Make sure that the template writes a place for every photo.

    Raises:
        ModelError: it does not, so the model would answer without having seen anything.
    """
    photos = sum(part["type"] == "image" for part in _parts(chat))
    if not photos:
        return
    written = render(processor, chat)
    place = getattr(processor, "image_token", None)
    if place is not None:
        places = (written or "").count(place)
    else:
        bare = [
            message | {"content": [part for part in message["content"] if part["type"] == "text"]} for message in chat
        ]
        places = 0 if written == render(processor, bare) else photos
    if places < photos:
        why = f"its chat template has places for {places} of {photos} photos"
        raise ModelError(Fault.NO_IMAGES, f"{name} cannot be shown photos", why, SEEING)


def end_of_turn(processor: Any) -> int | None:
    """The token that the template writes behind an answer, where it is a special one.

    It is what a model has learnt to end with, even where the lists of ending tokens forget it.
    """
    said = "photocast"
    chat = [{"role": role, "content": [{"type": "text", "text": said}]} for role in ("user", "assistant")]
    written = render(processor, chat, answering=False) or ""
    behind = written.rpartition(said)[2].lstrip()
    first = processor.tokenizer(behind, add_special_tokens=False)["input_ids"][:1] if behind else []
    known = processor.tokenizer.added_tokens_decoder
    return first[0] if first and first[0] in known and known[first[0]].special else None


def _part(processor: Any, part: str | Image) -> dict[str, Any]:
    if isinstance(part, Image):
        return {"type": "image"}
    return {"type": "text", "text": _harmless(part, control_tokens(processor))}


def control_tokens(processor: Any) -> list[str]:
    """Tokens that mean something to the model besides what they say: ends of turns, places of photos."""
    return [
        token.content
        for token in processor.tokenizer.added_tokens_decoder.values()
        if len(token.content) > 2 and not token.content.isspace() and (token.special or _is_marked(token.content))
    ]


def _is_marked(token: str) -> bool:
    return (token[0], token[-1]) in {("<", ">"), ("[", "]")}


def _harmless(words: str, tokens: Iterable[str]) -> str:
    """The words with every control token in them broken up: a caption must not be able to end the user's turn."""
    for token in tokens:
        if token in words:
            words = words.replace(token, f"{token[0]} {token[1:]}")
    return words


def _parts(chat: Chat) -> Iterable[dict[str, Any]]:
    return (part for message in chat for part in message["content"])


def _check_length(question: Question, max_tokens: int, context: int | None, name: str) -> None:
    if context is None or question.tokens + max_tokens <= context:
        return
    why = f"the question has {question.tokens:,} tokens, the answer may have {max_tokens:,}, the limit is {context:,}"
    fit = (context - max_tokens - question.words) // max(1, question.each)
    if question.photos and fit > 0:
        do = f"Use at most {fit} photos, which have {question.each} tokens each, or smaller ones with ?image_tokens="
    else:
        do = "Ask for a shorter answer, or take a model with a longer context"
    raise ModelError(Fault.TOO_LONG, f"this is too much for {name}", why, do)
