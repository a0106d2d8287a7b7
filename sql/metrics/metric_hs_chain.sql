-- One row per cell and code in the target revision (A2): value converted from the revision that the row was filed in, as an
-- interval. From metrics.metric_hs_cell (current releases) and metrics.metric_hs_path. Targets are HS 2017 and HS 2022; codes
-- are brought forward only. What cannot be converted keeps its filed code in a row of its own (chain_state), with the reason,
-- so that filed values are accounted for. Quantities are converted only where every filed code states one and the same unit.
-- The interval is the spread over weight methods; may_miss_inflow says where codes that are not loaded may have brought more.

with
cells as (select * from metrics.metric_hs_cell),

paths as (select * from metrics.metric_hs_path),

targets as (select distinct target_revision, max(target_revision) over () as last_revision from paths),

tables_from as (select distinct filed_revision from paths),

traced as (
    select
        cells.source_id,
        cells.reporter_iso3,
        cells.partner_iso3,
        cells.flow,
        cells.trade_basis,
        targets.target_revision,
        coalesce(paths.target_code, cells.product_code) as product_code,
        cells.frequency,
        cells.period_start,
        cells.period_end,
        cells.filed_revision,
        cells.value_usd,
        cells.quantity,
        cells.quantity_unit,
        cells.absence_reason as value_absence,
        cells.licence_id,
        case when cells.filed_revision = targets.target_revision then 1 else paths.path_share_low end as path_share_low,
        case when cells.filed_revision = targets.target_revision then 1 else paths.path_share end as path_share,
        case when cells.filed_revision = targets.target_revision then 1 else paths.path_share_high end as path_share_high,
        case
            when cells.filed_revision = targets.target_revision then 0
            when paths.chain_method = 'exact' then 1
            when paths.chain_method = 'least_squares' then 2
            when paths.chain_method = 'trade_share' then 3
            when paths.chain_method = 'equal_split' then 4
        end as place,
        cells.filed_revision <> targets.target_revision and not coalesce(paths.is_only_source, true) as has_other_sources,
        case
            when cells.filed_revision = targets.target_revision then null
            when cells.filed_revision = 'not_stated' then 'revision_not_stated'
            when tables_from.filed_revision is null then 'no_table_for_revision'
            when paths.filed_code is null then 'code_not_in_table'
            else paths.absence_reason
        end as stop_reason
    from cells
    inner join targets
        on cells.filed_revision <= targets.target_revision
        or (cells.filed_revision = 'not_stated' and targets.target_revision = targets.last_revision)
    left join tables_from on cells.filed_revision = tables_from.filed_revision
    left join paths
        on cells.filed_revision = paths.filed_revision
        and cells.product_code = paths.filed_code
        and targets.target_revision = paths.target_revision
    where cells.is_current
),

pieces as (
    select
        traced.source_id,
        traced.reporter_iso3,
        traced.partner_iso3,
        traced.flow,
        traced.trade_basis,
        traced.target_revision,
        traced.product_code,
        case when traced.stop_reason is null then 'converted' else 'unconverted' end as chain_state,
        traced.frequency,
        traced.period_start,
        traced.period_end,
        traced.filed_revision,
        traced.value_usd as filed_usd,
        case
            when traced.path_share_low = 1 then traced.value_usd
            else cast(round(cast(traced.value_usd as double) * traced.path_share_low, 3) as decimal(20, 3))
        end as at_low_usd,
        case
            when traced.path_share = 1 then traced.value_usd
            else cast(round(cast(traced.value_usd as double) * traced.path_share, 3) as decimal(20, 3))
        end as at_central_usd,
        case
            when traced.path_share_high = 1 then traced.value_usd
            else cast(round(cast(traced.value_usd as double) * traced.path_share_high, 3) as decimal(20, 3))
        end as at_high_usd,
        case
            when traced.path_share = 1 then traced.quantity
            else cast(round(cast(traced.quantity as double) * traced.path_share, 6) as decimal(24, 6))
        end as quantity,
        traced.quantity_unit,
        traced.place,
        traced.has_other_sources,
        coalesce(traced.stop_reason, traced.value_absence) as absence_reason,
        traced.licence_id
    from traced
),

