"""The archive: bytes once by their hash, a register that only grows, and writes that leave nothing half done."""

import hashlib
import os
from pathlib import Path

import pytest

from pipelines.archive import REGISTER, Archive, Entry, write_atomically
from pipelines.errors import InputError

BODY = b"period,value\n2024-01,1\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def entry(body: bytes = BODY, dataset_id: str = "exports", **changes: str) -> Entry:
    given = {
        "source_id": "publisher",
        "file_name": f"{dataset_id}.csv",
        "licence_id": "open",
        "retrieved": "2026-10-09",
        "origin": "https://example.org/導出.csv",
    }
    return Entry(dataset_id=dataset_id, sha256=hashlib.sha256(body).hexdigest(), bytes=len(body), **given | changes)


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_bytes_lie_under_their_hash(archive: Archive) -> None:
    digest = archive.put(BODY)
    assert digest == hashlib.sha256(BODY).hexdigest()
    assert archive.path(digest) == archive.root / digest[:2] / digest
    assert archive.get(digest) == BODY


def test_the_same_bytes_are_stored_once_and_not_touched_again(archive: Archive) -> None:
    path = archive.path(archive.put(BODY))
    os.utime(path, (1, 1))
    archive.put(BODY)
    assert path.stat().st_mtime == 1
    assert files(archive.root) == [str(path.relative_to(archive.root))]


def test_other_bytes_get_another_place(archive: Archive) -> None:
    assert archive.get(archive.put(BODY)) != archive.get(archive.put(BODY + b"2024-02,2\n"))
    assert len(files(archive.root)) == 2


def test_the_register_only_grows(archive: Archive) -> None:
    lines = []
    for number in range(3):
        assert archive.register(entry(BODY + b"%d" % number))
        text = (archive.root / REGISTER).read_text(encoding="utf-8")
        assert text.splitlines()[:number] == lines
        lines = text.splitlines()
    assert [old.sha256 for old in archive.entries()] == [entry(BODY + b"%d" % n).sha256 for n in range(3)]


def test_registering_twice_changes_nothing(archive: Archive) -> None:
    assert archive.register(entry())
    before = (archive.root / REGISTER).read_bytes()
    assert not archive.register(entry())
    assert not archive.register(entry(retrieved="2026-12-31"))
    assert (archive.root / REGISTER).read_bytes() == before


def test_the_same_bytes_of_another_dataset_are_another_release(archive: Archive) -> None:
    assert archive.register(entry())
    assert archive.register(entry(dataset_id="imports"))
    assert [old.dataset_id for old in archive.entries()] == ["exports", "imports"]


def test_entries_come_back_as_they_were_written(archive: Archive) -> None:
    archive.register(entry())
    assert archive.entries() == [entry()]


def test_nothing_registered_is_an_empty_list(archive: Archive) -> None:
    assert archive.entries() == []


def test_corrupted_bytes_are_detected(archive: Archive) -> None:
    digest = archive.put(BODY)
    archive.path(digest).write_bytes(BODY + b"planted")
    with pytest.raises(InputError) as refused:
        archive.get(digest)
    found = hashlib.sha256(BODY + b"planted").hexdigest()[:12]
    assert f"found bytes with hash {found}; expected {digest[:12]}; restore" in str(refused.value)
    assert str(archive.path(digest)) in str(refused.value)


def test_missing_bytes_are_told(archive: Archive) -> None:
    with pytest.raises(InputError, match="found nothing; expected archived bytes; run chipflows build"):
        archive.get("0" * 64)


def test_an_atomic_write_leaves_the_file_alone(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.csv", b"old")
    write_atomically(tmp_path / "a.csv", b"new")
    assert files(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"new"


def test_an_atomic_write_that_fails_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_atomically(tmp_path / "a.csv", b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(tmp_path / "a.csv", b"new")
    assert (tmp_path / "a.csv").read_bytes() == b"old"
    assert files(tmp_path) == ["a.csv"]
