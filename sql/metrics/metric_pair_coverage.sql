-- One row per exporter, HS code and year: how much of its trade has a mirror, and which importers are not loaded.
-- From metrics.metric_mirror_pair. The statement stands beside every total over pairs.

with
pairs as (select * from metrics.metric_mirror_pair),

exports as (
    select
        exporter_iso3,
        importer_iso3,
        product_code,
        period_start,
        period_end,
        exporter_usd,
        importer_usd is not null as is_loaded,
        row_number() over (
            partition by exporter_iso3, product_code, period_start, importer_usd is not null
            order by exporter_usd desc, importer_iso3
        ) as size_rank
    from pairs
    where window_kind = 'year' and exporter_usd > 0
),

added as (
    select
        exporter_iso3,
        product_code,
        period_start,
        max(period_end) as period_end,
        sum(exporter_usd) as export_usd,
        sum(case when is_loaded then exporter_usd else 0 end) as loaded_usd,
        count(*) as n_importers,
        count(case when is_loaded then 1 end) as n_loaded,
        string_agg(case when not is_loaded and size_rank <= 8 then importer_iso3 end, ';' order by size_rank) as missing
    from exports
    group by exporter_iso3, product_code, period_start
)

select
    cast(exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(export_usd as DECIMAL(20,3)) as export_usd,
    cast(n_importers as BIGINT) as n_importers_named,
    cast(n_loaded as BIGINT) as n_importers_loaded,
    cast(cast(loaded_usd as double) / cast(export_usd as double) as DOUBLE) as mirrored_share,
    cast(missing as VARCHAR) as missing_importers,
    cast(
        cast(n_loaded as varchar) || ' of ' || cast(n_importers as varchar) || ' importers are loaded, with '
        || cast(cast(round(100 * cast(loaded_usd as double) / cast(export_usd as double)) as bigint) as varchar)
        || ' % of the exporter''s value'
        || case when missing is not null then '; largest not loaded: ' || replace(missing, ';', ', ') else '' end as VARCHAR
    ) as coverage_statement,
    cast(null as VARCHAR) as absence_reason,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from added
