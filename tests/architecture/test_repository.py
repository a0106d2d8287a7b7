"""What a stranger's clone must not hold: local paths, registry addresses, unpinned packages."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from pipelines.warehouse.build import STORAGE_VERSION

CHECKOUT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
LOCAL = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/w)/|pypi\.org|files\.pythonhosted|--index-url|--extra-index")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [CHECKOUT / name for name in listed if name and (CHECKOUT / name).exists()]


def test_no_local_path_and_no_registry_address():
    for path in tracked():
        if path.suffix not in {".parquet", ".png"} and path != Path(__file__).resolve():
            assert not LOCAL.search(path.read_text(encoding="utf-8")), path


def pins(lock: str) -> dict[str, str]:
    """Pinned packages of a lock with the text of their entry."""
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip())
    named = {re.match(r"([\w.-]+)(?:\[[\w,.-]+\])?==\S+", entry): entry for entry in entries}
    assert None not in named, f"{lock}: not a pinned package: {named.get(None)}"
    return {plain(match[1]): entry for match, entry in named.items() if match}


def plain(requirement: str) -> str:
    """The normalised name of a package in a requirement."""
    return re.split(r"[\[><=~!; ]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_hashed(lock):
    bare = [name for name, entry in pins(lock).items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert not bare


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address(lock):
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|^-(?!-hash)|--(?:index|extra-index|find-links|trusted-host)", text, re.MULTILINE)


def test_locks_cover_the_project():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {plain(name) for name in project["dependencies"]}
    for_development = {plain(name) for name in project["optional-dependencies"]["dev"]}
    assert wanted <= set(pins("requirements.lock"))
    assert wanted | for_development <= set(pins("requirements-dev.lock"))


def test_both_locks_pin_the_same_versions():
    of_run, of_development = pins("requirements.lock"), pins("requirements-dev.lock")
    differing = [name for name, entry in of_run.items() if entry.split()[0] != of_development[name].split()[0]]
    assert not differing


def test_nothing_that_records_registry_hosts():
    assert not (CHECKOUT / "uv.lock").exists()


def test_the_workspace_names_the_entry_point():
    assert "pipelines.definitions" in (CHECKOUT / "workspace.yaml").read_text(encoding="utf-8")


def test_files_can_be_read_by_duckdb_1_4():
    assert STORAGE_VERSION == "v1.4.0"
