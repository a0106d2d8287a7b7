-- One row per finding in plain words, with its number, interval, labels and the table it is read from.
-- From the metrics. The wording keeps to the evidence label: a change that coincides with a rule is said to coincide.

with
run as (select * from core.run),

windows as (select * from metrics.metric_pre_post),

rules as (select * from core.fact_rule_change),

registry as (select * from tidy.outcome_series),

mix as (select * from metrics.metric_mix_interval),

answers as (select * from metrics.metric_answer),

per_quarter as (select * from metrics.metric_claim_quarter),

premiums as (select * from metrics.metric_premium),

coverage as (select * from metrics.metric_coverage),

waterfall as (select * from metrics.metric_mirror_waterfall),

gaps as (select * from metrics.metric_mirror_gap),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

throughput as (select * from metrics.metric_hub_throughput),

excess as (select * from metrics.metric_hub_excess),

outcomes as (select * from metrics.metric_scenario_outcome),

backtests as (select * from metrics.metric_scenario_backtest),

events as (select * from metrics.metric_event_result),

flow_findings as (
    select
        'flow-' || windows.rule_id || '-' || windows.outcome_id as statement_id,
        100 + 10 * case windows.rule_id
            when 'us_bis_oct7_2022_ifr' then 1
            when 'us_bis_acs_2023' then 2
            when 'us_bis_hbm_fdpr_2024' then 3
            else 4
        end + case windows.outcome_id when 'kor_x_mcp_chn_usd' then 1 when 'kor_x_mcp_hkg_usd' then 2 else 3 end as position,
        'What flowed around the rule dates?' as section,
        registry.title || ': ' || case
            when windows.absence_reason is not null
                then 'only ' || cast(windows.n_pre as varchar) || ' clean months before and '
                    || cast(windows.n_post as varchar) || ' after ' || cast(windows.bite_date as varchar)
                    || ' (' || rules.title || '): too short to say anything'
            else cast(cast(round(windows.pre_mean / 1000000) as bigint) as varchar) || ' million USD a month over '
                || cast(windows.n_pre as varchar) || ' clean months before ' || cast(windows.bite_date as varchar) || ', '
                || cast(cast(round(windows.post_mean / 1000000) as bigint) as varchar) || ' million over '
                || cast(windows.n_post as varchar) || ' after, a change of '
                || cast(cast(round(100 * windows.change_ratio) as bigint) as varchar) || ' % that coincided with: '
                || rules.title || case
                    when windows.n_overlapping_rules > 0
                        then '. Rules on this lane that fall into the same window: '
                            || cast(windows.n_overlapping_rules as varchar) || ', so it is not separately identified'
                    else ''
                end
        end || '.' as statement,
        windows.change_ratio as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'ratio' as statement_unit,
        'metrics.metric_pre_post: rule_id=' || windows.rule_id || ', outcome_id=' || windows.outcome_id as lineage,
        windows.value_label,
        windows.evidence_label
    from windows
    inner join rules on windows.rule_id = rules.rule_id
    inner join registry on windows.outcome_id = registry.outcome_id
    where windows.rule_id in ('us_bis_oct7_2022_ifr', 'us_bis_acs_2023', 'us_bis_hbm_fdpr_2024')
        and windows.outcome_id in ('kor_x_mcp_chn_usd', 'kor_x_mcp_hkg_usd', 'kor_x_mcp_twn_usd')
),

latest_complete as (
    select unit_of_account, max(period_id) as period_id
    from mix
    where scope = 'arrivals' and mix_series = 'backbone' and mix_state = 'complete' and period_id like '____H_'
    group by unit_of_account
),

