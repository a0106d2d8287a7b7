"""Debian's headless Chromium, started by the test and spoken to over its DevTools socket: no driver, no library of its own."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
DEADLINE = 30.0
ABSENT = "no chromium on the path: run `apt-get install -y chromium` (on Debian), or leave these tests out with -m 'not browser'"
KEYS = {"Tab": 9, "Enter": 13}


class Tab:
    """One page of the browser: commands, and what the page said and asked for."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self.said: list[str] = []
        self.asked: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its answer; events that come in between are kept."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer.get("result", {})
                return result

    def open(self, address: str) -> None:
        """Go to a page and wait until it has loaded."""
        self.send("Page.navigate", url=address)
        end = time.monotonic() + DEADLINE
        while self.ask("document.readyState") != "complete" or self.ask("location.href") == "about:blank":
            assert time.monotonic() < end, f"{address} did not load within {DEADLINE:.0f} s"
            time.sleep(0.05)

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (expression, answer["exceptionDetails"])
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press and let go of one key."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=KEYS[key], **text)

    def resize(self, width: int, height: int, *, scale: float = 1) -> None:
        """The size of the window in pixels of the page."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600)

    def picture(self, path: Path, selector: str | None = None, *, most: int = 4000) -> None:
        """Write a PNG of the window, or of one element as a whole."""
        clip = {}
        if selector:
            box = self.ask(
                f"(()=>{{const b=document.querySelector({selector!r}).getBoundingClientRect();"
                "return [b.x+scrollX,b.y+scrollY,b.width,b.height]})()"
            )
            clip = {"clip": {"x": box[0], "y": box[1], "width": box[2], "height": min(box[3], most), "scale": 1}}
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=bool(selector), **clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self, path: Path) -> None:
        """Print the page as a PDF."""
        path.write_bytes(base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True)["data"]))

    def _receive(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._socket.recv(timeout=DEADLINE))
        method, told = answer.get("method"), answer.get("params", {})
        if method == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.said.append(str(told["exceptionDetails"].get("exception", told["exceptionDetails"])))
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.said.append(str(told["args"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.said.append(str(told["entry"]["text"]))
        return answer


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """One tab of a browser with a new profile; the browser ends with the block."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert program, ABSENT
    flags = [*FLAGS, f"--user-data-dir={profile}", "about:blank"]
    log = (profile.parent / f"{profile.name}.log").open("wb")
    process = subprocess.Popen([program, *flags], stdout=log, stderr=log, env={**os.environ, "LANG": "C.UTF-8"})
    try:
        with connect(_page_socket(profile, process), max_size=None, open_timeout=DEADLINE) as socket:
            yield Tab(socket)
            with suppress(ConnectionClosed):
                socket.send(json.dumps({"id": 0, "method": "Browser.close"}))
    finally:
        _end(process)
        log.close()


def _page_socket(profile: Path, process: "subprocess.Popen[bytes]") -> str:
    port_file = profile / "DevToolsActivePort"
    end = time.monotonic() + DEADLINE
    while not port_file.exists() or not port_file.read_text(encoding="utf-8").strip():
        assert process.poll() is None and time.monotonic() < end, f"chromium did not start; see {profile}.log"
        time.sleep(0.05)
    port = port_file.read_text(encoding="utf-8").splitlines()[0]
    with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=DEADLINE) as answer:
        pages = [page for page in json.load(answer) if page["type"] == "page"]
    return str(pages[0]["webSocketDebuggerUrl"])


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)
