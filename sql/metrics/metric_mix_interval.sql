-- One row per scope, period, series, unit and channel (C3): amount, share and rank on joint draws; years are sums of halves.
-- From metrics.metric_quantity and metrics.fact_draw. A period in which a channel has no figure is incomplete: the amounts of the others
-- stand, no share is given. A channel without its series stands by its envelope of published figures (amount_basis). Parts of domestic output (own, proxy-fabricated) are shares of the same total. Beside smuggled
-- amounts stands the highest published floor for goods inside the period.

with
quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

claims as (select * from core.fact_claim),

inputs as (select * from tidy.channel_input),

conventions as (select * from tidy.compute_convention),

series as (
    select 'backbone' as mix_series
    union all
    select 'pooled' as mix_series
),

scopes as (
    select 'arrivals' as scope, 'legal;smuggled;domestic' as channels, 3 as n_channels
    union all
    select 'with_offshore' as scope, 'legal;smuggled;domestic;offshore' as channels, 4 as n_channels
),

parts as (
    select 1 as part_no, 'legal' as channel, 'all' as channel_part
    union all
    select 2 as part_no, 'smuggled' as channel, 'all' as channel_part
    union all
    select 3 as part_no, 'domestic' as channel, 'all' as channel_part
    union all
    select 4 as part_no, 'domestic' as channel, 'own' as channel_part
    union all
    select 5 as part_no, 'domestic' as channel, 'proxy' as channel_part
    union all
    select 6 as part_no, 'offshore' as channel, 'all' as channel_part
),

wanted as (
    select
        series.mix_series,
        quantities.quantity_id,
        quantities.channel,
        quantities.channel_part,
        quantities.period_id,
        quantities.unit,
        quantities.quantity_series
    from quantities
    cross join series
    where quantities.quantity_kind in ('cell', 'part')
        and case
            when quantities.channel = 'smuggled' then quantities.quantity_series = series.mix_series
            else quantities.quantity_series = 'backbone'
        end
),

used as (
    select mix_series, quantity_id, channel, channel_part, period_id, unit, quantity_series
    from wanted
    union all
    select
        series.mix_series, bounds.quantity_id, bounds.channel, bounds.channel_part, bounds.period_id, bounds.unit,
        bounds.quantity_series
    from quantities as bounds
    cross join series
    left join (select distinct mix_series, channel, period_id from wanted) as covered
        on series.mix_series = covered.mix_series
        and bounds.channel = covered.channel
        and bounds.period_id = covered.period_id
    where bounds.quantity_kind = 'cell' and bounds.quantity_series = 'envelope' and covered.channel is null
),

spans as (
    select mix_series, quantity_id, channel, channel_part, unit, quantity_series, period_id as span_id
    from used
    union all
    select
        halves.mix_series, halves.quantity_id, halves.channel, halves.channel_part, halves.unit, halves.quantity_series,
        left(halves.period_id, 4) as span_id
    from used as halves
    inner join (
        select mix_series, channel, channel_part, unit, left(period_id, 4) as year_id
        from used
        group by mix_series, channel, channel_part, unit, left(period_id, 4)
        having count(case when period_id like '____H_' then 1 end) = 2 and count(*) = 2
    ) as years
        on halves.mix_series = years.mix_series
        and halves.channel = years.channel
        and halves.channel_part = years.channel_part
        and halves.unit = years.unit
        and left(halves.period_id, 4) = years.year_id
),

grid as (
    select scopes.scope, scopes.channels, scopes.n_channels, series.mix_series, units.unit, periods.span_id
    from scopes
    cross join series
    cross join (select distinct span_id from spans) as periods
    cross join (
        select 'chips' as unit
        union all
        select 'usd' as unit
        union all
        select 'h100e' as unit
        union all
        select 'bandwidth' as unit
    ) as units
),

present as (
    select
        grid.scope,
        grid.channels,
        grid.n_channels,
        grid.mix_series,
        grid.unit,
        grid.span_id,
        count(distinct case when spans.channel_part = 'all' then spans.channel end) as n_present,
        max(case when spans.channel = 'legal' then 1 else 0 end) as has_legal,
        max(case when spans.channel = 'smuggled' then 1 else 0 end) as has_smuggled,
        max(case when spans.channel = 'domestic' then 1 else 0 end) as has_domestic,
        max(case when spans.channel = 'offshore' then 1 else 0 end) as has_offshore
    from grid
    left join spans
        on grid.mix_series = spans.mix_series
        and grid.unit = spans.unit
        and grid.span_id = spans.span_id
        and ';' || grid.channels || ';' like '%;' || spans.channel || ';%'
    group by grid.scope, grid.channels, grid.n_channels, grid.mix_series, grid.unit, grid.span_id
),

