"""What a model is asked to draw."""

from dataclasses import dataclass

from photocast.models.vision import Request, Sampling
from photocast.schema import Fault, ModelError

_TOKENS = 8192
"""More than any picture is counted as, by those who count pictures in tokens (GPT Image: 6,240 for the largest)."""


def picture_request(prompt: str, *, negative: str = "", seed: int | None = 0, again: int = 0) -> Request:
    """The request for a picture.

    Args:
        prompt: what is to be seen.
        negative: what is not; only for models that take it.
        seed: another seed is another picture. Amazon Bedrock takes 0 for a seed of its own choice.
        again: another number is another question for the same picture, for one whose file is gone although the
            journal has its name.
    """
    return Request((prompt,), negative, Sampling(max_tokens=_TOKENS + again, seed=seed), purpose="image")


@dataclass(frozen=True)
class Wish:
    """A request, as far as it means something to a model that draws."""

    prompt: str
    negative: str
    seed: int | None


def wish_of(request: Request, name: str) -> Wish:
    """Read a request; words in several parts are joined by blanks.

    Raises:
        ModelError: there are photos in it, a JSON schema, or no words.
    """
    words = [part.strip() for part in request.parts if isinstance(part, str) and part.strip()]
    if request.images or request.schema is not None or not words:
        why = "it draws what a text says: without photos, without a JSON schema, with at least a word"
        raise ModelError(Fault.REJECTED, f"{name} cannot be asked this", why, "Ask with picture_request")
    return Wish(" ".join(words), request.system.strip(), request.sampling.seed)
