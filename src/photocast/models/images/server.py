"""OpenAI's interface for pictures, which vLLM, SGLang and other servers speak too: `POST …/images/generations`.

These servers take a seed, a negative prompt, steps and guidance besides (docs.vllm.ai/projects/vllm-omni, "Image
Generation API"), OpenAI does not.
"""

from collections.abc import Mapping
from typing import Any

from photocast.models.images.asked import Wish
from photocast.models.images.options import Options
from photocast.models.images.wire import NO_TOKENS, Answered, broken_off, decoded, refusal
from photocast.models.remote.setting import Setting
from photocast.models.remote.wire import http_client
from photocast.models.vision import Usage
from photocast.schema import Fault, ModelError


async def draw(setting: Setting, options: Options, wish: Wish) -> Answered:
    """Have a wish drawn; see `wire.Draw`."""
    import httpx2

    address, body = f"{setting.address.url}/images/generations", _body(setting, options, wish)
    headers = {"authorization": f"Bearer {setting.key}"} if setting.key else {}
    async with http_client(setting) as http:
        try:
            response = await http.post(address, json=body, headers=headers)
        except httpx2.TransportError as error:
            silent = isinstance(error, httpx2.TimeoutException)
            connecting = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            raise broken_off(setting.model, error, silent=silent, connecting=connecting) from error
    if response.status_code >= 400:
        told = _json(response)
        raise refusal(setting.model, response.status_code, told or response.text, response.headers, _code(told))
    return _read(response.json(), setting, wish)


def _body(setting: Setting, options: Options, wish: Wish) -> dict[str, Any]:
    """What is sent. OpenAI refuses whatever it does not know."""
    body: dict[str, Any] = {"model": setting.model, "prompt": wish.prompt, "n": 1}
    if options.size is not None:
        body["size"] = "{}x{}".format(*options.size)
    if setting.address.own:
        if wish.negative:
            why, do = "OpenAI's interface takes no negative prompt", "Say in the prompt what is to be seen instead"
            raise ModelError(Fault.REJECTED, f"{setting.model} cannot be asked this", why, do)
        return body
    more = {
        "seed": wish.seed,
        "negative_prompt": wish.negative or None,
        "num_inference_steps": options.steps,
        "guidance_scale": options.guidance,
    }
    return body | {"response_format": "b64_json"} | {name: value for name, value in more.items() if value is not None}


def _read(answer: Mapping[str, Any], setting: Setting, wish: Wish) -> Answered:
    """The picture. OpenAI counts tokens, and draws from a seed that it does not tell."""
    (picture, *_), data = answer["data"], answer.get("usage") or {}
    if not setting.address.own:
        return Answered(decoded(picture["b64_json"]), wish.seed, NO_TOKENS)
    return Answered(
        decoded(picture["b64_json"]), usage=Usage(data.get("input_tokens"), data.get("output_tokens")), raw=data
    )


def _json(response: Any) -> Mapping[str, Any]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _code(told: Mapping[str, Any]) -> str | None:
    error = told.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None
