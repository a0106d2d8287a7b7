"""Staging tables of what stands beside trade, as it was known at as_of, one vintage of each row."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import context as x
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables import tidy_context as tidy

CONTEXT_FLAGS = (t.is_current, c.is_later_vintage)


class StgFxRate(Table):
    """One row per publisher, currency and month: units of the currency per US dollar, crossed within the publisher.

    `is_chosen_rate` marks one publisher for each currency and month: HKMA, then ECB, then Federal Reserve H.10.
    """

    layer = "staging"
    name = "stg_fx_rate"
    columns = (
        c.source_id,
        t.currency,
        c.period_start,
        c.period_end,
        t.local_per_usd,
        x.is_chosen_rate,
        c.known_at,
        c.vintage_at,
        c.is_later_vintage,
    )
    key = ("source_id", "currency", "period_start")
    ordered = (("period_start", "period_end"),)
    may_be_empty = True


class StgRegisterDocument(Table):
    """One row per Federal Register document printed by as_of, as last retrieved by then."""

    layer = "staging"
    name = "stg_register_document"
    columns = (*tidy.RegisterDocument.columns, c.is_later_vintage)
    key = ("document_number",)
    may_be_empty = True


class StgScreenedEntity(Table):
    """One row per company on a screening list and snapshot; `is_current` marks the latest snapshot by as_of."""

    layer = "staging"
    name = "stg_screened_entity"
    columns = (*tidy.ScreenedEntity.columns, *CONTEXT_FLAGS)
    key = tidy.KEY
    may_be_empty = True


class StgSegmentRevenue(Table):
    """One row per area, period and filing known at as_of; `is_current` marks the latest filing that states the period."""

    layer = "staging"
    name = "stg_segment_revenue"
    columns = (*tidy.SegmentRevenue.columns, *CONTEXT_FLAGS)
    key = tidy.KEY
    may_be_empty = True


class StgChipSalesEstimate(Table):
    """One row per chip, owner, period and unit of a chip-sales archive; `is_current` marks the latest archive by as_of."""

    layer = "staging"
    name = "stg_chip_sales_estimate"
    columns = (*tidy.ChipSalesEstimate.columns, *CONTEXT_FLAGS)
    key = tidy.KEY
    may_be_empty = True
