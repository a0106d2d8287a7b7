"""Bodies larger than memory: unpacked to disk, read in batches of lines, written to Parquet batch by batch."""

import gzip
import re
import shutil
import tempfile
import zipfile
import zlib
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
from pipelines.reading import LINE, REASON, ROW_TEXT, TextTable, rejected_frame
from pipelines.schemas.table import Table
from pipelines.sources.contract import Feed
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
    by_name: dict[str, Control] = field(default_factory=dict)

    @property
    def controls(self) -> list[Control]:
        """Control totals over all parts, in the order in which they first came."""
        return list(self.by_name.values())

    def add(self, part: Parsed) -> None:
        """Count one part; control totals of the same name are added up."""
        self.n_read += part.n_read
        self.n_accepted += part.rows.height
        self.n_quarantined += part.quarantined.height
        self.skipped.update(part.skipped)
        for control in part.controls:
            self._add_control(control)

    def _add_control(self, control: Control) -> None:
        known = self.by_name.get(control.name)
        if known is not None:
            summed = (known.detail + control.detail, known.published + control.published, known.tolerance + control.tolerance)
            control = Control(control.name, *summed)
        self.by_name[control.name] = control


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


def bulk_parts(path: Path, scratch: Path, feed: Feed, place: Place) -> Iterator[TextTable]:
    """The rows of a delimited file (plain, gzip, zip or 7z) as text, in batches of bounded size.

    Of an archive its only member is read, or the members that `feed.bulk_members` names, one after the other in name order; each
    has its own header line, and lines are counted on from member to member.
    """
    done = 0
    for member in _members(path, feed.bulk_members, place):
        here = Place(place.source, f"{place.file}/{member}") if feed.bulk_members else place
        with unpacked(path, scratch, here, member) as plain:
            yield from _together(_read(plain, feed.bulk_delimiter, here, done), feed.bulk_together)
            done += _n_lines(plain)


def _together(texts: Iterator[TextTable], columns: tuple[str, ...]) -> Iterator[TextTable]:
    """Batches cut where the values of the columns change: the last run of each batch waits for the next one."""
    held: pl.DataFrame | None = None
    for text in texts:
        if not columns or not set(columns) <= set(text.rows.columns):
            yield text
            continue
        rows = text.rows if held is None else pl.concat([held, text.rows])
        key = rows.select(columns)
        last_run = (key.select(pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).last()) for c in columns)).to_series()).reverse()
        n_held = rows.height if last_run.all() else int(last_run.arg_min() or 0)
        held = rows.tail(n_held)
        ready = rows.head(rows.height - n_held)
        yield TextTable(ready, text.rejected, ready.height + text.rejected.height)
    if held is not None and held.height:
        yield TextTable(held, rejected_frame([]), held.height)


def _members(path: Path, pattern: str, place: Place) -> list[str]:
    """Names of the members that a pattern names, in name order; one empty name (the only member) without a pattern."""
    if not pattern:
        return [""]
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, EOFError, zipfile.BadZipFile, ValueError) as error:
        raise InputError(_broken("zip", error, place)) from error
    found = sorted(name for name in names if re.fullmatch(pattern, name.rpartition("/")[2]))
    if not found or len({name.rpartition("/")[2] for name in found}) != len(found):
        shown = f"an archive of {', '.join(sorted(names)[:8]) or 'nothing'}"
        raise InputError(explain(place, shown, f"members named like {pattern}, each once", "fetch the archive of this feed"))
    return found


def _n_lines(path: Path) -> int:
    with path.open("rb") as body:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: body.read(CHUNK), b"")) + _ends_open(path)


def _ends_open(path: Path) -> bool:
    """Whether the last line lacks its line end."""
    with path.open("rb") as body:
        size = body.seek(0, 2)
        body.seek(max(0, size - 1))
        return body.read(1) not in (b"", b"\n")


def _broken(kind: str, error: BaseException, place: Place) -> str:
    return explain(place, f"a {kind} archive that cannot be read ({error})", "a whole archive", "fetch it again")


@contextmanager
def unpacked(path: Path, scratch: Path, place: Place, member: str = "") -> Iterator[Path]:
    """The file itself, or one member (the only one without a name) unpacked to disk for the time of the block.

    Raises InputError for a broken archive.
    """
    kind = _kind_of(path)
    if not kind:
        yield path
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        target = Path(folder) / "member"
        try:
            _unpack(path, kind, target, member)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError) as error:
            raise InputError(_broken(kind, error, place)) from error
        yield target


def _kind_of(path: Path) -> str:
    with path.open("rb") as body:
        return MAGIC.get(body.read(2), "")


def _unpack(path: Path, kind: str, target: Path, member: str) -> None:
    if kind == "gz":
        with path.open("rb") as body, gzip.GzipFile(fileobj=body) as packed:
            _copy(packed, target)
    elif kind == "zip":
        with zipfile.ZipFile(path) as archive, archive.open(member or _only(archive.namelist())) as packed:
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


def _read(path: Path, delimiter: str, place: Place, before: int = 0) -> Iterator[TextTable]:
    """Whole lines in pieces of about CHUNK bytes; a line with another number of fields than the header is rejected.

    `before`: lines of the members before this one.
    """
    header: list[str] | None = None
    line = before + 1
    for piece in _pieces(path):
        body = piece
        if header is None:
            first, _, body = piece.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
            header, line = _header(_decoded(first, place), delimiter, place), before + 2
        yield _cut_fast(body, header, delimiter, line) or _cut(_lines(body, place), header, delimiter, line)
        line += body.count(b"\n") + bool(body and not body.endswith(b"\n"))
    if header is None:
        raise InputError(explain(place, "an empty file", "a header line and rows", "fetch it again"))


def _pieces(path: Path) -> Iterator[bytes]:
    rest = b""
    with path.open("rb") as body:
        while chunk := body.read(CHUNK):
            whole, newline, rest = (rest + chunk).rpartition(b"\n")
            if whole.strip():
                yield whole + newline
    if rest.strip():
        yield rest


def _cut_fast(body: bytes, header: list[str], delimiter: str, first: int) -> TextTable | None:
    """The rows if every line is plain and has as many fields as the header, else None: then each line is looked at."""
    n_lines = body.count(b"\n") + (not body.endswith(b"\n"))
    plain = b'"' not in body and b"\n\n" not in body and b"\n\r" not in body
    if not plain or body.count(delimiter.encode()) != n_lines * (len(header) - 1) or len(header) < 2:
        return None
    try:
        rows = pl.read_csv(body, has_header=False, new_columns=header, separator=delimiter, quote_char=None, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        return None
    if rows.height != n_lines or rows.width != len(header):
        return None
    numbered = rows.select(pl.int_range(first, first + n_lines, dtype=pl.Int64).alias(LINE), pl.all())
    return TextTable(numbered, rejected_frame([]), n_lines)


def _lines(body: bytes, place: Place) -> pl.Series:
    text = _decoded(body, place).removesuffix("\n")
    return pl.Series("line", [text], dtype=pl.String).str.split("\n").explode().str.strip_chars_end("\r")


def _decoded(body: bytes, place: Place) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{body[error.start]:02x} that is not UTF-8"
        raise InputError(explain(place, found, "UTF-8", "fetch it again")) from error


def _header(line: str, delimiter: str, place: Place) -> list[str]:
    names = [name.strip().strip('"') for name in line.strip("\r").split(delimiter)]
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
