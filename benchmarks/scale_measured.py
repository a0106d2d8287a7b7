"""The measured processes of bench_scale.py: the flow models through the project's build code, and the same job in pandas."""
# ruff: noqa: PLC0415  (a measured process imports what it measures)

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = "staging.stg_trade_obs"
ALL_MODULES = ("metrics_report", "metrics_mirror", "metrics_hub", "metrics_hs", "metrics_measures")
MODULES_VARIABLE = "CHIPFLOWS_BENCH_MODULES"  # how bench_scale.py hands its choice to this process
# The models that do what the analyst's job does; the others have no counterpart in it.
SHARED = (
    "staging.stg_trade_obs",
    "core.fact_trade_flow",
    "core.fact_filing",
    "metrics.metric_flow_cube",
    "metrics.metric_bilateral_report",
    "metrics.metric_freight_rate",
    "metrics.metric_mirror_pair",
    "metrics.metric_mirror_gap",
    "metrics.metric_reconciled_flow",
)


def flow_models() -> list[str]:
    """SQL models downstream of the trade records (staging, core, flow metrics) and what they read, in build order."""
    from pipelines.home import Home
    from pipelines.warehouse.graph import load_graph

    graph = load_graph(Home(Path()).sql)
    found = {name for name in graph.with_descendants({ROOT}) if _is_flow_model(name)}
    while True:
        needed = found | {read for name in found for read in graph.upstream(name)}
        if needed == found:
            return [name for name in graph.order if name in found and graph.models[name].estimator is None]
        found = needed


def chosen_modules() -> tuple[str, ...]:
    """Modules whose metrics are measured: those that the driver chose, or all."""
    return tuple(os.environ.get(MODULES_VARIABLE, "").split()) or ALL_MODULES


def _is_flow_model(name: str) -> bool:
    from pipelines.schemas.table import table

    layer = name.split(".", maxsplit=1)[0]
    return layer in ("staging", "core") or (layer == "metrics" and table(name).__module__.rsplit(".", 1)[-1] in chosen_modules())


def tidy_reads(names: Iterable[str]) -> set[str]:
    """Tables that these models read and no model makes."""
    from pipelines.home import Home
    from pipelines.warehouse.graph import load_graph

    graph = load_graph(Home(Path()).sql)
    return {read for name in names for read in graph.models[name].reads if read not in graph.models}


def run_warehouse(home: str, answer: str, memory: str) -> None:
    """Load the lake of this home and build the flow models on disk; write seconds and rows of each, and the totals.

    A run that was stopped goes on after the last model that it finished: their seconds and the peaks of memory and disk are
    kept beside the file.
    """
    import duckdb

    from pipelines.home import Home
    from pipelines.schemas.table import table
    from pipelines.warehouse.build import STORAGE_VERSION
    from pipelines.warehouse.graph import load_graph
    from pipelines.warehouse.make import make_model, store_frame

    place = Home(Path(home))
    names, graph = flow_models(), load_graph(place.sql)
    scratch = Path(home) / "scratch"
    scratch.mkdir(exist_ok=True)
    file = scratch / "scale.duckdb"
    progress = scratch / "progress.json"
    done: dict[str, Any] = json.loads(progress.read_text(encoding="utf-8")) if progress.exists() and file.exists() else {}
    if not done:
        file.unlink(missing_ok=True)
    spill = scratch / "spill"
    con = duckdb.connect(config={"threads": 2, "memory_limit": memory, "temp_directory": str(spill)})
    con.execute(f"ATTACH '{file}' AS warehouse (STORAGE_VERSION '{STORAGE_VERSION}')")
    con.execute("USE warehouse")
    disk = PeakSize(spill)
    disk.start()
    load_s = done["load_s"] if done else _load(con, place, names)
    n_rows = con.execute("SELECT count(*) FROM tidy.trade_obs").fetchall()[0][0]
    models: dict[str, Any] = done.get("models", {})
    peaks: dict[str, int] = done.get("peaks", {"peak_bytes": 0, "spill_bytes": 0})
    for made in sorted({read for model in names for read in graph.upstream(model)} - set(names)):
        store_frame(con, table(made).empty(), table(made))  # what an estimator makes: not part of this benchmark
    for name in [name for name in names if name not in models]:
        begun, begun_cpu = time.perf_counter(), time.process_time()
        make_model(con, graph.models[name])
        seconds, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
        rows = con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
        models[name] = {"seconds": seconds, "cpu": cpu, "rows": rows}
        peaks = {"peak_bytes": max(peaks["peak_bytes"], peak_memory()), "spill_bytes": max(peaks["spill_bytes"], disk.peak)}
        progress.write_text(json.dumps({"load_s": load_s, "models": models, "peaks": peaks}), encoding="utf-8")
        sys.stderr.write(f"  {seconds:8.1f} s {cpu:8.1f} s of CPU {rows:>12,} rows  {name}\n")
        sys.stderr.flush()
    body = {
        "n_rows": n_rows,
        "load_s": load_s,
        "models": models,
        "shared": [name for name in SHARED if name in models],
        "totals": warehouse_totals(con),
        "peaks": {"peak_bytes": max(peaks["peak_bytes"], peak_memory()), "spill_bytes": max(peaks["spill_bytes"], disk.peak)},
    }
    con.close()
    body["file_bytes"] = file.stat().st_size
    Path(answer).write_text(json.dumps(body), encoding="utf-8")