mix_findings as (
    select
        'mix-' || mix.unit_of_account || '-' || mix.channel as statement_id,
        200 + 10 * case mix.unit_of_account when 'h100e' then 1 when 'bandwidth' then 2 when 'chips' then 3 else 4 end
            + case mix.channel when 'legal' then 1 when 'smuggled' then 2 else 3 end as position,
        'What is the supply mix of China''s added AI compute?' as section,
        mix.period_id || ', counted in ' || case mix.unit_of_account
            when 'h100e' then 'H100-equivalents of compute'
            when 'bandwidth' then 'H100s of memory bandwidth'
            when 'usd' then 'US dollars'
            else 'chips'
        end || ': ' || mix.channel || ' supply '
            || case
                when mix.share_p50 < 0.01 then 'under 1'
                else 'about ' || cast(cast(round(100 * mix.share_p50) as bigint) as varchar)
            end || ' % of what was added (90 % of joint draws between '
            || cast(cast(round(100 * mix.share_p05) as bigint) as varchar) || ' and '
            || cast(cast(round(100 * mix.share_p95) as bigint) as varchar)
            || ' %, compute rented abroad left out).' as statement,
        mix.share_p50 as statement_value,
        mix.share_p05 as statement_low,
        mix.share_p95 as statement_high,
        'share' as statement_unit,
        'metrics.metric_mix_interval: scope=arrivals, mix_series=backbone, period_id=' || mix.period_id
            || ', unit_of_account=' || mix.unit_of_account || ', channel=' || mix.channel || ', channel_part=all' as lineage,
        mix.value_label,
        mix.evidence_label
    from mix
    inner join latest_complete
        on mix.unit_of_account = latest_complete.unit_of_account and mix.period_id = latest_complete.period_id
    where mix.scope = 'arrivals' and mix.mix_series = 'backbone' and mix.channel_part = 'all'
),

no_mix as (
    select
        'mix-none' as statement_id,
        299 as position,
        'What is the supply mix of China''s added AI compute?' as section,
        'No half-year has a figure for every channel as of ' || cast(run.as_of as varchar)
            || ', so no share is given.' as statement,
        cast(null as double) as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'share' as statement_unit,
        'metrics.metric_mix_interval: mix_state=incomplete' as lineage,
        'estimate' as value_label,
        'accounting' as evidence_label
    from run
    where not exists (select 1 from latest_complete)
),

replaced_findings as (
    select
        'replaced-' || unit_of_account as statement_id,
        250 + position as position,
        'When licensed sales stop, what can have replaced them?' as section,
        'H20 stop of April 2025, counted in ' || case unit_of_account
            when 'h100e' then 'H100-equivalents of compute'
            when 'bandwidth' then 'H100s of memory bandwidth'
            when 'usd' then 'US dollars'
            else 'chips'
        end || ': smuggled chips can have made up between 0 and '
            || cast(cast(round(100 * answer_at_floor) as bigint) as varchar)
            || ' % of the lost sales if the $1 billion claim is taken at its floor; the median of that upper end is '
            || cast(cast(round(100 * answer_p50) as bigint) as varchar) || ' % (90 % of draws between '
            || cast(cast(round(100 * answer_p05) as bigint) as varchar) || ' and '
            || cast(cast(round(100 * answer_p95) as bigint) as varchar)
            || ' %), which rests on a prior. What would have been smuggled anyway is not known.' as statement,
        answer_p50 as statement_value,
        cast(0 as double) as statement_low,
        answer_p95 as statement_high,
        'share of the shortfall' as statement_unit,
        'metrics.metric_answer: answer_id=' || answer_id as lineage,
        value_label,
        evidence_label
    from answers
    where answer_id like 'diversion-upper-%' and answer_p50 is not null
),

