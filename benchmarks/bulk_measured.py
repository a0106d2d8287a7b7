"""What runs in the measured processes of bench_bulk.py: generate a file, or take it in one of three ways and print its rows."""

# ruff: noqa: PLC0415  (a measured process imports what it measures)

import json
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

HEADINGS = ("8471", "8473", "8486", "8523", "8541", "8542")
MONTH = date(2026, 5, 1)
EU = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL",
    "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
PARTNERS = (
    "US", "CN", "TW", "KR", "JP", "HK", "SG", "MY", "TH", "VN", "IN", "MX", "CA", "CH", "NO", "TR", "GB", "BR", "AU", "ZA",
)  # fmt: skip
EU_NUMBERS = (
    "40", "56", "100", "196", "203", "276", "208", "233", "724", "246", "251", "300", "191", "348", "372", "380", "440", "442",
    "428", "470", "528", "616", "620", "642", "752", "705", "703",
)  # fmt: skip
NUMBERS = (
    "842", "156", "490", "410", "392", "344", "702", "458", "764", "704", "699", "484", "124", "757", "579", "792", "826", "76",
    "36", "710",
)  # fmt: skip
GENERATE = {
    "comext": """
        SELECT {reporter} AS REPORTER, {partner} AS PARTNER, 'E' AS TRADE_TYPE,
            {heading} || lpad(CAST((i // {cells}) % 10000 AS VARCHAR), 4, '0') AS PRODUCT_NC, '77641' AS PRODUCT_SITC,
            '2611' AS PRODUCT_CPA21, '2611' AS PRODUCT_CPA22, '220' AS PRODUCT_BEC, '311210' AS PRODUCT_BEC5,
            '16' AS PRODUCT_SECTION, CAST(1 + i % 2 AS VARCHAR) AS FLOW, '1' AS STAT_PROCEDURE, 'NO_SU' AS SUPPL_UNIT,
            '202605' AS PERIOD, (i * 7919) % 1000003 AS VALUE_EUR, (i * 7919) % 1000003 AS VALUE_NAC,
            (i * 31) % 10007 AS QUANTITY_KG, 0 AS QUANTITY_SUPPL_UNIT
        FROM range({rows}) AS r(i)""",
    "comtrade": """
        SELECT 'C' AS typeCode, 'M' AS freqCode, 20260501 AS refPeriodId, 2026 AS refYear, 5 AS refMonth, '202605' AS period,
            {number} AS reporterCode, (['M', 'X', 'RX', 'RM'])[1 + i % 4] AS flowCode, {partner_number} AS partnerCode,
            '0' AS partner2Code,
            'H' || CAST((i // {cells} // 100) % 7 AS VARCHAR) AS classificationCode, 'HS' AS classificationSearchCode,
            'True' AS isOriginalClassification,
            {heading} || lpad(CAST((i // {cells}) % 100 AS VARCHAR), 2, '0') AS cmdCode, 'C00' AS customsCode, '0' AS mosCode,
            '0' AS motCode, '5' AS qtyUnitCode, (i * 31) % 10007 AS qty, 'False' AS isQtyEstimated, '-1' AS altQtyUnitCode,
            '' AS altQty, 'False' AS isAltQtyEstimated, (i * 13) % 10007 AS netWgt, 'False' AS isNetWgtEstimated, 0 AS grossWgt,
            'False' AS isGrossWgtEstimated, '' AS CIFValue, '' AS FOBValue, (i * 7919) % 1000003 AS primaryValue,
            0 AS legacyEstimationFlag, 'True' AS isReported, 'False' AS isAggregate
        FROM range({rows}) AS r(i)""",
}
BARE = {
    "comext": """
        SELECT REPORTER, PARTNER, PRODUCT_NC, FLOW, SUPPL_UNIT, strptime(PERIOD, '%Y%m')::DATE AS period_start,
            VALUE_EUR::DECIMAL(20,3) AS value_local, QUANTITY_KG::DECIMAL(24,6) AS net_kg,
            QUANTITY_SUPPL_UNIT::DECIMAL(24,6) AS quantity
        FROM {read} WHERE PRODUCT_NC[:4] IN {headings} AND PRODUCT_NC NOT LIKE '%X%'""",
    "comtrade": """
        SELECT reporterCode, partnerCode, classificationCode, cmdCode, flowCode, qtyUnitCode, isQtyEstimated, isNetWgtEstimated,
            strptime(period, '%Y%m')::DATE AS period_start, primaryValue::DECIMAL(20,3) AS value_usd,
            qty::DECIMAL(24,6) AS quantity, netWgt::DECIMAL(24,6) AS net_kg
        FROM {read} WHERE cmdCode[:4] IN {headings} AND partner2Code = '0' AND customsCode = 'C00' AND motCode = '0'""",
}
DELIMITER = {"comext": ",", "comtrade": "\t"}


