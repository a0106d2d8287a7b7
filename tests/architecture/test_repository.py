"""What a stranger's clone must not hold: local paths, registry addresses, unpinned packages."""

import re
import subprocess
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
LOCAL = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/w)/|pypi\.org|files\.pythonhosted|--index-url|--extra-index")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [CHECKOUT / name for name in listed if name and (CHECKOUT / name).exists()]


def test_no_local_path_and_no_registry_address():
    for path in tracked():
        if path.suffix != ".parquet" and path != Path(__file__).resolve():
            assert not LOCAL.search(path.read_text(encoding="utf-8")), path


def test_locks_are_hashed_and_cover_the_project():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[><=~ ]", name)[0].lower().replace("_", "-") for name in project["dependencies"]}
    for lock in LOCKS:
        text = (CHECKOUT / lock).read_text(encoding="utf-8")
        pins = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", text, flags=re.MULTILINE)
        assert wanted <= {pin.lower().replace("_", "-") for pin in pins}
        for block in re.split(r"\n(?=[\w.-]+(?:\[[\w,]+\])?==)", text):
            assert "--hash=sha256:" in block, block[:60]


def test_nothing_that_records_registry_hosts():
    assert not (CHECKOUT / "uv.lock").exists()


def test_the_workspace_names_the_entry_point():
    assert "pipelines.definitions" in (CHECKOUT / "workspace.yaml").read_text(encoding="utf-8")