change_findings as (
    select
        'change-' || smuggled.unit_of_account as statement_id,
        280 + smuggled.position as position,
        'When licensed sales stop, what can have replaced them?' as section,
        'Second half of 2025 over the first, in ' || case smuggled.unit_of_account
            when 'h100e' then 'H100-equivalents' else smuggled.unit_of_account end || ': licensed '
            || cast(cast(round(100 * licensed.answer_p50) as bigint) as varchar) || ' % (90 % of draws between '
            || cast(round(100 * least(licensed.answer_p05, coalesce(licensed.apart_p05, licensed.answer_p05)), 1) as varchar) || ' and '
            || cast(round(100 * greatest(licensed.answer_p95, coalesce(licensed.apart_p95, licensed.answer_p95)), 1) as varchar)
            || ' %), smuggled ' || cast(cast(round(100 * smuggled.answer_p50) as bigint) as varchar) || ' % (90 % of draws between '
            || cast(cast(round(100 * least(smuggled.answer_p05, coalesce(smuggled.apart_p05, smuggled.answer_p05))) as bigint) as varchar)
            || ' and '
            || cast(cast(round(100 * greatest(smuggled.answer_p95, coalesce(smuggled.apart_p95, smuggled.answer_p95))) as bigint) as varchar)
            || ' %), each half with half of its error to itself. Sales were allowed again in July but hardly any chip arrived, so whether smuggled demand gave way to licensed'
            || ' supply is not identified.' as statement,
        smuggled.answer_p50 as statement_value,
        least(smuggled.answer_p05, coalesce(smuggled.apart_p05, smuggled.answer_p05)) as statement_low,
        greatest(smuggled.answer_p95, coalesce(smuggled.apart_p95, smuggled.answer_p95)) as statement_high,
        'ratio' as statement_unit,
        'metrics.metric_answer: answer_id=' || smuggled.answer_id as lineage,
        smuggled.value_label,
        smuggled.evidence_label
    from answers as smuggled
    inner join answers as licensed
        on smuggled.unit_of_account = licensed.unit_of_account
        and licensed.answer_id = 'legal-change-2025h2-' || smuggled.unit_of_account
    where smuggled.answer_id = 'smuggled-change-2025h2-' || smuggled.unit_of_account
        and smuggled.answer_p50 is not null
        and licensed.answer_p50 is not null
),

billion as (
    select claim_id, unit_of_account, per_quarter
    from per_quarter
    where claim_id = 'ft-2025-b200-1bn'
),

claim_findings as (
    select
        'claim-' || others.claim_id || '-' || others.unit_of_account as statement_id,
        300 + 10 * case others.unit_of_account when 'chips' then 1 else 2 end
            + row_number() over (partition by others.unit_of_account order by others.claim_id) as position,
        'How does the $1 billion claim compare?' as section,
        'The claim of at least $1 billion in three months stands for at least '
            || cast(cast(round(billion.per_quarter / 100) * 100 as bigint) as varchar) || ' '
            || case others.unit_of_account when 'chips' then 'chips' else 'H100-equivalents' end || ' a quarter, '
            || cast(round(billion.per_quarter / others.per_quarter, 2) as varchar) || ' times the '
            || cast(cast(round(others.per_quarter / 100) * 100 as bigint) as varchar) || ' a quarter of '
            || others.claim_id || ' (' || cast(others.period_start as varchar) || ' to '
            || cast(others.period_end as varchar) || case others.conversion
                when 'assumed_h100_class' then ', if its chips are H100 class' else ''
            end || '). A floor, not a rival estimate.' as statement,
        billion.per_quarter / others.per_quarter as statement_value,
        billion.per_quarter / others.per_quarter_high as statement_low,
        billion.per_quarter / others.per_quarter_low as statement_high,
        'ratio' as statement_unit,
        'metrics.metric_claim_quarter: claim_id=ft-2025-b200-1bn and ' || others.claim_id || ', unit_of_account='
            || others.unit_of_account as lineage,
        'claim' as value_label,
        'accounting' as evidence_label
    from billion
    inner join per_quarter as others on billion.unit_of_account = others.unit_of_account
    where others.unit_of_account in ('chips', 'h100e')
        and others.claim_id in (
            'cnas-2024-chips', 'cnas-style-2025-montecarlo', 'epoch-smuggled-cum-units-2025q4',
            'epoch-smuggled-cum-h100e-2025q4'
        )
),

