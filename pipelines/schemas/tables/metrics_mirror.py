"""Metrics of mirror reports: pairs, gaps and what they are made of, re-exports, reliability, reconciliation."""

from types import MappingProxyType

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import flows as w
from pipelines.schemas.fields import hubs as b
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reports as p
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS


class MetricMirrorPair(Table):
    """One row per exporter, importer, HS code and window: what both sides say of the same trade, and the importer's side FOB.

    Windows are calendar years and sums of three months ending in every month; `period_start` is the first day of the window.
    """

    layer = "metrics"
    name = "metric_mirror_pair"
    sliced_by = MappingProxyType(
        {
            "metrics.metric_bilateral_report": "product_code",
            "metrics.metric_world_report": "product_code",
            "metrics.metric_freight_rate": "product_code",
        }
    )
    columns = (
        w.exporter_iso3,
        w.importer_iso3,
        t.product_code,
        w.window_kind,
        c.period_start,
        c.period_end,
        w.exporter_usd.optional("exporter_state says why"),
        w.exporter_state,
        w.exporter_shifted_usd.optional("the exporter's months are not all loaded"),
        w.importer_usd.optional("importer_state says why"),
        w.importer_state,
        w.importer_basis.optional("the importer has no report"),
        w.freight_low.optional("freight_basis is unknown"),
        w.freight_central.optional("freight_basis is unknown"),
        w.freight_high.optional("freight_basis is unknown"),
        w.freight_basis,
        w.importer_fob_low_usd.optional("importer_state or freight_basis says why"),
        w.importer_fob_usd.optional("importer_state or freight_basis says why"),
        w.importer_fob_high_usd.optional("importer_state or freight_basis says why"),
        w.exporter_quantity.optional("no quantity that both sides report in one unit"),
        w.importer_quantity.optional("no quantity that both sides report in one unit"),
        w.pair_quantity_unit.optional("no quantity that both sides report in one unit"),
        w.pair_state,
        w.is_entrepot_pair,
        t.is_taiwan_proxy,
        c.is_later_vintage,
        w.pair_licence_id,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start")


class MetricMirrorGap(Table):
    """One row per exporter, importer, HS code and window with a value on either side (A9): the gap and its interval.

    Positive = missing imports. The interval is that of the freight rate alone. A difference between two reports is no
    evidence of evasion: `claim_limit` says so on every row.
    """

    layer = "metrics"
    name = "metric_mirror_gap"
    sliced_by = MappingProxyType({"metrics.metric_mirror_pair": "exporter_iso3, importer_iso3"})
    columns = (
        w.exporter_iso3,
        w.importer_iso3,
        t.product_code,
        w.window_kind,
        c.period_start,
        c.period_end,
        w.exporter_usd.optional("the exporter is missing"),
        w.importer_usd.optional("the importer is missing"),
        w.importer_fob_usd.optional("the importer is missing, or its freight is unknown"),
        w.pair_state,
        w.raw_gap_usd.optional("see absence_reason"),
        w.gap_low_usd.optional("see absence_reason"),
        w.gap_usd.optional("see absence_reason"),
        w.gap_high_usd.optional("see absence_reason"),
        w.missing_share_low.optional("a side is missing, or the exporter reports nothing"),
        w.missing_share.optional("a side is missing, or the exporter reports nothing"),
        w.missing_share_high.optional("a side is missing, or the exporter reports nothing"),
        w.symmetric_gap.optional("a side is missing or negative, or both are zero"),
        w.log_gap.optional("a side is missing or not positive"),
        w.quantity_part.optional("no quantity that both sides report in one unit"),
        w.unit_value_part.optional("no quantity that both sides report in one unit"),
        w.pair_quantity_unit.optional("no quantity that both sides report in one unit"),
        w.own_mean_log_gap.optional("fewer than two windows before"),
        w.n_windows_before,
        w.gap_change.optional("no log gap, or fewer than two windows before"),
        w.control_change.optional("no control code of the pair with two windows before"),
        w.excess_log_gap.optional("no gap_change or no control_change"),
        w.gap_reading,
        c.absence_reason.optional("gap_usd is present"),
        w.ratio_absence_reason.optional("no ratio is NULL, or gap_usd is"),
        w.claim_limit,
        t.is_taiwan_proxy,
        c.is_later_vintage,
        w.pair_licence_id,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start")
    measure = "gap_usd"
    ordered = (("gap_low_usd", "gap_usd", "gap_high_usd"), ("missing_share_low", "missing_share", "missing_share_high"))


class MetricHubReexport(Table):
    """One row per hub, origin, destination, HS code and window (A10): goods of the origin that the hub sold on."""

    layer = "metrics"
    name = "metric_hub_reexport"
    columns = (
        w.hub_iso3,
        w.origin_iso3,
        f.destination_iso3,
        t.product_code,
        w.window_kind,
        c.period_start,
        c.period_end,
        w.reexport_usd.optional("see absence_reason"),
        w.origin_low_usd.optional("see absence_reason"),
        w.origin_central_usd.optional("see absence_reason"),
        w.origin_high_usd.optional("see absence_reason"),
        c.absence_reason.optional("reexport_usd is present"),
        w.claim_limit,
        c.licence_id,
        *LABELS,
    )
    key = ("hub_iso3", "origin_iso3", "destination_iso3", "product_code", "window_kind", "period_start")
    measure = "reexport_usd"
    may_be_empty = True


class MetricReexportAdjustment(Table):
    """One row per origin, destination, HS code and window that both report (A10): the import surplus before and after re-exports.

    Surplus = importer FOB minus exporter (the mirror gap with its sign turned). Only imports above exports can be explained.
    """

    layer = "metrics"
    name = "metric_reexport_adjustment"
    sliced_by = MappingProxyType(
        {
            "metrics.metric_mirror_pair": "product_code, window_kind, period_start",
            "metrics.metric_hub_reexport": "product_code, window_kind, period_start",
        }
    )
    columns = (
        w.origin_iso3,
        f.destination_iso3,
        t.product_code,
        w.window_kind,
        c.period_start,
        c.period_end,
        w.surplus_before_low_usd,
        w.surplus_before_usd,
        w.surplus_before_high_usd,
        w.reexport_usd.optional("no hub's re-exports by origin are loaded"),
        w.surplus_after_low_usd.optional("see absence_reason"),
        w.surplus_after_usd.optional("see absence_reason"),
        w.surplus_after_high_usd.optional("see absence_reason"),
        w.is_worse_after.optional("see absence_reason"),
        w.n_hubs_expected,
        w.n_hubs_present,
        w.missing_hubs.optional("none is missing"),
        c.absence_reason.optional("surplus_after_usd is present"),
        w.claim_limit,
        w.pair_licence_id,
        *LABELS,
    )
    key = ("origin_iso3", "destination_iso3", "product_code", "window_kind", "period_start")
    measure = "surplus_after_usd"
    ordered = (
        ("surplus_before_low_usd", "surplus_before_usd", "surplus_before_high_usd"),
        ("surplus_after_low_usd", "surplus_after_usd", "surplus_after_high_usd"),
    )


class MetricMirrorWaterfall(Table):
    """One row per exporter, importer, HS code, window and component: what the raw mirror gap is made of.

    The amounts that are not NULL add up to the raw gap exactly. A component that is only bounded has an interval and no
    amount; its part of the gap stays in the residual, whose interval allows for it.
    """

    layer = "metrics"
    name = "metric_mirror_waterfall"
    sliced_by = MappingProxyType(
        {
            "metrics.metric_mirror_pair": "exporter_iso3, substr(product_code, 1, 4), window_kind, period_start",
            "metrics.metric_reexport_adjustment": "origin_iso3, substr(product_code, 1, 4), window_kind, period_start",
        }
    )
    rows_per_read = 5
    columns = (
        w.exporter_iso3,
        w.importer_iso3,
        t.product_code,
        w.window_kind,
        c.period_start,
        c.period_end,
        w.component,
        w.component_position,
        w.component_low_usd.optional("open"),
        w.component_usd.optional("see absence_reason"),
        w.component_high_usd.optional("open"),
        w.explainable_usd.optional("nothing is known of the component"),
        w.component_state,
        w.component_note,
        w.raw_gap_usd,
        c.absence_reason.optional("component_usd is present"),
        w.claim_limit,
        t.is_taiwan_proxy,
        c.is_later_vintage,
        w.pair_licence_id,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start", "component")
    measure = "component_usd"
    ordered = (("component_low_usd", "component_usd", "component_high_usd"),)


class MetricReporterReliability(Table):
    """One row per reporter, role, method and three-year window (A8): how much its reports disagree with their mirrors.

    Disagreement is no dishonesty: entrepots disagree by what they record, not by how well, and are left out as exporters.
    """

    layer = "metrics"
    name = "metric_reporter_reliability"
    columns = (
        c.reporter_iso3,
        w.reporter_role,
        w.reliability_method,
        c.period_start,
        c.period_end,
        w.error_scale_low.optional("see band_absence_reason"),
        w.error_scale.optional("fixed_point has a score instead"),
        w.error_scale_high.optional("see band_absence_reason"),
        w.reliability_score.optional("`effects` has an error scale instead"),
        w.n_cells,
        w.is_pooled,
        c.absence_reason.optional("error_scale is present"),
        b.band_absence_reason.optional("both ends are present"),
        *LABELS,
    )
    key = ("reporter_iso3", "reporter_role", "reliability_method", "period_start")
    measure = "error_scale"
    ordered = (("error_scale_low", "error_scale", "error_scale_high"),)


class MetricReconciledFlow(Table):
    """One row per exporter, importer, HS code and window (A7): one value from two reports, with both reports as its ends."""

    layer = "metrics"
    name = "metric_reconciled_flow"
    sliced_by = MappingProxyType({"metrics.metric_mirror_pair": "exporter_iso3, importer_iso3"})
    columns = (
        w.exporter_iso3,
        w.importer_iso3,
        t.product_code,
        w.window_kind,
        c.period_start,
        c.period_end,
        w.exporter_usd.optional("exporter_state says why"),
        w.exporter_state,
        w.importer_used_usd.optional("importer_state says why, or its freight is unknown"),
        w.importer_state,
        w.is_freight_withheld,
        w.reconcile_state,
        w.exporter_error_scale.optional("no pair of the exporter in three years"),
        w.importer_error_scale.optional("no pair of the importer in three years"),
        w.exporter_weight.optional("see absence_reason"),
        w.reconciled_low_usd.optional("see absence_reason"),
        w.reconciled_usd.optional("see absence_reason"),
        w.reconciled_high_usd.optional("see absence_reason"),
        w.reconciled_sd_usd.optional("see absence_reason or ratio_absence_reason"),
        w.softmax_weight.optional("see absence_reason or ratio_absence_reason"),
        w.softmax_usd.optional("see absence_reason or ratio_absence_reason"),
        w.mirror_fill_usd.optional("see absence_reason"),
        w.reconciled_quantity.optional("no quantity that both sides report in one unit"),
        w.pair_quantity_unit.optional("no quantity that both sides report in one unit"),
        w.is_entrepot_pair,
        c.absence_reason.optional("reconciled_usd is present"),
        w.ratio_absence_reason.optional("two reports with all scales and scores, or reconciled_usd is NULL"),
        t.is_taiwan_proxy,
        c.is_later_vintage,
        w.pair_licence_id,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start")
    measure = "reconciled_usd"
    ordered = (("reconciled_low_usd", "reconciled_usd", "reconciled_high_usd"),)


class MetricPairCoverage(Table):
    """One row per exporter, HS code and year: how much of its trade has a mirror, and which importers are not loaded."""

    layer = "metrics"
    name = "metric_pair_coverage"
    columns = (
        w.exporter_iso3,
        t.product_code,
        c.period_start,
        c.period_end,
        m.export_usd,
        p.n_importers_named,
        p.n_importers_loaded,
        p.mirrored_share.optional("see absence_reason"),
        p.missing_importers.optional("all are loaded"),
        p.coverage_statement,
        c.absence_reason.optional("mirrored_share is present"),
        *LABELS,
    )
    key = ("exporter_iso3", "product_code", "period_start")
    measure = "mirrored_share"


class MetricGapRegression(Table):
    """One row per graded export rule (A9): shift of the log gap of exposed goods on the rule's lanes after it bites.

    A shift compares goods of the same lanes; it is no evidence of evasion: codes and lanes change for other reasons.
    """

    layer = "metrics"
    name = "metric_gap_regression"
    design = "did_its"
    columns = (
        c.rule_id,
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
    measure = "gap_shift"
    ordered = (("gap_shift_low", "gap_shift", "gap_shift_high"),)
