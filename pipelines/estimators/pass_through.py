"""Pass-through of hubs: how much of a rise in arrivals leaves again for the target (METHODS A11)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.schemas.tables.metrics_hub import MetricHubPassThrough

LAGS = 3
MIN_MONTHS = 36
QUANTILE_90 = 1.6448536269514722
HEADLINE, LEVEL = "difference_12_lags_0_3", "level_lag_1"
GROUPS = ("ai_accelerator", "upstream_memory", "tool_chain")
MAINLAND_ROLLUP = "CHN+HKG+MAC"


@dataclass(frozen=True)
class Fit:
    """Sum of the coefficients on arrivals with its standard error, the intercept (USD a month), and the months used."""

    slope: float
    error: float
    intercept: float
    n: int


def hub_pass_through(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Both regressions for every hub, target and HS code of the groups; NULL with a reason where a series is unfit.

    Reads metric_bilateral_report, metric_world_report, dim_hub, dim_product, dim_country; returns metric_hub_pass_through.
    Re-exports stand for goods sent on where the hub files them, else exports. At least 36 months in a row are needed.
    """
    hubs = frames["core.dim_hub"]["country_iso3"].unique().sort().to_list()
    products = frames["core.dim_product"]
    codes = products.filter(pl.col("ai_group").is_in(GROUPS) | (pl.col("code") == "8542"))["code"].unique().sort().to_list()
    targets = ["WLD", *_targets(frames["core.dim_country"], hubs)]
    sent, arrived = _sent(frames, targets), _monthly(frames["metrics.metric_world_report"], "M")
    rows = []
    for hub in hubs:
        for code in codes:
            imports = arrived.get((hub, code, "WLD"), {})
            for target in targets:
                rows += _rows(hub, target, code, imports, sent.get((hub, code, target), {}))
    return pl.DataFrame(rows, schema=dict(MetricHubPassThrough.schema()), orient="row")


def level_lag_1(arrived: NDArray[np.float64], sent: NDArray[np.float64]) -> Fit | None:
    """Least squares of goods sent on in a month on arrivals of the month before; both arrays are aligned that way."""
    return _fitted(sent, arrived[:, None], lags=1)


def difference_12(arrived: NDArray[np.float64], sent: NDArray[np.float64]) -> Fit | None:
    """Least squares of 12-month differences of goods sent on, on those of arrivals at lags 0 to 3; HAC standard errors."""
    change_in, change_out = arrived[12:] - arrived[:-12], sent[12:] - sent[:-12]
    n = change_in.size
    lagged = np.column_stack([change_in[LAGS - lag : n - lag] for lag in range(LAGS + 1)])
    return _fitted(change_out[LAGS:], lagged, lags=12)


def _fitted(sent: NDArray[np.float64], arrived: NDArray[np.float64], lags: int) -> Fit | None:
    """The fit, or None where the arrivals do not vary enough to tell intercept and coefficients apart."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools.tools import add_constant

    scale = float(np.abs(arrived).max()) or 1.0
    design = add_constant(arrived / scale, has_constant="add")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    fitted = OLS(sent / scale, design).fit(cov_type="HAC", cov_kwds={"maxlags": min(lags, sent.size - 1), "use_correction": True})
    sums = np.r_[0.0, np.ones(arrived.shape[1])]
    error = float(np.sqrt(max(float(sums @ np.asarray(fitted.cov_params()) @ sums), 0.0)))
    params = np.asarray(fitted.params)
    return Fit(float(sums @ params), error, float(params[0]) * scale, int(sent.size))


def _rows(hub: str, target: str, code: str, imports: dict[int, float], exports: dict[int, float]) -> list[tuple[object, ...]]:
    months = _longest_run(sorted(set(imports) & set(exports)))
    reason = _unfit(imports, exports, months)
    labels = ("place_to_look_not_accusation", "estimate", "descriptive")
    nothing = (None, None, None, None, 0)
    if reason is not None:
        return [(hub, target, code, regression, *nothing, reason, *labels) for regression in (HEADLINE, LEVEL)]
    arrived, sent = (np.array([series[month] for month in months]) for series in (imports, exports))
    rows: list[tuple[object, ...]] = []
    for regression, fit in ((HEADLINE, difference_12(arrived, sent)), (LEVEL, level_lag_1(arrived[:-1], sent[1:]))):
        if fit is None:
            rows.append((hub, target, code, regression, *nothing, "arrivals_do_not_vary", *labels))
            continue
        reach = QUANTILE_90 * fit.error
        figures = (fit.slope - reach, fit.slope, fit.slope + reach, fit.intercept, fit.n, None)
        rows.append((hub, target, code, regression, *figures, *labels))
    return rows


def _unfit(imports: dict[int, float], exports: dict[int, float], months: list[int]) -> str | None:
    if not imports and not exports:
        return "missing_imports_and_exports"
    if not imports:
        return "missing_imports"
    if not exports:
        return "missing_exports"
    return "too_few_months" if len(months) < MIN_MONTHS else None


def _longest_run(months: list[int]) -> list[int]:
    best: list[int] = []
    run: list[int] = []
    for month in months:
        run = [*run, month] if run and month == run[-1] + 1 else [month]
        if len(run) >= len(best):
            best = run
    return best


def _targets(countries: pl.DataFrame, hubs: list[str]) -> list[str]:
    mainland = countries.filter(pl.col("rollup") == MAINLAND_ROLLUP)["country_iso3"].unique().sort().to_list()
    return [iso3 for iso3 in mainland if iso3 not in hubs]


def _sent(frames: Mapping[str, pl.DataFrame], targets: list[str]) -> dict[tuple[str, str, str], dict[int, float]]:
    """Monthly goods sent on by hub, code and target: re-exports where filed, else exports."""
    found: dict[tuple[str, str, str], dict[int, float]] = {}
    for flow in ("X", "RX"):
        found |= _monthly(frames["metrics.metric_world_report"], flow)
        found |= _monthly(frames["metrics.metric_bilateral_report"].filter(pl.col("partner_iso3").is_in(targets)), flow)
    return found


def _monthly(report: pl.DataFrame, flow: str) -> dict[tuple[str, str, str], dict[int, float]]:
    partner = pl.col("partner_iso3") if "partner_iso3" in report.columns else pl.lit("WLD")
    kept = report.filter((pl.col("flow") == flow) & (pl.col("frequency") == "M") & pl.col("value_usd").is_not_null()).select(
        "reporter_iso3",
        "product_code",
        partner.alias("partner"),
        (pl.col("period_start").dt.year().cast(pl.Int64) * 12 + pl.col("period_start").dt.month()).alias("number"),
        pl.col("value_usd").cast(pl.Float64),
    )
    series: dict[tuple[str, str, str], dict[int, float]] = {}
    for reporter, code, other, number, value in kept.iter_rows():
        series.setdefault((reporter, code, other), {})[number] = value
    return series
