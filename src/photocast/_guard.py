"""What `--local` is made of: no connection beyond this machine, and no way to hide that one was tried.

The guard is an audit hook of the interpreter (PEP 578). It sees every connection, datagram and name lookup that
Python code of any package asks for, in any thread, before it happens. An attempt is refused, and it is also written
down, so that code which swallows the refusal still fails the run.

What it cannot see: native code that calls the operating system directly, a socket that was connected before the
guard was set, a program on this machine that passes on what it is sent, and code in this process that means to disarm
it. Other programs could not be watched at all, so starting one counts as an attempt. Whoever needs the kernel's word
for it runs photocast without a network: `unshare -rn photocast make …`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from photocast.schema.errors import LocalOnlyError

SOCKET_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"})
LOOKUP_EVENTS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
PROGRAM_EVENTS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"})
WATCHED = SOCKET_EVENTS | LOOKUP_EVENTS | PROGRAM_EVENTS


@dataclass
class _Watch:
    """The guards that are set, and what was tried under them."""

    depth: int = 0
    attempts: list[str] = field(default_factory=list)


_watch = _Watch()


@dataclass(frozen=True)
class Guard:
    """A guard that is set."""

    first: int
    """How many attempts were known before it was set."""

    @property
    def attempts(self) -> tuple[str, ...]:
        """What was tried and refused since it was set."""
        return tuple(_watch.attempts[self.first :])

    def check(self) -> None:
        """Fail if anything was tried.

        Raises:
            LocalOnlyError: something was, and whoever tried may have swallowed the refusal.
        """
        if self.attempts:
            raise _refusal("; ".join(dict.fromkeys(self.attempts)))


@contextmanager
def local_only() -> Iterator[Guard]:
    """Refuse every connection beyond this machine until the block ends.

    Loopback addresses and Unix sockets stay open. Programs are not started: what they send could not be watched.

    Raises:
        LocalOnlyError: where a connection is tried, and at the end of the block if that was swallowed.
    """
    _install()
    guard = Guard(len(_watch.attempts))
    _watch.depth += 1
    try:
        yield guard
    except Exception:
        guard.check()  # whatever else went wrong, this is what the user must hear of
        raise
    finally:
        _watch.depth -= 1
    guard.check()


def is_local_only() -> bool:
    """Whether a guard is set."""
    return _watch.depth > 0


def stay_local() -> None:
    """Set a guard that is never taken off: for processes that a guarded one starts."""
    _install()
    _watch.depth += 1


@cache
def _install() -> None:
    """Add the hook, once: the interpreter offers no way to take it off again."""
    _refusal("nothing yet")  # loads the error's module now, not in the middle of somebody's connect()
    sys.addaudithook(_hook)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _watch.depth or event not in WATCHED:
        return
    if (attempt := _attempt(event, args)) is not None:
        _watch.attempts.append(attempt)
        raise _refusal(attempt)


def _attempt(event: str, args: tuple[Any, ...]) -> str | None:
    """What is tried, in words, or none when it stays on this machine."""
    if event in PROGRAM_EVENTS:
        return f"starting the program {_program(args)!r} ({event})"
    if event in SOCKET_EVENTS:
        return None if _socket_is_local(*args[:2]) else f"{event} to {_shown(args[1])}"
    host = args[0][0] if event == "socket.getnameinfo" else args[0]
    return None if _host_is_local(host) else f"looking up {_shown(host)}"


def _socket_is_local(socket: Any, address: Any) -> bool:
    """Whether a socket of this family can only reach this machine under this address."""
    family = socket.family.name if hasattr(socket.family, "name") else str(socket.family)
    if family == "AF_UNIX" or address is None:  # no address: a datagram on a socket whose connect() was judged
        return True
    return family in {"AF_INET", "AF_INET6"} and isinstance(address, tuple) and _host_is_local(address[0])


def _host_is_local(host: object) -> bool:
    if host is None:  # the passive lookup of a server's own address
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)
    if name.lower() in {"localhost", "localhost.", "ip6-localhost"}:
        return True
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _program(args: tuple[Any, ...]) -> str:
    """The program's name: the first argument is the file, or for some the whole command line."""
    first = args[0] if args and args[0] is not None else args[1] if len(args) > 1 else "?"
    return _shown(first[0] if isinstance(first, list | tuple) and first else first)


def _shown(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "replace")
    return ":".join(str(part) for part in value[:2]) if isinstance(value, tuple) else str(value)


def _refusal(attempts: str) -> "LocalOnlyError":
    from photocast.schema.errors import LocalOnlyError

    return LocalOnlyError(
        "a connection beyond this machine was refused",
        f"the run is local only, and something in it tried this: {attempts}",
        "Find out which package did it, or leave out --local",
    )
