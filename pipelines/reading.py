"""Bytes to text rows: encodings, byte-order marks, line ends, headers that do not match their rows; nothing is dropped."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from pipelines.errors import InputError, Place, explain

LINE = "_line"
REASON = "_reason"
ROW_TEXT = "_row_text"


@dataclass(frozen=True)
class TextTable:
    """A delimited file as text: `rows` (all String columns plus `_line`), and `rejected` (`_line`, `_reason`, `_row_text`)."""

    rows: pl.DataFrame
    rejected: pl.DataFrame
    n_read: int
    remarks: tuple[str, ...] = field(default=())


def decode(body: bytes, place: Place, encodings: tuple[str, ...] = ("utf-8-sig",)) -> str:
    """Decode with the first encoding that fits; raises InputError that names the first byte that does not."""
    if not body.strip():
        raise InputError(explain(place, "an empty file", "a header line and rows", "restore the file and run again"))
    failure = ""
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as error:
            line = body[: error.start].count(b"\n") + 1
            failure = f"byte 0x{body[error.start]:02x} on line {line} that is not {encoding}"
    raise InputError(explain(place, failure, " or ".join(encodings), "save the file in that encoding"))


def read_delimited(
    body: bytes,
    place: Place,
    *,
    encodings: tuple[str, ...] = ("utf-8-sig",),
    delimiter: str = ",",
    allow_trailing_delimiter: bool = False,
) -> TextTable:
    """Read a delimited file into text columns; a row with the wrong number of fields is rejected with its text, never lost.

    `allow_trailing_delimiter`: every row may carry one empty field more than the header (UN Comtrade website downloads), and
    the header itself may end with one empty name (China Customs).
    """
    text = decode(body, place, encodings)
    records = _records(text, delimiter, place)
    header = _header(records, place, allow_trailing_delimiter)
    good: list[list[str | None]] = []
    bad: list[tuple[int, str, str]] = []
    for line, filed in records:
        if not filed:
            continue
        spare = allow_trailing_delimiter and len(filed) == len(header) + 1 and filed[-1] == ""
        cells = filed[:-1] if spare else filed
        if len(cells) == len(header):
            good.append([str(line), *(cell if cell != "" else None for cell in cells)])
        else:
            reason = f"{len(cells)} fields under {len(header)} headers"
            bad.append((line, reason, _as_text(cells, delimiter)))
    return TextTable(_frame(header, good), rejected_frame(bad), len(good) + len(bad))


def rejected_frame(rows: list[tuple[int, str, str]]) -> pl.DataFrame:
    """Frame of rejected rows: line, reason, row text."""
    return pl.DataFrame(rows, schema={LINE: pl.Int64, REASON: pl.String, ROW_TEXT: pl.String}, orient="row")


def row_text(frame: pl.DataFrame) -> pl.Series:
    """Each row of a text frame joined back into one delimited line, for the quarantine."""
    columns = [name for name in frame.columns if not name.startswith("_")]
    return frame.select(pl.concat_str([pl.col(name).fill_null("") for name in columns], separator=",")).to_series()


def _records(text: str, delimiter: str, place: Place) -> Iterator[tuple[int, list[str]]]:
    """Each record with its first line; a quote that is never closed would swallow the rows below it, so it is refused."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        found = f"a record that cannot be read ({error})"
        raise InputError(explain(Place(place.source, place.file, line), found, "quotes in pairs", "repair the quotes")) from error


def _header(records: Iterator[tuple[int, list[str]]], place: Place, allow_trailing_delimiter: bool) -> list[str]:
    _, header = next(records, (1, []))
    names = [name.strip() for name in header]
    if allow_trailing_delimiter and len(names) > 1 and names[-1] == "":
        names.pop()
    repeated = sorted({name for name in names if names.count(name) > 1})
    if not names or repeated or "" in names:
        found = f"repeated or empty column names {repeated}" if names else "no header line"
        raise InputError(explain(place, found, "one line of unique column names", "repair the header line"))
    return names


def _frame(header: list[str], rows: list[list[str | None]]) -> pl.DataFrame:
    schema = {LINE: pl.String, **dict.fromkeys(header, pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(LINE).cast(pl.Int64))


def _as_text(cells: list[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(cells)
    return out.getvalue()
