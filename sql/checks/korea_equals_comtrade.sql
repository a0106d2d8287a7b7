-- Reconciliation: Korea Customs HS 8542 exports, twelve months added, equal Korea's Comtrade export to the dollar in every common year.
-- guards: core.fact_control_total
with
korea as (
    select year(period_start) as calendar_year, sum(value_usd) as value_usd
    from core.fact_trade_flow
    where dataset_id = 'kcs_8542_country'
    group by year(period_start)
    having count(distinct period_start) = 12
),
comtrade as (
    select year(period_start) as calendar_year, value_usd
    from core.fact_control_total
    where dataset_id = 'comtrade_8542_exports_annual' and reporter_iso3 = 'KOR'
)
select korea.calendar_year, korea.value_usd as korea_usd, comtrade.value_usd as comtrade_usd
from korea
inner join comtrade on korea.calendar_year = comtrade.calendar_year
where korea.value_usd <> comtrade.value_usd
