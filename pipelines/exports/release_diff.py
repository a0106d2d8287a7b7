"""The difference between two releases: every changed exported number with its reason, and counts that add up to them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.archive import write_atomically
from pipelines.exports.compare import compare_releases
from pipelines.exports.passport import report_named
from pipelines.exports.release_causes import UNEXPLAINED, Causes, cause_words
from pipelines.exports.release_changes import ROW, changed_cells
from pipelines.exports.release_store import Release

SHOWN = 20
HEADLINES = ("rpt_answer", "rpt_event_result", "rpt_scenario_headline")  # whose changes the report lists one by one
FILE = ("file_name", "content_sha256", "rows_accepted")


@dataclass(frozen=True)
class Difference:
    """Two releases, one row per changed cell with its reason, and the sites of change that were found."""

    first: Release
    second: Release
    cells: pl.DataFrame

    @property
    def numbers(self) -> pl.DataFrame:
        """The changed numbers; words (states, reasons, texts) are left out."""
        return self.cells.filter(pl.col("value_kind") == "number")

    @property
    def unexplained(self) -> int:
        """Changed cells that no changed input and no changed code explains; anything but 0 is a fault of the program."""
        return self.cells.filter(pl.col("reason") == UNEXPLAINED).height

    def counts(self, by: str) -> pl.DataFrame:
        """Changed numbers by reason or by table: added, removed, changed, and all; they add up to the numbers."""
        kinds = [(pl.col("change") == kind).sum().alias(kind) for kind in ("added", "removed", "changed")]
        return self.numbers.group_by(by).agg(*kinds, pl.len().alias("numbers")).sort("numbers", by, descending=[True, False])


def difference(first: Release, second: Release, only: Sequence[str] = ()) -> Difference:
    """Every cell of the exported tables (or of those named only) that differs, each with its reason and where it came from."""
    names = [report_named(name).full_name() for name in only]
    cells, causes = changed_cells(first, second, names), Causes.between(first, second)
    explained = [_explained(table, rows, causes) for (table,), rows in cells.group_by(["table_name"], maintain_order=True)]
    told = pl.DataFrame(schema={"table_name": pl.String, ROW: pl.String, "reason": pl.String, "reason_detail": pl.String})
    told = pl.concat([told, *explained])
    joined = cells.join(told, on=["table_name", ROW], how="left", nulls_equal=True, maintain_order="left")
    return Difference(first, second, joined)


def _explained(table: Any, rows: pl.DataFrame, causes: Causes) -> pl.DataFrame:
    found = causes.of_rows(str(table), rows[ROW].unique(maintain_order=True))
    details = {sites: "; ".join(causes.detail(site) for site in sorted(sites)) for sites in set(found.values())}
    lines = [(str(table), row, cause_words(sites), details[sites]) for row, sites in found.items()]
    return pl.DataFrame(lines, schema=["table_name", ROW, "reason", "reason_detail"], orient="row")


def changed_files(first: Release, second: Release) -> list[dict[str, Any]]:
    """Input files that were added, removed or have other bytes, with rows and hash on both sides."""
    old, new = ({each["dataset_id"]: each for each in release.manifest["inputs"]} for release in (first, second))
    found = []
    for name in sorted({*old, *new}):
        was, now = old.get(name, {}), new.get(name, {})
        if was.get("content_sha256") != now.get("content_sha256"):
            sides = {f"{side}_{what}": each.get(what) for side, each in (("old", was), ("new", now)) for what in FILE[1:]}
            found.append({"dataset_id": name, "file_name": now.get("file_name") or was.get("file_name"), **sides})
    return found


def as_json(found: Difference) -> str:
    """The difference as JSON: releases, changed files, counts, and every changed cell."""
    releases = {side: _about(release) for side, release in (("first", found.first), ("second", found.second))}
    counts = {
        "numbers": found.numbers.height,
        "words": found.cells.height - found.numbers.height,
        "by_reason": dict(found.counts("reason").select("reason", "numbers").iter_rows()),
        "by_table": dict(found.counts("table_name").select("table_name", "numbers").iter_rows()),
    }
    files = changed_files(found.first, found.second)
    whole = {**releases, "files": files, "counts": counts, "changes": found.cells.to_dicts()}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def report_frames(found: Difference) -> dict[str, pl.DataFrame]:
    """What the report's page of changes shows: numbers by table and reason, which add up, and every changed headline figure."""
    kinds = [(pl.col("change") == kind).sum().alias(f"n_{kind}") for kind in ("added", "removed", "changed")]
    counts = found.numbers.group_by("table_name", "reason").agg(*kinds, pl.len().alias("n_numbers"))
    headlines = found.numbers.filter(pl.col("table_name").is_in(HEADLINES)).select(
        "table_name",
        ROW,
        "column_name",
        pl.col("old").cast(pl.Float64).alias("value_before"),
        pl.col("new").cast(pl.Float64).alias("value_after"),
        pl.col("reason").alias("change_cause"),
    )
    total = pl.DataFrame({"first_release": [found.first.release_id], "second_release": [found.second.release_id]})
    return {
        "changes": headlines.sort("table_name", ROW, "column_name"),
        "change_counts": counts.sort("n_numbers", "table_name", "reason", descending=[True, False, False]),
        "change_total": total.with_columns(pl.lit(found.numbers.height, dtype=pl.Int64).alias("n_numbers")),
    }


