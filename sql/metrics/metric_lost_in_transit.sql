-- One row per exporter, hub, HS code and window (A13): share of goods declared for the hub that the hub does not record.
-- From metrics.metric_mirror_pair and core.dim_hub, where the exporter reports trade with the hub. A hub that is not loaded has a row
-- that says so. A hub that records by origin shows goods of the exporter under other partners, too.

with
pairs as (select * from metrics.metric_mirror_pair),

hubs as (select * from core.dim_hub)

select
    cast(pairs.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(pairs.importer_iso3 as VARCHAR) as hub_iso3,
    cast(pairs.product_code as VARCHAR) as product_code,
    cast(pairs.window_kind as VARCHAR) as window_kind,
    cast(pairs.period_start as DATE) as period_start,
    cast(pairs.period_end as DATE) as period_end,
    cast(pairs.exporter_usd as DECIMAL(20,3)) as exporter_usd,
    cast(pairs.importer_fob_usd as DECIMAL(20,3)) as importer_fob_usd,
    cast(
        case
            when pairs.importer_fob_high_usd >= 0
                then greatest(1 - cast(pairs.importer_fob_high_usd as double) / cast(pairs.exporter_usd as double), 0)
        end as DOUBLE
    ) as lost_share_low,
    cast(
        case
            when pairs.importer_fob_usd >= 0
                then greatest(1 - cast(pairs.importer_fob_usd as double) / cast(pairs.exporter_usd as double), 0)
        end as DOUBLE
    ) as lost_share,
    cast(
        case
            when pairs.importer_fob_low_usd >= 0
                then greatest(1 - cast(pairs.importer_fob_low_usd as double) / cast(pairs.exporter_usd as double), 0)
        end as DOUBLE
    ) as lost_share_high,
    cast(
        case
            when pairs.importer_usd is null then 'hub_' || pairs.importer_state
            when pairs.importer_usd < 0 then 'negative_correction'
        end as VARCHAR
    ) as absence_reason,
    cast('difference_between_reports_not_evasion' as VARCHAR) as claim_limit,
    cast(pairs.pair_licence_id as VARCHAR) as pair_licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from pairs
inner join hubs on pairs.importer_iso3 = hubs.country_iso3
where pairs.exporter_usd > 0
