-- One row per exporter, hub, HS code and window (A13): share of goods declared for the hub that the hub does not record.
-- From metrics.metric_mirror_pair, core.dim_hub and core.dim_flow_parameter, where the exporter reports trade with the hub. Goods
-- under way for up to the longest transit are not lost: the low end is the share of the least that can have been due in the
-- window, the high end that of the most; without the exports one month earlier, a month's mean is due earlier or later. A hub that
-- is not loaded has a row that says so. A hub that records by origin shows goods of the exporter under other partners, too.

with
pairs as (select * from metrics.metric_mirror_pair),

hubs as (select * from core.dim_hub),

parameters as (select * from core.dim_flow_parameter),

transit as (
    select coalesce(max(parameter_high), 0) as lag_high
    from parameters
    where parameter = 'transit_months' and reporter_class = 'any' and stage_scope = 'any'
),

declared as (
    select
        pairs.exporter_iso3,
        pairs.importer_iso3,
        pairs.product_code,
        pairs.window_kind,
        pairs.period_start,
        pairs.period_end,
        pairs.exporter_usd,
        pairs.importer_usd,
        pairs.importer_state,
        pairs.importer_fob_low_usd,
        pairs.importer_fob_usd,
        pairs.importer_fob_high_usd,
        pairs.pair_licence_id,
        transit.lag_high * case
            when pairs.exporter_shifted_usd is null
                then cast(-pairs.exporter_usd as double) / case when pairs.window_kind = 'year' then 12 else 3 end
            when pairs.exporter_shifted_usd < pairs.exporter_usd
                then cast(pairs.exporter_shifted_usd - pairs.exporter_usd as double)
            else 0
        end as late_low_usd,
        transit.lag_high * case
            when pairs.exporter_shifted_usd is null
                then cast(pairs.exporter_usd as double) / case when pairs.window_kind = 'year' then 12 else 3 end
            when pairs.exporter_shifted_usd > pairs.exporter_usd
                then cast(pairs.exporter_shifted_usd - pairs.exporter_usd as double)
            else 0
        end as late_high_usd
    from pairs
    inner join hubs on pairs.importer_iso3 = hubs.country_iso3
    cross join transit
    where pairs.exporter_usd > 0
),

due as (
    select
        exporter_iso3, importer_iso3, product_code, window_kind, period_start, period_end, exporter_usd, importer_usd,
        importer_state, importer_fob_low_usd, importer_fob_usd, importer_fob_high_usd, pair_licence_id,
        cast(exporter_usd as double) + late_low_usd as due_low_usd,
        cast(exporter_usd as double) + late_high_usd as due_high_usd
    from declared
)

select
    cast(exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(importer_iso3 as VARCHAR) as hub_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(window_kind as VARCHAR) as window_kind,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(exporter_usd as DECIMAL(20,3)) as exporter_usd,
    cast(importer_fob_usd as DECIMAL(20,3)) as importer_fob_usd,
    cast(
        case
            when importer_fob_high_usd >= 0 and due_low_usd <= 0 then 0
            when importer_fob_high_usd >= 0 then greatest(1 - cast(importer_fob_high_usd as double) / due_low_usd, 0)
        end as DOUBLE
    ) as lost_share_low,
    cast(
        case
            when importer_fob_usd >= 0 then greatest(1 - cast(importer_fob_usd as double) / cast(exporter_usd as double), 0)
        end as DOUBLE
    ) as lost_share,
    cast(
        case when importer_fob_low_usd >= 0 then greatest(1 - cast(importer_fob_low_usd as double) / due_high_usd, 0) end as DOUBLE
    ) as lost_share_high,
    cast(
        case
            when importer_usd is null then 'hub_' || importer_state
            when importer_usd < 0 then 'negative_correction'
            when importer_fob_usd is null then 'freight_unknown'
        end as VARCHAR
    ) as absence_reason,
    cast('difference_between_reports_not_evasion' as VARCHAR) as claim_limit,
    cast(pair_licence_id as VARCHAR) as pair_licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from due
