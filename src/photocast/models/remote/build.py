"""The providers' models of pydantic-ai, set up so that nothing is tried twice, traced or taken from the environment."""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from photocast.models.remote.address import passed_on
from photocast.models.remote.bedrock import bedrock
from photocast.models.remote.setting import Setting, profile_of
from photocast.models.remote.wire import http_client

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client
    from openai import AsyncOpenAI
    from pydantic_ai.models import Model
    from pydantic_ai.profiles.openai import OpenAIModelProfile

_NO_PLATFORM: Any = "Unknown"
"""To tell the provider what kind of machine this is, the libraries start `uname`: that is nobody's business, and a
program that `--local` rightly refuses. The header it is for is taken out anyway."""
_PLACEHOLDER = "no-key"
"""Client libraries insist on a key; where there is none, its header is taken out before anything is sent."""


@asynccontextmanager
async def connected(provider: str, setting: Setting) -> AsyncIterator["Model[Any]"]:
    """The model, ready to send; its client is closed at the end of the block."""
    if provider == "bedrock":
        with bedrock(setting) as model:
            yield model
        return
    async with http_client(setting) as http:
        yield BUILDERS[provider](setting, http)


def keeps_to_schemas(provider: str, model: str) -> bool:
    """Whether a model is known to hold its answers to a JSON schema while it writes them."""
    if provider == "ollama" and passed_on(model):
        return False  # to a service that takes schemas and ignores them: ollama/ollama#12362
    return bool(known_profile(provider, model).get("supports_json_schema_output", False))


def known_profile(provider: str, model: str) -> Mapping[str, Any]:
    """What the library knows of a model."""
    from pydantic_ai.providers import infer_provider_class

    return dict(infer_provider_class(provider).model_profile(model) or {})


def _openai(setting: Setting, http: "httpx2.AsyncClient") -> "Model[Any]":
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    client = openai_client(setting, http)
    if setting.address.own:
        return OpenAIChatModel(
            setting.model, provider=OpenAIProvider(openai_client=client), profile=_chat(setting, modern=True)
        )
    provider = OpenAICompatibleProvider("openai-compatible", openai_client=client)
    return OpenAIChatModel(setting.model, provider=provider, profile=_chat(setting, modern=False))


def _openrouter(setting: Setting, http: "httpx2.AsyncClient") -> "Model[Any]":
    from pydantic_ai.models.openrouter import OpenRouterModel
    from pydantic_ai.providers.openrouter import OpenRouterProvider

    provider = OpenRouterProvider(openai_client=openai_client(setting, http))
    return OpenRouterModel(setting.model, provider=provider, profile=_chat(setting, modern=False))


def _ollama(setting: Setting, http: "httpx2.AsyncClient") -> "Model[Any]":
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.providers.ollama import OllamaProvider

    provider = OllamaProvider(openai_client=openai_client(setting, http))
    return OllamaModel(setting.model, provider=provider, profile=_chat(setting, modern=False))


def openai_client(setting: Setting, http: "httpx2.AsyncClient") -> "AsyncOpenAI":
    """OpenAI's client library."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(
        base_url=setting.address.url, api_key=setting.key or _PLACEHOLDER, http_client=http, max_retries=0
    )
    client._platform = _NO_PLATFORM
    return client


def _chat(setting: Setting, *, modern: bool) -> "OpenAIModelProfile":
    """A stream without a reason for its end was cut; only OpenAI itself wants the newer name of `max_tokens`."""
    from pydantic_ai.profiles.openai import OpenAIModelProfile

    profile = OpenAIModelProfile(
        openai_chat_streaming_requires_finish_reason=True, supports_json_schema_output=setting.structured
    )
    if not modern:
        profile["openai_chat_supports_max_completion_tokens"] = False
    return profile


def _anthropic(setting: Setting, http: "httpx2.AsyncClient") -> "Model[Any]":
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(
        base_url=setting.address.url,
        api_key=setting.key or _PLACEHOLDER,
        http_client=http,
        max_retries=0,
        open_telemetry=False,
    )
    client._platform = _NO_PLATFORM
    provider = AnthropicProvider(anthropic_client=client)
    return AnthropicModel(setting.model, provider=provider, profile=profile_of(setting))


def google_client(setting: Setting, http: "httpx2.AsyncClient") -> "Client":
    """The client library of the Gemini API."""
    from google.genai import Client
    from google.genai.types import HttpOptions, HttpRetryOptions

    unused = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # for clients it never uses: its own contexts take 100 ms a call
    options = HttpOptions(
        base_url=setting.address.url,
        httpx_async_client=http,
        retry_options=HttpRetryOptions(attempts=1),
        client_args={"verify": unused},
        async_client_args={"verify": unused, "ssl": unused},
    )
    return Client(vertexai=False, api_key=setting.key or _PLACEHOLDER, http_options=options)


def _google(setting: Setting, http: "httpx2.AsyncClient") -> "Model[Any]":
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    provider = GoogleProvider(client=google_client(setting, http))
    return GoogleModel(setting.model, provider=provider, profile=profile_of(setting))


BUILDERS: "dict[str, Callable[[Setting, httpx2.AsyncClient], Model[Any]]]" = {
    "openai": _openai,
    "openrouter": _openrouter,
    "ollama": _ollama,
    "anthropic": _anthropic,
    "google": _google,
}
