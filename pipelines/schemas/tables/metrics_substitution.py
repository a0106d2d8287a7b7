"""Metrics of substitution: compute weights, claims, supply mix, premium, consistency."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reference as r
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS


class MetricComputeWeight(Table):
    """One row per accelerator (C1): H100-equivalents by three named conventions, bandwidth, effective units."""

    layer = "metrics"
    name = "metric_compute_weight"
    columns = (
        c.chip_id,
        f.tpp.optional("not known: excluded from sums, its unit share is reported"),
        f.memory_bandwidth_tbs.optional("not known"),
        m.h100e.optional("see absence_reason"),
        m.h100e_bf16.optional("dense 16-bit rate not known"),
        m.h100e_int8.optional("dense 8-bit rate not known"),
        m.bandwidth_h100.optional("bandwidth not known"),
        m.effective_alpha_0.optional("bandwidth not known"),
        m.effective_alpha_05.optional("TPP or bandwidth not known"),
        m.effective_alpha_1.optional("TPP not known"),
        c.confidence,
        c.absence_reason.optional("h100e is present"),
        *LABELS,
    )
    key = ("chip_id",)
    measure = "h100e"


class MetricClaimDistribution(Table):
    """One row per claim with a quantity (C2): the distribution that its wording stands for, with three percentiles."""

    layer = "metrics"
    name = "metric_claim_distribution"
    columns = (
        f.claim_id,
        c.channel,
        c.unit.optional("the source counts something without a unit"),
        c.bound_kind,
        f.grade,
        m.distribution,
        m.distribution_flag,
        m.claim_floor.optional("the claim is no floor"),
        m.claim_p05.optional("see absence_reason"),
        m.claim_p50.optional("see absence_reason"),
        m.claim_p95.optional("see absence_reason"),
        m.claim_p50_at_125.optional("the claim is no floor"),
        m.claim_p95_at_125.optional("the claim is no floor"),
        m.claim_p50_at_200.optional("the claim is no floor"),
        m.claim_p95_at_200.optional("the claim is no floor"),
        m.sigma_low.optional("not a lognormal"),
        m.sigma_high.optional("not a lognormal"),
        m.pareto_alpha.optional("not a floor"),
        m.claim_cap.optional("no floor, or no cap is known"),
        m.is_capped.optional("the claim is no floor"),
        f.series_role,
        f.independence_group,
        c.absence_reason.optional("claim_p50 is present"),
        f.claim_origin,
        *LABELS,
    )
    key = ("claim_id",)
    measure = "claim_p50"
    ordered = (("claim_p05", "claim_p50", "claim_p95"),)


class MetricChannelSupply(Table):
    """One row per channel, half-year, series and unit (C3): low, central, high of what that channel added; NULL is not zero."""

    layer = "metrics"
    name = "metric_channel_supply"
    columns = (
        c.channel,
        c.period_id,
        r.series_kind,
        m.unit_of_account,
        m.low_amount.optional("no published lower figure"),
        m.central_amount.optional("no published central figure"),
        m.high_amount.optional("see absence_reason"),
        m.n_inputs,
        m.allocations.optional("no figure"),
        c.absence_reason.optional("high_amount is present"),
        *LABELS,
    )
    key = ("channel", "period_id", "series_kind", "unit_of_account")
    measure = "high_amount"
    ordered = (("low_amount", "central_amount", "high_amount"),)


class MetricSupplyMix(Table):
    """One row per channel, half-year, series, unit and scope (C3): its share of China's added AI compute, and the total."""

    layer = "metrics"
    name = "metric_supply_mix"
    columns = (
        m.scope,
        c.period_id,
        r.series_kind,
        m.unit_of_account,
        c.channel,
        m.low_amount.optional("no published lower figure"),
        m.central_amount.optional("no published central figure"),
        m.high_amount.optional("no published upper figure"),
        m.mix_share_low.optional("a channel has no figure"),
        m.mix_share.optional("see absence_reason"),
        m.mix_share_high.optional("a channel has no figure"),
        m.total_low.optional("a channel has no figure"),
        m.total_central.optional("a channel has no figure"),
        m.total_high.optional("a channel has no figure"),
        m.total_rss_low.optional("a channel has no figure"),
        m.total_rss_high.optional("a channel has no figure"),
        m.mix_state,
        m.missing_channels.optional("complete"),
        c.absence_reason.optional("mix_share is present"),
        *LABELS,
    )
    key = ("scope", "period_id", "series_kind", "unit_of_account", "channel")
    measure = "mix_share"
    ordered = (("mix_share_low", "mix_share", "mix_share_high"), ("total_low", "total_central", "total_high"))


