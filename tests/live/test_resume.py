"""A fetch that is killed goes on where it stopped, and the commands tell what they do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cases import KEY
from cases.uscb import CASES
from publisher import Reply, serving

from pipelines.home import Home
from pipelines.live.fetch import journal_path
from pipelines.live.journal import Journal
from pipelines.lock import single_writer

CHECKOUT = Path(__file__).resolve().parents[2]
FETCH = ("fetch", "uscb", "--feed", "uscb_exports_hs10", "--from", "2026-04", "--to", "2026-07", "--quiet")
pytestmark = pytest.mark.slow


def environment(home, url, **changes):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHIPFLOWS_", "DAGSTER_"))}
    given = {"CHIPFLOWS_HOME": str(home.root), "CHIPFLOWS_BASE_URL_USCB": url, "CHIPFLOWS_KEY_USCB": KEY}
    return {**kept, **given, "PYTHONPATH": str(CHECKOUT), **changes}


def command(home, url, *words):
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words],
        env=environment(home, url),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def months(publisher):
    return [asked.get("time") for asked in publisher.asked]


def test_a_killed_fetch_does_not_ask_again_for_what_is_archived(home):
    answered = []

    def healthy_then_silent(asked):
        answered.append(asked.get("time"))
        if len(answered) == 3:
            time.sleep(30)
        return CASES[0].healthy(asked)

    with serving(healthy_then_silent) as publisher:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", *FETCH],
            env=environment(home, publisher.url),
            cwd=CHECKOUT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 120
        while len(answered) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert answered == ["2026-04", "2026-05", "2026-06"]
    assert len(Journal(journal_path(home, "uscb")).releases()) == 2
    (home.root / "scratch" / "uscb-cut.part").write_bytes(b"[[")  # as a kill in the middle of a body leaves it

    with serving(CASES[0].healthy) as publisher:
        done = command(home, publisher.url, *FETCH)
    assert done.returncode == 0, done.stderr
    assert months(publisher) == ["2026-06", "2026-07"]
    assert "4 questions, 2 answered by the archive, 2 new releases" in done.stdout
    assert KEY not in done.stdout + done.stderr
    assert list((home.root / "scratch").glob("*.part")) == []


def test_sources_replay_and_a_publisher_that_refuses(home):
    with serving(CASES[0].healthy) as publisher:
        assert command(home, publisher.url, *FETCH).returncode == 0
        told = command(home, publisher.url, "sources")
        again = command(home, publisher.url, "replay", "uscb", "--quiet")
        n_asked = len(publisher.asked)
    assert "uscb_exports_hs10" in told.stdout and "not endorsed or certified by the Census Bureau" in told.stdout
    assert "2026-07" in told.stdout and "twmof_dropped" in told.stdout
    assert (again.returncode, n_asked) == (0, 4)
    assert "4 archived answers parsed again, 32 rows, 0 refused" in again.stdout
    with serving(lambda asked: Reply(b"error: unknown variable", 400)) as publisher:
        refused = command(home, publisher.url, "fetch", "uscb", "--from", "2026-03", "--to", "2026-03", "--quiet")
    assert refused.returncode == 6 and "unknown variable" in refused.stdout
    unknown = command(Home(home.root), "http://127.0.0.1:9", "fetch", "nobody")
    assert unknown.returncode == 2 and "expected one of uscb" in unknown.stderr


def test_what_a_fetch_archives_while_another_process_writes_is_taken_in_later(home):
    with serving(CASES[0].healthy) as publisher:
        with single_writer(home.root):
            fetched = command(home, publisher.url, *FETCH)
            replayed = command(home, publisher.url, "replay", "uscb", "--quiet")
        n_asked = len(publisher.asked)
        assert (fetched.returncode, replayed.returncode) == (2, 2)
        assert f"another build is writing to {home.root}" in fetched.stderr
        assert not list(home.lake.rglob("live.*.parquet"))
        again = command(home, publisher.url, *FETCH)
        assert len(publisher.asked) == n_asked  # the archive answers
    assert again.returncode == 0
    assert list(home.lake.rglob("live.*.parquet"))
