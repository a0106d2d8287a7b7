"""Tidy tables of the curated facts in data/facts, one class per CSV file."""

from pipelines.schemas.field import Field
from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.table import Table


def unstated(*fields: Field) -> tuple[Field, ...]:
    """Columns that a source need not state."""
    return tuple(field.optional("not stated by the source, or not applicable to the row") for field in fields)


class RuleChange(Table):
    """One row per rule, letter, guidance, deal, bill step or court act, with its dates and what it touches."""

    layer = "tidy"
    name = "rule_change"
    columns = (
        c.rule_id,
        f.jurisdiction,
        f.authority,
        c.title,
        c.known_at,
        f.announced_date,
        *unstated(f.public_inspection_date, f.published_date, f.effective_date, f.compliance_or_expiry_date),
        *unstated(f.ended_date, f.anticipation_date, f.bite_date),
        f.bite_basis,
        f.date_precision,
        f.status_class,
        f.status,
        f.action,
        f.direction,
        f.importance,
        f.flow_side,
        *unstated(f.instrument, f.fr_document_number, f.eccns, f.thresholds, f.chips, f.products),
        f.destinations,
        *unstated(f.hs6_exposed, f.confound_clusters),
        f.event_grade,
        *unstated(f.related_rule_ids, c.unconfirmed_fields, f.source_urls),
        f.source_count,
        f.source_tier,
        c.is_seen,
        *unstated(c.note),
    )
    key = ("rule_id",)


class ChipRegime(Table):
    """One row per interval of a chip under one side's control; intervals of different sides overlap."""

    layer = "tidy"
    name = "chip_regime"
    columns = (
        f.regime_id,
        c.chip,
        f.destination,
        f.side,
        f.start_date,
        f.end_date.optional("still running when compiled"),
        f.regime,
        c.rule_id,
        c.known_at,
        c.confidence,
        *unstated(c.note),
    )
    key = ("regime_id",)
    ordered = (("start_date", "end_date"),)


class Claim(Table):
    """One row per published estimate, case, quote or statement about smuggling, with bounds, grade and overlaps."""

    layer = "tidy"
    name = "claim"
    columns = (
        f.claim_id,
        f.claim_kind,
        f.subkind,
        c.channel,
        c.publisher,
        c.title,
        c.known_at,
        f.is_known_at_approximate,
        *unstated(c.url, f.url2),
        f.measured,
        *unstated(f.chip_models, f.conversion_chip_id),
        c.period_start,
        c.period_end,
        *unstated(c.unit),
        f.unit_basis,
        *unstated(c.chips_per_item, f.low, f.central, f.high),
        c.bound_kind,
        *unstated(f.stated_level, f.original_currency, f.original_low, f.original_central, f.original_high),
        *unstated(f.fx_cny_per_usd, f.fx_basis, f.route_iso3),
        f.destination_iso3,
        f.method,
        f.grade,
        f.grade_reason,
        *unstated(f.overlaps_with),
        f.independence_group,
        f.series_role,
        c.is_seen,
        f.seen_via,
        *unstated(c.note, f.locator),
    )
    key = ("claim_id",)
    ordered = (("period_start", "period_end"), ("low", "central", "high"))


class UserClaim(Table):
    """One row per claim of the user's own file (`chipflows build --claims`), laid out as the shipped claims; often empty."""

    layer = "tidy"
    name = "user_claim"
    columns = Claim.columns
    key = Claim.key
    ordered = Claim.ordered
    may_be_empty = True


class SmuggledSeries(Table):
    """One row per period of the compiled smuggling series: backbone (Epoch AI only) and envelope of published bounds."""

    layer = "tidy"
    name = "smuggled_series"
    columns = (
        c.period_id,
        c.period_start,
        c.period_end,
        *unstated(f.backbone_low_h100e, f.backbone_central_h100e, f.backbone_high_h100e),
        *unstated(f.envelope_low_h100e, f.envelope_central_h100e, f.envelope_high_h100e),
        *unstated(f.grade),
        c.known_at,
        *unstated(f.basis_claim_ids),
        c.absence_reason.optional("the row has figures"),
        *unstated(c.note),
    )
    key = ("period_id",)
    measure = "envelope_high_h100e"
    ordered = (
        ("period_start", "period_end"),
        ("backbone_low_h100e", "backbone_central_h100e", "backbone_high_h100e"),
        ("envelope_low_h100e", "envelope_central_h100e", "envelope_high_h100e"),
    )


