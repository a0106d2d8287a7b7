"""A made-up world of monthly trade records in the declared shape of tidy.trade_obs, of any size, always the same for a seed.

`python benchmarks/comtrade_world.py --rows 5000000 --out FOLDER` writes FOLDER/<table>/*.parquet for trade_obs and for every
other tidy table that the flow models read; `bench_scale.py` calls it. Nothing in it is a figure about real trade.

How it is made: countries trade goods with a chance that rises with the size of both (a few pairs trade nearly everything, most
pairs little), so that one code has some two thousand trading pairs, as in the annual statistics of the world. Exporter and
importer each report the same shipments: FOB there, mostly CIF here, with noise between them; hubs also report re-exports.
World rows, parts by transport, procedure and second partner, cells with parts and no total, corrected second releases,
suppressed values, zeros and negative corrections are added in the shares named below. More rows mean more codes: the density
of the network and the number of months stay as they are, so a table ten times as large is ten times the same work.
Rows are made code by code in DuckDB and streamed to Parquet, so memory does not depend on the size.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from comtrade_records import CELLS, RECORDS

from pipelines.errors import Place
from pipelines.schemas.table import Table, table
from pipelines.schemas.tables.meta import Dataset, Run
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.tidy.curated import tidy_csv
from pipelines.tidy.inputs import FACTS, REFERENCE
from pipelines.warehouse.make import calendar_of_months
from pipelines.warehouse.plan import tidy_tables

CHECKOUT = Path(__file__).resolve().parents[1]
AS_OF = date(2026, 6, 30)
FIRST_YEAR = 2024
ROWS_PER_CODE = 85_000  # about; a stop rule counts what was really written
CODES_PER_FILE = 16
# The largest traders first; the others follow by code. Only their order matters, and that hubs are among them.
LARGE = "CHN USA DEU JPN HKG KOR SGP NLD MYS VNM MEX TWN THA IND FRA GBR ITA CAN ARE PHL BEL POL ESP CHE BRA IDN".split()  # noqa: SIM905
HUBS = ("HKG", "SGP", "NLD", "ARE", "MYS")
FOB_IMPORTERS = ("USA", "CAN", "BRA", "AUS", "MEX", "ZAF")


@dataclass(frozen=True)
class World:
    """Size and shape: rows wanted, seed, countries, months; and the shares of what makes real files awkward."""

    rows: int
    seed: int = 7
    n_countries: int = 232
    n_months: int = 24
    broken_down: float = 0.15  # share of cells that are also filed in parts; makes parts a fifth of all rows
    parts_only: float = 0.02  # share of these that have no total
    revised: float = 0.25  # share of reporters whose last six months come in a second release
    suppressed: float = 0.005
    zero: float = 0.004
    negative: float = 0.0008

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years with at least one month."""
        return tuple(range(FIRST_YEAR, FIRST_YEAR + -(-self.n_months // 12)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, default=5e6, help="at least this many trade records (default: 5e6)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the Parquet files")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    begun = time.perf_counter()
    n_rows = generate(World(rows=int(options.rows), seed=options.seed), options.out, tidy_tables())
    sys.stdout.write(f"{n_rows} trade records in {time.perf_counter() - begun:.1f} s\n")
    return 0


def generate(world: World, folder: Path, others: Iterable[str] = ()) -> int:
    """Write FOLDER/<table>/*.parquet for trade_obs, the run and the other tables named; returns the number of trade records."""
    con = duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": str(folder / "spill")})
    con.execute("SET timezone = 'UTC'")
    _prepare(con, world)
    target = folder / TradeObs.name
    target.mkdir(parents=True, exist_ok=True)
    n_rows, n_codes = 0, 0
    while n_rows < world.rows:
        wanted = min(CODES_PER_FILE, max(1, (world.rows - n_rows) // ROWS_PER_CODE))
        path = target / f"codes-{n_codes:05d}.parquet"
        n_rows += _write_codes(con, range(n_codes, n_codes + wanted), path)
        n_codes += wanted
    con.close()
    for name in sorted({*others, Run.full_name()} - {TradeObs.full_name()}):
        _write(small_table(name, world, n_codes), table(name), folder)
    return n_rows


def small_table(name: str, world: World, n_codes: int) -> pl.DataFrame:
    """A reference table for this world: the project's own where it has one, with the made-up codes and files added."""
    made = {
        "tidy.product": _products,
        "tidy.dataset": _datasets,
        "tidy.dataset_scope": _scopes,
        "core.run": _run,
        "tidy.calendar": lambda _world, _n_codes: calendar_of_months(),
    }
    return made[name](world, n_codes) if name in made else _reference(name)


def releases(world: World) -> list[tuple[str, date]]:
    """Files of this world with the day on which each was retrieved: one for each year, and the corrected end of the last."""
    years = [(f"world_{year}", date(year + 1, 7, 1)) for year in world.years]
    last_id, _ = years[-1]
    return [*years[:-1], (last_id, date(world.years[-1] + 1, 5, 1)), (f"{last_id}_revised", date(world.years[-1] + 1, 6, 1))]


def code_of(number: int) -> str:
    """HS code of a running number: the project's own six-digit codes first, then made-up ones of chapters 01 to 83."""
    own = _own_codes()
    rest = number - len(own)
    return own[number] if rest < 0 else f"{1 + rest % 83:02d}{10 + rest // 83 % 80:02d}{10 + rest // 6640:02d}"


def _own_codes() -> list[str]:
    products = _reference("tidy.product").filter(pl.col("code").str.len_chars() == 6)
    return products["code"].sort().to_list()


def _reference(name: str) -> pl.DataFrame:
    """A table of the project's curated files in its declared types; an empty one where the project ships none."""
    declared = table(name)
    for folder, stems in (("facts", FACTS), ("reference", REFERENCE)):
        for stem, fed in stems.items():
            if fed is declared:
                path = CHECKOUT / "data" / folder / f"{stem}.csv"
                return tidy_csv(path.read_bytes(), declared, Place("benchmark", path.name)).rows
    return declared.empty()


def _products(world: World, n_codes: int) -> pl.DataFrame:
    own = _reference("tidy.product")
    known = set(own["code"])
    added = [code for code in map(code_of, range(n_codes)) if code not in known]
    made = {
        "product_id": [f"HS6-{code}" for code in added],
        "classification": "HS",
        "code": added,
        "level": 6,
        "title": [f"Made-up goods {code}" for code in added],
        "stage": "other",
        "ai_group": "none",
        "reason": "code of the benchmark",
    }
    return pl.concat([own, _completed(made, own)])


def _datasets(world: World, n_codes: int) -> pl.DataFrame:
    files = [(name, "snapshot", "trade_obs", "comtrade", "un_comtrade", day) for name, day in releases(world)]
    for group, stems in (("facts", FACTS), ("reference", REFERENCE)):
        files += [(stem, group, fed.name, "curated", "compiled_facts", AS_OF) for stem, fed in stems.items()]
    named = ("dataset_id", "dataset_group", "table_name", "source_id", "licence_id", "retrieved")
    made = {
        **dict(zip(named, map(list, zip(*files, strict=True)), strict=True)),
        "file_name": [file[0] for file in files],
        "content_sha256": [_digest(file[0]) for file in files],
        "rows_read": 1,
        "rows_accepted": 1,
        "rows_quarantined": 0,
    }
    return _completed(made, Dataset.empty())


def _scopes(world: World, n_codes: int) -> pl.DataFrame:
    names = [name for name, _ in releases(world)]
    made = {"dataset_id": names, "has_all_lines": False, "has_all_partners": False, "reason": "file of the benchmark"}
    return _completed(made, table("tidy.dataset_scope").empty())


def _run(world: World, n_codes: int) -> pl.DataFrame:
    digest = _digest(str(world))
    made = {"as_of": [AS_OF], "warehouse_release_id": "benchmark", "inputs_sha256": digest, "code_sha256": digest}
    return _completed(made, Run.empty())


def _completed(made: dict[str, Any], shape: pl.DataFrame) -> pl.DataFrame:
    """A frame with the columns of `shape`: those given, and NULL in the others."""
    columns = [made.get(name) for name in shape.columns]
    length = next(len(column) for column in columns if isinstance(column, list))
    full = {n: c if isinstance(c, list) else [c] * length for n, c in zip(shape.columns, columns, strict=True)}
    return pl.DataFrame(full, schema=shape.schema)


def _write(frame: pl.DataFrame, declared: type[Table], folder: Path) -> None:
    target = folder / declared.name
    target.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(target / f"{declared.name}.parquet")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _prepare(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Countries, months and releases as tables, and `u(salt, ...)`: from 0 to 1, always the same for its arguments."""
    con.execute(f"CREATE MACRO u(salt, a, b) AS (hash(a, b, salt, {world.seed}) >> 11) / 9007199254740992.0")
    countries = _countries(world.n_countries)
    con.register("frame", countries.to_arrow())
    con.execute("CREATE TABLE country AS SELECT * FROM frame")
    files = [(name, day, _digest(name), int(name[6:10]), "revised" in name) for name, day in releases(world)]
    schema = {"dataset_id": pl.String, "vintage_at": pl.Date, "sha": pl.String, "year": pl.Int32, "is_revised": pl.Boolean}
    con.register("frame", pl.DataFrame(files, schema=schema, orient="row").to_arrow())
    con.execute("CREATE TABLE release AS SELECT * FROM frame")
    con.execute(f"""
        CREATE TABLE month AS
        SELECT m, period_start, last_day(period_start) AS period_end, last_day(period_start) + 120 AS known_at,
            year(period_start) AS year, m >= {world.n_months} - 6 AS is_revisable
        FROM (
            SELECT m, CAST(DATE '{FIRST_YEAR}-01-01' + to_months(m) AS DATE) AS period_start
            FROM (SELECT CAST(unnest(range({world.n_months})) AS INTEGER) AS m)
        )
    """)
    con.execute(f"CREATE TABLE share AS SELECT {', '.join(f'{getattr(world, n)} AS {n}' for n in SHARES)}")
    con.unregister("frame")


def _countries(n: int) -> pl.DataFrame:
    """Countries from the largest trader down, with what kind of reporter each is."""
    real = _reference("tidy.country").filter(pl.col("country_kind").is_in(["country", "territory"]))["country_iso3"].sort()
    names = [*LARGE, *(name for name in real if name not in LARGE)][:n]
    return (
        pl.DataFrame({"iso3": names})
        .with_row_index("id")
        .with_columns(
            pl.col("id").cast(pl.Int32),
            size=(pl.col("id") + 1).cast(pl.Float64) ** -0.9,
            basis=pl.when(pl.col("iso3").is_in(FOB_IMPORTERS)).then(pl.lit("FOB")).otherwise(pl.lit("CIF")),
            is_hub=pl.col("iso3").is_in(HUBS),
            is_reporter=pl.col("iso3") != "TWN",
        )
    )


def _write_codes(con: duckdb.DuckDBPyConnection, numbers: range, path: Path) -> int:
    """The records of these codes, to one Parquet file; returns their number."""
    codes = ", ".join(f"({number}, '{code_of(number)}')" for number in numbers)
    given = f"SELECT CAST(p AS BIGINT) AS p, product_code FROM (VALUES {codes}) AS given (p, product_code)"
    con.execute(f"CREATE OR REPLACE TABLE code AS {given}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE cell AS {CELLS}")
    columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in TradeObs.columns)
    target = str(path).replace("'", "''")
    con.execute(f"COPY (SELECT {columns} FROM ({RECORDS})) TO '{target}' (FORMAT parquet)")
    return int(con.execute(f"SELECT count(*) FROM '{target}'").fetchall()[0][0])


SHARES = ("broken_down", "parts_only", "revised", "suppressed", "zero", "negative")

if __name__ == "__main__":
    sys.exit(main())
