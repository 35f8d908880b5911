"""Names of encoders as people write them, and who opens them."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from urllib.parse import parse_qsl

from photocast.models.encoders.clips import open_clip_encoder
from photocast.models.encoders.encoder import TextImageEncoder
from photocast.models.encoders.hf import open_hf_encoder
from photocast.models.local.options import Options, parse_options
from photocast.schema import Fault, ModelError

_OPENERS: Mapping[str, Callable[[str, Options], TextImageEncoder]] = {
    "hf": open_hf_encoder,
    "open_clip": open_clip_encoder,
}


def open_encoder(name: str) -> TextImageEncoder:
    """The encoder of that name, loaded; what is not on this machine is fetched first.

    Args:
        name: `hf:REPOSITORY_OR_FOLDER`, with `@REVISION` if need be, or `open_clip:MODEL/PRETRAINED_OR_FILE`; behind a
            question mark `device=` and `dtype=`. Numbers are float32 unless the name says otherwise.

    Raises:
        ModelError: no such encoder, a package is missing or broken, the files are missing and cannot be fetched, or
            the model does not encode both texts and photos.
    """
    head, _, query = name.strip().partition("?")
    kind, colon, model = head.partition(":")
    if not colon or not model or kind not in _OPENERS:
        raise _unknown(name, kind)
    options = parse_options(dict(parse_qsl(query, keep_blank_values=True)), head)
    if options.quantize is not None or options.image_tokens is not None:
        why = "an encoder has the options device= and dtype= only"
        raise ModelError(Fault.REJECTED, f"an option of {head} cannot be used", why, "Leave the others out")
    return _OPENERS[kind](model, options)


def _unknown(name: str, kind: str) -> ModelError:
    why = f"an encoder is written with one of these before it: {', '.join(f'{one}:' for one in _OPENERS)}"
    near = get_close_matches(kind, _OPENERS, n=1, cutoff=0.5)
    do = f"Write {near[0]}: before it" if near and near[0] != kind else "Try hf:openai/clip-vit-base-patch32"
    return ModelError(Fault.UNKNOWN_MODEL, f"there is no encoder {name!r}", why, do)
