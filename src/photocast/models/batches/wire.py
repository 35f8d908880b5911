"""One request and one answer as they look on the wire, made and read by the same code that asks one by one.

The provider's model of pydantic-ai sends through a transport that leads nowhere: it keeps what was to be sent, or
answers with what it is told. So a request in a batch is the one that would have been sent by itself, and its answer,
good or bad, is read like any other.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2

from photocast.models.names import Spec
from photocast.models.remote.ask import Asked, ask, read_parts
from photocast.models.remote.build import BUILDERS
from photocast.models.remote.endings import ending_of, failed
from photocast.models.remote.faults import Call, bad_answer, fault_of
from photocast.models.remote.options import Options
from photocast.models.remote.setting import Setting
from photocast.models.vision import Ending, Request
from photocast.schema import PhotocastError

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model

_BETA = "anthropic-beta"


class _Written(BaseException):
    """Carries a request past all that would make an error of it."""

    def __init__(self, request: httpx2.Request) -> None:
        self.request = request


@dataclass
class _Line(httpx2.AsyncBaseTransport):
    """A transport that leads nowhere."""

    reply: httpx2.Response | Exception | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        if self.reply is None:
            raise _Written(request)
        if isinstance(self.reply, Exception):
            raise self.reply
        self.reply.request = request
        return self.reply


@dataclass
class Wire:
    """Writes requests to one model and reads its answers. One thing at a time."""

    spec: Spec
    options: Options
    call: Call
    _model: "Model[Any]"
    _line: _Line
    betas: set[str] = field(default_factory=set)
    """What requests said in the header that switches on what Anthropic calls betas."""

    async def body(self, request: Request) -> bytes:
        """The body of a request, as JSON.

        Raises:
            ModelError: the library will not put it to this model.
            OSError: a photo cannot be read.
        """
        self._line.reply = None
        asked = ask(request, read_parts(request), self._model.profile, self.options, self.spec)
        try:
            await self._ask(asked)
        except _Written as written:
            self.betas.update(filter(None, (written.request.headers.get(_BETA, ""),)))
            return written.request.content
        except Exception as error:
            raised = failed(error, self.call, None)
        else:
            raised = bad_answer(self.call, "nothing was written")
        raise raised if isinstance(raised, PhotocastError) else bad_answer(self.call, raised.detail)

    async def answer(self, status: int, body: bytes) -> tuple[str, Ending]:
        """The words of an answer, and how it ended; a refusal by the provider's filter is one.

        Raises:
            PhotocastError: it is an error, or cannot be read.
        """
        reply = httpx2.Response(status, content=body, headers={"content-type": "application/json"})
        outcome = await self._answered(reply)
        if isinstance(outcome, PhotocastError):
            raise outcome
        return outcome

    async def explain(self, error: Exception) -> PhotocastError:
        """What the error of a client library means, as if a call by itself had met with it."""
        if isinstance(error, PhotocastError):
            return error
        cause = await _cause(error)
        outcome = fault_of(error, self.call) if cause is None else await self._answered(cause)
        if isinstance(outcome, PhotocastError):
            return outcome
        return bad_answer(self.call, outcome[1].detail or "it has no batches here")

    async def _answered(self, reply: httpx2.Response | Exception) -> tuple[str, Ending] | PhotocastError:
        from pydantic_ai.messages import TextPart

        self._line.reply = reply
        asked = ask(Request(("?",)), ["?"], self._model.profile, self.options, self.spec)
        try:
            response = await self._ask(asked)
            text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
            ending = ending_of(response, self.call, said=bool(text))
        except Exception as error:  # a strange answer makes the libraries stumble in ways that nobody lists
            text, ending = "", failed(error, self.call, None)
        return ending if isinstance(ending, PhotocastError) else (text, ending)

    async def _ask(self, asked: Asked) -> "ModelResponse":
        from pydantic_ai.direct import model_request

        return await model_request(
            self._model,
            asked.messages,
            model_settings=asked.settings,
            model_request_parameters=asked.parameters,
            instrument=False,
        )


@asynccontextmanager
async def wired(spec: Spec, options: Options, setting: Setting, call: Call) -> AsyncIterator[Wire]:
    """A wire for the length of a block. The key of the setting stays where it is: nothing leaves."""
    line = _Line()
    async with httpx2.AsyncClient(transport=line, timeout=setting.timeout) as http:
        yield Wire(spec, options, call, BUILDERS[spec.provider](setting, http), line)


async def _cause(error: Exception) -> httpx2.Response | Exception | None:
    """The answer behind an error of a client library, once more; or what broke the connection; None for all else."""
    response = getattr(error, "response", None)
    if isinstance(response, httpx2.Response):
        try:
            content = await response.aread()
        except (httpx2.HTTPError, httpx2.StreamError):  # it was closed before it was read
            content = b""
        kept = {name: value for name, value in response.headers.items() if name.startswith(("content-type", "retry-"))}
        return httpx2.Response(response.status_code, content=content, headers=kept)
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, httpx2.TransportError | PhotocastError):
        cause = cause.__cause__ or cause.__context__
    return cause