def peak_memory() -> int:
    """Most memory that this process has held, in bytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _load(con: Any, place: Any, names: list[str]) -> float:
    """Load what the models read; seconds."""
    import polars as pl

    from pipelines.schemas.table import table
    from pipelines.warehouse.make import load_tidy, store_frame

    begun = time.perf_counter()
    for schema in ("tidy", "staging", "core", "metrics"):
        con.execute(f"CREATE SCHEMA {schema}")
    for name in sorted(tidy_reads(names)):
        if name.startswith("tidy.") and name != "tidy.calendar":
            load_tidy(con, place, table(name))
        else:
            made = table(name)
            store_frame(con, pl.read_parquet(place.lake / made.name / f"{made.name}.parquet"), made)
    return time.perf_counter() - begun


class PeakSize(threading.Thread):
    """Looks at the size of a folder five times a second and keeps the largest."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.peak = folder, 0

    def run(self) -> None:
        while True:
            self.peak = max(self.peak, sum(_size(path) for path in self.folder.glob("*")))
            time.sleep(0.2)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # DuckDB removes its temporary files as it goes
        return 0


TOTALS = """
SELECT 'current cells ' || flow, count(*) FROM core.fact_trade_flow WHERE is_current GROUP BY flow
UNION ALL SELECT 'current value ' || flow, sum(value_usd) FROM core.fact_trade_flow WHERE is_current GROUP BY flow
UNION ALL SELECT 'pairs ' || window_kind, count(*) FROM {paired} GROUP BY window_kind
UNION ALL SELECT 'exporter value ' || window_kind, sum(exporter_usd) FROM {paired} GROUP BY window_kind
UNION ALL SELECT 'importer value FOB ' || window_kind, sum(importer_fob_usd) FROM {paired} GROUP BY window_kind
UNION ALL SELECT 'gap ' || window_kind, sum(gap_usd) FROM metrics.metric_mirror_gap
    WHERE pair_state = 'paired' GROUP BY window_kind
UNION ALL SELECT 'mean of two reports ' || window_kind, sum(reconciled_usd) FROM metrics.metric_reconciled_flow
    WHERE reconcile_state = 'two_reports' GROUP BY window_kind
UNION ALL SELECT 'hubs in', sum(importer_fob_usd) FROM {paired} WHERE window_kind = 'year' AND importer_iso3 IN {hubs}
UNION ALL SELECT 'hubs out', sum(exporter_usd) FROM {paired} WHERE window_kind = 'year' AND exporter_iso3 IN {hubs}
"""


def warehouse_totals(con: Any) -> dict[str, float]:
    """What both ways of doing the job must agree on, from the warehouse."""
    paired = "(SELECT * FROM metrics.metric_mirror_pair WHERE pair_state = 'paired')"
    query = TOTALS.format(paired=paired, hubs="(SELECT country_iso3 FROM core.dim_hub)")
    return {name: float(value) for name, value in con.execute(query).fetchall()}


