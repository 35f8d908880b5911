"""Fetch photos from where VIST found them, one at a time, and keep what came whole.

A photo is kept when it is a picture, is complete, and has the hash that it had before or that somebody vouches for. A
host that asks for patience gets it; a photo that is gone is noted and not asked for again.
"""

import http.client
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from photocast import __version__
from photocast.album.kinds import HEAD, Kind, describe, kind_of
from photocast.bench.vist.photos import Entry, Ledger, Wanted
from photocast.runs import sha256_of_bytes, write_atomically
from photocast.schema import InputError

AGENT = f"photocast/{__version__} (fetches the photos of VIST for a benchmark, one at a time)"
_LARGEST = 64 * 1024**2
_GONE = frozenset({404, 410, 451})
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_PLACEHOLDER = "photo_unavailable"
"""Flickr sends a picture of this name in the place of one that was deleted."""
_TAIL = 64 * 1024
_ENOUGH = 5
"""Photos that fail one after the other until nothing more is asked for: the host or the network is away."""


@dataclass(frozen=True)
class Manners:
    """How a host is treated.

    Attributes:
        delay: seconds between two requests.
        timeout: seconds of silence after which a request has failed.
        attempts: how often a photo is asked for before it is left for another day.
        patience: seconds that a single wait may take; a host that asks for more ends the run.
        sleep: waits.
    """

    delay: float = 1.0
    timeout: float = 30.0
    attempts: int = 4
    patience: float = 300.0
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Fetched:
    """What came of a run, by photo."""

    came: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    """Those that were there before."""
    gone: dict[str, str] = field(default_factory=dict)
    """Those that cannot be had, with the reason, from this run or an earlier one."""
    failed: dict[str, str] = field(default_factory=dict)
    """Those that may come another day."""
    differ: dict[str, str] = field(default_factory=dict)
    """Those of which other bytes came than were expected; they are not kept."""

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do: every photo is there or gone."""
        return not (self.failed or self.differ)


def fetch(
    wanted: Sequence[Wanted],
    ledger: Ledger,
    *,
    manners: Manners | None = None,
    hashes: Mapping[str, str] | None = None,
    again_gone: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Fetched:
    """Fetch what is not there yet. Killed at any time, it goes on where it was.

    Args:
        wanted: the photos.
        ledger: what came of them before, and what is written on.
        manners: how the hosts are treated.
        hashes: SHA-256 by photo, from somebody else who has them.
        again_gone: whether photos are asked for again that were gone.
        progress: called with how many photos are done, and how many there are.

    Raises:
        InputError: a host asks for more patience than there is, or a file cannot be written.
        LocalOnlyError: the run is to stay on this machine.
    """
    visit = _Visit(manners or Manners())
    fetched = Fetched()
    in_a_row = 0
    for done, one in enumerate(wanted):
        if progress:
            progress(done, len(wanted))
        if in_a_row == _ENOUGH and not ledger.has(one):
            fetched.failed[one.id] = f"not asked for: the {_ENOUGH} photos before it failed"
            continue
        before = len(fetched.failed)
        _one(one, ledger, visit, hashes or {}, again_gone, fetched)
        in_a_row = in_a_row + 1 if len(fetched.failed) > before else 0
    if progress:
        progress(len(wanted), len(wanted))
    return fetched


def _one(
    one: Wanted, ledger: Ledger, visit: "_Visit", hashes: Mapping[str, str], again: bool, fetched: Fetched
) -> None:
    vouched = hashes.get(one.id)
    if ledger.has(one) and vouched in (None, ledger.sha256(one.id)):
        fetched.there.append(one.id)
        return
    known_gone = ledger.gone().get(one.id)
    if known_gone and not again:
        fetched.gone[one.id] = known_gone
        return
    try:
        data = visit.get(one.url)
    except _Gone as error:
        ledger.note(Entry(id=one.id, url=one.url, gone=str(error)))
        fetched.gone[one.id] = str(error)
        return
    except _Failed as error:
        fetched.failed[one.id] = str(error)
        return
    expected = vouched or ledger.sha256(one.id)
    actual = sha256_of_bytes(data)
    if expected and actual != expected:
        origin = "--hashes says" if vouched else "came the first time"
        fetched.differ[one.id] = f"SHA-256 is {actual[:12]}…, and {origin} {expected[:12]}…"
        return
    keep(one, data, ledger)
    fetched.came.append(one.id)


def keep(one: Wanted, data: bytes, ledger: Ledger) -> None:
    """Write a photo and note that it is there.

    Raises:
        InputError: a file cannot be written.
    """
    for file in one.files:
        write_atomically(file, data)
    ledger.note(Entry(id=one.id, sha256=sha256_of_bytes(data), bytes=len(data), url=one.url))


def from_folder(wanted: Sequence[Wanted], ledger: Ledger, folder: Path, hashes: Mapping[str, str]) -> Fetched:
    """Take the photos from a folder of VIST's own archives, where a photo is `ID.jpg` or the like, at any depth.

    Raises:
        InputError: there is no such folder, or a file cannot be written.
    """
    if not folder.is_dir():
        raise InputError(f"cannot take photos from {folder}", "it is not a folder", "Unpack an archive of VIST there")
    ids = {one.id for one in wanted}
    files = {file.stem: file for file in sorted(folder.rglob("*.*")) if file.stem in ids}
    fetched = Fetched()
    for one in wanted:
        if ledger.has(one) and hashes.get(one.id) in (None, ledger.sha256(one.id)):
            fetched.there.append(one.id)
            continue
        try:
            data = files[one.id].read_bytes()
            _check_picture(data)
        except KeyError:
            fetched.failed[one.id] = f"no file of {folder} bears its name"
        except (OSError, _Failed) as error:
            fetched.failed[one.id] = f"{files[one.id].name}: {error}"
        else:
            if hashes.get(one.id) in (None, actual := sha256_of_bytes(data)):
                keep(one, data, ledger)
                fetched.came.append(one.id)
            else:
                fetched.differ[one.id] = f"SHA-256 is {actual[:12]}…, and --hashes says {hashes[one.id][:12]}…"
    return fetched


class _Gone(Exception):
    """There is no such photo any more."""


class _Failed(Exception):
    """It did not come this time."""


class _Refused(_Failed):
    """It would not come either if it were asked for again at once."""


class _Redirects(HTTPRedirectHandler):
    """Follows Flickr within Flickr, as from farm1.staticflickr.com to live.staticflickr.com, and nobody elsewhere."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        """The next request.

        Raises:
            _Gone: it leads to the placeholder.
            _Refused: it leads to another site.
        """
        fp.close()
        if _PLACEHOLDER in newurl:
            raise _Gone("Flickr says that it is no longer available")
        if urlsplit(newurl).scheme not in ("http", "https") or _site(newurl) != _site(req.full_url):
            raise _Refused(f"its address leads on to {_shown(newurl)}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Visit:
    """Asks the hosts, with the pauses that are due."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._opener: OpenerDirector = build_opener(_Redirects())
        self._asked = False

    def get(self, url: str) -> bytes:
        """The bytes of a photo.

        Raises:
            _Gone: there is none.
            _Failed: none came, however often it was asked for.
            InputError: the host asks for more patience than there is.
        """
        if urlsplit(url).scheme not in ("http", "https"):
            raise _Gone("VIST names no address of it" if not url else f"{_shown(url)} is no address of the web")
        reason, wait = "", self._manners.delay
        for attempt in range(self._manners.attempts):
            if self._asked:
                self._manners.sleep(wait)
            self._asked = True
            try:
                return self._ask(url)
            except HTTPError as error:
                error.close()
                if error.code in _GONE:
                    raise _Gone(f"{error.code} {http.client.responses.get(error.code, '')}".strip()) from None
                if error.code not in _LATER:
                    raise _Refused(f"the host answered {error.code}") from None
                reason = f"the host answered {error.code}"
                asked = _retry_after(error.headers.get("Retry-After"))
            except _Refused:
                raise
            except (_Failed, URLError, OSError, http.client.HTTPException) as error:
                reason, asked = _in_words(error), None
            wait = self._next_wait(url, attempt, asked)
        raise _Failed(f"{reason}, {self._manners.attempts} times")

    def _next_wait(self, url: str, attempt: int, asked: float | None) -> float:
        wait = max(self._manners.delay, asked if asked is not None else self._manners.delay * 2**attempt)
        if wait > self._manners.patience:
            raise InputError(
                f"{urlsplit(url).hostname} wants to be left alone",
                f"it asks for {wait:.0f} s without requests",
                "Run the same command again after that: it goes on where it was",
            )
        return wait

    def _ask(self, url: str) -> bytes:
        request = Request(url, headers={"User-Agent": AGENT, "Accept": "image/*"})
        with self._opener.open(request, timeout=self._manners.timeout) as answer:
            if _PLACEHOLDER in answer.geturl():
                raise _Gone("Flickr says that it is no longer available")
            data: bytes = answer.read(_LARGEST + 1)
            announced = answer.headers.get("Content-Length")
        if announced and announced.isdigit() and len(data) < min(int(announced), _LARGEST):
            raise _Failed(f"it broke off after {len(data):,} of {int(announced):,} bytes")
        _check_picture(data)
        return data


def _check_picture(data: bytes) -> None:
    """Check that bytes are a whole picture, as far as its beginning and its end tell.

    Raises:
        _Failed: they are not.
    """
    if len(data) > _LARGEST:
        raise _Failed(f"it is larger than {_LARGEST // 1024**2} MB")
    if not data:
        raise _Failed("nothing came")
    kind = kind_of(data[:HEAD])
    if kind is None:
        raise _Failed(f"what came is {describe(data[:HEAD])}")
    if kind is Kind.JPEG and b"\xff\xd9" not in data[-_TAIL:]:
        raise _Failed("it breaks off in the middle")


def _site(url: str) -> str:
    """The last two parts of a host's name, the same for all of Flickr's photos; the whole of an address of numbers."""
    host = urlsplit(url).hostname or ""
    return host if host.replace(".", "").isdigit() or ":" in host else ".".join(host.split(".")[-2:])


def _shown(url: str) -> str:
    return "".join(one for one in url if one.isprintable())[:120]


def _retry_after(value: str | None) -> float | None:
    """Seconds, out of a number or a date; None when it is neither."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _in_words(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return "the host was silent"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror.lower()
    return str(reason).strip() or type(reason).__name__
