"""Metrics of hubs: what arrives and leaves, what stays, excess flow after a rule, diversion, loss in transit, origin bounds."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import flows as w
from pipelines.schemas.fields import hubs as h
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS


class MetricHubWindow(Table):
    """One row per hub, partner, flow, goods and window: what a hub itself reports, World as partner WLD."""

    layer = "metrics"
    name = "metric_hub_window"
    columns = (
        w.hub_iso3,
        c.partner_iso3,
        t.flow,
        h.goods_id,
        w.window_kind,
        c.period_start,
        c.period_end,
        t.value_usd.optional("see absence_reason"),
        t.value_basis,
        c.absence_reason.optional("value_usd is present"),
        c.licence_id,
        *LABELS,
    )
    key = ("hub_iso3", "partner_iso3", "flow", "goods_id", "window_kind", "period_start")
    measure = "value_usd"


class MetricHubThroughput(Table):
    """One row per hub, target, goods and window (A11): what leaves the hub for the target over what arrives from the world.

    Every hub has a row for every loaded year and goods; what is not loaded is missing, not left out.
    """

    layer = "metrics"
    name = "metric_hub_throughput"
    columns = (
        w.hub_iso3,
        h.target_iso3,
        h.goods_id,
        w.window_kind,
        c.period_start,
        c.period_end,
        m.import_usd.optional("the hub's imports are not loaded"),
        m.export_usd.optional("the hub's exports to the target are not loaded"),
        w.reexport_usd.optional("the hub's re-exports to the target are not loaded"),
        h.onward_basis.optional("neither is loaded"),
        h.throughput_low.optional("see absence_reason"),
        h.throughput.optional("see absence_reason"),
        h.throughput_high.optional("see absence_reason"),
        h.relative_throughput.optional("see ratio_absence_reason"),
        h.ratio_absence_reason.optional("the ratio is present"),
        h.n_peers,
        h.is_own_output_included,
        c.absence_reason.optional("throughput is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("hub_iso3", "target_iso3", "goods_id", "window_kind", "period_start")
    measure = "throughput"
    ordered = (("throughput_low", "throughput", "throughput_high"),)


class MetricRetainedImport(Table):
    """One row per country, HS code and year (A10): imports that stay after re-exports without the hub's margin are taken off."""

    layer = "metrics"
    name = "metric_retained_import"
    columns = (
        c.country_iso3,
        t.product_code,
        c.period_start,
        c.period_end,
        m.import_usd.optional("the country's imports are not loaded"),
        w.reexport_usd.optional("the country's re-exports are not loaded"),
        h.retained_low_usd.optional("see absence_reason"),
        h.retained_usd.optional("see absence_reason"),
        h.retained_high_usd.optional("see absence_reason"),
        h.is_over_reexport.optional("see absence_reason"),
        h.is_hub,
        c.absence_reason.optional("retained_usd is present"),
        *LABELS,
    )
    key = ("country_iso3", "product_code", "period_start")
    measure = "retained_usd"
    ordered = (("retained_low_usd", "retained_usd", "retained_high_usd"),)


