"""Tables of CEPII BACI: flows as released, the newest release, and its comparison with this project's reconciled values."""

from pipelines.schemas.fields import baci as y
from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import flows as w
from pipelines.schemas.fields import reports as p
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report

KEY = ("dataset_id", "vintage_at", "source_file_sha256", "source_row")


class BaciFlow(Table):
    """One row per exporter, importer, six-digit code and year of a release of BACI, followed headings only.

    FOB, reconciled by CEPII from both reports; part of re-exports is taken out, and Hong Kong is treated unlike national data.
    A pair without a row has no flow in the release. Lines are counted on over the files of the archive.
    """

    layer = "tidy"
    name = "baci_flow"
    columns = (
        c.source_id,
        c.dataset_id,
        c.source_row,
        w.exporter_iso3,
        w.importer_iso3,
        t.hs_revision,
        t.product_code,
        c.period_start,
        c.period_end,
        t.value_usd,
        y.quantity_tonnes.optional("the release states none"),
        t.is_taiwan_proxy,
        y.release_name,
        c.known_at,
        c.vintage_at,
        c.source_file_sha256,
    )
    key = KEY
    ordered = (("period_start", "period_end"), ("known_at", "vintage_at"))
    may_be_empty = True


class StgBaciFlow(Table):
    """One row per exporter, importer, six-digit code and year of the newest release of an HS revision known at as_of.

    `period_status` is provisional for the last year of the release.
    """

    layer = "staging"
    name = "stg_baci_flow"
    columns = (*BaciFlow.columns, t.period_status, c.is_later_vintage)
    key = KEY
    may_be_empty = True


class RptBaciComparison(Report):
    """One row per exporter, importer, HS code, year and loaded BACI revision: BACI's value beside this project's reconciled one.

    Headings are sums over BACI's six-digit codes. Both are reconciled by different methods, so a ratio away from 1 is no
    error of either. Amounts under terms that keep single records inside are rounded to 10 million US dollars.
    """

    name = "rpt_baci_comparison"
    columns = (
        w.exporter_iso3,
        p.exporter_name,
        w.importer_iso3,
        p.importer_name,
        t.product_code,
        p.goods_title,
        t.hs_revision,
        y.is_revision_of_year,
        c.period_start,
        y.release_name,
        t.period_status,
        y.baci_usd.optional("no flow in BACI"),
        w.reconciled_usd.optional("see absence_reason"),
        y.baci_ratio.optional("see absence_reason"),
        c.absence_reason.optional("baci_ratio is present"),
        w.reconcile_state,
        w.is_entrepot_pair,
        p.is_rounded_by_terms,
        t.is_taiwan_proxy,
        c.is_later_vintage,
        *LABELS,
    )
    key = ("exporter_iso3", "importer_iso3", "product_code", "hs_revision", "period_start")
    measure = "baci_ratio"
    may_be_empty = True
