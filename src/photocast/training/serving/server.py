"""The server: OpenAI's `/v1/models` and `/v1/chat/completions` over one local model, and `/health`.

One question is answered at a time, in the order in which they came; a few may wait, more are sent away. Whoever hangs
up ends the model's work. Nothing that a question names is fetched.

Without a key it listens on this machine alone, and keeps out pages of other sites that run in a browser here: they
send a `Host` or `Sec-Fetch-Site` that gives them away, or a content type that needs no leave to be sent.
"""

import asyncio
import re
from contextlib import aclosing
from dataclasses import dataclass
from ipaddress import ip_address
from threading import BoundedSemaphore

from photocast._listening import ListeningServer
from photocast.models import Request, Sampling
from photocast.models.local import LocalVision
from photocast.schema import ConfigError
from photocast.training.serving.handler import Handler

WAITING = 16
"""Questions that are answered or wait for it."""


@dataclass(frozen=True)
class Served:
    """What is offered."""

    model: LocalVision
    name: str
    """What it is called by those who ask."""
    key: str | None = None
    """Without it nobody is answered."""

    @property
    def asked_as(self) -> str:
        """The `--model` with which `photocast make` asks as it asks the model itself: in words, with its context."""
        context = f"&context={self.model.context}" if self.model.context else ""
        return f"openai:{self.name}?structured=no{context}"


def warm_up(model: LocalVision) -> None:
    """Load a model, so that what is wrong with it is known before anybody asks.

    Raises:
        ModelError: it cannot be loaded.
    """

    async def once() -> None:
        async with aclosing(model.stream(Request(("Hello.",), sampling=Sampling(0.0, max_tokens=1)))) as pieces:  # type: ignore[type-var]
            async for _ in pieces:
                pass

    asyncio.run(once())


class Server(ListeningServer):
    """A model that can be asked. It answers once `serve_forever` runs; `close` ends it.

    Args:
        served: the model.
        host: the address to listen at.
        port: the port; 0 for any that is free.

    Raises:
        ConfigError: the address cannot be listened at, or is not this machine's own and there is no key.
    """

    def __init__(self, served: Served, host: str = "127.0.0.1", port: int = 0) -> None:
        self.served = served
        self.places = BoundedSemaphore(WAITING)
        if not _is_loopback(host) and not served.key:
            why = "whoever reaches it there could use the model"
            do = "Leave --host out, or name a key with --api-key-env"
            raise ConfigError(f"cannot listen at {host} without a key", why, do)
        super().__init__(host, port, Handler)

    @property
    def url(self) -> str:
        """What clients call the base URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/v1"

    def is_called(self, name: str) -> bool:
        """Whether a `Host` header means this machine: a name of somebody else's may be pointed at it."""
        bare = re.sub(r":\d+$", "", name).strip("[]").lower()
        return bare == "localhost" or _is_loopback(bare)

    def close(self) -> None:
        """Hang up on everybody, which ends what the model is doing for them, and wait until it has."""
        self.hang_up()
        self.server_close()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
