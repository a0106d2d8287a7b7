"""Publication under fire: killed at every step, read by many during a rebuild, asked for by two builds at once."""

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.home import Edition, Home
from pipelines.lock import single_writer
from pipelines.warehouse.build import Request, build
from pipelines.warehouse.publish import KEPT_RELEASES, publish

pytestmark = pytest.mark.slow

# A whole build (or, with a model, a partial one) that dies without a word at the n-th call of one function.
KILLED = """
import os
from pathlib import Path
from pipelines.home import Home
from pipelines.tidy import lake
from pipelines.exports import package
from pipelines.warehouse import build, publish

owner, name, nth, model = {owner}, {name!r}, {nth}, {model!r}
real, calls = getattr(owner, name), [0]

def dying(*args, **kwargs):
    calls[0] += 1
    if calls[0] == nth:
        os._exit(9)
    return real(*args, **kwargs)

home = Home.from_environment()
setattr(owner, name, dying)
if {room!r} == "warehouse":
    build.build(build.Request(home, select=frozenset([model]) if model else None, full=not model))
elif {room!r} == "lake":
    origins = lake.origins_of(home)
    lake.merge_accounts([lake.take_in(item, home, origins) for item in lake.shipped_inputs(home.data)], home)
else:
    package.write_exports(home.edition(None))
"""
REBUILT = """
from pipelines.home import Home
from pipelines.warehouse.build import Request, build
build(Request(Home.from_environment(), select={select}))
"""
LEAF = "exports.rpt_premium"
STEPS = {
    "while archiving and tidying": ("lake", "lake", "_write_parquet", 5, ""),
    "before the candidate is opened": ("warehouse", "build", "_open_candidate", 1, ""),
    "while loading": ("warehouse", "build", "load_tidy", 12, ""),
    "in the middle of the graph": ("warehouse", "build", "make_model", 30, ""),
    "while describing": ("warehouse", "build", "count_rows", 100, LEAF),
    "before the audit": ("warehouse", "build", "_audit", 1, LEAF),
    "between the audit and publication": ("warehouse", "publish", "sync", 1, LEAF),
    "before the release is kept": ("warehouse", "publish", "_keep", 1, LEAF),
    "while the release is kept": ("warehouse", "Path", "replace", 1, LEAF),
    "between keeping the release and replacing the file": ("warehouse", "Path", "replace", 2, LEAF),
    "right after replacing the file": ("warehouse", "publish", "sync", 3, LEAF),
    "before old releases are forgotten": ("warehouse", "publish", "_forget_old", 1, LEAF),
    "while writing the exports": ("exports", "package", "_write", 5, ""),
}
WHOLE_REBUILD_AFTER = {"in the middle of the graph"}


def exported(home: Path) -> dict[str, bytes]:
    """Every exported file, those of the report among them."""
    folder = home / "exports"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def answers(home: Path) -> str:
    """The release of the published file, after every table of it was counted read-only."""
    with duckdb.connect(str(home / "chipflows.duckdb"), read_only=True) as con:
        models = con.execute("SELECT model, n_rows FROM meta.model").fetchall()
        assert len(models) > 80
        for model, n_rows in models:
            assert con.execute(f"SELECT count(*) FROM {model}").fetchall() == [(n_rows,)]
        (release,) = con.execute("SELECT warehouse_release_id FROM core.run").fetchall()[0]
    return str(release)


def leftovers(home: Path) -> list[str]:
    folders = [home, home / "releases", home / "exports"]
    return [path.name for folder in folders for path in folder.iterdir() if path.suffix in (".next", ".wal", ".tmp")]


@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_at_any_step_leaves_a_whole_file_and_the_next_build_succeeds(step, home_copy, python) -> None:
    room, owner, name, nth, model = STEPS[step]
    release = answers(home_copy)
    killed = python(home_copy, KILLED.format(room=room, owner=owner, name=name, nth=nth, model=model))
    assert killed.returncode == 9, killed.stderr
    assert answers(home_copy) == release
    build(Request(Home(home_copy), select=None if step in WHOLE_REBUILD_AFTER else frozenset([LEAF])))
    assert answers(home_copy) == release
    assert leftovers(home_copy) == []
    assert len(list((home_copy / "releases").glob("*.duckdb"))) <= KEPT_RELEASES


def test_a_killed_export_leaves_whole_files_and_the_next_one_repairs_them(home_copy, python, chipflows) -> None:
    before = exported(home_copy)
    killed = python(home_copy, KILLED.format(room="exports", owner="os", name="fsync", nth=4, model=""))
    assert killed.returncode == 9, killed.stderr
    assert {name: (home_copy / "exports" / name).read_bytes() for name in before} == before
    done = chipflows(home_copy, "export")
    assert done.returncode == 0, done.stderr
    assert exported(home_copy) == before


