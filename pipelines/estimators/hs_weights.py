"""Weights between HS revisions by constrained least squares on reporters that switched (METHODS A2, Lukaszuk and Torun)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.schemas.tables.metrics_hs import PAIR_KEY, MetricHsWeightFit

MIN_REPORTERS = 3  # with fewer, the weights would be the change of one or two countries
STEPS = {"A": "12mo", "H": "6mo", "Q": "3mo", "M": "1mo"}
UNIT = ["source_id", "reporter_iso3", "partner_iso3", "flow", "trade_basis", "frequency"]
SCOPE = "without_waste"

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Component:
    """One wholly known component: its revisions, the codes on both sides, and which pairs the table links."""

    newer_revision: str
    older_revision: str
    older: tuple[str, ...]
    newer: tuple[str, ...]
    links: frozenset[tuple[str, str]]

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Older by newer codes: True where the table has a link."""
        return np.array([[(old, new) in self.links for new in self.newer] for old in self.older])


@dataclass(frozen=True)
class Fit:
    """Weights (older by newer codes), or the reason why there are none; number of reporters that switched."""

    weights: Matrix | None
    n_reporters: int
    reason: str | None = None


def fitted_weights(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Weight of every link between goods; NULL with a reason where the data cannot give it.

    Reads core.dim_hs_link, metrics.metric_hs_component and metrics.metric_hs_cell; returns the columns of metric_hs_weight_fit.
    A reporter is used where it filed the older revision in one period and the newer in the next. Both vectors are divided by
    their sums, so growth between the periods drops out. A code without a row is a zero if its source holds the code at all.
    """
    links = frames["core.dim_hs_link"].filter(~pl.col("is_waste_link"))
    cells = frames["metrics.metric_hs_cell"].filter(pl.col("is_current"))
    known = _components(links, frames["metrics.metric_hs_component"])
    rows = [row for component in known for row in _rows(component, fit_component(component, cells))]
    covered = {row[:4] for row in rows}
    for link in links.select(*PAIR_KEY, "older_code", "newer_code").rows():
        if link not in covered:
            rows.append((*link, None, 0, "component_incomplete"))
    return _table(rows)


def fit_component(component: Component, cells: pl.DataFrame) -> Fit:
    """Least-squares weights of one component from cells (columns of metric_hs_cell, current releases only)."""
    before, after = _side(cells, component.older_revision), _side(cells, component.newer_revision)
    if not _sources(before, component.older) & _sources(after, component.newer):
        return Fit(None, 0, "codes_not_loaded")
    older, newer, reporters = _switches(component, before, after)
    n_reporters = len(set(reporters))
    if n_reporters < MIN_REPORTERS:
        return Fit(None, n_reporters, "too_few_switching_reporters")
    if np.linalg.matrix_rank(older) < len(component.older):
        return Fit(None, n_reporters, "not_identified")
    return Fit(least_squares_weights(older, newer, component.allowed), n_reporters)


def least_squares_weights(older: Matrix, newer: Matrix, allowed: NDArray[np.bool_]) -> Matrix:
    """Weights W (older x newer codes) that minimise |older W - newer|; rows sum to 1, entries in [0, 1], 0 where not allowed.

    `older` and `newer` are observations x codes. A code with one target gets 1. Solved by sequential quadratic programming.
    """
    from scipy.optimize import minimize

    rows, columns = np.nonzero(allowed)

    def spread(free: Matrix) -> Matrix:
        weights = np.zeros(allowed.shape)
        weights[rows, columns] = free
        return weights

    def loss(free: Matrix) -> tuple[float, Matrix]:
        residual = older @ spread(free) - newer
        return float((residual**2).sum()), np.asarray(2 * (older.T @ residual)[rows, columns])

    sums = np.equal.outer(np.arange(allowed.shape[0]), rows).astype(float)
    whole = {"type": "eq", "fun": lambda free: sums @ free - 1, "jac": lambda free: sums}
    start = (allowed / allowed.sum(axis=1, keepdims=True))[rows, columns]
    options = {"ftol": 1e-15, "maxiter": 1000}
    found = minimize(loss, start, jac=True, bounds=[(0, 1)] * start.size, constraints=[whole], method="SLSQP", options=options)
    weights = spread(np.clip(found.x, 0, 1))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _components(links: pl.DataFrame, components: pl.DataFrame) -> list[Component]:
    whole = components.filter((pl.col("link_scope") == SCOPE) & pl.col("is_table_complete"))
    joined = links.join(whole.select(*PAIR_KEY, "newer_code", "component_id"), on=[*PAIR_KEY, "newer_code"])
    parts = joined.sort(*PAIR_KEY, "component_id").partition_by(*PAIR_KEY, "component_id", maintain_order=True)
    return [_component(part) for part in parts]


def _component(part: pl.DataFrame) -> Component:
    pairs = frozenset(part.select("older_code", "newer_code").rows())
    older, newer = (tuple(sorted(part[side].unique())) for side in ("older_code", "newer_code"))
    return Component(part["newer_revision"][0], part["older_revision"][0], older, newer, pairs)


def _side(cells: pl.DataFrame, revision: str) -> pl.DataFrame:
    return cells.filter(pl.col("filed_revision") == revision)


def _sources(side: pl.DataFrame, codes: Sequence[str]) -> set[str]:
    """Sources that hold every one of the codes in some cell, so that a missing row of a filing reporter is a zero."""
    held = side.filter(pl.col("product_code").is_in(codes)).group_by("source_id").agg(pl.col("product_code").n_unique())
    return set(held.filter(pl.col("product_code") == len(codes))["source_id"])


def _switches(component: Component, before: pl.DataFrame, after: pl.DataFrame) -> tuple[Matrix, Matrix, list[str]]:
    """Shares of the older and newer codes (observations x codes) of consecutive periods, with the reporter of each."""
    sources = _sources(before, component.older) & _sources(after, component.newer)
    older, newer = _shares(before, component.older, sources), _shares(after, component.newer, sources)
    step = pl.col("frequency").replace_strict(STEPS, default=None, return_dtype=pl.String)
    moved = older.filter(step.is_not_null()).with_columns(pl.col("period_start").dt.offset_by(step))
    both = moved.join(newer, on=[*UNIT, "period_start"], suffix="_newer").sort(*UNIT, "period_start")
    left = both.select(component.older).to_numpy()
    names = [name if name not in component.older else f"{name}_newer" for name in component.newer]
    return left, both.select(names).to_numpy(), both["reporter_iso3"].to_list()


def _shares(side: pl.DataFrame, codes: Sequence[str], sources: set[str]) -> pl.DataFrame:
    """One row per unit and period, one column per code, adding up to 1; periods with a missing or negative value are left out."""
    group = [*UNIT, "period_start"]
    kept = side.filter(pl.col("product_code").is_in(codes) & pl.col("source_id").is_in(sorted(sources)))
    value = pl.col("value_usd").cast(pl.Float64)
    sums = [value.filter(pl.col("product_code") == code).sum().alias(code) for code in codes]
    usable = (value.is_not_null() & (value >= 0)).fill_null(False).all().alias("usable")
    wide = kept.group_by(group).agg(*sums, usable)
    total = pl.sum_horizontal(codes)
    return wide.filter(pl.col("usable") & (total > 0)).select(*group, *(pl.col(code) / total for code in codes))


def _rows(component: Component, fit: Fit) -> list[tuple[object, ...]]:
    place = {pair: (component.older.index(pair[0]), component.newer.index(pair[1])) for pair in component.links}
    pair = (component.newer_revision, component.older_revision)
    return [
        (*pair, *link, None if fit.weights is None else float(fit.weights[place[link]]), fit.n_reporters, fit.reason)
        for link in sorted(component.links)
    ]


def _table(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    columns = [name for name in MetricHsWeightFit.schema() if not name.endswith("_label")]
    schema = {name: MetricHsWeightFit.schema()[name] for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.lit("estimate").alias("value_label"), pl.lit("accounting").alias("evidence_label")
    )
