-- Premium: rent never exceeds the sales it is drawn from.
-- guards: metrics.metric_premium
select price_id, premium, sales_usd, rent_usd from metrics.metric_premium where rent_usd > sales_usd
