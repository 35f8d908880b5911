"""Encoders of OpenCLIP: `open_clip:MODEL/PRETRAINED_OR_FILE`, `open_clip:hf-hub:REPOSITORY`, `open_clip:FOLDER`."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from photocast._optional import require
from photocast.models.encoders.encoder import (
    PHOTOS,
    PURPOSE,
    TEXTS,
    Vectors,
    batches,
    harmless,
    read_picture,
    too_long,
    unit,
)
from photocast.models.local.device import choose_device
from photocast.models.local.hub import spoken
from photocast.models.local.installed import check_working, first_line
from photocast.models.local.options import Options
from photocast.models.local.place import Place
from photocast.models.local.quiet import quiet
from photocast.models.local.weights import broken
from photocast.schema import Fault, ModelError

_PRECISION = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}
_FOLDER, _HUB = "local-dir:", "hf-hub:"


def open_clip_encoder(said: str, options: Options) -> "OpenClipEncoder":
    """The encoder behind `open_clip:`, loaded.

    Raises:
        ModelError: see `open_encoder`.
    """
    if _is_missing():
        require("open_clip", extra="encoders", purpose=PURPOSE)
    check_working()
    library: Any = require("open_clip", extra="encoders", purpose=PURPOSE)
    architecture, weights, identity = _find(library, said)
    device = choose_device(options)
    name = f"open_clip:{identity}{options.suffix}"
    precision = _PRECISION[options.dtype or "float32"]
    with quiet(), _silent(), spoken(name):
        try:
            model, prepare = library.create_model_from_pretrained(
                architecture, weights, precision=precision, device=device
            )
            tokenizer = library.get_tokenizer(architecture)
        except (RuntimeError, KeyError, TypeError) as error:
            raise _fault(name, error) from error
    return OpenClipEncoder(name, model.eval(), tokenizer, prepare)


class OpenClipEncoder:
    """A model of OpenCLIP. It fills every text up to one length itself, and cuts silently: hence the check before."""

    def __init__(self, name: str, model: Any, tokenizer: Any, prepare: Any) -> None:
        self.name = name
        self.limit: int = int(model.context_length)
        self._model, self._tokenizer, self._prepare = model, tokenizer, prepare
        inner = getattr(tokenizer, "tokenizer", None)
        self._specials: list[str] = (
            list(inner.all_special_tokens)
            if inner is not None
            else [tokenizer.decoder[number] for number in tokenizer.all_special_ids]
        )

    def fits(self, text: str) -> bool:
        """Whether the encoder reads all of a text: it does if more room for tokens would not change them."""
        clean = [harmless(text, self._specials)]
        cut, more = (self._tokenizer(clean, context_length=room)[0] for room in (self.limit, self.limit + 1))
        return bool((cut == more[: self.limit]).all())

    def texts(self, texts: Sequence[str]) -> Vectors:
        """A row for every text, read to its end.

        Raises:
            ModelError: a text does not fit; none is cut.
        """
        if not texts:
            return self.texts([""])[:0]
        for text in texts:
            if not self.fits(text):
                raise too_long(self.name, text, self.limit)
        clean = [harmless(text, self._specials) for text in texts]
        rows = [self._tokenizer(list(batch), context_length=self.limit) for batch in batches(clean, TEXTS)]
        return np.concatenate([self._encoded(self._model.encode_text, tokens) for tokens in rows])

    def images(self, paths: Sequence[Path]) -> Vectors:
        """A row for every photo, prepared as the model's configuration says.

        Raises:
            InputError: a file cannot be read as a picture.
        """
        if not paths:
            return self.texts([])
        import torch

        rows = (torch.stack([self._prepare(read_picture(path)) for path in batch]) for batch in batches(paths, PHOTOS))
        return np.concatenate([self._encoded(self._model.encode_image, pictures) for pictures in rows])

    def _encoded(self, door: Any, given: Any) -> Vectors:
        import torch

        kind = next(self._model.parameters())
        with torch.inference_mode():
            return unit(door(given.to(kind.device, kind.dtype if given.is_floating_point() else None)))


@contextmanager
def _silent() -> Iterator[None]:
    """Until the block ends, OpenCLIP writes nothing: it has no logger of its own, and uses the root."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        root.setLevel(level)


def _fault(name: str, error: Exception) -> ModelError:
    if "Failed to download" not in str(error):
        return broken(name, f"the weights cannot be loaded: {first_line(error)}")
    what, why = f"{name} cannot be fetched", f"where it is kept cannot be reached: {first_line(error)}"
    return ModelError(
        Fault.UNREACHABLE, what, why, "Connect to the internet once to fetch it, or name a file of weights"
    )


def _is_missing() -> bool:
    from importlib.util import find_spec

    return find_spec("open_clip") is None


def _find(library: Any, said: str) -> tuple[str, str | None, str]:
    """The architecture, the weights, and what the encoder is called; where files lie is left out of the name.

    Raises:
        ModelError: OpenCLIP has no such architecture, or no such weights for it.
    """
    folder = Path(said).expanduser()
    if folder.is_dir():
        return f"{_FOLDER}{folder.resolve()}", None, Place(said, folder.resolve()).identity
    if said.startswith(_HUB):
        return said, None, said
    architecture, _, weights = said.partition("/")
    if architecture not in library.list_models():
        why = f"OpenCLIP {library.__version__} has no architecture of this name, and there is no such folder"
        do = "Write it like open_clip:ViT-B-32/laion2b_s34b_b79k"
        raise ModelError(Fault.UNKNOWN_MODEL, f"there is no encoder {said!r}", why, do)
    file = Path(weights).expanduser()
    if weights and file.is_file():
        return architecture, str(file), f"{architecture}/{file.name}"
    tags = library.list_pretrained_tags_by_model(architecture)
    if weights not in tags:
        why = f"OpenCLIP knows these weights for it: {', '.join(tags) or 'none'}; and there is no such file"
        raise ModelError(Fault.UNKNOWN_MODEL, f"there is no encoder {said!r}", why, "Name one of them, or a file")
    return architecture, weights, f"{architecture}/{weights}"
