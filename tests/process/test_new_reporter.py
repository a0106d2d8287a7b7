"""One more reporter: a file dropped into data/snapshot lights up the hub metrics, and no code changes."""

import csv
import hashlib
from contextlib import closing
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from pipelines.schemas.tables.tidy_trade import TradeObs

pytestmark = pytest.mark.slow

DATASET = "comtrade_hkg_2024_synthetic"
CODES = ("847141", "847149", "847150", "847180", "847330", "854231", "8542")
YEAR = 2024
KNOWN = date(2025, 2, 20)
IMPORTS = {"TWN": 600.0, "USA": 300.0, "KOR": 100.0}  # thousand US dollars a month, CIF
SENT_ON = {"CHN": 700.0, "USA": 50.0}
OF_CHINA_FROM = {"TWN": 500.0, "KOR": 200.0}  # re-exports to China by origin
COMTRADE_CODE = {"TWN": "490", "KOR": "410"}


def records():
    """Twelve months of imports, exports and re-exports of one synthetic hub, with World rows, all codes alike."""
    rows = []
    for month in range(1, 13):
        for code in CODES:
            flows = [("M", "CIF", IMPORTS), ("X", "FOB", SENT_ON), ("RX", "FOB", SENT_ON)]
            for flow, basis, partners in flows:
                for partner, thousand in {**partners, "WLD": sum(partners.values())}.items():
                    rows.append(record(month, code, partner, thousand, flow=flow, value_basis=basis))
            for origin, thousand in OF_CHINA_FROM.items():
                rows.append(record(month, code, "CHN", thousand, flow="RX", partner2_code=COMTRADE_CODE[origin]))
    return [{**row, "source_row": number} for number, row in enumerate(rows, start=2)]


def record(month, code, partner, thousand, **changes):
    start = date(YEAR, month, 1)
    return {
        "source_id": "comtrade",
        "dataset_id": DATASET,
        "reporter_iso3": "HKG",
        "partner_iso3": partner,
        "is_taiwan_proxy": False,
        "trade_basis": "imports" if changes["flow"] == "M" else "total_exports",
        "classification": "HS",
        "hs_revision": "H6",
        "product_code": code,
        "period_start": start,
        "period_end": (start + timedelta(days=31)).replace(day=1) - timedelta(days=1),
        "frequency": "M",
        "period_status": "final",
        "partner2_code": "0",
        "customs_code": "C00",
        "transport_code": "0",
        "value_usd": 1000 * thousand,
        "value_basis": "FOB",
        "known_at": KNOWN,
        "vintage_at": KNOWN,
        "source_file_sha256": "0" * 64,
        **changes,
    }


def drop(checkout):
    """Put the file and its line of the manifest where every statistics file lies."""
    folder = checkout / "data" / "snapshot"
    frame = pl.DataFrame(records()).with_columns(pl.col("value_usd").cast(pl.Decimal(20, 3)))
    missing = [pl.lit(None, dtype=c.dtype).alias(c.name) for c in TradeObs.columns if c.name not in frame.columns]
    frame = frame.with_columns(missing).select([pl.col(c.name).cast(c.dtype) for c in TradeObs.columns])
    path = folder / f"{DATASET}.parquet"
    frame.write_parquet(path)
    manifest = folder / "manifest.csv"
    with manifest.open(encoding="utf-8", newline="") as lines:
        known = list(csv.DictReader(lines))
    like = next(row for row in known if row["dataset_id"] == "comtrade_tha_imports_8542_annual")
    added = {
        **like,
        "dataset_id": DATASET,
        "title": "Synthetic Hong Kong, for a test",
        "file_sha256": "0" * 64,
        "file_bytes": str(path.stat().st_size),
        "frequency": "M",
        "first_period": f"{YEAR}-01",
        "last_period": f"{YEAR}-12",
        "n_rows": str(frame.height),
        "value_sum_usd": str(frame["value_usd"].sum()),
    }
    with manifest.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fieldnames=list(like), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*known, added])


def ask(home, query):
    with closing(duckdb.connect(str(home / "chipflows.duckdb"), read_only=True)) as con:
        return con.execute(query).fetchall()


THROUGHPUT = """
    SELECT round(throughput, 4), onward_basis, absence_reason FROM metrics.metric_hub_throughput
    WHERE hub_iso3 = 'HKG' AND target_iso3 = 'CHN' AND goods_id = 'ai_accelerator' AND window_kind = 'year'
        AND period_start = DATE '2024-01-01'
"""
BOUNDS = """
    SELECT origin_iso3, round(origin_upper_usd / 12000, 1), bound_state FROM metrics.metric_origin_bound
    WHERE hub_iso3 = 'HKG' AND destination_iso3 = 'CHN' AND goods_id = '847330' AND window_kind = 'year'
        AND period_start = DATE '2024-01-01' ORDER BY origin_iso3
"""
LOST = """
    SELECT absence_reason FROM metrics.metric_lost_in_transit
    WHERE exporter_iso3 = 'TWN' AND hub_iso3 = 'HKG' AND product_code = '8542' AND period_start = DATE '2024-01-01'
"""
MISSING_HUBS = """
    SELECT DISTINCT missing_hubs, n_hubs_present FROM metrics.metric_reexport_adjustment
    WHERE origin_iso3 = 'TWN' AND destination_iso3 = 'THA' AND period_start = DATE '2024-01-01'
"""
CHAIN = """
    SELECT missing_parts FROM metrics.metric_origin_chain
    WHERE first_hub_iso3 = 'TWN' AND second_hub_iso3 = 'HKG' AND goods_id = '8542' AND window_kind = 'year'
        AND period_start = DATE '2024-01-01'
"""


def test_a_dropped_file_lights_up_the_hub_metrics(home_copy, checkout_copy, warehouse_alone):
    assert ask(home_copy, THROUGHPUT) == [(None, None, "missing_imports_and_exports")]
    assert ask(home_copy, BOUNDS) == [("WLD", None, "missing")]
    assert ask(home_copy, LOST) == [("hub_missing",)]
    assert ask(home_copy, CHAIN) == []
    code_before = digest(checkout_copy / "pipelines", checkout_copy / "sql")

    drop(checkout_copy)
    warehouse_alone(home_copy, checkout=checkout_copy)

    assert digest(checkout_copy / "pipelines", checkout_copy / "sql") == code_before
    throughput = 700 / (1000 / 1.01)  # re-exports over imports without central freight of 1 %
    assert ask(home_copy, THROUGHPUT) == [(round(throughput, 4), "reexports", None)]
    found = {origin: (upper, state) for origin, upper, state in ask(home_copy, BOUNDS)}
    # the highest margin of the hub is 25 %; of Taiwan more arrived than was sent on
    assert found["TWN"] == (700.0, "feasible")
    assert found["KOR"] == (125.0, "feasible")
    assert found["USA"] == (375.0, "feasible")
    assert ask(home_copy, LOST) == [(None,)]
    assert ask(home_copy, CHAIN) == [("first_imports;first_origins",)]
    assert ask(home_copy, MISSING_HUBS) == [("ARE;IDN;IND;MAC;MYS;NLD;SGP", 1)]


def digest(*folders):
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".sql"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
