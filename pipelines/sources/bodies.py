"""JSON and XML bodies as text tables: every value as text, numbers digit for digit, records that do not fit kept as rejected."""

import json
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import LINE, TextTable, rejected_frame


def json_body(body: bytes, place: Place) -> Any:
    """The parsed body, all numbers as text; raises InputError for anything that is not JSON."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(explain(place, f"a body that is not JSON ({_short(error)})", "JSON", "fetch it again")) from error


def xml_body(body: bytes, place: Place) -> Element:
    """The root element; entities and external references are refused. Raises InputError for anything that is not XML."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InputError(explain(place, f"a body that is not XML ({_short(error)})", "XML", "fetch it again")) from error
    return root


def arrays(found: Any, place: Place) -> TextTable:
    """A list of lists whose first is the header; a column that is named twice with the same cells counts once."""
    if not isinstance(found, list) or not found or not all(isinstance(name, str) for name in _listed(found[0])):
        raise InputError(
            explain(place, f"{_kind(found)} without a header", "a list of lists, the first of names", "fetch it again")
        )
    header = _listed(found[0])
    good: list[list[str | None]] = []
    bad: list[tuple[int, str, str]] = []
    for number, row in enumerate(found[1:], start=2):
        if isinstance(row, list) and len(row) == len(header):
            good.append([str(number), *(as_text(cell) for cell in row)])
        else:
            bad.append((number, f"{len(_listed(row))} cells under {len(header)} headers", _dumped(row)))
    return _table(header, good, bad, place)


def records(found: Any, place: Place, columns: Sequence[str]) -> TextTable:
    """A list of objects as the named columns; absent members are NULL, other members are left aside. Lines count from 1."""
    if not isinstance(found, list):
        raise InputError(explain(place, _kind(found), "a list of records", "fetch it again"))
    good: list[list[str | None]] = []
    bad: list[tuple[int, str, str]] = []
    for number, record in enumerate(found, start=1):
        if isinstance(record, dict):
            good.append([str(number), *(as_text(record.get(name)) for name in columns)])
        else:
            bad.append((number, f"{_kind(record)}; expected a record", _dumped(record)))
    return _table(list(columns), good, bad, place)


def elements(found: Sequence[Element], columns: Sequence[str], place: Place) -> TextTable:
    """Elements whose children are cells, read by name in any order; a child that occurs twice makes the record rejected."""
    good: list[list[str | None]] = []
    bad: list[tuple[int, str, str]] = []
    for number, element in enumerate(found, start=1):
        cells = [(child.tag, (child.text or "").strip()) for child in element]
        if len({name for name, _ in cells}) == len(cells):
            named = dict(cells)
            good.append([str(number), *(named.get(name) or None for name in columns)])
        else:
            bad.append((number, "a column that occurs twice", _dumped(cells)))
    return _table(list(columns), good, bad, place)


def as_text(value: Any) -> str | None:
    """A JSON value as text: nothing for null and the empty string, true or false, numbers as written, the rest as JSON."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _dumped(value)


def _table(header: list[str], good: list[list[str | None]], bad: list[tuple[int, str, str]], place: Place) -> TextTable:
    kept = _once(header, good, place)
    names = [header[position] for position in kept]
    rows = [[row[0], *(row[1 + position] for position in kept)] for row in good]
    frame = pl.DataFrame(rows, schema={LINE: pl.String, **dict.fromkeys(names, pl.String)}, orient="row")
    return TextTable(frame.with_columns(pl.col(LINE).cast(pl.Int64)), rejected_frame(bad), len(good) + len(bad))


def _once(header: list[str], rows: list[list[str | None]], place: Place) -> list[int]:
    kept: dict[str, int] = {}
    for position, name in enumerate(header):
        if name not in kept:
            kept[name] = position
        elif any(row[1 + position] != row[1 + kept[name]] for row in rows):
            raise InputError(explain(place, f"two columns {name} that differ", "one column of each name", "fetch it again"))
    return list(kept.values())


def _listed(row: Any) -> list[Any]:
    return row if isinstance(row, list) else []


def _kind(found: Any) -> str:
    words = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return words.get(type(found), "a number")


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120]