premium_findings as (
    select
        'premium-' || premiums.price_id as statement_id,
        400 + row_number() over (order by premiums.quote_date, premiums.price_id) as position,
        'What does the street pay?' as section,
        'Street price ' || premiums.price_id || ' of ' || cast(premiums.quote_date as varchar) || ': '
            || cast(cast(round(premiums.street_usd) as bigint) as varchar) || ' USD, '
            || cast(cast(round(100 * premiums.premium) as bigint) as varchar) || ' % over the reference price'
            || case when premiums.is_like_for_like then ', like for like' else ' (not shown to be like for like: '
                || replace(premiums.like_for_like_reason, ';', ', ') || ')' end
            || case when premiums.rent_usd is not null
                then '; on sales of at least ' || cast(cast(round(premiums.sales_usd / 1000000) as bigint) as varchar)
                    || ' million USD a premium rent of '
                    || cast(cast(round(premiums.rent_usd / 1000000) as bigint) as varchar) || ' million'
                else '' end || '.' as statement,
        premiums.premium as statement_value,
        premiums.premium_low as statement_low,
        premiums.premium_high as statement_high,
        'ratio' as statement_unit,
        'metrics.metric_premium: price_id=' || premiums.price_id as lineage,
        premiums.value_label,
        premiums.evidence_label
    from premiums
    where premiums.premium is not null and premiums.premium_basis = 'stated' and premiums.repeats_price_id is null
),

window_counts as (
    select
        count(*) as n_windows,
        count(*) filter (where windows.absence_reason is not null) as n_short,
        count(*) filter (where windows.absence_reason is null and windows.n_overlapping_rules > 0) as n_mixed,
        count(*) filter (where windows.is_separately_identified) as n_clean
    from windows
    where windows.pair_role = 'exposed'
),

short_events as (
    select string_agg(rule_id, ', ' order by rule_id) as rule_ids, count(*) as n_rules
    from (
        select windows.rule_id
        from windows
        inner join rules on windows.rule_id = rules.rule_id
        where windows.pair_role = 'exposed' and rules.importance = 1
        group by windows.rule_id
        having count(windows.change_ratio) = 0
    ) as without_change
),

window_findings as (
    select
        'windows-counts' as statement_id,
        500 as position,
        'Which event windows are too short?' as section,
        'Of ' || cast(window_counts.n_windows as varchar) || ' pairs of a rule and an exposed series, '
            || cast(window_counts.n_short as varchar) || ' have too few clean months, in '
            || cast(window_counts.n_mixed as varchar) || ' another rule falls into the window, and '
            || cast(window_counts.n_clean as varchar) || ' stand alone.' as statement,
        cast(window_counts.n_short as double) as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'pairs' as statement_unit,
        'metrics.metric_pre_post' as lineage,
        'official' as value_label,
        'descriptive' as evidence_label
    from window_counts
    union all
    select
        'windows-short-rules' as statement_id,
        501 as position,
        'Which event windows are too short?' as section,
        'Rules of the first weight without a single series that has enough clean months: '
            || coalesce(short_events.rule_ids, 'none') || '.' as statement,
        cast(short_events.n_rules as double) as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'rules' as statement_unit,
        'metrics.metric_pre_post: change_ratio is NULL for every exposed series of the rule' as lineage,
        'official' as value_label,
        'descriptive' as evidence_label
    from short_events
),

h20_findings as (
    select
        'windows-h20-' || rules.rule_id as statement_id,
        510 + row_number() over (order by rules.bite_date, rules.rule_id) as position,
        'Which event windows are too short?' as section,
        rules.title || ' (' || cast(rules.bite_date as varchar) || '): no shipped monthly series isolates the chip; '
            || 'whether legal access lowered smuggling is not identified by these data.' as statement,
        cast(null as double) as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'none' as statement_unit,
        'core.fact_rule_change: rule_id=' || rules.rule_id as lineage,
        'official' as value_label,
        'accounting' as evidence_label
    from rules
    where rules.rule_id in ('us_usg_h20_mi308_letters_2025', 'us_usg_h20_resumption_2025') and rules.bite_date is not null
),

