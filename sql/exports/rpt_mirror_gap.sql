-- One row per exporter, importer, HS code and window that both report: the gap and its interval. From metrics.metric_mirror_gap.
-- Amounts under terms that keep single records inside are rounded to 10 million US dollars.
-- Ratios of such rows have two decimals. Trade that one side alone reports is in rpt_unmatched_flow.

with
metric as (select * from metrics.metric_mirror_gap),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(metric.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(exporters.name_en as VARCHAR) as exporter_name,
    cast(metric.importer_iso3 as VARCHAR) as importer_iso3,
    cast(importers.name_en as VARCHAR) as importer_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.window_kind as VARCHAR) as window_kind,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.exporter_usd else round(metric.exporter_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as exporter_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.importer_usd else round(metric.importer_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as importer_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.raw_gap_usd else round(metric.raw_gap_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as raw_gap_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.gap_low_usd else round(metric.gap_low_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as gap_low_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.gap_usd else round(metric.gap_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as gap_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.gap_high_usd else round(metric.gap_high_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as gap_high_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.missing_share_low else round(metric.missing_share_low, 2) end
        as DOUBLE
    ) as missing_share_low,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.missing_share else round(metric.missing_share, 2) end
        as DOUBLE
    ) as missing_share,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.missing_share_high else round(metric.missing_share_high, 2) end
        as DOUBLE
    ) as missing_share_high,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.symmetric_gap else round(metric.symmetric_gap, 2) end
        as DOUBLE
    ) as symmetric_gap,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.log_gap else round(metric.log_gap, 2) end
        as DOUBLE
    ) as log_gap,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.quantity_part else round(metric.quantity_part, 2) end
        as DOUBLE
    ) as quantity_part,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.unit_value_part else round(metric.unit_value_part, 2) end
        as DOUBLE
    ) as unit_value_part,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.excess_log_gap else round(metric.excess_log_gap, 2) end
        as DOUBLE
    ) as excess_log_gap,
    cast(metric.gap_reading as VARCHAR) as gap_reading,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.ratio_absence_reason as VARCHAR) as ratio_absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(not coalesce(licences.may_redistribute_rows, false) as BOOLEAN) as is_rounded_by_terms,
    cast(metric.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as exporters on metric.exporter_iso3 = exporters.country_iso3
inner join countries as importers on metric.importer_iso3 = importers.country_iso3
left join products on metric.product_code = products.code
left join licences on metric.pair_licence_id = licences.licence_id
where metric.raw_gap_usd is not null and metric.pair_state <> 'both_zero'
