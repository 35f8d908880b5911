"""Encoders of transformers: CLIP, SigLIP, SigLIP 2, CLIPs with more room for text, and whatever has the same two doors.

The pitfalls that this file is about:

- A CLIP reads a text off at its end-of-text token, the last one that it was trained to look at; cut that away, and it
  reads the same off every text. So nothing is cut here.
- A SigLIP reads a text off at the last place of a row of fixed length, filled up with padding; with any other length of
  row it reads something else. It was trained without an attention mask, so it gets none; and on texts in lower case,
  which not every tokenizer that comes with one sees to.
- Which place counts as the end of a text is told by `eos_token_id`. The old configurations say 2, which is wrong, and
  transformers then takes the token with the highest number; both come to the same as long as the end is there.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from photocast.models.encoders.encoder import (
    OTHERS,
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
from photocast.models.encoders.files import find_files
from photocast.models.local.device import choose_device
from photocast.models.local.faults import is_out_of_memory
from photocast.models.local.installed import check_working, first_line, library, not_installed
from photocast.models.local.kind import FROM_FOLDER, read_settings
from photocast.models.local.options import Options
from photocast.models.local.quiet import quiet
from photocast.models.local.weights import broken
from photocast.schema import Fault, ModelError

_FIXED_ROWS = ("siglip",)
"""Beginnings of the kinds of models that want rows of fixed length."""
_OFFSET = ("roberta", "altclip")
"""Parts of the kinds of text models whose first places are taken: RoBERTa counts from the padding token's number on."""


def open_hf_encoder(said: str, options: Options) -> "HfEncoder":
    """The encoder behind `hf:`, loaded.

    Raises:
        ModelError: see `open_encoder`.
    """
    for package in ("torch", "transformers"):
        _require(package)
    check_working()
    folder, identity = find_files(said)
    device = choose_device(options)
    name = f"hf:{identity}{options.suffix}"
    with quiet():
        model = _load(folder, name, options.dtype or "float32").to(device)
        tokenizer, pictures = _preparers(folder, name)
    if 2 * len(tokenizer) < _text_config(model.config).vocab_size:
        raise broken(name, "its tokenizer is missing")  # without files, an empty one comes back without a word
    return HfEncoder(name, model, tokenizer, pictures)


class HfEncoder:
    """A model of transformers with `get_text_features` and `get_image_features`."""

    def __init__(self, name: str, model: Any, tokenizer: Any, pictures: Any) -> None:
        self.name = name
        self.model, self.tokenizer, self.pictures = model, tokenizer, pictures
        self.limit = _limit(model.config, tokenizer)
        self._fixed = model.config.model_type.startswith(_FIXED_ROWS)

    def fits(self, text: str) -> bool:
        """Whether the encoder reads all of a text."""
        return len(self._tokens([text])["input_ids"][0]) <= self.limit

    def texts(self, texts: Sequence[str]) -> Vectors:
        """A row for every text, read to its end.

        Raises:
            ModelError: a text does not fit; none is cut.
        """
        if not texts:
            return self.texts([""])[:0]
        for text, tokens in zip(texts, self._tokens(texts)["input_ids"], strict=True):
            if len(tokens) > self.limit:
                raise too_long(self.name, text, self.limit)
        return np.concatenate([self._text_features(batch) for batch in batches(texts, TEXTS)])

    def images(self, paths: Sequence[Path]) -> Vectors:
        """A row for every photo, prepared as the model's own files say: most see the middle square of it alone.

        Raises:
            InputError: a file cannot be read as a picture.
        """
        if not paths:
            return self.texts([])
        rows = [self.picture_features([read_picture(path) for path in batch]) for batch in batches(paths, PHOTOS)]
        return np.concatenate(rows)

    def picture_features(self, pictures: Sequence[Any]) -> Vectors:
        """A row for every picture that is open already."""
        given = self.pictures(images=list(pictures), return_tensors="pt")
        return self._features(self.model.get_image_features, given)

    def token_features(self, tokens: Any) -> Vectors:
        """A row for every row of tokens, whatever was done to them; `texts` does it right."""
        return self._features(self.model.get_text_features, tokens)

    def _text_features(self, texts: Sequence[str]) -> Vectors:
        if self._fixed:
            row = {"padding": "max_length", "padding_side": "right", "max_length": self.limit}
            tokens = self._tokens(texts, return_tensors="pt", **row)
            return self.token_features({"input_ids": tokens["input_ids"]})
        return self.token_features(self._tokens(texts, padding=True, return_tensors="pt"))

    def _tokens(self, texts: Sequence[str], **settings: Any) -> Any:
        specials = self.tokenizer.all_special_tokens
        clean = [harmless(text.lower() if self._fixed else text, specials) for text in texts]
        with quiet():  # it warns of texts that are too long, which are refused here
            return self.tokenizer(clean, truncation=False, **settings)

    def _features(self, door: Any, given: Any) -> Vectors:
        import torch

        kind = next(self.model.parameters())
        moved = {
            name: value.to(kind.device, kind.dtype if value.is_floating_point() else None)
            for name, value in given.items()
        }
        with torch.inference_mode():
            found = door(**moved)
        rows = getattr(found, "pooler_output", found)
        if not isinstance(rows, torch.Tensor) or rows.ndim != 2:
            why = f"a {self.model.config.model_type} gives no single row of numbers for a text or a photo"
            raise ModelError(Fault.REJECTED, f"{self.name} cannot be used as an encoder", why, OTHERS)
        return unit(rows)


