"""A request as a chat: messages of words and photos, as chat templates of transformers take them."""

from collections.abc import Iterable, Iterator
from typing import Any

from photocast.models.vision import Image, Request
from photocast.schema import Fault, ModelError

Chat = list[dict[str, Any]]
SEEING = "Take one that does, such as hf:Qwen/Qwen3-VL-8B-Instruct or hf:HuggingFaceTB/SmolVLM2-2.2B-Instruct"
_NO_THOUGHTS = "enable_thinking"
"""What templates call the switch of models that can think before they answer."""


def chat_of(processor: Any, request: Request) -> Chat:
    """The request as messages, photos still empty.

    Models whose template knows no system message get its words before those of the user.
    """
    tokens = control_tokens(processor)
    asked = [{"type": "image"} if isinstance(part, Image) else _text(harmless(part, tokens)) for part in request.parts]
    if not request.system:
        return [{"role": "user", "content": asked}]
    rules = harmless(request.system, tokens)
    chat: Chat = [{"role": "system", "content": [_text(rules)]}, {"role": "user", "content": asked}]
    if rules.strip() in (render(processor, chat) or ""):
        return chat
    return [{"role": "user", "content": [_text(rules + "\n\n"), *asked]}]


def parts_of(chat: Chat) -> Iterator[dict[str, Any]]:
    """All words and photos of a chat, in their order."""
    return (part for message in chat for part in message["content"])


def template_settings(processor: Any) -> dict[str, Any]:
    """What `apply_chat_template` is told: where the template is, if not where it should be, and not to think aloud."""
    own, tokenizers = processor.chat_template, processor.tokenizer.chat_template
    settings: dict[str, Any] = {} if own else {"chat_template": tokenizers}
    if _NO_THOUGHTS in str(own or tokenizers):  # a template that does not ask for it would not take it
        settings[_NO_THOUGHTS] = False
    return settings


def render(processor: Any, chat: Chat, *, answering: bool = True) -> str | None:
    """The chat as the one text that the model continues; None when the template refuses it."""
    from jinja2 import TemplateError

    settings = template_settings(processor)
    try:
        return str(processor.apply_chat_template(chat, add_generation_prompt=answering, tokenize=False, **settings))
    except (TemplateError, TypeError):  # one that is made for words alone may try to join a list to a string
        return None


def check_photos_are_kept(processor: Any, chat: Chat, name: str) -> str:
    """The chat as one text, in which there is a place for every photo.

    Raises:
        ModelError: there is not, so the model would answer without having seen anything; or the template refuses.
    """
    photos = sum(part["type"] == "image" for part in parts_of(chat))
    written = render(processor, chat)
    if written is None and not photos:
        why = "its chat template does not take a question of this form"
        raise ModelError(Fault.REJECTED, f"{name} cannot be asked this", why, SEEING)
    places = _places(processor, chat, written or "", photos)
    if written is None or places < photos:
        why = f"its chat template has places for {places} of {photos} photos"
        raise ModelError(Fault.NO_IMAGES, f"{name} cannot be shown photos", why, SEEING)
    return written


def _places(processor: Any, chat: Chat, written: str, photos: int) -> int:
    """Places for photos in a chat that was written out; where none can be told apart, whether photos change it."""
    place = getattr(processor, "image_token", None)
    if place is not None:
        return written.count(place)
    words = [message | {"content": [part for part in message["content"] if part["type"] == "text"]} for message in chat]
    return 0 if written == (render(processor, words) or "") else photos


def end_of_turn(processor: Any) -> int | None:
    """The token that the template writes behind an answer, where it is a special one.

    It is what a model has learnt to end with, even where the lists of ending tokens forget it.
    """
    said = "photocast"
    written = render(
        processor, [{"role": role, "content": [_text(said)]} for role in ("user", "assistant")], answering=False
    )
    behind = (written or "").rpartition(said)[2].lstrip()
    first = processor.tokenizer(behind, add_special_tokens=False)["input_ids"][:1] if behind else []
    known = processor.tokenizer.added_tokens_decoder
    return first[0] if first and first[0] in known and known[first[0]].special else None


def _text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def control_tokens(processor: Any) -> list[str]:
    """Tokens that mean something to the model besides what they say: ends of turns, places of photos."""
    return [
        token.content
        for token in processor.tokenizer.added_tokens_decoder.values()
        if len(token.content) > 2 and not token.content.isspace() and (token.special or _is_marked(token.content))
    ]


def _is_marked(token: str) -> bool:
    return (token[0], token[-1]) in {("<", ">"), ("[", "]")}


def harmless(words: str, tokens: Iterable[str]) -> str:
    """The words with every control token in them broken up: a caption must not be able to end the user's turn."""
    for token in tokens:
        if token in words:
            words = words.replace(token, f"{token[0]} {token[1:]}")
    return words