event_counts as (
    select
        count(*) as n_designs,
        count(case when design_status = 'estimated' then 1 end) as n_estimated,
        count(case when design_status = 'not_separately_identified' then 1 end) as n_mixed,
        count(case when design_status = 'no_data' then 1 end) as n_unloaded,
        count(case when evidence_label in ('comparative', 'quasi_experimental') then 1 end) as n_compared
    from events
),

event_findings as (
    select
        'events-counts' as statement_id,
        450 as position,
        'What moved when a rule changed?' as section,
        'Of ' || cast(n_designs as varchar) || ' registered event studies, ' || cast(n_estimated as varchar) || ' give an estimate, '
            || cast(n_mixed as varchar) || ' cannot be told apart from other rules on the lane, ' || cast(n_unloaded as varchar)
            || ' need series that are not loaded; ' || cast(n_compared as varchar) || ' may be worded as a comparison.' as statement,
        cast(n_estimated as double) as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'designs' as statement_unit,
        'metrics.metric_event_result' as lineage,
        'estimate' as value_label,
        'descriptive' as evidence_label
    from event_counts
    union all
    select
        'event-' || design_id as statement_id,
        450 + row_number() over (
            order by case when family_id = 'seed_2025_07' then 1 else 0 end, first_bite_date, design_id
        ) as position,
        'What moved when a rule changed?' as section,
        finding as statement,
        estimate_log as statement_value,
        ci_low as statement_low,
        ci_high as statement_high,
        case when estimate_log is null then 'none' else 'log points' end as statement_unit,
        'metrics.metric_event_result: design_id=' || design_id as lineage,
        value_label,
        evidence_label
    from events
    where evidence_label in ('comparative', 'quasi_experimental') or design_id = 'seed_smuggled_2025_07'
),

coverage_findings as (
    select
        'coverage-' || coverage.product_code || '-' || coverage.frequency as statement_id,
        600 + row_number() over (order by coverage.frequency, coverage.product_code) as position,
        'How complete are the statistics?' as section,
        'World exports of HS ' || coverage.product_code || ' in the latest loaded '
            || case coverage.frequency when 'A' then 'year' else 'month' end || ' (' || cast(coverage.period_start as varchar)
            || '): reporters with ' || cast(cast(round(100 * coverage.coverage_share) as bigint) as varchar)
            || ' % of earlier trade had filed'
            || case when coverage.is_headline_allowed then '' else '; the total must not be a headline' end || '.'
            as statement,
        coverage.coverage_share as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'share' as statement_unit,
        'metrics.metric_coverage: product_code=' || coverage.product_code || ', frequency=' || coverage.frequency
            || ', period_start=' || cast(coverage.period_start as varchar) as lineage,
        coverage.value_label,
        coverage.evidence_label
    from coverage
    inner join (
        select product_code, flow, frequency, max(period_start) as period_start
        from coverage
        where coverage_share is not null
        group by product_code, flow, frequency
    ) as latest
        on coverage.product_code = latest.product_code
        and coverage.flow = latest.flow
        and coverage.frequency = latest.frequency
        and coverage.period_start = latest.period_start
    where coverage.flow = 'X'
),

mirror_parts as (
    select
        waterfall.exporter_iso3,
        waterfall.importer_iso3,
        waterfall.product_code,
        waterfall.period_start,
        max(waterfall.raw_gap_usd) as raw_gap_usd,
        max(case when waterfall.component = 'freight' then -waterfall.component_low_usd end) as freight_most_usd,
        max(case when waterfall.component = 'freight' then -waterfall.component_high_usd end) as freight_least_usd,
        max(case when waterfall.component = 'timing' then waterfall.component_high_usd end) as timing_usd,
        max(case when waterfall.component = 'reexport' then waterfall.explainable_usd end) as reexport_most_usd,
        max(case when waterfall.component = 'reexport' then waterfall.component_note end) as reexport_note,
        max(case when waterfall.component = 'residual' then waterfall.component_low_usd end) as residual_low_usd,
        max(case when waterfall.component = 'residual' then waterfall.component_usd end) as residual_usd,
        max(case when waterfall.component = 'residual' then waterfall.component_high_usd end) as residual_high_usd
    from waterfall
    where waterfall.window_kind = 'year' and length(waterfall.product_code) = 4
    group by waterfall.exporter_iso3, waterfall.importer_iso3, waterfall.product_code, waterfall.period_start
),

