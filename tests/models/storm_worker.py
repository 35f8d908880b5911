"""A program that asks many questions at once through `Calls`, for tests that kill it: STATE PORT CALLS AT_ONCE."""

import asyncio
import dataclasses
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from photocast._concurrency import map_bounded
from photocast.models import Ending, Request, Usage
from photocast.models.calls import Calls
from photocast.runs import Journal


class Remote:
    """Posts the key of a question to the server on this machine, and passes on what it says."""

    name, host, structured, context = "mine:remote", "127.0.0.1", False, None

    def __init__(self, port: int) -> None:
        self._port = port

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        body = request.key(self.name)
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(f"POST / HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            await reader.readuntil(b"\r\n\r\n")
            while piece := await reader.read(1000):
                yield piece.decode()
        finally:
            writer.close()
        yield Ending(usage=Usage(100, 100))


class TwoCents:
    table = "test 2026-11-01"

    def cost(self, usage: Usage) -> float:
        return 0.02

    def worst(self, request: Request) -> float:
        return 0.05


async def ask_all(calls: Calls, number: int, at_once: int) -> None:
    async def one(question: int) -> None:
        async for _ in calls.stream(Request((f"question {question}",), purpose="storm")):
            pass

    await map_bounded(one, range(number), limit=at_once)


def main(state: str, port: str, number: str, at_once: str) -> None:
    with Journal(Path(state)) as journal:
        run = journal.begin("storm")
        calls = Calls(Remote(int(port)), journal, run, price=TwoCents(), repeat=lambda attempts: True)
        asyncio.run(ask_all(calls, int(number), int(at_once)))
        print(json.dumps(dataclasses.asdict(calls.spent)))


if __name__ == "__main__":
    main(*sys.argv[1:])
