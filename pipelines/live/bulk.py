"""Bodies larger than memory: unpacked to disk, read in batches of lines, written to Parquet batch by batch."""

import gzip
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import polars as pl
import pyarrow.parquet as pq

from pipelines.archive import write_atomically
from pipelines.errors import InputError, Place, explain
from pipelines.reading import LINE, REASON, ROW_TEXT, TextTable
from pipelines.schemas.table import Table
from pipelines.sources.parsed import Control, Parsed

BATCH_ROWS = 250_000
CHUNK = 8_000_000
MAGIC = {b"\x1f\x8b": "gz", b"PK": "zip", b"7z": "7z"}


@dataclass
class Totals:
    """Row counts and control totals over all parts of a release."""

    n_read: int = 0
    n_accepted: int = 0
    n_quarantined: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    controls: list[Control] = field(default_factory=list)

    def add(self, part: Parsed) -> None:
        """Count one part; control totals of the same name are added up."""
        self.n_read += part.n_read
        self.n_accepted += part.rows.height
        self.n_quarantined += part.quarantined.height
        self.skipped.update(part.skipped)
        for control in part.controls:
            self._add_control(control)

    def _add_control(self, control: Control) -> None:
        for place, known in enumerate(self.controls):
            if known.name == control.name:
                summed = (known.detail + control.detail, known.published + control.published, known.tolerance + control.tolerance)
                self.controls[place] = Control(control.name, *summed)
                return
        self.controls.append(control)


def write_parts(parts: Iterable[Parsed], table: type[Table], path: Path, quarantine: Path) -> Totals:
    """Write accepted rows as one Parquet file and refused rows as one CSV; nothing is left behind if a part fails."""
    totals, refused = Totals(), []
    schema = table.empty().to_arrow().schema
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with pq.ParquetWriter(temporary, schema, compression="zstd") as out:
            for part in parts:
                totals.add(part)
                refused.append(part.quarantined)
                out.write_table(part.rows.to_arrow().cast(schema))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _write_quarantine([frame for frame in refused if frame.height], quarantine)
    return totals


def _write_quarantine(frames: list[pl.DataFrame], path: Path) -> None:
    if frames:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, pl.concat(frames).write_csv().encode())
    else:
        path.unlink(missing_ok=True)


def bulk_parts(path: Path, scratch: Path, delimiter: str, place: Place) -> Iterator[TextTable]:
    """The rows of a delimited file (plain, gzip, zip or 7z with one member) as text, in batches of bounded size."""
    with unpacked(path, scratch, place) as plain:
        yield from _read(plain, delimiter, place)


@contextmanager
def unpacked(path: Path, scratch: Path, place: Place) -> Iterator[Path]:
    """The file itself, or its only member unpacked to disk for the time of the block; raises InputError for a broken archive."""
    kind = _kind_of(path)
    if not kind:
        yield path
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        target = Path(folder) / "member"
        try:
            _unpack(path, kind, target)
        except (OSError, EOFError, zipfile.BadZipFile, ValueError) as error:
            raise InputError(
                explain(place, f"a {kind} archive that cannot be read ({error})", "a whole archive", "fetch it again")
            ) from error
        yield target


def _kind_of(path: Path) -> str:
    with path.open("rb") as body:
        return MAGIC.get(body.read(2), "")


def _unpack(path: Path, kind: str, target: Path) -> None:
    if kind == "gz":
        with path.open("rb") as body, gzip.GzipFile(fileobj=body) as packed:
            _copy(packed, target)
    elif kind == "zip":
        with zipfile.ZipFile(path) as archive, archive.open(_only(archive.namelist())) as packed:
            _copy(packed, target)
    else:
        _unpack_7z(path, target)


def _unpack_7z(path: Path, target: Path) -> None:
    try:
        import py7zr
    except ModuleNotFoundError:
        raise ValueError("7z needs a further package: pip install 'chipflows[bulk]'") from None
    try:
        with py7zr.SevenZipFile(path) as archive:
            name = _only(archive.getnames())
            archive.extract(path=target.parent, targets=[name])
        (target.parent / name).replace(target)
    except py7zr.exceptions.ArchiveError as error:
        raise ValueError(str(error)) from error


def _only(names: list[str]) -> str:
    files = [name for name in names if not name.endswith("/")]
    if len(files) != 1:
        raise ValueError(f"{len(files)} members where one is expected")
    return files[0]


def _copy(packed: "IO[bytes] | gzip.GzipFile", target: Path) -> None:
    with target.open("wb") as out:
        shutil.copyfileobj(packed, out, CHUNK)


def _read(path: Path, delimiter: str, place: Place) -> Iterator[TextTable]:
    """Lines are counted and cut here; a line with another number of fields than the header goes to the rejected rows."""
    header: list[str] | None = None
    line = 1
    for lines in _line_batches(path, place):
        start = 0 if header else 1
        header = header or _header(lines, delimiter, place)
        yield _cut(lines[start:], header, delimiter, line + start)
        line += len(lines)
    if header is None:
        raise InputError(explain(place, "an empty file", "a header line and rows", "fetch it again"))


def _line_batches(path: Path, place: Place) -> Iterator[pl.Series]:
    rest = b""
    with path.open("rb") as body:
        while chunk := body.read(CHUNK):
            whole, _, rest = (rest + chunk).rpartition(b"\n")
            if whole:
                yield _lines(whole, place)
    if rest.strip():
        yield _lines(rest, place)


def _lines(body: bytes, place: Place) -> pl.Series:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            explain(place, f"byte 0x{body[error.start]:02x} that is not UTF-8", "UTF-8", "fetch it again")
        ) from error
    return pl.Series("line", [text], dtype=pl.String).str.split("\n").explode().str.strip_chars_end("\r")


def _header(lines: pl.Series, delimiter: str, place: Place) -> list[str]:
    names = [name.strip().strip('"') for name in str(lines[0]).split(delimiter)]
    if len(set(names)) != len(names) or "" in names:
        raise InputError(explain(place, f"repeated or empty column names {names}", "one line of unique names", "fetch it again"))
    return names


def _cut(lines: pl.Series, header: list[str], delimiter: str, first: int) -> TextTable:
    frame = pl.DataFrame({LINE: pl.int_range(first, first + len(lines), eager=True), "line": lines}).filter(pl.col("line") != "")
    fits = pl.col("line").str.count_matches(delimiter, literal=True) == len(header) - 1
    cells = pl.col("line").str.split_exact(delimiter, len(header) - 1).struct.rename_fields(header)
    good = frame.filter(fits).select(pl.col(LINE), cells.alias("cells")).unnest("cells")
    good = good.with_columns(pl.col(header).replace("", None))
    bad = frame.filter(~fits).select(
        pl.col(LINE),
        pl.lit(f"another number of fields than the {len(header)} headers").alias(REASON),
        pl.col("line").alias(ROW_TEXT),
    )
    return TextTable(good, bad, frame.height)