class MetricHubPassThrough(Table):
    """One row per hub, target, goods and regression (A11): how much of a rise in arrivals leaves again for the target."""

    layer = "metrics"
    name = "metric_hub_pass_through"
    design = "description"
    columns = (
        w.hub_iso3,
        h.target_iso3,
        h.goods_id,
        h.regression,
        h.pass_through_low.optional("see absence_reason"),
        h.pass_through.optional("see absence_reason"),
        h.pass_through_high.optional("see absence_reason"),
        h.intercept_usd.optional("see absence_reason"),
        h.n_months_used,
        c.absence_reason.optional("pass_through is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("hub_iso3", "target_iso3", "goods_id", "regression")
    measure = "pass_through"
    ordered = (("pass_through_low", "pass_through", "pass_through_high"),)


class MetricDestinationShift(Table):
    """One row per rule, exporter, HS code, window and destination (A12, A13): exports after the rule against constant shares.

    Placebo destinations (neither hub nor target) give the band in which ratios move without any reason.
    """

    layer = "metrics"
    name = "metric_destination_shift"
    design = "pre_post"
    columns = (
        c.rule_id,
        w.exporter_iso3,
        t.product_code,
        w.window_kind,
        f.destination_iso3,
        h.destination_role,
        m.base_start,
        m.base_end,
        c.period_start,
        c.period_end,
        h.base_usd.optional("not present in the whole base window"),
        h.rest_base_usd.optional("no other destination has both windows"),
        h.rest_actual_usd.optional("no other destination has both windows"),
        h.n_rest,
        h.rest_world_share.optional("the exporter's World is not loaded for the base window, or not positive"),
        h.actual_usd.optional("not present in the whole window after the rule"),
        h.counterfactual_usd.optional("see absence_reason"),
        h.excess_low_usd.optional("see band_absence_reason"),
        h.excess_usd.optional("see absence_reason"),
        h.excess_high_usd.optional("see band_absence_reason"),
        h.excess_ratio.optional("see ratio_absence_reason"),
        h.band_low_ratio.optional("see band_absence_reason"),
        h.band_high_ratio.optional("see band_absence_reason"),
        h.is_outside_band.optional("no ratio or no band"),
        h.n_placebos,
        c.absence_reason.optional("excess_usd is present"),
        h.ratio_absence_reason.optional("the ratio is present"),
        h.band_absence_reason.optional("the band is present"),
        w.claim_limit,
        c.licence_id,
        *LABELS,
    )
    key = ("rule_id", "exporter_iso3", "product_code", "window_kind", "destination_iso3")
    measure = "excess_usd"
    ordered = (("excess_low_usd", "excess_usd", "excess_high_usd"),)


class MetricHubExcess(Table):
    """One row per rule, exporter, hub, HS code and window (A12): exports to the hub above constant shares, with the band."""

    layer = "metrics"
    name = "metric_hub_excess"
    design = "pre_post"
    columns = (
        c.rule_id,
        w.exporter_iso3,
        w.hub_iso3,
        t.product_code,
        w.window_kind,
        m.base_start,
        m.base_end,
        c.period_start,
        c.period_end,
        h.base_usd.optional("not present in the whole base window"),
        h.actual_usd.optional("not present in the whole window after the rule"),
        h.counterfactual_usd.optional("see absence_reason"),
        h.excess_low_usd.optional("see band_absence_reason"),
        h.excess_usd.optional("see absence_reason"),
        h.excess_high_usd.optional("see band_absence_reason"),
        h.positive_excess_usd.optional("see absence_reason"),
        h.excess_ratio.optional("see ratio_absence_reason"),
        h.band_low_ratio.optional("see band_absence_reason"),
        h.band_high_ratio.optional("see band_absence_reason"),
        h.is_outside_band.optional("no ratio or no band"),
        h.n_placebos,
        h.n_rest.optional("the hub is not in the exporter's report"),
        h.rest_world_share.optional("the hub is not in the exporter's report, or its World is not loaded for the base window"),
        c.absence_reason.optional("excess_usd is present"),
        h.ratio_absence_reason.optional("the ratio is present"),
        h.band_absence_reason.optional("the band is present"),
        w.claim_limit,
        c.licence_id.optional("the hub is not in the exporter's report"),
        *LABELS,
    )
    key = ("rule_id", "exporter_iso3", "hub_iso3", "product_code", "window_kind")
    measure = "excess_usd"
    ordered = (("excess_low_usd", "excess_usd", "excess_high_usd"),)


class MetricDiversion(Table):
    """One row per rule, exporter, target, HS code and window (A13): hub excess over the shortfall of direct exports.

    Hubs are those of the table of hubs; those without an excess in the exporter's report are named.
    """

    layer = "metrics"
    name = "metric_diversion"
    design = "pre_post"
    columns = (
        c.rule_id,
        w.exporter_iso3,
        h.target_iso3,
        t.product_code,
        w.window_kind,
        m.base_start,
        m.base_end,
        c.period_start,
        c.period_end,
        h.counterfactual_usd.optional("see absence_reason"),
        h.actual_usd.optional("see absence_reason"),
        h.shortfall_low_usd.optional("see band_absence_reason"),
        h.shortfall_usd.optional("see absence_reason"),
        h.shortfall_high_usd.optional("see band_absence_reason"),
        h.excess_low_usd.optional("see band_absence_reason"),
        h.excess_usd.optional("no hub has an excess"),
        h.excess_high_usd.optional("see band_absence_reason"),
        h.offset_low.optional("see band_absence_reason"),
        h.offset_index.optional("see absence_reason"),
        h.offset_high.optional("see band_absence_reason"),
        h.band_absence_reason.optional("both ends are present, or there is no offset"),
        m.n_expected,
        m.n_present,
        w.missing_hubs.optional("none is missing"),
        c.absence_reason.optional("offset_index is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("rule_id", "exporter_iso3", "target_iso3", "product_code", "window_kind")
    measure = "offset_index"
    ordered = (
        ("shortfall_low_usd", "shortfall_usd", "shortfall_high_usd"),
        ("excess_low_usd", "excess_usd", "excess_high_usd"),
        ("offset_low", "offset_index", "offset_high"),
    )


class MetricLostInTransit(Table):
    """One row per exporter, hub, HS code and window (A13): share of goods declared for the hub that the hub does not record."""

    layer = "metrics"
    name = "metric_lost_in_transit"
    design = "pre_post"
    columns = (
        w.exporter_iso3,
        w.hub_iso3,
        t.product_code,
        w.window_kind,
        c.period_start,
        c.period_end,
        w.exporter_usd,
        w.importer_fob_usd.optional("the hub's imports are not loaded, or their freight is unknown"),
        h.lost_share_low.optional("see absence_reason"),
        h.lost_share.optional("see absence_reason"),
        h.lost_share_high.optional("see absence_reason"),
        c.absence_reason.optional("lost_share is present"),
        w.claim_limit,
        w.pair_licence_id,
        *LABELS,
    )
    key = ("exporter_iso3", "hub_iso3", "product_code", "window_kind", "period_start")
    measure = "lost_share"
    ordered = (("lost_share_low", "lost_share", "lost_share_high"),)


class MetricOriginBound(Table):
    """One row per hub, destination, origin, goods and window (A14): how much of what the hub sends on can come from the origin.

    The bounds are an identified set, not a confidence interval. Origin WLD marks goods of a hub without any loaded origin.
    """

    layer = "metrics"
    name = "metric_origin_bound"
    columns = (
        w.hub_iso3,
        f.destination_iso3,
        w.origin_iso3,
        h.goods_id,
        w.window_kind,
        c.period_start,
        c.period_end,
        h.sent_on_usd.optional("the hub's exports to the destination are not loaded"),
        h.onward_basis.optional("the hub's exports to the destination are not loaded"),
        h.arrived_usd.optional("the hub's imports are not loaded"),
        h.arrived_other_usd.optional("the hub's imports are not loaded"),
        h.origin_lower_usd.optional("see absence_reason"),
        h.origin_mix_usd.optional("see absence_reason, or the bounds are infeasible"),
        h.origin_upper_usd.optional("see absence_reason"),
        h.bound_state,
        c.absence_reason.optional("origin_upper_usd is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("hub_iso3", "destination_iso3", "origin_iso3", "goods_id", "window_kind", "period_start")
    measure = "origin_upper_usd"
    ordered = (("origin_lower_usd", "origin_mix_usd", "origin_upper_usd"),)


class MetricOriginChain(Table):
    """One row per pair of hubs in a row, destination, origin, goods and window (A14): what came from the origin through both.

    Bounds by two mass balances, an identified set; only the proportional mix multiplies shares. They hold if what the first hub
    declares for the second arrives there in the same window. Origin WLD marks a first hub without any loaded origin.
    """

    layer = "metrics"
    name = "metric_origin_chain"
    columns = (
        h.first_hub_iso3,
        h.second_hub_iso3,
        f.destination_iso3,
        w.origin_iso3,
        h.goods_id,
        w.window_kind,
        c.period_start,
        c.period_end,
        h.arrived_usd.optional("the first hub's imports by origin are not loaded"),
        h.first_sent_usd.optional("the first hub's exports to the second are not loaded"),
        h.sent_on_usd.optional("the second hub's exports to the destination are not loaded"),
        h.origin_lower_usd.optional("see absence_reason"),
        h.origin_mix_usd.optional("see absence_reason, or the bounds are infeasible"),
        h.origin_upper_usd.optional("see absence_reason"),
        h.bound_state,
        h.missing_parts.optional("nothing is missing"),
        c.absence_reason.optional("origin_upper_usd is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("first_hub_iso3", "second_hub_iso3", "destination_iso3", "origin_iso3", "goods_id", "window_kind", "period_start")
    measure = "origin_upper_usd"
    ordered = (("origin_lower_usd", "origin_mix_usd", "origin_upper_usd"),)