def _require(package: str) -> None:
    from importlib.util import find_spec

    from photocast._optional import require

    if find_spec(package) is None:
        require(package, extra="encoders", purpose=PURPOSE)


def _load(folder: Path, name: str, dtype: str) -> Any:
    import torch

    transformers = library("transformers")
    _check_kind(folder, name)
    try:
        model, report = transformers.AutoModel.from_pretrained(
            folder, dtype=getattr(torch, dtype), output_loading_info=True, **FROM_FOLDER
        )
    except ImportError as error:
        raise not_installed(name, error) from error
    except Exception as error:  # the loaders raise a dozen kinds of errors on files that do not fit together
        if is_out_of_memory(error):
            raise
        raise broken(name, f"the weights cannot be loaded: {first_line(error)}") from error
    if report["missing_keys"]:  # they would be random numbers
        raise broken(name, f"{len(report['missing_keys'])} parts of the weights are missing")
    return model.eval()


def _check_kind(folder: Path, name: str) -> None:
    """Make sure that a model has both doors, before anything is loaded.

    Raises:
        ModelError: it has not, or transformers does not know it.
    """
    transformers = library("transformers")
    kind = str(read_settings(folder, name).get("model_type", "unknown"))
    if kind not in transformers.CONFIG_MAPPING:
        why = f"transformers {transformers.__version__} does not know its kind, {kind!r}"
        raise ModelError(Fault.UNKNOWN_MODEL, f"{name} cannot be loaded", why, OTHERS)
    known = transformers.MODEL_MAPPING.get(transformers.CONFIG_MAPPING[kind], None)
    doors = ("get_text_features", "get_image_features")
    missing = [door for door in doors if not hasattr(known, door)]
    if missing:
        what = "texts" if missing == ["get_text_features"] else "photos" if len(missing) == 1 else "texts and photos"
        why = f"a model of the kind {kind!r} does not encode {what} into a space of both"
        raise ModelError(Fault.NO_IMAGES, f"{name} is no encoder of texts and photos", why, OTHERS)


def _preparers(folder: Path, name: str) -> tuple[Any, Any]:
    """The tokenizer and what prepares pictures; the one in plain PIL, so that figures are the same everywhere."""
    transformers = library("transformers")
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **FROM_FOLDER)
        pictures = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil", **FROM_FOLDER)
    except ImportError as error:
        if "sentencepiece" not in str(error).lower():
            raise not_installed(name, error) from error
        why = "its tokenizer needs sentencepiece, which is not installed"
        what = f"{name} cannot be loaded"
        raise ModelError(Fault.NOT_INSTALLED, what, why, "Run: pip install sentencepiece") from error
    except Exception as error:  # as for weights
        raise broken(name, f"what prepares texts and photos cannot be read: {first_line(error)}") from error
    return tokenizer, pictures


def _limit(config: Any, tokenizer: Any) -> int:
    """Places that the text model has. What the tokenizer says is often left over from another model, and not asked."""
    text = _text_config(config)
    places = int(text.max_position_embeddings)
    if any(part in text.model_type for part in _OFFSET):
        places -= int(tokenizer.pad_token_id) + 1
    return places


def _text_config(config: Any) -> Any:
    return getattr(config, "text_config", config)
