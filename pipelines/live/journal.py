"""The append-only journal of questions put to one publisher: what was asked when, what came back, where its bytes lie."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.errors import UsageError

RELEASE = "release"  # a body that differs from the last one of the same question
SAME = "same"  # the last body again


@dataclass(frozen=True)
class Record:
    """One question and its outcome. `kind` as in contract.Kind; `novelty` only for data; `request` never holds a key."""

    ask_id: str
    dataset_id: str
    start: str
    end: str
    narrowed: dict[str, str]
    request: str
    retrieved_at: str
    status: int
    kind: str
    why: str = ""
    stamp: str = ""
    sha256: str = ""
    canonical_sha256: str = ""
    bytes: int = 0
    novelty: str = ""
    licence_id: str = ""
    file_name: str = ""
    facts: dict[str, str] = field(default_factory=dict)


class Journal:
    """The journal file of one source; a line that a crash left unfinished is dropped, so its question is put again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = list(self._read())
        self._last = {record.ask_id: record for record in self.records}
        self._last_body = {record.ask_id: record for record in self.records if record.novelty == RELEASE}

    def _read(self) -> Iterator[Record]:
        if not self.path.exists():
            return
        for line in self.path.read_bytes().split(b"\n")[:-1]:
            if line.strip():
                yield Record(**json.loads(line))

    def last(self, ask_id: str) -> Record | None:
        """The latest outcome of a question."""
        return self._last.get(ask_id)

    def last_body(self, ask_id: str) -> Record | None:
        """The latest release of a question."""
        return self._last_body.get(ask_id)

    def releases(self) -> list[Record]:
        """Every release, oldest first."""
        return [record for record in self.records if record.novelty == RELEASE]

    def append(self, record: Record) -> None:
        """Write one line and flush it to disk before returning."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(asdict(record), ensure_ascii=False, sort_keys=True).encode() + b"\n"
        with self.path.open("ab") as out:
            _drop_unfinished(self.path, out.fileno())
            out.write(line)
            out.flush()
            os.fsync(out.fileno())
        self.records.append(record)
        self._last[record.ask_id] = record
        if record.novelty == RELEASE:
            self._last_body[record.ask_id] = record


def _drop_unfinished(path: Path, handle: int) -> None:
    body = path.read_bytes()
    if body and not body.endswith(b"\n"):
        os.ftruncate(handle, body.rfind(b"\n") + 1)


@contextmanager
def one_asker(path: Path) -> Iterator[None]:
    """Hold the lock of one publisher's journal; raises UsageError when another process is asking the same publisher."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(f"{path.stem}: another process is asking this publisher; wait until it ends") from error
        yield
