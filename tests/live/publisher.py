"""A publisher on this machine for tests: answers as scripted, and fails in every way that publishers fail.

A connector's case (tests/live/cases/<source>.py) gives the bodies of a healthy publisher; this server adds the faults of
`FAULTS` in front of them. It listens on the loopback address only and stops with the test.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SILENCE = 1.2  # seconds without an answer; tests wait for 0.4
PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; `params` keeps repeated names."""

    path: str
    params: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]

    def get(self, name: str) -> str:
        """The first value of a parameter, empty when it is absent."""
        return dict(reversed(self.params)).get(name, "")

    def all(self, name: str) -> list[str]:
        """All values of a parameter that may be repeated."""
        return [value for key, value in self.params if key == name]


@dataclass(frozen=True)
class Reply:
    """What the server says: status, body, headers; `cut` closes the connection after half of the body."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    cut: bool = False


Healthy = Callable[[Asked], Reply]


class Publisher:
    """The scripted server: `faults` are used up one by one before the healthy answers come."""

    def __init__(self, healthy: Healthy) -> None:
        self.healthy = healthy
        self.faults: list[Callable[[Asked], Reply | None]] = []
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        self.url = ""

    def reply(self, asked: Asked) -> Reply:
        """The next fault, or the healthy answer."""
        with self.lock:
            self.asked.append(asked)
            fault = self.faults.pop(0) if self.faults else None
        found = fault(asked) if fault else None
        return found if found is not None else self.healthy(asked)


@contextmanager
def serving(healthy: Healthy):
    """A running publisher; its address is `publisher.url`."""
    publisher = Publisher(healthy)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body go out as two small packets; the second would wait 40 ms for an answer

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(parts.path, tuple(parse_qsl(parts.query, keep_blank_values=True)), headers)
            self._send(publisher.reply(asked))

        def _send(self, reply: Reply) -> None:
            if reply.silent:
                time.sleep(SILENCE)
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
            self.close_connection = self.close_connection or reply.cut

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    publisher.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()


def silent(_: Asked) -> Reply:
    """No answer within the client's patience."""
    return Reply(silent=True)


def busy(status: int, **headers: str) -> Callable[[Asked], Reply]:
    """An error status with a short text."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked: Reply(b'{"statusCode": %d, "message": "not now"}' % status, status, named)


def page(_: Asked) -> Reply:
    """A web page with status 200 where data were asked for."""
    return Reply(PAGE, headers={"content-type": "text/html"})


def to_cookie_page(asked: Asked) -> Reply:
    """A redirect on the same host that sets a cookie."""
    query = "&".join(f"{name}={value}" for name, value in asked.params)
    return Reply(b"", 302, {"location": f"{asked.path}?{query}&again=1", "set-cookie": "session=abc; Path=/"})
