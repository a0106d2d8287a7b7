"""Tables of the HS revision chain (A2): links between revisions, components, weights, paths, converted series, sheets."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import harmonised as h
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report

PAIR = (h.newer_revision, h.older_revision)
PAIR_KEY = ("newer_revision", "older_revision")
CELL_KEY = ("source_id", "reporter_iso3", "partner_iso3", "flow", "trade_basis", "frequency", "period_start")


class HsLink(Table):
    """One row per pair of HS revisions, newer and older code that the UNSD correlation table links; a part of that table."""

    layer = "tidy"
    name = "hs_link"
    columns = (
        *PAIR,
        h.newer_code,
        h.older_code,
        h.relationship,
        h.is_waste_link,
        h.is_newer_complete,
        h.is_older_complete,
        c.reason,
    )
    key = (*PAIR_KEY, "newer_code", "older_code")


class HsComponentSize(Table):
    """One row per pair of HS revisions, link scope and newer code whose component was counted over the full table."""

    layer = "tidy"
    name = "hs_component_size"
    columns = (*PAIR, h.link_scope, h.newer_code, h.n_nodes_published, h.is_one_to_one, c.reason)
    key = (*PAIR_KEY, "link_scope", "newer_code")


class DimHsLink(Table):
    """One row per pair of HS revisions, newer and older code that the correlation table links."""

    layer = "core"
    name = "dim_hs_link"
    columns = HsLink.columns
    key = HsLink.key


class MetricHsCell(Table):
    """One row per cell of six-digit official trade and HS revision that it was filed in: the latest release of each (A2).

    A cell that was filed again in another revision stands once for each, which is what trade shares are taken from.
    """

    layer = "metrics"
    name = "metric_hs_cell"
    columns = (
        c.source_id,
        c.dataset_id,
        c.reporter_iso3,
        c.partner_iso3,
        t.flow,
        t.trade_basis,
        h.filed_revision,
        t.product_code,
        c.frequency,
        c.period_start,
        c.period_end,
        t.value_usd.optional("see absence_reason"),
        t.quantity.optional("not filed"),
        t.quantity_unit.optional("not filed"),
        t.is_current,
        c.absence_reason.optional("value_usd is present"),
        c.licence_id,
        *LABELS,
    )
    key = (*CELL_KEY, "filed_revision", "product_code")
    measure = "value_usd"


class MetricHsComponent(Table):
    """One row per pair of HS revisions, link scope and newer code (A2): the component of linked codes that it belongs to.

    Only a component that is wholly known may be called exact; a small one from a part of the table proves nothing.
    """

    layer = "metrics"
    name = "metric_hs_component"
    columns = (
        *PAIR,
        h.link_scope,
        h.newer_code,
        h.older_code.optional("several older codes"),
        h.component_id,
        h.n_nodes,
        h.n_newer,
        h.n_older,
        h.n_nodes_published.optional("not counted over the full table"),
        h.is_table_complete,
        h.is_exact,
        h.comparability,
        *LABELS,
    )
    key = (*PAIR_KEY, "link_scope", "newer_code")


class MetricHsWeightFit(Table):
    """One row per link between goods (A2): weight by constrained least squares on reporters that switched revisions."""

    layer = "metrics"
    name = "metric_hs_weight_fit"
    columns = (
        *PAIR,
        h.older_code,
        h.newer_code,
        h.code_weight.optional("see absence_reason"),
        h.n_observations,
        c.absence_reason.optional("code_weight is present"),
        *LABELS,
    )
    key = (*PAIR_KEY, "older_code", "newer_code")
    measure = "code_weight"


class MetricHsWeight(Table):
    """One row per link between goods and method (A2): share of the older code's value that goes to the newer code."""

    layer = "metrics"
    name = "metric_hs_weight"
    columns = (
        *PAIR,
        h.older_code,
        h.newer_code,
        h.weight_method,
        h.code_weight.optional("see absence_reason"),
        h.n_targets,
        h.is_only_source,
        h.n_observations,
        h.is_guess,
        h.is_best,
        c.absence_reason.optional("code_weight is present"),
        *LABELS,
    )
    key = (*PAIR_KEY, "older_code", "newer_code", "weight_method")
    measure = "code_weight"


class MetricHsPath(Table):
    """One row per filed revision and code, target revision and target code (A2): share of the value, over all steps between.

    A code of which any part cannot be brought to the target has one row with itself as the target code and no share.
    """

    layer = "metrics"
    name = "metric_hs_path"
    columns = (
        h.filed_revision,
        h.filed_code,
        h.target_revision,
        h.target_code,
        h.n_steps,
        h.path_share_low.optional("see absence_reason"),
        h.path_share.optional("see absence_reason"),
        h.path_share_high.optional("see absence_reason"),
        h.chain_method.optional("see absence_reason"),
        h.is_only_source,
        h.is_comparable,
        c.absence_reason.optional("path_share is present"),
        *LABELS,
    )
    key = ("filed_revision", "filed_code", "target_revision", "target_code")
    measure = "path_share"
    ordered = (("path_share_low", "path_share", "path_share_high"),)


class MetricHsChain(Table):
    """One row per cell and code in the target revision (A2): value converted from the filed revision, as an interval.

    What cannot be converted keeps its filed code in a row of its own, so that filed values are accounted for to the dollar:
    chain_usd of converted rows and filed_usd of unconverted rows add up to what was filed.
    """

    layer = "metrics"
    name = "metric_hs_chain"
    columns = (
        c.source_id,
        c.reporter_iso3,
        c.partner_iso3,
        t.flow,
        t.trade_basis,
        h.target_revision,
        t.product_code,
        h.chain_state,
        c.frequency,
        c.period_start,
        c.period_end,
        h.filed_revision,
        h.n_filed_codes,
        h.filed_usd.optional("a filed value is missing"),
        h.chain_low_usd.optional("see absence_reason"),
        h.chain_usd.optional("see absence_reason"),
        h.chain_high_usd.optional("see absence_reason"),
        h.chain_quantity.optional("unconverted, not filed, or units differ"),
        t.quantity_unit.optional("unconverted, not filed, or units differ"),
        h.chain_method.optional("unconverted"),
        h.may_miss_inflow,
        h.is_comparable,
        c.absence_reason.optional("chain_usd is present"),
        c.licence_id,
        *LABELS,
    )
    key = (*CELL_KEY, "target_revision", "product_code", "filed_revision", "chain_state")
    measure = "chain_usd"
    ordered = (("chain_low_usd", "chain_usd", "chain_high_usd"),)


class RptHsComparability(Report):
    """One row per code in use and step between HS revisions: whether figures on both sides of the step count the same goods."""

    name = "rpt_hs_comparability"
    columns = (
        t.product_code,
        h.product_title,
        h.revision_years,
        *PAIR,
        h.comparability,
        h.comparability_words,
        h.n_nodes.optional("no link of the code in the table"),
        h.n_nodes_published.optional("not counted over the full table"),
        h.weight_method.optional("no method gives weights for the step"),
        *LABELS,
    )
    key = ("product_code", *PAIR_KEY)


class RptHsChain(Report):
    """One row per cell and code in the target revision, with names in full; rows that may not be passed on are left out."""

    name = "rpt_hs_chain"
    row_level = True
    may_be_empty = True
    columns = (
        h.country_name,
        h.partner_name,
        h.product_title,
        h.comparability_words,
        *MetricHsChain.columns,
    )
    key = MetricHsChain.key
    measure = MetricHsChain.measure
    ordered = MetricHsChain.ordered