def write_csv(found: Difference, path: Path) -> None:
    """Write one line per changed cell."""
    write_atomically(path, found.cells.write_csv(line_terminator="\n").encode())


def as_text(found: Difference) -> str:
    """The difference as text: releases, changed files, counts by reason and by table, headlines, first changes."""
    parts = (_head, _files, _causes, _tables, _headlines, _examples)
    return "\n".join(line for part in parts for line in part(found)) + "\n"


def _about(release: Release) -> dict[str, Any]:
    return {name: release.manifest[name] for name in ("release", "as_of", "inputs_sha256", "code_sha256", "duckdb")}


def _head(found: Difference) -> Iterator[str]:
    for release in (found.first, found.second):
        code = release.manifest["code_sha256"][:12]
        yield f"{release.release_id}  as of {release.as_of}, inputs {release.manifest['inputs_sha256'][:12]}, code {code}"
    words = found.cells.height - found.numbers.height
    yield f"{found.numbers.height} exported numbers differ, and {words} other cells (states, reasons, texts)"
    if found.unexplained:
        yield f"UNEXPLAINED: {found.unexplained} cells moved without a changed input or code; this is a fault, report it"


def _files(found: Difference) -> Iterator[str]:
    files = changed_files(found.first, found.second)
    yield f"\nINPUT FILES THAT DIFFER: {len(files) or 'none'}"
    for each in files:
        rows = f"{each['old_rows_accepted']} -> {each['new_rows_accepted']} rows"
        old, new = (_short(each[f"{side}_content_sha256"]) for side in ("old", "new"))
        yield f"  {each['file_name']}: {rows}, sha256 {old} -> {new}"


def _short(digest: str | None) -> str:
    return digest[:12] if digest else "none"


def _causes(found: Difference) -> Iterator[str]:
    yield from _table("\nNUMBERS BY REASON", found.counts("reason"))


def _tables(found: Difference) -> Iterator[str]:
    yield from _table("\nNUMBERS BY TABLE", found.counts("table_name"))


def _table(title: str, counts: pl.DataFrame) -> Iterator[str]:
    yield f"{title} (added, removed, changed, all)"
    for name, *numbers in counts.iter_rows():
        yield "  " + "".join(f"{number:>9}" for number in numbers) + f"  {name}"
    yield "  " + "".join(f"{counts[name].sum():>9}" for name in counts.columns[1:]) + "  together"


def _headlines(found: Difference) -> Iterator[str]:
    frame = compare_releases(found.first, found.second).filter(pl.col("table_name") == "rpt_answer")
    sides = [[pl.col(f"{side}_{part}") for part in ("low", "central", "high", "state")] for side in ("first", "second")]
    moved = frame.filter(pl.any_horizontal(*(old.ne_missing(new) for old, new in zip(*sides, strict=True))))
    yield f"\nHEADLINES THAT MOVED: {moved.height or 'none'} of {frame.height}"
    for row in moved.iter_rows(named=True):
        yield f"  {row['row_key']}: {_side(row, 'first')} -> {_side(row, 'second')} ({row['unit']})"


def _side(row: dict[str, Any], side: str) -> str:
    low, central, high, state = (row[f"{side}_{part}"] for part in ("low", "central", "high", "state"))
    return f"{central:.3g} [{low:.3g} to {high:.3g}]" if central is not None else state or "no number"


def _examples(found: Difference) -> Iterator[str]:
    spread = found.numbers.with_columns(pl.int_range(pl.len()).over("table_name", "reason").alias("place"))
    first = spread.filter(pl.col("place") == 0).head(SHOWN)
    yield "\nONE OF EACH (all of them with --out FILE or --format json)"
    for row in first.iter_rows(named=True):
        yield f"  {row['table_name']} {row[ROW]} {row['column_name']}: {row['old']} -> {row['new']} ({row['change']})"
        yield f"    {row['reason']}: {row['reason_detail']}"