added_up as (
    select
        source_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        target_revision,
        product_code,
        chain_state,
        frequency,
        period_start,
        max(period_end) as period_end,
        filed_revision,
        count(*) as n_filed_codes,
        case when count(filed_usd) = count(*) then sum(filed_usd) end as filed_usd,
        case when count(at_central_usd) = count(*) then sum(least(at_low_usd, at_high_usd)) end as chain_low_usd,
        case when count(at_central_usd) = count(*) then sum(at_central_usd) end as chain_usd,
        case when count(at_central_usd) = count(*) then sum(greatest(at_low_usd, at_high_usd)) end as chain_high_usd,
        case
            when chain_state = 'converted' and count(quantity) = count(*) and count(distinct quantity_unit) = 1
                and count(quantity_unit) = count(*) then sum(quantity)
        end as chain_quantity,
        max(quantity_unit) as quantity_unit,
        max(place) as place,
        bool_or(has_other_sources) as has_other_sources,
        max(absence_reason) as absence_reason,
        max(licence_id) as licence_id
    from pieces
    group by
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, target_revision, product_code, chain_state,
        frequency, period_start, filed_revision
),

flagged as (
    select
        added_up.source_id,
        added_up.reporter_iso3,
        added_up.partner_iso3,
        added_up.flow,
        added_up.trade_basis,
        added_up.target_revision,
        added_up.product_code,
        added_up.chain_state,
        added_up.frequency,
        added_up.period_start,
        added_up.period_end,
        added_up.filed_revision,
        added_up.n_filed_codes,
        added_up.filed_usd,
        added_up.chain_low_usd,
        added_up.chain_usd,
        added_up.chain_high_usd,
        added_up.chain_quantity,
        added_up.quantity_unit,
        added_up.place,
        added_up.has_other_sources,
        added_up.absence_reason,
        added_up.licence_id,
        max(case when added_up.chain_state = 'unconverted' then 1 else 0 end) over (
            partition by
                added_up.source_id, added_up.reporter_iso3, added_up.partner_iso3, added_up.flow, added_up.trade_basis,
                added_up.target_revision, added_up.product_code, added_up.frequency, added_up.period_start
        ) as is_partly_stopped
    from added_up
)

select
    cast(flagged.source_id as VARCHAR) as source_id,
    cast(flagged.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(flagged.partner_iso3 as VARCHAR) as partner_iso3,
    cast(flagged.flow as VARCHAR) as flow,
    cast(flagged.trade_basis as VARCHAR) as trade_basis,
    cast(flagged.target_revision as VARCHAR) as target_revision,
    cast(flagged.product_code as VARCHAR) as product_code,
    cast(flagged.chain_state as VARCHAR) as chain_state,
    cast(flagged.frequency as VARCHAR) as frequency,
    cast(flagged.period_start as DATE) as period_start,
    cast(flagged.period_end as DATE) as period_end,
    cast(flagged.filed_revision as VARCHAR) as filed_revision,
    cast(flagged.n_filed_codes as BIGINT) as n_filed_codes,
    cast(flagged.filed_usd as DECIMAL(20,3)) as filed_usd,
    cast(case when flagged.chain_state = 'converted' then flagged.chain_low_usd end as DECIMAL(20,3)) as chain_low_usd,
    cast(case when flagged.chain_state = 'converted' then flagged.chain_usd end as DECIMAL(20,3)) as chain_usd,
    cast(case when flagged.chain_state = 'converted' then flagged.chain_high_usd end as DECIMAL(20,3)) as chain_high_usd,
    cast(flagged.chain_quantity as DECIMAL(24,6)) as chain_quantity,
    cast(case when flagged.chain_quantity is not null then flagged.quantity_unit end as VARCHAR) as quantity_unit,
    cast(
        case flagged.place
            when 0 then 'as_filed'
            when 1 then 'exact'
            when 2 then 'least_squares'
            when 3 then 'trade_share'
            when 4 then 'equal_split'
        end as VARCHAR
    ) as chain_method,
    cast(flagged.chain_state = 'converted' and flagged.has_other_sources as BOOLEAN) as may_miss_inflow,
    cast(
        coalesce(flagged.place <= 1, false) and flagged.is_partly_stopped = 0 as BOOLEAN
    ) as is_comparable,
    cast(
        case
            when flagged.chain_state = 'unconverted' or flagged.chain_usd is null then flagged.absence_reason
        end as VARCHAR
    ) as absence_reason,
    cast(flagged.licence_id as VARCHAR) as licence_id,
    cast(case when flagged.place = 0 then 'official' else 'estimate' end as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from flagged
