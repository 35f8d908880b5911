"""A web server of ours: it says why it cannot listen, asks no name server, and minds nobody who goes away."""

import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from photocast.schema import ConfigError

GONE = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError, TimeoutError)
"""What is raised where the other side has gone away, or keeps silent too long."""


class ListeningServer(ThreadingHTTPServer):
    """A server at an address, with a thread a connection. It answers once `serve_forever` runs.

    Args:
        host: the address to listen at.
        port: the port; 0 for any that is free.
        handler: of requests.

    Raises:
        ConfigError: the address cannot be listened at.
    """

    request_queue_size = 64

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.host = host
        self._open: set[socket.socket] = set()
        if ":" in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), handler)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise ConfigError(f"cannot listen at {host}, port {port}", why, "Give another --port or --host") from error

    def server_bind(self) -> None:
        """Listen, without asking a name server what this machine is called."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection until it is closed."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection: whoever writes to one finds it gone."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other side was faster
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever went away in the middle is no error."""
        if not isinstance(sys.exception(), GONE):
            super().handle_error(request, client_address)
