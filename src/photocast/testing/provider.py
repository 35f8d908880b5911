"""A provider on this machine that does as it is told: for tests of what becomes of answers, errors, broken wires."""

import argparse
import json
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from photocast.testing.batches import FakeBatches
from photocast.testing.behaviours import Behaviour, Draw, Drop, Fail, Hang, Raw
from photocast.testing.conversation import converse
from photocast.testing.server import Received, Server


class FakeProvider:
    """A server on loopback that speaks the interfaces of OpenAI, Anthropic and Google, those for batches as well.

    It draws as well, through those of OpenAI and of Stability AI's models on Bedrock.

    Questions are answered by what was queued, in the order they arrive, and after that by `answer`. What it would
    charge for is counted: every answer that it began, whether or not anybody was left to read it.

        with FakeProvider() as server:
            server.queue(Fail("overloaded"), "Speaker 1: Hello.")
            model = open_model("openai:any", base_url=server.url)

    After the block its address refuses connections.
    """

    def __init__(
        self,
        answer: Behaviour | Callable[[Received], Behaviour] | None = None,
        *,
        key: str | None = None,
        models: tuple[str, ...] = ("fake-vision",),
        port: int = 0,
    ) -> None:
        self._answer = answer if answer is not None else _answer
        self.key = key
        """The only key it takes; none takes any, also no key."""
        self.models = models
        """What it lists; it answers under any name."""
        self.requests: list[Received] = []
        self.charges = 0
        """Answers that it began."""
        self.batches = FakeBatches(self)
        """Jobs that were submitted, and how they behave; their questions are answered like all others."""
        self._queue: deque[Behaviour] = deque()
        self._lock = threading.Lock()
        self._server = Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """Its address, without a path."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def queue(self, *behaviours: Behaviour) -> None:
        """Add what is done with the next questions, one each."""
        with self._lock:
            self._queue.extend(behaviours)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def serve(self) -> None:
        """Serve until interrupted."""
        with self:
            self._thread.join()

    def next(self, received: Received) -> Behaviour:
        """Write the request down and say what is to be done with it."""
        with self._lock:
            self.requests.append(received)
            interface = received.interface or self.batches.interface(received)
            if interface is None:
                return self._elsewhere(received)
            wrong = self.key is not None and interface.key(received.header) != self.key
        if received.interface is None:
            return self.batches.refuse("wrong_key", interface) if wrong else self.batches.answer(received)
        return Fail("wrong_key") if wrong else self.decide(received)

    def decide(self, received: Received) -> Behaviour:
        """What is said to a question, be it asked by itself or in a batch: what is queued, or else the answer."""
        with self._lock:
            if self._queue:
                return self._queue.popleft()
        return self._answer(received) if callable(self._answer) else self._answer

    def _elsewhere(self, received: Received) -> Behaviour:
        """A list of models, what is queued if it is the same under every interface, or nothing."""
        if received.method == "GET":
            return Raw(json.dumps(_models(self.models)).encode(), "application/json")
        if self._queue and isinstance(self._queue[0], Raw | Hang | Drop):
            return self._queue.popleft()
        return Raw(b'{"error": {"message": "there is nothing here"}}', "application/json", 404)

    def charge(self) -> None:
        """Count an answer that begins."""
        with self._lock:
            self.charges += 1


def _answer(received: Received) -> Behaviour:
    """A conversation, or a picture where that was asked for."""
    return converse(received.asked) if received.asked.sides is None else Draw()


def _models(names: tuple[str, ...]) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "photocast"} for name in names]}


def main() -> None:
    """Serve conversations on loopback until interrupted; the address is printed first."""
    parser = argparse.ArgumentParser(prog="python -m photocast.testing.provider", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    server = FakeProvider(port=parser.parse_args().port)
    print(server.url, flush=True)
    try:
        server.serve()
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
