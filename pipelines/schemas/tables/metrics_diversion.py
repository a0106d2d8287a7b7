"""Diversion ratios, leakage, elasticities, tightness, break-even, stock: what moves when a rule changes, on joint draws."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import diversion as v
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS


class MetricRuleWindow(Table):
    """One row per rule on AI chips for China (C5, C8): half-years before and after it, and the other rules inside that window."""

    layer = "metrics"
    name = "metric_rule_window"
    columns = (
        c.rule_id,
        v.rule_bite_date,
        f.direction,
        f.flow_side,
        v.is_licence_rule,
        v.before_period,
        v.after_period,
        v.window_form,
        v.n_window_rules,
        v.n_licence_rules,
        *LABELS,
    )
    key = ("rule_id",)
    may_be_empty = True


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
        f.direction,
        v.before_period,
        v.after_period,
        v.window_form,
        v.is_window_mismatched,
        v.n_window_rules,
        v.n_licence_rules,
        v.positive_shortfall_share.optional("licensed supply has no figure on a side"),
        v.is_allocated,
        v.counted_targets.optional("the row is a target, or nothing could be counted"),
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
    """One row per licence rule, unit, measure and counterfactuals (C8): leakage, effectiveness, displacement on re-opening."""

    layer = "metrics"
    name = "metric_leakage"
    design = "pre_post"
    columns = (
        c.rule_id,
        v.rule_bite_date,
        v.before_period,
        v.after_period,
        v.window_form,
        v.n_licence_rules,
        m.unit_of_account,
        d.unit_convention,
        v.leakage_measure,
        v.smuggled_counterfactual,
        v.uncontrolled_basis,
        v.leakage_p05.optional("see absence_reason"),
        v.leakage_p50.optional("see absence_reason"),
        v.leakage_p95.optional("see absence_reason"),
        v.leakage_status,
        v.counted_offsets.optional("the measure has none, or no number"),
        v.left_out_offsets.optional("none is left out, or no number"),
        d.limit_note,
        c.absence_reason.optional("leakage_p50 is present"),
        *LABELS,
    )
    key = ("rule_id", "unit_of_account", "leakage_measure", "smuggled_counterfactual", "uncontrolled_basis")
    measure = "leakage_p50"
    ordered = (("leakage_p05", "leakage_p50", "leakage_p95"),)
    may_be_empty = True


class MetricAvailabilityElasticity(Table):
    """One row per pair of half-years, unit, version of availability and form (C6): elasticity of smuggled quantity."""

    layer = "metrics"
    name = "metric_availability_elasticity"
    design = "pre_post"
    columns = (
        v.elasticity_form,
        v.before_period,
        v.after_period,
        m.unit_of_account,
        v.availability_version,
        v.availability_before.optional("no licensed figure, or a panel"),
        v.availability_after.optional("no licensed figure, or a panel"),
        v.arc_p05.optional("see absence_reason"),
        v.arc_p50.optional("see absence_reason"),
        v.arc_p95.optional("see absence_reason"),
        v.semi_p05.optional("availability does not touch zero"),
        v.semi_p50.optional("availability does not touch zero"),
        v.semi_p95.optional("availability does not touch zero"),
        v.n_elasticity_periods,
        v.n_chips,
        v.elasticity_status,
        c.absence_reason.optional("arc_p50 is present"),
        *LABELS,
    )
    key = ("elasticity_form", "before_period", "unit_of_account", "availability_version")
    measure = "arc_p50"
    ordered = (("arc_p05", "arc_p50", "arc_p95"), ("semi_p05", "semi_p50", "semi_p95"))
    may_be_empty = True


class MetricChannelElasticity(Table):
    """One row per span of half-years, effective unit and form (C7): CES elasticity, if neither channel is rationed."""

    layer = "metrics"
    name = "metric_channel_elasticity"
    design = "pre_post"
    columns = (
        v.elasticity_form,
        v.before_period,
        v.after_period,
        v.effective_unit_basis,
        v.n_elasticity_periods,
        v.is_period_rule_met,
        v.ces_p05.optional("see absence_reason"),
        v.ces_p50.optional("see absence_reason"),
        v.ces_p95.optional("see absence_reason"),
        v.ces_upper_bound_p05.optional("no bound"),
        v.ces_upper_bound_p50.optional("no bound"),
        v.ces_upper_bound_p95.optional("no bound"),
        v.ces_status,
        d.limit_note,
        c.absence_reason.optional("ces_p50 is present"),
        *LABELS,
    )
    key = ("elasticity_form", "before_period", "effective_unit_basis")
    measure = "ces_p50"
    ordered = (("ces_p05", "ces_p50", "ces_p95"), ("ces_upper_bound_p05", "ces_upper_bound_p50", "ces_upper_bound_p95"))
    may_be_empty = True


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
    design = "description"
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
    may_be_empty = True


class MetricInstalledStock(Table):
    """One row per period and scope (C13): installed AI compute in China, last stock less depreciation plus additions."""

    layer = "metrics"
    name = "metric_installed_stock"
    columns = (
        m.scope,
        c.period_id,
        v.stock_p05.optional("see absence_reason"),
        v.stock_p50.optional("see absence_reason"),
        v.stock_p95.optional("see absence_reason"),
        v.carried_mean.optional("see absence_reason"),
        v.added_mean.optional("see absence_reason"),
        v.stock_mean.optional("see absence_reason"),
        c.absence_reason.optional("stock_p50 is present"),
        *LABELS,
    )
    key = ("scope", "period_id")
    measure = "stock_p50"
    ordered = (("stock_p05", "stock_p50", "stock_p95"),)
    may_be_empty = True


class MetricChannelBalance(Table):
    """One row per period and scope (C4): supply less growth of installed compute and retirements, or why it is skipped."""

    layer = "metrics"
    name = "metric_channel_balance"
    columns = (
        m.scope,
        c.period_id,
        v.supply_p50.optional("a channel of the scope has no figure"),
        v.capacity_growth_p50.optional("see balance_status"),
        v.retirement_p50.optional("see balance_status"),
        v.residual_p05.optional("see absence_reason"),
        v.residual_p50.optional("see absence_reason"),
        v.residual_p95.optional("see absence_reason"),
        v.residual_share_p05.optional("no supply, or see absence_reason"),
        v.residual_share_p50.optional("no supply, or see absence_reason"),
        v.residual_share_p95.optional("no supply, or see absence_reason"),
        v.balance_status,
        c.absence_reason.optional("residual_p50 is present"),
        *LABELS,
    )
    key = ("scope", "period_id")
    measure = "residual_p50"
    ordered = (
        ("residual_p05", "residual_p50", "residual_p95"),
        ("residual_share_p05", "residual_share_p50", "residual_share_p95"),
    )
    may_be_empty = True


class MetricDomesticSubstitution(Table):
    """One row per measure, scope, unit and period (C11): self-sufficiency, import displacement, capacity-limited share."""

    layer = "metrics"
    name = "metric_domestic_substitution"
    design = "pre_post"
    columns = (
        v.substitution_measure,
        m.scope,
        m.unit_of_account,
        c.period_id,
        v.matched_period.optional("the measure looks at one period"),
        c.publisher.optional("computed on joint draws"),
        v.substitution_p05.optional("a single figure, or see absence_reason"),
        v.substitution_p50.optional("see absence_reason"),
        v.substitution_p95.optional("a single figure, or see absence_reason"),
        d.limit_note,
        c.absence_reason.optional("substitution_p50 is present"),
        *LABELS,
    )
    key = ("substitution_measure", "scope", "unit_of_account", "period_id")
    measure = "substitution_p50"
    ordered = (("substitution_p05", "substitution_p50", "substitution_p95"),)
    may_be_empty = True
