"""Tidy tables of what stands beside trade: exchange rates, register documents, screened entities, revenue, chip sales."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import context as x
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table

ORIGIN = (c.source_id, c.dataset_id, c.source_row)
TIMES = (c.known_at, c.vintage_at, c.source_file_sha256)
KEY = ("dataset_id", "vintage_at", "source_file_sha256", "source_row")
NOT_STATED = "not stated"


class FxRate(Table):
    """One row per published or averaged monthly exchange rate of a publisher's answer."""

    layer = "tidy"
    name = "fx_rate"
    columns = (
        *ORIGIN,
        t.currency,
        x.base_currency,
        c.period_start,
        c.period_end,
        x.rate,
        x.rate_kind,
        x.days_averaged.optional("the publisher averaged"),
        *TIMES,
    )
    key = KEY
    ordered = (("period_start", "period_end"), ("known_at", "vintage_at"))
    may_be_empty = True


class RegisterDocument(Table):
    """One row per document of the Federal Register in an answer; the day of print is never the event date."""

    layer = "tidy"
    name = "register_document"
    columns = (
        *ORIGIN,
        x.document_number,
        x.document_type,
        c.title,
        x.action_text.optional(NOT_STATED),
        f.published_date,
        x.effective_on.optional("the register lists none"),
        x.dates_text.optional("no DATES caption"),
        x.n_dates,
        x.is_staggered,
        x.citation.optional("not printed yet"),
        x.cfr_references.optional("none"),
        x.docket_ids.optional("none"),
        x.correction_of.optional("not a correction"),
        c.url,
        *TIMES,
    )
    key = KEY
    may_be_empty = True


class ScreenedEntity(Table):
    """One row per company on a screening list in a snapshot; people, vessels and aircraft are left out by rule."""

    layer = "tidy"
    name = "screened_entity"
    columns = (
        *ORIGIN,
        x.entity_id,
        x.screening_list,
        x.entity_name,
        x.alternative_names.optional(NOT_STATED),
        x.entity_addresses.optional(NOT_STATED),
        x.programs.optional(NOT_STATED),
        x.federal_register_notice.optional(NOT_STATED),
        x.listed_on.optional(NOT_STATED),
        x.listed_until.optional("still listed, or not stated"),
        x.license_requirement.optional(NOT_STATED),
        x.license_policy.optional(NOT_STATED),
        *TIMES,
    )
    key = KEY
    may_be_empty = True


class SegmentRevenue(Table):
    """One row per area and period of a company's revenue by geography, as a filing tags it."""

    layer = "tidy"
    name = "segment_revenue"
    columns = (
        *ORIGIN,
        x.company,
        x.accession,
        x.form,
        x.filed_on,
        x.segment_member,
        x.segment_iso3.optional("an area of several countries"),
        x.segment_basis,
        c.period_start,
        c.period_end,
        x.revenue_usd,
        *TIMES,
    )
    key = KEY
    ordered = (("period_start", "period_end"), ("known_at", "vintage_at"))
    may_be_empty = True


class ChipSalesEstimate(Table):
    """One row per chip, owner, period and unit of a published timeline of chip sales: 5th percentile, median, 95th."""

    layer = "tidy"
    name = "chip_sales_estimate"
    columns = (
        *ORIGIN,
        c.vendor,
        c.chip,
        x.owner,
        c.period_start,
        c.period_end,
        f.accumulation,
        c.unit,
        x.estimate_low.optional(NOT_STATED),
        x.estimate_median,
        x.estimate_high.optional(NOT_STATED),
        f.is_incomplete,
        f.source_file,
        *TIMES,
    )
    key = KEY
    ordered = (("period_start", "period_end"), ("estimate_low", "estimate_high"))
    may_be_empty = True
