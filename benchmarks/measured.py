"""What runs in the measured processes of bench.py: the plan, the bare run and the main job with clocks inside."""
# ruff: noqa: PLC0415  (a measured process imports what it measures, and nothing before its clock runs)

import gc
import importlib
import json
import sys
import time
from collections.abc import Callable
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import Any

# Where the time of a build goes: part, module, function. Each counts its own time, without that of the parts it calls.
PARTS = (
    ("taking in inputs", "pipelines.assets.inputs", "origins_of"),
    ("taking in inputs", "pipelines.assets.inputs", "take_in"),
    ("taking in inputs", "pipelines.assets.inputs", "merge_accounts"),
    ("reading models, fingerprints", "pipelines.assets.warehouse", "build"),
    ("loading the lake", "pipelines.warehouse.build", "_open_candidate"),
    ("loading the lake", "pipelines.warehouse.build", "_fill"),
    ("graph, with comments and checks of what was made", "pipelines.warehouse.build", "_make_stale"),
    ("describing tables", "pipelines.warehouse.build", "_describe"),
    ("audit", "pipelines.warehouse.build", "_audit"),
    ("publish", "pipelines.warehouse.build", "publish"),
    ("exports", "pipelines.assets.exports", "write_exports"),
    ("events", "pipelines.assets.event_log", "PooledSqliteEventLog.store_event"),
    ("events", "pipelines.assets.event_log", "PooledSqliteEventLog.store_event_batch"),
)
STARTUP, DEFINITIONS, REST, EXIT = "start-up and imports", "definitions", "orchestration and the rest", "exit"
ORDER = (STARTUP, DEFINITIONS, *dict.fromkeys(part for part, _, _ in PARTS), REST, EXIT)
BARE_ORDER = (STARTUP, "loading the lake", "graph", "writing the file", EXIT)


def write_plan(target: str) -> None:
    """Child: write the loads and models of the home's build, in graph order, as plain SQL."""
    import duckdb

    from pipelines.home import Home
    from pipelines.schemas.table import table
    from pipelines.warehouse.graph import load_graph
    from pipelines.warehouse.plan import tidy_tables

    home = Home.from_environment()
    graph = load_graph(home.sql)
    folders = {name: home.lake / table(name).name for name in tidy_tables()}
    with duckdb.connect(str(home.edition(None).database), read_only=True) as con:
        for name in sorted(graph.inputs() - set(folders)):  # the run and the calendar, which a build makes itself
            folders[name] = Path(target).parent / "made" / name
            folders[name].mkdir(parents=True)
            con.execute(f"COPY {name} TO '{folders[name] / 'made.parquet'}' (FORMAT parquet)")
    loads = []
    for name, folder in folders.items():
        columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in table(name).columns)
        loads.append([name, f"SELECT {columns} FROM read_parquet('{folder}/*.parquet')"])
    models = [_planned(graph.models[name]) for name in graph.order]
    Path(target).write_text(json.dumps({"loads": loads, "models": models}), encoding="utf-8")


def _planned(model: Any) -> dict[str, Any]:
    estimator = model.estimator
    if estimator is None:
        return {"table": model.name, "sql": model.sql.rstrip().rstrip(";")}
    return {"table": model.name, "module": estimator.module, "function": estimator.function, "reads": estimator.reads}


def run_bare(begun: str, plan: str, target: str) -> None:
    """Child: load the lake and run the models with DuckDB alone; print the seconds of each part."""
    import duckdb
    import polars as pl
    import pyarrow as pa

    planned = json.loads(Path(plan).read_text(encoding="utf-8"))
    models = planned["models"]
    functions = {m["table"]: getattr(importlib.import_module(m["module"]), m["function"]) for m in models if "module" in m}
    assert pl and pa  # DuckDB uses both when it hands frames to an estimator
    clock = [float(begun), time.monotonic()]
    con = duckdb.connect(target)
    for schema in sorted({name.split(".")[0] for name in (*dict(planned["loads"]), *(m["table"] for m in models))}):
        con.execute(f"CREATE SCHEMA {schema}")
    for name, select in planned["loads"]:
        con.execute(f"CREATE TABLE {name} AS {select}")
    clock.append(time.monotonic())
    for model in models:
        name = model["table"]
        if name in functions:
            frames = {read: con.sql(f"SELECT * FROM {read}").pl() for read in model["reads"]}
            con.register("made", functions[name](frames).to_arrow())
            con.execute(f"CREATE TABLE {name} AS SELECT * FROM made")
        else:
            con.execute(f"CREATE TABLE {name} AS {model['sql']}")
    clock.append(time.monotonic())
    con.close()
    clock.append(time.monotonic())
    spent = [after - before for before, after in pairwise(clock)]
    print_parts(dict(zip(BARE_ORDER, spent, strict=False)))


