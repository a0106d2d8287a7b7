"""Core tables: dimensions and facts at their stated grain."""

from types import MappingProxyType

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reference as r
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables import meta
from pipelines.schemas.tables import staging as s
from pipelines.schemas.tables import tidy_reference as ref

LABELS = (c.value_label, c.evidence_label)


class DimCountry(Table):
    """One row per country, territory or documented special code."""

    layer = "core"
    name = "dim_country"
    columns = ref.Country.columns
    key = ref.Country.key


class DimProduct(Table):
    """One row per HS heading or subheading."""

    layer = "core"
    name = "dim_product"
    columns = ref.Product.columns
    key = ref.Product.key


class DimNationalLine(Table):
    """One row per national tariff or statistical line."""

    layer = "core"
    name = "dim_national_line"
    columns = ref.NationalLine.columns
    key = ref.NationalLine.key


class DimHub(Table):
    """One row per trade hub valid at as_of."""

    layer = "core"
    name = "dim_hub"
    columns = ref.Hub.columns
    key = ref.Hub.key


class DimFlowParameter(Table):
    """One row per parameter interval of the flow metrics valid at some time; the most specific row goes first."""

    layer = "core"
    name = "dim_flow_parameter"
    columns = ref.FlowParameter.columns
    key = ref.FlowParameter.key
    ordered = ref.FlowParameter.ordered


class DimPurity(Table):
    """One row per purity interval of an HS6 code."""

    layer = "core"
    name = "dim_purity"
    columns = ref.Purity.columns
    key = ref.Purity.key
    ordered = ref.Purity.ordered


class DimChip(Table):
    """One row per accelerator model announced by as_of."""

    layer = "core"
    name = "dim_chip"
    columns = s.StgChip.columns
    key = s.StgChip.key


class DimSource(Table):
    """One row per publisher."""

    layer = "core"
    name = "dim_source"
    columns = ref.Source.columns
    key = ref.Source.key


class DimLicence(Table):
    """One row per licence or set of terms."""

    layer = "core"
    name = "dim_licence"
    columns = ref.Licence.columns
    key = ref.Licence.key


class DimDataset(Table):
    """One row per input file: bytes, hash, account of rows, and for statistics the publisher file behind it."""

    layer = "core"
    name = "dim_dataset"
    columns = (
        *meta.Dataset.columns,
        r.origin_url.optional("compiled in this project"),
        r.file_sha256.optional("compiled in this project"),
        r.parser.optional("compiled in this project"),
        r.checks.optional("compiled in this project"),
        m.has_all_lines.optional("not a file of national lines"),
    )
    key = meta.Dataset.key


class DimMonth(Table):
    """One row per calendar month."""

    layer = "core"
    name = "dim_month"
    columns = meta.Calendar.columns
    key = meta.Calendar.key


CELL = (
    c.source_id,
    c.dataset_id,
    t.release_id,
    c.reporter_iso3,
    c.partner_iso3,
    t.flow,
    t.trade_basis,
    t.classification,
    t.product_code,
    c.hs6.optional("the code is a four-digit heading"),
    t.hs_revision.optional("the file does not state it"),
    c.frequency,
    c.period_start,
    c.period_end,
    t.period_status,
)
AMOUNTS = (
    t.value_usd.optional("see absence_reason"),
    t.value_local.optional("the publisher files in US dollars"),
    t.currency.optional("the publisher files in US dollars"),
    t.duty_usd.optional("not in the file"),
    t.value_basis,
    t.quantity.optional("not filed"),
    t.quantity_unit.optional("not filed"),
    t.net_kg.optional("not filed"),
    t.is_quantity_estimated.optional("no quantity"),
    t.is_weight_estimated.optional("no weight"),
    c.absence_reason.optional("value_usd is present"),
)
FLOW_KEY = (
    "release_id",
    "reporter_iso3",
    "partner_iso3",
    "flow",
    "trade_basis",
    "classification",
    "product_code",
    "period_start",
)


