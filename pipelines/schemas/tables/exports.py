"""Report tables: what is exported as CSV and Parquet; no row whose licence forbids passing it on."""

from typing import ClassVar

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reference as r
from pipelines.schemas.fields import reports as p
from pipelines.schemas.table import Table
from pipelines.schemas.tables import core, metrics_flow, metrics_substitution
from pipelines.schemas.tables.core import LABELS


class Report(Table):
    """A table that is exported; `row_level` marks tables whose rows are single official records and carry their licence."""

    layer = "exports"
    row_level: ClassVar[bool] = False


class RptSummary(Report):
    """One row per finding in plain words, with its number, interval, labels and the table it is read from."""

    name = "rpt_summary"
    design = "as_lineage"
    columns = (
        m.statement_id,
        m.position,
        m.section,
        m.statement,
        m.statement_value.optional("the finding is that there is no number"),
        m.statement_low.optional("no interval"),
        m.statement_high.optional("no interval"),
        m.statement_unit,
        m.lineage,
        *LABELS,
    )
    key = ("statement_id",)


class RptSource(Report):
    """One row per input file: source, licence, attribution, span of what it holds, rows read and accepted."""

    name = "rpt_source"
    columns = (
        c.dataset_id,
        r.dataset_group,
        c.source_id,
        c.publisher,
        c.licence_id,
        r.licence_name,
        r.may_redistribute_rows,
        r.attribution,
        r.file_name,
        r.content_sha256,
        r.retrieved,
        r.rows_read,
        r.rows_accepted,
        r.origin_url.optional("compiled in this project"),
        r.file_sha256.optional("compiled in this project"),
    )
    key = ("dataset_id",)


class RptFlowMonth(Report):
    """One row per outcome series and month: value, rolling sums, growth, index; series under restrictive terms are left out."""

    name = "rpt_flow_month"
    row_level = True
    columns = (
        r.outcome_id,
        c.title,
        c.source_id,
        c.licence_id,
        p.coverage_statement,
        *metrics_flow.MetricGrowth.columns[1:],
    )
    key = ("outcome_id", "month")
    measure = "yoy"


class RptFlowAroundRule(Report):
    """One row per rule and outcome series of the same goods: clean months before and after, overlaps, or why too few."""

    name = "rpt_flow_around_rule"
    design = "pre_post"
    columns = (
        *metrics_flow.MetricPrePost.columns[:3],
        c.title,
        *metrics_flow.MetricPrePost.columns[3:],
    )
    key = metrics_flow.MetricPrePost.key
    measure = metrics_flow.MetricPrePost.measure


class RptSeasonalAdjustment(Report):
    """One row per outcome series, month and method: seasonal factor and adjusted value, or why the series is too short."""

    name = "rpt_seasonal_adjustment"
    design = "description"
    row_level = True
    columns = (
        r.outcome_id,
        c.title,
        c.source_id,
        c.licence_id,
        *metrics_flow.MetricSeasonalAdjustment.columns[1:],
    )
    key = metrics_flow.MetricSeasonalAdjustment.key
    measure = metrics_flow.MetricSeasonalAdjustment.measure


class RptProxyNetArrival(Report):
    """One row per country and period: AI-accelerator value that arrives and stays, rounded where terms ask for it."""

    name = "rpt_proxy_net_arrival"
    columns = (
        p.reporter_name,
        *metrics_flow.MetricProxyNetArrival.columns[:-2],
        p.coverage_statement,
        p.is_rounded_by_terms,
        *LABELS,
    )
    key = metrics_flow.MetricProxyNetArrival.key
    measure = metrics_flow.MetricProxyNetArrival.measure
    ordered = metrics_flow.MetricProxyNetArrival.ordered


class RptProxyGroup(Report):
    """One row per reporter, partner, flow, stage and period: AI-accelerator value as an interval; restricted rows left out."""

    name = "rpt_proxy_group"
    row_level = True
    columns = (p.coverage_statement, *metrics_flow.MetricProxyGroup.columns)
    key = metrics_flow.MetricProxyGroup.key
    measure = metrics_flow.MetricProxyGroup.measure
    ordered = metrics_flow.MetricProxyGroup.ordered


class RptCoverage(Report):
    """One row per heading, flow and period: share of base-period trade whose reporters filed."""

    name = "rpt_coverage"
    columns = metrics_flow.MetricCoverage.columns
    key = metrics_flow.MetricCoverage.key
    measure = metrics_flow.MetricCoverage.measure


class RptRule(Report):
    """One row per rule with its dates, what it touches and its sources, as known at as_of."""

    name = "rpt_rule"
    columns = core.FactRuleChange.columns
    key = core.FactRuleChange.key


class RptClaim(Report):
    """One row per claim with its bounds as stated and the distribution they stand for."""

    name = "rpt_claim"
    columns = (
        f.claim_id,
        f.claim_kind,
        f.subkind,
        c.channel,
        c.publisher,
        c.known_at,
        f.measured,
        c.period_start,
        c.period_end,
        c.unit.optional("the source counts something without a unit"),
        f.unit_basis,
        f.low.optional("not stated"),
        f.central.optional("not stated"),
        f.high.optional("not stated"),
        c.bound_kind,
        m.distribution,
        m.distribution_flag,
        m.claim_floor.optional("the claim is no floor"),
        m.claim_p05.optional("see absence_reason"),
        m.claim_p50.optional("see absence_reason"),
        m.claim_p95.optional("see absence_reason"),
        m.claim_p50_at_125.optional("the claim is no floor"),
        m.claim_p95_at_125.optional("the claim is no floor"),
        m.claim_p50_at_200.optional("the claim is no floor"),
        m.claim_p95_at_200.optional("the claim is no floor"),
        m.claim_cap.optional("no floor, or no cap is known"),
        m.is_capped.optional("the claim is no floor"),
        c.absence_reason.optional("claim_p50 is present"),
        f.grade,
        f.series_role,
        f.independence_group,
        f.overlaps_with.optional("none"),
        c.is_seen,
        c.url.optional("no page"),
        c.note.optional("no remark"),
        f.claim_origin,
        *LABELS,
    )
    key = ("claim_id",)
    measure = "claim_p50"


class RptSupplyMix(Report):
    """One row per channel, half-year, series, unit and scope: its share of China's added AI compute, with intervals."""

    name = "rpt_supply_mix"
    columns = metrics_substitution.MetricSupplyMix.columns
    key = metrics_substitution.MetricSupplyMix.key
    measure = metrics_substitution.MetricSupplyMix.measure


class RptPremium(Report):
    """One row per street price: premium over the like legal price, price per unit of compute, rent."""

    name = "rpt_premium"
    design = "description"
    columns = metrics_substitution.MetricPremium.columns
    key = metrics_substitution.MetricPremium.key
    measure = metrics_substitution.MetricPremium.measure


class RptClaimConsistency(Report):
    """One row per pair of claims about one subject and unit: both per quarter, ratio, overlap, what is alike."""

    name = "rpt_claim_consistency"
    columns = metrics_substitution.MetricClaimConsistency.columns
    key = metrics_substitution.MetricClaimConsistency.key
    measure = metrics_substitution.MetricClaimConsistency.measure
    may_be_empty = True


class RptComputeWeight(Report):
    """One row per accelerator: H100-equivalents by three conventions, bandwidth, effective units."""

    name = "rpt_compute_weight"
    columns = metrics_substitution.MetricComputeWeight.columns
    key = metrics_substitution.MetricComputeWeight.key
    measure = metrics_substitution.MetricComputeWeight.measure
