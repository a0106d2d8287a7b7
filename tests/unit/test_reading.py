"""Bytes to text rows: every oddity of a delimited file is accepted, quarantined with its text, or refused with its place."""

import polars as pl
import pytest

from pipelines.errors import InputError, Place
from pipelines.reading import LINE, REASON, ROW_TEXT, TextTable, read_delimited

PLACE = Place("facts", "data/facts/prices.csv")


def read(body: bytes, **options: object) -> TextTable:
    """Read and make sure that every row is accounted for."""
    table = read_delimited(body, PLACE, **options)  # type: ignore[arg-type]
    assert table.n_read == table.rows.height + table.rejected.height
    return table


def test_lines_are_counted_from_the_header() -> None:
    table = read(b"a,b\n1,x\n2,y\n")
    assert table.rows.rows() == [(2, "1", "x"), (3, "2", "y")]
    assert table.rows.schema == {LINE: pl.Int64, "a": pl.String, "b": pl.String}


def test_an_empty_field_is_null() -> None:
    assert read(b'a,b\n,x\n"",y\n').rows["a"].to_list() == [None, None]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert read(b"\xef\xbb\xbfa,b\n1,2\n").rows.columns == [LINE, "a", "b"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("last", [True, False], ids=["last line ended", "last line open"])
def test_line_ends(end: bytes, last: bool) -> None:
    body = end.join([b"a,b", b"1,x", b"2,y"]) + end * last
    assert read(body).rows.rows() == [(2, "1", "x"), (3, "2", "y")]


def test_blank_lines_are_no_rows_and_keep_the_count() -> None:
    table = read(b"a,b\n\n1,x\n\n2,y\n\n")
    assert table.rows[LINE].to_list() == [3, 5]


def test_a_quoted_line_break_keeps_the_line_numbers() -> None:
    table = read(b'a,b\n1,"two\nlines"\n2,y\n3\n')
    assert table.rows.rows() == [(2, "1", "two\nlines"), (4, "2", "y")]
    assert table.rejected[LINE].to_list() == [5]


def test_a_quoted_delimiter_and_a_doubled_quote() -> None:
    assert read(b'a,b\n"1,5","a ""b"""\n').rows.rows() == [(2, "1,5", 'a "b"')]


def test_a_ragged_row_is_quarantined_with_its_text() -> None:
    table = read(b'a,b\n1,x\n2,"y,z",3\n4\n5,w\n')
    assert table.rows["a"].to_list() == ["1", "5"]
    assert table.rejected.rows(named=True) == [
        {LINE: 3, REASON: "3 fields under 2 headers", ROW_TEXT: '2,"y,z",3'},
        {LINE: 4, REASON: "1 fields under 2 headers", ROW_TEXT: "4"},
    ]


HEADERS = ",".join(f"h{n}" for n in range(47)).encode()
TRAILING = b",".join(b"%d" % n for n in range(47)) + b","


def test_48_fields_under_47_headers_are_quarantined() -> None:
    table = read(HEADERS + b"\n" + TRAILING + b"\n")
    assert table.rows.is_empty()
    assert table.rejected[REASON].to_list() == ["48 fields under 47 headers"]
    assert table.rejected[ROW_TEXT].to_list() == [TRAILING.decode()]


def test_48_fields_under_47_headers_where_the_publisher_ends_each_row_with_a_delimiter() -> None:
    table = read(HEADERS + b"\n" + TRAILING + b"\n", allow_trailing_delimiter=True)
    assert table.rejected.is_empty()
    assert table.rows.row(0)[1:] == tuple(str(n) for n in range(47))


def test_a_48th_field_with_content_is_never_dropped() -> None:
    table = read(HEADERS + b"\n" + TRAILING + b"surprise\n", allow_trailing_delimiter=True)
    assert table.rows.is_empty()
    assert table.rejected[ROW_TEXT][0].endswith(",surprise")


def test_latin_1_bytes_are_refused_with_their_line() -> None:
    with pytest.raises(InputError) as refused:
        read("a,b\n1,x\n2,Zürich\n".encode("latin-1"))
    assert str(refused.value) == (
        "facts, data/facts/prices.csv: found byte 0xfc on line 3 that is not utf-8-sig; expected utf-8-sig; "
        "save the file in that encoding"
    )


def test_the_next_encoding_is_tried() -> None:
    table = read("國家,b\n香港,1\n".encode("big5"), encodings=("utf-8-sig", "big5"))
    assert table.rows.columns == [LINE, "國家", "b"]


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match=r"prices\.csv.*found .*; expected .*; .+"):
        read(body)


def test_a_header_without_rows_is_an_empty_table() -> None:
    table = read(b"a,b\n")
    assert (table.n_read, table.rows.columns) == (0, [LINE, "a", "b"])


@pytest.mark.parametrize(
    ("header", "found"),
    [(b"a,b,a", "repeated or empty column names ['a']"), (b"a,,c", "repeated or empty column names []")],
)
def test_a_header_with_repeated_or_empty_names_is_refused(header: bytes, found: str) -> None:
    with pytest.raises(InputError) as refused:
        read(header + b"\n1,2,3\n")
    assert f"found {found}; expected one line of unique column names; repair the header line" in str(refused.value)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b'a,b\n1,x\n2,"y\n3,z\n4,w\n', 3),
        (b'a,b\n1,"x\n2,"y"\n', 2),
        (b'a,b\n1,"' + b"x\n" * 100_000, 2),
    ],
    ids=["open to the end", "closed by the next row's quote", "longer than the reader's limit"],
)
def test_a_quote_that_would_swallow_rows_is_refused_with_its_line(body: bytes, line: int) -> None:
    with pytest.raises(InputError) as refused:
        read(body)
    assert str(refused.value).startswith(f"facts, data/facts/prices.csv, line {line}: found a record that cannot be read")
    assert str(refused.value).endswith("expected quotes in pairs; repair the quotes")