class Chip(Table):
    """One row per accelerator model or bin of it; GB200 and GB300 are per GPU, not per rack."""

    layer = "tidy"
    name = "chip"
    columns = (
        c.chip_id,
        c.vendor,
        f.vendor_country,
        c.known_at,
        c.known_at_basis,
        f.announced_date,
        f.announced_precision,
        f.process_node,
        *unstated(f.die_area_mm2, f.dense_fp16_tflops, f.dense_int8_tops, f.dense_fp4_tflops, f.memory_type),
        *unstated(f.memory_gb, f.memory_bandwidth_tbs, f.interconnect_gbs, f.tdp_w, f.tpp_input_op, f.tpp),
        *unstated(f.performance_density, f.bis_2023_tier, f.jan2026_case_by_case, f.controlled_from_date),
        *unstated(f.control_rule),
        f.is_china_specific,
        *unstated(c.source_url),
        c.is_seen,
        c.confidence,
        *unstated(c.unconfirmed_fields, c.note),
    )
    key = ("chip_id",)


class Supply(Table):
    """One row per published supply figure for one period; `measure` says whether it is a flow, stock, order, charge or plan."""

    layer = "tidy"
    name = "supply"
    columns = (
        f.supply_id,
        c.channel,
        c.vendor,
        c.chip,
        *unstated(c.chip_id),
        f.location,
        f.basis,
        f.measure,
        f.role,
        *unstated(f.fiscal_label),
        c.period_start,
        c.period_end,
        c.unit,
        *unstated(f.low, f.central, f.high),
        c.bound_kind,
        f.kind,
        c.publisher,
        c.known_at,
        c.known_at_basis,
        *unstated(c.url),
        c.is_seen,
        *unstated(c.note),
    )
    key = ("supply_id",)
    ordered = (("period_start", "period_end"), ("low", "central", "high"))


class Price(Table):
    """One row per price observation of a chip, card, module, server or lease; asks, contracts and lists are kept apart."""

    layer = "tidy"
    name = "price"
    columns = (
        f.price_id,
        c.chip,
        *unstated(c.chip_id),
        f.item,
        *unstated(c.chips_per_item),
        f.location_iso3,
        f.market,
        f.price_type,
        f.quote_date,
        f.date_precision,
        c.known_at,
        c.known_at_basis,
        *unstated(f.usd_low, f.usd, f.usd_high, f.cny_low, f.cny, f.cny_high, f.usd_per_chip, f.premium_ratio),
        f.per,
        *unstated(f.source, c.url),
        c.is_seen,
        *unstated(c.note),
    )
    key = ("price_id",)
    ordered = (("usd_low", "usd", "usd_high"), ("cny_low", "cny", "cny_high"))


class Share(Table):
    """One row per published share of one market definition in one period."""

    layer = "tidy"
    name = "share"
    columns = (
        f.share_id,
        c.vendor,
        f.market_definition,
        f.metric,
        c.period_start,
        c.period_end,
        *unstated(f.share_low, f.share_central, f.share_high, c.bound_kind),
        f.kind,
        c.publisher,
        c.known_at,
        c.known_at_basis,
        *unstated(c.url),
        c.is_seen,
        *unstated(c.note),
    )
    key = ("share_id",)
    ordered = (("period_start", "period_end"), ("share_low", "share_central", "share_high"))


class ImportHeadline(Table):
    """One row per printed China Customs headline for integrated circuits; a check on totals, too thin for a series."""

    layer = "tidy"
    name = "import_headline"
    columns = (
        f.headline_id,
        c.publisher,
        f.reported_by,
        c.known_at,
        c.known_at_basis,
        c.period_start,
        c.period_end,
        f.item,
        f.measure,
        f.basis,
        c.unit,
        f.amount,
        *unstated(f.yoy_ratio),
        c.partner_iso3,
        f.quality,
        c.url,
        c.is_seen,
        *unstated(c.note),
    )
    key = ("headline_id",)
    ordered = (("period_start", "period_end"),)


class ComputeSeries(Table):
    """One row per publisher, channel, chip, period and measure of a published compute series for China."""

    layer = "tidy"
    name = "compute_series"
    columns = (
        f.series_id,
        c.publisher,
        c.channel,
        c.vendor,
        c.chip,
        *unstated(c.chip_id),
        c.period_id,
        c.period_start,
        c.period_end,
        f.measure,
        f.accumulation,
        *unstated(f.p05),
        f.p50,
        *unstated(f.p95),
        c.bound_kind,
        f.is_incomplete,
        c.known_at,
        c.known_at_basis,
        *unstated(f.source_file),
        c.url,
        c.licence_id,
        f.is_derived_difference,
        *unstated(c.note),
    )
    key = ("series_id",)
    ordered = (("period_start", "period_end"), ("p05", "p50", "p95"))
