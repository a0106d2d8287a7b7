"""The reports that every flow metric starts from: which one counts, World totals, re-exports by origin, freight rates."""

from types import MappingProxyType

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import flows as w
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS


class MetricBilateralReport(Table):
    """One row per reporter, partner, flow, HS code, frequency and period: the one report that every flow metric uses.

    Of several reports of one cell, one with a value goes first, then the national publisher before Comtrade, and general
    imports before imports for consumption. Headings are added up from subheadings where a file holds all lines, years
    from months where all twelve are present; a year with a missing month is missing.
    """

    layer = "metrics"
    name = "metric_bilateral_report"
    sliced_by = MappingProxyType({"metrics.metric_flow_cube": "reporter_iso3"})
    columns = (
        c.reporter_iso3,
        c.partner_iso3,
        t.flow,
        t.product_code,
        c.frequency,
        c.period_start,
        c.period_end,
        t.value_usd.optional("see absence_reason"),
        t.value_basis,
        t.quantity.optional("not filed, or not for every part in one unit"),
        t.quantity_unit.optional("no quantity"),
        t.is_quantity_estimated.optional("no quantity"),
        t.net_kg.optional("not filed, or not for every part"),
        t.is_weight_estimated.optional("no weight"),
        m.cell_state,
        w.report_basis,
        t.trade_basis,
        c.source_id,
        c.absence_reason.optional("value_usd is present"),
        t.is_taiwan_proxy,
        c.is_later_vintage,
        c.licence_id,
        *LABELS,
    )
    key = ("reporter_iso3", "partner_iso3", "flow", "product_code", "frequency", "period_start")
    measure = "value_usd"


class MetricWorldReport(Table):
    """One row per reporter, flow, HS code, frequency and period: the reporter's trade with the world, and whether it adds up.

    The filed World total goes first; partners are added up only where the list of partners is complete.
    """

    layer = "metrics"
    name = "metric_world_report"
    columns = (
        c.reporter_iso3,
        t.flow,
        t.product_code,
        c.frequency,
        c.period_start,
        c.period_end,
        t.value_usd.optional("see absence_reason"),
        t.value_basis,
        w.report_basis,
        w.partners_usd.optional("no partner is loaded"),
        m.n_expected,
        m.n_present,
        w.is_partner_list_complete,
        w.is_world_mismatch,
        c.source_id,
        c.absence_reason.optional("value_usd is present"),
        c.is_later_vintage,
        c.licence_id,
        *LABELS,
    )
    key = ("reporter_iso3", "flow", "product_code", "frequency", "period_start")
    measure = "value_usd"


class MetricFreightRate(Table):
    """One row per importer, HS code and year (A6): freight and insurance over FOB value as an interval, with its basis."""

    layer = "metrics"
    name = "metric_freight_rate"
    columns = (
        w.importer_iso3,
        t.product_code,
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
    measure = "freight_central"
    ordered = (("freight_low", "freight_central", "freight_high"),)


class FactReexportOrigin(Table):
    """One row per release, hub, origin, destination, HS code and period: what a hub re-exports by origin and destination."""

    layer = "core"
    name = "fact_reexport_origin"
    columns = (
        c.source_id,
        c.dataset_id,
        t.release_id,
        w.hub_iso3,
        w.origin_iso3,
        f.destination_iso3,
        t.product_code,
        c.frequency,
        c.period_start,
        c.period_end,
        t.value_usd.optional("see absence_reason"),
        c.absence_reason.optional("value_usd is present"),
        c.known_at,
        c.vintage_at,
        c.is_later_vintage,
        t.is_current,
        c.licence_id,
        *LABELS,
    )
    key = ("release_id", "hub_iso3", "origin_iso3", "destination_iso3", "product_code", "period_start")
    measure = "value_usd"
    may_be_empty = True
