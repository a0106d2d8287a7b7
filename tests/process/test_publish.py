"""Publication with real processes: killed at any step the old file answers, readers are never disturbed, one writer at a time."""

import subprocess
import sys
import time
from contextlib import closing

import duckdb
import pytest

pytestmark = pytest.mark.slow

BUILD = """
from pipelines.home import Home
from pipelines.warehouse import build as room, publish
from pipelines.warehouse.build import Request, build
"""
KILL = """
import os
def killed_at(owner, name, nth, after=False):
    original, calls = getattr(owner, name), [0]
    def wrapper(*args, **kwargs):
        calls[0] += 1
        if calls[0] == nth and not after:
            os._exit(9)
        result = original(*args, **kwargs)
        if calls[0] == nth:
            os._exit(9)
        return result
    setattr(owner, name, wrapper)
"""
STEPS = {
    "before the inputs are loaded": "killed_at(room, '_fill', 1)",
    "in the middle of the graph": "killed_at(room, '_make', 30)",
    "while comments are written": "killed_at(room, '_comment', 20)",
    "before the audit": "killed_at(room, '_audit', 1)",
    "after the audit": "killed_at(room, '_audit', 1, after=True)",
    "before the file is flushed": "killed_at(publish, 'sync', 1)",
    "after the release is kept": "killed_at(publish, '_keep', 1, after=True)",
    "after the file is replaced": "killed_at(publish, '_forget_old', 1)",
}


def answers(home):
    with closing(duckdb.connect(str(home / "chipflows.duckdb"), read_only=True)) as con:
        release = con.execute("SELECT warehouse_release_id FROM core.run").fetchall()[0][0]
        assert con.execute("SELECT count(*) FROM exports.rpt_summary").fetchall()[0][0] > 20
        assert con.execute("SELECT count(*) FROM meta.model").fetchall()[0][0] > 80
    return release


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_published_file_answers(step, home_copy, python):
    before = answers(home_copy)
    done = python(home_copy, f"{BUILD}{KILL}{STEPS[step]}\nbuild(Request(Home.from_environment()))")
    assert done.returncode == 9, done.stderr
    assert answers(home_copy) == before
    again = python(home_copy, f"{BUILD}print(build(Request(Home.from_environment())).release_id)")
    assert again.returncode == 0, again.stderr
    assert answers(home_copy) == again.stdout.strip()
    assert not (home_copy / "chipflows.duckdb.next").exists()


READER = """
import sys, time, duckdb
path, until = sys.argv[1], time.monotonic() + float(sys.argv[2])
n = 0
while time.monotonic() < until:
    con = duckdb.connect(path, read_only=True)
    rows = con.execute("SELECT (SELECT count(*) FROM core.run), (SELECT count(*) FROM exports.rpt_summary)").fetchall()
    assert rows[0][0] == 1 and rows[0][1] > 20, rows
    con.close()
    n += 1
print(n)
"""


def test_ten_readers_see_no_error_during_rebuilds(home_copy, python):
    path = str(home_copy / "chipflows.duckdb")
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, path, "20"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(10)
    ]
    time.sleep(0.5)
    done = python(home_copy, f"{BUILD}build(Request(Home.from_environment()))")
    assert done.returncode == 0, done.stderr
    for reader in readers:
        out, error = reader.communicate(timeout=120)
        assert reader.returncode == 0, error
        assert int(out) > 0


def test_a_second_build_is_told_that_another_is_writing(home_copy, chipflows):
    holder = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", holder, str(home_copy / ".build.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "held"
        done = chipflows(home_copy, "build", "--quiet")
        other.kill()
    assert done.returncode == 2
    assert "another build is writing" in done.stderr
    assert "Traceback" not in done.stderr


def test_at_most_three_releases_are_kept(home_copy, python):
    code = f"""{BUILD}
home = Home.from_environment()
edition = home.edition(None)
for n in range(5):
    edition.candidate.write_bytes(edition.database.read_bytes())
    publish.publish(edition, f"release-{{n}}")
"""
    done = python(home_copy, code)
    assert done.returncode == 0, done.stderr
    kept = sorted(path.name for path in (home_copy / "releases").glob("*.duckdb"))
    assert kept == ["release-2.duckdb", "release-3.duckdb", "release-4.duckdb"]
    answers(home_copy)