class FactTradeFlow(Table):
    """One row per source, reporter, partner, flow, classification, code, period and release: the total over every breakdown."""

    layer = "core"
    name = "fact_trade_flow"
    sliced_by = MappingProxyType({"staging.stg_trade_obs": "reporter_iso3"})
    columns = (
        *CELL,
        *AMOUNTS,
        t.breakdown_parts,
        t.is_taiwan_proxy,
        c.source_row.optional("the cell was added up from its parts"),
        c.known_at,
        c.vintage_at,
        c.is_later_vintage,
        t.is_current,
        c.licence_id,
        *LABELS,
    )
    key = FLOW_KEY
    measure = "value_usd"


class FactControlTotal(Table):
    """One row per filed total (World or a group of countries): kept apart from the cells it adds up, never summed with them."""

    layer = "core"
    name = "fact_control_total"
    columns = (
        *CELL,
        m.control_kind,
        *AMOUNTS,
        c.source_row,
        c.known_at,
        c.vintage_at,
        c.is_later_vintage,
        t.is_current,
        c.licence_id,
        *LABELS,
    )
    key = FLOW_KEY
    measure = "value_usd"


class FactSelfTrade(Table):
    """One row per filed record of a country trading with itself (re-imports), kept out of the bilateral cube."""

    layer = "core"
    name = "fact_self_trade"
    columns = (*CELL, *AMOUNTS, c.source_row, c.known_at, c.vintage_at, c.is_later_vintage, c.licence_id, *LABELS)
    key = FLOW_KEY
    measure = "value_usd"


class FactFiling(Table):
    """One row per release, reporter, flow and period: did this reporter file?"""

    layer = "core"
    name = "fact_filing"
    columns = (
        c.source_id,
        c.dataset_id,
        t.release_id,
        c.reporter_iso3,
        t.flow,
        t.trade_basis,
        c.frequency,
        c.period_start,
        c.period_end,
        t.filing_state,
        t.n_rows,
    )
    key = ("release_id", "reporter_iso3", "flow", "trade_basis", "frequency", "period_start")


class FactRuleChange(Table):
    """One row per rule with its dates and what it touches, as known at as_of."""

    layer = "core"
    name = "fact_rule_change"
    columns = (*s.StgRuleChange.columns, *LABELS)
    key = s.StgRuleChange.key


class FactChipRegime(Table):
    """One row per interval of a chip under one side's control."""

    layer = "core"
    name = "fact_chip_regime"
    columns = (*s.StgChipRegime.columns, *LABELS)
    key = s.StgChipRegime.key


class FactClaim(Table):
    """One row per published estimate with bounds, period, independence group and grade."""

    layer = "core"
    name = "fact_claim"
    columns = (*s.StgClaim.columns, *LABELS)
    key = s.StgClaim.key
    ordered = s.StgClaim.ordered


class FactSupply(Table):
    """One row per published supply figure."""

    layer = "core"
    name = "fact_supply"
    columns = (*s.StgSupply.columns, *LABELS)
    key = s.StgSupply.key
    ordered = s.StgSupply.ordered
    may_be_empty = True


class FactPrice(Table):
    """One row per price observation."""

    layer = "core"
    name = "fact_price"
    columns = (*s.StgPrice.columns, *LABELS)
    key = s.StgPrice.key
    ordered = s.StgPrice.ordered
    may_be_empty = True


class FactShare(Table):
    """One row per published market share."""

    layer = "core"
    name = "fact_share"
    columns = (*s.StgShare.columns, *LABELS)
    key = s.StgShare.key
    ordered = s.StgShare.ordered
    may_be_empty = True


class FactImportHeadline(Table):
    """One row per printed China Customs headline; a check on totals, never a monthly series."""

    layer = "core"
    name = "fact_import_headline"
    columns = (*s.StgImportHeadline.columns, *LABELS)
    key = s.StgImportHeadline.key
    ordered = s.StgImportHeadline.ordered
    may_be_empty = True


class FactComputeSeries(Table):
    """One row of a published compute series for China."""

    layer = "core"
    name = "fact_compute_series"
    columns = (*s.StgComputeSeries.columns, *LABELS)
    key = s.StgComputeSeries.key
    ordered = s.StgComputeSeries.ordered
    may_be_empty = True


class FactFigure(Table):
    """One row per number in the curated facts that a metric may use, addressed as table:row:column."""

    layer = "core"
    name = "fact_figure"
    columns = (r.figure_id, m.figure_table, m.figure_value, c.known_at)
    key = ("figure_id",)