bases as (
    select
        mix_series,
        channel,
        channel_part,
        unit,
        span_id,
        case when max(case when quantity_series = 'envelope' then 1 else 0 end) = 1 then 'envelope' else max(quantity_series) end
            as amount_basis
    from spans
    group by mix_series, channel, channel_part, unit, span_id
),

known_channels as (select distinct mix_series, channel, span_id from spans where channel_part = 'all'),

weighted_channels as (
    select channel, min(case when chip_id is null then 0 else 1 end) as is_weighted
    from inputs
    where ';' || feeds_units || ';' like '%;h100e;%' and series_kind = 'backbone'
    group by channel
),

default_convention as (
    select
        max(case when unit = 'h100e' and is_default then formula end) as h100e_formula,
        max(case when unit = 'bwe' then formula end) as bandwidth_formula
    from conventions
),

summed_spans as (
    select mix_series, channel, channel_part, unit, span_id, string_agg(quantity_id, ';' order by quantity_id) as quantity_ids
    from spans
    group by mix_series, channel, channel_part, unit, span_id
),

sums as (
    select quantity_ids, row_number() over (order by quantity_ids) as sum_no
    from (select distinct quantity_ids from summed_spans) as once
),

numbered_spans as (
    select
        summed_spans.mix_series, summed_spans.channel, summed_spans.channel_part, summed_spans.unit, summed_spans.span_id, sums.sum_no
    from summed_spans
    inner join sums on summed_spans.quantity_ids = sums.quantity_ids
),

members as (
    select distinct sums.sum_no, spans.quantity_id, case when sums.quantity_ids = spans.quantity_id then 1 else 0 end as is_single
    from spans
    inner join numbered_spans
        on spans.mix_series = numbered_spans.mix_series
        and spans.channel = numbered_spans.channel
        and spans.channel_part = numbered_spans.channel_part
        and spans.unit = numbered_spans.unit
        and spans.span_id = numbered_spans.span_id
    inner join sums on numbered_spans.sum_no = sums.sum_no
),

drawn as (
    select members.sum_no, draws.draw_id, cast(draws.draw_amount as decimal(38, 6)) as amount
    from members
    inner join draws on members.quantity_id = draws.quantity_id
    where members.is_single = 1
    union all
    select members.sum_no, draws.draw_id, sum(draws.draw_amount) as amount
    from members
    inner join draws on members.quantity_id = draws.quantity_id
    where members.is_single = 0
    group by members.sum_no, draws.draw_id
),

mixes as (
    select
        scope, mix_series, unit, span_id,
        row_number() over (order by scope, mix_series, unit, span_id) as mix_no,
        dense_rank() over (order by mix_series, unit, span_id) as bundle_no
    from present
    where n_present = n_channels
),

bundle_sums as (
    select bundles.bundle_no, parts.part_no, numbered_spans.sum_no
    from (select distinct bundle_no, mix_series, unit, span_id from mixes) as bundles
    inner join numbered_spans
        on bundles.mix_series = numbered_spans.mix_series
        and bundles.unit = numbered_spans.unit
        and bundles.span_id = numbered_spans.span_id
    inner join parts on numbered_spans.channel = parts.channel and numbered_spans.channel_part = parts.channel_part
),

bundle_draws as (
    select
        bundle_sums.bundle_no,
        drawn.draw_id,
        max(case when bundle_sums.part_no = 1 then drawn.amount end) as legal,
        max(case when bundle_sums.part_no = 2 then drawn.amount end) as smuggled,
        max(case when bundle_sums.part_no = 3 then drawn.amount end) as domestic,
        max(case when bundle_sums.part_no = 4 then drawn.amount end) as own,
        max(case when bundle_sums.part_no = 5 then drawn.amount end) as proxy,
        max(case when bundle_sums.part_no = 6 then drawn.amount end) as offshore
    from bundle_sums
    inner join drawn on bundle_sums.sum_no = drawn.sum_no
    group by bundle_sums.bundle_no, drawn.draw_id
),

totals as (
    select
        mixes.mix_no, draws.legal, draws.smuggled, draws.domestic, draws.own, draws.proxy,
        case when mixes.scope = 'with_offshore' then draws.offshore end as offshore,
        draws.legal + draws.smuggled + draws.domestic + case when mixes.scope = 'with_offshore' then draws.offshore else 0 end as total,
        greatest(draws.legal, draws.smuggled, draws.domestic, case when mixes.scope = 'with_offshore' then draws.offshore else 0 end)
            as largest
    from mixes
    inner join bundle_draws as draws on mixes.bundle_no = draws.bundle_no
),

total_intervals as (
    select
        mix_no,
        quantile_disc(total, 0.05) as total_p05,
        quantile_disc(total, 0.5) as total_p50,
        quantile_disc(total, 0.95) as total_p95
    from totals
    group by mix_no
),

