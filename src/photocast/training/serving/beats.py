"""A stream that says when it is silent."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, TypeVar

T = TypeVar("T")


async def with_beats(stream: AsyncIterator[T], seconds: float) -> AsyncGenerator[T | None, None]:
    """What a stream yields, and None whenever nothing has come for so many seconds. It is closed at the end."""
    coming: asyncio.Future[T] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(stream))
            done, _ = await asyncio.wait([coming], timeout=seconds)
            if not done:
                yield None
                continue
            piece, coming = coming.result(), None
            yield piece
    except StopAsyncIteration:
        return
    finally:
        if coming is not None and not coming.done():
            coming.cancel()
            await asyncio.wait([coming])
        closing: Any = getattr(stream, "aclose", None)
        if closing is not None:
            await closing()
