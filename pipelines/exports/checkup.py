"""What `chipflows check` and `chipflows status` report about a published warehouse."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.home import Edition, Home
from pipelines.warehouse.audit import audit, load_checks
from pipelines.warehouse.graph import load_graph
from pipelines.warehouse.lint import lint
from pipelines.warehouse.plan import tidy_tables
from pipelines.warehouse.read import published, query

_STATUS = """
WITH spans AS (
    SELECT dataset_id, min(period_start) AS first_day, max(period_end) AS last_day,
        count(DISTINCT reporter_iso3) AS reporters, count(*) AS n_rows
    FROM staging.stg_trade_obs GROUP BY dataset_id
    UNION ALL SELECT 'rule_changes', min(announced_date), max(announced_date), NULL, count(*) FROM staging.stg_rule_change
    UNION ALL SELECT 'chip_regimes', min(start_date), max(start_date), NULL, count(*) FROM staging.stg_chip_regime
    UNION ALL SELECT 'claims', min(period_start), max(period_end), NULL, count(*) FROM staging.stg_claim
    UNION ALL SELECT 'smuggled_series', min(period_start), max(period_end), NULL, count(*) FROM staging.stg_smuggled_series
    UNION ALL SELECT 'chips', min(announced_date), max(announced_date), NULL, count(*) FROM staging.stg_chip
    UNION ALL SELECT 'supply', min(period_start), max(period_end), NULL, count(*) FROM staging.stg_supply
    UNION ALL SELECT 'prices', min(quote_date), max(quote_date), NULL, count(*) FROM staging.stg_price
    UNION ALL SELECT 'shares', min(period_start), max(period_end), NULL, count(*) FROM staging.stg_share
    UNION ALL SELECT 'china_import_headlines', min(period_start), max(period_end), NULL, count(*)
    FROM staging.stg_import_headline
    UNION ALL SELECT 'china_compute_series', min(period_start), max(period_end), NULL, count(*)
    FROM staging.stg_compute_series
), filings AS (
    SELECT dataset_id, avg(CASE WHEN filing_state = 'filed' THEN 1.0 ELSE 0.0 END) AS filed_share
    FROM core.fact_filing GROUP BY dataset_id
)
SELECT d.source_id, d.dataset_id, coalesce(spans.n_rows, d.rows_accepted) AS n_rows, spans.first_day, spans.last_day,
    spans.reporters, round(filings.filed_share, 3) AS filed_share, d.retrieved, d.licence_id
FROM core.dim_dataset AS d
LEFT JOIN spans ON d.dataset_id = spans.dataset_id
LEFT JOIN filings ON d.dataset_id = filings.dataset_id
ORDER BY d.dataset_group DESC, d.source_id, d.dataset_id
"""


@dataclass(frozen=True)
class Checkup:
    """Lines to print and the number of failures among them."""

    lines: tuple[str, ...]
    n_failed: int


def run_checks(home: Home, as_of: str | None) -> Checkup:
    """Lint every model and run every check on the published file, read-only."""
    graph = load_graph(home.sql)
    breaches = [breach for name in graph.order for breach in lint(graph.models[name])]
    with published(home.edition(as_of)) as con:
        results = audit(con, [*tidy_tables(), *graph.order], load_checks(home.sql), allow_empty=bool(as_of))
    failed = [result for result in results if not result.passed]
    lines = [f"lint: {breach}" for breach in breaches]
    lines += [result.told(5) for result in failed]
    lines.append(f"{len(graph.models)} models linted, {len(breaches)} breaches")
    lines.append(f"{len(results)} checks run, {len(failed)} failed")
    return Checkup(tuple(lines), len(breaches) + len(failed))


def source_status(edition: Edition) -> pl.DataFrame:
    """Per input file: rows, span, reporters, share of expected filings, age in days, licence."""
    frame = query(edition, _STATUS)
    age = (pl.lit(date.today()) - pl.col("retrieved")).dt.total_days().alias("age_days")
    return frame.with_columns(age)
