"""The SQL that makes the records of the world in comtrade_world.py: who says what of which trade, and every row filed of it."""

# One row per filed cell and release, with its true value. `rel` is one exporter's trade in one code with one importer, `t` that
# trade in one month; what exporter (X), importer (M) and hub (RX) say of it is one row each, and once more in a later release.
CELLS = """
with
rel as (
    select
        code.p, code.product_code, e.id as e, i.id as i, e.iso3 as e_iso3, i.iso3 as i_iso3,
        e.is_reporter as e_files, i.is_reporter as i_files, e.is_hub, i.basis, (code.p * 256 + e.id) * 256 + i.id as r,
        50 * e.size * i.size * (0.4 + 1.2 * u('fame', code.p, 0)) as pull
    from code
    cross join country as e
    cross join country as i
    where e.id <> i.id
),

traded as (
    select *, 0.35 + 0.65 * u('steady', r, 0) as steady, exp(8 + 2.2 * (u('a', r, 0) + u('b', r, 0) + u('c', r, 0)))
        * (0.2 + pull) as typical_usd, 0.5 + 40 * u('price', p, 0) as usd_per_kg, 0.002 + 0.1 * u('freight', r, 0) as freight,
        u('unit', p, 0) < 0.7 as has_units
    from rel
    where u('trade', r, 0) < pull / (1 + pull)
),

t as (
    select traded.*, month.m, month.period_start, month.period_end, month.known_at, month.year, month.is_revisable,
        traded.r * 32 + month.m as rm,
        traded.typical_usd * exp(1.2 * (u('x', traded.r, month.m) + u('y', traded.r, month.m) - 1)) as fob_usd
    from traded
    cross join month
    where u('month', traded.r, month.m) < traded.steady
),

told as (
    select
        t.*, side.f, side.flow,
        case when side.f = 1 then t.i_iso3 else t.e_iso3 end as reporter_iso3,
        case when side.f = 1 then t.e_iso3 else t.i_iso3 end as partner_iso3,
        case when side.f = 1 then t.i else t.e end as reporter,
        case side.f
            when 0 then t.fob_usd
            when 1 then t.fob_usd * (case when t.basis = 'CIF' then 1 + t.freight else 1 end) * (0.85 + 0.3 * u('noise', t.rm, 1))
            else t.fob_usd * (0.3 + 0.6 * u('onward', t.r, 2))
        end as told_usd
    from t
    cross join (values (0, 'X'), (1, 'M'), (2, 'RX')) as side (f, flow)
    where (side.f = 0 and t.e_files and u('tells', t.r, 0) < 0.94) or (side.f = 1 and t.i_files and u('tells', t.r, 1) < 0.86)
        or (side.f = 2 and t.is_hub and t.e_files and u('tells', t.r, 2) < 0.6)
)

select
    told.p, told.product_code, told.reporter_iso3, told.partner_iso3, told.reporter, told.f, told.flow, told.m,
    told.period_start, told.period_end, told.known_at, told.usd_per_kg, told.has_units, told.rm * 4 + told.f as cell_id,
    case when told.f = 1 then told.basis else 'FOB' end as value_basis,
    release.dataset_id, release.vintage_at, release.sha, release.is_revised,
    cast(round(told.told_usd * case
        when release.is_revised then 0.97 + 0.08 * u('revised', told.rm, told.f) else 1 end, 3) as decimal(20, 3)) as usd
from told
inner join release on told.year = release.year
cross join share
where u('filed', told.reporter, told.m) < 0.985
    and (not release.is_revised or (told.is_revisable and u('corrects', told.reporter, 0) < share.revised))
"""

