"""Reports of mirror metrics. Amounts under terms that keep single records inside are rounded to 10 million US dollars."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import flows as w
from pipelines.schemas.fields import hubs as b
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reports as p
from pipelines.schemas.fields import trade as t
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report
from pipelines.schemas.tables.metrics_measures import MetricVintage


class RptPairCoverage(Report):
    """One row per exporter, HS code and year: how much of its trade has a mirror, and which importers are not loaded."""

    name = "rpt_pair_coverage"
    columns = (
        w.exporter_iso3,
        p.exporter_name,
        t.product_code,
        p.goods_title,
        c.period_start,
        p.n_importers_named,
        p.n_importers_loaded,
        p.mirrored_share.optional("see absence_reason"),
        p.missing_importers.optional("all are loaded"),
        p.coverage_statement,
        c.absence_reason.optional("mirrored_share is present"),
        *LABELS,
    )
    key = ("exporter_iso3", "product_code", "period_start")


class RptMirrorGap(Report):
    """One row per exporter, importer, HS code and window that both report: the gap, its interval, what it may not be called."""

    name = "rpt_mirror_gap"
    columns = (
        w.exporter_iso3,
        p.exporter_name,
        w.importer_iso3,
        p.importer_name,
        t.product_code,
        p.goods_title,
        w.window_kind,
        c.period_start,
        c.period_end,
        w.exporter_usd,
        w.importer_usd,
        w.raw_gap_usd,
        w.gap_low_usd.optional("see absence_reason"),
        w.gap_usd.optional("see absence_reason"),
        w.gap_high_usd.optional("see absence_reason"),
        w.missing_share_low.optional("see ratio_absence_reason"),
        w.missing_share.optional("see ratio_absence_reason"),
        w.missing_share_high.optional("see ratio_absence_reason"),
        w.symmetric_gap.optional("see ratio_absence_reason"),
        w.log_gap.optional("see ratio_absence_reason"),
        w.quantity_part.optional("see ratio_absence_reason"),
        w.unit_value_part.optional("see ratio_absence_reason"),
        w.excess_log_gap.optional("see ratio_absence_reason"),
        w.gap_reading,
        c.absence_reason.optional("gap_usd is present"),
        w.ratio_absence_reason.optional("no ratio is NULL, or gap_usd is"),
        w.claim_limit,
        p.is_rounded_by_terms,
        t.is_taiwan_proxy,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start")


class RptUnmatchedFlow(Report):
    """One row per exporter, importer, HS code and year that one side alone reports: orphaned and lost flows, and why.

    The reporter is the side with a figure. A flow without a mirror is no missing trade: most importers are not loaded. A zero
    with is_rounded_by_terms stands for less than 5 million US dollars.
    """

    name = "rpt_unmatched_flow"
    columns = (
        w.pair_state,
        c.reporter_iso3,
        p.reporter_name,
        w.reporter_role,
        c.partner_iso3,
        p.partner_label,
        t.product_code,
        p.goods_title,
        c.period_start,
        t.value_usd,
        w.unmatched_reason,
        w.is_entrepot_pair,
        w.claim_limit,
        p.is_rounded_by_terms,
        t.is_taiwan_proxy,
        *LABELS,
    )
    key = ("reporter_iso3", "reporter_role", "partner_iso3", "product_code", "period_start")


class RptMirrorWaterfall(Report):
    """One row per exporter, importer, HS code, window and component: what the raw mirror gap is made of, in order."""

    name = "rpt_mirror_waterfall"
    columns = (
        w.exporter_iso3,
        p.exporter_name,
        w.importer_iso3,
        p.importer_name,
        t.product_code,
        p.goods_title,
        w.window_kind,
        c.period_start,
        w.raw_gap_usd,
        w.component_position,
        w.component,
        w.component_low_usd.optional("open"),
        w.component_usd.optional("not identified: its part stays in the residual"),
        w.component_high_usd.optional("open"),
        w.explainable_usd.optional("nothing is known of the component"),
        w.component_state,
        w.component_note,
        c.absence_reason.optional("component_usd is present"),
        w.claim_limit,
        p.is_rounded_by_terms,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start", "component")


class RptReconciledFlow(Report):
    """One row per exporter, importer, HS code and year that both report: one value from two reports."""

    name = "rpt_reconciled_flow"
    columns = (
        w.exporter_iso3,
        p.exporter_name,
        w.importer_iso3,
        p.importer_name,
        t.product_code,
        p.goods_title,
        c.period_start,
        w.exporter_usd,
        w.importer_used_usd,
        w.is_freight_withheld,
        w.exporter_weight.optional("see absence_reason"),
        w.reconciled_low_usd.optional("see absence_reason"),
        w.reconciled_usd.optional("see absence_reason"),
        w.reconciled_high_usd.optional("see absence_reason"),
        w.softmax_usd.optional("see absence_reason or ratio_absence_reason"),
        w.mirror_fill_usd.optional("see absence_reason"),
        w.reconcile_state,
        c.absence_reason.optional("reconciled_usd is present"),
        w.ratio_absence_reason.optional("two reports with all scales and scores, or reconciled_usd is NULL"),
        w.is_entrepot_pair,
        p.is_rounded_by_terms,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "period_start")


class RptReporterReliability(Report):
    """One row per reporter, role, method and three-year window: how much its reports disagree with their mirrors."""

    name = "rpt_reporter_reliability"
    columns = (
        c.reporter_iso3,
        p.reporter_name,
        w.reporter_role,
        w.reliability_method,
        c.period_start,
        c.period_end,
        w.error_scale_low.optional("see band_absence_reason"),
        w.error_scale.optional("see absence_reason"),
        w.error_scale_high.optional("see band_absence_reason"),
        w.reliability_score.optional("`effects` has an error scale instead"),
        w.n_cells,
        w.is_pooled,
        c.absence_reason.optional("error_scale is present"),
        b.band_absence_reason.optional("both ends are present"),
        *LABELS,
    )
    key = ("reporter_iso3", "reporter_role", "reliability_method", "period_start")


class RptFreightRate(Report):
    """One row per importer, HS code and year: freight and insurance over FOB value as an interval, with its basis."""

    name = "rpt_freight_rate"
    columns = (
        w.importer_iso3,
        p.importer_name,
        t.product_code,
        p.goods_title,
        c.period_start,
        w.freight_low.optional("see absence_reason"),
        w.freight_central.optional("see absence_reason"),
        w.freight_high.optional("see absence_reason"),
        w.freight_basis,
        w.n_two_values,
        c.absence_reason.optional("freight_central is present"),
        *LABELS,
    )
    key = ("importer_iso3", "product_code", "period_start")


class RptReexportAdjustment(Report):
    """One row per origin, destination, HS code and window that both report: the import surplus before and after re-exports."""

    name = "rpt_reexport_adjustment"
    columns = (
        w.origin_iso3,
        p.origin_name,
        f.destination_iso3,
        p.destination_name,
        t.product_code,
        p.goods_title,
        w.window_kind,
        c.period_start,
        w.surplus_before_low_usd,
        w.surplus_before_usd,
        w.surplus_before_high_usd,
        w.reexport_usd.optional("no hub's re-exports by origin are loaded"),
        w.surplus_after_low_usd.optional("see absence_reason"),
        w.surplus_after_usd.optional("see absence_reason"),
        w.surplus_after_high_usd.optional("see absence_reason"),
        w.is_worse_after.optional("see absence_reason"),
        p.coverage_statement,
        c.absence_reason.optional("surplus_after_usd is present"),
        w.claim_limit,
        p.is_rounded_by_terms,
        *LABELS,
    )
    key = ("origin_iso3", "destination_iso3", "product_code", "window_kind", "period_start")


class RptGapRegression(Report):
    """One row per graded export rule: shift of the mirror gap of exposed goods, or what is lacking to say anything."""

    name = "rpt_gap_regression"
    design = "did_its"
    columns = (
        c.rule_id,
        p.rule_title,
        f.bite_date,
        w.gap_shift_low.optional("see absence_reason"),
        w.gap_shift.optional("see absence_reason"),
        w.gap_shift_high.optional("see absence_reason"),
        w.n_gap_cells,
        w.n_lanes,
        c.absence_reason.optional("gap_shift is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("rule_id",)


class RptBilateralReport(Report):
    """One row per reporter, partner, flow, HS code and year: the report that flow metrics use; restricted rows stay inside."""

    name = "rpt_bilateral_report"
    row_level = True
    columns = (
        c.reporter_iso3,
        p.reporter_name,
        c.partner_iso3,
        p.partner_label,
        t.flow,
        t.product_code,
        p.goods_title,
        c.period_start,
        t.value_usd.optional("see absence_reason"),
        t.value_basis,
        t.net_kg.optional("not filed, or not for every part"),
        m.cell_state,
        w.report_basis,
        c.source_id,
        c.licence_id,
        c.absence_reason.optional("value_usd is present"),
        *LABELS,
    )
    key = ("reporter_iso3", "partner_iso3", "flow", "product_code", "period_start")


class RptWorldReport(Report):
    """One row per reporter, flow, HS code and year: World total, and what it holds; restricted rows stay inside."""

    name = "rpt_world_report"
    row_level = True
    columns = (
        c.reporter_iso3,
        p.reporter_name,
        t.flow,
        t.product_code,
        p.goods_title,
        c.period_start,
        t.value_usd.optional("see absence_reason"),
        w.report_basis,
        w.is_partner_list_complete,
        w.is_world_mismatch,
        p.coverage_statement,
        c.source_id,
        c.licence_id,
        c.absence_reason.optional("value_usd is present"),
        *LABELS,
    )
    key = ("reporter_iso3", "flow", "product_code", "period_start")


class RptVintage(Report):
    """One row per cell and release: the figure, and the days on which it was the latest known; restricted rows stay inside.

    Years and other whole periods, and months of which more than one release is known; all months are in metric_vintage.
    """

    name = "rpt_vintage"
    row_level = True
    columns = (p.reporter_name, p.partner_label, *MetricVintage.columns)
    key = MetricVintage.key
    measure = MetricVintage.measure
    ordered = MetricVintage.ordered


class RptHubReexport(Report):
    """One row per hub, origin, destination, HS code and window: goods that the hub sold on; restricted rows stay inside."""

    name = "rpt_hub_reexport"
    row_level = True
    columns = (
        w.hub_iso3,
        p.hub_name,
        w.origin_iso3,
        p.origin_name,
        f.destination_iso3,
        p.destination_name,
        t.product_code,
        p.goods_title,
        w.window_kind,
        c.period_start,
        w.reexport_usd.optional("see absence_reason"),
        w.origin_low_usd.optional("see absence_reason"),
        w.origin_central_usd.optional("see absence_reason"),
        w.origin_high_usd.optional("see absence_reason"),
        c.absence_reason.optional("reexport_usd is present"),
        c.licence_id,
        w.claim_limit,
        *LABELS,
    )
    key = ("hub_iso3", "origin_iso3", "destination_iso3", "product_code", "window_kind", "period_start")
    may_be_empty = True
