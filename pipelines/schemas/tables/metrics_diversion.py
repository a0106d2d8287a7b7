"""Diversion ratios, leakage, elasticities, tightness, break-even, stock: what moves when a rule changes, on joint draws."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import diversion as v
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS


class MetricDiversionRatio(Table):
    """One row per rule on AI chips for China, unit, target and basis (C5): diversion ratio, or the set that is identified."""

    layer = "metrics"
    name = "metric_diversion_ratio"
    design = "pre_post"
    columns = (
        c.rule_id,
        v.diversion_basis,
        m.unit_of_account,
        v.diversion_target,
        v.rule_bite_date,
        v.before_period,
        v.after_period,
        v.is_window_mismatched,
        v.n_window_rules,
        v.positive_shortfall_share.optional("licensed supply has no figure on a side"),
        v.diversion_p05.optional("not estimated"),
        v.diversion_p50.optional("not estimated"),
        v.diversion_p95.optional("not estimated"),
        v.set_lower.optional("no set"),
        v.set_upper_p05.optional("no set"),
        v.set_upper_p50.optional("no set"),
        v.set_upper_p95.optional("no set"),
        v.set_upper_at_floor.optional("no claim behind it is a floor"),
        v.is_open_above,
        v.diversion_status,
        v.ratio_reading.optional("within 0 to 1, or no number"),
        c.absence_reason.optional("there is a number"),
        *LABELS,
    )
    key = ("rule_id", "diversion_basis", "unit_of_account", "diversion_target")
    ordered = (
        ("diversion_p05", "diversion_p50", "diversion_p95"),
        ("set_upper_p05", "set_upper_p50", "set_upper_p95"),
    )


class MetricLeakage(Table):
    """One row per unit, measure and counterfactual (C8): leakage, induced diversion and effectiveness of the H20 stop, 2025H2."""

    layer = "metrics"
    name = "metric_leakage"
    design = "pre_post"
    columns = (
        c.period_id,
        m.unit_of_account,
        v.leakage_measure,
        v.smuggled_counterfactual,
        v.leakage_p05.optional("see absence_reason"),
        v.leakage_p50.optional("see absence_reason"),
        v.leakage_p95.optional("see absence_reason"),
        v.counted_offsets.optional("the measure has none"),
        d.limit_note,
        c.absence_reason.optional("leakage_p50 is present"),
        *LABELS,
    )
    key = ("period_id", "unit_of_account", "leakage_measure", "smuggled_counterfactual")
    measure = "leakage_p50"
    ordered = (("leakage_p05", "leakage_p50", "leakage_p95"),)


class MetricAvailabilityElasticity(Table):
    """One row per pair of neighbouring half-years, unit and version of availability (C6): arc elasticity of smuggled quantity."""

    layer = "metrics"
    name = "metric_availability_elasticity"
    design = "pre_post"
    columns = (
        v.before_period,
        v.after_period,
        m.unit_of_account,
        v.availability_version,
        v.availability_before.optional("no licensed figure"),
        v.availability_after.optional("no licensed figure"),
        v.arc_p05.optional("see absence_reason"),
        v.arc_p50.optional("see absence_reason"),
        v.arc_p95.optional("see absence_reason"),
        v.semi_p50.optional("availability does not touch zero"),
        c.absence_reason.optional("arc_p50 is present"),
        *LABELS,
    )
    key = ("before_period", "unit_of_account", "availability_version")
    measure = "arc_p50"
    ordered = (("arc_p05", "arc_p50", "arc_p95"),)


class MetricChannelElasticity(Table):
    """One row per pair of neighbouring half-years and effective unit (C7): CES elasticity, if neither channel is rationed."""

    layer = "metrics"
    name = "metric_channel_elasticity"
    design = "pre_post"
    columns = (
        v.before_period,
        v.after_period,
        v.effective_unit_basis,
        v.ces_sigma.optional("see absence_reason"),
        v.ces_if_unrationed.optional("no data, or equal prices"),
        v.ces_status,
        c.absence_reason.optional("ces_sigma is present"),
        *LABELS,
    )
    key = ("before_period", "effective_unit_basis")
    measure = "ces_sigma"


class MetricBreakEven(Table):
    """One row per priced item (C10): probability of seizure at which moving it past controls stops paying."""

    layer = "metrics"
    name = "metric_break_even"
    design = "pre_post"
    columns = (
        v.priced_item,
        v.seizure_p05.optional("see absence_reason"),
        v.seizure_p50.optional("see absence_reason"),
        v.seizure_p95.optional("see absence_reason"),
        v.unprofitable_share.optional("see absence_reason"),
        d.limit_note,
        c.absence_reason.optional("seizure_p50 is present"),
        *LABELS,
    )
    key = ("priced_item",)
    measure = "seizure_p50"
    ordered = (("seizure_p05", "seizure_p50", "seizure_p95"),)


class MetricTightness(Table):
    """One row per year and basis (C10): demand at reference prices that supply did not meet, in US dollars."""

    layer = "metrics"
    name = "metric_tightness"
    columns = (
        c.period_id,
        v.tightness_basis,
        v.tightness_p05.optional("see absence_reason"),
        v.tightness_p50.optional("see absence_reason"),
        v.tightness_p95.optional("see absence_reason"),
        d.limit_note,
        c.absence_reason.optional("tightness_p50 is present"),
        *LABELS,
    )
    key = ("period_id", "tightness_basis")
    measure = "tightness_p50"
    ordered = (("tightness_p05", "tightness_p50", "tightness_p95"),)


class MetricInstalledStock(Table):
    """One row per half-year and scope (C13): installed AI compute in China, last stock less depreciation plus additions."""

    layer = "metrics"
    name = "metric_installed_stock"
    columns = (
        m.scope,
        c.period_id,
        v.stock_p05.optional("see absence_reason"),
        v.stock_p50.optional("see absence_reason"),
        v.stock_p95.optional("see absence_reason"),
        c.absence_reason.optional("stock_p50 is present"),
        *LABELS,
    )
    key = ("scope", "period_id")
    measure = "stock_p50"
    ordered = (("stock_p05", "stock_p50", "stock_p95"),)
