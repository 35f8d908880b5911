"""How the fake provider takes requests from a socket and carries out behaviours on it."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, ClassVar, Protocol

from photocast.testing.behaviours import Behaviour, Draw, Drop, Fail, Hang, Raw, Say
from photocast.testing.wire import INTERFACES, Asked, Interface
from photocast.testing.wire.pictures import Bedrock, OpenAIPictures


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    """With what stands behind a question mark."""
    headers: tuple[tuple[str, str], ...]
    body: bytes
    head_bytes: int
    """Bytes of the request line and the headers, with the empty line after them."""

    @property
    def total_bytes(self) -> int:
        """Everything that was sent for this request."""
        return self.head_bytes + len(self.body)

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as an object."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @cached_property
    def header(self) -> dict[str, str]:
        """The headers by name in lower case."""
        return {name.lower(): value for name, value in self.headers}

    @property
    def interface(self) -> Interface | None:
        """Whose question it is; none when it is no question to a model."""
        path = self.path.partition("?")[0]
        return next((one for one in INTERFACES if self.method == "POST" and one.takes(path)), None)

    @cached_property
    def asked(self) -> Asked:
        """The question in it."""
        assert self.interface is not None, f"{self.method} {self.path} asks no model anything"
        return self.interface.asked(self.path, self.json)


class Provider(Protocol):
    """Who decides what is done with a request."""

    def next(self, received: Received) -> Behaviour:
        """What is to be done with it."""
        ...

    def charge(self) -> None:
        """An answer begins."""
        ...


class Server(ThreadingHTTPServer):
    """Threads that end when the server does, also those that wait for a client or on purpose."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], provider: Provider) -> None:
        self.provider = provider
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, to be able to end it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget it: it has ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection and every wait."""
        self.closing.set()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other side was faster


class _Counted:
    """A file that counts what is read from it, by line or by size."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.taken = 0

    def readline(self, limit: int = -1) -> bytes:
        line = self._file.readline(limit)
        self.taken += len(line)
        return line

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


class _Handler(BaseHTTPRequestHandler):
    """One connection: requests are read whole, then the behaviour is carried out."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server
    _silent: ClassVar[tuple[type[OSError], ...]] = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError)

    def setup(self) -> None:
        super().setup()
        self.rfile: Any = _Counted(self.rfile)

    def handle(self) -> None:
        try:
            super().handle()
        except self._silent:
            self.close_connection = True  # whoever asked has gone

    def finish(self) -> None:
        try:
            super().finish()
        except self._silent:
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: tests read `requests`."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        received = self._receive()
        behaviour = self.server.provider.next(received)
        if isinstance(behaviour, str):
            behaviour = Say(behaviour)
        if isinstance(behaviour, Say):
            self.server.provider.charge()
            self._say(received, behaviour)
        elif isinstance(behaviour, Draw):
            self.server.provider.charge()
            self._draw(received, behaviour)
        elif isinstance(behaviour, Fail):
            self._fail(received, behaviour)
        elif isinstance(behaviour, Raw):
            self._whole(behaviour.status, behaviour.body, behaviour.content_type, dict(behaviour.headers))
        elif isinstance(behaviour, Hang):
            self.server.closing.wait()
            self.close_connection = True
        else:
            assert isinstance(behaviour, Drop)
            self.close_connection = True

    def _receive(self) -> Received:
        head = self.rfile.taken
        self.rfile.taken = 0
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return Received(self.command, self.path, tuple(self.headers.items()), body, head)

    def _say(self, received: Received, say: Say) -> None:
        interface, asked = received.interface, received.asked
        assert interface is not None
        if not asked.stream:
            return self._whole(200, json.dumps(interface.whole(asked, say)).encode(), "application/json")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        left = say.cut_after
        for number, event in enumerate(self._events(received, say)):
            self.server.closing.wait(say.pause)
            if number == say.silent_after:
                self.server.closing.wait()
            if self.server.closing.is_set() or (left is not None and len(event) > left):
                self._chunk(event[:left])
                self.close_connection = True
                return None
            self._chunk(event)
            left = left if left is None else left - len(event)
        self.wfile.write(b"0\r\n\r\n")

    def _events(self, received: Received, say: Say) -> Iterator[bytes]:
        interface, asked = received.interface, received.asked
        assert interface is not None
        yield from interface.events(asked, say)
        if say.then is not None:
            yield interface.interruption(say.then.trouble, asked, interface.key(received.header))

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _draw(self, received: Received, draw: Draw) -> None:
        interface = received.interface
        assert isinstance(interface, Bedrock | OpenAIPictures), "words were asked for, and no picture"
        status, body = interface.drawn(received.asked, draw)
        self._whole(status, json.dumps(body).encode(), "application/json")

    def _fail(self, received: Received, fail: Fail) -> None:
        interface = received.interface
        assert interface is not None
        status, body = interface.error(fail.trouble, received.asked, interface.key(received.header))
        after = {} if fail.retry_after is None else {"Retry-After": f"{fail.retry_after:g}"}
        self._whole(status, json.dumps(body).encode(), "application/json", after)

    def _whole(self, status: int, body: bytes, kind: str, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