CELL = ["reporter_iso3", "partner_iso3", "flow", "product_code", "period_start"]
DIMENSIONS = {"partner2_code": "0", "customs_code": "C00", "transport_code": "0"}


def run_analyst(home: str, answer: str) -> None:
    """The job of the shared models in pandas: one frame after another, months as columns; write the totals."""
    import pandas as pd

    lake = Path(home) / "lake"
    columns = [*CELL, *DIMENSIONS, "vintage_at", "value_usd", "value_basis"]
    frame = pd.read_parquet(lake / "trade_obs", columns=columns, dtype_backend="pyarrow")
    frame["value_usd"] = frame["value_usd"].astype("float64[pyarrow]").to_numpy(dtype="float64", na_value=float("nan"))
    for name in columns:
        if name != "value_usd":
            frame[name] = frame[name].astype("category")
    filed = frame[["flow", "reporter_iso3", "period_start"]].drop_duplicates()
    latest = _latest(_cells(frame[frame["partner_iso3"] != "WLD"]))
    del frame
    totals: dict[str, float] = {}
    for flow, group in latest.groupby("flow", observed=True):
        totals[f"current cells {flow}"] = len(group)
        totals[f"current value {flow}"] = group["value_usd"].sum()
    exports, imports = (_months(latest[latest["flow"] == flow], filed[filed["flow"] == flow]) for flow in ("X", "M"))
    exports.index.names = ["exporter", "importer", "product"]
    imports.index.names = ["importer", "exporter", "product"]
    imports = imports.reorder_levels(exports.index.names)
    cif = _is_cif(latest)
    del latest
    pairs = _pairs(exports, imports, cif, _freight(lake))
    pairs.to_parquet(Path(home) / "analyst.parquet")
    hubs = pd.read_parquet(lake / "hub")["country_iso3"]
    paired = pairs[pairs["exporter_usd"].ne(0) & pairs["importer_usd"].ne(0) & pairs["gap_usd"].notna()]
    for window, group in paired.groupby("window"):
        totals[f"pairs {window}"] = len(group)
        totals[f"exporter value {window}"] = group["exporter_usd"].sum()
        totals[f"importer value FOB {window}"] = group["fob_usd"].sum()
        totals[f"gap {window}"] = group["gap_usd"].sum()
        both = group[group["exporter_usd"].gt(0) & group["importer_usd"].gt(0)]
        totals[f"mean of two reports {window}"] = both["reconciled_usd"].sum()
    years = paired[paired["window"] == "year"].reset_index()
    totals["hubs in"] = years.loc[years["importer"].isin(hubs), "fob_usd"].sum()
    totals["hubs out"] = years.loc[years["exporter"].isin(hubs), "exporter_usd"].sum()
    Path(answer).write_text(json.dumps({"totals": {name: float(value) for name, value in totals.items()}}), encoding="utf-8")


def _cells(frame: Any) -> Any:
    """Totals as filed, and the sum of the parts where only parts were filed in one dimension."""
    import pandas as pd

    key = [*CELL, "vintage_at"]
    is_total = pd.Series(True, index=frame.index)
    for name, code in DIMENSIONS.items():
        is_total &= frame[name] == code
    totals = frame.loc[is_total, [*key, "value_usd", "value_basis"]]
    parts = frame[~is_total].merge(totals[key], on=key, how="left", indicator=True)
    parts = parts[parts["_merge"] == "left_only"]
    wide = [
        parts[name].astype(str).ne(code).groupby([parts[k] for k in key], observed=True).any()
        for name, code in DIMENSIONS.items()
    ]
    sums = parts.groupby(key, observed=True).agg(
        value_usd=("value_usd", lambda values: values.sum(skipna=False)), value_basis=("value_basis", "first")
    )
    sums["value_usd"] = sums["value_usd"].where(sum(one.astype(int) for one in wide) == 1)
    return pd.concat([totals, sums.reset_index()], ignore_index=True)


