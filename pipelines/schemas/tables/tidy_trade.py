"""Tidy tables of official trade statistics."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table

NOT_FILED = "the publisher does not give it for this record"


class TradeObs(Table):
    """One row per record that a publisher filed: reporter, partner, flow, code, period and breakdown, as published."""

    layer = "tidy"
    name = "trade_obs"
    columns = (
        c.source_id,
        c.dataset_id,
        c.source_row,
        c.reporter_iso3,
        c.partner_iso3,
        t.is_taiwan_proxy,
        t.flow,
        t.trade_basis,
        t.classification,
        t.hs_revision.optional("national line or heading whose HS revision the file does not state"),
        t.product_code,
        c.period_start,
        c.period_end,
        c.frequency,
        t.period_status,
        t.partner2_code,
        t.customs_code,
        t.transport_code,
        t.value_usd.optional("suppressed or missing, see absence_reason"),
        t.value_local.optional("the publisher files in US dollars"),
        t.currency.optional("the publisher files in US dollars"),
        t.local_per_usd.optional("the publisher files in US dollars"),
        t.duty_usd.optional(NOT_FILED),
        t.value_basis,
        t.quantity.optional(NOT_FILED),
        t.quantity_unit.optional(NOT_FILED),
        t.is_quantity_estimated.optional("no quantity"),
        t.net_kg.optional(NOT_FILED),
        t.is_weight_estimated.optional("no weight"),
        c.absence_reason.optional("value_usd is present"),
        c.known_at,
        c.vintage_at,
        c.source_file_sha256,
    )
    key = ("dataset_id", "vintage_at", "source_file_sha256", "source_row")
    measure = "value_usd"
    ordered = (("period_start", "period_end"), ("known_at", "vintage_at"))
