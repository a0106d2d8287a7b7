"""A build uses no network: with sockets closed it still succeeds."""

import pytest

pytestmark = pytest.mark.slow

CLOSED = """
import socket, sys
def refuse(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6):
        raise OSError(f"the build asked for {address}")
    return original(self, address)
original = socket.socket.connect
socket.socket.connect = refuse
socket.getaddrinfo = lambda *a, **k: (_ for _ in ()).throw(OSError("the build asked for a name"))
sys.argv = ["chipflows", "build", "--quiet"]
from pipelines.cli import main
main()
"""


def test_a_build_succeeds_with_sockets_closed(tmp_path, python):
    done = python(tmp_path / "home", CLOSED)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "home" / "chipflows.duckdb").exists()