def _latest(cells: Any) -> Any:
    return cells.sort_values("vintage_at", kind="stable").drop_duplicates(CELL, keep="last")


def _months(cells: Any, filed: Any) -> Any:
    """Trade by month: 0 where the reporter filed the month and this pair's year has any row, NaN where a value is missing."""
    import numpy as np
    import pandas as pd

    cells = cells.assign(
        period_start=pd.to_datetime(cells["period_start"].astype(str)), value_usd=cells["value_usd"].fillna(np.inf)
    )
    for name in ("reporter_iso3", "partner_iso3", "product_code"):
        cells[name] = cells[name].astype(str)
    months = cells.pivot(index=["reporter_iso3", "partner_iso3", "product_code"], columns="period_start", values="value_usd")
    months = months.sort_index(axis=1)
    seen = months.notna()
    expected = pd.concat(
        [seen[columns].mul(0).add(seen[columns].any(axis=1), axis=0).astype(bool) for columns in _years(months).values()], axis=1
    )
    state = filed.assign(period_start=pd.to_datetime(filed["period_start"].astype(str)), filed=True)
    state["reporter_iso3"] = state["reporter_iso3"].astype(str)
    state = state.pivot(index="reporter_iso3", columns="period_start", values="filed").notna().reindex(columns=months.columns)
    of_row = state.reindex(months.index.get_level_values("reporter_iso3")).to_numpy()
    months = months.mask(~seen & expected & of_row, 0.0)
    return months.replace(np.inf, np.nan)


def _years(months: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for month in months.columns:
        found.setdefault(month.year, []).append(month)
    return found


def _is_cif(latest: Any) -> Any:
    imports = latest[latest["flow"] == "M"]
    basis = imports.groupby("reporter_iso3", observed=True)["value_basis"].first().astype(str)
    basis.index = basis.index.astype(str)
    return basis == "CIF"


def _freight(lake: Path) -> Any:
    """Freight rate by code: that of its stage where there is one, else the general one."""
    import pandas as pd

    rates = (
        pd.read_parquet(lake / "flow_parameter")
        .query("parameter == 'freight_rate'")
        .set_index("stage_scope")["parameter_central"]
    )
    products = pd.read_parquet(lake / "product").set_index("code")["stage"]
    return products.map(rates).fillna(rates["any"])


def _pairs(exports: Any, imports: Any, is_cif: Any, freight: Any) -> Any:
    """Both reports of each window, the importer's without freight, the gap, and the mean of the two."""
    import pandas as pd

    windows = []
    for window in ("rolling_3", "year"):
        left, right = (
            _windows(months, window).stack().rename(name)
            for months, name in ((exports, "exporter_usd"), (imports, "importer_usd"))
        )
        windows.append(pd.concat([left, right], axis=1).assign(window=window))
        del left, right
    pairs = pd.concat(windows)
    importer = pairs.index.get_level_values("importer")
    rate = pd.Series(pairs.index.get_level_values("product").map(freight), index=pairs.index)
    pairs["fob_usd"] = pairs["importer_usd"] / (1 + rate.where(importer.map(is_cif).fillna(False).astype(bool), 0.0))
    pairs["gap_usd"] = pairs["exporter_usd"] - pairs["fob_usd"]
    closer = pairs["fob_usd"].where(
        pairs["gap_usd"].abs() <= (pairs["exporter_usd"] - pairs["importer_usd"]).abs(), pairs["importer_usd"]
    )
    pairs["reconciled_usd"] = (pairs["exporter_usd"] + closer) / 2
    return pairs


def _windows(months: Any, window: str) -> Any:
    import pandas as pd

    if window == "rolling_3":
        return months + months.shift(1, axis=1) + months.shift(2, axis=1)
    years = {columns[0]: months[columns].sum(axis=1, skipna=False) for columns in _years(months).values() if len(columns) == 12}
    return pd.DataFrame(years)


CHILDREN: dict[str, Callable[..., None]] = {"warehouse": run_warehouse, "analyst": run_analyst}

if __name__ == "__main__":
    CHILDREN[sys.argv[1]](*sys.argv[2:])
