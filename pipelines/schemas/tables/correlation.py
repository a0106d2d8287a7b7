"""Tables of correlation between HS revisions as published, and where the shipped links differ from them."""

from pipelines.schemas.fields import baci as y
from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import harmonised as h
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report

KEY = ("dataset_id", "vintage_at", "source_file_sha256", "source_row")
NODES = (h.newer_revision, h.older_revision, h.newer_code, h.older_code)


class HsCorrelation(Table):
    """One row per link between a newer and an older six-digit code in a correlation table of the UN Statistics Division.

    A link says that some goods of one code are in the other, not how many: it is no rule to convert values by.
    """

    layer = "tidy"
    name = "hs_correlation"
    columns = (
        c.source_id,
        c.dataset_id,
        c.source_row,
        *NODES,
        h.relationship,
        c.known_at,
        c.vintage_at,
        c.source_file_sha256,
    )
    key = KEY
    may_be_empty = True


class StgHsCorrelation(Table):
    """One row per link of a correlation table retrieved by as_of: of each pair of revisions the latest table."""

    layer = "staging"
    name = "stg_hs_correlation"
    columns = (*HsCorrelation.columns, h.is_waste_link, c.is_later_vintage)
    key = ("newer_revision", "older_revision", "newer_code", "older_code")
    may_be_empty = True


class RptHsLinkDifference(Report):
    """One row per link in which the shipped links between HS revisions and a loaded correlation table differ.

    Only pairs of revisions that are loaded; a code whose shipped links are not said to be complete may lack some.
    """

    name = "rpt_hs_link_difference"
    columns = (
        *NODES,
        y.link_difference,
        h.relationship.optional("not among the shipped links"),
        y.table_relationship.optional("not in the loaded table"),
        *LABELS,
    )
    key = ("newer_revision", "older_revision", "newer_code", "older_code")
    may_be_empty = True
