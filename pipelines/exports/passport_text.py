"""A passport as text for a terminal, and as JSON for a program or beside a CSV file."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.exports.passport_rows import Row

SHOWN = 12
NEAR_MODELS = 3
WIDTH = 180
FIRST = (
    "withheld",
    "figure_id",
    "figure_value",
    "factor",
    "bound",
    "low",
    "central",
    "high",
    "p05",
    "p50",
    "p95",
    "value_usd",
    "value_local",
    "known_at",
    "publisher",
    "url",
)
LEFT_OUT = ("may_redistribute_rows", "file_sha256", "source_file_sha256", "file_name", "licence_id", "dataset_id")


def as_json(passport: Row) -> str:
    """The passport as JSON; numbers of DECIMAL columns are written as text, so that no digit is lost."""
    return json.dumps(passport, indent=1, ensure_ascii=False, default=_plain) + "\n"


def as_text(passport: Row) -> str:
    """The passport as text: figure, rows behind it, parameters, models, files, release."""
    parts = (_figure, _rows_behind, _parameters, _models, _files, _release)
    return "\n".join(line for part in parts for line in part(passport)) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"a passport holds no {type(value).__name__}")


def _number(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value)}"
    return f"{value:.6g}" if isinstance(value, float) else "no value" if value is None else str(value)


def _figure(passport: Row) -> Iterator[str]:
    yield f"{passport['table']}  " + " ".join(f"{name}={value}" for name, value in passport["key"].items())
    if passport["taken"]:
        yield "  left open, taken as usual: " + ", ".join(f"{name}={value}" for name, value in passport["taken"].items())
    yield f"  {passport['grain']}"
    for each in passport["figures"]:
        interval = (
            f"  [{' to '.join(_number(value) for value in each['interval'].values())}]"
            if "interval" in each and each["value"] is not None
            else ""
        )
        unit = f" {each['unit']}" if each["unit"] else ""
        value = _number(each["value"]) + (unit if each["value"] is not None else "")
        yield f"  {each['column']} = {value}{interval}  ({each['meaning']})"
    yield from (f"  {name}: {value}" for name, value in passport["labels"].items())


def _rows_behind(passport: Row) -> Iterator[str]:
    yield f"\nROWS BEHIND IT ({passport['row_step']})"
    for step in passport["rows_behind"]:
        yield f"  {step['title']}: {step['n_rows']} of {step['table']}, by {', '.join(step['by'])}"
        yield from (f"    {_row(row, passport['key'])}" for row in step["rows"][:SHOWN])
        if step["n_rows"] > SHOWN:
            yield f"    ... {step['n_rows'] - min(SHOWN, len(step['rows']))} more"
        yield from (f"    {line}" for line in sorted({_origin(row) for row in step["rows"] if row.get("file_name")}))
        if step["note"]:
            yield f"    note: {step['note']}"


def _row(row: Row, key: Row) -> str:
    named = [name for name in row if key.get(name) != row[name]] or list(row)
    order = [*named[:1], *(name for name in FIRST if name in named), *named[1:]]
    order = [name for name in dict.fromkeys(order) if row[name] is not None and name not in LEFT_OUT]
    text = "  ".join(f"{name}={_number(row[name])}" for name in order)
    return text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."


def _origin(row: Row) -> str:
    digest = row.get("source_file_sha256") or row.get("file_sha256") or ""
    return f"from {row['file_name']} (dataset {row['dataset_id']}, sha256 {digest[:16]}), terms {row.get('licence_id')}"


def _parameters(passport: Row) -> Iterator[str]:
    if passport["parameters"]:
        yield "\nPRIORS AND PARAMETERS that some model on the way reads"
    for each in passport["parameters"]:
        bounds = ", ".join(_number(each[name]) for name in ("low", "central", "high"))
        yield f"  {each['kind']} {each['id']}: {bounds} ({each['unit'] or 'no unit'}; {each['basis']})"


def _models(passport: Row) -> Iterator[str]:
    models = [each for each in passport["models"] if each["model_kind"] != "input"]
    yield f"\nMODELS ({len(models)} on the way; code print of each)"
    for each in models:
        if each["step"] < NEAR_MODELS:
            code = str(each["model_code_sha256"])[:16]
            yield f"  {'  ' * each['step']}{each['model']} ({each['model_kind']}, {each['n_rows']} rows, code {code})"
    far = sum(each["step"] >= NEAR_MODELS for each in models)
    if far:
        yield f"  ... {far} more further up; all of them in --format json and in meta.model_read"


def _files(passport: Row) -> Iterator[str]:
    span = passport["retrieved"]
    yield f"\nINPUT FILES ({len(passport['datasets'])}, obtained {span.get('first')} to {span.get('last')})"
    for each in passport["datasets"]:
        terms = "" if each["may_redistribute_rows"] else "; rows may not be passed on"
        digest = each["content_sha256"][:16]
        rows = f"{each['rows_accepted']} rows, sha256 {digest}"
        yield f"  {each['file_name']}: {rows}, {each['publisher']}, {each['licence_id']}{terms}"


def _release(passport: Row) -> Iterator[str]:
    yield f"\nRELEASE {passport['release']}, as of {passport['as_of']}"
    yield f"  code {passport['code_sha256']}\n  inputs {passport['inputs_sha256']}"
