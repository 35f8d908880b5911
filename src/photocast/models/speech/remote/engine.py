"""An engine whose voices are on another machine: words out, a whole clip back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from photocast.models.names import Spec
from photocast.models.remote.address import Address
from photocast.models.remote.faults import Call, bad_answer, fault_of, filtered
from photocast.models.remote.setting import Setting, Tally
from photocast.models.remote.wire import http_client
from photocast.models.speech.reading import has_words, readable
from photocast.models.speech.remote.wire import RATE, Wire, in_our_terms
from photocast.models.speech.sound import trimmed
from photocast.models.speech.voice import Line, Samples, Voice
from photocast.schema import Fault, ModelError, PhotocastError, UsageError

if TYPE_CHECKING:
    import httpx2
    from tenacity import RetryCallState

T = TypeVar("T")
_LONGEST_WAIT = 20.0
_IN_THE_TURN = "Change the turn in script.md, or name another engine"


class RemoteVoices:
    """Voices that are asked over the network, as `SpeechEngine` describes. Several lines may be said at once.

    A clip is taken whole: one that was cut is asked for again, and is never half heard. One client is opened and closed
    a clip.

    Args:
        spec: the model.
        wire: the interface it is asked through.
        address: where it is.
        key: to ask with, if it wants one.
        timeout: seconds of silence that are taken for a broken connection.
        patience: seconds for all attempts at a clip together, with the waits between them.
    """

    rate = RATE

    def __init__(
        self,
        spec: Spec,
        wire: Wire,
        address: Address,
        key: str | None,
        *,
        timeout: float = 60.0,
        patience: float = 60.0,
    ) -> None:
        self._spec, self._wire, self._address, self._key = spec, wire, address, key
        self._timeout, self._patience = timeout, patience
        self.name = f"{wire.prefix}:{spec.model}" + ("" if address.own else f"@{address.host}")
        self.host: str | None = None if address.here else address.host
        self.abilities = wire.abilities

    @cached_property
    def voices(self) -> tuple[Voice, ...]:
        """Those that are known, or that the other side lists, which is asked once; none where it lists none.

        Raises:
            ModelError: it was not reached, or refused.
        """
        return self._wire.known or self._asked(self._wire.voices)

    def speak(self, line: Line) -> Iterator[Samples]:
        """Yield the whole line; raises as `SpeechEngine` says."""
        voice = self._voice(line.voice)
        if not has_words(readable(line.text)):
            raise ModelError(Fault.EMPTY, f"{line.text!r} cannot be spoken", "there are no words in it", _IN_THE_TURN)
        yield trimmed(self._asked(lambda setting, http: self._wire.say(setting, http, line, voice)), RATE)

    def _voice(self, named: str) -> str:
        prefix, _, voice = named.partition(":")
        listed = [one.id for one in self._wire.known]
        if prefix != self._wire.prefix or not voice or (listed and named not in listed and not self.abilities.unlisted):
            known = ", ".join(listed) or f"a voice here is written {self._wire.prefix}:NAME"
            raise UsageError(f"there is no voice {named!r}", known, "See photocast voices")
        return voice

    def _asked(self, ask: "Callable[[Setting, httpx2.AsyncClient], Awaitable[T]]") -> T:
        return asyncio.run(self._patiently(ask))

    async def _patiently(self, ask: "Callable[[Setting, httpx2.AsyncClient], Awaitable[T]]") -> T:
        from tenacity import AsyncRetrying, retry_if_exception, stop_before_delay

        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, ModelError) and error.retryable),
            wait=_pause,
            stop=stop_before_delay(self._patience),
            reraise=True,
        )
        return await retrying(self._once, ask)

    async def _once(self, ask: "Callable[[Setting, httpx2.AsyncClient], Awaitable[T]]") -> T:
        setting = Setting(self._spec.model, self._address, self._key, False, Tally(), timeout=self._timeout)
        try:
            async with http_client(setting) as http:
                return await ask(setting, http)
        except Exception as error:  # client libraries raise what they like
            fault = self._fault(error)
        raise fault  # not above, so that the error it came from, with the key, goes

    def _fault(self, error: Exception) -> PhotocastError:
        call = Call(self._spec.provider, self._spec.model, self._address, self._key is not None, 0, self._timeout)
        if isinstance(error, ValueError) and type(error) is ValueError:
            return bad_answer(call, str(error))
        told = in_our_terms(error, self._spec.model)
        if (words := filtered(told)) is not None:
            return ModelError(Fault.FILTERED, f"{call.who} does not say this", words, _IN_THE_TURN)
        return _of_speech(fault_of(told, call), call)


def _of_speech(fault: PhotocastError, call: Call) -> PhotocastError:
    """The same fault, where its words are about photos and models that write."""
    if not isinstance(fault, ModelError):
        return fault
    what, do = {
        Fault.TOO_LONG: (f"the turn is too long for {call.model}", "Part it in two in script.md"),
        Fault.UNKNOWN_MODEL: (f"{call.who} does not know what was named", "Check the names of the model and the voice"),
        Fault.TIMED_OUT: (fault.what, "Run the same command again: clips that are there are kept"),
        Fault.SERVER_ERROR: (fault.what, "Run the same command again in a few minutes: clips that are there are kept"),
        Fault.REJECTED: (fault.what, "Change what it complains about, or name another engine"),
        Fault.RATE_LIMITED: (fault.what, "Wait a little and run the same command again: clips that are there are kept"),
    }.get(fault.fault, (fault.what, fault.do))
    return ModelError(fault.fault, what, fault.why, do, fault.retry_after)


def _pause(state: "RetryCallState") -> float:
    """Seconds until the next attempt: as the provider says, otherwise longer every time."""
    from tenacity import wait_exponential_jitter

    error = cast(ModelError, state.outcome.exception() if state.outcome else None)  # nothing else is tried again
    if error.retry_after is not None:
        return error.retry_after
    return wait_exponential_jitter(initial=1.0, max=_LONGEST_WAIT)(state)
