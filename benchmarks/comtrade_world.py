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

from pipelines.errors import Place
from pipelines.schemas.table import Table, table
from pipelines.schemas.tables.meta import Dataset, Run
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.tidy.curated import tidy_csv
from pipelines.tidy.inputs import FACTS, REFERENCE
from pipelines.warehouse.build import _calendar, tidy_tables

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
        "tidy.calendar": lambda _world, _n_codes: _calendar(),
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

# One row per filed cell and release, with its true value. `rel` is one exporter's trade in one code with one importer, `t` that
# trade in one month; what exporter (X), importer (M) and hub (RX) say of it is one row each, and once more in a later release.
CELLS = """
with
rel as (
    select
        code.p, code.product_code, e.id as e, i.id as i, e.iso3 as e_iso3, i.iso3 as i_iso3,
        e.is_reporter as e_files, i.is_reporter as i_files, e.is_hub, i.basis, (code.p * 256 + e.id) * 256 + i.id as r,
        50 * e.size * i.size * (0.4 + 1.2 * u('fame', code.p, 0)) as pull
    from code
    cross join country as e
    cross join country as i
    where e.id <> i.id
),

traded as (
    select *, 0.35 + 0.65 * u('steady', r, 0) as steady, exp(8 + 2.2 * (u('a', r, 0) + u('b', r, 0) + u('c', r, 0)))
        * (0.2 + pull) as typical_usd, 0.5 + 40 * u('price', p, 0) as usd_per_kg, 0.002 + 0.1 * u('freight', r, 0) as freight,
        u('unit', p, 0) < 0.7 as has_units
    from rel
    where u('trade', r, 0) < pull / (1 + pull)
),

t as (
    select traded.*, month.m, month.period_start, month.period_end, month.known_at, month.year, month.is_revisable,
        traded.r * 32 + month.m as rm,
        traded.typical_usd * exp(1.2 * (u('x', traded.r, month.m) + u('y', traded.r, month.m) - 1)) as fob_usd
    from traded
    cross join month
    where u('month', traded.r, month.m) < traded.steady
),

told as (
    select
        t.*, side.f, side.flow,
        case when side.f = 1 then t.i_iso3 else t.e_iso3 end as reporter_iso3,
        case when side.f = 1 then t.e_iso3 else t.i_iso3 end as partner_iso3,
        case when side.f = 1 then t.i else t.e end as reporter,
        case side.f
            when 0 then t.fob_usd
            when 1 then t.fob_usd * (case when t.basis = 'CIF' then 1 + t.freight else 1 end) * (0.85 + 0.3 * u('noise', t.rm, 1))
            else t.fob_usd * (0.3 + 0.6 * u('onward', t.r, 2))
        end as told_usd
    from t
    cross join (values (0, 'X'), (1, 'M'), (2, 'RX')) as side (f, flow)
    where (side.f = 0 and t.e_files and u('tells', t.r, 0) < 0.94) or (side.f = 1 and t.i_files and u('tells', t.r, 1) < 0.86)
        or (side.f = 2 and t.is_hub and t.e_files and u('tells', t.r, 2) < 0.6)
)

select
    told.p, told.product_code, told.reporter_iso3, told.partner_iso3, told.reporter, told.f, told.flow, told.m,
    told.period_start, told.period_end, told.known_at, told.usd_per_kg, told.has_units, told.rm * 4 + told.f as cell_id,
    case when told.f = 1 then told.basis else 'FOB' end as value_basis,
    release.dataset_id, release.vintage_at, release.sha, release.is_revised,
    cast(round(told.told_usd * case
        when release.is_revised then 0.97 + 0.08 * u('revised', told.rm, told.f) else 1 end, 3) as decimal(20, 3)) as usd
from told
inner join release on told.year = release.year
cross join share
where u('filed', told.reporter, told.m) < 0.985
    and (not release.is_revised or (told.is_revisable and u('corrects', told.reporter, 0) < share.revised))
"""

