"""One connection to the server, with one question."""

import asyncio
import hmac
import json
import re
import socket
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from photocast._listening import GONE
from photocast.schema import Fault, ModelError
from photocast.training.serving.answer import Form, event, in_pieces, whole
from photocast.training.serving.asked import Asked, Refused, read_question

if TYPE_CHECKING:
    from photocast.training.serving.server import Server

LARGEST = 128 * 2**20
"""Bytes of a question with its pictures."""
_PATIENCE = 30
"""Seconds for which a connection may be silent, or not take what is written."""
"""What is raised when the other side has gone away."""
_STATUS = {Fault.TOO_LONG: HTTPStatus.BAD_REQUEST, Fault.NO_IMAGES: HTTPStatus.BAD_REQUEST}
_CODES = {Fault.TOO_LONG: "context_length_exceeded", Fault.OUT_OF_MEMORY: "out_of_memory"}
_HEADERS = {"Connection": "close", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Of every answer. No connection outlives its answer: closing one is how a client takes a question back."""


class Handler(BaseHTTPRequestHandler):
    """One connection, with one request."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "photocast", ""
    timeout = _PATIENCE
    disable_nagle_algorithm = True
    server: "Server"

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: what is asked is nobody's business."""

    def do_GET(self) -> None:
        """Tell that the server is there, or what it has."""
        with self._refusals():
            if self.path == "/health":
                return self._send(HTTPStatus.OK, {"status": "ok"})
            self._check_allowed()
            if self.path != "/v1/models":
                raise Refused(HTTPStatus.NOT_FOUND, f"There is nothing at {self.path}")
            model = {"id": self.server.served.name, "object": "model", "created": 0, "owned_by": "photocast"}
            context = {"max_model_len": self.server.served.model.context}
            self._send(HTTPStatus.OK, {"object": "list", "data": [model | context]})

    def do_POST(self) -> None:
        """Answer a question."""
        with self._refusals():
            self._check_allowed()
            if self.path != "/v1/chat/completions":
                raise Refused(HTTPStatus.NOT_FOUND, f"There is nothing at {self.path}")
            with self._place(), TemporaryDirectory(prefix="photocast-asked-") as folder:
                asked = read_question(self._body(), self.server.served.name, Path(folder))
                with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:  # others cannot watch a socket
                    runner.run(self._answer(asked))

    async def _answer(self, asked: Asked) -> None:
        """Answer, or stop when the other side hangs up."""
        served, loop, task = self.server.served, asyncio.get_running_loop(), asyncio.current_task()
        form = Form(served.name, served.model.name)

        def look() -> None:
            loop.remove_reader(self.connection)  # there is nothing more to come but the end
            if task is not None and _has_ended(self.connection):
                task.cancel()

        loop.add_reader(self.connection, look)
        try:
            if not asked.stream:
                self._send(HTTPStatus.OK, await whole(served.model, asked, form))
                return
            async with aclosing(in_pieces(served.model, asked, form)) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    self._begin_stream()
                    self.wfile.write(piece)
        except asyncio.CancelledError:
            self.close_connection = True
        finally:
            loop.remove_reader(self.connection)

    _streaming = False

    def _begin_stream(self) -> None:
        if self._streaming:
            return
        self._streaming = True
        self.send_response(HTTPStatus.OK)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self.server.places.acquire(blocking=False):
            why = "Too many questions are waiting already; try again later"
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, why, code="rate_limit_exceeded")
        try:
            yield
        finally:
            self.server.places.release()

    def _check_allowed(self) -> None:
        key = self.server.served.key
        if key is not None:
            given = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), key.encode()):
                raise Refused(HTTPStatus.UNAUTHORIZED, "The key is missing or wrong", code="invalid_api_key")
        elif not self.server.is_called(self.headers.get("Host", "")):
            raise Refused(HTTPStatus.FORBIDDEN, "This server is for this machine alone")
        if self.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            raise Refused(HTTPStatus.FORBIDDEN, "This server is not for pages of other sites")

    def _body(self) -> Any:
        if self.headers.get_content_type() != "application/json":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A question has the content type application/json")
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,12}", length):
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "A question has a Content-Length")
        if int(length) > LARGEST:
            why = f"The question is larger than {LARGEST // 2**20} MiB"
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why)
        try:
            return json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "The body is no JSON") from error

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Tell about whatever goes wrong in OpenAI's form, in the stream where it has begun."""
        try:
            try:
                yield
            except Refused as refused:
                self._tell(refused)
            except ModelError as error:
                status = _STATUS.get(error.fault, HTTPStatus.INTERNAL_SERVER_ERROR)
                self._tell(Refused(status, str(error), code=_CODES.get(error.fault, error.fault.value)))
            except GONE:
                raise
            except Exception:
                self._tell(Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "The server made a mistake, and has printed it"))
                raise
        except GONE:
            self.close_connection = True

    def _tell(self, refused: Refused) -> None:
        if self._streaming:
            self.wfile.write(event(refused.document))
        else:
            self._send(refused.status, refused.document)

    def _send(self, status: HTTPStatus, document: object) -> None:
        body = json.dumps(document, ensure_ascii=False).encode()
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **_HEADERS}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _has_ended(connection: socket.socket) -> bool:
    """Whether a socket that has something to read has nothing but its end."""
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
