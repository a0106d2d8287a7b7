"""Metrics of flows and events: cube, proxy, growth, coverage, doses, pre/post."""

from types import MappingProxyType

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reference as r
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS


class MetricFlowCube(Table):
    """One row per source, reporter, partner, flow, code and period (A1): the current release, national lines added to HS6.

    Zero means that the reporter filed the flow and period and has no row; missing means that it did not file.
    """

    layer = "metrics"
    name = "metric_flow_cube"
    sliced_by = MappingProxyType({"core.fact_trade_flow": "reporter_iso3"})
    columns = (
        c.source_id,
        c.dataset_id,
        c.reporter_iso3,
        c.partner_iso3,
        t.flow,
        t.trade_basis,
        t.classification,
        t.product_code,
        c.frequency,
        c.period_start,
        c.period_end,
        t.value_usd.optional("see absence_reason"),
        t.quantity.optional("not filed, or not for every part in one unit"),
        t.quantity_unit.optional("no quantity"),
        t.is_quantity_estimated.optional("no quantity"),
        t.net_kg.optional("not filed, or not for every part"),
        t.is_weight_estimated.optional("no weight"),
        t.value_basis,
        m.cell_state,
        c.absence_reason.optional("value_usd is present"),
        m.n_lines,
        t.is_taiwan_proxy,
        c.is_later_vintage,
        c.licence_id,
        *LABELS,
    )
    key = ("dataset_id", "reporter_iso3", "partner_iso3", "flow", "trade_basis", "product_code", "frequency", "period_start")
    measure = "value_usd"


class MetricProxyGroup(Table):
    """One row per reporter, partner, flow, stage and period (A3): value of AI accelerators as an interval beside the gross value.

    Stages are never added up for one place; use metric_proxy_net_arrival for what stays.
    """

    layer = "metrics"
    name = "metric_proxy_group"
    columns = (
        c.dataset_id,
        c.reporter_iso3,
        c.partner_iso3,
        t.flow,
        t.trade_basis,
        t.stage,
        c.frequency,
        c.period_start,
        c.period_end,
        m.gross_usd.optional("see absence_reason"),
        m.low_usd.optional("see absence_reason"),
        m.central_usd.optional("no anchor gives a centre for every code"),
        m.high_usd.optional("see absence_reason"),
        m.n_expected,
        m.n_present,
        m.proxy_label,
        c.absence_reason.optional("gross_usd is present"),
        c.licence_id,
        *LABELS,
    )
    key = ("dataset_id", "reporter_iso3", "partner_iso3", "flow", "trade_basis", "stage", "frequency", "period_start")
    measure = "gross_usd"
    ordered = (("low_usd", "central_usd", "high_usd", "gross_usd"),)


class MetricProxyNetArrival(Table):
    """One row per country and period (A3): AI-accelerator value that arrives and stays, imports minus exports over the stages."""

    layer = "metrics"
    name = "metric_proxy_net_arrival"
    columns = (
        c.country_iso3,
        c.frequency,
        c.period_start,
        c.period_end,
        m.import_usd.optional("imports of the group are not loaded"),
        m.export_usd.optional("exports of the group are not loaded"),
        m.net_gross_usd.optional("see absence_reason"),
        m.net_low_usd.optional("see absence_reason"),
        m.net_high_usd.optional("see absence_reason"),
        c.absence_reason.optional("net_gross_usd is present"),
        *LABELS,
    )
    key = ("country_iso3", "frequency", "period_start")
    measure = "net_gross_usd"
    ordered = (("net_low_usd", "net_high_usd"),)


class MetricOutcomeMonth(Table):
    """One row per registered outcome series and month: cells added and taken off; NULL unless every part is present."""

    layer = "metrics"
    name = "metric_outcome_month"
    columns = (
        r.outcome_id,
        c.month,
        c.unit,
        m.value.optional("see absence_reason"),
        m.n_expected,
        m.n_present,
        c.absence_reason.optional("value is present"),
        c.is_later_vintage,
        *LABELS,
    )
    key = ("outcome_id", "month")
    measure = "value"


