"""Tidy tables of the dated configuration files in data/reference and the manifest of the snapshot."""

from pipelines.schemas.field import Field
from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import flows as w
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reference as r
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table


def open_ended(*fields: Field) -> tuple[Field, ...]:
    """Validity bounds and codes that need not be given."""
    return tuple(field.optional("no bound, or no such code") for field in fields)


class Country(Table):
    """One row per country, territory or documented special code, with its code in every publisher's scheme."""

    layer = "tidy"
    name = "country"
    columns = (
        c.country_iso3,
        *open_ended(r.iso2, r.m49, r.comtrade_code, r.census_code, r.gacc_code, r.japan_code, r.korea_code),
        *open_ended(r.eurostat_code),
        r.name_en,
        *open_ended(r.name_zh_tw),
        r.country_kind,
        *open_ended(r.rollup, c.reason),
    )
    key = ("country_iso3",)


class CountryAlias(Table):
    """One row per further code or name of a country in a publisher's scheme."""

    layer = "tidy"
    name = "country_alias"
    columns = (r.scheme, r.code, c.country_iso3, c.reason)
    key = ("scheme", "code")


class Product(Table):
    """One row per HS heading or subheading used, with its stage and how long the code has meant the same goods."""

    layer = "tidy"
    name = "product"
    columns = (
        r.product_id,
        t.classification,
        r.code,
        r.level,
        c.title,
        t.stage,
        r.ai_group,
        *open_ended(r.comparable_from_hs, r.comparable_to_hs, c.valid_from, c.valid_to),
        c.reason,
    )
    key = ("product_id",)


class NationalLine(Table):
    """One row per national tariff or statistical line, with its HS6, validity and meaning."""

    layer = "tidy"
    name = "national_line"
    columns = (
        t.classification,
        r.code,
        c.hs6,
        *open_ended(c.valid_from, c.valid_to),
        t.stage,
        c.title,
        r.is_confirmed,
        r.line_source,
    )
    key = ("classification", "code")


class Hub(Table):
    """One row per trade hub and validity interval; a hub is a place to look, not an accusation."""

    layer = "tidy"
    name = "hub"
    columns = (c.country_iso3, *open_ended(c.valid_from, c.valid_to), r.hub_role, r.publishes_reexports, c.reason)
    key = ("country_iso3", "hub_role")


class Purity(Table):
    """One row per HS6, reporter class and validity: share of the code's value that is AI accelerators, as an interval."""

    layer = "tidy"
    name = "purity"
    columns = (
        r.purity_id,
        c.hs6,
        r.reporter_class,
        *open_ended(c.valid_from, c.valid_to),
        r.purity_low,
        r.purity_central.optional("no anchor: only the bounds are known"),
        r.purity_high,
        r.purity_basis,
        c.reason,
    )
    key = ("purity_id",)
    ordered = (("purity_low", "purity_central", "purity_high"),)


class ComputeConvention(Table):
    """One row per convention for a unit of compute, or per weight of the effective unit."""

    layer = "tidy"
    name = "compute_convention"
    columns = (
        r.convention_id,
        *open_ended(r.numerator_field, r.denominator),
        c.unit,
        *open_ended(r.alpha),
        r.is_default,
        r.formula,
        c.reason,
    )
    key = ("convention_id",)


class ClaimGrade(Table):
    """One row per evidence grade with the spread given to a point claim of that grade."""

    layer = "tidy"
    name = "claim_grade"
    columns = (
        f.grade,
        r.gsd.optional("only a spread stated by the source may be used"),
        d.pool_weight,
        r.is_stated_only,
        c.reason,
    )
    key = ("grade",)


class ChannelInput(Table):
    """One row per figure that enters the supply mix: channel, half-year, bound, factor, price, and why."""

    layer = "tidy"
    name = "channel_input"
    columns = (
        r.input_id,
        c.channel,
        c.period_id,
        r.series_kind,
        r.bound,
        r.feeds_units,
        r.figure_id,
        r.factor,
        c.chip_id.optional("the figure is not in chips of one model"),
        r.price_figure_id.optional("the figure is not converted into US dollars by a price"),
        r.price_divisor.optional("no price"),
        r.price_chip_id.optional("the price needs no conversion"),
        r.allocation,
        c.reason,
    )
    key = ("input_id",)


class OutcomeSeries(Table):
    """One row per monthly outcome series: which cells are added and taken off, and why it is looked at."""

    layer = "tidy"
    name = "outcome_series"
    columns = (
        r.outcome_id,
        c.title,
        c.source_id,
        c.reporter_iso3,
        r.partner_isos,
        t.flow,
        r.plus_codes,
        r.minus_codes.optional("nothing is taken off"),
        r.outcome_measure,
        f.hs6_exposed,
        r.outcome_role,
        c.reason,
    )
    key = ("outcome_id",)


class Licence(Table):
    """One row per licence or set of terms."""

    layer = "tidy"
    name = "licence"
    columns = (
        c.licence_id,
        r.licence_name,
        c.url.optional("no page"),
        r.may_redistribute_rows,
        r.may_publish_aggregates,
        r.attribution,
        c.reason,
    )
    key = ("licence_id",)


class Source(Table):
    """One row per publisher, with valuation, currency and release calendar."""

    layer = "tidy"
    name = "source"
    columns = (
        c.source_id,
        c.publisher,
        c.title,
        c.url,
        r.publication_frequency,
        c.licence_id,
        *open_ended(r.import_basis, r.export_basis, t.currency),
        *open_ended(r.release_lag_days_monthly, r.release_lag_days_annual),
        r.release_calendar_note,
        r.revision_note,
        c.reason,
    )
    key = ("source_id",)


class SnapshotFile(Table):
    """One row per shipped statistics file: origin, hash of the publisher file, span, rows, total, checks."""

    layer = "tidy"
    name = "snapshot_file"
    columns = (
        c.dataset_id,
        c.source_id,
        c.title,
        r.file_name,
        r.origin_url,
        r.origin_commit,
        r.file_sha256,
        r.file_bytes,
        r.retrieved,
        r.retrieved_basis,
        c.licence_id,
        c.frequency,
        r.first_period,
        r.last_period,
        t.n_rows,
        t.value_sum_usd,
        r.parser,
        r.checks,
    )
    key = ("dataset_id",)


class DatasetScope(Table):
    """One row per file: does it hold every line of its headings (lines add up to HS6) and every partner (no row is a zero)?"""

    layer = "tidy"
    name = "dataset_scope"
    columns = (c.dataset_id, m.has_all_lines, m.has_all_partners, m.is_filed_by_good, c.reason)
    key = ("dataset_id",)


class FlowParameter(Table):
    """One row per parameter interval of the flow metrics: freight, transit, markup, margin, domestic output.

    The most specific row goes first: country and stage, then country, then stage, then any.
    """

    layer = "tidy"
    name = "flow_parameter"
    columns = (
        w.parameter_id,
        w.parameter,
        r.reporter_class,
        w.stage_scope,
        *open_ended(c.valid_from, c.valid_to),
        w.parameter_low,
        w.parameter_central,
        w.parameter_high,
        w.parameter_basis,
        c.reason,
    )
    key = ("parameter_id",)
    ordered = (("parameter_low", "parameter_central", "parameter_high"),)