mix_intervals as (
    select
        mix_no,
        quantile_disc(cast(legal as double) / cast(total as double), 0.05) as legal_p05,
        quantile_disc(cast(legal as double) / cast(total as double), 0.5) as legal_p50,
        quantile_disc(cast(legal as double) / cast(total as double), 0.95) as legal_p95,
        quantile_disc(cast(smuggled as double) / cast(total as double), 0.05) as smuggled_p05,
        quantile_disc(cast(smuggled as double) / cast(total as double), 0.5) as smuggled_p50,
        quantile_disc(cast(smuggled as double) / cast(total as double), 0.95) as smuggled_p95,
        quantile_disc(cast(domestic as double) / cast(total as double), 0.05) as domestic_p05,
        quantile_disc(cast(domestic as double) / cast(total as double), 0.5) as domestic_p50,
        quantile_disc(cast(domestic as double) / cast(total as double), 0.95) as domestic_p95,
        quantile_disc(cast(own as double) / cast(total as double), 0.05) as own_p05,
        quantile_disc(cast(own as double) / cast(total as double), 0.5) as own_p50,
        quantile_disc(cast(own as double) / cast(total as double), 0.95) as own_p95,
        quantile_disc(cast(proxy as double) / cast(total as double), 0.05) as proxy_p05,
        quantile_disc(cast(proxy as double) / cast(total as double), 0.5) as proxy_p50,
        quantile_disc(cast(proxy as double) / cast(total as double), 0.95) as proxy_p95,
        quantile_disc(cast(offshore as double) / cast(total as double), 0.05) as offshore_p05,
        quantile_disc(cast(offshore as double) / cast(total as double), 0.5) as offshore_p50,
        quantile_disc(cast(offshore as double) / cast(total as double), 0.95) as offshore_p95,
        cast(count(case when legal = largest then 1 end) as double) / cast(count(*) as double) as legal_largest,
        cast(count(case when smuggled = largest then 1 end) as double) / cast(count(*) as double) as smuggled_largest,
        cast(count(case when domestic = largest then 1 end) as double) / cast(count(*) as double) as domestic_largest,
        cast(count(case when offshore = largest then 1 end) as double) / cast(count(*) as double) as offshore_largest
    from totals
    where total > 0
    group by mix_no
),

part_intervals as (
    select mix_no, 'legal' as channel, 'all' as channel_part, legal_p05 as share_p05, legal_p50 as share_p50, legal_p95 as share_p95,
        legal_largest as largest_probability
    from mix_intervals
    union all
    select mix_no, 'smuggled', 'all', smuggled_p05, smuggled_p50, smuggled_p95, smuggled_largest
    from mix_intervals
    union all
    select mix_no, 'domestic', 'all', domestic_p05, domestic_p50, domestic_p95, domestic_largest
    from mix_intervals
    union all
    select mix_no, 'domestic', 'own', own_p05, own_p50, own_p95, null
    from mix_intervals
    union all
    select mix_no, 'domestic', 'proxy', proxy_p05, proxy_p50, proxy_p95, null
    from mix_intervals
    union all
    select mix_no, 'offshore', 'all', offshore_p05, offshore_p50, offshore_p95, offshore_largest
    from mix_intervals
),

shares as (
    select
        mixes.scope, mixes.mix_series, mixes.unit, mixes.span_id, found.channel, found.channel_part, found.share_p05, found.share_p50,
        found.share_p95, found.largest_probability
    from mixes
    inner join part_intervals as found on mixes.mix_no = found.mix_no
),

named_totals as (
    select mixes.scope, mixes.mix_series, mixes.unit, mixes.span_id, found.total_p05, found.total_p50, found.total_p95
    from mixes
    inner join total_intervals as found on mixes.mix_no = found.mix_no
),

amount_intervals as (
    select
        sum_no,
        quantile_disc(amount, 0.05) as amount_p05,
        quantile_disc(amount, 0.5) as amount_p50,
        quantile_disc(amount, 0.95) as amount_p95
    from drawn
    group by sum_no
),

amounts as (
    select
        numbered_spans.mix_series, numbered_spans.channel, numbered_spans.channel_part, numbered_spans.unit, numbered_spans.span_id,
        amount_intervals.amount_p05, amount_intervals.amount_p50, amount_intervals.amount_p95
    from numbered_spans
    inner join amount_intervals on numbered_spans.sum_no = amount_intervals.sum_no
),

span_days as (
    select distinct
        span_id,
        cast(left(span_id, 4) || case when span_id like '%H2' then '-07-01' else '-01-01' end as date) as span_start,
        cast(left(span_id, 4) || case when span_id like '%H1' then '-06-30' else '-12-31' end as date) as span_end
    from spans
),

