"""Interfaces for pictures: Bedrock's `invoke` as Stability AI's models have it, and OpenAI's `images/generations`."""

import base64
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from photocast.testing.behaviours import Draw, Say, Trouble
from photocast.testing.wire.interface import Asked, Told
from photocast.testing.wire.openai import OPENAI, OpenAI

_INVOKE = re.compile(r"/model/(?P<model>[^/]+)/invoke$")
_SIDES = {"16:9": (112, 64), "1:1": (64, 64), "9:16": (64, 112), "3:2": (96, 64), "2:3": (64, 96)}
"""Pictures are small: a sixteenth of what the models would draw."""
_ERRORS: dict[Trouble, tuple[int, str, str]] = {
    "wrong_key": (403, "UnrecognizedClientException", "The security token included in the request is invalid."),
    "key_repeated": (403, "UnrecognizedClientException", "The key {key} is not known here."),
    "unknown_model": (400, "ValidationException", "The provided model identifier is invalid."),
    "no_money": (400, "ServiceQuotaExceededException", "Your request exceeds the service quota for your account."),
    "payment_required": (403, "AccessDeniedException", "You don't have a valid payment instrument."),
    "rate_limited": (429, "ThrottlingException", "Too many requests, please wait before trying again."),
    "server_error": (500, "InternalServerException", "The system encountered an unexpected error."),
    "unavailable": (503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
    "overloaded": (429, "ModelNotReadyException", "The model is not ready to serve inference requests."),
    "too_long": (400, "ValidationException", "Input is too long for requested model."),
    "too_large": (413, "ValidationException", "The request payload is too large."),
    "no_images": (400, "ValidationException", "This model doesn't support the image content block."),
    "rejected": (400, "ValidationException", "prompt: expected maxLength: 10000."),
}


class Bedrock:
    """`POST /model/NAME/invoke`."""

    def takes(self, path: str) -> bool:
        """Whether the path names a model that is to be invoked."""
        return _INVOKE.search(path) is not None

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        """Read the prompt; the negative one stands for the words of the system."""
        match = _INVOKE.search(path)
        assert match is not None  # `takes` said so
        asked = Asked(unquote(match["model"]), body.get("negative_prompt", ""), (body["prompt"],), None, False)
        return replace(asked, seed=body.get("seed"), sides=_SIDES.get(body.get("aspect_ratio", "1:1"), (64, 64)))

    def key(self, headers: Mapping[str, str]) -> str:
        """The bearer token."""
        return OPENAI.key(headers)

    def drawn(self, asked: Asked, draw: Draw) -> Told:
        """The picture, or why there is none: that is no error."""
        if draw.filtered is not None:
            return 200, {"finish_reasons": [draw.filtered]}
        seed = asked.seed or zlib.crc32(asked.text.encode())  # as Bedrock has it, 0 is a seed of its own choice
        picture = base64.b64encode(png(asked, seed, draw)).decode()
        return 200, {"seeds": [seed], "finish_reasons": [None], "images": [picture]}

    def whole(self, asked: Asked, say: Say) -> dict[str, Any]:
        """Words, where a picture was wanted."""
        return {"completion": say.text}

    def events(self, asked: Asked, say: Say) -> Iterator[bytes]:
        """Nobody asks for a stream."""
        return iter(())

    def error(self, trouble: Trouble, asked: Asked, key: str) -> Told:
        """An exception as AWS tells it."""
        status, kind, message = _ERRORS[trouble]
        return status, {"__type": kind, "message": message.format(key=key)}

    def interruption(self, trouble: Trouble, asked: Asked, key: str) -> bytes:
        """Nobody asks for a stream."""
        return b""


class OpenAIPictures(OpenAI):
    """`POST …/images/generations`, with the extras of vLLM."""

    def takes(self, path: str) -> bool:
        """Whether the path is that of pictures."""
        return path.endswith("/images/generations")

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        """Read the prompt; the negative one stands for the words of the system."""
        width, _, height = body.get("size", "64x64").partition("x")
        asked = Asked(body["model"], body.get("negative_prompt", ""), (body["prompt"],), None, False)
        return replace(asked, seed=body.get("seed"), sides=(int(width), int(height)))

    def drawn(self, asked: Asked, draw: Draw) -> Told:
        """The picture, or the refusal of the filter."""
        if draw.filtered is not None:
            error = {"message": draw.filtered, "type": "image_generation_user_error", "code": "moderation_blocked"}
            return 400, {"error": error}
        picture = base64.b64encode(png(asked, asked.seed or 0, draw)).decode()
        usage = {"input_tokens": len(asked.text.split()), "output_tokens": 1056, "total_tokens": 1056}
        return 200, {"created": 1_780_000_000, "data": [{"b64_json": picture}], "usage": usage}


def png(asked: Asked, seed: int, draw: Draw) -> bytes:
    """A picture that depends on the words, the seed and the model: coarse stripes, so that no two look alike."""
    from random import Random

    from PIL import Image

    random = Random(f"{asked.model}\n{asked.text}\n{seed}")
    grid = bytes([128] * 8 * 8 * 3) if draw.kind == "blank" else random.randbytes(8 * 8 * 3)
    picture = Image.frombytes("RGB", (8, 8), grid).resize(asked.sides or (64, 64), Image.Resampling.BICUBIC)
    file = BytesIO()
    picture.save(file, "PNG")
    data = file.getvalue()
    return data[: len(data) // 2] if draw.kind == "half" else data


BEDROCK, OPENAI_PICTURES = Bedrock(), OpenAIPictures()