mirror_ranked as (
    select
        mirror_parts.exporter_iso3,
        mirror_parts.importer_iso3,
        mirror_parts.product_code,
        mirror_parts.period_start,
        mirror_parts.raw_gap_usd,
        mirror_parts.freight_most_usd,
        mirror_parts.freight_least_usd,
        mirror_parts.timing_usd,
        mirror_parts.reexport_most_usd,
        mirror_parts.reexport_note,
        mirror_parts.residual_low_usd,
        mirror_parts.residual_usd,
        mirror_parts.residual_high_usd,
        row_number() over (
            partition by mirror_parts.exporter_iso3, mirror_parts.importer_iso3, mirror_parts.product_code
            order by mirror_parts.period_start desc
        ) as newness
    from mirror_parts
),

mirror_largest as (
    select
        mirror_ranked.exporter_iso3,
        mirror_ranked.importer_iso3,
        mirror_ranked.product_code,
        mirror_ranked.period_start,
        mirror_ranked.raw_gap_usd,
        mirror_ranked.freight_most_usd,
        mirror_ranked.freight_least_usd,
        mirror_ranked.timing_usd,
        mirror_ranked.reexport_most_usd,
        mirror_ranked.reexport_note,
        mirror_ranked.residual_low_usd,
        mirror_ranked.residual_usd,
        mirror_ranked.residual_high_usd,
        row_number() over (
            order by
                abs(mirror_ranked.raw_gap_usd) desc, mirror_ranked.exporter_iso3, mirror_ranked.importer_iso3,
                mirror_ranked.product_code
        ) as size_rank
    from mirror_ranked
    where mirror_ranked.newness = 1
),

mirror_findings as (
    select
        'mirror-' || gaps.exporter_iso3 || '-' || gaps.importer_iso3 || '-' || gaps.product_code as statement_id,
        150 + mirror_largest.size_rank as position,
        'Do both sides report the same trade?' as section,
        exporters.name_en || ' reports ' || cast(cast(round(gaps.exporter_usd / 1000000000, 2) as decimal(12, 2)) as varchar)
            || ' bn USD of exports of HS ' || gaps.product_code || ' (' || coalesce(lower(products.title), 'no title') || ') to '
            || importers.name_en || ' in ' || cast(extract(year from gaps.period_start) as varchar) || ', ' || importers.name_en
            || ' ' || cast(cast(round(gaps.importer_usd / 1000000000, 2) as decimal(12, 2)) as varchar) || ' bn of imports from '
            || exporters.name_en || case when gaps.is_taiwan_proxy then ' (filed as Other Asia, nes)' else '' end
            || '. Of the difference, freight can be '
            || cast(cast(round(mirror_largest.freight_least_usd / 1000000000, 2) as decimal(12, 2)) as varchar) || ' to '
            || cast(cast(round(mirror_largest.freight_most_usd / 1000000000, 2) as decimal(12, 2)) as varchar)
            || ' bn, goods under way up to '
            || cast(cast(round(mirror_largest.timing_usd / 1000000000, 2) as decimal(12, 2)) as varchar)
            || ' bn either way, goods sold on by hubs up to '
            || cast(cast(round(mirror_largest.reexport_most_usd / 1000000000, 2) as decimal(12, 2)) as varchar) || ' bn ('
            || mirror_largest.reexport_note || '). These are two reports that differ, which is no evidence of evasion.' as statement,
        cast(mirror_largest.residual_usd as double) as statement_value,
        cast(mirror_largest.residual_low_usd as double) as statement_low,
        cast(mirror_largest.residual_high_usd as double) as statement_high,
        'USD, residual of the mirror gap' as statement_unit,
        'metrics.metric_mirror_waterfall: exporter_iso3=' || gaps.exporter_iso3 || ', importer_iso3=' || gaps.importer_iso3
            || ', product_code=' || gaps.product_code || ', window_kind=year, period_start='
            || cast(gaps.period_start as varchar) as lineage,
        gaps.value_label,
        gaps.evidence_label
    from mirror_largest
    inner join gaps
        on mirror_largest.exporter_iso3 = gaps.exporter_iso3
        and mirror_largest.importer_iso3 = gaps.importer_iso3
        and mirror_largest.product_code = gaps.product_code
        and mirror_largest.period_start = gaps.period_start
        and gaps.window_kind = 'year'
    inner join countries as exporters on gaps.exporter_iso3 = exporters.country_iso3
    inner join countries as importers on gaps.importer_iso3 = importers.country_iso3
    left join products on gaps.product_code = products.code
    where mirror_largest.size_rank <= 3
),