def test_the_command_runs_again_after_it_was_killed(home_copy, chipflows) -> None:
    """A lock or a queue place that outlives its process would make the next build wait for ever."""
    with pytest.raises(subprocess.TimeoutExpired):
        chipflows(home_copy, "build", "--quiet", deadline=4)
    done = chipflows(home_copy, "build", "--quiet", "--select", LEAF)
    assert done.returncode == 0, done.stderr


READER = """
import sys, time
from pathlib import Path
import duckdb

database, stop = sys.argv[1], Path(sys.argv[2])
seen, loops = set(), 0
while not stop.exists() or not loops:
    with duckdb.connect(database, read_only=True) as con:
        releases = con.execute("SELECT DISTINCT warehouse_release_id FROM core.run").fetchall()
        (expected,) = con.execute("SELECT n_rows FROM meta.model WHERE model = 'exports.rpt_claim'").fetchall()[0]
        (found,) = con.execute("SELECT count(*) FROM exports.rpt_claim").fetchall()[0]
        assert len(releases) == 1 and found == expected, (releases, found, expected)
        seen.add(releases[0][0])
    loops += 1
    time.sleep(0.4)
print(loops, *sorted(seen))
"""


def test_ten_readers_see_whole_releases_during_a_rebuild(home_copy, checkout_copy, python, tmp_path) -> None:
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", READER, str(home_copy / "chipflows.duckdb"), str(stop)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(10)]
    try:
        with duckdb.connect(str(home_copy / "chipflows.duckdb"), read_only=True) as con:
            (old,) = con.execute("SELECT warehouse_release_id FROM core.run").fetchall()[0]
        model = checkout_copy / "sql" / "exports" / "rpt_premium.sql"
        model.write_text(model.read_text(encoding="utf-8") + "\n-- another release\n", encoding="utf-8")
        time.sleep(1)  # the readers are at work
        rebuilt = python(home_copy, REBUILT.format(select=f'frozenset(["{LEAF}"])'), checkout=checkout_copy)
        assert rebuilt.returncode == 0, rebuilt.stderr
        time.sleep(1)
    finally:
        stop.touch()
        told = [reader.communicate(timeout=60) for reader in readers]
    assert [(reader.returncode, error) for reader, (_, error) in zip(readers, told, strict=True)] == [(0, "")] * 10
    loops = [int(out.split()[0]) for out, _ in told]
    releases = {release for out, _ in told for release in out.split()[1:]}
    assert min(loops) > 1
    assert len(releases) == 2
    assert old in releases


def test_a_second_build_is_refused_while_another_writes(home_copy, chipflows, python) -> None:
    before = (home_copy / "chipflows.duckdb").stat().st_mtime_ns
    with single_writer(home_copy):
        whole = chipflows(home_copy, "build", "--quiet")
        part = python(home_copy, REBUILT.format(select=None))
    assert whole.returncode == UsageError.exit_code == 2
    assert whole.stderr == f"chipflows: another build is writing to {home_copy}; wait until it ends and run again\n"
    assert "another build is writing to" in part.stderr
    assert (home_copy / "chipflows.duckdb").stat().st_mtime_ns == before
    assert leftovers(home_copy) == []


def test_the_lock_may_be_taken_again_within_its_process_and_is_free_afterwards(tmp_path) -> None:
    for _ in range(2):
        with single_writer(tmp_path), single_writer(tmp_path):
            pass


def test_the_last_three_releases_are_kept(tmp_path) -> None:
    edition = Home(tmp_path).edition(None)
    for number in range(5):
        publish_as(edition, f"release-{number}")
    assert edition.database.read_text(encoding="utf-8") == "release-4"
    assert sorted(path.stem for path in edition.releases.iterdir()) == ["release-2", "release-3", "release-4"]


def test_publishing_a_release_again_makes_it_the_newest(tmp_path) -> None:
    edition = Home(tmp_path).edition(None)
    for number in (0, 1, 2, 0, 3):
        publish_as(edition, f"release-{number}")
    assert sorted(path.stem for path in edition.releases.iterdir()) == ["release-0", "release-2", "release-3"]


def publish_as(edition: Edition, release: str) -> None:
    edition.candidate.write_text(release, encoding="utf-8")
    publish(edition, release)


def test_a_published_file_cannot_be_written(built_home) -> None:
    assert (built_home / "chipflows.duckdb").stat().st_mode & 0o222 == 0