def generate(shape: str, rows: str, share: str, path: str) -> int:
    """A file sorted by reporter and partner, without a repeated cell; the same for the same arguments."""
    followed = int(float(share) * 100)
    partners = len(PARTNERS)
    cells = 2 if shape == "comext" else 4  # flows
    # Rows come in runs of one reporter and one partner; within a run product and flow change.
    runs = max(1, -(-int(rows) // (len(EU) * partners)))
    known = f"({list(HEADINGS)})[1 + (i // {100 * cells}) % 6]"
    named = {
        "rows": rows,
        "cells": cells,
        "reporter": f"({list(EU)})[1 + (i // {runs * partners}) % {len(EU)}]",
        "number": f"({list(EU_NUMBERS)})[1 + (i // {runs * partners}) % {len(EU)}]",
        "partner": f"({list(PARTNERS)})[1 + (i // {runs}) % {partners}]",
        "partner_number": f"({list(NUMBERS)})[1 + (i // {runs}) % {partners}]",
        "heading": f"CASE WHEN (i // {cells}) % 100 < {followed} THEN {known} ELSE '0101' END",
    }
    query = GENERATE[shape].format(**named)
    duckdb.sql(f"COPY ({query}) TO '{path}' (HEADER, DELIMITER '{DELIMITER[shape]}', QUOTE '')")
    return int(rows)


def warm(shape: str, path: str) -> int:
    """Read the file once, so that the first way does not pay for the disk."""
    with Path(path).open("rb") as body:
        return sum(len(chunk) for chunk in iter(lambda: body.read(1 << 24), b""))


def chipflows(shape: str, path: str) -> int:
    """As intake does it: batches of text, rules, tidy rows, pandera, Parquet."""
    from pipelines.home import Home
    from pipelines.live.bulk import bulk_parts, write_parts
    from pipelines.live.intake import _validated, codes_for
    from pipelines.live.registry import live_source
    from pipelines.sources.contract import Ask
    from pipelines.sources.parsed import Release

    home = Home.from_environment()
    source, dataset = {"comext": ("estat", "estat_comext_bulk"), "comtrade": ("comtrade", "comtrade_bulk_monthly")}[shape]
    connector = live_source(source)
    feed = connector.feed(dataset)
    release = Release(source, dataset, Path(path).name, "0" * 64, date(2026, 9, 20), feed.lag_days, feed.lag_days)
    codes, ask = codes_for(connector, home), Ask(dataset, MONTH, MONTH)
    texts = bulk_parts(Path(path), Path(path).parent, feed, release.place)
    parts = (_validated(connector.bulk_text(ask, text, release, codes), feed.table) for text in texts)
    totals = write_parts(parts, feed.table, Path(path).with_suffix(".parquet"), Path(path).with_suffix(".csv"))
    if totals.n_quarantined:
        raise SystemExit(f"{totals.n_quarantined} rows were quarantined")
    return totals.n_accepted


def bare_duckdb(shape: str, path: str) -> int:
    """The same filter and casts, without rules, names of countries, provenance or validation."""
    read = f"read_csv('{path}', header = true, all_varchar = true, delim = '{DELIMITER[shape]}', quote = '')"
    query = BARE[shape].format(read=read, headings=HEADINGS)
    out = Path(path).with_suffix(".duckdb.parquet")
    duckdb.sql("SET preserve_insertion_order = false")
    duckdb.sql(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
    return int(pl.scan_parquet(out).select(pl.len()).collect().item())


def bare_polars(shape: str, path: str) -> int:
    """The same, streamed by Polars."""
    out = Path(path).with_suffix(".polars.parquet")
    rows = pl.scan_csv(path, separator=DELIMITER[shape], infer_schema=False, quote_char=None)
    code = "PRODUCT_NC" if shape == "comext" else "cmdCode"
    kept = rows.filter(pl.col(code).str.slice(0, 4).is_in(list(HEADINGS)))
    if shape == "comext":
        kept = kept.filter(~pl.col(code).str.contains("X")).select(
            "REPORTER", "PARTNER", code, "FLOW", "SUPPL_UNIT", pl.col("PERIOD").str.to_date("%Y%m").alias("period_start"),
            pl.col("VALUE_EUR").cast(pl.Decimal(20, 3)), pl.col("QUANTITY_KG", "QUANTITY_SUPPL_UNIT").cast(pl.Decimal(24, 6)),
        )  # fmt: skip
    else:
        whole = (pl.col("partner2Code") == "0") & (pl.col("customsCode") == "C00") & (pl.col("motCode") == "0")
        kept = kept.filter(whole).select(
            "reporterCode", "partnerCode", "classificationCode", code, "flowCode", "qtyUnitCode", "isQtyEstimated",
            "isNetWgtEstimated", pl.col("period").str.to_date("%Y%m").alias("period_start"),
            pl.col("primaryValue").cast(pl.Decimal(20, 3)), pl.col("qty", "netWgt").cast(pl.Decimal(24, 6)),
        )  # fmt: skip
    kept.sink_parquet(out, compression="zstd")
    return pl.scan_parquet(out).select(pl.len()).collect().item()


WAYS = {"generate": generate, "warm": warm, "chipflows": chipflows, "duckdb": bare_duckdb, "polars": bare_polars}

if __name__ == "__main__":
    n_rows = WAYS[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps({"rows": n_rows, "cpu": time.process_time()}) + "\n")