def run_inside(begun: str) -> None:
    """Child: the main job with a clock around its steps; print the seconds of each part."""
    gc.set_threshold(100_000)  # as the command line does
    clock = [float(begun)]
    for module in ("pipelines.cli", "pipelines.assets.run", *dict.fromkeys(module for _, module, _ in PARTS)):
        importlib.import_module(module)
    clock.append(time.monotonic())
    importlib.import_module("pipelines.definitions")
    clock.append(time.monotonic())
    own = OwnTimes()
    for part, module, name in PARTS:
        own.watch(part, module, name)
    sys.modules["pipelines.assets.run"].run_everything(None)
    clock.append(time.monotonic())
    startup, definitions, job = (after - before for before, after in pairwise(clock))
    print_parts({STARTUP: startup, DEFINITIONS: definitions, **own.seconds, REST: job - sum(own.seconds.values())})


# Two queries that a user would ask of the draws.
CELLS = "quantity_id LIKE 'cell:{channel}:2025H_:backbone:h100e'"
SUMS = (
    "WITH sums AS (SELECT draw_id, "
    + ", ".join(f"sum(draw_amount) FILTER ({CELLS.format(channel=c)}) AS {c}" for c in ("smuggled", "domestic", "legal"))
    + " FROM metrics.fact_draw GROUP BY draw_id) SELECT {asked} FROM sums"
)
DRAW_QUERIES = {
    "95th percentile of a sum of six cells": SUMS.format(asked="quantile_disc(smuggled + domestic + legal, 0.95)"),
    "median and 90 % of a share": SUMS.format(asked="quantile_disc(smuggled / (smuggled + domestic + legal), [0.05, 0.5, 0.95])"),
}


def run_draws(scratch: str, runs: str = "7") -> None:
    """Child: size of the joint draws of the home's warehouse and the seconds of two queries on them, read-only."""
    import duckdb

    from pipelines.home import Home

    parquet = Path(scratch) / "fact_draw.parquet"
    with duckdb.connect(str(Home.from_environment().edition(None).database), read_only=True) as con:
        counted = "SELECT count(*), count(DISTINCT quantity_id), count(DISTINCT draw_id) FROM metrics.fact_draw"
        rows, quantities, draws = con.execute(counted).fetchall()[0]
        blocks = con.execute("SELECT count(DISTINCT block_id) FROM pragma_storage_info('metrics.fact_draw')").fetchall()[0][0]
        block = con.execute("SELECT block_size FROM pragma_database_size()").fetchall()[0][0]
        con.execute(f"COPY metrics.fact_draw TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)")
        seconds = {name: [_seconds(con, sql) for _ in range(int(runs) + 1)][1:] for name, sql in DRAW_QUERIES.items()}
    sizes = {"in the warehouse file": blocks * block, "as Parquet": parquet.stat().st_size}
    parquet.unlink()
    counts = {"rows": rows, "quantities": quantities, "draws": draws}
    sys.stdout.write(json.dumps({"counts": counts, "size_bytes": sizes, "seconds": seconds}))


def _seconds(con: Any, sql: str) -> float:
    begun = time.perf_counter()
    con.execute(sql).fetchall()
    return time.perf_counter() - begun


def print_parts(parts: dict[str, float]) -> None:
    sys.stdout.write(json.dumps({**parts, "last": time.monotonic()}))


class OwnTimes:
    """Seconds by part; the time of a watched call inside another watched call counts for the inner one only."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.inner: list[float] = []

    def watch(self, part: str, module: str, name: str) -> None:
        """Put a clock around a function or method."""
        *path, last = name.split(".")
        owner: Any = sys.modules[module]
        for step in path:
            owner = getattr(owner, step)
        setattr(owner, last, self.clocked(part, getattr(owner, last)))

    def clocked(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            self.inner.append(0.0)
            begun = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                whole = time.perf_counter() - begun
                self.seconds[part] = self.seconds.get(part, 0.0) + whole - self.inner.pop()
                if self.inner:
                    self.inner[-1] += whole

        return call


CHILDREN: dict[str, Callable[..., None]] = {"plan": write_plan, "bare": run_bare, "inside": run_inside, "draws": run_draws}

if __name__ == "__main__":
    CHILDREN[sys.argv[1]](*sys.argv[2:])