# Every record of these cells: totals, parts, and the reporters' World rows. The line number leaves gaps, so that it can be
# computed from what the row is. Kinds: 0 = a total, 1 and 2 = parts by transport, procedure or second partner.
RECORDS = """
with
world as (
    select
        dataset_id, any_value(vintage_at) as vintage_at, any_value(sha) as sha, reporter_iso3, p, product_code, f, flow, m,
        max(period_start) as period_start, max(period_end) as period_end, max(known_at) as known_at,
        max(value_basis) as value_basis, sum(usd) as usd,
        ((min(p) * 256 + min(reporter)) * 256 + 255) * 128 + m * 4 + f as cell_id
    from cell
    group by dataset_id, reporter_iso3, p, product_code, f, flow, m
),

drawn as (
    select
        cell.*,
        u('parts', cell.cell_id, 0) < share.broken_down as has_parts,
        u('parts', cell.cell_id, 0) < share.broken_down * share.parts_only as has_no_total,
        u('ambiguous', cell.cell_id, 0) < 0.1 as is_ambiguous,
        u('kind', cell.cell_id, 0) as kind,
        round(cell.usd * cast(0.2 + 0.6 * u('part', cell.cell_id, 0) as decimal(9, 6)), 3) as first_usd,
        case
            when u('empty', cell.cell_id, 0) < share.suppressed then 'suppressed'
            when u('empty', cell.cell_id, 0) < share.suppressed + share.zero then 'zero'
            when u('empty', cell.cell_id, 0) < share.suppressed + share.zero + share.negative then 'negative'
        end as oddity
    from cell
    cross join share
),

rows as (
    select drawn.*, part.k
    from drawn
    cross join (values (0), (1), (2)) as part (k)
    where (part.k = 0 and not (drawn.has_parts and drawn.has_no_total)) or (part.k > 0 and drawn.has_parts)
),

valued as (
    select
        *,
        case
            when oddity = 'suppressed' then null
            when oddity = 'zero' then 0
            when oddity = 'negative' and k = 0 then -round(usd / 50, 3)
            when oddity = 'negative' then -round(usd / 100, 3)
            when k = 0 then usd
            when k = 1 then first_usd
            else usd - first_usd
        end as value_usd
    from rows
)

select
    'comtrade' as source_id, dataset_id, cell_id * 4 + k + 2 as source_row, reporter_iso3, partner_iso3,
    partner_iso3 = 'TWN' as is_taiwan_proxy, flow, case when flow = 'M' then 'imports' else 'total_exports' end as trade_basis,
    'HS' as classification, 'H6' as hs_revision, product_code, period_start, period_end, 'M' as frequency,
    case when is_revised then 'final' else 'provisional' end as period_status,
    case when k > 0 and kind >= 0.8 then case k when 1 then '156' else '842' end else '0' end as partner2_code,
    case
        when k > 0 and (kind between 0.5 and 0.8 or (is_ambiguous and k = 2)) then case k when 1 then 'C01' else 'C04' end
        else 'C00'
    end as customs_code,
    case when k > 0 and kind < 0.5 then case k when 1 then '1000' else '2100' end else '0' end as transport_code,
    value_usd, null as value_local, null as currency, null as local_per_usd, null as duty_usd, value_basis,
    case when has_units and k = 0 and value_usd >= 0 then round(value_usd / cast(usd_per_kg as decimal(9, 3)) * 3, 0) end
        as quantity,
    case when has_units and k = 0 and value_usd >= 0 then 'u' end as quantity_unit,
    case when has_units and k = 0 and value_usd >= 0 then u('guessed', cell_id, 0) < 0.1 end as is_quantity_estimated,
    case when k = 0 and value_usd >= 0 and u('kg', cell_id, 0) < 0.9
        then round(value_usd / cast(usd_per_kg as decimal(9, 3)), 1) end
        as net_kg,
    case when k = 0 and value_usd >= 0 and u('kg', cell_id, 0) < 0.9 then u('kg', cell_id, 0) < 0.2 end as is_weight_estimated,
    case when value_usd is null then 'suppressed' end as absence_reason, known_at, greatest(vintage_at, known_at) as vintage_at,
    sha as source_file_sha256
from valued
union all
select
    'comtrade', dataset_id, cell_id * 4 + 2, reporter_iso3, 'WLD', false, flow,
    case when flow = 'M' then 'imports' else 'total_exports' end, 'HS', 'H6', product_code, period_start, period_end, 'M',
    'provisional', '0', 'C00', '0', usd, null, null, null, null, value_basis, null, null, null, null, null, null, known_at,
    greatest(vintage_at, known_at), sha
from world
"""


if __name__ == "__main__":
    sys.exit(main())