class MetricGrowth(Table):
    """One row per outcome series and month (A4): rolling sums, growth, index."""

    layer = "metrics"
    name = "metric_growth"
    columns = (
        r.outcome_id,
        c.month,
        c.unit,
        m.value.optional("not present in this month"),
        m.rolling_3.optional("a month is missing"),
        m.rolling_12.optional("a month is missing"),
        m.base_value.optional("the month a year before is not present"),
        m.yoy.optional("see absence_reason"),
        m.yoy_jan_feb.optional("not January or February, or a month is missing"),
        m.dlog_12.optional("a value is missing or not positive"),
        m.dhs.optional("a value is missing or both are zero"),
        m.index_100.optional("no full base year, or the value is missing"),
        m.index_base_year.optional("no full base year"),
        m.is_lunar_new_year_reporter,
        c.absence_reason.optional("yoy is present"),
        *LABELS,
    )
    key = ("outcome_id", "month")
    measure = "yoy"


class MetricSeasonalAdjustment(Table):
    """One row per outcome series and month (A4): seasonal factor and adjusted value, where the series is long enough."""

    layer = "metrics"
    name = "metric_seasonal_adjustment"
    design = "description"
    columns = (
        r.outcome_id,
        c.month,
        m.adjustment,
        m.seasonal_factor.optional("see absence_reason"),
        m.adjusted.optional("see absence_reason"),
        c.absence_reason.optional("adjusted is present"),
        *LABELS,
    )
    key = ("outcome_id", "month", "adjustment")
    measure = "adjusted"


class MetricCoverage(Table):
    """One row per heading, flow, frequency and period (A19): share of base-period trade whose reporters filed."""

    layer = "metrics"
    name = "metric_coverage"
    columns = (
        t.product_code,
        t.flow,
        c.frequency,
        c.period_start,
        c.period_end,
        m.base_start.optional("no complete base period"),
        m.base_end.optional("no complete base period"),
        m.coverage_share.optional("see absence_reason"),
        m.n_reporters_expected,
        m.n_reporters_filed,
        m.missing_reporters.optional("all filed"),
        m.is_headline_allowed,
        c.absence_reason.optional("coverage_share is present"),
        *LABELS,
    )
    key = ("product_code", "flow", "frequency", "period_start")
    measure = "coverage_share"


class MetricRuleDose(Table):
    """One row per rule and month (B1): share of the month's days in force, and the month's place around the event."""

    layer = "metrics"
    name = "metric_rule_dose"
    columns = (c.rule_id, c.month, m.dose, m.month_role, m.months_from_event, c.is_later_vintage, *LABELS)
    key = ("rule_id", "month")


class MetricPrePost(Table):
    """One row per rule and outcome series of the same goods (B2): clean months before and after, or why there are too few."""

    layer = "metrics"
    name = "metric_pre_post"
    design = "pre_post"
    columns = (
        c.rule_id,
        r.outcome_id,
        m.pair_role,
        f.bite_date,
        f.direction,
        f.event_grade,
        c.unit,
        m.n_pre,
        m.n_post,
        m.pre_mean.optional("too few clean months"),
        m.post_mean.optional("too few clean months"),
        m.change_ratio.optional("see absence_reason"),
        m.change_log.optional("a mean is not positive"),
        m.change_dhs.optional("too few clean months"),
        m.matched_change_ratio.optional("fewer than 24 months before, or a month is missing"),
        m.n_overlapping_rules,
        m.overlapping_rule_ids.optional("none"),
        m.is_separately_identified,
        c.absence_reason.optional("change_ratio is present"),
        *LABELS,
    )
    key = ("rule_id", "outcome_id")
    measure = "change_ratio"
