-- A derived figure under terms that bar passing on rows goes out only over three records or more: fewer give one away.
-- guards: exports.rpt_concentration
with
exported as (
    select 'rpt_concentration' as found_in, reporter_iso3 as row_key, licence_id, n_partners as n_records
    from exports.rpt_concentration
    union all
    select 'rpt_price_volume', reporter_iso3, licence_id, n_varieties
    from exports.rpt_price_volume
)
select exported.found_in, exported.row_key, exported.licence_id, exported.n_records
from exported
left join core.dim_licence as licences on exported.licence_id = licences.licence_id
where licences.may_redistribute_rows is not true and exported.n_records < 3