# Every record of these cells: totals, parts, and the reporters' World rows. The line number leaves gaps, so that it can be
# computed from what the row is. Kinds: 0 = a total, 1 and 2 = parts by transport, procedure or second partner.
RECORDS = """
with
world as (
    select
        dataset_id, any_value(vintage_at) as vintage_at, any_value(sha) as sha, reporter_iso3, p, product_code, f, flow, m,
        max(period_start) as period_start, max(period_end) as period_end, max(known_at) as known_at,
        max(value_basis) as value_basis, sum(usd) as usd,
        ((min(p) * 256 + min(reporter)) * 256 + 255) * 128 + m * 4 + f as cell_id
    from cell
    group by dataset_id, reporter_iso3, p, product_code, f, flow, m
),

drawn as (
    select
        cell.*,
        u('parts', cell.cell_id, 0) < share.broken_down as has_parts,
        u('parts', cell.cell_id, 0) < share.broken_down * share.parts_only as has_no_total,
        u('ambiguous', cell.cell_id, 0) < 0.1 as is_ambiguous,
        u('kind', cell.cell_id, 0) as kind,
        round(cell.usd * cast(0.2 + 0.6 * u('part', cell.cell_id, 0) as decimal(9, 6)), 3) as first_usd,
        case
            when u('empty', cell.cell_id, 0) < share.suppressed then 'suppressed'
            when u('empty', cell.cell_id, 0) < share.suppressed + share.zero then 'zero'
            when u('empty', cell.cell_id, 0) < share.suppressed + share.zero + share.negative then 'negative'
        end as oddity
    from cell
    cross join share
),

rows as (
    select drawn.*, part.k
    from drawn
    cross join (values (0), (1), (2)) as part (k)
    where (part.k = 0 and not (drawn.has_parts and drawn.has_no_total)) or (part.k > 0 and drawn.has_parts)
),

valued as (
    select
        *,
        case
            when oddity = 'suppressed' then null
            when oddity = 'zero' then 0
            when oddity = 'negative' and k = 0 then -round(usd / 50, 3)
            when oddity = 'negative' then -round(usd / 100, 3)
            when k = 0 then usd
            when k = 1 then first_usd
            else usd - first_usd
        end as value_usd
    from rows
)

select
    'comtrade' as source_id, dataset_id, cell_id * 4 + k + 2 as source_row, reporter_iso3, partner_iso3,
    partner_iso3 = 'TWN' as is_taiwan_proxy, flow, case when flow = 'M' then 'imports' else 'total_exports' end as trade_basis,
    'HS' as classification, 'H6' as hs_revision, product_code, period_start, period_end, 'M' as frequency,
    case when is_revised then 'final' else 'provisional' end as period_status,
    case when k > 0 and kind >= 0.8 then case k when 1 then '156' else '842' end else '0' end as partner2_code,
    case
        when k > 0 and (kind between 0.5 and 0.8 or (is_ambiguous and k = 2)) then case k when 1 then 'C01' else 'C04' end
        else 'C00'
    end as customs_code,
    case when k > 0 and kind < 0.5 then case k when 1 then '1000' else '2100' end else '0' end as transport_code,
    value_usd, null as value_local, null as currency, null as local_per_usd, null as duty_usd, value_basis,
    case when has_units and k = 0 and value_usd >= 0 then round(value_usd / cast(usd_per_kg as decimal(9, 3)) * 3, 0) end
        as quantity,
    case when has_units and k = 0 and value_usd >= 0 then 'u' end as quantity_unit,
    case when has_units and k = 0 and value_usd >= 0 then u('guessed', cell_id, 0) < 0.1 end as is_quantity_estimated,
    case when k = 0 and value_usd >= 0 and u('kg', cell_id, 0) < 0.9
        then round(value_usd / cast(usd_per_kg as decimal(9, 3)), 1) end
        as net_kg,
    case when k = 0 and value_usd >= 0 and u('kg', cell_id, 0) < 0.9 then u('kg', cell_id, 0) < 0.2 end as is_weight_estimated,
    case when value_usd is null then 'suppressed' end as absence_reason, known_at, greatest(vintage_at, known_at) as vintage_at,
    sha as source_file_sha256
from valued
union all
select
    'comtrade', dataset_id, cell_id * 4 + 2, reporter_iso3, 'WLD', false, flow,
    case when flow = 'M' then 'imports' else 'total_exports' end, 'HS', 'H6', product_code, period_start, period_end, 'M',
    'provisional', '0', 'C00', '0', usd, null, null, null, null, value_basis, null, null, null, null, null, null, known_at,
    greatest(vintage_at, known_at), sha
from world
"""
