-- One row per design and kind of p-value (B8, B9): raw, place in its family, and corrected by Holm or Benjamini-Hochberg.
-- From tidy.event_design, metrics.metric_event_placebo and metrics.metric_event_fit (near controls, or none). A design without a
-- p-value is counted in the family and not corrected for; ties keep the order of the keys.

with
designs as (select * from tidy.event_design),

placebos as (select * from metrics.metric_event_placebo),

fits as (select * from metrics.metric_event_fit),

counted as (
    select
        design_id,
        count(*) as n_placebos,
        count(case when placebo_statistic >= own_statistic then 1 end) as n_extreme
    from placebos
    group by design_id
),

raw as (
    select
        designs.design_id,
        'placebo' as test_kind,
        designs.family_id,
        designs.family_correction,
        coalesce(counted.n_placebos, 0) as n_placebos,
        coalesce(counted.n_extreme, 0) as n_extreme,
        (1 + cast(counted.n_extreme as double)) / (1 + counted.n_placebos) as p,
        case when counted.n_placebos is null then 'no_placebo' end as reason
    from designs
    left join counted on designs.design_id = counted.design_id
    union all
    select
        designs.design_id,
        'interval' as test_kind,
        designs.family_id,
        designs.family_correction,
        null as n_placebos,
        null as n_extreme,
        fits.p_value as p,
        case when fits.p_value is null then coalesce(fits.absence_reason, 'no_interval') end as reason
    from designs
    left join fits on designs.design_id = fits.design_id and fits.control_set in ('near', 'none')
),

ranked as (
    select
        design_id,
        test_kind,
        family_id,
        family_correction,
        n_placebos,
        n_extreme,
        p,
        reason,
        count(p) over (partition by test_kind, family_id) as n_tests,
        count(*) over (partition by test_kind, family_id) as n_all,
        case when p is not null then row_number() over (partition by test_kind, family_id, p is null order by p, design_id) end as place
    from raw
),

corrected as (
    select
        design_id,
        test_kind,
        family_id,
        family_correction,
        n_placebos,
        n_extreme,
        p,
        reason,
        n_tests,
        n_all,
        place,
        least(
            max((n_tests - place + 1) * p) over (partition by test_kind, family_id order by place rows between unbounded preceding and current row),
            1
        ) as holm,
        least(
            min(n_tests * p / place) over (partition by test_kind, family_id order by place rows between current row and unbounded following),
            1
        ) as bh
    from ranked
    where p is not null
)

select
    cast(ranked.design_id as VARCHAR) as design_id,
    cast(ranked.test_kind as VARCHAR) as test_kind,
    cast(ranked.family_id as VARCHAR) as family_id,
    cast(ranked.family_correction as VARCHAR) as family_correction,
    cast(ranked.n_placebos as BIGINT) as n_event_placebos,
    cast(ranked.n_extreme as BIGINT) as n_as_extreme,
    cast(ranked.p as DOUBLE) as test_p,
    cast(ranked.n_tests as BIGINT) as family_size,
    cast(ranked.n_all - ranked.n_tests as BIGINT) as family_missing,
    cast(ranked.place as BIGINT) as test_rank,
    cast(case when ranked.family_correction = 'holm' then corrected.holm else corrected.bh end as DOUBLE) as test_p_adjusted,
    cast(ranked.reason as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from ranked
left join corrected on ranked.design_id = corrected.design_id and ranked.test_kind = corrected.test_kind
