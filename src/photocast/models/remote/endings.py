"""How an answer ended, from what the libraries make of the providers' last words."""

import json
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from photocast._secrets import redact
from photocast.models.remote.faults import Call, bad_answer, fault_of, filtered
from photocast.models.vision import LAST_TOKENS, Ending, Finish, Token, Usage
from photocast.schema import PhotocastError

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse, ModelResponseStreamEvent

_FINISHES = {"stop": Finish.DONE, "tool_call": Finish.DONE, "length": Finish.LENGTH, "content_filter": Finish.FILTERED}


def words_in(event: "ModelResponseStreamEvent") -> str:
    """The words that an event of a stream adds to the answer; what a model thinks before it is not part of it."""
    from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta

    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""


def ending_of(response: "ModelResponse", call: Call, *, said: bool) -> Ending | PhotocastError:
    """The end of an answer that ran to its end. One that never says so was cut, and without words it is no answer."""
    ending = _ending(response)
    if ending.finish is Finish.CUT and not said:
        return bad_answer(call, ending.detail or "the answer stopped before it began")
    return ending


def failed(error: Exception, call: Call, heard: "ModelResponse | None") -> Ending | PhotocastError:
    """What an error means: the end of an answer that had begun, a filter that closed, or a fault.

    Args:
        error: What the libraries raised. It is not kept.
        call: What is known about the call.
        heard: What had been received, when words had come.
    """
    if (word := filtered(error)) is not None and heard is None:
        return Ending(Finish.FILTERED, detail=word)
    fault = fault_of(error, call)
    return fault if heard is None else replace(_ending(heard), finish=Finish.CUT, detail=fault.why)


def _ending(response: "ModelResponse") -> Ending:
    details = dict(response.provider_details or {})
    logprobs = details.pop("logprobs", None)
    finish = _FINISHES.get(response.finish_reason or "", Finish.CUT)
    word = str(details.get("finish_reason") or details.get("block_reason") or "")
    if "refusal" in details or word == "refusal":
        finish = Finish.REFUSED
        word = str(details.get("refusal") or word)
    return Ending(
        finish=finish,
        usage=_usage(response, whole=finish is not Finish.CUT),
        answered_by=response.model_name,
        detail=redact(word),
        raw=_plain({"id": response.provider_response_id, "details": details, "usage": response.usage.details}),
        logprobs=_tokens(logprobs),
    )


def _tokens(told: Any) -> tuple[Token, ...]:
    """The last tokens with their probabilities, as far as the provider tells them and they can be probabilities.

    Only OpenAI's form is read: a list of tokens.
    """
    if not isinstance(told, list):
        return ()
    return tuple(
        Token(str(one["token"]), tuple((str(other["token"]), other["logprob"]) for other in _likely(one)))
        for one in told[-LAST_TOKENS:]
    )


def _likely(token: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The alternatives at a place, likeliest first; a value above 0 or none at all is no probability."""
    found = [one for one in token["top_logprobs"] if isfinite(one["logprob"]) and one["logprob"] <= 0]
    return sorted(found, key=lambda one: -float(one["logprob"]))


def _usage(response: "ModelResponse", *, whole: bool) -> Usage:
    """Tokens as the provider tells them at the end; of an answer that was cut only what went in can be known."""
    used = response.usage
    told = used.input_tokens or used.output_tokens
    if not told:
        return Usage()
    return Usage(used.input_tokens or None, used.output_tokens if whole else None, used.cache_read_tokens)


def _plain(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same as JSON can hold it, without keys."""
    plain: dict[str, Any] = json.loads(redact(json.dumps(raw, default=str)))
    return plain
