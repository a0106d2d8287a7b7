"""Seasonal adjustment of monthly series: classical ratio to a centred moving average, and STL on logs (METHODS A4)."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.schemas.tables.metrics_flow import MetricSeasonalAdjustment

MONTHS = 12
MIN_MONTHS = 36
MAX_ZERO_SHARE = 0.1
RATIO, STL = "ratio_to_moving_average", "stl_log"


def seasonally_adjusted(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Factor and adjusted value of every outcome month by both methods; NULL with a reason where a series is unfit.

    Reads metrics.metric_outcome_month (outcome_id, month, value); returns the columns of metric_seasonal_adjustment.
    A series is fit with at least 36 consecutive observed months, no negative value and at most 10 % zeros; STL needs no zero.
    A month that is zero in every year has no factor to divide by, so such a series is unfit too.
    """
    series = frames["metrics.metric_outcome_month"].sort("outcome_id", "month")
    parts = [_adjust(part, method) for part in series.partition_by("outcome_id") for method in (RATIO, STL)]
    return pl.concat(parts).select(*MetricSeasonalAdjustment.schema())


def ratio_factors(values: Sequence[float], period: int) -> NDArray[np.float64]:
    """Seasonal factors, one per position in the cycle, averaging 1, from ratios to a centred 2 x period moving average."""
    data = np.asarray(values, dtype=float)
    weights = np.r_[0.5, np.ones(period - 1), 0.5] / period
    trend = np.full(data.size, np.nan)
    half = period // 2
    trend[half : data.size - half] = np.convolve(data, weights, mode="valid")
    ratios = np.where(trend > 0, data / np.where(trend > 0, trend, 1.0), np.nan)
    factors = np.array([np.nanmean(ratios[place::period]) for place in range(period)])
    return np.asarray(factors * period / factors.sum())


def stl_factors(values: Sequence[float], period: int) -> NDArray[np.float64]:
    """Seasonal factors, one per observation, from a robust STL decomposition of the logs (statsmodels)."""
    from statsmodels.tsa.seasonal import STL as Decomposition

    fitted = Decomposition(np.log(np.asarray(values, dtype=float)), period=period, robust=True).fit()
    return np.asarray(np.exp(np.asarray(fitted.seasonal)))


def _adjust(part: pl.DataFrame, method: str) -> pl.DataFrame:
    values = part["value"].cast(pl.Float64)
    none = pl.Series([None] * part.height, dtype=pl.Float64)
    reason = _unfit(values, method)
    factors = none if reason else pl.Series(_factors(values.to_list(), method))
    if (factors <= 0).any():
        reason, factors = "zero_season", none
    return part.select("outcome_id", "month").with_columns(
        pl.lit(method).alias("adjustment"),
        factors.alias("seasonal_factor"),
        (values / factors).alias("adjusted"),
        pl.lit(reason, dtype=pl.String).alias("absence_reason"),
        pl.lit("estimate").alias("value_label"),
        pl.lit("descriptive").alias("evidence_label"),
    )


def _factors(values: list[float], method: str) -> NDArray[np.float64]:
    if method == STL:
        return stl_factors(values, MONTHS)
    return np.asarray(np.resize(ratio_factors(values, MONTHS), len(values)))


def _unfit(values: pl.Series, method: str) -> str | None:
    if values.null_count():
        return "missing_months"
    if values.len() < MIN_MONTHS:
        return "too_short"
    if (values < 0).any():
        return "negative_values"
    zeros = (values == 0).sum()
    if zeros and (method == STL or zeros > MAX_ZERO_SHARE * values.len()):
        return "too_many_zeros"
    return None
