-- Licences travel with the data: no exported row-level table holds a row whose terms forbid passing it on.
-- guards: exports.rpt_flow_month
with
exported as (
    select 'rpt_flow_month' as found_in, outcome_id as row_key, licence_id from exports.rpt_flow_month
    union all select 'rpt_proxy_group', dataset_id, licence_id from exports.rpt_proxy_group
    union all select 'rpt_hs_chain', reporter_iso3, licence_id from exports.rpt_hs_chain
    union all select 'rpt_bilateral_report', reporter_iso3, licence_id from exports.rpt_bilateral_report
    union all select 'rpt_world_report', reporter_iso3, licence_id from exports.rpt_world_report
    union all select 'rpt_seasonal_adjustment', outcome_id, licence_id from exports.rpt_seasonal_adjustment
    union all select 'rpt_vintage', reporter_iso3, licence_id from exports.rpt_vintage
    union all select 'rpt_hub_reexport', hub_iso3, licence_id from exports.rpt_hub_reexport
    union all select 'rpt_unit_value', reporter_iso3, licence_id from exports.rpt_unit_value
)
select exported.found_in, exported.row_key, exported.licence_id
from exported
left join core.dim_licence as licences on exported.licence_id = licences.licence_id
where licences.may_redistribute_rows is not true