hub_counts as (
    select
        count(*) as n_hubs,
        count(throughput.throughput) as n_known,
        string_agg(case when throughput.throughput is null then countries.name_en end, ', ' order by countries.name_en) as missing,
        max(throughput.period_start) as period_start
    from throughput
    inner join (
        select max(period_start) as period_start
        from throughput
        where window_kind = 'year'
    ) as latest on throughput.period_start = latest.period_start
    inner join countries on throughput.hub_iso3 = countries.country_iso3
    where throughput.window_kind = 'year' and throughput.target_iso3 = 'CHN' and throughput.goods_id = 'ai_accelerator'
),

hub_findings as (
    select
        'hub-throughput' as statement_id,
        170 as position,
        'What passes through the hubs?' as section,
        'Goods of the AI-accelerator codes that arrive and leave again for China in '
            || cast(extract(year from hub_counts.period_start) as varchar) || ': known for '
            || cast(hub_counts.n_known as varchar) || ' of ' || cast(hub_counts.n_hubs as varchar) || ' hubs'
            || case when hub_counts.missing is not null then '; not loaded: ' || hub_counts.missing else '' end || '.' as statement,
        cast(hub_counts.n_known as double) as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'hubs' as statement_unit,
        'metrics.metric_hub_throughput: window_kind=year, target_iso3=CHN, goods_id=ai_accelerator, period_start='
            || cast(hub_counts.period_start as varchar) as lineage,
        'estimate' as value_label,
        'accounting' as evidence_label
    from hub_counts
    where hub_counts.n_hubs > 0
),

excess_counts as (
    select
        excess.rule_id,
        excess.exporter_iso3,
        excess.product_code,
        max(excess.period_start) as period_start,
        max(excess.n_placebos) as n_placebos,
        count(excess.is_outside_band) as n_banded,
        count(case when excess.is_outside_band then 1 end) as n_outside,
        string_agg(case when excess.is_outside_band then countries.name_en end, ', ' order by countries.name_en) as outside
    from excess
    inner join countries on excess.hub_iso3 = countries.country_iso3
    where excess.rule_id in ('us_bis_oct7_2022_ifr', 'us_bis_acs_2023') and excess.product_code = '8542'
    group by excess.rule_id, excess.exporter_iso3, excess.product_code
    having count(excess.is_outside_band) > 0
),

excess_findings as (
    select
        'hub-excess-' || excess_counts.rule_id || '-' || excess_counts.exporter_iso3 as statement_id,
        170 + row_number() over (order by rules.bite_date, excess_counts.exporter_iso3) as position,
        'What passes through the hubs?' as section,
        'After ' || cast(rules.bite_date as varchar) || ' (' || rules.title || '), exports of HS ' || excess_counts.product_code
            || ' from ' || countries.name_en || ' to ' || cast(excess_counts.n_outside as varchar) || ' of '
            || cast(excess_counts.n_banded as varchar) || ' hubs moved outside the band of '
            || cast(excess_counts.n_placebos as varchar) || ' destinations that are neither hub nor target'
            || case when excess_counts.outside is not null then ' (' || excess_counts.outside || ')' else '' end
            || '; with a 90 % band about one in ten does so without any reason.' as statement,
        cast(excess_counts.n_outside as double) as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'hubs' as statement_unit,
        'metrics.metric_hub_excess: rule_id=' || excess_counts.rule_id || ', exporter_iso3=' || excess_counts.exporter_iso3
            || ', product_code=' || excess_counts.product_code as lineage,
        'estimate' as value_label,
        'descriptive' as evidence_label
    from excess_counts
    inner join rules on excess_counts.rule_id = rules.rule_id
    inner join countries on excess_counts.exporter_iso3 = countries.country_iso3
),

