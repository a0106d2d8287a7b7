"""The one HTTP client: timeouts, TLS always verified, cookies, redirects on the same host only, and keys that leave no trace."""

import hashlib
import logging
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

from pipelines.errors import ChipflowsError, InputError, Place, explain
from pipelines.live.settings import Setting
from pipelines.sources.contract import Answer, Request, Terms

CONNECT_SECONDS, WRITE_SECONDS = 20, 30
REDIRECTS = 5
IN_MEMORY = 64_000_000  # larger bodies stay on disk; a source sees the first part of them
HEAD = 1_000_000
USER_AGENT = "chipflows/0.1 (trade statistics research{contact})"
NO_COMPRESSION = {"accept-encoding": "identity"}


class Unreachable(ChipflowsError):
    """The publisher could not be reached, or the answer broke off; a retry may help."""

    exit_code = 6
    is_timeout = False


@dataclass(frozen=True)
class Received:
    """An answer with the hash and size of its whole body; `path` holds the body when it is too large for memory."""

    answer: Answer
    sha256: str
    n_bytes: int
    path: Path | None = None


class Client:
    """One publisher's connection; use as a context manager. Raises Unreachable; every text it makes is free of the key."""

    def __init__(self, source_id: str, terms: Terms, setting: Setting, read_seconds: float = 120) -> None:
        _hush()
        if terms.key_may_be_encoded and setting.key is not None:
            setting = replace(setting, key=setting.key.decoded())
        self.source_id, self.terms, self.setting = source_id, terms, setting
        self.base_url = (setting.base_url or terms.base_url).rstrip("/")
        contact = f"; {setting.contact}" if setting.contact else ""
        headers = {"user-agent": USER_AGENT.format(contact=contact), **NO_COMPRESSION, **dict(terms.headers)}
        timeout = httpx2.Timeout(connect=CONNECT_SECONDS, read=read_seconds, write=WRITE_SECONDS, pool=WRITE_SECONDS)
        self._http = httpx2.Client(timeout=timeout, headers=headers, verify=_tls(setting), follow_redirects=False)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def address(self, request: Request) -> str:
        """The address of a request without the key, as it is stored and shown."""
        query = urlencode(request.params)
        base_url = self.setting.base_url or request.base_url or self.base_url
        path = request.path if "://" in request.path else f"{base_url.rstrip('/')}/{request.path.lstrip('/')}"
        return path + (("&" if "?" in path else "?") + query if query else "")

    def get(self, request: Request, scratch: Path) -> Received:
        """Ask once, following redirects on the same host; large bodies are kept below `scratch`."""
        address = self.address(request)
        failure, is_timeout = "", False
        try:
            return self._follow(self._keyed(address), dict(request.headers) | self._key_header(), address, scratch)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            failure = f"{type(error).__name__}: {self.setting.hide(str(error))}"
            is_timeout = isinstance(error, httpx2.TimeoutException)
        # Raised outside the handler: the library's own error carries the request, and the request the key.
        remedy = "try again later; chipflows fetch goes on where it stopped"
        unreachable = Unreachable(explain(Place(self.source_id, address), failure, "an answer", remedy))
        unreachable.is_timeout = is_timeout
        raise unreachable

    def _follow(self, url: str, headers: dict[str, str], shown: str, scratch: Path) -> Received:
        for _ in range(REDIRECTS):
            received, location = self._once(url, headers, shown, scratch)
            if not location:
                return received
            target = urljoin(url, location)
            if urlsplit(target).netloc != urlsplit(url).netloc:
                return received  # never to another host: a header may hold the key
            url, shown = target, self.setting.hide(target)
        return received

    def _once(self, url: str, headers: dict[str, str], shown: str, scratch: Path) -> tuple[Received, str]:
        with self._http.stream("GET", url, headers=headers) as response:
            received = self._receive(response, shown, scratch)
            is_redirect = response.status_code in (301, 302, 303, 307, 308)
            return received, response.headers.get("location", "") if is_redirect else ""

    def _receive(self, response: httpx2.Response, shown: str, scratch: Path) -> Received:
        digest, size = hashlib.sha256(), 0
        scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=scratch, prefix=f"{self.source_id}-", suffix=".part", delete=False) as out:
            path = Path(out.name)
            with _removed_on_error(path):
                for chunk in response.iter_bytes():
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
        headers = {name.lower(): self.setting.hide(value) for name, value in response.headers.items()}
        if size > IN_MEMORY:
            with path.open("rb") as whole:
                head = whole.read(HEAD)
            return Received(Answer(response.status_code, headers, head, shown), digest.hexdigest(), size, path)
        body = self._without_key(path.read_bytes())
        path.unlink()
        return Received(Answer(response.status_code, headers, body, shown), hashlib.sha256(body).hexdigest(), len(body))

    def _without_key(self, body: bytes) -> bytes:
        """Some publishers repeat the request in an error; such a body is kept without the key."""
        return self.setting.key.hide_bytes(body) if self.setting.key else body

    def _keyed(self, address: str) -> str:
        where, _, name = self.terms.key_in.partition(":")
        if where != "query" or self.setting.key is None:
            return address
        return address + ("&" if "?" in address else "?") + urlencode({name: self.setting.key.reveal()})

    def _key_header(self) -> dict[str, str]:
        where, _, name = self.terms.key_in.partition(":")
        return {name: self.setting.key.reveal()} if where == "header" and self.setting.key else {}


@contextmanager
def _removed_on_error(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _hush() -> None:
    """The library logs addresses with their parameters and headers, and a key may be among them: it logs nothing at all."""
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _tls(setting: Setting) -> ssl.SSLContext:
    """The system's trust, and one more certificate if the user named a file; verification cannot be switched off."""
    if not setting.extra_ca:
        return _trusted()
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=setting.extra_ca)
    except (OSError, ssl.SSLError) as error:
        place = Place("settings", setting.extra_ca)
        raise InputError(explain(place, f"{error}", "a PEM file with certificates", "correct extra_ca")) from error
    return context


@cache
def _trusted() -> ssl.SSLContext:
    """The system's trust, read once: it takes a twentieth of a second."""
    return ssl.create_default_context()
