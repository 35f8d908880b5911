"""A model that draws on another machine: a request out, a picture back and into the store."""

import asyncio
from collections.abc import AsyncIterator

from photocast.models.images import bedrock, server
from photocast.models.images.asked import wish_of
from photocast.models.images.drawn import Drawn, keep
from photocast.models.images.options import Options
from photocast.models.images.store import PictureStore
from photocast.models.images.wire import Answered, Draw
from photocast.models.names import Spec
from photocast.models.remote.address import Address, address_of
from photocast.models.remote.endings import failed
from photocast.models.remote.faults import Call
from photocast.models.remote.model import reached
from photocast.models.remote.sent import Sent
from photocast.models.remote.setting import Setting, Tally
from photocast.models.vision import Ending, Finish, Request
from photocast.schema import PhotocastError

_TIMEOUT = 120.0
"""Seconds. A model that draws is silent until the picture is there."""


def open_bedrock(spec: Spec, store: PictureStore) -> "RemoteImages":
    """The model behind `bedrock:`. Options: `aspect`, `timeout`.

    Raises:
        ModelError: the address or an option is wrong, a package or a region is missing.
        ConfigError: the file of keys cannot be used.
    """
    return _opened(spec, store, bedrock.draw, ("aspect", "timeout"))


def open_openai(spec: Spec, store: PictureStore) -> "RemoteImages":
    """The model behind `openai:`. Options: `size`, `timeout`, and of servers of one's own also `steps` and `guidance`.

    Raises:
        ModelError: the address or an option is wrong, a package or a key is missing.
        ConfigError: the file of keys cannot be used.
    """
    more = () if address_of(spec).own else ("steps", "guidance")
    return _opened(spec, store, server.draw, ("size", *more, "timeout"))


def _opened(spec: Spec, store: PictureStore, draw: Draw, known: tuple[str, ...]) -> "RemoteImages":
    options = Options.of(spec, known)
    address, key = reached(spec)
    return RemoteImages(spec, options, address, key, store, draw)


class RemoteImages:
    """A model that is asked over the network, as `VisionModel` describes. One client is opened and closed a picture."""

    structured: bool = False
    context: int | None = None

    def __init__(
        self, spec: Spec, options: Options, address: Address, key: str | None, store: PictureStore, draw: Draw
    ) -> None:
        self._spec, self._options, self._address, self._key = spec, options, address, key
        self._store, self._draw = store, draw
        there = "" if address.server is None else f"@{address.host}"
        self.name = f"{spec.name}{there}{options.suffix}"
        self.host: str | None = None if address.here else address.host
        self._sent = Sent(self.host)
        self._timeout = options.timeout or _TIMEOUT

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the name of the picture once it is in the store, then the `Ending`; of a filter the `Ending` alone.

        Raises:
            ModelError: there will be no picture; `retryable` tells whether another attempt may go well.
            AnswerLost: the picture came, and the store does not take it.
            LocalOnlyError: the run is local only, and the model is not on this machine.
        """
        wish, tally = wish_of(request, self.name), Tally()
        drawn: Drawn | None = None
        try:
            answered = await self._draw(self._setting(tally), self._options, wish)
            drawn = await self._kept(answered)
            finish = Finish.FILTERED if drawn is None else Finish.DONE
            outcome: Ending | PhotocastError = Ending(
                finish, answered.usage, answered_by=self._spec.model, detail=answered.detail, raw=answered.raw
            )
        except Exception as error:  # a strange answer fails in ways that nobody lists
            outcome = failed(error, self._call(), None)
        except BaseException:
            self._sent.stopped(tally)
            raise
        ending = self._sent.told(outcome, tally)  # not above, so that the error it came from, with the key, goes
        if drawn is not None:
            yield drawn.text
        yield ending

    async def _kept(self, answered: Answered) -> Drawn | None:
        if answered.data is None:
            return None
        return await asyncio.to_thread(keep, answered.data, answered.seed, self._store)

    def _setting(self, tally: Tally) -> Setting:
        return Setting(self._spec.model, self._address, self._key, False, tally, timeout=self._timeout)

    def _call(self) -> Call:
        return Call(
            provider=self._spec.provider,
            model=self._spec.model,
            address=self._address,
            keyed=self._key is not None,
            images=0,
            timeout=self._timeout,
        )
