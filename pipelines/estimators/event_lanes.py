"""Event studies over several lanes: synthetic controls, gravity by Poisson, staggered dates, as rows of metric_event_fit."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.estimators.event_cases import LEAST_POST, LEAST_PRE, Case, Floats, Frames, Ints, listed, month_numbers
from pipelines.estimators.event_gravity import GravityFit, ppml
from pipelines.estimators.event_panel import Panel
from pipelines.estimators.event_staggered import Staggered, sun_abraham
from pipelines.estimators.event_synthetic import SyntheticFit, synthetic_control, synthetic_did
from pipelines.estimators.event_window import Window

ROLLING = 3  # months of a rolling mean, so that one late shipment is no event
LEAST_PRE_SYNTHETIC = 24
CELL = ("product", "importer")
EFFECTS = (("product", "month"), ("importer", "month"), ("product", "importer"))  # one exporter
Row = dict[str, Any]


def as_date(number: int) -> date:
    """First day of a month number."""
    return date(number // 12, number % 12 + 1, 1)


def rule_doses(doses: pl.DataFrame, names: list[str], window: Window) -> Floats:
    """Doses of the rules (metric_rule_dose) on the months of a window, months x rules; 0 before a rule's rows begin."""
    found = np.zeros((len(window.months), len(names)))
    for place, name in enumerate(names):
        own = doses.filter(pl.col("rule_id") == name)
        where = month_numbers(own["month"]) - window.months[0]
        inside = (where >= 0) & (where < len(window.months))
        found[where[inside], place] = own["dose"].to_numpy()[inside]
    return found


def panel_of(case: Case) -> Panel:
    """Logs of three-month means of the treated lane (several added up) and of each donor; the months that a mean reaches over
    the event into are left out."""
    months = case.window.months
    treated = np.sum([_rolling(case, name, months) for name in case.named("treated")], axis=0)
    donors = case.named("control_near")
    values = np.array([treated, *(_rolling(case, name, months) for name in donors)])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    post = case.window.having("post")
    first = np.flatnonzero(post)
    out = ~case.window.having("pre", "post")
    if first.size:
        out[first[0] : first[0] + ROLLING - 1] = True
    units = ("treated", *donors)
    begins = int(np.argmax(np.isfinite(logs[0]))) if np.isfinite(logs[0]).any() else 0
    kept = slice(begins, None)
    return Panel(logs[:, kept], units, months[kept], np.arange(len(units)) == 0, post[kept], out[kept])


def _rolling(case: Case, name: str, months: Ints) -> Floats:
    parts = [case.values(name, months - lag) for lag in range(ROLLING)]
    return np.asarray(np.mean(parts, axis=0))


def synthetic_fit(case: Case, placebos: bool = True) -> SyntheticFit | str:
    """The fit of a synthetic design, with its placebos where asked for, or why none is tried."""
    if not case.named("treated") or not case.named("control_near"):
        return "no_data"
    panel = panel_of(case)
    if panel.before.sum() < LEAST_PRE_SYNTHETIC or panel.after.sum() < LEAST_POST:
        return "too_short"
    return (synthetic_control if case.estimator == "synthetic_control" else synthetic_did)(panel, placebos=placebos)


def synthetic(case: Case, _: str, __: Frames) -> Row:
    """Row of a synthetic control or synthetic differences in differences."""
    fit = synthetic_fit(case)
    if isinstance(fit, str):
        return {"absence_reason": fit}
    described = {
        "pre_fit_rmse": fit.pre_rmspe,
        "is_outside_hull": fit.outside_hull,
        "unit_weights": ";".join(f"{name}={weight:.4f}" for name, weight in sorted(fit.unit_weights.items()) if weight >= 5e-5)
        or None,
    }
    if fit.reason or fit.effect is None:
        return described | {"absence_reason": fit.reason or "not_computable"}
    low, high = fit.interval() or (None, None)
    one_out = fit.leave_one_out or (None, None)
    return described | {
        "estimate_log": fit.effect,
        "ci_low": low,
        "ci_high": high,
        "p_value": fit.p,
        "standard_error": fit.error,
        "inference": "placebos over donors",
        "is_size_uncertain": len(fit.placebos) < 19,
        "sensitivity_low": one_out[0],
        "sensitivity_high": one_out[1],
    }


def synthetic_path(case: Case) -> list[Row]:
    """Gap of the treated lane to its synthetic counterpart by month; no band, since one lane was treated."""
    fit = synthetic_fit(case, placebos=False)
    reason = fit if isinstance(fit, str) else (fit.reason or None)
    months = case.window.months
    gaps = np.full(len(months), np.nan)
    if not isinstance(fit, str) and len(fit.gaps):
        gaps[len(months) - len(fit.gaps) :] = fit.gaps
    rows = []
    for place, month in enumerate(months):
        value = float(gaps[place]) if np.isfinite(gaps[place]) else None
        absent = None if value is not None else (reason or "missing")
        rows.append(
            {"design_id": case.design_id, "control_set": case.main_set, "month": as_date(int(month))}
            | {"path_log": value, "absence_reason": absent}
        )
    return rows


