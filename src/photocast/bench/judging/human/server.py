"""The web server of a study: on this machine only unless asked otherwise, and for nobody without the link.

Every address begins with a secret. Beyond that, a page of another site that runs in the same browser is kept out by
what browsers say of requests: the host they meant (`Host`, against names that are made to point here), the page they
come from (`Origin`, `Sec-Fetch-Site`). What raters are shown is named by numbers and digests, never by paths.
"""

import hmac
import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from photocast._listening import GONE, ListeningServer
from photocast._page import clean
from photocast.bench.judging.criteria import criterion
from photocast.bench.judging.human.session import Answer, Session, Unsaved
from photocast.bench.judging.human.study import AUDIO
from photocast.bench.judging.human.workplace import Workplace
from photocast.schema import ConfigError, UsageError

LOOPBACK = "127.0.0.1"
_LARGEST = 64 * 1024
"""Bytes of a request."""
_PATIENCE = 30
"""Seconds for which a connection may be silent."""
_PIECE = 256 * 1024
_PARTS = {"": "page.html", "page.css": "page.css", "page.js": "page.js", "icon.svg": "icon.svg"}
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "media", "connect")),
        *(f"{what} 'none'" for what in ("base-uri", "form-action", "frame-ancestors")),
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class _Reply:
    """What is sent back."""

    body: bytes | Path
    kind: str
    status: HTTPStatus = HTTPStatus.OK
    keep: bool = False
    """Whether the browser may keep it: photos and recordings do not change."""


