"""`--local`: every way out of this machine is refused, and swallowing the refusal does not help.

Nothing is sent: the guard raises before the operating system is asked. 192.0.2.1 is reserved for documentation
(RFC 5737) and answers nobody.
"""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from photocast._guard import local_only
from photocast.schema import LocalOnlyError

BEYOND = "192.0.2.1"


def _tcp() -> None:
    with closing(socket.socket()) as connection:
        connection.connect((BEYOND, 80))


def _tcp_without_exception() -> None:
    with closing(socket.socket()) as connection:
        connection.connect_ex((BEYOND, 80))


def _tcp6() -> None:
    with closing(socket.socket(socket.AF_INET6)) as connection:
        connection.connect(("2001:db8::1", 80))


def _mapped() -> None:
    with closing(socket.socket(socket.AF_INET6)) as connection:
        connection.connect((f"::ffff:{BEYOND}", 80))


def _datagram() -> None:
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as post:
        post.sendto(b"photo", (BEYOND, 9))


def _message() -> None:
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as post:
        post.sendmsg([b"photo"], [], 0, (BEYOND, 9))


def _listen() -> None:
    with closing(socket.socket()) as server:
        server.bind(("0.0.0.0", 0))


def _name() -> None:
    socket.getaddrinfo("photos.example", 443)


def _old_name() -> None:
    socket.gethostbyname("photos.example")


def _url() -> None:
    urllib.request.urlopen(f"http://{BEYOND}/").close()


def _asyncio() -> None:
    asyncio.run(asyncio.open_connection(BEYOND, 80))


def _program() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def _shell() -> None:
    os.system("true")


WAYS = [_tcp, _tcp_without_exception, _tcp6, _mapped, _datagram, _message, _listen, _name, _old_name, _url, _asyncio]
PROGRAMS = [_program, _shell]


@pytest.mark.parametrize("way", [*WAYS, *PROGRAMS])
def test_every_way_out_is_refused(way: Callable[[], None]) -> None:
    with pytest.raises(LocalOnlyError, match="refused"), local_only():
        way()


@pytest.mark.parametrize("way", [*WAYS, *PROGRAMS])
def test_swallowing_the_refusal_still_fails_the_run(way: Callable[[], None]) -> None:
    with pytest.raises(LocalOnlyError), local_only(), suppress(Exception):
        way()


def _tcp_and_another_error() -> None:
    with suppress(Exception):
        _tcp()
    raise ValueError("something else went wrong as well")


def test_another_error_does_not_hide_the_attempt() -> None:
    with pytest.raises(LocalOnlyError), local_only():
        _tcp_and_another_error()


def _careless_thread() -> None:
    def careless() -> None:
        with suppress(Exception):
            _tcp()

    thread = threading.Thread(target=careless)
    thread.start()
    thread.join()


def test_an_attempt_in_a_thread_fails_the_run() -> None:
    with pytest.raises(LocalOnlyError, match=rf"socket.connect to {BEYOND}:80"), local_only():
        _careless_thread()


def test_this_machine_stays_reachable() -> None:
    with local_only(), closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.getaddrinfo("localhost", 80)
        with closing(socket.create_connection(server.getsockname())) as connection, closing(server.accept()[0]) as end:
            connection.sendall(b"photo")
            assert end.recv(5) == b"photo"


def test_unix_sockets_stay_open() -> None:
    one, other = socket.socketpair()
    with local_only(), closing(one), closing(other):
        one.sendall(b"photo")
        assert other.recv(5) == b"photo"


def test_the_guard_ends_with_its_block() -> None:
    with local_only():
        pass
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def test_ordinary_errors_pass_through() -> None:
    with pytest.raises(ValueError, match="plain"), local_only():
        raise ValueError("plain")
