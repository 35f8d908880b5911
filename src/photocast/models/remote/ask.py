"""From a request to what pydantic-ai sends: the parts in their order, and the settings that the model takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from photocast.models.names import Spec
from photocast.models.remote.options import Options
from photocast.models.vision import Request, Sampling

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, UserContent
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.profiles import ModelProfile
    from pydantic_ai.settings import ModelSettings

_WITH_LOGPROBS = frozenset({"openai", "openrouter", "ollama"})


@dataclass(frozen=True)
class Asked:
    """What `pydantic_ai.direct.model_request_stream` wants."""

    messages: "list[ModelMessage]"
    settings: "ModelSettings"
    parameters: "ModelRequestParameters"


def read_parts(request: Request) -> "list[UserContent]":
    """Words and photos in their order.

    Raises:
        OSError: a photo cannot be read.
    """
    from pydantic_ai.messages import BinaryContent

    return [
        part
        if isinstance(part, str)
        else BinaryContent(part.path.read_bytes(), media_type="image/jpeg", identifier="photo")  # or it is hashed twice
        for part in request.parts
    ]


def ask(
    request: Request, content: "Sequence[UserContent]", profile: "ModelProfile", options: Options, spec: Spec
) -> Asked:
    """Put the request, with its parts as they were read, in the terms of pydantic-ai."""
    from pydantic_ai.messages import ModelRequest, UserPromptPart
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition

    messages: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart(content)], instructions=request.system or None)]
    parameters = ModelRequestParameters()
    if request.schema is not None:
        shape = OutputObjectDefinition(dict(request.schema), name="answer")
        parameters = ModelRequestParameters(output_mode="native", output_object=shape)
    return Asked(messages, _settings(request.sampling, dict(profile), options, spec), parameters)


def _settings(sampling: Sampling, profile: dict[str, Any], options: Options, spec: Spec) -> "ModelSettings":
    """Everything that the model takes; what it refuses is left out, or it would refuse the whole request."""
    from pydantic_ai.settings import ModelSettings

    settings = ModelSettings(max_tokens=sampling.max_tokens)
    thinking = options.thinking or ("minimal" if _thinks_unasked(profile, spec.provider) else None)
    if thinking is not None:
        settings["thinking"] = False if thinking == "off" else thinking
    if sampling.seed is not None:
        settings["seed"] = sampling.seed
    if _takes_sampling(profile, thinking):
        settings["temperature"] = sampling.temperature
        if "claude" not in spec.model:  # takes one of the two since Opus 4.1, and Anthropic advises to set one for all
            settings["top_p"] = sampling.top_p
    if sampling.logprobs and tells_logprobs(profile, options, spec):
        return cast("ModelSettings", _with_logprobs(settings, sampling.logprobs))
    return settings


def tells_logprobs(profile: Mapping[str, Any], options: Options, spec: Spec) -> bool:
    """Whether probabilities of tokens can be had: through OpenAI's interface, and not of models while they reason.

    Servers of one's own may still leave them out of their answers.
    """
    thinking = options.thinking or ("minimal" if _thinks_unasked(dict(profile), spec.provider) else None)
    known = spec.provider in _WITH_LOGPROBS and "claude" not in spec.model
    return known and _takes_sampling(dict(profile), thinking)


def _with_logprobs(settings: "ModelSettings", most: int) -> dict[str, Any]:
    return {**settings, "openai_logprobs": True, "openai_top_logprobs": most}


def _thinks_unasked(profile: dict[str, Any], provider: str) -> bool:
    """Models that think use up the tokens of the answer for it, so they are asked to think as little as they can."""
    if profile.get("thinking_enabled_by_default") or profile.get("thinking_always_enabled"):
        return True
    return provider == "google" and bool(profile.get("supports_thinking"))


def _takes_sampling(profile: dict[str, Any], thinking: str | None) -> bool:
    """Whether temperature and top-p may be set: those who reason refuse them, unless their reasoning is off."""
    if profile.get("anthropic_disallows_sampling_settings") or profile.get("bedrock_disallows_sampling_settings"):
        return False
    if not profile.get("openai_supports_reasoning"):
        return True
    return bool(profile.get("openai_supports_reasoning_effort_none")) and thinking in {None, "off"}