class _Refused(Exception):
    """A request that is not answered."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Server(ListeningServer):
    """A study that can be reached. It answers once `serve_forever` runs.

    Args:
        session: the raters and what they are shown.
        token: the secret in every address.
        host: the address to listen at.
        port: the port; 0 for any that is free.

    Raises:
        ConfigError: the address cannot be listened at.
    """

    daemon_threads = True

    def __init__(self, session: Session, token: str, host: str = LOOPBACK, port: int = 0) -> None:
        self.session, self.token = session, token
        super().__init__(host, port, _Handler)

    @property
    def url(self) -> str:
        """The link for raters."""
        host = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/{self.token}/"

    @cached_property
    def parts(self) -> dict[str, _Reply]:
        """The page, its style and its behaviour."""
        folder = files("photocast.bench.judging.human").joinpath("template")
        return {
            path: _Reply(folder.joinpath(name).read_bytes(), f"{_TYPES[Path(name).suffix]}; charset=utf-8")
            for path, name in _PARTS.items()
        }

    def is_called(self, name: str) -> bool:
        """Whether a `Host` header means this server.

        A name that somebody else owns could be pointed at this machine by its owner, whose page would then be of the
        same origin; an address cannot be.
        """
        if not name.endswith(f":{self.port}") and self.port != 80:
            return False
        bare = name.removesuffix(f":{self.port}").strip("[]").lower()
        if bare == "localhost" or bare == self.host.lower():
            return True
        try:
            address = ip_address(bare)
        except ValueError:
            return self.host != LOOPBACK and bare == socket.gethostname().lower()
        return address.is_loopback or self.host != LOOPBACK


@contextmanager
def serve(session: Session, place: Workplace, host: str = LOOPBACK, port: int | None = None) -> Iterator[Server]:
    """A server at the address that the folder's raters know already, unless another port is asked for.

    Raises:
        ConfigError: the address cannot be listened at.
        InputError: the address cannot be written down.
    """
    known = place.port if port is None else port
    try:
        server = Server(session, place.token, host, known)
    except ConfigError:
        if port is not None or not known:
            raise
        server = Server(session, place.token, host)
    try:
        place.remember(server.port)
        yield server
    finally:
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "photocast", ""
    timeout = _PATIENCE
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: the votes are the record."""

    def do_GET(self) -> None:
        """Answer with the page, a state, a photo or a recording."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Take a vote."""
        self._answer(self._post)

    def _answer(self, work: "Callable[[list[str]], _Reply]") -> None:
        try:
            reply = work(self._checked_path())
        except _Refused as refused:
            reply = _Reply(refused.status.phrase.encode(), "text/plain", refused.status)
        except Unsaved as error:
            reply = _json({"error": {"what": error.what, "do": error.do}}, HTTPStatus.INSUFFICIENT_STORAGE)
        except UsageError as error:
            reply = _json({"error": {"what": error.what, "do": error.do}}, HTTPStatus.CONFLICT)
        try:
            self._send(reply)
        except GONE:
            self.close_connection = True

    def _checked_path(self) -> list[str]:
        """The parts of the path behind the secret."""
        if not self.server.is_called(self.headers.get("Host", "")):
            raise _Refused(HTTPStatus.FORBIDDEN)
        if self.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            raise _Refused(HTTPStatus.FORBIDDEN)
        before, _, path = self.path.partition("/")
        token, _, rest = path.partition("/")
        if before or not hmac.compare_digest(token.encode(), self.server.token.encode()):
            raise _Refused(HTTPStatus.NOT_FOUND)
        return rest.split("/")

    def _get(self, path: list[str]) -> _Reply:
        session = self.server.session
        match path:
            case [name] if name in self.server.parts:
                return self.server.parts[name]
            case ["consent"]:
                return _json({"consent": clean(session.study.consent)})
            case ["next", code]:
                return _json(_state(session, code))
            case ["photo", code, pair, number, size] if size in {"small", "large"}:
                return self._photo(code, pair, number, size)
            case ["audio", code, pair, side] if side in {"a", "b"}:
                return self._audio(code, pair, side)
        raise _Refused(HTTPStatus.NOT_FOUND)

    def _photo(self, code: str, pair: str, number: str, size: str) -> _Reply:
        album = self.server.session.shown(code, pair).comparison.album
        photos = {str(at): photo.id for at, photo in enumerate(album.photos)} if album else {}
        if album is None or (photo := photos.get(number)) is None:
            raise _Refused(HTTPStatus.NOT_FOUND)
        return _file(album.model_image(photo) if size == "small" else album.page_image(photo), "image/jpeg")

    def _audio(self, code: str, pair: str, side: str) -> _Reply:
        shown = self.server.session.shown(code, pair)
        audio = shown.comparison.texts[shown.side(left=side == "a")].audio
        if audio is None or not shown.comparison.has_audio:
            raise _Refused(HTTPStatus.NOT_FOUND)
        return _file(audio, AUDIO[audio.suffix])

    def _post(self, path: list[str]) -> _Reply:
        session, body = self.server.session, self._body()
        match path:
            case ["join"] if body.get("agreed") is True:
                return _json({"rater": session.join()})
            case ["vote"]:
                try:
                    answer = Answer.model_validate(body)
                except ValidationError as error:
                    raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY) from error
                return _json({"open": session.vote(answer)})
            case ["undo"] if isinstance(code := body.get("rater"), str):
                session.undo(code)
                return _json(_state(session, code))
        raise _Refused(HTTPStatus.NOT_FOUND)

    def _body(self) -> dict[str, Any]:
        """The JSON object of a request that comes from our own page."""
        host = self.headers.get("Host", "")
        if self.headers.get("Origin") != f"http://{host}":
            raise _Refused(HTTPStatus.FORBIDDEN)
        if self.headers.get_content_type() != "application/json":
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,9}", length):
            raise _Refused(HTTPStatus.LENGTH_REQUIRED)
        if int(length) > _LARGEST:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            body = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise _Refused(HTTPStatus.BAD_REQUEST) from error
        if not isinstance(body, dict):
            raise _Refused(HTTPStatus.BAD_REQUEST)
        return body

    def _send(self, reply: _Reply) -> None:
        size = reply.body.stat().st_size if isinstance(reply.body, Path) else len(reply.body)
        start, end = self._range(size) if isinstance(reply.body, Path) else (0, size)
        part = reply.status is HTTPStatus.OK and (start, end) != (0, size)
        self.send_response(HTTPStatus.PARTIAL_CONTENT if part else reply.status)
        headers = {
            "Content-Type": reply.kind,
            "Content-Length": str(end - start),
            "Cache-Control": "private, max-age=3600" if reply.keep else "no-store",
            **({"Accept-Ranges": "bytes"} if isinstance(reply.body, Path) else {}),
            **({"Content-Range": f"bytes {start}-{end - 1}/{size}"} if part else {}),
            "Connection": "close",  # none outlives the server, and no body is taken for the next request
            **_HEADERS,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in _pieces(reply.body, start, end):
            self.wfile.write(piece)

    def _range(self, size: int) -> tuple[int, int]:
        """The bytes that are asked for, so that a recording can be wound; all of them when that is not understood."""
        found = re.fullmatch(r"bytes=([0-9]{1,15})-([0-9]{0,15})", self.headers.get("Range", ""))
        if not found or int(found[1]) >= size:
            return 0, size
        end = int(found[2]) + 1 if found[2] else size
        return (int(found[1]), min(end, size)) if end > int(found[1]) else (0, size)


def _pieces(body: bytes | Path, start: int, end: int) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    with body.open("rb") as file:
        file.seek(start)
        while (left := end - file.tell()) > 0 and (piece := file.read(min(_PIECE, left))):
            yield piece


def _file(path: Path, kind: str) -> _Reply:
    if not path.is_file():
        raise _Refused(HTTPStatus.NOT_FOUND)
    return _Reply(path, kind, keep=True)


def _json(value: object, status: HTTPStatus = HTTPStatus.OK) -> _Reply:
    return _Reply(json.dumps(value).encode(), "application/json", status)


def _state(session: Session, code: str) -> dict[str, Any]:
    """What the page needs to know to go on."""
    standing = session.standing(code)
    state: dict[str, Any] = {"done": standing.done, "total": standing.total, "undo": standing.can_undo, "pair": None}
    if (shown := standing.shown) is None or standing.pair is None:
        return state
    album = shown.comparison.album
    state["pair"] = {
        "id": standing.pair,
        "photos": len(album.photos) if album else 0,
        "audio": shown.comparison.has_audio,
        "sides": [
            [[clean(speaker), clean(said)] for speaker, said in shown.comparison.texts[shown.side(left)].lines]
            for left in (True, False)
        ],
        "questions": [
            {"criterion": name, "title": asked.title, "text": asked.question, "look": asked.look}
            for name in shown.comparison.criteria
            if (asked := criterion(name))
        ],
        "answers": standing.answered,
    }
    return state
