"""Reports of hub metrics. Amounts under terms that keep single records inside are rounded to 10 million US dollars."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import flows as w
from pipelines.schemas.fields import hubs as h
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reports as p
from pipelines.schemas.fields import trade as t
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report


class RptRetainedImport(Report):
    """One row per country, HS code and year: share of imports that stays after re-exports; hubs that are not loaded say so."""

    name = "rpt_retained_import"
    columns = (
        c.country_iso3,
        p.reporter_name,
        t.product_code,
        p.goods_title,
        c.period_start,
        p.retained_share_low.optional("see absence_reason"),
        p.retained_share.optional("see absence_reason"),
        p.retained_share_high.optional("see absence_reason"),
        h.is_over_reexport.optional("see absence_reason"),
        h.is_hub,
        p.coverage_statement,
        c.absence_reason.optional("retained_share is present"),
        *LABELS,
    )
    key = ("country_iso3", "product_code", "period_start")


class RptHubThroughput(Report):
    """One row per hub, target, goods and window: what leaves the hub over what arrives; what is not loaded says so."""

    name = "rpt_hub_throughput"
    columns = (
        w.hub_iso3,
        p.hub_name,
        h.target_iso3,
        p.target_name,
        h.goods_id,
        p.goods_title,
        w.window_kind,
        c.period_start,
        h.throughput_low.optional("see absence_reason"),
        h.throughput.optional("see absence_reason"),
        h.throughput_high.optional("see absence_reason"),
        h.relative_throughput.optional("see ratio_absence_reason"),
        h.ratio_absence_reason.optional("the ratio is present"),
        h.onward_basis.optional("nothing sent on is loaded"),
        h.is_own_output_included,
        p.coverage_statement,
        c.absence_reason.optional("throughput is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("hub_iso3", "target_iso3", "goods_id", "window_kind", "period_start")


class RptHubPassThrough(Report):
    """One row per hub, target, goods and regression: how much of a rise in arrivals leaves again for the target."""

    name = "rpt_hub_pass_through"
    design = "description"
    columns = (
        w.hub_iso3,
        p.hub_name,
        h.target_iso3,
        p.target_name,
        h.goods_id,
        p.goods_title,
        h.regression,
        h.pass_through_low.optional("see absence_reason"),
        h.pass_through.optional("see absence_reason"),
        h.pass_through_high.optional("see absence_reason"),
        h.n_months_used,
        c.absence_reason.optional("pass_through is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("hub_iso3", "target_iso3", "goods_id", "regression")


class RptHubExcess(Report):
    """One row per rule, exporter, hub, HS code and window: exports to the hub above constant shares, or why not."""

    name = "rpt_hub_excess"
    design = "pre_post"
    columns = (
        c.rule_id,
        p.rule_title,
        w.exporter_iso3,
        p.exporter_name,
        w.hub_iso3,
        p.hub_name,
        t.product_code,
        p.goods_title,
        w.window_kind,
        m.base_start,
        m.base_end,
        c.period_start,
        c.period_end,
        h.base_usd.optional("not present in the whole window"),
        h.actual_usd.optional("not present in the whole window"),
        h.counterfactual_usd.optional("see absence_reason"),
        h.excess_low_usd.optional("see band_absence_reason"),
        h.excess_usd.optional("see absence_reason"),
        h.excess_high_usd.optional("see band_absence_reason"),
        h.excess_ratio.optional("see ratio_absence_reason"),
        h.ratio_absence_reason.optional("the ratio is present"),
        h.band_low_ratio.optional("see band_absence_reason"),
        h.band_high_ratio.optional("see band_absence_reason"),
        h.is_outside_band.optional("no ratio or no band"),
        h.n_placebos,
        h.band_absence_reason.optional("the band is present"),
        p.coverage_statement,
        p.is_rounded_by_terms,
        c.absence_reason.optional("excess_usd is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("rule_id", "exporter_iso3", "hub_iso3", "product_code", "window_kind")


class RptDiversion(Report):
    """One row per rule, exporter, target, HS code and window: offset of lost direct exports by hubs, and why it is open."""

    name = "rpt_diversion"
    design = "pre_post"
    columns = (
        c.rule_id,
        p.rule_title,
        w.exporter_iso3,
        p.exporter_name,
        h.target_iso3,
        p.target_name,
        t.product_code,
        p.goods_title,
        w.window_kind,
        c.period_start,
        c.period_end,
        h.offset_low.optional("see band_absence_reason"),
        h.offset_index.optional("see absence_reason"),
        h.offset_high.optional("see band_absence_reason"),
        h.band_absence_reason.optional("both ends are present, or there is no offset"),
        p.coverage_statement,
        c.absence_reason.optional("offset_index is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("rule_id", "exporter_iso3", "target_iso3", "product_code", "window_kind")


class RptLostInTransit(Report):
    """One row per exporter, hub, HS code and year: share of goods declared for the hub that the hub does not record."""

    name = "rpt_lost_in_transit"
    design = "pre_post"
    columns = (
        w.exporter_iso3,
        p.exporter_name,
        w.hub_iso3,
        p.hub_name,
        t.product_code,
        p.goods_title,
        c.period_start,
        h.lost_share_low.optional("see absence_reason"),
        h.lost_share.optional("see absence_reason"),
        h.lost_share_high.optional("see absence_reason"),
        p.coverage_statement,
        c.absence_reason.optional("lost_share is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("exporter_iso3", "hub_iso3", "product_code", "period_start")


class RptOriginBound(Report):
    """One row per hub, destination, origin, goods and window: share of goods sent on that can and must come from the origin."""

    name = "rpt_origin_bound"
    columns = (
        w.hub_iso3,
        p.hub_name,
        f.destination_iso3,
        p.destination_name,
        w.origin_iso3,
        p.origin_name,
        h.goods_id,
        p.goods_title,
        w.window_kind,
        c.period_start,
        p.origin_lower_share.optional("see ratio_absence_reason"),
        p.origin_mix_share.optional("see absence_reason, or the bounds are infeasible"),
        p.origin_upper_share.optional("see ratio_absence_reason"),
        h.ratio_absence_reason.optional("the ratio is present"),
        h.bound_state,
        p.coverage_statement,
        c.absence_reason.optional("the bounds are present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("hub_iso3", "destination_iso3", "origin_iso3", "goods_id", "window_kind", "period_start")


class RptDestinationShift(Report):
    """One row per rule, exporter, HS code, window and destination: exports after the rule against constant shares."""

    name = "rpt_destination_shift"
    design = "pre_post"
    columns = (
        c.rule_id,
        p.rule_title,
        w.exporter_iso3,
        p.exporter_name,
        f.destination_iso3,
        p.destination_name,
        h.destination_role,
        t.product_code,
        p.goods_title,
        w.window_kind,
        c.period_start,
        c.period_end,
        h.base_usd.optional("not present in the whole window"),
        h.actual_usd.optional("not present in the whole window"),
        h.counterfactual_usd.optional("see absence_reason"),
        h.excess_usd.optional("see absence_reason"),
        h.excess_ratio.optional("see ratio_absence_reason"),
        h.ratio_absence_reason.optional("the ratio is present"),
        h.band_low_ratio.optional("see band_absence_reason"),
        h.band_high_ratio.optional("see band_absence_reason"),
        h.band_absence_reason.optional("the band is present"),
        p.coverage_statement,
        p.is_rounded_by_terms,
        c.absence_reason.optional("excess_usd is present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("rule_id", "exporter_iso3", "product_code", "window_kind", "destination_iso3")


class RptOriginChain(Report):
    """One row per pair of hubs in a row, destination, origin, goods and window: share sent on that can come through both hubs."""

    name = "rpt_origin_chain"
    columns = (
        h.first_hub_iso3,
        p.first_hub_name,
        h.second_hub_iso3,
        p.second_hub_name,
        f.destination_iso3,
        p.destination_name,
        w.origin_iso3,
        p.origin_name,
        h.goods_id,
        p.goods_title,
        w.window_kind,
        c.period_start,
        p.origin_lower_share.optional("see ratio_absence_reason"),
        p.origin_mix_share.optional("see ratio_absence_reason, or the bounds are infeasible"),
        p.origin_upper_share.optional("see ratio_absence_reason"),
        h.ratio_absence_reason.optional("the bounds are present"),
        h.bound_state,
        p.coverage_statement,
        c.absence_reason.optional("the bounds are present"),
        w.claim_limit,
        *LABELS,
    )
    key = ("first_hub_iso3", "second_hub_iso3", "destination_iso3", "origin_iso3", "goods_id", "window_kind", "period_start")
