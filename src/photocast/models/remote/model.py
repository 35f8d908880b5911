"""One remote model: a request out, words back as they come, and at the end what is known about both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from photocast._optional import require
from photocast.models.keys import key_for
from photocast.models.names import Spec
from photocast.models.prices import context_of
from photocast.models.remote.address import SERVICES, Address, address_of, passed_on
from photocast.models.remote.ask import ask, read_parts, tells_logprobs
from photocast.models.remote.bedrock import bedrock_address
from photocast.models.remote.build import connected, keeps_to_schemas, known_profile
from photocast.models.remote.endings import ending_of, failed, words_in
from photocast.models.remote.faults import Call, no_key
from photocast.models.remote.options import Options
from photocast.models.remote.sent import Sent
from photocast.models.remote.setting import Setting, Tally
from photocast.models.vision import Ending, Request
from photocast.schema import Fault, ModelError, PhotocastError

if TYPE_CHECKING:
    from pydantic_ai.messages import UserContent
    from pydantic_ai.models import StreamedResponse


def open_remote(spec: Spec) -> "RemoteModel":
    """The model of a provider, or with `spec.base_url` of another server that speaks the provider's interface.

    Nothing is sent yet. Options stand behind a question mark: `timeout`, `thinking`, `context`, `structured`.

    Raises:
        ModelError: the name, the address or an option is wrong, a package or a key is missing.
        ConfigError: the file of keys cannot be used.
    """
    options = Options.of(spec)
    if spec.provider == "openrouter" and "/" not in spec.model:
        raise _without_maker(spec)
    address, key = reached(spec)
    return RemoteModel(spec, options, address, key)


def reached(spec: Spec) -> tuple[Address, str | None]:
    """Where a model is asked, and with which key. Nothing is sent.

    Raises:
        ModelError: the address is wrong, a package or a key is missing.
        ConfigError: the file of keys cannot be used.
    """
    for package in ("pydantic_ai", SERVICES[spec.provider].package):
        require(package, extra="bedrock" if spec.provider == "bedrock" else "remote", purpose=f"{spec.provider}:")
    address = address_of(spec)
    if not address.url:
        address = bedrock_address()
    keyless = SERVICES[spec.provider].keyless and address.own
    key = None if keyless else key_for(spec.provider, server=address.server)
    if key is None and address.own and not keyless and spec.provider != "bedrock":
        raise no_key(spec.provider, address)
    return address, key


def _without_maker(spec: Spec) -> ModelError:
    why = "OpenRouter writes a model with its maker before it"
    do = "Write for example openrouter:google/gemini-2.5-flash; https://openrouter.ai/models lists them"
    return ModelError(Fault.UNKNOWN_MODEL, f"there is no model {spec.name}", why, do)


class RemoteModel:
    """A model that is asked over the network, as `VisionModel` describes. One client is opened and closed per answer.

    What a failed attempt sent is told by its error; what one that was stopped sent, with the next answer.
    """

    def __init__(self, spec: Spec, options: Options, address: Address, key: str | None) -> None:
        self._spec, self._options, self._address, self._key = spec, options, address, key
        self.name = spec.name if address.server is None else f"{spec.name}@{address.host}"
        self.host = passed_on(spec.model) if address.here else address.host
        known = keeps_to_schemas(spec.provider, spec.model)
        self.structured = known if options.structured is None else options.structured
        self.context = options.context or context_of(self.name)
        self.logprobs = tells_logprobs(known_profile(spec.provider, spec.model), options, spec)
        self._sent = Sent(self.host)

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the words as they come, then the `Ending`.

        Raises:
            ModelError: nothing was said and nothing will be; `retryable` tells whether another attempt may go well.
            LocalOnlyError: the run is local only, and the model is not on this machine.
            OSError: a photo cannot be read.
        """
        call, content, tally = self._call(request), read_parts(request), Tally()
        said = False
        answer: StreamedResponse | None = None
        try:
            async with self._asking(request, content, tally) as answer:
                async for event in answer:
                    if words := words_in(event):
                        said = True
                        yield words
                outcome: Ending | PhotocastError = ending_of(answer.get(), call, said=said)
        except Exception as error:  # a strange answer makes the libraries stumble in ways that nobody lists
            outcome = failed(error, call, answer.get() if said and answer is not None else None)
        except BaseException:
            self._sent.stopped(tally)
            raise
        yield self._sent.told(outcome, tally)  # not above, so that the error it came from, with photos and key, goes

    @asynccontextmanager
    async def _asking(
        self, request: Request, content: "list[UserContent]", tally: Tally
    ) -> AsyncIterator["StreamedResponse"]:
        from pydantic_ai.direct import model_request_stream

        setting = Setting(
            self._spec.model, self._address, self._key, self.structured, tally, timeout=self._options.timeout
        )
        async with connected(self._spec.provider, setting) as model:
            asked = ask(request, content, model.profile, self._options, self._spec)
            async with model_request_stream(
                model,
                asked.messages,
                model_settings=asked.settings,
                model_request_parameters=asked.parameters,
                instrument=False,
            ) as answer:
                yield answer

    def _call(self, request: Request) -> Call:
        return Call(
            provider=self._spec.provider,
            model=self._spec.model,
            address=self._address,
            keyed=self._key is not None,
            images=len(request.images),
            timeout=self._options.timeout,
        )