def flows_of(case: Case, series: pl.DataFrame) -> pl.DataFrame:
    """Cells of a gravity design: exporter, importer, product, month, value, dose 1 for treated cells after the event."""
    treated, controls = case.named("treated"), case.named("control_near")
    names, clean = [*treated, *controls], case.window.having("pre", "post")
    months, post = case.window.months[clean], case.window.having("post")[clean]
    exposed = np.repeat([True, False], [len(treated), len(controls)])
    cells = pl.DataFrame(
        {
            "outcome_id": np.repeat(names, months.size),
            "month": np.tile(months, len(names)),
            "value": pl.Series(np.concatenate([case.values(name, months) for name in names]), nan_to_null=True),
            "dose": (exposed[:, None] & post).ravel().astype(float),
            "post": np.tile(post, len(names)),
        }
    )
    attributes = series.select(
        "outcome_id",
        exporter="reporter_iso3",
        importer="partner_isos",
        product=pl.format("{}-{}", "plus_codes", pl.col("minus_codes").fill_null("")),
    )
    return cells.join(attributes, on="outcome_id", how="left", maintain_order="left")


def gravity_fit(flows: pl.DataFrame) -> GravityFit:
    """Poisson pseudo-maximum likelihood with line by month, partner by month and line by partner effects, clustered by cell."""
    return ppml(flows, EFFECTS, CELL)


def gravity_refusal(case: Case) -> str | None:
    """Why no gravity model is tried, or None."""
    if not case.named("treated") or not case.named("control_near"):
        return "no_data"
    seen = np.any([np.isfinite(case.values(name, case.window.months)) for name in case.named("treated")], axis=0)
    n_pre, n_post = (int((seen & case.window.having(role)).sum()) for role in ("pre", "post"))
    return "too_short" if n_pre < LEAST_PRE or n_post < LEAST_POST else None


def gravity(case: Case, _: str, frames: Frames) -> Row:
    """Row of a gravity design: theta, a pseudo-event in the middle of the months before, and partners left out in turn."""
    reason = gravity_refusal(case)
    if reason:
        return {"absence_reason": reason}
    flows = flows_of(case, frames["tidy.outcome_series"])
    fit = gravity_fit(flows)
    if fit.theta is None:
        return {"absence_reason": "not_computable", "n_cells_dropped": fit.dropped_zero}
    before = _before_test(flows)
    others = [theta for theta in (_without(flows, partner) for partner in _free_partners(flows)) if theta is not None]
    return {
        "estimate_log": fit.theta,
        "ci_low": fit.low,
        "ci_high": fit.high,
        "p_value": fit.p,
        "standard_error": fit.error,
        "inference": "Poisson, clustered by line and partner" + (", few clusters" if fit.few_clusters else ""),
        "is_size_uncertain": fit.few_clusters,
        "n_cells_dropped": fit.dropped_zero + fit.dropped_separated,
        "pretrend_p": before.p,
        "sensitivity_low": min(others) if others else None,
        "sensitivity_high": max(others) if others else None,
    }


def _before_test(flows: pl.DataFrame) -> GravityFit:
    """The model on the months before alone, as if the event had come in their middle."""
    before = flows.filter(~pl.col("post"))
    treated = flows.filter(pl.col("dose") > 0)["outcome_id"].unique().to_list()
    middle = before["month"].unique().sort().to_list()[before["month"].n_unique() // 2]
    pseudo = (pl.col("outcome_id").is_in(treated) & (pl.col("month") >= middle)).cast(pl.Float64)
    return gravity_fit(before.with_columns(dose=pseudo))


def _free_partners(flows: pl.DataFrame) -> list[str]:
    touched = flows.filter(pl.col("dose") > 0)["importer"].unique().to_list()
    return sorted(set(flows["importer"].to_list()) - set(touched))


def _without(flows: pl.DataFrame, partner: str) -> float | None:
    return gravity_fit(flows.filter(pl.col("importer") != partner)).theta


def staggered(case: Case, _: str, frames: Frames) -> Row:
    """Row of a staggered design: rules and treated series are paired by position; needs at least two of the dates with data."""
    names, rules = listed(case.design["treated_ids"]), listed(case.design["event_rule_ids"])
    bites = {
        row["rule_id"]: row["bite_date"] for row in frames["core.fact_rule_change"].select("rule_id", "bite_date").to_dicts()
    }
    dated = [(name, bites[rule]) for name, rule in zip(names, rules, strict=True) if name in case.history and bites.get(rule)]
    controls = case.named("control_near")
    if len(dated) < 2 or not controls:
        return {"absence_reason": "no_data"}
    months, units = case.window.months, [name for name, _ in dated] + controls
    values = np.array([case.values(name, months) for name in units])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    full: NDArray[np.bool_] = np.all(np.isfinite(logs), axis=0)
    if not full.any():
        return {"absence_reason": "missing_months"}
    span = slice(int(np.flatnonzero(full)[0]), int(np.flatnonzero(full)[-1]) + 1)
    first = np.array([12 * day.year + day.month - 1 for _, day in dated] + [0] * len(controls))
    fit = sun_abraham(Staggered(logs[:, span], tuple(units), months[span], first))
    fit = replace(fit, reason=fit.reason or (None if bool(np.all(full[span])) else "missing_months"))
    if fit.estimate is None or fit.reason:
        return {"absence_reason": "not_computable"}
    return {
        "estimate_log": fit.estimate,
        "plain_log": None,
        "ci_low": fit.low,
        "ci_high": fit.high,
        "p_value": fit.p,
        "standard_error": fit.error,
        "inference": f"cohorts by months since the event, {fit.inference}",
        "is_size_uncertain": len(units) < 10,
    }
