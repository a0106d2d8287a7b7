-- One row per cell of six-digit official trade and HS revision that it was filed in (A2), in its latest release there. From
-- core.fact_trade_flow (partners) and core.fact_control_total (World). The revision is the one that the row states: reporters
-- change over in different years, so a row that states none is kept as not_stated and never given one by its date.

with
flows as (select * from core.fact_trade_flow),

totals as (select * from core.fact_control_total),

filed as (
    select
        flows.source_id,
        flows.dataset_id,
        flows.release_id,
        flows.reporter_iso3,
        flows.partner_iso3,
        flows.flow,
        flows.trade_basis,
        coalesce(flows.hs_revision, 'not_stated') as filed_revision,
        flows.product_code,
        flows.frequency,
        flows.period_start,
        flows.period_end,
        flows.value_usd,
        flows.quantity,
        flows.quantity_unit,
        flows.is_current,
        flows.absence_reason,
        flows.licence_id,
        flows.vintage_at
    from flows
    where flows.classification = 'HS' and length(flows.product_code) = 6
    union all
    select
        totals.source_id,
        totals.dataset_id,
        totals.release_id,
        totals.reporter_iso3,
        totals.partner_iso3,
        totals.flow,
        totals.trade_basis,
        coalesce(totals.hs_revision, 'not_stated') as filed_revision,
        totals.product_code,
        totals.frequency,
        totals.period_start,
        totals.period_end,
        totals.value_usd,
        totals.quantity,
        totals.quantity_unit,
        totals.is_current,
        totals.absence_reason,
        totals.licence_id,
        totals.vintage_at
    from totals
    where totals.classification = 'HS' and length(totals.product_code) = 6 and totals.control_kind = 'world_total'
),

ranked as (
    select
        filed.source_id,
        filed.dataset_id,
        filed.reporter_iso3,
        filed.partner_iso3,
        filed.flow,
        filed.trade_basis,
        filed.filed_revision,
        filed.product_code,
        filed.frequency,
        filed.period_start,
        filed.period_end,
        filed.value_usd,
        filed.quantity,
        filed.quantity_unit,
        filed.is_current,
        filed.absence_reason,
        filed.licence_id,
        row_number() over (
            partition by
                filed.source_id, filed.reporter_iso3, filed.partner_iso3, filed.flow, filed.trade_basis,
                filed.filed_revision, filed.product_code, filed.frequency, filed.period_start
            order by filed.is_current desc, filed.vintage_at desc, filed.release_id desc
        ) as newness
    from filed
)

select
    cast(ranked.source_id as VARCHAR) as source_id,
    cast(ranked.dataset_id as VARCHAR) as dataset_id,
    cast(ranked.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(ranked.partner_iso3 as VARCHAR) as partner_iso3,
    cast(ranked.flow as VARCHAR) as flow,
    cast(ranked.trade_basis as VARCHAR) as trade_basis,
    cast(ranked.filed_revision as VARCHAR) as filed_revision,
    cast(ranked.product_code as VARCHAR) as product_code,
    cast(ranked.frequency as VARCHAR) as frequency,
    cast(ranked.period_start as DATE) as period_start,
    cast(ranked.period_end as DATE) as period_end,
    cast(ranked.value_usd as DECIMAL(20,3)) as value_usd,
    cast(ranked.quantity as DECIMAL(24,6)) as quantity,
    cast(case when ranked.quantity is not null then ranked.quantity_unit end as VARCHAR) as quantity_unit,
    cast(ranked.is_current as BOOLEAN) as is_current,
    cast(ranked.absence_reason as VARCHAR) as absence_reason,
    cast(ranked.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from ranked
where ranked.newness = 1
