"""Raw bytes, stored once by SHA-256, and the append-only register of releases. Nothing is parsed or deleted here."""

import hashlib
import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.errors import InputError, Place, explain

REGISTER = "register.jsonl"


@dataclass(frozen=True)
class Entry:
    """One release in the register: which file of which source, its hash, size, terms, origin and retrieval day."""

    source_id: str
    dataset_id: str
    file_name: str
    sha256: str
    bytes: int
    licence_id: str
    retrieved: str
    origin: str


@dataclass(frozen=True)
class Archive:
    """Content-addressed store under one folder."""

    root: Path

    def put(self, body: bytes) -> str:
        """Store bytes once and return their SHA-256; the write is atomic."""
        digest = hashlib.sha256(body).hexdigest()
        path = self.path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, body)
        return digest

    @staticmethod
    def digest(body: bytes) -> str:
        """SHA-256 of some bytes."""
        return hashlib.sha256(body).hexdigest()

    def adopt(self, path: Path, digest: str) -> str:
        """Move a file that was hashed while it was written into the store; returns its SHA-256."""
        target = self.path(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            path.unlink()
        else:
            with path.open("rb") as written:
                os.fsync(written.fileno())
            path.replace(target)
        return digest

    def path(self, digest: str) -> Path:
        """Where the bytes of a hash lie."""
        return self.root / digest[:2] / digest

    def get(self, digest: str) -> bytes:
        """Bytes of a hash; raises InputError when they are missing or no longer have that hash."""
        path = self.path(digest)
        place = Place("archive", str(path))
        if not path.exists():
            raise InputError(explain(place, "nothing", "archived bytes", "run chipflows build to archive the inputs again"))
        body = path.read_bytes()
        found = hashlib.sha256(body).hexdigest()
        if found != digest:
            remedy = "restore the file from a backup or delete it and run chipflows build"
            raise InputError(explain(place, f"bytes with hash {found[:12]}", digest[:12], remedy))
        return body

    def entries(self) -> list[Entry]:
        """All registered releases in order of registration."""
        path = self.root / REGISTER
        if not path.exists():
            return []
        return [Entry(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]

    def register(self, entry: Entry) -> bool:
        """Append a release unless the same bytes are registered for the dataset; returns whether it was new."""
        known = {(old.dataset_id, old.sha256) for old in self.entries()}
        if (entry.dataset_id, entry.sha256) in known:
            return False
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / REGISTER).open("a", encoding="utf-8") as register:
            register.write(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) + "\n")
            register.flush()
            os.fsync(register.fileno())
        return True


def write_atomically(path: Path, body: bytes) -> None:
    """Write bytes to a temporary neighbour, fsync and rename; a crash leaves the old file or none."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
