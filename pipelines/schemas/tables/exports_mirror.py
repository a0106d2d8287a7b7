"""Reports of mirror metrics. Amounts under terms that keep single records inside are rounded to 10 million US dollars."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import flows as w
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reports as p
from pipelines.schemas.fields import trade as t
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report


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
        w.gap_low_usd,
        w.gap_usd,
        w.gap_high_usd,
        w.missing_share_low.optional("the exporter reports nothing"),
        w.missing_share.optional("the exporter reports nothing"),
        w.missing_share_high.optional("the exporter reports nothing"),
        w.symmetric_gap.optional("a side is negative, or both are zero"),
        w.log_gap.optional("a side is not positive"),
        w.quantity_part.optional("no quantity that both sides report in one unit"),
        w.unit_value_part.optional("no quantity that both sides report in one unit"),
        w.excess_log_gap.optional("too few windows before, or no control code"),
        w.gap_reading,
        w.claim_limit,
        p.is_rounded_by_terms,
        t.is_taiwan_proxy,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start")


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
        w.exporter_weight,
        w.reconciled_low_usd,
        w.reconciled_usd,
        w.reconciled_high_usd,
        w.softmax_usd.optional("a score is unknown"),
        w.mirror_fill_usd,
        w.reconcile_state,
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
        w.error_scale.optional("fixed_point has a score instead"),
        w.reliability_score.optional("`effects` has an error scale instead"),
        w.n_cells,
        w.is_pooled,
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