class MetricPremium(Table):
    """One row per street price or stated premium (C9): premium over the like legal price, price per unit of compute, rent."""

    layer = "metrics"
    name = "metric_premium"
    design = "description"
    columns = (
        f.price_id,
        c.chip_id.optional("the source names no single chip"),
        f.quote_date,
        f.price_type,
        m.street_usd.optional("the source gives only a premium"),
        m.reference_usd.optional("no like-for-like reference price is known"),
        m.reference_price_id.optional("no like-for-like reference price is known"),
        m.premium_basis.optional("see absence_reason"),
        m.premium_low.optional("see absence_reason"),
        m.premium.optional("see absence_reason"),
        m.premium_high.optional("see absence_reason"),
        m.premium_net_low.optional("no premium, or no cost known"),
        m.premium_net.optional("no premium, or no cost known"),
        m.premium_net_high.optional("no premium, or no cost known"),
        m.is_same_system.optional("no premium"),
        m.is_same_price_basis.optional("no premium, or the source does not say"),
        m.is_contemporaneous.optional("no premium"),
        m.is_like_for_like.optional("no premium"),
        m.like_for_like_reason,
        m.repeats_price_id.optional("the row is the first to tell the quote"),
        m.street_usd_per_chip.optional("number of chips not known"),
        m.street_usd_per_h100e.optional("compute of the chip not known"),
        m.street_usd_per_bandwidth.optional("bandwidth of the chip not known"),
        m.premium_per_h100e.optional("no street price, compute or H100 price"),
        m.premium_per_bandwidth.optional("no street price, bandwidth or H100 price"),
        m.benchmark_price_id.optional("no street price, or no H100 price of that or the last year"),
        m.shadow_value_usd.optional("no premium, or number of chips not known"),
        m.fx_rate.optional("quoted in US dollars"),
        m.sales_usd.optional("no sales claim at this price"),
        m.rent_low_usd.optional("no sales claim at this price"),
        m.rent_usd.optional("no sales claim at this price"),
        m.rent_high_usd.optional("no sales claim at this price"),
        c.absence_reason.optional("premium is present"),
        f.claim_origin,
        *LABELS,
    )
    key = ("price_id",)
    measure = "premium"
    ordered = (("premium_low", "premium", "premium_high"),)


class MetricClaimQuarter(Table):
    """One row per flow claim and unit (C12): the claim per quarter on a common base, with how it was converted."""

    layer = "metrics"
    name = "metric_claim_quarter"
    columns = (
        f.claim_id,
        m.unit_of_account,
        m.claim_subject,
        m.measure_kind,
        f.conversion_chip_id.optional("no single chip"),
        c.period_start,
        c.period_end,
        m.n_days,
        m.per_quarter_low,
        m.per_quarter,
        m.per_quarter_high,
        m.distribution,
        m.per_quarter_p50,
        m.sigma_low.optional("not a lognormal"),
        m.sigma_high.optional("not a lognormal"),
        d.lower_end.optional("no lower end"),
        d.upper_end.optional("no upper end"),
        m.pareto_alpha.optional("not a floor"),
        m.conversion,
        f.independence_group,
        f.claim_origin,
        *LABELS,
    )
    key = ("claim_id", "unit_of_account")
    ordered = (("per_quarter_low", "per_quarter", "per_quarter_high"),)
    may_be_empty = True


class MetricClaimConsistency(Table):
    """One row per pair of claims about one subject and unit (C12): both per quarter, ratio, overlap, what is alike."""

    layer = "metrics"
    name = "metric_claim_consistency"
    columns = (
        m.claim_a_id,
        m.claim_b_id,
        m.unit_of_account,
        m.claim_subject,
        m.per_quarter_a,
        m.per_quarter_b,
        m.claim_ratio.optional("see absence_reason"),
        m.interval_overlap.optional("a bound is zero"),
        m.overlap_coefficient.optional("a claim has no distribution"),
        m.days_a,
        m.days_b,
        m.days_common,
        m.is_same_quantity,
        m.is_same_period,
        m.is_same_group,
        m.has_user_claim,
        c.absence_reason.optional("claim_ratio is present"),
        *LABELS,
    )
    key = ("claim_a_id", "claim_b_id", "unit_of_account")
    measure = "claim_ratio"
    may_be_empty = True
