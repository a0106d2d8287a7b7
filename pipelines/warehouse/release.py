"""A release on disk: the manifest of one build, and the tables that a later comparison needs, each stored once by its hash."""

import hashlib
import io
import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.archive import write_atomically
from pipelines.home import Edition
from pipelines.schemas.tables.catalog import declared_tables
from pipelines.schemas.tables.meta import Dataset
from pipelines.warehouse.read import published
from pipelines.warehouse.threads import threads_of

MANIFEST = ".manifest.json"
PARTS = "parts"
KEPT_MANIFESTS = 36  # three years of monthly releases; the tables they share are stored once
STORED_LAYERS = ("tidy", "exports")
FORMAT = 1
Tables = dict[str, dict[str, object]]


def write_release(edition: Edition) -> Path:
    """Write the manifest of the published file and the tables it names that are not stored yet; forget the oldest releases."""
    parts = edition.releases / PARTS
    parts.mkdir(parents=True, exist_ok=True)
    with published(edition) as con:
        manifest = _manifest(con, parts, _tables_before(edition.releases))
    path = edition.releases / f"{manifest['release']}{MANIFEST}"
    write_atomically(path, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
    _forget_old(edition.releases)
    return path


def manifests(releases: Path) -> list[Path]:
    """Manifests of a folder of releases, the latest build first."""
    return sorted(releases.glob(f"*{MANIFEST}"), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _tables_before(releases: Path) -> Tables:
    """Tables of the latest manifest, whose stored parts serve again where nothing changed; none after a change of DuckDB."""
    for path in manifests(releases)[:1]:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if (manifest["format"], manifest["duckdb"]) == (FORMAT, duckdb.__version__):
            return dict(manifest["tables"])
    return {}


def _manifest(con: duckdb.DuckDBPyConnection, parts: Path, before: Tables) -> dict[str, Any]:
    release, as_of, inputs, code = con.execute(
        "SELECT warehouse_release_id, CAST(as_of AS VARCHAR), inputs_sha256, code_sha256 FROM core.run"
    ).fetchall()[0]
    return {
        "format": FORMAT,
        "release": release,
        "as_of": as_of,
        "inputs_sha256": inputs,
        "code_sha256": code,
        "duckdb": duckdb.__version__,
        "inputs": list(_inputs(con)),
        "tables": _tables(con, parts, before),
    }


def _inputs(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, object]]:
    columns = [column.name for column in Dataset.columns]
    for row in con.execute(f"SELECT {', '.join(columns)} FROM tidy.dataset ORDER BY dataset_id").fetchall():
        values = zip(columns, row, strict=True)
        yield {name: value if isinstance(value, int) else str(value) for name, value in values}


def _tables(con: duckdb.DuckDBPyConnection, parts: Path, before: Tables) -> Tables:
    reads: dict[str, list[str]] = {}
    for model, read in con.execute("SELECT model, read_table FROM meta.model_read ORDER BY ALL").fetchall():
        reads.setdefault(model, []).append(read)
    columns, declared, tables = "model, model_kind, fingerprint, model_code_sha256, content, n_rows", declared_tables(), {}
    for name, kind, print_, own, content, n_rows in con.execute(f"SELECT {columns} FROM meta.model ORDER BY model").fetchall():
        entry = {"kind": kind, "key": list(declared[name].key), "reads": reads.get(name, []), "rows": n_rows}
        tables[name] = entry | {"fingerprint": print_, "code_sha256": own, "content": content}
    stored = [name for name in tables if name.split(".")[0] in STORED_LAYERS]

    def part_of(name: str) -> dict[str, object]:
        return _stored_before(tables[name], before.get(name, {}), parts) or _stored(con, name, declared[name].key, parts)

    with ThreadPoolExecutor(threads_of(con)) as pool:
        for name, part in zip(stored, pool.map(part_of, stored), strict=True):
            tables[name] |= part
    return tables


def _stored_before(entry: dict[str, object], before: dict[str, object], parts: Path) -> dict[str, object]:
    if any(entry[what] != before.get(what) for what in ("content", "rows", "code_sha256", "key")):
        return {}
    kept: dict[str, object] = {what: before[what] for what in ("part", "totals") if what in before}
    return kept if (parts / f"{kept['part']}.parquet").exists() else {}


def _stored(con: duckdb.DuckDBPyConnection, name: str, key: tuple[str, ...], parts: Path) -> dict[str, object]:
    with con.cursor() as own:
        frame = own.sql(f"SELECT * FROM {name} ORDER BY {', '.join(key)}").pl()
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd")
    digest = hashlib.sha256(out.getvalue()).hexdigest()
    path = parts / f"{digest}.parquet"
    if not path.exists():
        write_atomically(path, out.getvalue())
    stored: dict[str, object] = {"part": digest}
    return stored | ({"totals": _totals(frame)} if name.startswith("exports.") else {})


def _totals(frame: pl.DataFrame) -> dict[str, str]:
    """Sum of every numeric column; doubles are summed exactly, so that the order of rows does not matter."""
    totals = {}
    for column in frame.select(pl.selectors.numeric()).columns:
        values = frame[column].drop_nulls().to_list()
        exact = sum(values, Decimal(0)) if isinstance(frame.schema[column], pl.Decimal) else None
        totals[column] = str(math.fsum(values) if exact is None else exact)
    return totals


def _forget_old(releases: Path) -> None:
    kept = manifests(releases)
    for path in kept[KEPT_MANIFESTS:]:
        path.unlink()
    named = set()
    for path in kept[:KEPT_MANIFESTS]:
        tables = json.loads(path.read_text(encoding="utf-8"))["tables"].values()
        named |= {entry["part"] for entry in tables if "part" in entry}
    for path in (releases / PARTS).glob("*.parquet"):
        if path.stem not in named:
            path.unlink()
