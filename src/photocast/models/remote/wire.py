"""The HTTP client that the providers' libraries send through: one for each call, watched and kept to the point."""

import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, cast

from photocast import __version__
from photocast.models.remote.setting import Setting, Tally
from photocast.schema import Fault, ModelError

if TYPE_CHECKING:
    import httpx2

LONGEST_CONNECT = 15.0
"""Seconds after which a server that does not even take the connection counts as unreachable."""
_KEY_HEADERS = ("authorization", "x-api-key", "x-goog-api-key", "xi-api-key")
_OWN_HEADERS = ("openai-organization", "openai-project", "anthropic-workspace-id")
"""Headers that libraries fill from the environment, and that are meant for the provider alone."""
_CUSTOM = ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS")


@asynccontextmanager
async def http_client(setting: Setting) -> AsyncIterator["httpx2.AsyncClient"]:
    """A client that is closed at the end of the block. It makes no second attempt of its own.

    Proxies and certificates named in the environment are used, but no proxy for a server on this machine: what is said
    to stay here would go to it. What libraries tell about this machine is left out, and without a key no header of a
    key is sent, not even with a placeholder.
    """
    import httpx2

    address, timeout = setting.address, setting.timeout
    connect = min(timeout, LONGEST_CONNECT)
    limits = {"connect": connect, "pool": connect, "read": timeout, "write": timeout}

    async def prepare(request: httpx2.Request) -> None:
        _tidy(request.headers, key=setting.key is not None, own=address.own)
        request.extensions = {**request.extensions, "timeout": limits}  # the libraries set one of their own
        request.stream = _counted(request, setting.tally)

    secure = address.url.startswith("https:")
    try:
        client = httpx2.AsyncClient(
            verify=_certificates() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            timeout=httpx2.Timeout(timeout, connect=connect),
            trust_env=not address.here,
            event_hooks={"request": [prepare]},
        )
    except (ImportError, ValueError) as error:  # its name may have a password in it, and is not repeated
        kind = (
            "SOCKS needs a package: pip install 'httpx2[socks]'" if isinstance(error, ImportError) else "no such kind"
        )
        do = "Correct or unset HTTP_PROXY, HTTPS_PROXY and ALL_PROXY"
        raise ModelError(Fault.UNREACHABLE, "the proxy that is set cannot be used", kind, do) from None
    async with client:
        yield client


@cache
def _certificates() -> ssl.SSLContext:
    """Made once: loading the certificates of all authorities takes tens of milliseconds."""
    import httpx2

    return httpx2.create_ssl_context()


def _tidy(headers: "httpx2.Headers", *, key: bool, own: bool) -> None:
    unwanted = [name for name in headers if name.startswith(("x-stainless-", "x-goog-api-client"))]
    if not key:
        unwanted += _KEY_HEADERS
    if not own:
        unwanted += [*_OWN_HEADERS, *_custom_headers()]
    for name in unwanted:
        headers.pop(name, None)
    headers["user-agent"] = f"photocast/{__version__}"


def _custom_headers() -> list[str]:
    lines = [line for variable in _CUSTOM for line in os.environ.get(variable, "").splitlines()]
    return [name.strip() for name, colon, _ in (line.partition(":") for line in lines) if colon]


def _counted(request: "httpx2.Request", tally: Tally) -> "httpx2.AsyncByteStream":
    """The request's body; whoever reads it sends it, and has sent the headers before."""
    import httpx2

    body = cast("httpx2.AsyncByteStream", request.stream)  # an asynchronous client has no others
    line = f"{request.method} {request.url.raw_path.decode('ascii')} HTTP/1.1\r\n"
    head = len(line) + sum(len(name) + len(value) + 4 for name, value in request.headers.raw) + 2

    class Counted(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            tally.sent += head
            async for piece in body:
                tally.sent += len(piece)
                yield piece

        async def aclose(self) -> None:
            await body.aclose()

    return Counted()
