"""Measures on reports and their exports: unit values, prices, concentration, network, vintages, areas not specified."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import harmonised as h
from pipelines.schemas.fields import measures as s
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reference as r
from pipelines.schemas.fields import reports as p
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report

CELL = (c.reporter_iso3, c.partner_iso3, t.flow, t.product_code, c.frequency, c.period_start, c.period_end)
CELL_KEY = ("reporter_iso3", "partner_iso3", "flow", "product_code", "frequency", "period_start")
RELEASED = (
    c.source_id,
    c.reporter_iso3,
    c.partner_iso3,
    t.flow,
    t.trade_basis,
    t.classification,
    t.product_code,
    c.frequency,
    c.period_start,
    c.period_end,
)
RELEASED_KEY = (
    "source_id",
    "reporter_iso3",
    "partner_iso3",
    "flow",
    "trade_basis",
    "classification",
    "product_code",
    "frequency",
    "period_start",
)


class MetricUnitValue(Table):
    """One row per reporter, partner, flow, HS code, frequency, period and quantity basis (A5): unit value and robust z.

    The value is never dropped: where the unit value is absurd, the quantity is taken to be wrong and one is imputed.
    """

    layer = "metrics"
    name = "metric_unit_value"
    design = "description"
    columns = (
        *CELL,
        s.quantity_basis,
        t.value_usd.optional("not reported"),
        s.unit_quantity,
        s.unit_value_usd.optional("see absence_reason"),
        s.median_unit_value_usd.optional("no positive unit value in the window"),
        s.log_spread.optional("no positive unit value in the window"),
        s.robust_z.optional("no positive unit value, fewer than eight in the window, or no spread"),
        s.n_window,
        s.outlier_rule.optional("no positive unit value"),
        s.is_unit_value_flagged.optional("no positive unit value, or fewer than eight in the window"),
        s.imputed_quantity.optional("not flagged"),
        c.absence_reason.optional("unit_value_usd is present"),
        c.source_id,
        c.is_later_vintage,
        c.licence_id,
        *LABELS,
    )
    key = (*CELL_KEY, "quantity_basis")
    measure = "unit_value_usd"


class MetricPriceVolume(Table):
    """One row per series, unit, period, selection of rows and price method (A5): change on a year before as price plus volume.

    Partner WLD stands for all partners of a stage together.
    """

    layer = "metrics"
    name = "metric_price_volume"
    design = "description"
    columns = (
        c.reporter_iso3,
        c.partner_iso3,
        t.flow,
        s.price_series_kind,
        s.price_series_code,
        s.quantity_basis,
        c.frequency,
        c.period_start,
        c.period_end,
        s.price_base_start,
        s.row_selection,
        s.price_method,
        s.n_varieties,
        s.matched_share.optional("no pair in both periods"),
        s.dlog_value.optional("see absence_reason"),
        s.dlog_price.optional("see absence_reason"),
        s.dlog_volume.optional("see absence_reason"),
        s.value_change.optional("see absence_reason"),
        s.price_change.optional("see absence_reason"),
        s.volume_change.optional("see absence_reason"),
        c.absence_reason.optional("dlog_value is present"),
        c.is_later_vintage,
        c.licence_id,
        *LABELS,
    )
    key = (
        "reporter_iso3",
        "partner_iso3",
        "flow",
        "price_series_kind",
        "price_series_code",
        "quantity_basis",
        "frequency",
        "period_start",
        "row_selection",
        "price_method",
    )
    measure = "dlog_value"


class MetricConcentration(Table):
    """One row per reporter, flow, HS code, frequency and period (A15): Herfindahl index over partners, with bounds."""

    layer = "metrics"
    name = "metric_concentration"
    design = "description"
    columns = (
        c.reporter_iso3,
        t.flow,
        t.product_code,
        c.frequency,
        c.period_start,
        c.period_end,
        s.partner_total_usd.optional("no partner has a positive value"),
        s.n_partners,
        s.n_residual_partners,
        s.n_negative,
        m.n_expected,
        m.n_present,
        s.world_covered_ratio.optional("no World total, or no partner has a value"),
        s.hhi_low.optional("see absence_reason"),
        s.hhi.optional("see absence_reason"),
        s.hhi_high.optional("see absence_reason"),
        s.hhi_10000.optional("see absence_reason"),
        s.effective_partners.optional("see absence_reason"),
        s.hhi_normalised.optional("fewer than two partners"),
        c.absence_reason.optional("hhi is present"),
        c.is_later_vintage,
        c.licence_id,
        *LABELS,
    )
    key = ("reporter_iso3", "flow", "product_code", "frequency", "period_start")
    measure = "hhi"
    ordered = (("hhi_low", "hhi", "hhi_high"),)


class MetricNetworkPosition(Table):
    """One row per country, HS code, year and basis of the flows (A16): transit balance and PageRank; descriptive only.

    The figures say where a country stands in the loaded reports. They are no evidence of diversion and never an accusation.
    """

    layer = "metrics"
    name = "metric_network_position"
    design = "description"
    columns = (
        c.country_iso3,
        t.product_code,
        s.flow_basis,
        c.period_start,
        c.period_end,
        s.inflow_usd.optional("no report covers what comes in"),
        s.outflow_usd.optional("no report covers what goes out"),
        s.n_in,
        s.n_out,
        s.n_countries,
        s.transit_balance.optional("see transit_reason"),
        s.transit_reason.optional("transit_balance is present"),
        s.pagerank.optional("see absence_reason"),
        s.reading,
        c.absence_reason.optional("pagerank is present"),
        *LABELS,
    )
    key = ("country_iso3", "product_code", "flow_basis", "period_start")
    measure = "pagerank"


class MetricVintage(Table):
    """One row per cell and release (A17): the figure, and from which day until which it was the latest known.

    As of a day T: known_from <= T and (known_until is NULL or T < known_until).
    """

    layer = "metrics"
    name = "metric_vintage"
    columns = (
        *RELEASED,
        t.release_id,
        s.release_number,
        t.value_usd.optional("see absence_reason"),
        s.vintage_state,
        c.absence_reason.optional("value_usd is present"),
        c.known_at,
        c.vintage_at,
        s.known_from,
        s.known_until.optional("the latest release"),
        s.known_from_basis,
        s.is_latest_release,
        s.revision.optional("no value, or the first value is not positive"),
        c.licence_id,
        *LABELS,
    )
    key = (*RELEASED_KEY, "release_id")
    measure = "value_usd"
    ordered = (("known_from", "known_until"),)


class MetricRevision(Table):
    """One row per cell with at least two releases (A17): first and latest figure and the revision between them."""

    layer = "metrics"
    name = "metric_revision"
    design = "description"
    may_be_empty = True
    columns = (
        *RELEASED,
        s.n_releases,
        s.first_usd.optional("the first release has no value"),
        s.latest_usd.optional("the latest release has no value"),
        s.first_maturity_month,
        s.maturity_month,
        s.revision.optional("see absence_reason"),
        c.absence_reason.optional("revision is present"),
        c.licence_id,
        *LABELS,
    )
    key = RELEASED_KEY
    measure = "revision"


class MetricRevisionMaturity(Table):
    """One row per source, reporter, flow, frequency and age (A17): what was still revised after a period reached that age.

    A series with one release per cell has one row, at age 0, whose absence_reason says so.
    """

    layer = "metrics"
    name = "metric_revision_maturity"
    design = "description"
    columns = (
        c.source_id,
        c.reporter_iso3,
        t.flow,
        c.frequency,
        s.maturity_month,
        s.n_revision_cells,
        s.mean_revision.optional("see absence_reason"),
        s.mean_absolute_revision.optional("see absence_reason"),
        s.revised_share.optional("see absence_reason"),
        s.nowcast_low.optional("six months old or older, or fewer than ten cells"),
        s.nowcast_high.optional("six months old or older, or fewer than ten cells"),
        c.absence_reason.optional("mean_revision is present"),
        *LABELS,
    )
    key = ("source_id", "reporter_iso3", "flow", "frequency", "maturity_month")
    measure = "mean_revision"
    ordered = (("nowcast_low", "nowcast_high"),)


class MetricAreasNes(Table):
    """One row per exporter, partner, HS code, frequency and period with exports that name no country (A18): before and after.

    The exporter is the reporter. Both figures are given: as filed, and with the unspecified exports reallocated.
    """

    layer = "metrics"
    name = "metric_areas_nes"
    columns = (
        c.reporter_iso3,
        c.partner_iso3,
        t.product_code,
        c.frequency,
        c.period_start,
        c.period_end,
        s.nes_role,
        s.nes_exporter_usd.optional("see absence_reason"),
        s.nes_importer_usd.optional("no report of the importer"),
        s.nes_shortfall_usd.optional("the importer's report is missing or not above the exporter's"),
        s.nes_moved_usd.optional("never named, or a regional group"),
        s.nes_adjusted_usd.optional("see absence_reason"),
        s.is_nes_changed,
        s.is_importer_cif,
        c.absence_reason.optional("nes_adjusted_usd is present"),
        c.is_later_vintage,
        c.licence_id,
        *LABELS,
    )
    key = ("reporter_iso3", "partner_iso3", "product_code", "frequency", "period_start")
    measure = "nes_adjusted_usd"


TITLE = h.product_title.optional("the code is not in core.dim_product")
NAMES = (h.country_name, h.partner_name, TITLE)


class RptUnitValue(Report):
    """One row per cell and unit: unit value, its median, and the quantity to use; annual rows, and every flagged month."""

    name = "rpt_unit_value"
    design = "description"
    row_level = True
    columns = (*NAMES, *MetricUnitValue.columns)
    key = MetricUnitValue.key
    measure = MetricUnitValue.measure


class RptPriceVolume(Report):
    """One row per stage, partner, period and method: change of value on a year before as price plus volume; annual cells too."""

    name = "rpt_price_volume"
    design = "description"
    columns = (h.country_name, h.partner_name, *MetricPriceVolume.columns)
    key = MetricPriceVolume.key
    measure = MetricPriceVolume.measure


class RptConcentration(Report):
    """One row per reporter, flow, HS code and year: Herfindahl index over partners, with bounds and coverage."""

    name = "rpt_concentration"
    design = "description"
    columns = (h.country_name, TITLE, p.coverage_statement, *MetricConcentration.columns)
    key = MetricConcentration.key
    measure = MetricConcentration.measure
    ordered = MetricConcentration.ordered


class RptNetworkPosition(Report):
    """One row per country, HS code of the AI chain, year and basis: transit balance and PageRank; descriptive only."""

    name = "rpt_network_position"
    design = "description"
    columns = (r.name_en, TITLE, p.coverage_statement, *MetricNetworkPosition.columns)
    key = MetricNetworkPosition.key
    measure = MetricNetworkPosition.measure


class RptRevision(Report):
    """One row per source, reporter, flow, frequency and age: what was still revised, or that there is only one release."""

    name = "rpt_revision"
    design = "description"
    columns = (h.country_name, *MetricRevisionMaturity.columns)
    key = MetricRevisionMaturity.key
    measure = MetricRevisionMaturity.measure
    ordered = MetricRevisionMaturity.ordered


class RptAreasNes(Report):
    """One row per exporter, HS code and year with exports that name no country: how far partners' reports explain them."""

    name = "rpt_areas_nes"
    columns = (
        h.country_name,
        TITLE,
        c.reporter_iso3,
        t.product_code,
        c.period_start,
        s.nes_before_usd.optional("see absence_reason"),
        s.nes_named_usd,
        s.nes_never_named_usd,
        s.nes_after_usd.optional("see absence_reason"),
        s.n_importers,
        p.coverage_statement,
        c.absence_reason.optional("nes_after_usd is present"),
        *LABELS,
    )
    key = ("reporter_iso3", "product_code", "period_start")
    measure = "nes_after_usd"