floors as (
    select
        span_days.span_id,
        max(cast(coalesce(claims.low, claims.central) as double)) as floor_usd
    from span_days
    inner join claims on claims.period_start >= span_days.span_start and claims.period_end <= span_days.span_end
    where claims.channel = 'smuggled'
        and claims.claim_origin = 'shipped'
        and claims.unit = 'usd'
        and claims.claim_kind in ('aggregate_estimate', 'case_indictment')
        and (claims.bound_kind = 'at_least' or claims.series_role like 'floor%')
        and claims.series_role not like 'exclude%'
    group by span_days.span_id
),

lines as (
    select distinct present.scope, present.mix_series, present.unit, present.span_id, parts.channel, parts.channel_part
    from present
    cross join parts
    where ';' || present.channels || ';' like '%;' || parts.channel || ';%'
)

select
    cast(lines.scope as VARCHAR) as scope,
    cast(lines.span_id as VARCHAR) as period_id,
    cast(lines.mix_series as VARCHAR) as mix_series,
    cast(lines.unit as VARCHAR) as unit_of_account,
    cast(lines.channel as VARCHAR) as channel,
    cast(lines.channel_part as VARCHAR) as channel_part,
    cast(
        case lines.unit
            when 'chips' then 'chips as counted by the publisher'
            when 'usd' then 'US dollars'
            when 'bandwidth' then 'H100 bandwidths (' || coalesce(default_convention.bandwidth_formula, 'memory bandwidth') || ')'
            when 'h100e'
                then case
                    when weighted_channels.is_weighted = 1 then 'H100e (by ' || coalesce(default_convention.h100e_formula, 'TPP') || ')'
                    else 'H100e (as its publisher counts it)'
                end
        end as VARCHAR
    ) as unit_convention,
    cast(case when amounts.amount_p50 is not null then bases.amount_basis end as VARCHAR) as amount_basis,
    cast(amounts.amount_p05 as DOUBLE) as amount_p05,
    cast(amounts.amount_p50 as DOUBLE) as amount_p50,
    cast(amounts.amount_p95 as DOUBLE) as amount_p95,
    cast(shares.share_p05 as DOUBLE) as share_p05,
    cast(shares.share_p50 as DOUBLE) as share_p50,
    cast(shares.share_p95 as DOUBLE) as share_p95,
    cast(named_totals.total_p05 as DOUBLE) as total_p05,
    cast(named_totals.total_p50 as DOUBLE) as total_p50,
    cast(named_totals.total_p95 as DOUBLE) as total_p95,
    cast(case when lines.channel_part = 'all' then shares.largest_probability end as DOUBLE) as largest_probability,
    cast(case when lines.channel = 'smuggled' then floors.floor_usd end as DOUBLE) as published_floor_usd,
    cast(case when present.n_present = present.n_channels then 'complete' else 'incomplete' end as VARCHAR) as mix_state,
    cast(
        case
            when present.n_present < present.n_channels
                then trim(
                    both ';' from
                    case when present.has_domestic = 0 then 'domestic;' else '' end
                    || case when present.has_legal = 0 then 'legal;' else '' end
                    || case when present.has_offshore = 0 and present.scope = 'with_offshore' then 'offshore;' else '' end
                    || case when present.has_smuggled = 0 then 'smuggled;' else '' end
                )
        end as VARCHAR
    ) as missing_channels,
    cast(
        case
            when amounts.amount_p50 is not null then null
            when lines.channel_part <> 'all' then 'no_part_known'
            when known_channels.channel is not null then 'unit_not_published'
            else 'no_claim'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from lines
inner join present
    on lines.scope = present.scope
    and lines.mix_series = present.mix_series
    and lines.unit = present.unit
    and lines.span_id = present.span_id
left join amounts
    on lines.mix_series = amounts.mix_series
    and lines.channel = amounts.channel
    and lines.channel_part = amounts.channel_part
    and lines.unit = amounts.unit
    and lines.span_id = amounts.span_id
left join shares
    on lines.scope = shares.scope
    and lines.mix_series = shares.mix_series
    and lines.unit = shares.unit
    and lines.span_id = shares.span_id
    and lines.channel = shares.channel
    and lines.channel_part = shares.channel_part
left join named_totals
    on lines.scope = named_totals.scope
    and lines.mix_series = named_totals.mix_series
    and lines.unit = named_totals.unit
    and lines.span_id = named_totals.span_id
left join floors on lines.span_id = floors.span_id
left join bases
    on lines.mix_series = bases.mix_series
    and lines.channel = bases.channel
    and lines.channel_part = bases.channel_part
    and lines.unit = bases.unit
    and lines.span_id = bases.span_id
left join known_channels
    on lines.mix_series = known_channels.mix_series
    and lines.channel = known_channels.channel
    and lines.span_id = known_channels.span_id
left join weighted_channels on lines.channel = weighted_channels.channel
cross join default_convention
