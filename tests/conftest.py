"""What tests of whole programs share: the command, one built warehouse per session, and copies that a test may spoil."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from shared_builds import ARTICLE_DAY, BUILT_THREADS

CHECKOUT = Path(__file__).resolve().parents[1]
DEADLINE = 600  # seconds for one command; a build takes a tenth of that on an idle machine

# Test files that take longest, the longest first: `--dist loadfile` hands files out in this order, so no core waits at the end.
# The first needs the shared warehouse, the second does not, so one process builds it while the other works.
LONGEST_FIRST = (
    "process/test_build_with_claims.py",
    "live/test_faults.py",
    "live/test_end_to_end.py",
    "process/test_incremental.py",
    "process/test_determinism.py",
    "process/test_publish.py",
    "browser/test_ui.py",
    "process/test_release.py",
    "process/test_new_reporter.py",
    "process/test_cli.py",
    "process/test_refusal.py",
    "calibration/test_calibration.py",
    "planted/test_agreement.py",
    "process/test_article_day.py",
    "sql/test_models.py",
    "process/test_exports.py",
)

TOGETHER = "tests/planted/"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand tests out by file as `--dist loadfile` does, but all of tests/planted to one process: they share a million rows."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return TOGETHER if file.startswith(TOGETHER) else file

    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of LONGEST_FIRST first; the order within a file stays."""
    places = {CHECKOUT / "tests" / name: place for place, name in enumerate(LONGEST_FIRST)}
    missing = [str(path) for path in places if not path.exists()]
    if missing:
        raise pytest.UsageError(f"LONGEST_FIRST names files that are no more: {', '.join(missing)}")
    items.sort(key=lambda item: places.get(item.path, len(places)))


def _environment(home: Path, checkout: Path, changes: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHIPFLOWS_", "DAGSTER_"))}
    return {**kept, "CHIPFLOWS_HOME": str(home), "PYTHONPATH": str(checkout), "PYTHONUTF8": "1", **changes}


def _run(
    command: list[str], home: Path, checkout: Path, changes: dict[str, str], deadline: float = DEADLINE
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        cwd=checkout,
        env=_environment(home, checkout, changes),
        capture_output=True,
        text=True,
        timeout=deadline,
        check=False,
    )


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Tests in this process write thousands of small files that need to survive no power cut; other processes do flush theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="session")
def chipflows() -> Run:
    """The command line in its own process: chipflows(home, "build", "--quiet", checkout=..., CHIPFLOWS_THREADS="1")."""

    def run(
        home: Path, *words: str, checkout: Path = CHECKOUT, deadline: float = DEADLINE, **changes: str
    ) -> "subprocess.CompletedProcess[str]":
        return _run([sys.executable, "-m", "pipelines.cli", *words], home, checkout, changes, deadline)

    return run


@pytest.fixture(scope="session")
def python() -> Run:
    """A few lines of Python in their own process, with the home folder and the checkout of a test."""

    def run(home: Path, code: str, *, checkout: Path = CHECKOUT, **changes: str) -> "subprocess.CompletedProcess[str]":
        return _run([sys.executable, "-c", code], home, checkout, changes)

    return run


# Shipped files taken in and the warehouse built and published: no run in Dagster, no files to hand on.
WAREHOUSE_ALONE = """
from datetime import date
from pipelines.home import Home
from pipelines.tidy import lake
from pipelines.warehouse.build import Request, build

home, origins = Home.from_environment(), lake.origins_of(Home.from_environment())
lake.merge_accounts([lake.take_in(item, home, origins) for item in lake.shipped_inputs(home.data)], home)
build(Request(home, {as_of}, full={full}))
"""


@pytest.fixture(scope="session")
def warehouse_alone(python: Run) -> Callable[..., None]:
    """The warehouse alone, in its own process: warehouse_alone(home, checkout=..., as_of="2025-07-30", full=True)."""

    def run(home: Path, *, checkout: Path = CHECKOUT, as_of: str = "", full: bool = False, **changes: str) -> None:
        day = f"date.fromisoformat({as_of!r})" if as_of else None
        done = python(home, WAREHOUSE_ALONE.format(as_of=day, full=full), checkout=checkout, **changes)
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory, chipflows: Run) -> Path:
    """Home folder with the warehouse of the shipped data, built once for all test processes; copy it before a change."""
    shared = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else tmp_path_factory.mktemp("built")
    home = shared / "built-home"
    with FileLock(f"{home}.lock"):
        if not (home / "chipflows.duckdb").exists():
            done = chipflows(home, "build", "--quiet", CHIPFLOWS_THREADS=BUILT_THREADS)
            assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="session")
def article_home(built_home: Path, chipflows: Run) -> Path:
    """A copy of the built home with the edition of the article's day, built once for all test processes; only read it."""
    home = built_home.with_name("article-home")
    with FileLock(f"{home}.lock"):
        if not (home / "as-of" / ARTICLE_DAY / "exports" / "datapackage.json").exists():
            shutil.copytree(built_home, home, ignore=shutil.ignore_patterns("dagster"))
            done = chipflows(home, "build", "--quiet", "--as-of", ARTICLE_DAY, deadline=600, CHIPFLOWS_THREADS=BUILT_THREADS)
            assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home_copy(built_home: Path, tmp_path: Path) -> Path:
    """A copy of the built home that a test may change; the record of Dagster's runs stays behind."""
    return shutil.copytree(built_home, tmp_path / "home", ignore=shutil.ignore_patterns("dagster"))


@pytest.fixture
def checkout_copy(tmp_path: Path) -> Path:
    """A copy of data, sql and pipelines that a test may change."""
    target = tmp_path / "checkout"
    for folder in ("data", "sql", "pipelines"):
        shutil.copytree(CHECKOUT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return target
