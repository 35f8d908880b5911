"""Stable Diffusion on Amazon Bedrock.

Its interface, as Amazon describes it in November 2026: docs.aws.amazon.com/bedrock/latest/userguide/
model-parameters-diffusion-3-5-large.html. What other models of Stability AI on Bedrock take is the same.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from photocast.models.images.asked import Wish
from photocast.models.images.options import Options
from photocast.models.images.wire import NO_TOKENS, Answered, broken_off, decoded, refusal
from photocast.models.remote.bedrock import amazon, bedrock_client
from photocast.models.remote.setting import Setting
from photocast.schema import Fault, ModelError

_FAILED = "Inference error"


async def draw(setting: Setting, options: Options, wish: Wish) -> Answered:
    """Have a wish drawn; see `wire.Draw`."""
    import anyio.to_thread

    body: dict[str, Any] = {"prompt": wish.prompt, "mode": "text-to-image", "output_format": "png"}
    more = {"negative_prompt": wish.negative or None, "seed": wish.seed, "aspect_ratio": options.aspect}
    body |= {name: value for name, value in more.items() if value is not None}
    return _read(await anyio.to_thread.run_sync(partial(_invoke, setting, body), abandon_on_cancel=True))


def _invoke(setting: Setting, body: dict[str, Any]) -> bytes:
    kinds = {"accept": "application/json", "contentType": "application/json"}
    with bedrock_client(setting) as client, _told(setting.model):
        answer = client.invoke_model(modelId=setting.model, body=json.dumps(body), **kinds)
        data: bytes = answer["body"].read()
        return data


def _read(told: bytes) -> Answered:
    answer = json.loads(told)
    reason = (answer.get("finish_reasons") or [None])[0]
    raw = {name: answer[name] for name in ("seeds", "finish_reasons") if name in answer}
    if reason == _FAILED:
        do = "Try again in a few minutes"
        raise ModelError(Fault.SERVER_ERROR, "Amazon Bedrock could not draw this", "it failed while drawing", do)
    if reason is not None:
        return Answered(None, detail=str(reason), raw=raw)
    (seed, *_), (picture, *_) = answer["seeds"], answer["images"]
    return Answered(decoded(picture), int(seed), NO_TOKENS, raw=raw)


@contextmanager
def _told(model: str) -> Iterator[None]:
    """Turn what Amazon's library raises into what the house understands."""
    errors = amazon("botocore.exceptions")
    try:
        yield
    except errors.ClientError as error:
        told, sent = error.response.get("ResponseMetadata", {}), error.response.get("Error", {})
        status, headers = told.get("HTTPStatusCode", 500), told.get("HTTPHeaders", {})
        if sent.get("Message") == "The provided model identifier is invalid.":
            status = 404  # Bedrock says 400
        raise refusal(model, status, error.response, headers, sent.get("Code")) from error
    except (errors.HTTPClientError, errors.ConnectionError, errors.IncompleteReadError) as error:
        silent = isinstance(error, errors.ReadTimeoutError | errors.ConnectTimeoutError)
        connecting = isinstance(error, errors.ConnectTimeoutError | errors.EndpointConnectionError)
        raise broken_off(model, error, silent=silent, connecting=connecting) from error
