"""Whether two models say the same: their logits on questions as `photocast make` asks them, with real photos."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import Any

from photocast.models import Image, Request
from photocast.models.local.load import Loaded
from photocast.models.local.prompt import prepare
from photocast.models.local.quiet import quiet
from photocast.prompts import Prompts
from photocast.prompts.instruction import instruction
from photocast.schema import ConfigError
from photocast.schema.record import Record

PICTURES = (1, 2, 3)
"""Of each question; all are different."""
POSITIONS = 64
"""At the end of each question, where words stand; a large vocabulary makes more of them too large to keep."""


class Drift(Record):
    """How far one model's next-token distributions q are from another's p, over all positions."""

    questions: int
    positions: int
    largest: float
    """max |Δlogit|."""
    mean: float
    """Mean |Δlogit|."""
    kl: float
    """Mean KL(p ‖ q) in nats, from 0."""
    top_1: float
    """Share of positions with the same likeliest token."""


@contextmanager
def questions() -> Iterator[tuple[Request, ...]]:
    """Questions of `--style paper` about the photos of the demonstration."""
    with as_file(files("photocast.demo").joinpath("dog_at_the_beach")) as album:
        photos = [Image(path.name, path) for path in sorted(album.glob("*.jpg"))]
        yield tuple(_question(photos, pictures) for pictures in PICTURES)


def _question(photos: Sequence[Image], pictures: int) -> Request:
    before = sum(one for one in PICTURES if one < pictures)
    shown = photos[before : before + pictures]
    return Request((*shown, instruction(Prompts(), pictures=pictures, speakers=2, words=300)))


def logits_of(loaded: Loaded, asked: Sequence[Request], name: str) -> list[Any]:
    """The logits at the last positions of each question: tensors (`POSITIONS`, words) in float32 on the processor.

    Raises:
        ModelError: the model cannot be shown photos.
    """
    import torch

    found = []
    with quiet(), torch.inference_mode():
        for request in asked:
            question = prepare(loaded.processor, request, image_tokens=loaded.image_tokens, context=None, name=name)
            inputs = question.inputs.to(loaded.device, dtype=loaded.model.dtype)
            logits = loaded.model(**inputs, logits_to_keep=POSITIONS, use_cache=False).logits
            found.append(logits[0, -POSITIONS:].float().cpu())
    return found


def drift(before: Sequence[Any], after: Sequence[Any]) -> Drift:
    """Compare what two models said to the same questions, as `logits_of` gives it.

    Raises:
        ConfigError: one of them says nothing that is a number.
    """
    import torch

    p, q = torch.cat(list(before)).double(), torch.cat(list(after)).double()
    if not (p.isfinite().all() and q.isfinite().all()):
        why = "their logits are no numbers: what they compute is too large for the dtype of their weights"
        raise ConfigError("the models cannot be compared", why, "Use --dtype float32")
    log_p, log_q = p.log_softmax(-1), q.log_softmax(-1)
    apart = (p - q).abs()
    return Drift(
        questions=len(before),
        positions=len(p),
        largest=float(apart.max()),
        mean=float(apart.mean()),
        kl=max(0.0, float((log_p.exp() * (log_p - log_q)).sum(-1).mean())),
        top_1=float((p.argmax(-1) == q.argmax(-1)).double().mean()),
    )
