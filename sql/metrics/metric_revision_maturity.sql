-- One row per source, reporter, flow, frequency and age (A17): what was still revised after a period had reached that age.
-- From metrics.metric_revision and metrics.metric_vintage. The figure known at the end of each calendar month after the
-- period is set against the latest release, if that was seen later; a figure counts from the day on which it was seen, so
-- that a lost first vintage is not taken for a first release. Only periods that ended six months before as_of or earlier
-- count: the younger are not settled. Below six months of age and from ten cells on, the 5th and 95th percentiles are the
-- band for a now-cast. A series with one release per cell has one row (age 0) that says so.

with
vintages as (select * from metrics.metric_vintage),

revisions as (select * from metrics.metric_revision),

months as (select * from core.dim_month),

run as (select * from core.run),

settled as (
    select
        revisions.source_id,
        revisions.reporter_iso3,
        revisions.partner_iso3,
        revisions.flow,
        revisions.trade_basis,
        revisions.classification,
        revisions.product_code,
        revisions.frequency,
        revisions.period_start,
        revisions.period_end,
        revisions.latest_usd
    from revisions
    cross join run
    where revisions.latest_usd is not null and revisions.period_end + interval 6 month <= run.as_of
),

held as (
    select
        settled.source_id,
        settled.reporter_iso3,
        settled.flow,
        settled.frequency,
        settled.period_end,
        settled.latest_usd,
        vintages.value_usd,
        greatest(vintages.known_from, vintages.vintage_at) as held_from,
        lead(greatest(vintages.known_from, vintages.vintage_at)) over (
            partition by
                settled.source_id, settled.reporter_iso3, settled.partner_iso3, settled.flow, settled.trade_basis,
                settled.classification, settled.product_code, settled.frequency, settled.period_start
            order by vintages.release_number
        ) as held_until
    from settled
    inner join vintages
        on settled.source_id = vintages.source_id
        and settled.reporter_iso3 = vintages.reporter_iso3
        and settled.partner_iso3 = vintages.partner_iso3
        and settled.flow = vintages.flow
        and settled.trade_basis = vintages.trade_basis
        and settled.classification = vintages.classification
        and settled.product_code = vintages.product_code
        and settled.frequency = vintages.frequency
        and settled.period_start = vintages.period_start
),

still_revised as (
    select
        held.source_id,
        held.reporter_iso3,
        held.flow,
        held.frequency,
        12 * extract(year from months.month) + extract(month from months.month)
            - 12 * extract(year from held.period_end) - extract(month from held.period_end) as maturity_month,
        cast(
            round(cast(held.latest_usd as double) / cast(held.value_usd as double) - 1, 9) as decimal(38, 9)
        ) as remaining
    from held
    inner join months on months.month_end >= held.held_from and months.month_end < held.held_until
    where held.value_usd > 0 and held.latest_usd is not null and months.month_end >= held.period_end
),

ages as (
    select
        source_id,
        reporter_iso3,
        flow,
        frequency,
        maturity_month,
        count(*) as n_revision_cells,
        cast(sum(remaining) as double) / count(*) as mean_revision,
        cast(sum(abs(remaining)) as double) / count(*) as mean_absolute_revision,
        cast(sum(case when abs(remaining) > 0.05 then 1 else 0 end) as double) / count(*) as revised_share,
        case
            when maturity_month < 6 and count(*) >= 10 then quantile_disc(remaining, 0.05)
        end as nowcast_low,
        case
            when maturity_month < 6 and count(*) >= 10 then quantile_disc(remaining, 0.95)
        end as nowcast_high
    from still_revised
    group by source_id, reporter_iso3, flow, frequency, maturity_month
),

series as (
    select
        source_id,
        reporter_iso3,
        flow,
        frequency,
        max(release_number) as most_releases,
        sum(case when release_number = 1 then 1 else 0 end) as n_revision_cells
    from vintages
    group by source_id, reporter_iso3, flow, frequency
),

without_ages as (
    select
        series.source_id,
        series.reporter_iso3,
        series.flow,
        series.frequency,
        series.n_revision_cells,
        case when series.most_releases = 1 then 'single_release' else 'no_settled_revision' end as absence_reason
    from series
    left join ages
        on series.source_id = ages.source_id
        and series.reporter_iso3 = ages.reporter_iso3
        and series.flow = ages.flow
        and series.frequency = ages.frequency
    where ages.source_id is null
),

told as (
    select
        source_id, reporter_iso3, flow, frequency, maturity_month, n_revision_cells, mean_revision, mean_absolute_revision,
        revised_share, nowcast_low, nowcast_high, cast(null as varchar) as absence_reason
    from ages
    union all
    select
        source_id, reporter_iso3, flow, frequency, 0 as maturity_month, n_revision_cells, null as mean_revision,
        null as mean_absolute_revision, null as revised_share, null as nowcast_low, null as nowcast_high, absence_reason
    from without_ages
)

select
    cast(source_id as VARCHAR) as source_id,
    cast(reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(flow as VARCHAR) as flow,
    cast(frequency as VARCHAR) as frequency,
    cast(maturity_month as BIGINT) as maturity_month,
    cast(n_revision_cells as BIGINT) as n_revision_cells,
    cast(mean_revision as DOUBLE) as mean_revision,
    cast(mean_absolute_revision as DOUBLE) as mean_absolute_revision,
    cast(revised_share as DOUBLE) as revised_share,
    cast(nowcast_low as DOUBLE) as nowcast_low,
    cast(nowcast_high as DOUBLE) as nowcast_high,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from told