scenario_findings as (
    select
        'scenario-' || scenario_id || '-' || base_id || '-smuggled-share' as statement_id,
        1300 + row_number() over (order by scenario_id, base_id) as position,
        'What would a rule change, in the model?' as section,
        'In the model, given the base ' || base_id || ' and the values of the scenario `' || scenario_id
            || '`, smuggled chips are ' || cast(cast(round(100 * outcome_p05) as bigint) as varchar) || ' to '
            || cast(cast(round(100 * outcome_p95) as bigint) as varchar) || ' % of China''s AI compute (median '
            || cast(cast(round(100 * outcome_p50) as bigint) as varchar) || ' %)' || case
                when difference_p50 is not null
                    then ', ' || cast(cast(round(100 * difference_p05) as bigint) as varchar) || ' to '
                        || cast(cast(round(100 * difference_p95) as bigint) as varchar)
                        || ' percentage points apart from `' || baseline_id || '`'
                else ''
            end || '.' as statement,
        outcome_p50 as statement_value,
        outcome_p05 as statement_low,
        outcome_p95 as statement_high,
        'share' as statement_unit,
        'metrics.metric_scenario_outcome: scenario_id=' || scenario_id || ', base_id=' || base_id
            || ', scenario_output=smuggled_share' as lineage,
        value_label,
        evidence_label
    from outcomes
    where
        scenario_output = 'smuggled_share'
        and outcome_p50 is not null
        and (scenario_id = 's1-ban' or (scenario_id = 'january-2026-rule' and base_id = 'prior-2025'))
),

backtest_findings as (
    select
        'scenario-backtest' as statement_id,
        1320 as position,
        'What would a rule change, in the model?' as section,
        'In the model, given what was public on 2025-04-08 and 2025-07-13, '
            || cast(count(case when is_later_inside then 1 end) as varchar) || ' of ' || cast(count(*) as varchar)
            || ' comparisons with figures published afterwards (one for each figure and unit) meet the 90 % interval of the '
            || 'prediction; two windows, so a caution and no test.'
            as statement,
        cast(count(case when is_later_inside then 1 end) as double) as statement_value,
        cast(null as double) as statement_low,
        cast(null as double) as statement_high,
        'comparisons' as statement_unit,
        'metrics.metric_scenario_backtest: is_later_inside' as lineage,
        'scenario' as value_label,
        'structural' as evidence_label
    from backtests
    where is_later_inside is not null
    having count(*) > 0
),

findings as (
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from scenario_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from backtest_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from flow_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from excess_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from hub_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from mirror_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from mix_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from no_mix
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from replaced_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from change_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from claim_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from premium_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from window_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from h20_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from event_findings
    union all
    select statement_id, position, section, statement, statement_value, statement_low, statement_high, statement_unit,
        lineage, value_label, evidence_label from coverage_findings
)

select
    cast(findings.statement_id as VARCHAR) as statement_id,
    cast(findings.position as BIGINT) as position,
    cast(findings.section as VARCHAR) as section,
    cast(findings.statement as VARCHAR) as statement,
    cast(findings.statement_value as DOUBLE) as statement_value,
    cast(findings.statement_low as DOUBLE) as statement_low,
    cast(findings.statement_high as DOUBLE) as statement_high,
    cast(findings.statement_unit as VARCHAR) as statement_unit,
    cast(findings.lineage as VARCHAR) as lineage,
    cast(findings.value_label as VARCHAR) as value_label,
    cast(findings.evidence_label as VARCHAR) as evidence_label
from findings
